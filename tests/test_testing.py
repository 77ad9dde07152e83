"""The checks for people who write a source, a reporter or a lint rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from pytest_postmortem.builtin import Page
from pytest_postmortem.config.settings import Settings
from pytest_postmortem.errors import DocumentError, SourceError
from pytest_postmortem.linting.builtin import RULES
from pytest_postmortem.linting.interface import Finding, Rule, Subject
from pytest_postmortem.model.document import Document
from pytest_postmortem.reporting.evidence import Evidence
from pytest_postmortem.reporting.interface import Finished
from pytest_postmortem.reporting.markdown import Markdown
from pytest_postmortem.sources.folder import FolderSource
from pytest_postmortem.sources.interface import Listing
from pytest_postmortem.testing import check_reporter, check_rule, check_source


def document(origin: str = "wiki/1", load: Callable[[], Any] = lambda: "# PM-1: x", stem: str = "1") -> Document:
    return Document(origin, "wiki", stem, True, load=load)


class Wiki:
    name: Any = "wiki"

    def __init__(self, *documents: Any, listing: Callable[[], Any] | None = None) -> None:
        self.listing: Callable[[], Any] = listing or (lambda: Listing(documents))


def raised(error: Exception) -> Callable[[], Any]:
    def raising() -> Any:
        raise error

    return raising


def test_a_good_source_gives_its_listing() -> None:
    """A document that cannot be opened is a fault of it, and a fault is no failure."""
    listing = Listing((document(), document("wiki/2", raised(DocumentError("gone")))), faults=(SourceError("x"),))
    assert check_source(Wiki(listing=lambda: listing)) is listing


def test_our_own_source(tmp_path: Path) -> None:
    """`beginning` too."""
    folder = tmp_path / "docs" / "postmortems"
    folder.mkdir(parents=True)
    folder.joinpath("PM-1-x.md").write_text("# PM-1: x\n", encoding="utf-8")
    assert len(check_source(FolderSource(Settings(tmp_path))).documents) == 1


numbers = count()


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (Wiki(listing=raised(SourceError("x"))), "`listing` raises: what cannot be read is a fault in the listing"),
        (Wiki(listing=raised(ValueError("x"))), "`listing` raises ValueError: x"),
        (Wiki(listing=lambda: [document()]), "`listing` returns a list and no Listing"),
        (Wiki("page"), "`documents` holds a str"),
        (Wiki(document(), document()), "two documents have the origin 'wiki/1'"),
        (Wiki(document(stem="")), "'wiki/1': `stem` is empty"),
        (Wiki(document(load=lambda: b"x")), "'wiki/1': `load` returns a bytes and no text"),
        (Wiki(document(load=raised(OSError()))), "'wiki/1': `load` raises OSError: raise DocumentError"),
        (Wiki(listing=lambda: Listing((document(f"wiki/{next(numbers)}"),))), "a second listing is not the same: it needs a stable order"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(source: Wiki, told: str) -> None:
    """Each by itself."""
    with pytest.raises(AssertionError) as caught:
        check_source(source)
    assert str(caught.value) == told


def test_everything_that_is_wrong_is_told_at_once() -> None:
    """A line each."""
    source = Wiki(document(stem=""), "page")
    source.name = ""
    with pytest.raises(AssertionError) as caught:
        check_source(source)
    assert str(caught.value).splitlines() == [
        "`name` is no text",
        "`documents` holds a str",
        "'wiki/1': `stem` is empty",
    ]


def test_a_beginning_that_leaves_something_out() -> None:
    """Markers would be wrong where they are right."""
    source: Any = Wiki(document())
    source.beginning = lambda names: Listing()
    with pytest.raises(AssertionError, match="`beginning` of '1' leaves out 'wiki/1'"):
        check_source(source)


# --- reporters -------------------------------------------------------------------------------------------------------


class Csv:
    suffix: Any = ".csv"
    help: Any = "a table"

    def owns(self, head: bytes) -> Any:
        return head.startswith(b"post-mortem,state\n")

    def render(self, finished: Finished) -> Any:
        rows = [f"{one.postmortem.id},{one.state.value}\n" for one in finished.report.postmortems]
        return "post-mortem,state\n" + "".join(rows)


def reporter(**attributes: Any) -> Any:
    """One that is good but for `attributes`."""
    return type("Mine", (Csv,), attributes)()


def test_a_good_reporter_gives_its_text() -> None:
    """Of a report with a post-mortem; one that replaces another of its suffix is good as well."""
    assert check_reporter(Csv()) == "post-mortem,state\nPM-1,partly guarded\n"
    assert check_reporter(reporter(replaces=".csv"))


@pytest.mark.parametrize("made", [Evidence(), Page(), Markdown()], ids=lambda one: str(one.suffix))
def test_the_built_in_reporters_are_good(made: Any) -> None:
    """They keep what others have to keep."""
    assert "PM-1" in check_reporter(made)


numbers = count()


@pytest.mark.parametrize(
    ("attributes", "told"),
    [
        ({"suffix": "csv"}, "`suffix` is 'csv': write a dot with small letters and digits, such as .csv"),
        ({"suffix": ".CSV"}, "`suffix` is '.CSV': write a dot with small letters and digits, such as .csv"),
        ({"suffix": 7}, "`suffix` is 7: write a dot with small letters and digits, such as .csv"),
        ({"replaces": ".html"}, "`replaces` is '.html': only the own suffix can be replaced"),
        ({"help": ""}, "`help` is not a text on one line: write in a few words what the format is"),
        ({"help": "two\nlines"}, "`help` is not a text on one line: write in a few words what the format is"),
        ({"render": lambda *_: 1 / 0}, "`render` raises ZeroDivisionError: division by zero"),
        ({"render": lambda *_: b"post-mortem,state\n"}, "`render` returns a bytes and not a text"),
        (
            {"render": lambda *_: f"post-mortem,state\n{next(numbers)}"},
            "`render` returns another text for the same report",
        ),
        (
            {"owns": lambda *_: False},
            "`owns` does not recognise what `render` returns: such a file is never replaced",
        ),
        ({"owns": lambda *_: 1 / 0}, "`owns` raises ZeroDivisionError: division by zero"),
        (
            {"owns": lambda _, head: not head or head[:4] == b"post"},
            "`owns` takes a foreign file for its own: b''",
        ),
        (
            {"owns": lambda _, head: bool(head.decode())},
            "`owns` takes a foreign file for its own: b'# Post-mortem: checkout down\\n'\n`owns` raises "
            "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte",
        ),
    ],
)
def test_a_wrong_reporter_is_told_what_is_wrong(attributes: dict[str, Any], told: str) -> None:
    """A line for each."""
    with pytest.raises(AssertionError) as raised:
        check_reporter(reporter(**attributes))
    assert str(raised.value) == told


def test_a_reporter_without_anything_is_told_everything() -> None:
    """At once."""
    with pytest.raises(AssertionError) as raised:
        check_reporter(object())  # type: ignore[arg-type]
    assert [line.split("`")[1] for line in str(raised.value).splitlines()] == ["suffix", "help", "render", "owns"]


# --- rules -----------------------------------------------------------------------------------------------------------


def find_missing_services(subject: Subject) -> Any:
    if subject.text and not subject.postmortem.services:
        yield Finding(subject.postmortem.line, "no services; name them")


RULE = Rule(
    code="ACME101",
    name="no services",
    what="A post-mortem names the services.",
    why="Their owners look for it.",
    bad="# PM-1: Checkout down\n",
    good="---\nservices: [checkout]\n---\n# PM-1: Checkout down\n",
    check=find_missing_services,
)


def test_a_good_rule_gives_its_findings() -> None:
    """Those in its bad example."""
    assert check_rule(RULE) == [Finding(1, "no services; name them")]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.code))
def test_the_built_in_rules_are_good(rule: Rule) -> None:
    """They keep what others have to keep."""
    assert check_rule(rule)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"code": "acme"},
            "a lint rule has the code 'acme'; a code is capital letters and three digits, such as ACME101",
        ),
        ({"name": " "}, "`name` is not a text"),
        ({"why": ""}, "`why` is not a text"),
        ({"bad": RULE.good}, "`bad` is fine: the rule finds nothing in it"),
        ({"good": RULE.bad}, "`good` is not: the rule finds something in it"),
        ({"bad": "---\nseverity: [\n---\n# PM-1: x\n"}, "`bad` cannot be read: "),
        ({"check": lambda subject: 1 / 0}, "`check` raises ZeroDivisionError on `bad`: division by zero\n"),
        ({"check": lambda subject: ["x"]}, "`check` returns a str and not a Finding\n"),
        ({"check": lambda subject: [Finding(9, "x")]}, "a finding in `bad` is at line 9, and the document has 1\n"),
        ({"check": lambda subject: [Finding(1, "")]}, "a finding in `bad` has no text on one line\n"),
    ],
)
def test_a_wrong_rule_is_told_what_is_wrong(changes: dict[str, Any], told: str) -> None:
    """A line for each."""
    with pytest.raises(AssertionError) as raised:
        check_rule(replace(RULE, **changes))
    assert str(raised.value).startswith(told)
