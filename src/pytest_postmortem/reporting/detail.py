"""Detailed view of one post-mortem (`postmortem show`)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pytest_postmortem.evidence.writing import build_postmortem_values, build_test_values
from pytest_postmortem.judging.report import PostmortemVerdict
from pytest_postmortem.judging.states import ItemVerdict, TestVerdict
from pytest_postmortem.model.postmortem import ActionItem, Hint, ItemStatus, Need, Postmortem, Scope
from pytest_postmortem.model.state import PostmortemState, State
from pytest_postmortem.model.text import format_count
from pytest_postmortem.reporting.columns import wrapped
from pytest_postmortem.reporting.escaping import for_terminal
from pytest_postmortem.reporting.headlines import COLOURS, Line

__all__ = ["Account", "Ran", "render_json", "render_lines"]

_LABEL = 10


class Ran(NamedTuple):
    """A piece of evidence: where it was read, when its run ended (ISO 8601, UTC), and of which commit."""

    origin: str
    finished: str
    commit: str | None


@dataclass(frozen=True, slots=True)
class Account:
    """What is told: a judged post-mortem, where it can be read (a URL or ""), its hints, and the evidence.

    `late` are the days by which action items are overdue, by their ids.
    """

    verdict: PostmortemVerdict
    late: Mapping[str, int] = field(default_factory=dict)
    link: str = ""
    hints: tuple[Hint, ...] = ()
    evidence: tuple[Ran, ...] = ()

    def list_uncovering_tests(self) -> tuple[TestVerdict, ...]:
        """Return the linked tests that cover no action item."""
        covering = {test.test.node_id for item in self.verdict.items for test in item.tests}
        return tuple(test for test in self.verdict.tests if test.test.node_id not in covering)


def render_json(account: Account) -> str:
    """Return all of it as one object, with the keys of docs/command.md."""
    verdict = account.verdict
    values = build_postmortem_values(verdict)
    for item, item_values in zip(verdict.items, values["items"], strict=True):
        item_values["days_late"] = account.late.get(item.item.id)
    root_cause = verdict.postmortem.root_cause
    values |= {
        "link": account.link or None,
        "whys": list(root_cause.whys) if root_cause else [],
        "fixes": list(verdict.postmortem.fixes),
        "linked_tests": [build_test_values(test) for test in verdict.tests],
        "hints": [{"origin": hint.origin, "line": hint.line, "text": hint.text} for hint in account.hints],
        "evidence": [ran._asdict() for ran in account.evidence],
    }
    return json.dumps(values, indent=2) + "\n"


def render_lines(account: Account, width: int | None = None) -> Iterator[Line]:
    """Yield all of it to read, in lines of at most `width` columns (None: any number)."""
    for line in _render(account):
        text = line.text.lstrip(" ")
        indent = " " * (len(line.text) - len(text))
        for part in wrapped(for_terminal(text), width, indent, "  "):
            within = part.lstrip(" ")  # no line may begin with a command, wherever it is broken
            yield line._replace(text=part[: len(part) - len(within)] + for_terminal(within))


def _render(account: Account) -> Iterator[Line]:
    verdict = account.verdict
    postmortem = verdict.postmortem
    title = "" if postmortem.title == postmortem.id else f": {postmortem.title}"
    yield Line(f"{postmortem.id}{title}", bold=True)
    yield from _render_verdict(account)
    yield from (_render_fact(label, value) for label, value in _list_facts(postmortem, account.link) if value)
    for ran in account.evidence:
        yield _render_fact("evidence", f"{ran.origin}, {ran.finished}, commit {(ran.commit or 'unknown')[:12]}")
    yield from _render_section("root cause", _list_causes(postmortem))
    yield from _render_section("action items", (line for item in verdict.items for line in _render_item(item, account)))
    tests = [_render_test(test, account, "  ") for test in account.list_uncovering_tests()]
    yield from _render_section("tests that cover no action item" if verdict.items else "tests", tests)
    hints = (Line(f"  {hint.origin}:{hint.line}: {hint.text}") for hint in account.hints)
    yield from _render_section("hints", hints)


def _render_section(heading: str, lines: Iterable[Line]) -> Iterator[Line]:
    """Yield these lines below a heading; nothing if there are none."""
    content = list(lines)
    if content:
        yield Line("")
        yield Line(heading, bold=True)
        yield from content


def _list_causes(postmortem: Postmortem) -> Iterator[Line]:
    if postmortem.root_cause is not None:
        yield Line(f"  {postmortem.root_cause.sentence}")
        yield from (Line(f"  {number}. {why}") for number, why in enumerate(postmortem.root_cause.whys, 1))


def _render_verdict(account: Account) -> Iterator[Line]:
    verdict = account.verdict
    yield _render_fact("state", verdict.state.value, COLOURS[verdict.state])
    if verdict.guard is not None:
        yield _render_fact("guard", _format_state(verdict.guard, account), COLOURS[verdict.guard.state])
    if not verdict.in_gate:
        yield _render_fact("gate", "not judged: older than `since`")


def _list_facts(postmortem: Postmortem, link: str) -> Sequence[tuple[str, str]]:
    """Return what the header of a document specifies, each under its label; empty values for what it does not."""
    return (
        ("date", postmortem.date.isoformat() if postmortem.date else ""),
        ("severity", postmortem.severity or ""),
        ("services", ", ".join(postmortem.services)),
        ("team", postmortem.team or ""),
        ("status", postmortem.status or ""),
        ("aliases", ", ".join(postmortem.aliases)),
        ("document", f"{postmortem.origin}:{postmortem.line}"),
        ("link", link),
        ("fix", ", ".join(postmortem.fixes)),
    )


def _render_fact(label: str, value: str, colour: str = "") -> Line:
    return Line(f"  {label:{_LABEL}}{value}", colour)


def _render_item(verdict: ItemVerdict, account: Account) -> Iterator[Line]:
    item = verdict.item
    grace = f" [{verdict.grace}]" if verdict.grace else ""
    yield Line(f"  {item.id} {item.text}: {_format_state(verdict, account)}{grace}", COLOURS.get(verdict.state, ""))
    late = account.late.get(item.id)
    due = f"due {item.due}" if item.due else ""
    facts: Sequence[str] = (
        f"owner {item.owner}" if item.owner else "no owner",
        f"{due} (late by {format_count(late, 'day')})" if late else due,
        "" if item.status is ItemStatus.UNKNOWN else item.status.value,
        "" if item.scope is Scope.UNKNOWN else item.scope.value,
        _format_requirement(item),
        " ".join(item.tickets),
    )
    yield Line(f"    {', '.join(fact for fact in facts if fact)}")
    yield from (_render_test(test, account, "    ") for test in verdict.tests)


def _format_state(verdict: ItemVerdict, account: Account) -> str:
    """Return the state with its reason; a test whose outcome nobody knows makes an item linked."""
    if verdict.state is State.NOT_RUN and not account.evidence:
        return PostmortemState.LINKED.value
    return verdict.state.value + (f" ({verdict.reason})" if verdict.reason else "")


def _format_requirement(item: ActionItem) -> str:
    waiver = item.test.waiver
    if waiver is not None:
        return f"test waived until {waiver.until}"
    if item.test.node_ids:
        return f"test {', '.join(item.test.node_ids)}"
    return "test required" if item.test.need is Need.REQUIRED else "no test required"


def _render_test(verdict: TestVerdict, account: Account, indent: str) -> Line:
    place = f" (line {verdict.test.line})" if verdict.test.line else ""
    result = verdict.result
    outcome = f" {result.outcome.value}" + (f": {result.reason}" if result.reason else "") if account.evidence else ""
    return Line(f"{indent}{verdict.test.node_id}{place}{outcome}")
