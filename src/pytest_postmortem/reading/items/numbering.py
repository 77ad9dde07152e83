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

    Numbers of a "#" column are ids only if none is there twice: several tables may each count from one. One ticket may be
    the id of several items, as long as none of them asks for a test: all but the first then go by their place.
    """
    if not drafts:
        return ()
    trusted = not any(draft.counted for draft in drafts) or _can_trust_numbers(drafts)
    items: list[ActionItem] = []
    first: dict[str, int] = {}
    asking = {draft.key for draft in drafts if draft.key and draft.test.need is not Need.NOT_REQUIRED}
    own = {draft.key for draft in drafts if draft.key and not (draft.counted and not trusted)}
    for place, draft in enumerate(drafts, 1):
        has_own = bool(draft.key) and (trusted or not draft.counted)
        tickets = draft.tickets
        if has_own and draft.key in first and draft.key not in asking and TICKET_KEY.fullmatch(draft.key):
            has_own = False
            tickets = tuple(dict.fromkeys((draft.key, *tickets)))
        item_id = draft.key
        if not has_own:
            number = place
            while str(number) in own:
                number += len(drafts)
            item_id = str(number)
        elif draft.key in first:
            problem = f"the action item id {draft.key!r} is already used in line {first[draft.key]}"
            problems.append(Problem(draft.line, problem, "give one of the two another id"))
        else:
            first[draft.key] = draft.line
        items.append(
            ActionItem(
                id=item_id,
                text=draft.text,
                line=draft.line,
                has_own_id=has_own,
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


def _can_trust_numbers(drafts: Sequence[Draft]) -> bool:
    """Return whether the numbers of "#" columns can serve as ids."""
    counts = Counter(draft.key for draft in drafts if draft.key)
    ordinals = {str(place) for place, draft in enumerate(drafts, 1) if not draft.key}
    return all(counts[draft.key] == 1 and draft.key not in ordinals for draft in drafts if draft.counted)
