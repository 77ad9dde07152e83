"""What the headings of a document mean, and which part of it each one rules."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from pytest_postmortem.model.postmortem import ItemStatus
from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.syntax.markdown import Heading, Outline
from pytest_postmortem.reading.vocabulary.default import Vocabulary
from pytest_postmortem.reading.vocabulary.normalize import lookup_key
from pytest_postmortem.reading.vocabulary.phrases import CAUSE_OF, NOT_THIS_INCIDENT, OTHER_CAUSE
from pytest_postmortem.reading.vocabulary.statuses import StatusWords
from pytest_postmortem.reading.vocabulary.titles import clean_heading, strip_decoration

__all__ = ["Meaning", "Section", "Spans", "TitleReader", "find_sections"]


class Meaning(Enum):
    """What a heading announces, as far as this package cares."""

    ACTION_ITEMS = "action items"
    PREVENTION = "prevention"
    NO_ACTION_ITEMS = "no action items"
    ROOT_CAUSE = "root cause"
    FIVE_WHYS = "five whys"
    CONTRIBUTING_FACTORS = "contributing factors"
    METADATA = "metadata"
    OTHER = "other"


class Title(NamedTuple):
    """A heading read: its text, the names it may be known by, and its meaning."""

    text: str
    names: tuple[str, ...]
    meaning: Meaning


class Section(NamedTuple):
    """A heading with the blocks it rules: places `first` up to before `last`, byte positions `start` to `end`.

    Sub-sections are part of it; `own_last` and `own_end` are where the first of them begins.
    """

    heading: Heading
    title: Title
    first: int
    last: int
    start: int
    end: int
    own_last: int
    own_end: int


_SIGN = lazily(r"[^\w\s]")
_PARTS = lazily(r"\s{0,3}(?:[(（\[【]|[)）\]】]|[:：|]|\s[-–—]+\s|[–—]+|\s/\s)\s{0,3}")
_INNER = lazily(r"[(（\[【]([^()（）\[\]【】]{2,60})[)）\]】]")
_MOST_WORDS_BEFORE = 3
_MOST_WORDS = 7
_MOST_CACHED = 4096
_LONGEST_CAUSE = 90


class TitleReader:
    """Reads headings by the words of a vocabulary, and remembers them: most documents share their headings."""

    __slots__ = ("_exact", "_read", "_statuses", "_strong", "_strong_foreign")

    def __init__(self, words: Vocabulary, statuses: StatusWords) -> None:
        self._statuses = statuses
        self._exact: dict[str, Meaning] = {}
        # Later ones win, so that a name in two lists means the more telling one.
        for meaning, names in (
            (Meaning.NO_ACTION_ITEMS, words.no_action_items),
            (Meaning.METADATA, words.metadata),
            (Meaning.CONTRIBUTING_FACTORS, words.contributing_factors),
            (Meaning.ROOT_CAUSE, words.root_cause),
            (Meaning.FIVE_WHYS, words.five_whys),
            (Meaning.PREVENTION, words.prevention),
            (Meaning.ACTION_ITEMS, words.action_items),
        ):
            self._exact.update((lookup_key(name), meaning) for name in names)
        strong = {lookup_key(name) for name in words.action_items}
        self._strong = frozenset(name for name in strong if " " in name and name.isascii())
        self._strong_foreign = tuple(name for name in strong if name[0] >= "\u2e80" and len(name) > 3)
        self._read: dict[bytes, Title] = {}

    def read_heading(self, outline: Outline, heading: Heading) -> Title:
        """Return the title of a heading or label."""
        raw = outline.data[heading.start : heading.end]
        title = self._read.get(raw)
        if title is None:
            title = self.read_text(clean_heading(raw.decode()))
            if len(self._read) < _MOST_CACHED and len(raw) < 200:
                self._read[raw] = title
        return title

    def read_text(self, text: str) -> Title:
        """Return the title that a heading of this text is."""
        core = strip_decoration(text)
        whole = lookup_key(core)
        if core != text and (written := lookup_key(text)) in self._exact:
            whole = written  # "5 whys": the number belongs to the name
        names = [whole]
        if len(core) < 160 and _SIGN.search(core) is not None:
            self._add_parts(core, names)
        outside = (
            lookup_key(strip_decoration(_INNER.sub(" ", core))) if "(" in core or "（" in core or "[" in core else whole
        )
        return Title(text, tuple(names), self._find_meaning(names, outside))

    def _add_parts(self, core: str, names: list[str]) -> None:
        """Add the names of a title's parts; a state, also in brackets, "Lint rule (todo)", is no name."""
        whole = names[0]
        for part in _PARTS.split(core)[:4]:
            if part and self._statuses.read_heading(part) is ItemStatus.UNKNOWN:
                name = lookup_key(strip_decoration(part))
                if name and name != whole:
                    names.append(name)
        inner = (part for part in _INNER.findall(core)[:2] if self._statuses.read_heading(part) is ItemStatus.UNKNOWN)
        names.extend(filter(None, map(lookup_key, inner)))

    def _find_meaning(self, names: list[str], outside: str) -> Meaning:
        """Return the meaning of the first known name; what is in brackets only adds to the name `outside` of them."""
        whole = names[0]
        for name in names:
            if (found := self._exact.get(name)) is not None and (
                name == whole or not NOT_THIS_INCIDENT.search(outside if name in outside else whole)
            ):
                return found
        if self._has_item_name(outside):
            return Meaning.ACTION_ITEMS
        if len(whole) < _LONGEST_CAUSE and CAUSE_OF.match(whole) is not None and OTHER_CAUSE.search(whole) is None:
            return Meaning.ROOT_CAUSE
        return Meaning.OTHER

    def _has_item_name(self, whole: str) -> bool:
        """Return whether a short title begins or ends with a name of action items."""
        if not whole.isascii() and any(whole.startswith(name) or whole.endswith(name) for name in self._strong_foreign):
            return True
        words = whole.split(" ")
        count = len(words)
        return (
            count <= _MOST_WORDS
            and any(
                " ".join(words[:some]) in self._strong
                or (count - some <= _MOST_WORDS_BEFORE and " ".join(words[count - some :]) in self._strong)
                for some in range(2, count)
            )
            and not NOT_THIS_INCIDENT.search(whole)
        )


def find_sections(outline: Outline, titles: TitleReader, labels: bool = True) -> list[Section]:
    """Return every heading of the document, and every label that means something, with the part it rules."""
    found = [(heading, titles.read_heading(outline, heading)) for heading in outline.headings]
    if labels and outline.labels:
        found.extend(_find_telling_labels(outline, titles))
        found.sort(key=lambda one: one[0].place)
        found = _drop_inner_labels(found)
    places = [*(heading.place for heading, _ in found), len(outline)]
    starts = [*(heading.start for heading, _ in found), len(outline.data)]
    sections: list[Section] = []
    for number, ((heading, title), after) in enumerate(zip(found, _find_ends(found), strict=True), 1):
        last, end, own_last, own_end = places[after], starts[after], places[number], starts[number]
        if heading.within:
            end, last = heading.within, outline.find_place(heading.within)
            own_last, own_end = min(own_last, last), min(own_end, end)
        sections.append(Section(heading, title, heading.place + 1, last, heading.end, end, own_last, own_end))
    return sections


def _find_ends(found: list[tuple[Heading, Title]]) -> list[int]:
    """Return the number of the first heading after each one that is not below it."""
    ends = [len(found)] * len(found)
    around: list[int] = []
    for number, (heading, _) in enumerate(found):
        while around and found[around[-1]][0].level >= heading.level:
            ends[around.pop()] = number
        around.append(number)
    return ends


def _find_telling_labels(outline: Outline, titles: TitleReader) -> Iterable[tuple[Heading, Title]]:
    """Yield the labels that are as good as a heading: all of their paragraph, and of a known meaning."""
    for label in outline.labels:
        raw = outline.data[label.start : label.end]
        if len(raw) > 160 or not _ALL_OF_IT.fullmatch(raw.strip()):
            continue
        title = titles.read_heading(outline, label)
        if title.meaning is not Meaning.OTHER:
            yield label, title


def _drop_inner_labels(found: list[tuple[Heading, Title]]) -> list[tuple[Heading, Title]]:
    """Drop the heads of list items in a section of action items: each of them is an item, not the end of the list."""
    kept: list[tuple[Heading, Title]] = []
    around: list[tuple[int, bool]] = []
    for heading, title in found:
        while around and around[-1][0] >= heading.level:
            around.pop()
        if heading.level == _OF_ITEM and any(announces for _, announces in around):
            continue
        announces = title.meaning in (Meaning.ACTION_ITEMS, Meaning.PREVENTION)
        around.append((heading.level, announces))
        kept.append((heading, title))
    return kept


_OF_ITEM = 8
_ALL_OF_IT = lazily(rb"(?:\*\*|__)[^*\n]{1,120}(?:\*\*|__)\s*:?|[^:\n]{1,80}:")


class Spans:
    """Stretches of places, each from a first one up to before a last one: looking one up takes no time for all of them."""

    __slots__ = ("_firsts", "_lasts")

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        for first, last in sorted(spans):
            if self._lasts and first <= self._lasts[-1]:
                self._lasts[-1] = max(self._lasts[-1], last)
            else:
                self._firsts.append(first)
                self._lasts.append(last)

    def __contains__(self, place: int) -> bool:
        number = bisect_right(self._firsts, place) - 1
        return number >= 0 and place < self._lasts[number]
