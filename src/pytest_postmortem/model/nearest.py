"""Find the known name that a wrong one was meant to be, and suggest it."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from heapq import heappush, heappushpop
from itertools import pairwise

from pytest_postmortem.model.text import fold_name

__all__ = ["NameIndex", "ask", "find_nearest", "is_similar", "suggest"]

_CUTOFF = 0.6
_AS_THEY_ARE: Mapping[str, str] = {}
_LONGEST = 1_000
"""Characters of the longest name that is compared: the time that it takes grows with the square."""
_SPARE = 5
"""So many more than wanted are compared: swapped characters come first, and several names may stand for one."""


def find_nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the nearest of `known`, None if none is near. For many words and one `known`, use a NameIndex."""
    return next(iter(NameIndex(known).find(word, 1)), None)


def suggest(
    word: str,
    known: Iterable[str],
    otherwise: str = "",
    *,
    most: int = 1,
    show: Callable[[str], str] = str,
) -> str:
    """Return "did you mean A or B?" with the up to `most` nearest of `known`, or `otherwise` if none is near."""
    return ask(NameIndex(known).find(word, most), otherwise, show=show)


def ask(names: Iterable[str], otherwise: str = "", *, show: Callable[[str], str] = str) -> str:
    """Return "did you mean A or B?" for `names`, or `otherwise` if there is none."""
    near = " or ".join(map(show, names))
    return f"did you mean {near}?" if near else otherwise


def is_similar(word: str, other: str, cutoff: float) -> bool:
    """Return whether two words share `cutoff` of their characters in order, so that one is a typo of the other."""
    from difflib import get_close_matches

    return bool(get_close_matches(word, (other,), cutoff=cutoff))


class NameIndex:
    """Known names, in which to find the nearest to many words; `instead` maps a name to what is suggested for it.

    The result is that of `difflib.get_close_matches`, which compares every name at length. Here the characters that two
    names share, and the pairs of them, are counted with one operation on two integers each. Both numbers bound the
    likeness, and only those names are compared whose bounds are above the likeness of the best so far.
    """

    def __init__(self, known: Iterable[str], instead: Mapping[str, str] = _AS_THEY_ARE) -> None:
        self._instead = instead
        self._by_fold: dict[str, list[str]] = {}
        for name in dict.fromkeys(known):
            self._by_fold.setdefault(fold_name(name), []).append(name)
        self._folds = sorted(fold for fold in self._by_fold if len(fold) <= _LONGEST)
        self._slots: dict[tuple[object, int], int] = {}
        self._descending = self._folds[::-1]
        self._lengths: list[int] = []
        self._characters: list[int] = []
        self._pairs: list[int] = []

    def find(self, word: str, most: int) -> tuple[str, ...]:
        """Return the up to `most` nearest names, best first.

        First those that differ only in case, width or composition, then those that `word` is the beginning of, then
        those that look alike.
        """
        wanted = fold_name(word.strip())
        nearest = self._suggest([*self._by_fold.get(wanted, ()), *self._find_completions(wanted)])
        alike = [""] * most
        for number in (most, most + _SPARE):
            if len(nearest) < most <= len(alike):
                alike = self._find_alike(wanted, number, most + _SPARE)
                nearest |= self._suggest([name for fold in alike for name in self._by_fold[fold]])
        return tuple(nearest)[:most]

    def _suggest(self, names: Iterable[str]) -> dict[str, None]:
        return dict.fromkeys(self._instead.get(name, name) for name in names)

    def _find_completions(self, wanted: str) -> list[str]:
        if len(wanted) < 2:
            return []
        start = stop = bisect_left(self._folds, wanted)
        while stop < len(self._folds) and self._folds[stop].startswith(wanted):
            stop += 1
        return sorted(name for fold in self._folds[start:stop] for name in self._by_fold[fold])

    def _find_alike(self, wanted: str, number: int, with_swapped: int) -> list[str]:
        """Return the `number` of folded names that look most alike.

        If some have the same characters in another order, these come first, and `with_swapped` is the number.
        """
        from difflib import SequenceMatcher

        if len(wanted) > _LONGEST:
            return []
        self._encode_folds()
        characters, pairs, length = self._encode_bits(wanted), self._encode_bits(pairwise(wanted)), len(wanted)
        bounds = self._limit_likeness(characters, length)
        places = sorted(range(len(bounds)), key=bounds.__getitem__, reverse=True)
        swapped = bool(places) and self._characters[places[0]] == characters
        if swapped:
            number = with_swapped
        matcher = SequenceMatcher()
        matcher.set_seq2(wanted)
        best: list[tuple[float, str]] = []
        least: tuple[float, str] = (_CUTOFF, "")
        for place in places:
            bound, fold = bounds[place], self._descending[place]
            if (bound, fold) < least:
                break
            # Each block of a match but the first costs a character, and has one pair less than characters.
            total = length + len(fold)
            matched = ((self._pairs[place] & pairs).bit_count() + 1 + total) // 3
            if (2.0 * matched / total, fold) < least:
                continue
            matcher.set_seq1(fold)
            likeness = matcher.ratio()
            if likeness >= _CUTOFF:
                (heappush if len(best) < number else heappushpop)(best, (likeness, fold))
            if len(best) == number:
                least = best[0]
        close = [fold for _, fold in sorted(best, reverse=True)]
        if swapped:  # which is the likeliest slip
            close.sort(key=lambda fold: self._encode_bits(fold) != characters)
        return close

    def _encode_folds(self) -> None:
        """Encode the known names when they are first compared."""
        if len(self._lengths) != len(self._descending):
            self._lengths = [len(fold) for fold in self._descending]
            self._characters = [self._encode_bits(fold) for fold in self._descending]
            self._pairs = [self._encode_bits(pairwise(fold)) for fold in self._descending]

    def _limit_likeness(self, characters: int, length: int) -> list[float]:
        """Return for each known name the most that its likeness to a word of these characters can be."""
        return [
            2.0 * (one & characters).bit_count() / (length + other or 1)
            for one, other in zip(self._characters, self._lengths, strict=True)
        ]

    def _encode_bits(self, parts: Iterable[object]) -> int:
        """Return the parts of a text with their counts as bits: what two texts share is the AND of both."""
        bits = 0
        for part, count in Counter(parts).items():
            for number in range(count):
                bits |= self._slots.setdefault((part, number), 1 << len(self._slots))
        return bits
