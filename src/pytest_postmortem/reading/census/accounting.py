"""Hold what asks for a test against what was read: each place belongs to exactly one action item, or is an error."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from itertools import accumulate
from operator import attrgetter

from pytest_postmortem.model.postmortem import Need
from pytest_postmortem.reading.census.places import Kind, Place
from pytest_postmortem.reading.items.drafts import Draft
from pytest_postmortem.reading.syntax.nodes import Problem

__all__ = ["find_unaccounted"]

_get_line = attrgetter("line")
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
    """Return an error for each of `places` that no item in `drafts` accounts for.

    `explained` are the lines that an error names already (a hint does not account for a requirement), `body_line` is where front matter ends, and `hidden`
    is true if action items are read from front matter, which hides those of the body.
    """
    if not places:
        return []
    known = _Items(drafts)
    problems = []
    first_lines: dict[tuple[int, Kind], int] = {}
    for place in places:
        owner = known.find_owner(place)
        if place.line in explained or (owner is not None and owner.line in explained):
            continue
        if owner is None or owner.test.need is Need.NOT_REQUIRED:
            problem = f'"{place.text}" asks for a test and is not part of an action item'
            problems.append(Problem(place.line, problem, _choose_hint(place, body_line, hidden)))
        elif place.kind in (Kind.ITEM, Kind.FIELD):
            first = first_lines.setdefault((id(owner), place.kind), place.line)
            if first != place.line:
                problem = (
                    f"{place.text} is the second test requirement of one action item (the first is in line {first})"
                )
                problems.append(Problem(place.line, problem, _MERGED_HINT))
    return problems


def _choose_hint(place: Place, body_line: int, hidden: bool) -> str:
    if place.line < body_line:
        return _FRONT_HINT
    if hidden:
        return _HIDDEN_HINT
    return _ROW_HINT if place.kind is Kind.ROW else _LINE_HINT


class _Items:
    """Action items by the lines that belong to them."""

    def __init__(self, drafts: Iterable[Draft]) -> None:
        self._drafts = sorted(drafts, key=_get_line)
        self._reach = list(accumulate((max(draft.last_line, draft.line) for draft in self._drafts), max))

    def find_owner(self, place: Place) -> Draft | None:
        """Return the innermost item that a place belongs to, one that requires a test first; None if there is none."""
        number = bisect_right(self._drafts, place.line, key=_get_line) - 1
        found: Draft | None = None
        while number >= 0 and self._reach[number] >= place.line:
            draft = self._drafts[number]
            number -= 1
            if (found is not None and draft.line != found.line) or (
                place.kind is Kind.ROW and draft.line != place.line
            ):
                break
            if max(draft.last_line, draft.line) < place.line:
                continue
            if found is None or found.test.need is Need.NOT_REQUIRED:
                found = draft
        return found
