"""In which order a reader expects names and severities."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["gravity", "natural"]

_GRAVITY = (
    *("blocker", "critical", "crit", "highest", "severe", "major", "high"),
    *("medium", "moderate", "minor", "lowest", "low"),
)


def natural(text: str) -> tuple[list[tuple[int, str]], str]:
    """Order by numbers as numbers: `SEV2` before `SEV10`."""
    parts = re.split(r"([0-9]+)", text.casefold())
    return [(int(part[:18]) if number % 2 else -1, part) for number, part in enumerate(parts)], text


def gravity(severity: str) -> tuple[int, Any]:
    """Order by what a severity means, the severest first: numbers count up, words are known."""
    bare = severity.casefold()
    number = re.search(r"[0-9]{1,9}", bare)
    if number is not None:
        return int(number.group()), natural(severity)
    return next((place for place, word in enumerate(_GRAVITY) if word in bare), len(_GRAVITY)), natural(severity)
