"""Ids of action items: the author's own, else the place in reading order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pytest_postmortem.model.postmortem import ActionItem, ItemStatus, Need
from pytest_postmortem.reading.items.drafts import Draft
from pytest_postmortem.reading.syntax.nodes import Problem
from pytest_postmortem.reading.vocabulary.dates import parse_full_date
from pytest_postmortem.reading.vocabulary.phrases import TICKET_KEY

__all__ = ["assign_ids"]


def assign_ids(drafts: Sequence[Draft], problems: list[Problem]) -> tuple[ActionItem, ...]:
    """Return the action items of these drafts with their ids; an id given twice is added to `problems`.

    An item without an id of its own has its place as one, or a number after all places if that is the id of another.
    """
    if not drafts:
        return ()
    chosen = _choose_own_ids(drafts, problems)
    own = {own_id for own_id, _ in chosen}
    items: list[ActionItem] = []
    for place, (draft, (own_id, tickets)) in enumerate(zip(drafts, chosen, strict=True), 1):
        number = place
        while not own_id and str(number) in own:
            number += len(drafts)
        items.append(
            ActionItem(
                id=own_id or str(number),
                text=draft.text,
                line=draft.line,
                has_own_id=bool(own_id),
                status=draft.status,
                scope=draft.scope,
                owner=draft.owner,
                due=draft.due,
                due_date=parse_full_date(draft.due) if draft.due else None,
                tickets=tickets,
                test=draft.test,
                status_text=draft.status_text if draft.status is ItemStatus.DROPPED else None,
                mentions_test=draft.mentions_test,
            )
        )
    return tuple(items)


def _choose_own_ids(drafts: Sequence[Draft], problems: list[Problem]) -> list[tuple[str, tuple[str, ...]]]:
    """Return the own id of each draft, "" without one, and its tickets; an id given twice is added to `problems`.

    Numbers of a "#" column are ids only if none is there twice: several tables may each count from one. One ticket may be
    the id of several items, as long as none of them asks for a test: it is the id of the first, and a ticket of the others.
    """
    trusted = _can_trust_numbers(drafts)
    asking = {draft.key for draft in drafts if draft.test.need is not Need.NOT_REQUIRED}
    first_lines: dict[str, int] = {}
    chosen: list[tuple[str, tuple[str, ...]]] = []
    for draft in drafts:
        key = draft.key if trusted or not draft.counted else ""
        tickets = draft.tickets
        if key in first_lines:
            if key not in asking and TICKET_KEY.fullmatch(key):
                key, tickets = "", tuple(dict.fromkeys((key, *tickets)))
            else:
                problem = f"the action item id {key!r} is already used in line {first_lines[key]}"
                problems.append(Problem(draft.line, problem, "give one of the two another id"))
        elif key:
            first_lines[key] = draft.line
        chosen.append((key, tickets))
    return chosen


def _can_trust_numbers(drafts: Sequence[Draft]) -> bool:
    """Return whether the numbers of "#" columns, if there are any, can serve as ids."""
    if not any(draft.counted for draft in drafts):
        return True
    counts = Counter(draft.key for draft in drafts if draft.key)
    ordinals = {str(place) for place, draft in enumerate(drafts, 1) if not draft.key}
    return all(counts[draft.key] == 1 and draft.key not in ordinals for draft in drafts if draft.counted)
