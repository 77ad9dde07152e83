"""Find the action items that a link covers."""

from __future__ import annotations

from datetime import date

from pytest_postmortem.model.link import Link
from pytest_postmortem.model.postmortem import ActionItem, ItemStatus, Need, Postmortem

__all__ = ["find_covered_items", "find_demanding_items", "find_sole_item"]


def find_demanding_items(postmortem: Postmortem) -> tuple[ActionItem, ...]:
    """Return the items that require a test: dropped ones and waived ones are not among them."""
    return tuple(
        item
        for item in postmortem.action_items
        if item.test.need is Need.REQUIRED and item.status is not ItemStatus.DROPPED
    )


def find_sole_item(postmortem: Postmortem, today: date) -> ActionItem | None:
    """Return the one item that a marker without `action_item` covers, or None if it would be a guess.

    That is the only item that requires a test. Where none does, it is the only one whose waiver has expired, as the
    test is asked for again; an item whose waiver runs out beside others never changes what a marker covers.
    """
    items = find_demanding_items(postmortem)
    if not items:
        items = tuple(
            item
            for item in postmortem.action_items
            if item.test.waiver is not None and item.test.waiver.until < today and item.status is not ItemStatus.DROPPED
        )
    return items[0] if len(items) == 1 else None


def find_covered_items(postmortem: Postmortem, link: Link, today: date) -> tuple[str, ...]:
    """Return the ids of the action items that `link` covers: the named one, or the only one there is to cover."""
    if link.item is not None:
        return (link.item,)
    sole = find_sole_item(postmortem, today)
    return () if sole is None else (sole.id,)
