"""`guard`: the incident itself needs a test, whatever its action items say."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pytest_postmortem.judging.gate import Decision, decide
from pytest_postmortem.judging.report import Report
from pytest_postmortem.model.postmortem import Waiver
from pytest_postmortem.model.proof import ProofState
from pytest_postmortem.model.severity import has_severity
from pytest_postmortem.model.state import Outcome, Policy, PostmortemState, State, Verdict
from tests.builders import item, postmortem, report, run, test

WHOLE = test("test_whole", "PM-1")
A = test("test_a", "PM-1/AI-1")
LISTED = ("SEV1", "SEV2")


def judged(made: Report, policy: Policy = Policy.PASSED, **how: Any) -> Decision:
    return decide(made, policy, **how)


@pytest.mark.parametrize(
    ("outcome", "linked", "passed"),
    [
        (Outcome.PASSED, Verdict.PASS, Verdict.PASS),
        (Outcome.FLAKY, Verdict.PASS, Verdict.PASS),
        (Outcome.FAILED, Verdict.FAIL, Verdict.FAIL),
        (Outcome.XFAILED, Verdict.FAIL, Verdict.FAIL),
        (Outcome.SKIPPED, Verdict.PASS, Verdict.FAIL),
        (Outcome.NOT_RUN, Verdict.PASS, Verdict.NOT_JUDGED),
        (None, Verdict.FAIL, Verdict.FAIL),
    ],
)
@pytest.mark.parametrize("guard", [LISTED, ("all",)])
def test_the_incident_is_judged_as_an_item_is(
    outcome: Outcome | None, linked: Verdict, passed: Verdict, guard: tuple[str, ...]
) -> None:
    """By every linked test of it, under each policy."""
    the_run = run([] if outcome is None else [(WHOLE, outcome)])
    made = report([postmortem("PM-1", item("AI-1", "no"), severity="SEV1")], the_run, guard=guard)
    assert (judged(made, Policy.LINKED).verdict, judged(made).verdict) == (linked, passed)
    assert judged(report([postmortem("PM-1", severity="SEV1")], the_run)).verdict is Verdict.PASS


def test_a_violation_names_the_incident() -> None:
    """With its severity, the marker and the waiver, at the head of the document."""
    (violation,) = judged(report([postmortem("PM-1", severity="SEV1", line=3)], guard=LISTED)).violations
    assert (violation.origin, violation.line, violation.item, violation.state) == ("docs/PM-1.md", 3, "", "missing")
    assert violation.text == "PM-1 (SEV1) requires a test and has none: no test is linked to it"
    assert violation.hint == (
        'mark the test that guards it with @pytest.mark.incident("PM-1"); or waive it in the front matter: '
        "`guard: {waived_until: YYYY-MM-DD, reason: ...}`"
    )
    (other,) = judged(report([postmortem("PM-1")], guard=("all",))).violations
    assert other.text.startswith("PM-1 requires a test")


def test_one_test_is_enough() -> None:
    """A test of any of its items; another one that is skipped takes nothing away."""
    two = [(A, Outcome.PASSED), (WHOLE, Outcome.SKIPPED)]
    made = report([postmortem("PM-1", item(), severity="SEV1")], run(two), guard=LISTED)
    assert judged(made).verdict is Verdict.PASS
    assert made.postmortems[0].state is PostmortemState.GUARDED


@pytest.mark.parametrize(
    ("until", "state"),
    [(date(2026, 6, 14), PostmortemState.PARTLY_LINKED), (date(2026, 6, 15), PostmortemState.LINKED)],
)
def test_the_incident_is_part_of_the_state(until: date, state: PostmortemState) -> None:
    """As an item of it is: a waiver that is over keeps it from being linked."""
    one = postmortem("PM-1", severity="SEV1", guard_waiver=Waiver(until, "vendor code"))
    assert report([one], run([(WHOLE, Outcome.NOT_RUN)]), guard=LISTED).postmortems[0].state is state


def test_a_failure_beside_a_test_that_passes_is_not_the_incidents() -> None:
    """One linked test that satisfies the policy is what is asked for; the failure is pytest's own business."""
    two = [(A, Outcome.PASSED), (WHOLE, Outcome.FAILED)]
    made = report([postmortem("PM-1", item("AI-1", "no"), severity="SEV1")], run(two), guard=LISTED)
    (one,) = made.postmortems
    assert one.guard is not None
    assert (one.guard.state, one.state, judged(made).verdict) == (
        State.GUARDED,
        PostmortemState.FAILING,
        Verdict.PASS,
    )
    assert [each.test for each in one.guard.tests] == [A]


def test_a_dropped_item_does_not_answer_for_the_incident() -> None:
    """Nor does a waived one: only a waiver of the incident does."""
    for one in (item("AI-1", "2026-12-31"), item("AI-1", "no")):
        made = report([postmortem("PM-1", one, severity="SEV1")], guard=LISTED)
        assert [violation.item for violation in judged(made).violations] == [""]


@pytest.mark.parametrize(
    ("until", "state", "verdict"),
    [
        (date(2026, 6, 15), State.WAIVED, Verdict.PASS),
        (date(2026, 6, 14), State.WAIVER_EXPIRED, Verdict.FAIL),
    ],
)
def test_the_incident_is_waived_in_its_document(until: date, state: State, verdict: Verdict) -> None:
    """Until a date, inclusive, with a reason that is shown."""
    made = report([postmortem("PM-1", severity="SEV1", guard_waiver=Waiver(until, "vendor code"))], guard=LISTED)
    (one,) = made.postmortems
    assert one.guard is not None
    assert (one.guard.state, judged(made).verdict) == (state, verdict)
    assert [why for _, why in one.unjudged] == (
        ["waived until 2026-06-15 (0 days left): vendor code"] if state is State.WAIVED else []
    )
    assert not one.quiet


def test_an_older_incident_is_outside() -> None:
    """By `since`, as its items are."""
    made = report([postmortem("PM-1", severity="SEV1")], guard=LISTED, since=date(2026, 3, 1))
    assert (made.postmortems[0].guard, judged(made).verdict, made.hints) == (None, Verdict.PASS, ())


def test_an_incident_that_cannot_be_told_is_not_judged() -> None:
    """Its marker may be anywhere if no worker delivered its tests; it is no gap of the union then."""
    made = report([postmortem("PM-1", severity="SEV1")], run(lost="no worker spoke"), guard=LISTED)
    assert judged(made).reasons == ("PM-1 (SEV1) is unknown: no worker spoke",)
    union = report([postmortem("PM-1", severity="SEV1")], run(lost="no worker spoke", union=True), guard=LISTED)
    assert union.completeness.reasons == ("no worker spoke",)


def test_a_file_that_was_not_collected_may_hold_the_guard(tmp_path: Any) -> None:
    """It is looked for there."""
    tmp_path.joinpath("test_other.py").write_text('@pytest.mark.incident("PM-1")\ndef test_it(): pass\n')
    the_run = run(narrowed=("only test_x.py was given",))
    made = report([postmortem("PM-1", severity="SEV1")], the_run, tmp_path, guard=LISTED)
    assert judged(made).reasons == ("PM-1 (SEV1) is unknown: test_other.py was not collected in full",)


def test_a_policy_of_proofs_asks_for_the_proof_of_the_incident() -> None:
    """The hint names no action item."""
    from dataclasses import replace

    made = report([postmortem("PM-1", severity="SEV1")], run([(WHOLE, Outcome.PASSED)]), guard=LISTED)
    (one,) = made.postmortems
    assert one.guard is not None
    unproven = replace(one.guard, tests=tuple(replace(each, proof=ProofState.UNPROVEN) for each in one.guard.tests))
    (violation,) = decide(replace(made, postmortems=(replace(one, guard=unproven),)), Policy.PROVEN).violations
    assert violation.text == "PM-1 (SEV1) has no test that is proven to fail without the fix"
    assert violation.hint == "run `postmortem prove PM-1` and commit .postmortem/proofs.json"


@pytest.mark.parametrize(
    "severity",
    [
        *("SEV1", "sev1", "SEV-1", "SEV-01", "Sev 1", "SEV 001", "Severity 1", "severity: 1", "S1", "P1", "P-1", "1"),
        *("SEV1 because of 2 regions", "SEV1/SEV2", "SEV3 → SEV1", "SEV3, later SEV-2", "\uff33\uff25\uff36\uff11"),
        *("Priority 1", "Level 1", "01", "1 - critical", "SEV-I", "Sev II", "severity one", "**SEV1**", "(SEV1)"),
    ],
)
def test_severities_of_other_forms_fit(severity: str) -> None:
    """Case, width, zeros, the word for severity and what comes after it do not matter; of several each counts."""
    assert has_severity(severity, LISTED) is True
    made = report([postmortem("PM-1", severity=severity)], guard=LISTED)
    assert judged(made).verdict is Verdict.FAIL


@pytest.mark.parametrize(
    ("severity", "listed", "fits"),
    [
        ("SEV3", LISTED, False),
        ("SEV10", LISTED, False),
        ("SEV0", LISTED, False),
        ("SEV-IV", LISTED, False),
        ("3", LISTED, False),
        ("Critical", ("critical",), True),
        ("critical (all users)", ("Critical",), True),
        ("minor", ("critical",), False),
        ("SEV1", ("critical",), None),
        ("critical", LISTED, None),
        ("red", LISTED, None),
        ("red", ("red", "SEV1"), True),
        ("Red: all users", ("red",), True),
        ("amber", ("red",), None),
        ("SEV3", ("red",), None),
        ("", LISTED, None),
        ("???", LISTED, None),
        (None, LISTED, None),
        ("SEV12345", LISTED, None),
        ("sevv1", LISTED, None),
        ("high", ("critical", "SEV1"), False),
    ],
)
def test_a_severity_is_listed_or_not_or_cannot_be_compared(
    severity: str | None, listed: tuple[str, ...], fits: bool | None
) -> None:
    """A number with a word, a word that nobody knows, and none at all."""
    assert has_severity(severity, listed) is fits


@pytest.mark.parametrize(
    ("severity", "told"),
    [("critical", 'the severity "critical"'), (None, "no severity"), ("sevv1", 'severity "sevv1"')],
)
def test_a_severity_that_cannot_be_compared_is_complained_about(severity: str | None, told: str) -> None:
    """No incident falls outside in silence; `all` needs no severity."""
    made = report([postmortem("PM-1", severity=severity)], guard=LISTED)
    (hint,) = made.hints
    assert hint.text.startswith(f"PM-1 has {told}" if told != 'severity "sevv1"' else "PM-1 has the severity")
    assert "(SEV1, SEV2)" in hint.text
    assert report([postmortem("PM-1", severity="SEV4")], guard=LISTED).hints == ()
    assert report([postmortem("PM-1", severity=severity)], guard=("all",)).hints == ()
    older = postmortem("PM-1", severity=severity, date=date(2026, 1, 31))
    assert report([older], guard=LISTED, since=date(2026, 2, 1)).hints == (), "outside the gate"
