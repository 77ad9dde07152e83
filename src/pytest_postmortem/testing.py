"""For people who write a source, a reporter or a lint rule: what pytest-postmortem relies on, checked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from pytest_postmortem.catalogue import Catalogue
from pytest_postmortem.config.settings import Settings
from pytest_postmortem.errors import DocumentError, PostmortemError
from pytest_postmortem.evidence.writing import Meta
from pytest_postmortem.judging.gate import decide
from pytest_postmortem.judging.report import make_report
from pytest_postmortem.linting.interface import Finding, Rule, Subject
from pytest_postmortem.linting.selecting import sort_unique
from pytest_postmortem.model.document import Document, Skipped
from pytest_postmortem.model.link import Link, LinkedTest, Result
from pytest_postmortem.model.postmortem import Postmortem
from pytest_postmortem.model.run import Run
from pytest_postmortem.model.state import Outcome, Policy
from pytest_postmortem.reading.postmortem import Reader
from pytest_postmortem.reporting.interface import Finished, Reporter
from pytest_postmortem.sources.interface import Listing, Source

__all__ = ["check_reporter", "check_rule", "check_source"]

_TODAY = date(2026, 6, 15)
_MOST_BYTES = 4000
_SUFFIX = re.compile(r"\.[a-z0-9]{1,20}")
_SAMPLE = """---
id: PM-1
title: "Checkout, \\"down\\" <b> | 障害 \\t"
date: 2026-02-11
severity: SEV1
---

## Root cause

The queue had no bound.

## Action items

| ID | Action | Test |
|----|--------|------|
| AI-1 | Reject orders | required |
| AI-2 | Alert on depth | required |
| AI-3 | Write it down | waived until 2027-01-01: by hand |
"""


def check_source(source: Source) -> Listing:
    """List `source` twice, open every document, and return the listing.

    Raises AssertionError with everything that is wrong, a line each: no name, a listing that changes or raises, two
    documents of one origin, a stem that is empty, a `load` that returns no text or raises anything but DocumentError.
    Faults that the source tells of are no failure.
    """
    problems: list[str] = []
    if not isinstance(getattr(source, "name", None), str) or not source.name:
        problems.append("`name` is no text")
    listing = _list(source, problems)
    if listing is not None:
        problems += _check_listing(listing)
        again = _list(source, [])
        if again is None or (again.documents, again.skipped) != (listing.documents, listing.skipped):
            problems.append("a second listing is not the same: it needs a stable order")
        beginning = getattr(source, "beginning", None)
        if beginning is not None:
            problems += _check_beginning(beginning, listing)
    if problems:
        raise AssertionError("\n".join(problems))
    return listing or Listing()


def check_reporter(reporter: Reporter) -> str:
    """Let `reporter` render an empty report and one with a post-mortem, and return the latter.

    Raises AssertionError with everything that is wrong, a line each: a suffix that is not a dot with small letters and
    digits, no `help`, a `render` that raises, returns no text, or another text for the same report, an `owns` that
    raises, does not recognise what `render` returns, or takes an empty or a foreign file for its own, and a `replaces`
    that is not the suffix.
    """
    problems = _check_description(reporter)
    texts = [_render_twice(reporter, finished, problems) for finished in (_build_sample(""), _build_sample(_SAMPLE))]
    for text in texts:
        if text is not None and _ask_owner(reporter, text.encode("utf-8", "backslashreplace"), problems) is False:
            problems.append("`owns` does not recognise what `render` returns: such a file is never replaced")
    for foreign in (b"", b"# Post-mortem: checkout down\n", b"\xff\x00"):
        if _ask_owner(reporter, foreign, problems):
            problems.append(f"`owns` takes a foreign file for its own: {foreign!r}")
    if problems:
        raise AssertionError("\n".join(dict.fromkeys(problems)))
    return texts[-1] or ""


def _check_description(reporter: Reporter) -> list[str]:
    problems: list[str] = []
    suffix = getattr(reporter, "suffix", None)
    if not isinstance(suffix, str) or not _SUFFIX.fullmatch(suffix):
        problems.append(f"`suffix` is {suffix!r}: write a dot with small letters and digits, such as .csv")
    if getattr(reporter, "replaces", suffix) != suffix:
        problems.append(f"`replaces` is {getattr(reporter, 'replaces', None)!r}: only the own suffix can be replaced")
    if not _is_line(getattr(reporter, "help", None)):
        problems.append("`help` is not a text on one line: write in a few words what the format is")
    return problems


def _is_line(text: object) -> bool:
    return isinstance(text, str) and bool(text.strip()) and "\n" not in text


def _build_sample(text: str) -> Finished:
    """Return a run that finished, with the post-mortem in `text` if there is one."""
    postmortems = (_read(text, "docs/postmortems/PM-1.md"),) if text else ()
    test = LinkedTest("test_shop.py::test_orders", "test_shop.py", 4, (Link("PM-1", "AI-1"),))
    run = Run((test,), {test.node_id: Result(Outcome.PASSED)}, frozenset({test.path}), collected=1, finished=1)
    settings = Settings(base=Path("nowhere"))
    report = make_report(Catalogue(postmortems=postmortems, places=("docs/postmortems",)), run, settings, today=_TODAY)
    moment = "2026-06-15T08:00:00+00:00"
    meta = Meta(run_id="0" * 32, started=moment, tool="1", pytest="9", python="3.13", commit=None, configuration="")
    return Finished(report, decide(report, Policy.PASSED), meta, moment, 0)


def _read(text: str, origin: str) -> Postmortem:
    stem = origin.rpartition("/")[2].rpartition(".")[0]
    return Reader().read(Document(origin, origin.rpartition("/")[0], stem, True, load=lambda: text))


def _render_twice(reporter: Reporter, finished: Finished, problems: list[str]) -> str | None:
    try:
        text, again = reporter.render(finished), reporter.render(finished)
    except Exception as error:
        problems.append(f"`render` raises {type(error).__name__}: {error}")
        return None
    if not isinstance(text, str):
        problems.append(f"`render` returns a {type(text).__name__} and not a text")
        return None
    if text != again:
        problems.append("`render` returns another text for the same report")
    return text


def _ask_owner(reporter: Reporter, content: bytes, problems: list[str]) -> object:
    try:
        return reporter.owns(content[:_MOST_BYTES])
    except Exception as error:
        problems.append(f"`owns` raises {type(error).__name__}: {error}")
        return None


def check_rule(rule: Rule) -> list[Finding]:
    """Let `rule` check its own examples, and return what it finds in the bad one.

    Raises AssertionError with everything that is wrong, a line each: a code of another form, an empty `name`, `what` or
    `why`, a `check` that raises or returns anything but Findings, findings in the good example or none in the bad one,
    a finding at a line that the document does not have or without a text, and an example that cannot be read.
    """
    problems: list[str] = []
    try:
        sort_unique([rule])
    except PostmortemError as error:
        problems.append(str(error))
    problems += [f"`{name}` is not a text" for name in ("name", "what", "why") if not str(getattr(rule, name)).strip()]
    findings = _run_rule(rule, rule.bad, "bad", problems)
    if findings == []:
        problems.append("`bad` is fine: the rule finds nothing in it")
    if _run_rule(rule, rule.good, "good", problems):
        problems.append("`good` is not: the rule finds something in it")
    _run_rule(rule, "", "an empty document", problems, readable=False)
    if problems:
        raise AssertionError("\n".join(problems))
    return findings or []


def _run_rule(rule: Rule, text: str, name: str, problems: list[str], *, readable: bool = True) -> list[Finding] | None:
    postmortem = _read(text, rule.file)
    if readable:
        problems += [f"`{name}` cannot be read: {fault}" for fault in postmortem.faults]
    try:
        findings: Iterable[Any] = list(rule.check(Subject(postmortem, text, _TODAY)))
    except Exception as error:
        problems.append(f"`check` raises {type(error).__name__} on `{name}`: {error}")
        return None
    last = max(1, len(text.splitlines()))
    problems += [problem for one in findings if (problem := _check_finding(one, name, last)) is not None]
    return [one for one in findings if isinstance(one, Finding)]


def _check_finding(finding: object, name: str, last: int) -> str | None:
    """Return what is wrong with a finding in the example `name`, which has `last` lines."""
    if not isinstance(finding, Finding):
        return f"`check` returns a {type(finding).__name__} and not a Finding"
    if type(finding.line) is not int or not 1 <= finding.line <= last:
        return f"a finding in `{name}` is at line {finding.line!r}, and the document has {last}"
    return None if _is_line(finding.text) else f"a finding in `{name}` has no text on one line"


def _list(source: Source, problems: list[str]) -> Listing | None:
    try:
        listing = source.listing()
    except PostmortemError:
        problems.append("`listing` raises: what cannot be read is a fault in the listing")
        return None
    except Exception as error:
        problems.append(f"`listing` raises {type(error).__name__}: {error}")
        return None
    if not isinstance(listing, Listing):
        problems.append(f"`listing` returns a {type(listing).__name__} and no Listing")
        return None
    return listing


def _check_listing(listing: Listing) -> list[str]:
    problems: list[str] = []
    for field, kind in (("documents", Document), ("skipped", Skipped), ("faults", PostmortemError)):
        problems += [
            f"`{field}` holds a {type(one).__name__}" for one in getattr(listing, field) if not isinstance(one, kind)
        ]
    seen: set[str] = set()
    for document in listing.documents:
        if isinstance(document, Document):
            if document.origin in seen:
                problems.append(f"two documents have the origin {document.origin!r}")
            seen.add(document.origin)
            problems += _check_document(document)
    return problems


def _check_document(document: Document) -> list[str]:
    problems = [f"{document.origin!r}: `{name}` is empty" for name in ("origin", "stem") if not getattr(document, name)]
    try:
        text = document.load()
    except DocumentError:
        return problems
    except Exception as error:
        return [*problems, f"{document.origin!r}: `load` raises {type(error).__name__}: raise DocumentError"]
    if not isinstance(text, str):
        problems.append(f"{document.origin!r}: `load` returns a {type(text).__name__} and no text")
    return problems


def _check_beginning(beginning: object, listing: Listing) -> list[str]:
    """Check that a listing of some names holds at least the documents whose stems begin with them."""
    assert callable(beginning)
    for document in listing.documents:
        if document not in beginning({document.stem}).documents:
            return [f"`beginning` of {document.stem!r} leaves out {document.origin!r}"]
    return []
