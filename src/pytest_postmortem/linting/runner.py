"""Every document before every rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from pytest_postmortem.errors import DocumentError, PostmortemError, plugin_error
from pytest_postmortem.linting.interface import DEFAULT_PLACEHOLDERS, Finding, Rule, Subject
from pytest_postmortem.linting.suppressions import find_suppressions
from pytest_postmortem.model.document import Document
from pytest_postmortem.model.postmortem import Postmortem
from pytest_postmortem.reading.vocabulary.placeholders import Placeholders

__all__ = ["Linted", "LocatedFinding", "lint"]


@dataclass(frozen=True, slots=True)
class LocatedFinding:
    """What the rule `code` found at `origin:line`."""

    code: str
    name: str
    origin: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Linted:
    """The findings in `documents` documents, by origin and line, and the faults of those that cannot be judged."""

    found: tuple[LocatedFinding, ...]
    faults: tuple[PostmortemError, ...]
    documents: int


def lint(
    documents: Iterable[tuple[Document, Postmortem]],
    rules: Sequence[Rule],
    known: Sequence[Rule],
    today: date,
    placeholders: Placeholders = DEFAULT_PLACEHOLDERS,
) -> Linted:
    """Check each document by `rules`; `known` are all rules that an opt-out may name.

    Raises SourceError if a rule of an extension fails.
    """
    codes = frozenset(rule.code for rule in known)
    found: list[LocatedFinding] = []
    faults: list[PostmortemError] = []
    number = 0
    for document, postmortem in documents:
        number += 1
        try:
            text = document.load()
        except DocumentError as error:
            faults.append(error)
            continue
        off, wrong = find_suppressions(text, document.origin, codes)
        faults += wrong
        subject = Subject(postmortem, text, today, placeholders)
        for rule in rules:
            if rule.code not in off:
                found += [
                    LocatedFinding(rule.code, rule.name, document.origin, one.line, one.text)
                    for one in _apply(rule, subject)
                ]
    found.sort(key=lambda one: (one.origin, one.line, one.code))
    return Linted(tuple(found), tuple(faults), number)


def _apply(rule: Rule, subject: Subject) -> list[Finding]:
    try:
        found = list(rule.check(subject))
        wrong = next((one for one in found if not isinstance(one, Finding)), None)
        if wrong is not None:
            raise TypeError(f"a {type(wrong).__qualname__} where a Finding is expected")
    except PostmortemError:
        raise
    except Exception as error:
        raise plugin_error(f"lint rule {rule.code} on {subject.postmortem.origin}", error) from None
    return found
