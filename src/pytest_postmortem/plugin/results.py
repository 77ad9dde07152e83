"""The outcome of each linked test, out of the reports that pytest hands on."""

from __future__ import annotations

import pytest

from pytest_postmortem.model.link import Result
from pytest_postmortem.model.state import Outcome
from pytest_postmortem.plugin.markers import PROPERTY

__all__ = ["Results", "Tally", "is_linked"]

_PHASES = ("setup", "call", "teardown")


def is_linked(report: pytest.TestReport) -> bool:
    """Whether the report belongs to a test that guards something."""
    return any(pair[0] == PROPERTY for pair in report.user_properties)


class Tally:
    """What the reports of one node id say, in whatever order and however often they come: the worst of them counts."""

    __slots__ = ("_crashed", "_passed", "_reruns", "_worst")

    def __init__(self) -> None:
        self._passed: set[str] = set()
        self._worst = Result()
        self._reruns = False
        self._crashed = False

    def add(self, report: pytest.TestReport) -> None:
        """Take one more report into account."""
        part = hasattr(report, "context")  # a subtest's report stands beside that of its test
        if report.when not in _PHASES:
            crashed = report.outcome == "failed"
            self._note(Outcome.CRASHED if crashed else Outcome.NOT_RUN, _first_line(str(report.longrepr or "")))
            self._reruns = self._reruns or not crashed
        elif report.outcome == "rerun":  # type: ignore[comparison-overlap]
            self._reruns = True
        elif report.outcome == "failed":
            self._note(Outcome.FAILED if report.when == "call" else Outcome.ERROR, _failure(report))
        elif part:
            return
        elif hasattr(report, "wasxfail"):
            reason = str(report.wasxfail).removeprefix("reason: ")  # pytest 8.0 puts it before what pytest.xfail() says
            self._note(Outcome.XFAILED if report.outcome == "skipped" else Outcome.XPASSED, reason)
        elif report.outcome == "skipped":
            self._note(Outcome.SKIPPED, _skip_reason(report))
        else:
            self._passed.add(report.when)

    def _note(self, outcome: Outcome, reason: str) -> None:
        if _BADNESS[outcome] > _BADNESS[self._worst.outcome]:
            self._worst = Result(outcome, reason)

    @property
    def result(self) -> Result:
        """The outcome so far. A test has passed when setup, call and teardown have, and nothing else was reported."""
        if self._worst.outcome is not Outcome.NOT_RUN:
            return self._worst
        if not self._passed.issuperset(_PHASES):
            return Result()
        return Result(Outcome.FLAKY, "passed after a rerun") if self._reruns else Result(Outcome.PASSED)


_BADNESS = {
    Outcome.NOT_RUN: 0,
    Outcome.SKIPPED: 1,
    Outcome.XFAILED: 2,
    Outcome.XPASSED: 3,
    Outcome.ERROR: 4,
    Outcome.FAILED: 5,
    Outcome.CRASHED: 6,
}


class Results:
    """Gathers the outcomes of linked tests, and which tests have come to their end at all."""

    def __init__(self) -> None:
        self.finished: set[str] = set()
        self.tallies: dict[str, Tally] = {}

    def add(self, report: pytest.TestReport) -> None:
        """Take one report. Reports of a crash carry no properties, so each of them is kept."""
        when = report.when
        if when == "teardown":
            self.finished.add(report.nodeid)
        if (report.user_properties and is_linked(report)) or when not in _PHASES:
            tally = self.tallies.get(report.nodeid)
            if tally is None:
                tally = self.tallies[report.nodeid] = Tally()
            tally.add(report)
            if when not in _PHASES and report.outcome == "failed":
                self.finished.add(report.nodeid)


def _skip_reason(report: pytest.TestReport) -> str:
    told = report.longrepr
    text = told[2] if isinstance(told, tuple) else str(told or "")
    return _first_line(text.removeprefix("Skipped: "))


def _failure(report: pytest.TestReport) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    return _first_line(str(crash.message if crash is not None else report.longrepr or ""))


def _first_line(text: str) -> str:
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= 200 else line[:197] + "..."
