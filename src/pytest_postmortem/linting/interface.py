"""What a rule is, what it looks at, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from pytest_postmortem.linting.prose import iterate_prose
from pytest_postmortem.model.postmortem import Postmortem
from pytest_postmortem.reading.vocabulary.placeholders import Placeholders

__all__ = ["DEFAULT_PLACEHOLDERS", "Finding", "Rule", "Subject"]

DEFAULT_PLACEHOLDERS = Placeholders()
"""By the words of the survey."""


@dataclass(frozen=True)
class Subject:
    """One document as a rule sees it: read (`postmortem`), and as it is written (`text`); `today` is the day in UTC.

    `placeholders` knows what says nothing (TBD), in the team's words too.
    """

    postmortem: Postmortem
    text: str
    today: date
    placeholders: Placeholders = DEFAULT_PLACEHOLDERS

    @cached_property
    def prose(self) -> tuple[tuple[int, str], ...]:
        """The running text: each 1-based line without front matter, code, comments and quotes."""
        return tuple(iterate_prose(self.text))

    def speaks_of(self, words: Iterable[str]) -> Iterator[tuple[int, str]]:
        """Yield the lines of running text that hold one of `words`, which are in lower case."""
        if any(word in self._lowered for word in words):
            for line, text in self.prose:
                lowered = text.lower()
                if any(word in lowered for word in words):
                    yield line, text

    @cached_property
    def _lowered(self) -> str:
        return self.text.lower()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a rule found at a 1-based line of the document: `problem; what to do`."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    `code` is capital letters and three digits, its first digit the family; `name` says it in a few words. `what` is the
    whole rule in a sentence or two, `why` the reason it matters; `bad` and `good` are two whole documents, of which the
    rule finds something in the first alone; `file` is the name they stand under. `default` is false for a rule that has
    to be selected.
    """

    code: str
    name: str
    what: str
    why: str
    bad: str
    good: str
    check: Callable[[Subject], Iterable[Finding]]
    default: bool = True
    file: str = "checkout.md"
