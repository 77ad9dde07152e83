"""Documents for the linting tests."""

from __future__ import annotations

from datetime import date

from pytest_postmortem.linting.interface import Finding, Rule, Subject
from pytest_postmortem.model.document import Document
from pytest_postmortem.model.postmortem import Postmortem
from pytest_postmortem.reading.postmortem import Reader

TODAY = date(2026, 6, 15)
HEAD = "---\nid: PM-1\ndate: 2026-02-11\n---\n# Checkout queue overflow\n\n"


def document(text: str, name: str = "checkout.md") -> tuple[Document, Postmortem]:
    """A document of this text with what is read out of it."""
    one = Document(f"docs/postmortems/{name}", "docs/postmortems", name.removesuffix(".md"), False, load=lambda: text)
    return one, Reader().read(one)


def found(rule: Rule, text: str, name: str = "checkout.md") -> list[Finding]:
    """What a rule finds in a text."""
    _, postmortem = document(text, name)
    return list(rule.check(Subject(postmortem, text, TODAY)))
