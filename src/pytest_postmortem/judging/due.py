"""Which action items are past their due date."""

from __future__ import annotations

from datetime import date

from pytest_postmortem.model.postmortem import ActionItem, ItemStatus

__all__ = ["is_overdue"]


def is_overdue(item: ActionItem, today: date) -> bool:
    """Whether an item's due date is over, and its document does not say that it is done or dropped."""
    settled = item.status in (ItemStatus.DONE, ItemStatus.DROPPED)
    return not settled and item.due_date is not None and item.due_date < today
