"""In which order a reader expects names and severities."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["gravity", "natural"]

_GRAVITY = ("blocker", "critical", "highest", "severe", "major", "high", "medium", "moderate", "minor", "low", "lowest")


def natural(text: str) -> tuple[list[tuple[int, str]], str]:
    """Order by numbers as numbers: `SEV2` before `SEV10`."""
    parts = re.split(r"([0-9]+)", text.casefold())
    return [(int(part[:18]) if number % 2 else -1, part) for number, part in enumerate(parts)], text


def gravity(severity: str) -> tuple[int, Any]:
    """Order by what a severity means, the severest first: numbers count up, words are known."""
    bare = severity.casefold().strip()
    return (_GRAVITY.index(bare) if bare in _GRAVITY else -1), natural(severity)
