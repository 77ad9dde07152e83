"""The gate: one function decides, every output and the exit code follow it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pytest_postmortem.judging.report import PostmortemVerdict, Report
from pytest_postmortem.judging.states import ItemVerdict
from pytest_postmortem.model.postmortem import ActionItem
from pytest_postmortem.model.proof import ProofState
from pytest_postmortem.model.state import Policy, State, Verdict

__all__ = ["LOST", "Decision", "Violation", "decide"]

LOST = "lost its guard"
"""The state of a violation whose guard was there before."""
_AGAINST_LINKED = frozenset({State.FAILING, State.DISABLED, State.MISSING, State.WAIVER_EXPIRED})
_AGAINST_PASSED = _AGAINST_LINKED | {State.SKIPPED_HERE}


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken promise, at `origin:line` of the document. `item` is empty where the whole post-mortem breaks it."""

    postmortem: str
    item: str
    state: str
    origin: str
    line: int
    text: str
    hint: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What the gate says under `policy`. `reasons` tell why it is not judged, one line each.

    `explicit` is true where the policy was asked for on the command line: what cannot be told is a violation then.
    """

    verdict: Verdict
    policy: Policy
    explicit: bool = False
    violations: tuple[Violation, ...] = ()
    reasons: tuple[str, ...] = ()


def decide(
    report: Report,
    policy: Policy,
    *,
    explicit: bool = False,
    by_default: bool = False,
    lost: Sequence[Violation] = (),
) -> Decision:
    """Pass, fail or not judged.

    A violation fails. Otherwise an item whose state is unknown, one whose tests were not run although `policy` needs
    them to pass, a run that stopped before a required item had its result, an invalid marker, and a run with nothing to
    judge leave the gate not judged; an `explicit` gate fails then, and a test that no shard of a union ran is a
    violation. With a policy `by_default`, which nobody chose, a test that was skipped in this run leaves the gate not
    judged, too. `lost` are guards that were there before: each is a violation, whatever the policy.
    """
    if policy is Policy.OFF and not lost:
        return Decision(Verdict.NOT_JUDGED, policy, explicit, reasons=("the gate is off",))
    strict = policy in (Policy.PASSED, Policy.PROVEN)
    against = _AGAINST_PASSED if strict else _AGAINST_LINKED
    if by_default:
        against -= {State.SKIPPED_HERE}
    if explicit:
        against |= {State.UNKNOWN}
    if strict and (explicit or report.run.union):
        against |= {State.NOT_RUN}
    violations: list[Violation] = []
    reasons: list[str] = []
    for verdict in report.postmortems:
        if not verdict.in_gate or policy is Policy.OFF:
            continue
        for item in verdict.judged:
            if item.grace is not None:
                continue
            if item.state in against:
                violations.append(_violation(verdict, item, report))
            elif policy is Policy.PROVEN and item.state is State.GUARDED and item.proof is not ProofState.PROVEN:
                violations.append(_unproven(verdict, item))
            elif item.state is State.UNKNOWN:
                reasons.append(f"{_name(verdict, item)} is unknown: {item.reason}")
            elif strict and item.state in (State.NOT_RUN, State.SKIPPED_HERE):
                reasons.append(f"{_name(verdict, item)} {_SAYS[item.state]}: {item.reason}")
    known = {(violation.postmortem, violation.item) for violation in violations}
    violations.extend(one for one in lost if (one.postmortem, one.item) not in known)
    if not report.postmortems:
        reasons.append("no post-mortem was found")
    unreached = any(
        item.state is State.NOT_RUN for verdict in report.postmortems if verdict.in_gate for item in verdict.judged
    )
    if unreached and report.run.stopped:
        reasons.extend(report.run.stopped)
    elif not report.run.collected and not report.run.deselected:
        reasons.append("no test was collected")
    elif report.run.collect_only:
        reasons.append("--collect-only runs no test")
    reasons.extend(report.run.invalid)
    if violations or (reasons and explicit):
        verdict_said = Verdict.FAIL
    elif reasons:
        verdict_said = Verdict.NOT_JUDGED
    else:
        verdict_said = Verdict.PASS
    return Decision(verdict_said, policy, explicit, tuple(violations), tuple(dict.fromkeys(reasons)))


def _violation(verdict: PostmortemVerdict, item: ItemVerdict, report: Report) -> Violation:
    postmortem = verdict.postmortem
    return Violation(
        postmortem=postmortem.id,
        item=item.item.id,
        state=item.state.value,
        origin=postmortem.origin,
        line=item.item.line,
        text=f"{_name(verdict, item)} {_SAYS[item.state]}" + (f": {item.reason}" if item.reason else ""),
        hint=_todo(postmortem.id, item, report),
    )


def _unproven(verdict: PostmortemVerdict, item: ItemVerdict) -> Violation:
    postmortem = verdict.postmortem
    stale = item.proof is ProofState.STALE
    says = "has only stale proofs" if stale else "has no test that is proven to fail without the fix"
    narrowed = f" --action-item {item.item.id}" if item.item.id else ""
    ask = "--stale" if stale else postmortem.id + narrowed
    return Violation(
        postmortem=postmortem.id,
        item=item.item.id,
        state=(item.proof or ProofState.UNPROVEN).value,
        origin=postmortem.origin,
        line=item.item.line,
        text=f"{_name(verdict, item)} {says}",
        hint=f"run `postmortem prove {ask}` and commit .postmortem/proofs.json",
    )


_SAYS = {
    State.FAILING: "is failing",
    State.DISABLED: "has only tests that are switched off",
    State.SKIPPED_HERE: "was skipped in this run",
    State.NOT_RUN: "was not run",
    State.MISSING: "requires a test and has none",
    State.WAIVER_EXPIRED: "had a waiver that has run out",
    State.UNKNOWN: "is unknown",
}


def _name(verdict: PostmortemVerdict, item: ItemVerdict) -> str:
    """Return `PM-1/AI-1`, or for the incident itself `PM-1 (SEV1)`."""
    postmortem = verdict.postmortem
    if item.item.id:
        return f"{postmortem.id}/{item.item.id}"
    return f"{postmortem.id} ({postmortem.severity})" if postmortem.severity else postmortem.id


def _todo(postmortem: str, item: ItemVerdict, report: Report) -> str:
    narrowed = f', action_item="{item.item.id}"' if item.item.id else ""
    named = f'@pytest.mark.incident("{postmortem}"{narrowed})'
    match item.state:
        case State.MISSING:
            if item.item.test.node_ids:
                return "write that test, or correct its node id in the document"
            if not item.item.id:
                return f"mark the test that guards it with {named}; or {_GUARD_WAIVER}"
            return f"mark the test that guards it with {named}; {_time_for(item.item, report)}or {_WAIVER}"
        case State.WAIVER_EXPIRED:
            return f"write the test and mark it with {named}, or move the date in the document"
        case State.DISABLED:
            return "remove the skip or xfail, or waive the test in the document with a reason and a date"
        case State.UNKNOWN:
            return "run all of the tests"
        case State.FAILING:
            return "fix what the test shows"
        case _:
            return "run the test where it is not skipped, or waive it in the document with a reason and a date"


_WAIVER = (
    'waive it: "waived until YYYY-MM-DD: reason" in the column Test, '
    '"[test waived until YYYY-MM-DD: reason]" in a list item'
)
_GUARD_WAIVER = "waive it in the front matter: `guard: {waived_until: YYYY-MM-DD, reason: ...}`"


def _time_for(item: ActionItem, report: Report) -> str:
    """How `grace` can give the item time, "" where its due date is over."""
    if item.due_date is not None:
        return f'set grace = "due" to allow it until {item.due_date}, ' if item.due_date >= report.today else ""
    day = f'write its due date "{item.due}" as YYYY-MM-DD' if item.due else "give it a due date"
    return (
        f"{day} to allow it until then, " if report.grace else f'{day} and set grace = "due" to allow it until then, '
    )
