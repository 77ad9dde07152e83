"""Find action items that are past their due date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from pytest_postmortem.judging.states import ItemVerdict
from pytest_postmortem.model.postmortem import ActionItem, ItemStatus, Postmortem
from pytest_postmortem.model.state import State

__all__ = ["Overdue", "find_overdue", "is_overdue"]


@dataclass(frozen=True, slots=True)
class Overdue:
    """An action item that is `days` past its due date, written at `origin:line`.

    `owner` is the item's, else the team of its post-mortem, None where neither is named.
    """

    postmortem: str
    item: ActionItem
    owner: str | None
    days: int
    origin: str
    line: int


def is_overdue(item: ActionItem, today: date) -> bool:
    """Return whether an item's due date is over, and its document does not say that it is done or dropped."""
    settled = item.status in (ItemStatus.DONE, ItemStatus.DROPPED)
    return not settled and item.due_date is not None and item.due_date < today


def find_overdue(verdicts: Iterable[tuple[Postmortem, Sequence[ItemVerdict]]], today: date) -> tuple[Overdue, ...]:
    """Return the items that are overdue, by owner (those without one last), each owner's latest first.

    Where the document does not tell what became of an item, a guarding test does: its test is there, so it is done.
    """
    found = [
        Overdue(
            postmortem=postmortem.id,
            item=verdict.item,
            owner=verdict.item.owner or postmortem.team,
            days=(today - verdict.item.due_date).days,
            origin=postmortem.origin,
            line=verdict.item.line,
        )
        for postmortem, items in verdicts
        for verdict in items
        if verdict.item.due_date is not None and is_overdue(verdict.item, today)
        if not (verdict.item.status is ItemStatus.UNKNOWN and verdict.state is State.GUARDED)
    ]
    return tuple(sorted(found, key=_owner_sort_key))


def _owner_sort_key(one: Overdue) -> tuple[bool, str, str, int, str, int]:
    owner = one.owner or ""
    return one.owner is None, owner.casefold(), owner, -one.days, one.origin, one.line
