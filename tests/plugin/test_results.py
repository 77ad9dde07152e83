"""The outcome of a test out of its reports."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from itertools import permutations
from typing import Any

import pytest

from pytest_postmortem.model.link import Result
from pytest_postmortem.model.state import Outcome
from pytest_postmortem.plugin.results import Results, Tally
from tests.plugin.conftest import TESTS, Run


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
    (
        [SETUP, made("call", "skipped", ("t.py", 3, "Skipped: no redis"), context="a"), CALL, TEARDOWN],
        Outcome.SKIPPED,
        "no subtest passed: skipped: no redis",
    ),
    (
        [SETUP, made("call", "skipped", context="a", wasxfail="known"), CALL, TEARDOWN],
        Outcome.SKIPPED,
        "no subtest passed: xfailed: known",
    ),
    (
        [SETUP, made("call", "passed", context="a", wasxfail=""), CALL, TEARDOWN],
        Outcome.SKIPPED,
        "no subtest passed: xfailed: ",
    ),
    (
        [SETUP, made("call", "skipped", context="a"), made("call", "passed", context="b"), CALL, TEARDOWN],
        Outcome.PASSED,
        "",
    ),
    ([SETUP, made("call", "quarantined"), TEARDOWN], Outcome.SKIPPED, 'a plugin reported the outcome "quarantined"'),
    ([made("setup", "odd"), CALL, TEARDOWN], Outcome.SKIPPED, 'a plugin reported the outcome "odd"'),
    (
        [SETUP, made("call", "passed", "E  boom"), TEARDOWN],
        Outcome.SKIPPED,
        "a plugin turned a failure into a pass: E  boom",
    ),
    ([SETUP, made("call", "retried"), CALL, TEARDOWN], Outcome.FLAKY, "passed after a rerun"),
    ([SETUP, made("call", "retried"), made("call", "failed"), TEARDOWN], Outcome.FAILED, ""),
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


def test_a_report_keeps_the_node_id_that_its_test_was_collected_with() -> None:
    """A conftest.py may rename the report and take the properties away; its subtests are found by the new name."""
    results = Results()
    for report in (SETUP, made("call", "skipped", context="a"), CALL, TEARDOWN):
        renamed = made(
            report.when or "", report.outcome, linked=False, **({"context": 1} if hasattr(report, "context") else {})
        )
        renamed.nodeid = "something else"
        if not hasattr(report, "context"):
            renamed.postmortem_test = ["t.py::test_a", [["incident", "PM-1"]], ""]  # type: ignore[attr-defined]
        results.add(renamed)
    assert results.finished == {"t.py::test_a"}
    assert results.tallies["t.py::test_a"].result.outcome is Outcome.SKIPPED


def tallied(*reports: pytest.TestReport) -> Result:
    tally = Tally()
    for report in reports:
        tally.add(report)
    return tally.result


BY_BADNESS = (
    made("call", "skipped", ("t.py", 3, "Skipped: skipped")),
    made("call", "skipped", wasxfail="xfailed"),
    made("call", "passed", wasxfail="xpassed"),
    made("setup", "failed", "error"),
    made("call", "failed", "failed"),
    made("???", "failed", "crashed", linked=False),
)


@pytest.mark.parametrize("place", range(len(BY_BADNESS)))
def test_the_worst_of_two_outcomes_counts(place: int) -> None:
    """In either order, and with its own reason; of two that are equally bad the first."""
    bad = BY_BADNESS[place]
    result = tallied(bad)
    assert result.outcome.value == result.reason
    for other in BY_BADNESS[:place]:
        assert tallied(bad, other) == tallied(other, bad) == result
    assert tallied(made("call", "failed", "first"), made("call", "failed", "second")).reason == "first"


@pytest.mark.parametrize("when", ["setup", "call", "teardown"])
def test_a_failure_is_one_of_the_test_in_its_call_alone(when: str) -> None:
    """Elsewhere it is an error; a skip is one in each phase, and a phase that is missing is no pass."""
    assert tallied(made(when, "failed", "x")) == Result(Outcome.FAILED if when == "call" else Outcome.ERROR, "x")
    assert tallied(made(when, "skipped", ("t.py", 1, "x"))) == Result(Outcome.SKIPPED, "x")
    assert tallied(*(one for one in (SETUP, CALL, TEARDOWN) if one.when != when)) == Result()


def test_a_part_that_is_idle_does_not_take_a_pass_away() -> None:
    """Nor does one that passed give a test that did not end its pass; the first reason by name is told."""
    idle = [made("call", "skipped", ("t.py", 3, f"Skipped: {name}"), context=name) for name in "ba"]
    assert tallied(SETUP, *idle, CALL, TEARDOWN) == Result(Outcome.SKIPPED, "no subtest passed: skipped: a")
    assert tallied(SETUP, *idle, CALL) == Result()
    passed = made("call", "passed", context="c")
    assert tallied(SETUP, made("call", "rerun"), *idle, passed, CALL, TEARDOWN).outcome is Outcome.FLAKY
    xpassed = made("call", "passed", context="c", wasxfail="x")
    assert tallied(SETUP, xpassed, CALL, TEARDOWN).reason == "no subtest passed: xfailed: x"


class Crash:
    """As pytest's own representation of a failure has it."""

    def __init__(self, message: str | None) -> None:
        self.reprcrash = type("At", (), {"message": message})() if message is not None else None

    def __str__(self) -> str:
        return "the whole traceback\nmore"


@pytest.mark.parametrize(
    ("longrepr", "reason"),
    [
        (Crash("AssertionError: 1 != 2\nmore"), "AssertionError: 1 != 2"),
        (Crash(None), "the whole traceback"),
        ("\n\n  E  boom  \nmore", "E  boom"),
        ("x" * 200, "x" * 200),
        ("x" * 201, "x" * 197 + "..."),
        (None, ""),
        ("", ""),
    ],
)
def test_the_reason_of_a_failure_is_its_first_line(longrepr: Any, reason: str) -> None:
    """Of the message where there is one; cut at 200."""
    assert tallied(made("call", "failed", longrepr)).reason == reason


def test_the_reason_of_a_crash_is_the_first_line_of_what_xdist_says() -> None:
    """A representation of a failure is taken as text."""
    assert tallied(made("???", "failed", Crash("no"), linked=False)).reason == "the whole traceback"
    assert tallied(made("???", "failed", None, linked=False)).reason == ""


@pytest.mark.parametrize(
    ("longrepr", "reason"),
    [
        (("t.py", 3, "Skipped: no redis"), "no redis"),
        ("Skipped: no redis", "no redis"),
        (None, ""),
        (("t.py", 3, "x"), "x"),
    ],
)
def test_the_reason_of_a_skip(longrepr: Any, reason: str) -> None:
    """Without pytest's own word before it."""
    assert tallied(made("setup", "skipped", longrepr)).reason == reason


def test_the_reason_of_an_xfail() -> None:
    """Without what pytest 8.0 puts before it."""
    assert tallied(made("call", "skipped", wasxfail="reason: known")).reason == "known"


def test_the_end_of_a_test_is_its_teardown_or_its_crash() -> None:
    """Not a setup or a call, whatever they end in; a crash that is tried again is no end."""
    for report in (SETUP, CALL, made("call", "failed"), made("???", "rerun"), made("setup", "skipped")):
        results = Results()
        results.add(report)
        assert results.finished == set()
    results = Results()
    results.add(made("???", "rerun", linked=False))
    assert results.tallies["t.py::test_a"].result.outcome is Outcome.NOT_RUN


def test_reports_without_a_link_count_once_their_test_is_known() -> None:
    """A crash carries none."""
    results = Results()
    results.add(made("setup", "failed", linked=False))
    assert results.tallies == {}
    results.add(SETUP)
    results.add(made("call", "failed", "boom", linked=False))
    assert results.tallies["t.py::test_a"].result == Result(Outcome.FAILED, "boom")
    assert set(results.tallies) == {"t.py::test_a"}


MEDDLING = {
    "properties of the report": "def pytest_runtest_logreport(report): report.user_properties = []",
    "no properties of the report at all": "def pytest_runtest_logreport(report): report.user_properties = None",
    "properties of the item": """
@pytest.fixture(autouse=True)
def tidy(request): request.node.user_properties.clear()
""",
    "the report's node id": """
@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_makereport(item):
    report = (yield).get_result()
    report.nodeid = item.name
    report.user_properties = [("owner", "me")]
""",
    "another report": """
@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_makereport(item, call):
    made = yield
    report = made.get_result()
    made.force_result(pytest.TestReport(item.nodeid, item.location, {}, report.outcome, report.longrepr, report.when))
""",
}


@pytest.mark.parametrize("meddling", MEDDLING)
def test_no_link_is_lost_by_a_conftest(
    request: pytest.FixtureRequest,
    project: pytest.Pytester,
    run: Run,
    evidence: Callable[[], dict[str, Any]],
    meddling: str,
) -> None:
    """Whatever it does to the reports, both tests are seen to guard, and to fail. pytest-xdist takes no other node id."""
    if meddling == "the report's node id" and "xdist" in request.node.callspec.id:
        pytest.skip("pytest-xdist itself breaks")
    project.makeconftest(f"import pytest\n{MEDDLING[meddling]}\n")
    project.makepyfile(test_shop=TESTS.replace("test_bound(): pass", "test_bound(): assert 0"))
    result = run("--incident-output=e.json")
    assert [one["state"] for one in evidence()["postmortems"][0]["items"][:2]] == ["guarded", "failing"]
    assert result.ret == 1


@pytest.mark.parametrize(
    ("hook", "reason"),
    [
        ("report.outcome = 'quarantined'", 'a plugin reported the outcome "quarantined"'),
        ("report.outcome = 'passed'", "a plugin turned a failure into a pass: assert 0"),
    ],
)
def test_an_outcome_that_a_plugin_invents_is_no_pass(
    project: pytest.Pytester, run: Run, evidence: Callable[[], dict[str, Any]], hook: str, reason: str
) -> None:
    """Such as that of a quarantine."""
    project.makeconftest(
        "import pytest\n@pytest.hookimpl(hookwrapper=True)\ndef pytest_runtest_makereport(item, call):\n"
        "    report = (yield).get_result()\n"
        f"    if item.name == 'test_bound' and report.when == 'call': {hook}\n"
    )
    project.makepyfile(test_shop=TESTS.replace("test_bound(): pass", "test_bound(): assert 0"))
    assert run("--incident-output=e.json", "--incident-gate=passed").ret == 1
    found = evidence()["postmortems"][0]["items"][1]
    assert (found["state"], found["reason"]) == ("skipped here", f"skipped: {reason}")


SUBTESTS = """
import pytest

@pytest.mark.incident("PM-123", action_item="AI-1")
def test_idle(subtests):
    for i in range(2):
        with subtests.test(i=i):
            {idle}

@pytest.mark.incident("PM-123", action_item="AI-2")
def test_partly(subtests):
    for i in range(2):
        with subtests.test(i=i):
            if i:
                {idle}
"""


@pytest.mark.skipif(
    pytest.version_tuple < (9, 0) and not find_spec("pytest_subtests"), reason="the fixture is part of pytest 9"
)
@pytest.mark.parametrize(("idle", "word"), [("pytest.skip('no')", "skipped"), ("pytest.xfail('no')", "xfailed")])
def test_a_test_whose_every_subtest_is_idle_guards_nothing(
    project: pytest.Pytester, run: Run, evidence: Callable[[], dict[str, Any]], idle: str, word: str
) -> None:
    """One that passes is enough."""
    project.makepyfile(test_shop=SUBTESTS.format(idle=idle))
    assert run("--incident-output=e.json", "--incident-gate=passed").ret == 1
    first, second, _ = evidence()["postmortems"][0]["items"]
    assert (first["state"], first["reason"]) == ("skipped here", f"skipped: no subtest passed: {word}: no")
    assert second["state"] == "guarded"
