"""The outcome of each linked test, from the reports that pytest hands on."""

from __future__ import annotations

import re

import pytest

from pytest_postmortem.model.link import Result
from pytest_postmortem.model.order import OUTCOME_PRECEDENCE
from pytest_postmortem.model.state import Outcome
from pytest_postmortem.model.text import shorten
from pytest_postmortem.plugin.junit import find_linked_node_id, get_raised

__all__ = ["Results", "Tally"]

_PHASES = ("setup", "call", "teardown")
_RETRIED = frozenset({"rerun", "retried"})
"""What pytest-rerunfailures and pytest-retry make of a failure that is tried again."""


_DROPPED = re.compile(
    r"was never awaited|return a value that is not None from a test case|"
    r"returned <(?:coroutine|generator|async_generator) object"
)
"""How Python, unittest and pytest warn that a test's coroutine or generator was not run."""


class Tally:
    """The outcome of one node id by its reports, in whatever order and however often they come: the worst counts."""

    __slots__ = ("_idle_parts", "_part_passed", "_passed", "_reruns", "_worst")

    def __init__(self) -> None:
        self._passed: set[str] = set()
        self._worst = Result()
        self._reruns = False
        self._part_passed = False
        self._idle_parts: list[str] = []

    def add(self, report: pytest.TestReport) -> None:
        """Take one more report into account. A subtest's report, which has a `context`, comes beside that of its test.

        Only the outcome `passed` of pytest's own words is a pass, and only without the error of a failure that a
        plugin turned into one.
        """
        outcome: str = report.outcome
        if report.when not in _PHASES:
            crashed = outcome == "failed"
            self._note(Outcome.CRASHED if crashed else Outcome.NOT_RUN, _get_first_line(str(report.longrepr or "")))
            self._reruns = self._reruns or not crashed
        elif outcome in _RETRIED:
            self._reruns = True
        elif outcome == "failed":
            self._note(Outcome.FAILED if report.when == "call" else Outcome.ERROR, _get_failure(report))
        elif hasattr(report, "context"):
            self._add_part(report)
        elif hasattr(report, "wasxfail"):
            self._note(Outcome.XFAILED if outcome == "skipped" else Outcome.XPASSED, _get_xfail_reason(report))
        elif outcome == "skipped":
            self._note(Outcome.SKIPPED, _get_skip_reason(report))
        elif outcome != "passed":
            self._note(Outcome.SKIPPED, f'a plugin reported the outcome "{_get_first_line(str(outcome))}"')
        elif report.longrepr or get_raised(report):
            error = _get_failure(report) or _get_first_line(get_raised(report))
            self._note(Outcome.SKIPPED, f"a plugin turned a failure into a pass: {error}")
        else:
            self._passed.add(report.when)

    def _add_part(self, report: pytest.TestReport) -> None:
        """Count a subtest that has not failed."""
        if report.outcome == "passed" and not hasattr(report, "wasxfail"):
            self._part_passed = True
        elif hasattr(report, "wasxfail"):
            self._idle_parts.append(f"xfailed: {_get_xfail_reason(report)}")
        else:
            self._idle_parts.append(f"skipped: {_get_skip_reason(report)}")

    def _note(self, outcome: Outcome, reason: str) -> None:
        if OUTCOME_PRECEDENCE[outcome] > OUTCOME_PRECEDENCE[self._worst.outcome]:
            self._worst = Result(outcome, reason)

    @property
    def result(self) -> Result:
        """The outcome so far. A test has passed when setup, call and teardown have, and nothing else was reported."""
        if self._worst.outcome is not Outcome.NOT_RUN:
            return self._worst
        if not self._passed.issuperset(_PHASES):
            return Result()
        if self._idle_parts and not self._part_passed:
            return Result(Outcome.SKIPPED, f"no subtest passed: {min(self._idle_parts)}")
        return Result(Outcome.FLAKY, "passed after a rerun") if self._reruns else Result(Outcome.PASSED)


class Results:
    """Gathers the outcomes of linked tests, and which tests have come to their end at all."""

    def __init__(self) -> None:
        self.finished: set[str] = set()
        self.tallies: dict[str, Tally] = {}
        self.idle: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def add_warning(self, message: str, node_id: str) -> None:
        """Take one warning of a test: one about a dropped return value makes the test idle."""
        if _DROPPED.search(message) is not None:
            self.idle[node_id] = f"its body never ran: {_get_first_line(message)}"

    def add(self, report: pytest.TestReport) -> None:
        """Take one report, under the node id that its test was collected with.

        Reports of a crash carry no stamp, so each of them is kept.
        """
        when = report.when
        reported = report.nodeid
        linked = find_linked_node_id(report)
        if linked is not None and linked != reported:
            self._names[reported] = linked  # of a subtest's report, too
        node_id = linked or self._names.get(reported, reported)
        tally = self.tallies.get(node_id)
        if tally is None and (linked is not None or when not in _PHASES):
            tally = self.tallies[node_id] = Tally()
        if tally is not None:
            tally.add(report)
        if when == "teardown" or (when not in _PHASES and report.outcome == "failed"):
            self.finished.add(node_id)


def _get_xfail_reason(report: pytest.TestReport) -> str:
    return str(report.wasxfail).removeprefix("reason: ")  # pytest 8.0 puts it before what pytest.xfail() says


def _get_skip_reason(report: pytest.TestReport) -> str:
    longrepr = report.longrepr
    text = longrepr[2] if isinstance(longrepr, tuple) else str(longrepr or "")
    return _get_first_line(text.removeprefix("Skipped: "))


def _get_failure(report: pytest.TestReport) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    return _get_first_line(str(crash.message if crash is not None else report.longrepr or ""))


def _get_first_line(text: str) -> str:
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return shorten(line, 200)
