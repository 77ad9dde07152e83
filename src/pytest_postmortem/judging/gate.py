"""The gate: one function decides, every output and the exit code follow it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
_STRICT = (Policy.PASSED, Policy.PROVEN)


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
    """The gate's decision under `policy`. `reasons` are why it is not judged, one line each.

    `explicit` is true if the policy was given on the command line: what is unknown is a violation then.
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
    """Return whether the gate passes, fails or is not judged.

    A violation fails. Otherwise an item whose state is unknown, one whose tests were not run although `policy` needs
    them to pass, a run that stopped before a required item had its result, an invalid marker, and a run with nothing to
    judge leave the gate not judged; an `explicit` gate fails then, and a test that no shard of a union ran is a
    violation. With a policy `by_default`, which nobody chose, a test that was skipped in this run leaves the gate not
    judged, too. `lost` are guards that were there before: each is a violation, whatever the policy.
    """
    if policy is Policy.OFF and not lost:
        return Decision(Verdict.NOT_JUDGED, policy, explicit, reasons=("the gate is off",))
    violations, reasons = _judge_items(report, policy, explicit=explicit, by_default=by_default)
    known = {(violation.postmortem, violation.item) for violation in violations}
    violations.extend(violation for violation in lost if (violation.postmortem, violation.item) not in known)
    reasons.extend(_find_gaps(report))
    if violations or (reasons and explicit):
        result = Verdict.FAIL
    elif reasons:
        result = Verdict.NOT_JUDGED
    else:
        result = Verdict.PASS
    return Decision(result, policy, explicit, tuple(violations), tuple(dict.fromkeys(reasons)))


def _judge_items(
    report: Report, policy: Policy, *, explicit: bool, by_default: bool
) -> tuple[list[Violation], list[str]]:
    """Return the violations, and the reasons why other items are not judged."""
    against = _select_violating_states(report, policy, explicit=explicit, by_default=by_default)
    undecided = (State.UNKNOWN, State.NOT_RUN, State.SKIPPED_HERE) if policy in _STRICT else (State.UNKNOWN,)
    violations: list[Violation] = []
    reasons: list[str] = []
    for verdict, item in () if policy is Policy.OFF else _list_judged(report):
        if item.state in against:
            violations.append(_build_violation(verdict, item, report))
        elif policy is Policy.PROVEN and item.state is State.GUARDED and item.proof is not ProofState.PROVEN:
            violations.append(_build_unproven(verdict, item))
        elif item.state in undecided:
            reasons.append(f"{_format_name(verdict, item)} {_SAYS[item.state]}: {item.reason}")
    return violations, reasons


def _select_violating_states(report: Report, policy: Policy, *, explicit: bool, by_default: bool) -> frozenset[State]:
    """Return the states in which an item that requires a test fails the gate."""
    strict = policy in _STRICT
    against = _AGAINST_PASSED if strict else _AGAINST_LINKED
    if by_default:
        against -= {State.SKIPPED_HERE}
    if explicit:
        against |= {State.UNKNOWN}
    if strict and (explicit or report.run.union):
        against |= {State.NOT_RUN}
    return against


def _list_judged(report: Report) -> Iterator[tuple[PostmortemVerdict, ItemVerdict]]:
    """Yield every item inside the gate that is not in grace, with its post-mortem."""
    for verdict in report.postmortems:
        if verdict.in_gate:
            yield from ((verdict, item) for item in verdict.judged if item.grace is None)


def _find_gaps(report: Report) -> list[str]:
    """Return why the run as a whole cannot be judged: nothing to judge, not run to its end, an invalid marker."""
    reasons = [] if report.postmortems else ["no post-mortem was found"]
    run = report.run
    if run.stopped and _has_unreached(report):
        reasons.extend(run.stopped)
    elif not run.collected and not run.deselected:
        reasons.append("no test was collected")
    elif run.collect_only:
        reasons.append("--collect-only runs no test")
    return [*reasons, *run.invalid]


def _has_unreached(report: Report) -> bool:
    inside = (verdict for verdict in report.postmortems if verdict.in_gate)
    return any(item.state is State.NOT_RUN for verdict in inside for item in verdict.judged)


def _build_violation(verdict: PostmortemVerdict, item: ItemVerdict, report: Report) -> Violation:
    postmortem = verdict.postmortem
    return Violation(
        postmortem=postmortem.id,
        item=item.item.id,
        state=item.state.value,
        origin=postmortem.origin,
        line=item.item.line,
        text=f"{_format_name(verdict, item)} {_SAYS[item.state]}" + (f": {item.reason}" if item.reason else ""),
        hint=_suggest_fix(postmortem.id, item, report),
    )


def _build_unproven(verdict: PostmortemVerdict, item: ItemVerdict) -> Violation:
    postmortem = verdict.postmortem
    stale = item.proof is ProofState.STALE
    problem = "has only stale proofs" if stale else "has no test that is proven to fail without the fix"
    narrowed = f" --action-item {item.item.id}" if item.item.id else ""
    selection = "--stale" if stale else postmortem.id + narrowed
    return Violation(
        postmortem=postmortem.id,
        item=item.item.id,
        state=(item.proof or ProofState.UNPROVEN).value,
        origin=postmortem.origin,
        line=item.item.line,
        text=f"{_format_name(verdict, item)} {problem}",
        hint=f"run `postmortem prove {selection}` and commit .postmortem/proofs.json",
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


def _format_name(verdict: PostmortemVerdict, item: ItemVerdict) -> str:
    """Return `PM-1/AI-1`, or for the incident itself `PM-1 (SEV1)`."""
    postmortem = verdict.postmortem
    if item.item.id:
        return f"{postmortem.id}/{item.item.id}"
    return f"{postmortem.id} ({postmortem.severity})" if postmortem.severity else postmortem.id


def _suggest_fix(postmortem: str, item: ItemVerdict, report: Report) -> str:
    narrowed = f', action_item="{item.item.id}"' if item.item.id else ""
    named = f'@pytest.mark.incident("{postmortem}"{narrowed})'
    match item.state:
        case State.MISSING:
            if item.item.test.node_ids:
                return "write that test, or correct its node id in the document"
            if not item.item.id:
                return f"mark the test that guards it with {named}; or {_GUARD_WAIVER}"
            return f"mark the test that guards it with {named}; {_suggest_grace(item.item, report)}or {_WAIVER}"
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


def _suggest_grace(item: ActionItem, report: Report) -> str:
    """Return how `grace` can give the item time, or "" if its due date is over."""
    if item.due_date is not None:
        return f'set grace = "due" to allow it until {item.due_date}, ' if item.due_date >= report.today else ""
    day = f'write its due date "{item.due}" as YYYY-MM-DD' if item.due else "give it a due date"
    return (
        f"{day} to allow it until then, " if report.grace else f'{day} and set grace = "due" to allow it until then, '
    )
