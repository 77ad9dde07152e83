"""Ids of post-mortems that the text or the name of a test cites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from pytest_postmortem.reading.vocabulary.ids import find_key_in_name

__all__ = ["Citations"]

# A key goes on as long as it can: PM-2026-01 is none in PM-2026-012, nor in PM-2026-01-2.
_IN_TEXT = re.compile(
    r"(?<![0-9A-Za-z])(?<![0-9A-Za-z][-_])[A-Za-z][0-9A-Za-z]{0,31}(?:[-_/][0-9]{1,12}[a-z]?(?![0-9A-Za-z]))+"
)
_NUMBERS = re.compile("(?:_[0-9]{1,12}[a-z]?(?![0-9a-z]))+")
_MAYBE = re.compile("[-_/][0-9]")
_SEPARATOR = re.compile("[-_/]")


class Citations:
    """Finds the names among `ids`, which maps each to its id; only those of key form, such as PM-12.

    A text has to write them exactly, the name of a test in any case and with `_` for every separator.
    """

    def __init__(self, ids: Mapping[str, str]) -> None:
        self._ids = {name: post_id for name, post_id in ids.items() if _is_key(name)}
        self._named = {_SEPARATOR.sub("_", name.lower()): name for name in self._ids}
        # What all of them begin with, `pm_` and the like: few names of tests hold it.
        beginnings = {name[: found.end() - 1] for name in self._named if (found := _MAYBE.search(name))}
        self._beginnings = re.compile("|".join(map(re.escape, sorted(beginnings))))

    def __bool__(self) -> bool:
        return bool(self._ids)

    def find(self, names: Iterable[str], text: str | None) -> dict[str, str]:
        """Return each id that is cited, with the name it is cited by; those in `names` of tests before those in `text`."""
        cited: dict[str, str] = {}
        for name in names:
            lowered = name.lower()
            if self._beginnings.search(lowered):
                for known in self._find_in_name(lowered.removeprefix("test").lstrip("_")):
                    cited.setdefault(self._ids[known], known)
        if text and _MAYBE.search(text):
            for match in _IN_TEXT.finditer(text):
                if match.group() in self._ids:
                    cited.setdefault(self._ids[match.group()], match.group())
        return cited

    def _find_in_name(self, name: str) -> Iterator[str]:
        for numbers in _NUMBERS.finditer(name):
            known = self._named.get(name[name.rfind("_", 0, numbers.start()) + 1 : numbers.end()])
            if known is not None:
                yield known


def _is_key(name: str) -> bool:
    return find_key_in_name(name) == name or find_key_in_name(name.upper()) == name.upper()
