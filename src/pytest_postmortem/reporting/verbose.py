"""Every post-mortem of a report with its items and tests: `pytest --incident-report -v`."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_postmortem.judging.gate import Decision, Violation
from pytest_postmortem.judging.report import PostmortemVerdict, Report
from pytest_postmortem.judging.states import ItemVerdict, TestVerdict
from pytest_postmortem.model.postmortem import Postmortem
from pytest_postmortem.model.text import format_count, shorten
from pytest_postmortem.reporting.escaping import for_terminal
from pytest_postmortem.reporting.headlines import COLOURS, Line

__all__ = ["render_all"]


def render_all(report: Report, decision: Decision) -> Iterator[Line]:
    """Yield the post-mortems in reading order, what violates the gate with the place and the next step below it."""
    todo = {(violation.postmortem, violation.item): violation for violation in decision.violations}
    for verdict in report.postmortems:
        yield from _postmortem(verdict, todo)
    for violation in todo.values():
        yield Line(for_terminal(violation.text), "red")
        yield from _todo(violation, "  ")


def _postmortem(verdict: PostmortemVerdict, todo: dict[tuple[str, str], Violation]) -> Iterator[Line]:
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
            yield from _item(item)
            yield from _todo(todo.pop((postmortem.id, item.item.id), None), "    ")
    covered = {test.test.node_id for item in verdict.items for test in item.tests}
    yield from (_test(test, "  ") for test in verdict.tests if test.test.node_id not in covered)


def _title(postmortem: Postmortem) -> str:
    return "" if postmortem.title == postmortem.id else shorten(postmortem.title, 60)


def _item(verdict: ItemVerdict) -> Iterator[Line]:
    reason = f" ({verdict.reason})" if verdict.reason else ""
    grace = f" [{verdict.grace}]" if verdict.grace else ""
    proof = f", {verdict.proof.told}" if verdict.proof else ""
    text = f"{verdict.item.id} {shorten(verdict.item.text, 70)}: {verdict.state.value}{proof}{reason}{grace}".lstrip()
    yield Line("  " + for_terminal(text), "yellow" if verdict.grace else COLOURS[verdict.state])
    for test in verdict.tests:
        yield _test(test, "    ")


def _test(verdict: TestVerdict, indent: str) -> Line:
    proof = f", {verdict.proof.told}" if verdict.proof else ""
    return Line(f"{indent}{for_terminal(verdict.test.node_id)} {verdict.result.outcome.value}{proof}")


def _todo(violation: Violation | None, indent: str) -> Iterator[Line]:
    if violation is not None:
        yield Line(f"{indent}{for_terminal(f'{violation.origin}:{violation.line}: {violation.hint}')}", "red")
