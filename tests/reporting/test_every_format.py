"""Whatever format is registered keeps the contract of reporters, and renders foreign text without obeying it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_postmortem.judging.gate import decide
from pytest_postmortem.model.state import Outcome, Policy
from pytest_postmortem.project import Project
from pytest_postmortem.reporting.interface import Finished
from pytest_postmortem.testing import check_reporter
from tests.builders import META, item, postmortem, report, run, test
from tests.reporting.hostile import NUMBERS, PAYLOADS
from tests.reporting.test_escaping import obeyed

if TYPE_CHECKING:
    from pytest_postmortem.reporting.interface import Reporter

NO_LOG = (".json", ".html")
"""Formats that are not printed: evidence keeps every value as it is, and the page has tests of its own."""
REPORTERS: list[Reporter] = Project(Path(), date(2026, 6, 15)).reporters


@pytest.mark.parametrize("reporter", REPORTERS, ids=lambda one: str(one.suffix))
def test_a_format_keeps_the_contract(reporter: Reporter) -> None:
    """With a suffix, a help text, and its own files recognised."""
    assert check_reporter(reporter)


@pytest.mark.parametrize("reporter", REPORTERS, ids=lambda one: str(one.suffix))
def test_a_format_obeys_no_foreign_text(reporter: Reporter) -> None:
    """Each payload as title, text, owner, place and test: no line of what may be printed is a workflow command."""
    for number, payload in zip(NUMBERS, PAYLOADS, strict=True):
        one = postmortem("PM-1", item(text=payload, owner=payload), title=payload, origin=payload)
        made = report([one], run([(test(f"test_{payload}", "PM-1/AI-1"), Outcome.FAILED)]))
        finished = Finished(made, decide(made, Policy.PASSED), META, "2026-06-15T10:00:00+00:00", 1, "")
        text = reporter.render(finished)
        assert reporter.suffix in NO_LOG or not obeyed(text), number
