"""An incident that a register knows of, whether anybody wrote about it or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

__all__ = ["Incident"]


@dataclass(frozen=True, slots=True)
class Incident:
    """One entry of a register of incidents, at `origin:line`; `id` is what post-mortems name it by."""

    id: str
    title: str | None = None
    date: date | None = None
    severity: str | None = None
    origin: str = ""
    line: int = 1
