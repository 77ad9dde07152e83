"""The sort keys and orders of names, dates, severities, states and outcomes, each once."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from pytest_postmortem.model.state import Outcome, PostmortemState, State
from pytest_postmortem.model.text import fold_name

__all__ = [
    "OUTCOME_PRECEDENCE",
    "STATE_PRECEDENCE",
    "WORST_FIRST",
    "date_sort_key",
    "natural_sort_key",
    "severity_sort_key",
    "state_sort_key",
]

OUTCOME_PRECEDENCE = {outcome: place for place, outcome in enumerate(Outcome)}
"""Of several outcomes of one test, the one with the highest number counts."""

STATE_PRECEDENCE = {
    state: place for place, state in enumerate((State.GUARDED, State.NOT_RUN, State.SKIPPED_HERE, State.DISABLED))
}
"""Of the states of several tests that an item names, none of them failing, the one with the highest number counts."""

WORST_FIRST = (
    PostmortemState.FAILING,
    PostmortemState.UNGUARDED,
    PostmortemState.PARTLY_GUARDED,
    PostmortemState.PARTLY_LINKED,
    PostmortemState.LINKED,
    PostmortemState.GUARDED,
)
"""The states of a post-mortem, the one that needs attention most first."""

_SEVEREST_FIRST = (
    *("blocker", "critical", "crit", "highest", "severe", "major", "high"),
    *("medium", "moderate", "minor", "lowest", "low"),
)


def natural_sort_key(text: str) -> tuple[list[tuple[int, str]], str]:
    """Sort numbers by their value: `SEV2` before `SEV10`."""
    parts = re.split(r"([0-9]+)", fold_name(text))
    return [(int(part[:18]) if number % 2 else -1, part) for number, part in enumerate(parts)], text


def severity_sort_key(severity: str | None) -> tuple[bool, int, Any]:
    """Sort by what a severity means, the severest first: numbers count up, words are known. None or "" comes last."""
    text = (severity or "").casefold()
    number = re.search(r"[0-9]{1,9}", text)
    if number is not None:
        rank = int(number.group())
    else:
        rank = next((place for place, word in enumerate(_SEVEREST_FIRST) if word in text), len(_SEVEREST_FIRST))
    return not severity, rank, natural_sort_key(severity or "")


def state_sort_key(state: PostmortemState) -> int:
    """Sort the worst state first."""
    return WORST_FIRST.index(state)


def date_sort_key(day: date | None) -> int:
    """Sort the newest day first; None comes last."""
    return -day.toordinal() if day else 0
