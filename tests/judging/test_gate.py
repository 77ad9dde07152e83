"""The gate decides once, and every number follows from the report."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_postmortem.judging.gate import decide
from pytest_postmortem.model.postmortem import ActionItem
from pytest_postmortem.model.state import Outcome, Policy, PostmortemState, State, Verdict
from tests.builders import item, postmortem, report, run, test

A = test("test_a", "PM-1/AI-1")


def verdict(
    items: list[ActionItem],
    outcome: Outcome | None = None,
    policy: Policy = Policy.LINKED,
    explicit: bool = False,
    facts: dict[str, Any] | None = None,
    **settings: Any,
) -> Verdict:
    made = report([postmortem("PM-1", *items)], run([(A, outcome)] if outcome else [], **(facts or {})), **settings)
    return decide(made, policy, explicit=explicit).verdict


@pytest.mark.parametrize(
    ("outcome", "linked", "passed"),
    [
        (Outcome.PASSED, Verdict.PASS, Verdict.PASS),
        (Outcome.FLAKY, Verdict.PASS, Verdict.PASS),
        (Outcome.SKIPPED, Verdict.PASS, Verdict.FAIL),
        (Outcome.NOT_RUN, Verdict.PASS, Verdict.NOT_JUDGED),
        (Outcome.XFAILED, Verdict.FAIL, Verdict.FAIL),
        (Outcome.XPASSED, Verdict.FAIL, Verdict.FAIL),
        (Outcome.FAILED, Verdict.FAIL, Verdict.FAIL),
        (Outcome.ERROR, Verdict.FAIL, Verdict.FAIL),
        (Outcome.CRASHED, Verdict.FAIL, Verdict.FAIL),
        (None, Verdict.FAIL, Verdict.FAIL),
    ],
)
def test_the_policies(outcome: Outcome | None, linked: Verdict, passed: Verdict) -> None:
    """`linked` asks for a test that is not disabled, `passed` for one that passed here, `off` for nothing."""
    assert verdict([item()], outcome) is linked
    assert verdict([item()], outcome, Policy.PASSED) is passed
    assert verdict([item()], outcome, Policy.OFF) is Verdict.NOT_JUDGED


@pytest.mark.parametrize("policy", [Policy.LINKED, Policy.PASSED])
def test_an_invalid_marker_leaves_no_passed_gate(policy: Policy) -> None:
    """What it was meant to link is not known, even if everything required is guarded."""
    facts = {"invalid": ('tests/test_a.py:3: test_b: no post-mortem is named "PM-11"',)}
    assert verdict([item()], Outcome.PASSED, policy, facts=facts) is Verdict.NOT_JUDGED
    assert verdict([item()], Outcome.PASSED, policy, explicit=True, facts=facts) is Verdict.FAIL


@pytest.mark.parametrize("policy", [Policy.PASSED, Policy.PROVEN])
def test_a_test_that_was_not_run_is_never_a_pass(policy: Policy) -> None:
    """Not judged with its reason; a violation if the policy was given on the command line, or no shard ran it."""
    for facts in ({}, {"deselected": 1}, {"stopped": ("1 of 2 tests has no result",)}):
        one = test("test_a", "PM-1/AI-1", deselected=bool(facts.get("deselected")))
        made = report([postmortem("PM-1", item())], run([(one, Outcome.NOT_RUN)], **facts))
        decision = decide(made, policy)
        assert decision.verdict is Verdict.NOT_JUDGED
        assert decision.reasons[0].startswith("PM-1/AI-1 was not run: ")
        assert [one.state for one in decide(made, policy, explicit=True).violations] == ["not run"]
    union = report([postmortem("PM-1", item())], run([(A, Outcome.NOT_RUN)], union=True))
    assert [one.state for one in decide(union, policy).violations] == ["not run"]
    assert decide(union, Policy.LINKED).verdict is Verdict.PASS


def test_what_is_outside_the_gate_violates_nothing() -> None:
    """Older than `since`; an undated post-mortem is inside."""
    assert verdict([item()], since=date(2026, 2, 12)) is Verdict.PASS
    assert verdict([item()], since=date(2026, 2, 11)) is Verdict.FAIL
    undated = report([postmortem("PM-1", item(), date=None)], since=date(2026, 2, 12))
    assert decide(undated, Policy.LINKED).verdict is Verdict.FAIL


def test_grace_excuses_a_missing_test() -> None:
    """Under both policies."""
    due = item(due_date=date(2026, 7, 1))
    assert verdict([due], grace=True) is Verdict.PASS
    assert verdict([due], policy=Policy.PASSED, grace=True) is Verdict.PASS
    assert verdict([due]) is Verdict.FAIL


def test_unknown_is_never_fine_and_never_missing() -> None:
    """Not judged, with the reason; an explicit gate fails."""
    made = report([postmortem("PM-1", item())], run(lost="no worker spoke"))
    decision = decide(made, Policy.LINKED)
    assert decision.verdict is Verdict.NOT_JUDGED
    assert decision.reasons == ("PM-1/AI-1 is unknown: no worker spoke",)
    explicit = decide(made, Policy.LINKED, explicit=True)
    assert explicit.verdict is Verdict.FAIL
    assert [(one.state, one.hint) for one in explicit.violations] == [("unknown", "run all of the tests")]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"stopped": ("1 of 2 tests has no result",)}, "1 of 2 tests has no result"),
        ({"collect_only": True}, "--collect-only runs no test"),
    ],
)
def test_a_run_that_did_not_reach_a_required_test_is_not_judged(facts: dict[str, Any], reason: str) -> None:
    """With every required test reached, an early stop takes nothing away."""
    made = report([postmortem("PM-1", item())], run([(A, Outcome.NOT_RUN)], **facts))
    decision = decide(made, Policy.LINKED)
    assert (decision.verdict, decision.reasons) == (Verdict.NOT_JUDGED, (reason,))
    assert decide(made, Policy.LINKED, explicit=True).verdict is Verdict.FAIL


def test_an_early_stop_after_the_required_tests_is_judged() -> None:
    """Nothing that is required is open; --collect-only is never a pass."""
    assert verdict([item()], Outcome.PASSED, facts={"stopped": ("1 of 2 tests has no result",)}) is Verdict.PASS
    assert verdict([item(test="no")], facts={"collect_only": True}) is Verdict.NOT_JUDGED


def test_nothing_to_judge_is_no_pass() -> None:
    """No post-mortem, or no test."""
    assert decide(report([]), Policy.LINKED).reasons == ("no post-mortem was found",)
    assert verdict([item(test="no")], facts={"collected": 0}) is Verdict.NOT_JUDGED
    assert verdict([item(test="no")], facts={"collected": 0, "deselected": 3}) is Verdict.PASS


@pytest.mark.parametrize(
    ("made", "outcome", "text", "hint"),
    [
        (
            item(),
            None,
            "PM-1/AI-1 requires a test and has none: no test is linked to it",
            '@pytest.mark.incident("PM-1", action_item="AI-1"); give it a due date and set grace',
        ),
        (
            item(test="2026-01-01"),
            None,
            "PM-1/AI-1 had a waiver that has run out: on 2026-01-01: vendor code",
            "write the test and mark it",
        ),
        (
            item(),
            Outcome.XFAILED,
            "PM-1/AI-1 has only tests that are switched off: xfailed",
            "remove the skip or xfail",
        ),
        (item(), Outcome.FAILED, "PM-1/AI-1 is failing: failed", "fix what the test shows"),
        (
            item(),
            Outcome.SKIPPED,
            "PM-1/AI-1 was skipped in this run: skipped",
            "run the test where it is not skipped, or waive it in the document with a reason and a date",
        ),
    ],
)
def test_a_violation_says_what_to_do(made: ActionItem, outcome: Outcome | None, text: str, hint: str) -> None:
    """At the line of the action item; what is missing names the marker, `grace` and the waiver."""
    the_report = report([postmortem("PM-1", made)], run([(A, outcome)] if outcome else []))
    (violation,) = decide(the_report, Policy.PASSED).violations
    assert (violation.origin, violation.line, violation.text) == ("docs/PM-1.md", 10, text)
    assert hint in violation.hint


def test_the_counts_are_those_of_the_verdicts() -> None:
    """Dropped, waived and unasked-for items are not required; a missing or unknown one has no test."""
    made = report(
        [
            postmortem("PM-1", item(), item("AI-2"), item("AI-3", "no"), item("AI-4", "2027-01-01")),
            postmortem("PM-2", date=date(2020, 1, 1)),
        ],
        run([(A, Outcome.PASSED)]),
        since=date(2026, 1, 1),
    )
    counts = made.counts
    assert (counts.postmortems, counts.required, counts.with_test, counts.tests, counts.outside_gate) == (2, 2, 1, 1, 1)
    assert {state: number for state, number in counts.by_state.items() if number} == {
        PostmortemState.PARTLY_GUARDED: 1,
        PostmortemState.UNGUARDED: 1,
    }
    assert counts.by_item_state[State.MISSING] == 1


_BADNESS = [Verdict.PASS, Verdict.NOT_JUDGED, Verdict.FAIL]


@given(
    outcomes=st.lists(st.sampled_from(Outcome), max_size=4),
    worse=st.sampled_from([Outcome.FAILED, Outcome.ERROR, Outcome.CRASHED]),
    policy=st.sampled_from([Policy.LINKED, Policy.PASSED]),
    explicit=st.booleans(),
)
def test_a_bad_outcome_never_improves_the_verdict(
    outcomes: list[Outcome], worse: Outcome, policy: Policy, explicit: bool
) -> None:
    """Whatever else the linked tests did."""
    pairs = [(test(f"test_{place}", "PM-1/AI-1"), outcome) for place, outcome in enumerate(outcomes)]
    bad = [*pairs, (test("test_bad", "PM-1/AI-1"), worse)]
    before, after = (
        decide(report([postmortem("PM-1", item())], run(some)), policy, explicit=explicit).verdict
        for some in (pairs, bad)
    )
    assert _BADNESS.index(after) >= _BADNESS.index(before)
    assert after is Verdict.FAIL


@given(st.permutations([Outcome.PASSED, Outcome.SKIPPED, Outcome.XFAILED, Outcome.FAILED, Outcome.NOT_RUN]))
def test_the_order_of_tests_does_not_matter(order: list[Outcome]) -> None:
    """The state is that of the set."""
    pairs = [(test(f"test_{outcome.name}", "PM-1/AI-1"), outcome) for outcome in order]
    assert report([postmortem("PM-1", item())], run(pairs)).postmortems[0].items[0].state is State.FAILING


@pytest.mark.parametrize(
    ("due", "grace", "hint"),
    [
        (None, False, 'give it a due date and set grace = "due" to allow it until then, or waive it'),
        (None, True, "give it a due date to allow it until then, or waive it"),
        ("next week", True, 'write its due date "next week" as YYYY-MM-DD to allow it until then, or waive it'),
        (
            "next week",
            False,
            'write its due date "next week" as YYYY-MM-DD and set grace = "due" to allow it until then, or waive it',
        ),
        ("2026-06-15", False, 'set grace = "due" to allow it until 2026-06-15, or waive it'),
        ("2026-06-14", False, "or waive it"),
        ("2026-06-14", True, "or waive it"),
    ],
)
def test_grace_is_offered_where_it_can_help(due: str | None, grace: bool, hint: str) -> None:
    """Not past the due date, and not twice; the waiver is, in both of its forms."""
    day = date.fromisoformat(due) if due and due[0] == "2" else None
    the_report = report([postmortem("PM-1", item(due=due, due_date=day))], grace=grace)
    (violation,) = decide(the_report, Policy.LINKED).violations
    assert violation.hint == (
        f'mark the test that guards it with @pytest.mark.incident("PM-1", action_item="AI-1"); {hint}: "waived until '
        'YYYY-MM-DD: reason" in the column Test, "[test waived until YYYY-MM-DD: reason]" in a list item'
    )


def test_a_node_id_that_leads_nowhere_is_corrected_in_the_document() -> None:
    """A marker would not help."""
    (violation,) = decide(report([postmortem("PM-1", item(test="tests/test_x.py::test_n"))]), Policy.LINKED).violations
    assert violation.hint == "write that test, or correct its node id in the document"


def test_a_guessed_date_leaves_nothing_out_of_the_gate() -> None:
    """The report tells how to say the day."""
    old = {"date": date(2019, 3, 1), "line": 3}
    made = report([postmortem("PM-1", item(), date_told=False, **old)], since=date(2026, 1, 1))
    assert decide(made, Policy.LINKED).verdict is Verdict.FAIL
    assert [(hint.line, hint.text) for hint in made.hints] == [
        (
            3,
            "2019-03-01 is the first date that the text speaks of, which `since` does not go by; write the day of the incident as `date:`",
        )
    ]
    assert decide(report([postmortem("PM-1", item(), **old)], since=date(2026, 1, 1)), Policy.LINKED).violations == ()
    assert report([postmortem("PM-1", item(), date_told=False, **old)]).hints == ()
