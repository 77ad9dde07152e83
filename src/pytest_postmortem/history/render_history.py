"""Render a traced history: as a table for a terminal, as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from pytest_postmortem.catalogue import Catalogue
from pytest_postmortem.history.guards import Traced
from pytest_postmortem.model.history import Guarding
from pytest_postmortem.model.text import format_count
from pytest_postmortem.reporting.columns import Paint, aligned, plain
from pytest_postmortem.reporting.escaping import for_terminal

__all__ = ["VERSION", "render_json", "render_table"]

VERSION = 1
"""The version of the JSON: it goes up where a field goes or changes its meaning, not where one is added."""

_HEADINGS = ("post-mortem", "incident", "first guard", "days", "guards")
_TO_THE_RIGHT = (3, 4)
_COMMIT = 12
_MOST_PATHS = 3
_COLOURS = {"guarded": "green", "never guarded": "yellow", "lost": "red"}


class _Summary(NamedTuple):
    """The headline numbers. `median_days` is that of the `counted` post-mortems whose days to a guard are known."""

    postmortems: int
    guarded: int
    never_guarded: int
    lost: int
    median_days: float | None
    counted: int


def _summarize(traced: Traced) -> _Summary:
    states = [_state(guarding) for guarding in traced.history.guards]
    days = sorted(told for guarding in traced.history.guards if (told := traced.days(guarding)) is not None)
    return _Summary(
        len(states),
        states.count("guarded"),
        states.count("never guarded"),
        states.count("lost"),
        _median(days),
        len(days),
    )


def _median(days: Sequence[int]) -> float | None:
    if not days:
        return None
    middle = (days[(len(days) - 1) // 2] + days[len(days) // 2]) / 2
    return int(middle) if middle.is_integer() else middle


def _state(guarding: Guarding) -> str:
    if guarding.first_guard is None:
        return "never guarded"
    return "guarded" if guarding.markers else "lost"


def render_json(traced: Traced, catalogue: Catalogue, tool: str) -> str:
    """Return everything, with the fields of docs/history.md. `tool` is the version that wrote it."""
    told = {
        "version": VERSION,
        "tool": tool,
        "commit": traced.commit,
        "shallow": traced.history.shallow,
        "notes": list(traced.history.notes),
        "postmortems": [
            {
                "id": guarding.postmortem,
                "title": postmortem.title,
                "origin": postmortem.origin,
                "severity": postmortem.severity,
                "team": postmortem.team,
                "incident": _format_day(guarding.incident),
                "state": _state(guarding),
                "first_guard": _build_first_guard(traced, guarding),
                "days": traced.days(guarding),
                "guards": guarding.markers,
                "removals": [
                    {
                        "day": _format_day(removal.day),
                        "commit": removal.commit,
                        "paths": list(removal.paths),
                        "left": removal.left,
                    }
                    for removal in guarding.removals
                ],
            }
            for postmortem, guarding in zip(catalogue.postmortems, traced.history.guards, strict=True)
        ],
        "summary": _summarize(traced)._asdict(),
    }
    text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    return text.encode("utf-8", "backslashreplace").decode()


def _format_day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _build_first_guard(traced: Traced, guarding: Guarding) -> dict[str, Any] | None:
    if guarding.first_guard is None:
        return None
    return {
        "day": _format_day(guarding.first_guard),
        "commit": guarding.commit,
        "path": guarding.path,
        "at_or_before": traced.is_at_or_before(guarding),
    }


def render_table(traced: Traced, today: date, paint: Paint = plain) -> str:
    """Return a line for each post-mortem, under it the removals, and a line that sums up."""
    rows = [_HEADINGS, *(_row(traced, guarding) for guarding in traced.history.guards)]
    headings, *shown = ["  ".join(cells) for cells in aligned(rows, _TO_THE_RIGHT)]
    lines = [paint(headings.rstrip(), "dim")]
    for guarding, row in zip(traced.history.guards, shown, strict=True):
        state = _state(guarding)
        remark = paint(_remark(guarding, today), _COLOURS[state])
        lines.append(f"{row}  {remark}".rstrip())
        for removal in guarding.removals:
            paths = [for_terminal(path) for path in removal.paths[:_MOST_PATHS]]
            if len(removal.paths) > _MOST_PATHS:
                paths.append(f"{len(removal.paths) - _MOST_PATHS} more")
            told = f"  {removal.day} {removal.commit[:_COMMIT]} removed from {', '.join(paths)}; {removal.left} left"
            lines.append(paint(told, "dim"))
    lines += ["", _format_summary(_summarize(traced))]
    return "\n".join(lines) + "\n"


def _row(traced: Traced, guarding: Guarding) -> tuple[str, ...]:
    first = str(guarding.first_guard or "-")
    days = traced.days(guarding)
    return (
        for_terminal(guarding.postmortem),
        str(guarding.incident or "-"),
        f"<= {first}" if traced.is_at_or_before(guarding) else first,
        "-" if days is None else str(days),
        str(guarding.markers),
    )


def _remark(guarding: Guarding, today: date) -> str:
    if guarding.first_guard is None:
        waiting = None if guarding.incident is None else (today - guarding.incident).days
        since = "" if waiting is None or waiting < 0 else f" in {format_count(waiting, 'day')}"
        return f"never guarded{since}"
    if not guarding.markers:
        return f"lost its last guard on {guarding.removals[-1].day}"
    return ""


def _format_summary(summary: _Summary) -> str:
    number = format_count(summary.postmortems, "post-mortem")
    told = f"history: {number}, {summary.guarded} guarded"
    if summary.median_days is not None:
        days = format_count(summary.median_days, "day")
        told += f"; median {days} from incident to first guard (of {summary.counted})"
    return f"{told}; {summary.never_guarded} never guarded; {summary.lost} lost"
