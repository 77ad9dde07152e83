"""Texts that stand where something is to be written, and say nothing."""

from __future__ import annotations

from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.vocabulary.default import DEFAULT, Vocabulary
from pytest_postmortem.reading.vocabulary.normalize import fold

__all__ = ["Placeholders"]

_LONGEST = 80
_MARKER = lazily(r"\s{0,8}(?:[-*+>]|\d{1,3}[.)])\s")
_AROUND = " \t\n-\u2010\u2013\u2014()<>[]{}*_`.!?\u2026\u3002\uff1f\uff08\uff09"
_WHEN = r"(?: (?:yet|so far|for now|at this (?:time|point|stage)|at present|at the moment))?"
_NOT_YET = lazily(
    r"(?:(?:the )?(?:root )?cause (?:is |remains )?)?(?:still |currently |as yet |yet )?(?:"
    r"(?:under|pending|awaiting|being) (?:further )?(?:investigation|investigated|analysis|analy[sz]ed|review)|"
    r"(?:investigation|analysis|investigating)(?: is)?(?: ongoing| pending| in progress| under way| underway)?|"
    rf"not (?:yet )?(?:known|determined|identified|found|established|clear|written){_WHEN}|"
    rf"(?:unknown|undetermined|unclear){_WHEN}|in progress|wip|coming soon|to follow|"
    r"to be (?:filled(?: in| out)?|written|added|completed|done|determined|confirmed|investigated|described|decided|"
    r"analy[sz]ed|identified|updated)(?: later)?|"
    r"noch (?:unklar|unbekannt|offen|nicht bekannt)|wird (?:noch )?untersucht|"
    r"調査中|現在調査中|確認中|不明|未調査|조사 중|조사중|调查中|未知)",
)


class Placeholders:
    """Knows them by the `placeholders` of a vocabulary, and by the phrases that say that a cause is not known yet."""

    __slots__ = ("_words",)

    def __init__(self, words: Vocabulary = DEFAULT) -> None:
        self._words = frozenset({"", *map(fold, words.placeholders)})

    def is_one(self, text: str) -> bool:
        """Return whether a text, with its marks of Markdown or without, says nothing: `TBD`, `_Under investigation._`, `???`."""
        if len(text) > _LONGEST:
            return False
        marker = _MARKER.match(text)
        folded = fold(text[marker.end() :] if marker else text)
        bare = folded.strip(_AROUND)
        return folded in self._words or bare in self._words or _NOT_YET.fullmatch(bare) is not None
