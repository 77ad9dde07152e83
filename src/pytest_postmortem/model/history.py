"""What the version history tells of guards: when each incident was first guarded, and when a guard went away."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

__all__ = ["Guarding", "History", "Removal"]


@dataclass(frozen=True, slots=True)
class Removal:
    """A commit on the main line after which fewer markers name a post-mortem; `left` counts those that remain."""

    day: date
    commit: str
    paths: tuple[str, ...]
    left: int


@dataclass(frozen=True, slots=True)
class Guarding:
    """One post-mortem over time.

    `incident` is the day of the incident, `first_guard` the day (UTC) on which the first marker that names it came to
    the main line, with its `commit` and `path`. `markers` counts those that name it now, and the tests that its
    document names.
    """

    postmortem: str
    incident: date | None = None
    first_guard: date | None = None
    commit: str | None = None
    path: str | None = None
    markers: int = 0
    removals: tuple[Removal, ...] = ()

    @property
    def days(self) -> int | None:
        """Days from the incident to its first guard; None where one of them is not known. A guard that was there
        before the incident gives 0."""
        if self.incident is None or self.first_guard is None:
            return None
        return max(0, (self.first_guard - self.incident).days)


@dataclass(frozen=True, slots=True)
class History:
    """Every post-mortem over time, in the order of the catalogue. `shallow` says that the clone does not reach back."""

    guards: tuple[Guarding, ...] = ()
    shallow: bool = False
    notes: tuple[str, ...] = field(default=())
