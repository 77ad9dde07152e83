"""A table of post-mortems, and one of the action items that are overdue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from pytest_postmortem.judging.due import Overdue
from pytest_postmortem.judging.report import PostmortemVerdict
from pytest_postmortem.model.state import PostmortemState
from pytest_postmortem.model.text import format_count
from pytest_postmortem.reporting.columns import Paint, aligned, fitted, plain, wrapped
from pytest_postmortem.reporting.escaping import for_terminal
from pytest_postmortem.reporting.headlines import COLOURS

__all__ = ["render_overdue", "render_table"]

_HEADINGS = ("post-mortem", "date", "severity", "state", "items", "tests", "title")
_STATE, _TITLE = 3, 6
_TO_THE_RIGHT = (4, 5)
_LEAST = {_TITLE: 5, 0: 12, 2: 8}
_OVERDUE_HEADINGS = ("owner", "due", "days late", "item", "post-mortem", "action")
_OVERDUE_TO_THE_RIGHT = (2,)
_OVERDUE_LEAST = {5: 6, 4: 12, 0: 8, 3: 6}


def render_table(
    verdicts: Sequence[PostmortemVerdict], every: int, width: int | None = None, paint: Paint = plain
) -> str:
    """Return a line for each of `verdicts`, in their order, and one that sums up; there are `every` in all.

    No line takes more than `width` columns (None: any number) where there are 72 or more.
    """
    rows = fitted([_HEADINGS, *map(_format_row, verdicts)], width, _LEAST)
    headings, *table = aligned(rows, _TO_THE_RIGHT)
    lines = [paint("  ".join(headings).rstrip(), "dim")]
    for verdict, cells in zip(verdicts, table, strict=True):
        cells[_TITLE] = cells[_TITLE].rstrip()
        cells[_STATE] = paint(cells[_STATE], COLOURS[verdict.state])
        lines.append("  ".join(cells).rstrip())
    return "\n".join([*lines, "", *_render_unjudged(verdicts, width), _summarize(verdicts, every)]) + "\n"


def _render_unjudged(verdicts: Sequence[PostmortemVerdict], width: int | None) -> Iterator[str]:
    """Yield a line for each item that asks for a test and is not judged, with the reason, and an empty one."""
    texts = [
        f"not judged: {f'{one.postmortem.id}/{item.item.id}'.rstrip('/')} {item.item.text}: {why}"
        for one in verdicts
        for item, why in one.unjudged
    ]
    for text in texts:
        yield from (for_terminal(part) for part in wrapped(for_terminal(text), width, "", "  "))
    if texts:
        yield ""


def _format_row(verdict: PostmortemVerdict) -> tuple[str, ...]:
    postmortem = verdict.postmortem
    asking = [item for item in verdict.items if item.asks]
    return (
        for_terminal(postmortem.id),
        postmortem.date.isoformat() if postmortem.date else "-",
        for_terminal(postmortem.severity or "-"),
        verdict.state.value,
        f"{sum(item.has_test for item in asking)}/{len(asking)}" if asking else "-",
        str(len(verdict.tests)),
        for_terminal(postmortem.title),
    )


def _summarize(verdicts: Sequence[PostmortemVerdict], every: int) -> str:
    number = format_count(every, "post-mortem")
    told = number if len(verdicts) == every else f"{len(verdicts)} of {number}"
    states = Counter(verdict.state for verdict in verdicts)
    parts = [f"{states[state]} {state.value}" for state in PostmortemState if states[state]]
    return f"list: {told}" + (f"; {', '.join(parts)}" if parts else "")


def render_overdue(overdue: Sequence[Overdue], width: int | None = None, paint: Paint = plain) -> str:
    """Return a line for each action item, in the order that is given; and one that sums up."""
    rows: list[Sequence[str]] = [_OVERDUE_HEADINGS]
    for one in overdue:
        cells = (one.owner or "-", str(one.item.due_date), str(one.days), one.item.id, one.postmortem, one.item.text)
        rows.append([for_terminal(cell) for cell in cells])
    fitting = fitted(rows, width, _OVERDUE_LEAST)
    headings, *table = ["  ".join(cells).rstrip() for cells in aligned(fitting, _OVERDUE_TO_THE_RIGHT)]
    number = len({one.origin for one in overdue})
    told = f"list: {format_count(len(overdue), 'action item')} overdue in {format_count(number, 'post-mortem')}"
    return "\n".join([paint(headings, "dim"), *table, "", told]) + "\n"
