"""The report as lines for a terminal: one line an item that is not fine, one legend, one verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pytest_postmortem.judging.due import Overdue
from pytest_postmortem.judging.gate import LOST, Decision, Violation
from pytest_postmortem.judging.report import PostmortemVerdict, Report
from pytest_postmortem.judging.states import NO_TEST, ItemVerdict
from pytest_postmortem.model.incident import Incident
from pytest_postmortem.model.order import natural_sort_key
from pytest_postmortem.model.state import State
from pytest_postmortem.model.text import format_count, shorten
from pytest_postmortem.reporting.columns import aligned, fitted, shortened, width_of, wrapped
from pytest_postmortem.reporting.escaping import for_terminal
from pytest_postmortem.reporting.headlines import (
    COLOURS,
    Line,
    overdue_headline,
    unwritten_headline,
    verdict_line,
)
from pytest_postmortem.reporting.verbose import render_all

__all__ = ["lines", "section", "summary"]

_MOST_PROBLEMS = 20
_MOST_OTHERS = 10
_MOST_HINTS = 10
_MOST_TO_FOLLOW_UP = 10
_MOST_IN_SUMMARY = 10
_OF_TESTS = frozenset({State.FAILING, State.DISABLED, State.SKIPPED_HERE, State.NOT_RUN})
_LEAST = {2: 16, 3: 28, 1: 12}
"""Columns of a row that may be cut, in this order, with the width that is left to each: text, reason, name."""


def lines(report: Report, decision: Decision, *, verbosity: int = 0, width: int | None = None) -> Iterator[Line]:
    """Yield the section and the verdict, as `postmortem check` prints them. `verbosity` is pytest's."""
    if verbosity >= 0:
        yield from section(report, decision, verbosity=verbosity, width=width)
    yield verdict_line(report, decision)


def section(report: Report, decision: Decision, *, verbosity: int = 0, width: int | None = None) -> Iterator[Line]:
    """Yield the body of the section of `pytest --incident-report`: nothing if all is fine.

    `verbosity` above 0 shows every post-mortem; `width` is that of the terminal, None for any.
    """
    if not report.postmortems:
        yield from _wrap(_find_hint(report), width)
    if verbosity > 0:
        yield from render_all(report, decision)
    else:
        yield from _rows(report, decision, width)
        yield from _legend(decision, width)
    if report.postmortems and not decision.violations and not _asks(report):
        yield from _first_steps(report, width)
    yield from _outside_gate(report, verbosity)
    yield from _follow_up(report, verbosity)
    yield from _hints(report, verbosity)
    yield from _skipped(report, verbosity)
    for note in report.notes:
        yield from _wrap(f"note: {note}", width)
    for reason in report.completeness.reasons:
        yield from _wrap(f"partial: {reason}", width, "yellow")


def summary(decision: Decision) -> Iterator[Line]:
    """Yield a line for each problem, as pytest's short test summary has them."""
    for violation in _sort(decision.violations)[:_MOST_IN_SUMMARY]:
        state = "no test" if violation.state == State.MISSING.value else violation.state
        name = _name(violation.postmortem, violation.item)
        text = f"INCIDENT {name} {state} - {violation.origin}:{violation.line}"
        yield Line(for_terminal(text), "red", coloured=len("INCIDENT"))
    if len(decision.violations) > _MOST_IN_SUMMARY:
        yield Line(f"INCIDENT and {len(decision.violations) - _MOST_IN_SUMMARY} more", "red", coloured=len("INCIDENT"))


def _rows(report: Report, decision: Decision, width: int | None) -> Iterator[Line]:
    """Yield what is not fine, a row an item: problems first, then what asks for a test and is not judged."""
    items = {
        (verdict.postmortem.id, item.item.id): (verdict, item)
        for verdict in report.postmortems
        for item in verdict.judged
    }
    violated = {(one.postmortem, one.item) for one in decision.violations}
    problems = [
        _problem_row(one, items.get((one.postmortem, one.item))) for one in _sort(decision.violations)[:_MOST_PROBLEMS]
    ]
    others = [
        _other_row(verdict, item)
        for key, (verdict, item) in items.items()
        if key not in violated and verdict.in_gate and item.is_told and item.state is not State.GUARDED
    ]
    yield from _align([*problems, *others[:_MOST_OTHERS]], width)
    more = [
        (len(decision.violations) - len(problems), "more problem", ""),
        (len(others) - _MOST_OTHERS, "more item is", "more items are"),
    ]
    for number, noun, many in more:
        if number > 0:
            rest = "" if noun == "more problem" else " not judged"
            yield Line(f"and {format_count(number, noun, many)}{rest} (-v shows all)")


class _Row(NamedTuple):
    """One item that is not fine: its cells, where it is written, and the colour of its state."""

    cells: tuple[str, str, str, str]
    place: str
    colour: str


def _align(rows: Sequence[_Row], width: int | None) -> Iterator[Line]:
    """Yield the rows in columns; a reason that does not fit follows in lines of its own."""
    if not rows:
        return
    for row, cells in zip(rows, aligned(fitted([row.cells for row in rows], width, _LEAST)), strict=True):
        is_cut = cells[3].rstrip() != row.cells[3].rstrip() and row.cells[3] != row.place
        last = shortened(row.place, width_of(cells[3])) if is_cut else cells[3]
        yield Line("  ".join((*cells[:3], last)).rstrip(), row.colour, coloured=len(row.cells[0]))
        if is_cut:
            yield from _wrap(row.cells[3], width, indent="    ")


def _problem_row(violation: Violation, known: tuple[PostmortemVerdict, ItemVerdict] | None) -> _Row:
    place = f"{violation.origin}:{violation.line}"
    text, why = violation.text, place
    if known is not None and violation.state != LOST:
        verdict, item = known
        text = item.item.text or verdict.postmortem.title
        if violation.state == item.state.value and item.reason and item.reason != NO_TEST:
            why = _reason(item)
    return _row(violation.state, _name(violation.postmortem, violation.item), text, why, place, "red")


def _other_row(verdict: PostmortemVerdict, item: ItemVerdict) -> _Row:
    postmortem = verdict.postmortem
    place = f"{postmortem.origin}:{item.item.line}"
    state = f"{item.state.value}, due" if item.grace else item.state.value
    text = item.item.text or postmortem.title
    colour = "yellow" if item.grace else COLOURS[item.state]
    return _row(state, _name(postmortem.id, item.item.id), text, item.grace or _reason(item) or place, place, colour)


def _row(state: str, name: str, text: str, why: str, place: str, colour: str) -> _Row:
    cells = for_terminal(state), for_terminal(name), for_terminal(text), for_terminal(why)
    return _Row(cells, for_terminal(place), colour)


def _reason(item: ItemVerdict) -> str:
    """Return why an item has its state, with the first of its tests that does not guard it."""
    first = next((one.test.node_id for one in item.tests if not one.result.outcome.guards), None)
    return f"{item.reason} ({first})" if first is not None and item.state in _OF_TESTS else item.reason


def _sort(violations: Sequence[Violation]) -> list[Violation]:
    return sorted(violations, key=lambda one: (natural_sort_key(one.postmortem), natural_sort_key(one.item)))


def _name(postmortem: str, item: str) -> str:
    return f"{postmortem}/{item}" if item else postmortem


def _legend(decision: Decision, width: int | None) -> Iterator[Line]:
    """Yield what to type for each kind of problem that occurred, by the example of the first one."""
    firsts: dict[str, Violation] = {}
    for violation in _sort(decision.violations):
        firsts.setdefault(violation.state, violation)
    for state, violation in firsts.items():
        hint = violation.hint
        if state == State.MISSING.value and violation.item and "mark the test" in hint:
            hint += f". `postmortem scaffold-test {violation.postmortem}` writes a failing test to begin with"
        yield from _wrap(f"{state}: {hint}", width)


def _find_hint(report: Report) -> str:
    looked = ", ".join((*report.places, *report.absent))
    return (
        f'no post-mortem found; looked at {looked}; `postmortem new "Title"` writes the first one, `sources` in '
        "[tool.pytest-postmortem] names another folder"
    )


def _asks(report: Report) -> bool:
    return any(item.item.test.asks for verdict in report.postmortems for item in verdict.judged)


def _first_steps(report: Report, width: int | None) -> Iterator[Line]:
    """Yield what a team sees that has documents and requires no test yet."""
    folders = Counter(one.postmortem.folder or "." for one in report.postmortems)
    where = ", ".join(f"{number} in {folder}" for folder, number in sorted(folders.items())[:5])
    items = sum(len(one.postmortem.action_items) for one in report.postmortems)
    there = (
        f"{format_count(len(report.postmortems), 'post-mortem')} ({where}) with {format_count(items, 'action item')}"
    )
    yield from _wrap(f"found {there}; no test is required yet, so nothing was judged", width)
    yield from _wrap(
        "next: write `[test required]` behind an action item (or `required` in a column `Test`), run `postmortem list "
        "--unguarded` to choose one, and `postmortem scaffold-test ID` for its test",
        width,
    )


def _outside_gate(report: Report, verbosity: int) -> Iterator[Line]:
    """Yield how many post-mortems are older than `since`, and the items of theirs that ask for a test."""
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


def _follow_up(report: Report, verbosity: int) -> Iterator[Line]:
    """Yield what no gate judges: overdue action items, and incidents without a post-mortem."""
    if report.overdue:
        more = "" if verbosity > 0 else " (`postmortem list --overdue`)"
        yield Line(
            f"past their due date: {overdue_headline(report)}{more}", "yellow", coloured=len("past their due date")
        )
        if verbosity > 0:
            yield from _some([_overdue(one) for one in report.overdue], verbosity)
    if report.unwritten.incidents or (report.unwritten.of and verbosity > 0):
        yield Line(
            f"without a post-mortem: {unwritten_headline(report)}",
            "yellow" if report.unwritten.incidents else "",
            coloured=len("without a post-mortem"),
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


def _wrap(text: str, width: int | None, colour: str = "", indent: str = "") -> Iterator[Line]:
    for line in wrapped(for_terminal(text), width, indent, "" if indent else "  "):
        yield Line(for_terminal(line), colour)  # a line may begin with what was in the middle
