"""Find registered incidents without a post-mortem."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pytest_postmortem.model.incident import Incident
from pytest_postmortem.model.order import date_sort_key, natural_sort_key, severity_sort_key

__all__ = ["Unwritten", "find_unwritten"]


@dataclass(frozen=True, slots=True)
class Unwritten:
    """The incidents without a post-mortem, severest and newest first, out of `of` incidents of the register."""

    incidents: tuple[Incident, ...] = ()
    of: int = 0


def find_unwritten(register: Sequence[Incident], names: Collection[str], since: date | None) -> Unwritten:
    """Return the incidents that none of `names` (ids, aliases and stems of the post-mortems) equals.

    Incidents before `since` do not count; those without a date do.
    """
    inside = [one for one in register if since is None or one.date is None or one.date >= since]
    return Unwritten(tuple(sorted((one for one in inside if one.id not in names), key=_incident_sort_key)), len(inside))


def _incident_sort_key(one: Incident) -> tuple[Any, ...]:
    return severity_sort_key(one.severity), date_sort_key(one.date), natural_sort_key(one.id)
