"""What a rule is, what it looks at, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from pytest_postmortem.model.postmortem import Postmortem

__all__ = ["Finding", "Rule", "Subject"]


@dataclass(frozen=True, slots=True)
class Subject:
    """One document as a rule sees it: read (`postmortem`), and as it is written (`text`); `today` is the day in UTC."""

    postmortem: Postmortem
    text: str
    today: date


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
