"""The report as lines for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from pytest_postmortem.judging.due import Overdue
from pytest_postmortem.judging.gate import Decision, Violation
from pytest_postmortem.judging.report import PostmortemVerdict, Report
from pytest_postmortem.judging.states import ItemVerdict, TestVerdict
from pytest_postmortem.model.incident import Incident
from pytest_postmortem.model.postmortem import Postmortem
from pytest_postmortem.model.state import Policy, PostmortemState, State, Verdict
from pytest_postmortem.model.text import format_count, shorten
from pytest_postmortem.reporting.escaping import for_terminal

__all__ = [
    "COLOURS",
    "Line",
    "lines",
    "overdue_headline",
    "story",
    "unjudged_headline",
    "unwritten_headline",
    "verdict_line",
]

_MOST_TESTS = 5
_MOST_HINTS = 10
_MOST_TO_FOLLOW_UP = 10


class Line(NamedTuple):
    """One line: its text, already safe, and its colour ("" for none)."""

    text: str
    colour: str = ""
    bold: bool = False


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
_VERDICT_COLOURS = {Verdict.PASS: _GOOD, Verdict.FAIL: _BAD, Verdict.NOT_JUDGED: _DOUBTFUL}


def lines(report: Report, decision: Decision, *, verbosity: int = 0) -> Iterator[Line]:
    """The section of `pytest --incident-report`.

    `verbosity` is pytest's: above 0 shows all, -1 what violates the gate, below that the verdict alone.
    """
    if verbosity >= 0:
        if not report.postmortems:
            looked = for_terminal(", ".join((*report.places, *report.absent)))
            ask = "name another folder in `sources` of [tool.pytest-postmortem]"
            yield Line(f"no post-mortem found; looked at {looked}; {ask}")
        todo = {(violation.postmortem, violation.item): violation for violation in decision.violations}
        for verdict in report.postmortems:
            if verbosity > 0 or (verdict.in_gate and not verdict.quiet):
                yield from _postmortem(verdict, todo, verbosity)
        for violation in todo.values():
            yield Line(for_terminal(violation.text), _BAD)
            yield from _todo(violation, "  ")
        yield from _outside_gate(report, verbosity)
        yield from _follow_up(report, verbosity)
        yield from _hints(report, verbosity)
        yield from _skipped(report, verbosity)
        for note in report.notes:
            yield Line(f"note: {for_terminal(note)}")
        for reason in report.completeness.reasons:
            yield Line(f"partial: {for_terminal(reason)}", _DOUBTFUL)
    elif verbosity == -1:
        for violation in decision.violations[:_MOST_HINTS]:
            yield Line(for_terminal(f"{violation.origin}:{violation.line}: {violation.text}"), _BAD)
        if len(decision.violations) > _MOST_HINTS:
            yield Line(f"and {len(decision.violations) - _MOST_HINTS} more (without -q all are shown)", _BAD)
    yield verdict_line(report, decision)


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
    return Line(f"incidents: {'; '.join(parts)}", _VERDICT_COLOURS[decision.verdict], bold=True)


def unjudged_headline(report: Report) -> str:
    """Return how many items ask for a test and are not judged: dropped, waived, older than the gate; "" for none."""
    counts = report.counts
    kinds = ((counts.dropped, "dropped"), (counts.waived, "waived"), (counts.older, "older"))
    return ", ".join(f"{number} {kind}" for number, kind in kinds if number)


def _gate(report: Report, decision: Decision) -> str:
    said = f"gate {decision.verdict.value}"
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


def _postmortem(verdict: PostmortemVerdict, todo: dict[tuple[str, str], Violation], verbosity: int) -> Iterator[Line]:
    postmortem = verdict.postmortem
    about = [postmortem.severity or "", postmortem.date.isoformat() if postmortem.date else "no date"]
    about.append(format_count(len(verdict.tests), "test"))
    if not verdict.in_gate:
        about.append("outside the gate, older than `since`")
    shown = ", ".join(part for part in about if part)
    yield Line(
        for_terminal(f"{postmortem.id} {_title(postmortem)} ({shown}): {verdict.state.value}"),
        COLOURS[verdict.state] if verdict.in_gate else "",
    )
    for item in verdict.judged:
        if item.is_told:
            yield from _item(item, verbosity)
            yield from _todo(todo.pop((postmortem.id, item.item.id), None), "    ")
    covered = {test.test.node_id for item in verdict.items for test in item.tests}
    if verbosity > 0:
        yield from (_test(test, "  ") for test in verdict.tests if test.test.node_id not in covered)


def _outside_gate(report: Report, verbosity: int) -> Iterator[Line]:
    """How many post-mortems are older than `since`, and the items of theirs that ask for a test."""
    old = report.counts.outside_gate
    if not old or verbosity > 0:
        return
    number = format_count(old, "post-mortem")
    yield Line(f"outside the gate (older than `since`): {number} (-v shows {'it' if old == 1 else 'them'})")
    asking = [
        f"{one.postmortem.id}/{item.item.id} {shorten(item.item.text, 70)}: not judged, {why}"
        for one in report.postmortems
        if not one.in_gate
        for item, why in one.unjudged
    ]
    yield from _some(asking, verbosity)


def _title(postmortem: Postmortem) -> str:
    return "" if postmortem.title == postmortem.id else shorten(postmortem.title, 60)


def _item(verdict: ItemVerdict, verbosity: int) -> Iterator[Line]:
    reason = f" ({shorten(verdict.reason, 160)})" if verdict.reason else ""
    grace = f" [{verdict.grace}]" if verdict.grace else ""
    proof = f", {verdict.proof.told}" if verdict.proof else ""
    text = f"{verdict.item.id} {shorten(verdict.item.text, 70)}: {verdict.state.value}{proof}{reason}{grace}".lstrip()
    yield Line("  " + for_terminal(text), _DOUBTFUL if verdict.grace else COLOURS[verdict.state])
    if verbosity == 0 and (verdict.state is State.GUARDED or not verdict.item.id):
        return
    most = len(verdict.tests) if verbosity > 0 else _MOST_TESTS
    for test in verdict.tests[:most]:
        yield _test(test, "    ")
    if len(verdict.tests) > most:
        yield Line(f"    and {format_count(len(verdict.tests) - most, 'more test')} (-v shows all)")


def _test(verdict: TestVerdict, indent: str) -> Line:
    proof = f", {verdict.proof.told}" if verdict.proof else ""
    return Line(f"{indent}{for_terminal(verdict.test.node_id)} {verdict.result.outcome.value}{proof}")


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


def _follow_up(report: Report, verbosity: int) -> Iterator[Line]:
    """What no gate judges and somebody has to see to: late action items, and incidents nobody wrote about."""
    if report.overdue:
        yield Line(f"past their due date: {overdue_headline(report)}", _DOUBTFUL)
        yield from _some([_overdue(one) for one in report.overdue], verbosity)
    if report.unwritten.incidents or (report.unwritten.of and verbosity > 0):
        yield Line(
            f"without a post-mortem: {unwritten_headline(report)}", _DOUBTFUL if report.unwritten.incidents else ""
        )
        yield from _some([_incident(one) for one in report.unwritten.incidents], verbosity)


def _some(texts: list[str], verbosity: int) -> Iterator[Line]:
    most = len(texts) if verbosity > 0 else _MOST_TO_FOLLOW_UP
    for text in texts[:most]:
        yield Line(f"  {for_terminal(text)}")
    if len(texts) > most:
        yield Line(f"  and {len(texts) - most} more (-v shows all)")


def _overdue(one: Overdue) -> str:
    days = format_count(one.days, "day")
    late = f"{one.postmortem}/{one.item.id} {shorten(one.item.text, 70)} (due {one.item.due_date}, {days} late)"
    return f"{one.owner or 'no owner'}: {late} {one.origin}:{one.line}"


def _incident(one: Incident) -> str:
    about = ", ".join(part for part in (one.severity, one.date.isoformat() if one.date else "no date") if part)
    title = f" {shorten(one.title, 70)}" if one.title else ""
    return f"{one.id}{title} ({about}) {one.origin}:{one.line}"


def _hints(report: Report, verbosity: int) -> Iterator[Line]:
    speaking = [
        (verdict.postmortem, item.item)
        for verdict in report.postmortems
        for item in verdict.items
        if item.item.only_speaks_of_tests
    ]
    if speaking:
        does = format_count(len(speaking), "item speaks of tests but does", "items speak of tests but do")
        more = "" if verbosity > 0 else " (-v shows them)"
        yield Line(f"hint: {does} not say [test required]{more}")
        for postmortem, item in speaking if verbosity > 0 else ():
            yield Line(f"  {for_terminal(f'{postmortem.origin}:{item.line}: {shorten(item.text, 90)}')}")
    most = len(report.hints) if verbosity > 0 else _MOST_HINTS
    for hint in report.hints[:most]:
        yield Line(f"hint: {for_terminal(f'{hint.origin}:{hint.line}: {hint.text}')}")
    if len(report.hints) > most:
        yield Line(f"hint: and {len(report.hints) - most} more (-v shows all)")


def _skipped(report: Report, verbosity: int) -> Iterator[Line]:
    if not report.skipped:
        return
    reasons = Counter(skipped.reason for skipped in report.skipped)
    told = ", ".join(f"{number} {reason}" for reason, number in sorted(reasons.items()))
    yield Line(f"skipped: {format_count(len(report.skipped), 'file')} ({for_terminal(told)})")
    for skipped in report.skipped if verbosity > 0 else ():
        yield Line(f"  {for_terminal(f'{skipped.origin}: {skipped.reason}')}")


def _todo(violation: Violation | None, indent: str) -> Iterator[Line]:
    if violation is not None:
        yield Line(f"{indent}{for_terminal(f'{violation.origin}:{violation.line}: {violation.hint}')}", _BAD)


def story(postmortem: Postmortem, item_ids: list[str]) -> Iterator[str]:
    """What a failing test tells of the post-mortem it guards."""
    about = [postmortem.date.isoformat() if postmortem.date else "", postmortem.severity or ""]
    shown = ", ".join(part for part in about if part)
    yield for_terminal(f"{postmortem.id}: {postmortem.title}" + (f" ({shown})" if shown else ""))
    for item_id in item_ids:
        item = postmortem.item(item_id)
        if item is not None:
            yield for_terminal(f"action item {item.id}: {shorten(item.text, 300)}")
    if postmortem.root_cause is not None and postmortem.root_cause.text:
        yield for_terminal(f"root cause: {shorten(postmortem.root_cause.sentence, 300)}")
    yield for_terminal(f"read {postmortem.url or postmortem.origin}")
