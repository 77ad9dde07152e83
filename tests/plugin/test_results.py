"""The outcome of a test out of its reports."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from pytest_postmortem.model.link import Result
from pytest_postmortem.model.state import Outcome
from pytest_postmortem.plugin.results import Results, Tally


def made(when: str, outcome: str, longrepr: Any = None, linked: bool = True, **extra: Any) -> pytest.TestReport:
    return pytest.TestReport(
        nodeid="t.py::test_a",
        location=("t.py", 1, "test_a"),
        keywords={},
        outcome=outcome,  # type: ignore[arg-type]
        longrepr=longrepr,
        when=when,  # type: ignore[arg-type]
        user_properties=[("incident", "PM-1")] if linked else [],
        **extra,
    )


SETUP, CALL, TEARDOWN = made("setup", "passed"), made("call", "passed"), made("teardown", "passed")
SKIP = made("call", "skipped", ("t.py", 3, "Skipped: no redis\nmore"))
CASES = [
    ([SETUP, CALL, TEARDOWN], Outcome.PASSED, ""),
    ([SETUP, CALL], Outcome.NOT_RUN, ""),
    ([SETUP, TEARDOWN], Outcome.NOT_RUN, ""),
    ([SETUP, SKIP, TEARDOWN], Outcome.SKIPPED, "no redis"),
    ([SETUP, made("call", "skipped", wasxfail="known"), TEARDOWN], Outcome.XFAILED, "known"),
    ([SETUP, made("call", "passed", wasxfail=""), TEARDOWN], Outcome.XPASSED, ""),
    ([SETUP, made("call", "failed", "E  boom\nrest"), TEARDOWN], Outcome.FAILED, "E  boom"),
    ([made("setup", "failed", "x" * 300), TEARDOWN], Outcome.ERROR, "x" * 197 + "..."),
    ([SETUP, CALL, made("teardown", "failed")], Outcome.ERROR, ""),
    (
        [SETUP, CALL, made("???", "failed", "worker 'gw0' crashed", linked=False)],
        Outcome.CRASHED,
        "worker 'gw0' crashed",
    ),
    ([SETUP, made("call", "rerun"), TEARDOWN, SETUP, CALL, TEARDOWN], Outcome.FLAKY, "passed after a rerun"),
    ([made("setup", "rerun"), SETUP, CALL, TEARDOWN], Outcome.FLAKY, "passed after a rerun"),
    ([SETUP, made("call", "rerun"), SETUP, made("call", "failed"), TEARDOWN], Outcome.FAILED, ""),
    ([made("???", "rerun", linked=False), made("???", "failed", linked=False)], Outcome.CRASHED, ""),
    ([made("???", "rerun", linked=False), SETUP, CALL, TEARDOWN], Outcome.FLAKY, "passed after a rerun"),
    ([SETUP, made("call", "failed", context="a"), CALL, TEARDOWN], Outcome.FAILED, ""),
    ([SETUP, made("call", "passed", context="a"), TEARDOWN], Outcome.NOT_RUN, ""),
    ([SETUP, made("call", "skipped", context="a"), CALL, TEARDOWN], Outcome.PASSED, ""),
    ([SETUP, CALL, TEARDOWN, SETUP, made("call", "failed"), TEARDOWN], Outcome.FAILED, ""),
]


@pytest.mark.parametrize(("reports", "outcome", "reason"), CASES)
def test_the_outcome_of_reports(reports: list[pytest.TestReport], outcome: Outcome, reason: str) -> None:
    """Passed needs setup, call and teardown and nothing else; the worst report wins."""
    tally = Tally()
    for report in reports:
        tally.add(report)
    assert tally.result == Result(outcome, reason)


@pytest.mark.parametrize(("reports", "outcome", "reason"), CASES)
def test_the_order_of_reports_does_not_matter(reports: list[pytest.TestReport], outcome: Outcome, reason: str) -> None:
    """They arrive as the workers send them."""
    for order in list(permutations(reports))[:24]:
        tally = Tally()
        for report in order:
            tally.add(report)
        assert tally.result.outcome is outcome


def test_only_linked_tests_are_kept() -> None:
    """Every end is, and every crash."""
    results = Results()
    results.add(made("call", "failed", linked=False))
    assert not results.tallies
    results.add(made("teardown", "passed", linked=False))
    assert (results.finished, results.tallies) == ({"t.py::test_a"}, {})
    crashed = Results()
    crashed.add(made("???", "failed", linked=False))
    assert crashed.finished == {"t.py::test_a"}
    assert crashed.tallies["t.py::test_a"].result.outcome is Outcome.CRASHED
