"""The gate, item by item: each of them is looked at, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pytest_postmortem.judging.gate import Decision, Violation, decide
from pytest_postmortem.model.state import Outcome, Policy, Verdict
from tests.builders import item, postmortem, report, run, test

A = test("test_a", "PM-1/AI-1")
OLD = date(2020, 1, 1)


def told(decision: Decision) -> list[tuple[str, str]]:
    return [(one.postmortem, one.item) for one in decision.violations]


def test_what_comes_after_an_incident_outside_the_gate_is_judged() -> None:
    """And after an item in grace, and after one that is fine."""
    later = item(due_date=date(2026, 7, 1))
    made = report(
        [postmortem("PM-0", item(), date=OLD), postmortem("PM-1", later, item("AI-2")), postmortem("PM-2", item())],
        since=date(2026, 1, 1),
        grace=True,
    )
    assert told(decide(made, Policy.LINKED)) == [("PM-1", "AI-2"), ("PM-2", "AI-1")]


def test_a_gate_that_is_off_judges_nothing() -> None:
    """But what was guarded before: alone, whatever else is missing."""
    made = report([postmortem("PM-1", item())])
    off = Decision(Verdict.NOT_JUDGED, Policy.OFF, False, (), ("the gate is off",))
    assert decide(made, Policy.OFF) == off
    lost = Violation("PM-1", "AI-9", "lost its guard", "x.md", 1, "text", "hint")
    assert decide(made, Policy.OFF, lost=[lost]) == Decision(Verdict.FAIL, Policy.OFF, False, (lost,), ())
    assert decide(made, Policy.OFF, explicit=True, lost=[lost]).explicit
    assert not Decision(Verdict.PASS, Policy.LINKED).explicit


@pytest.mark.parametrize(
    ("lost", "found"), [(("PM-1", "AI-1"), 1), (("PM-1", "AI-2"), 2), (("PM-2", "AI-1"), 2), (("PM-1", ""), 2)]
)
def test_a_lost_guard_is_told_once(lost: tuple[str, str], found: int) -> None:
    """Of the same item of the same post-mortem."""
    one = Violation(*lost, "lost its guard", "x.md", 1, "text", "hint")
    assert len(decide(report([postmortem("PM-1", item())]), Policy.LINKED, lost=[one]).violations) == found


def reasons(*items: Any, outcome: Outcome | None = None, policy: Policy = Policy.PASSED, **facts: Any) -> Any:
    fields = facts.pop("fields", {})
    settings = facts.pop("settings", {})
    the_run = run([] if outcome is None else [(A, outcome)], **facts)
    decision = decide(report([postmortem("PM-1", *items, **fields)], the_run, **settings), policy)
    return decision.verdict, decision.reasons


STOPPED = {"stopped": ("1 of 2 tests has no result", "stopped early")}
NOTHING = "--collect-only runs no test"
NOT_RUN = "PM-1/AI-1 was not run: not reached in this run"


def test_each_reason_for_not_judging() -> None:
    """What was not reached by a stop, what was only collected, and no test at all."""
    assert reasons(item(), outcome=Outcome.NOT_RUN, **STOPPED) == (Verdict.NOT_JUDGED, (NOT_RUN, *STOPPED["stopped"]))
    assert reasons(item(), outcome=Outcome.PASSED, **STOPPED) == (Verdict.PASS, ())
    assert reasons(item(test="no"), **STOPPED) == (Verdict.PASS, ())
    assert reasons(item(), outcome=Outcome.NOT_RUN, policy=Policy.LINKED) == (Verdict.PASS, ())
    assert reasons(item(), outcome=Outcome.NOT_RUN, collect_only=True) == (Verdict.NOT_JUDGED, (NOT_RUN, NOTHING))
    assert reasons(item(test="no"), collect_only=True) == (Verdict.NOT_JUDGED, (NOTHING,))
    assert reasons(item(test="no"), collected=0) == (Verdict.NOT_JUDGED, ("no test was collected",))
    assert reasons(item(test="no"), collected=0, collect_only=True) == (Verdict.NOT_JUDGED, ("no test was collected",))
    assert reasons(item(test="no"), collected=0, deselected=2) == (Verdict.PASS, ())
    assert reasons(item(test="no"), collected=0, deselected=2, collect_only=True) == (Verdict.NOT_JUDGED, (NOTHING,))


def test_what_is_outside_the_gate_was_not_missed() -> None:
    """A stop before the test of an older incident changes nothing."""
    outside = {"fields": {"date": OLD}, "settings": {"since": date(2026, 1, 1)}}
    assert reasons(item(), outcome=Outcome.NOT_RUN, **STOPPED, **outside) == (Verdict.PASS, ())


@pytest.mark.parametrize(
    ("policy", "explicit", "union", "verdict"),
    [
        (Policy.LINKED, True, True, Verdict.PASS),
        (Policy.PASSED, False, False, Verdict.NOT_JUDGED),
        (Policy.PASSED, True, False, Verdict.FAIL),
        (Policy.PASSED, False, True, Verdict.FAIL),
        (Policy.PROVEN, False, False, Verdict.NOT_JUDGED),
        (Policy.PROVEN, False, True, Verdict.FAIL),
    ],
)
def test_who_insists_on_a_test_that_was_not_run(policy: Policy, explicit: bool, union: bool, verdict: Verdict) -> None:
    """The command line and a union, under a policy that needs outcomes."""
    made = report([postmortem("PM-1", item())], run([(A, Outcome.NOT_RUN)], union=union))
    decision = decide(made, policy, explicit=explicit)
    assert (decision.verdict, decision.explicit, decision.policy) == (verdict, explicit, policy)
    assert [one.state for one in decision.violations] == ["not run"] * (verdict is Verdict.FAIL)


def test_a_violation_beats_a_reason_and_each_reason_is_told_once() -> None:
    """Both are told; two items that are unknown for one cause are two reasons."""
    made = report([postmortem("PM-1", item(), item("AI-2"))], run([(A, Outcome.XFAILED)], lost="no worker spoke"))
    decision = decide(made, Policy.LINKED)
    assert decision.verdict is Verdict.NOT_JUDGED
    assert decision.reasons == ("PM-1/AI-1 is unknown: no worker spoke", "PM-1/AI-2 is unknown: no worker spoke")
    failing = report([postmortem("PM-1", item(), item("AI-2"))], run([(A, Outcome.FAILED)], lost="no worker spoke"))
    decision = decide(failing, Policy.LINKED)
    assert (decision.verdict, told(decision), len(decision.reasons)) == (Verdict.FAIL, [("PM-1", "AI-1")], 1)
    empty = decide(report([], run(collected=0)), Policy.PASSED, explicit=True)
    assert (empty.verdict, empty.reasons) == (Verdict.FAIL, ("no post-mortem was found", "no test was collected"))


@pytest.mark.parametrize(
    ("made", "outcome", "text", "hint"),
    [
        (
            item(),
            Outcome.NOT_RUN,
            "PM-1/AI-1 was not run: not reached in this run",
            "run the test where it is not skipped, or waive it in the document with a reason and a date",
        ),
        (
            item(test="2026-01-01"),
            None,
            "PM-1/AI-1 had a waiver that has run out: on 2026-01-01: vendor code",
            'write the test and mark it with @pytest.mark.incident("PM-1", action_item="AI-1"), or move the date in '
            "the document",
        ),
        (
            item(),
            Outcome.XFAILED,
            "PM-1/AI-1 has only tests that are switched off: xfailed",
            "remove the skip or xfail, or waive the test in the document with a reason and a date",
        ),
    ],
)
def test_what_a_violation_asks_for(made: Any, outcome: Outcome | None, text: str, hint: str) -> None:
    """Whole, with its place."""
    the_run = run([] if outcome is None else [(A, outcome)])
    (found,) = decide(report([postmortem("PM-1", made)], the_run), Policy.PASSED, explicit=True).violations
    assert (found.text, found.hint, found.origin, found.line) == (text, hint, "docs/PM-1.md", 10)


def test_a_guard_that_cannot_be_told_names_no_item() -> None:
    """With its severity if it has one."""
    for severity, name in (("SEV1", "PM-1 (SEV1)"), (None, "PM-1")):
        made = report([postmortem("PM-1", severity=severity)], run(lost="no worker spoke"), guard=("all",))
        (found,) = decide(made, Policy.LINKED, explicit=True).violations
        assert (found.text, found.item) == (f"{name} is unknown: no worker spoke", "")
