"""The numbers of a report, its verdict in words, and the colours of states: shared by all formats."""

from __future__ import annotations

from typing import NamedTuple

from pytest_postmortem.judging.gate import Decision
from pytest_postmortem.judging.report import Report
from pytest_postmortem.model.state import Policy, PostmortemState, State, Verdict
from pytest_postmortem.model.text import format_count
from pytest_postmortem.reporting.escaping import for_terminal

__all__ = [
    "COLOURS",
    "VERDICT_COLOURS",
    "Line",
    "has_judged",
    "overdue_headline",
    "title",
    "unjudged_headline",
    "unwritten_headline",
    "verdict_line",
]


class Line(NamedTuple):
    """One line: its text, already safe, and its colour ("" for none).

    The colour is that of the first `coloured` characters, of all of them for 0.
    """

    text: str
    colour: str = ""
    bold: bool = False
    coloured: int = 0


_GOOD, _BAD, _DOUBTFUL = "green", "red", "yellow"
COLOURS = {
    State.GUARDED: _GOOD,
    State.FAILING: _BAD,
    State.DISABLED: _BAD,
    State.MISSING: _BAD,
    State.WAIVER_EXPIRED: _BAD,
    State.SKIPPED_HERE: _DOUBTFUL,
    State.NOT_RUN: _DOUBTFUL,
    State.WAIVED: _DOUBTFUL,
    State.DROPPED: _DOUBTFUL,
    State.UNKNOWN: _DOUBTFUL,
    PostmortemState.GUARDED: _GOOD,
    PostmortemState.FAILING: _BAD,
    PostmortemState.PARTLY_GUARDED: _DOUBTFUL,
    PostmortemState.LINKED: _DOUBTFUL,
    PostmortemState.PARTLY_LINKED: _DOUBTFUL,
    PostmortemState.UNGUARDED: _DOUBTFUL,
}
VERDICT_COLOURS = {Verdict.PASS: _GOOD, Verdict.FAIL: _BAD, Verdict.NOT_JUDGED: _DOUBTFUL}


def title(report: Report, decision: Decision) -> str:
    """The verdict as the title of a section: `gate FAILED, 3 problems`."""
    problems = len(decision.violations) or len(decision.reasons)
    match decision.verdict:
        case Verdict.FAIL:
            return f"gate FAILED, {format_count(problems, 'problem')}"
        case Verdict.NOT_JUDGED:
            return "gate not judged"
    return "gate passed" if has_judged(report) else "nothing to judge"


def has_judged(report: Report) -> bool:
    """Whether there was anything that the gate asks for: "passed" is said of nothing else."""
    return any(verdict.in_gate and any(item.asks for item in verdict.judged) for verdict in report.postmortems)


def verdict_line(report: Report, decision: Decision) -> Line:
    """The headline numbers and the gate's verdict."""
    counts = report.counts
    have = "item has" if counts.required == 1 else "items have"
    parts = [
        f"{format_count(counts.postmortems, 'post-mortem')}, {counts.by_state[PostmortemState.GUARDED]} guarded",
        f"{counts.with_test} of {counts.required} required action {have} a test"
        + ("" if counts.proven is None else f", {counts.proven} proven")
        + (f" (not judged: {unjudged})" if (unjudged := unjudged_headline(report)) else ""),
        _gate(report, decision),
    ]
    return Line(f"incidents: {'; '.join(parts)}", VERDICT_COLOURS[decision.verdict], bold=True)


def unjudged_headline(report: Report) -> str:
    """Return how many items ask for a test and are not judged: dropped, waived, older than the gate; "" for none."""
    counts = report.counts
    kinds = ((counts.dropped, "dropped"), (counts.waived, "waived"), (counts.older, "older"))
    return ", ".join(f"{number} {kind}" for number, kind in kinds if number)


def _gate(report: Report, decision: Decision) -> str:
    said = f"gate {decision.verdict.value}"
    if decision.verdict is Verdict.PASS and not has_judged(report):
        return "nothing to judge"
    if decision.violations:
        return f"{said}: {format_count(len(decision.violations), 'violation')}"
    if not decision.reasons:
        return said
    rest = f" (and {len(decision.reasons) - 1} more)" if len(decision.reasons) > 1 else ""
    return f"{said}: {for_terminal(decision.reasons[0])}{rest}{_how_to_count(report, decision)}"


def _how_to_count(report: Report, decision: Decision) -> str:
    """Return what to type so that a run that was not judged counts, "" for merged evidence."""
    if decision.verdict is not Verdict.NOT_JUDGED or report.run.union:
        return ""
    policy = Policy.PASSED if decision.policy is Policy.OFF else decision.policy
    return f"; to make it count: --incident-gate={policy.value}, or --incident-output=NAME.json and `postmortem check`"


def overdue_headline(report: Report) -> str:
    """How many action items are past their due date, and of how many owners."""
    owners = len({one.owner for one in report.overdue if one.owner is not None})
    nobody = sum(one.owner is None for one in report.overdue)
    of = [f"of {format_count(owners, 'owner')}"] if owners else []
    if nobody:
        of.append(f"{nobody} without an owner" if owners else "without an owner")
    return f"{format_count(len(report.overdue), 'action item')} {', '.join(of)}"


def unwritten_headline(report: Report) -> str:
    """How many incidents of the register have no post-mortem."""
    return f"{len(report.unwritten.incidents)} of {format_count(report.unwritten.of, 'incident')}"
