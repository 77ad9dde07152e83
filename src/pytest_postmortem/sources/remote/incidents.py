"""Id assignment for services with several post-mortems per incident."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

__all__ = ["Filed", "assign_ids", "find_primary_postmortems"]


class Filed(NamedTuple):
    """A post-mortem by its incident, its place among those of the incident, and its own key."""

    incident: str
    place: tuple[str, ...]
    key: str


def find_primary_postmortems(filed: Iterable[Filed]) -> set[str]:
    """Return the keys of the post-mortems that have their incident's number and items: the first of each incident.

    Any other of the same incident goes by its own key, whatever number its title begins with: one id twice would be a
    fault that nobody can mend.
    """
    first: dict[str, Filed] = {}
    for one in sorted(filed):
        first.setdefault(one.incident, one)
    return {one.key for one in first.values()}


def assign_ids(items: Sequence[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return the items, each with its service's own key beside it, which is its id where it has none or shares it."""
    ids = [item["id"] for _, item in items]
    return [item if item["id"] and ids.count(item["id"]) == 1 else {**item, "id": key} for key, item in items]
