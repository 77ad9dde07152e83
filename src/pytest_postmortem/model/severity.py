"""Severities in the forms that people write, compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

from pytest_postmortem.model.text import fold_word

__all__ = ["has_severity"]

_GRADE = re.compile(
    r"(?<![a-z0-9])(?:sev(?:erity)?|s|p|prio(?:rity)?|level|lvl|grade|tier|class|cat(?:egory)?)[\s\-_.:#/]{0,3}"
    r"(?:(\d{1,4})|(iv|v|i{1,3}|zero|one|two|three|four|five))(?![a-z0-9])"
)
_NUMBER = re.compile(r"\W{0,9}(\d{1,4})(?![a-z0-9])")
_IN_WORDS = {
    "zero": 0, "i": 1, "one": 1, "ii": 2, "two": 2, "iii": 3, "three": 3, "iv": 4, "four": 4, "v": 5, "five": 5,
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_WORDS = frozenset(
    ("blocker", "critical", "catastrophic", "emergency", "highest", "severe", "major", "high", "medium", "moderate",
     "minor", "low", "lowest", "trivial", "cosmetic")
)  # fmt: skip


def has_severity(severity: str | None, listed: Collection[str]) -> bool | None:
    """Return whether a severity as written is one of `listed`; None if that cannot be told.

    `SEV1`, `sev-01`, `Severity 1`, `P1`, `S1`, `1` and `SEV1 because ...` are one; of several grades each counts.
    A number cannot be compared with a word, nor an unknown word with anything but itself.
    """
    if severity is None or not fold_word(severity):
        return None
    own = _find_grades(severity)
    wanted = frozenset[str]().union(*map(_find_grades, listed))
    if own & wanted or any(_begins_with(severity, one) for one in listed):
        return True
    scales = set(map(_find_scale, wanted)) - {"unknown"}
    return False if scales.issuperset(map(_find_scale, own)) else None


def _find_grades(text: str) -> frozenset[str]:
    """Return the grades in a text, or if there is none the text itself, folded."""
    return _find_known_grades(text) or frozenset({fold_word(unicodedata.normalize("NFKC", text))})


def _begins_with(severity: str, listed: str) -> bool:
    """Return whether a severity is a listed one with something after it: "Red (all users)" begins with "red"."""
    words, wanted = (_WORD.findall(unicodedata.normalize("NFKC", text).casefold()) for text in (severity, listed))
    return bool(wanted) and not _find_known_grades(listed) - _WORDS and words[: len(wanted)] == wanted


@lru_cache(maxsize=1024)
def _find_known_grades(text: str) -> frozenset[str]:
    """Return the grades in a text: numbers after a word for severity, else a leading number, else known words."""
    lowered = unicodedata.normalize("NFKC", text).casefold()
    numbers = {str(int(number) if number else _IN_WORDS[word]) for number, word in _GRADE.findall(lowered)}
    if numbers:
        return frozenset(numbers)
    leading = _NUMBER.match(lowered)
    if leading is not None:
        return frozenset({str(int(leading.group(1)))})
    return _WORDS.intersection(_WORD.findall(lowered))


def _find_scale(grade: str) -> str:
    return "number" if grade.isdecimal() else "word" if grade in _WORDS else "unknown"
