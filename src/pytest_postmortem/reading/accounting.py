"""Hold what asks for a test against what was read: each place belongs to exactly one action item, or is an error."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from pytest_postmortem.model.postmortem import Need
from pytest_postmortem.reading.census import Place
from pytest_postmortem.reading.drafts import Draft
from pytest_postmortem.reading.nodes import Problem

__all__ = ["find_unaccounted"]

_ROW_HINT = (
    "give each row as many cells as the head, no empty line or comment between them, and write the table below a heading "
    'such as "Action items"'
)
_LINE_HINT = (
    'write it into a table or a list below a heading such as "Action items", or add the heading\'s own words to `words` in '
    "the configuration; in backticks it is only quoted"
)
_FRONT_HINT = "write it as `test: required` of an item in the list `action_items:`"
_HIDDEN_HINT = "the front matter lists the action items: add this one there, or remove `action_items:`"
_MERGED_HINT = "make each of them a list item of its own, not one below the other"


def find_unaccounted(
    places: Sequence[Place], drafts: Iterable[Draft], explained: Collection[int], *, body_line: int, hidden: bool
) -> list[Problem]:
    """An error for each of `places` that no one of the items in `drafts` accounts for.

    `explained` are the lines that an error or hint names already, `body_line` is where front matter ends, and `hidden`
    is true if action items are read from front matter, which hides those of the body.
    """
    if not places:
        return []
    known = sorted(drafts, key=lambda draft: (draft.line, -draft.last_line))
    problems = []
    counted: dict[int, int] = {}
    for place in places:
        owner = _find_owner(place, known)
        if place.line in explained or (owner is not None and owner.line in explained):
            continue
        if owner is not None and owner.test.need is not Need.NOT_REQUIRED:
            first = counted.setdefault(id(owner), place.line) if place.own else place.line
            if first != place.line:
                problem = (
                    f"{place.text} is the second test requirement of one action item (the first is in line {first})"
                )
                problems.append(Problem(place.line, problem, _MERGED_HINT))
            continue
        if place.line < body_line:
            hint = _FRONT_HINT
        elif hidden:
            hint = _HIDDEN_HINT
        else:
            hint = _ROW_HINT if place.row else _LINE_HINT
        problems.append(Problem(place.line, f'"{place.text}" asks for a test and is not part of an action item', hint))
    return problems


def _find_owner(place: Place, drafts: Sequence[Draft]) -> Draft | None:
    """The innermost item that the place belongs to, one that requires a test first; None if there is none."""
    if place.row:
        owners = [draft for draft in drafts if draft.line == place.line]
    else:
        owners = [draft for draft in drafts if draft.line <= place.line <= max(draft.last_line, draft.line)]
        innermost = max((draft.line for draft in owners), default=0)
        owners = [draft for draft in owners if draft.line == innermost]
    asking = [draft for draft in owners if draft.test.need is not Need.NOT_REQUIRED]
    return next(iter((*asking, *owners)), None)
