"""Decide which bullets are action items and which are details of their parent."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NamedTuple

from pytest_postmortem.model.postmortem import ItemStatus, TestRequirement
from pytest_postmortem.reading.items.item_keys import split_leading_key
from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.structure.sections import Section
from pytest_postmortem.reading.syntax.markdown import Block, Outline
from pytest_postmortem.reading.vocabulary.phrases import LISTS_DETAILS
from pytest_postmortem.reading.vocabulary.requirement.combining import NOT_STATED, Unreadable
from pytest_postmortem.reading.vocabulary.titles import strip_markdown

__all__ = ["Bullet", "read_bullets", "read_heading_item"]

_MARKER = lazily(r"(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)")
_BOX = lazily(r"`?\[([ xX✓✔~/-]?|[nN]/?[aA])\]`?(?:[ \t]+|$)|([☐☑☒⬜✅])[ \t\ufe0f]*(?=\S)")
_BOXES = {
    "": ItemStatus.OPEN,
    " ": ItemStatus.OPEN,
    "-": ItemStatus.DROPPED,
    "~": ItemStatus.OPEN,
    "/": ItemStatus.OPEN,
    "n/a": ItemStatus.DROPPED,
    "na": ItemStatus.DROPPED,
}
_SIGNS = {"☐": ItemStatus.OPEN, "⬜": ItemStatus.OPEN, "☒": ItemStatus.DONE, "☑": ItemStatus.DONE}
_ONLY_BOLD = lazily(r"(?:\*\*|__)[^*\n]{1,80}(?:\*\*|__)")

FindRequirement = Callable[[str], TestRequirement | None]
"""What a flag in a text asks for; None where it asks for nothing. Raises Unreadable."""

IsField = Callable[[str], bool]
"""Whether a nested bullet is a field of its parent."""


class Bullet(NamedTuple):
    """One commitment in a list.

    `text` is its first paragraph as written, white space folded. `start` is its byte position, `text_start` to `end`
    the bytes that belong to it (with its details, without commitments nested in it). `box` is what its checkbox says.
    """

    text: str
    start: int
    text_start: int
    end: int
    box: ItemStatus | None


def read_heading_item(outline: Outline, section: Section, blocks: list[Block], is_field: IsField) -> Bullet | None:
    """Return the commitment that a heading with a key is (`### AI-1: Reject orders`), if its list has only fields of it."""
    if not split_leading_key(section.title.text)[0] and not split_leading_key(section.title.text + ":")[0]:
        return None
    if not _has_only_fields(outline, blocks, is_field):
        return None
    raw = outline.decode(section.heading.start, section.heading.end)
    text_start = len(raw) - len(raw.lstrip("# \t>"))
    end = section.own_end if section.own_end > section.start else section.end
    text = " ".join(raw[text_start:].split())
    return Bullet(text, section.heading.start, section.heading.start + text_start, end, None)


def _has_only_fields(outline: Outline, blocks: list[Block], is_field: IsField) -> bool:
    """Return whether the blocks of a section hold a list and no table, and all bullets at the top of it are fields."""
    if any(block[0] == "Table" for block in blocks):
        return False
    places = [place for place, block in enumerate(blocks) if block[0] == "List"]
    items = [item for place in places for item in _collect_items(blocks, place)[0]]
    for item in items:
        _read_item(outline, item)
    return bool(places) and all(is_field(item.text) for item in items if item.parent is None)


class _Item:
    __slots__ = (
        "asks",
        "box",
        "end",
        "has_children",
        "lead",
        "only_fields",
        "parent",
        "read",
        "start",
        "text",
        "text_end",
        "text_start",
        "wanted",
    )

    def __init__(self, start: int, end: int, parent: _Item | None) -> None:
        self.start = start
        self.end = end
        self.parent = parent
        self.text_start = start
        self.text_end = end
        self.box: ItemStatus | None = None
        self.text = ""
        self.asks = self.has_children = self.lead = self.read = self.wanted = False
        self.only_fields = True


_TOP = _Item(0, sys.maxsize, None)
"""What is around a list: it is read, and heads a group."""
_TOP.lead = _TOP.read = True


def read_bullets(
    outline: Outline,
    blocks: list[Block],
    place: int,
    find_requirement: FindRequirement,
    is_field: IsField,
    *,
    boxes_only: bool,
) -> tuple[list[Bullet], int]:
    """Return the commitments of the list that begins at `blocks[place]`, and the place of the first block after it.

    Every checkbox is one, a parent too, and every bullet that says `[test required]` or the like. Another one is one at
    the top, and below a parent that only heads a group ("Monitoring:"); else it is a detail of its parent. `boxes_only`
    leaves out all that have neither.
    """
    items, after = _collect_items(blocks, place)
    for item in items:
        _read_item(outline, item)
        if item.parent is not None:
            item.parent.only_fields = item.parent.only_fields and is_field(item.text)
            if item.box is not None and item.parent.box is None:
                item.parent.lead = True
    _split_requirements(items, find_requirement)
    _mark_group_headings(items)
    _mark_wanted(items, boxes_only)
    ends = _find_own_ends(items)
    return [
        Bullet(item.text, item.start, item.text_start, end, item.box)
        for item, end in zip(items, ends, strict=True)
        if item.wanted
    ], after


def _mark_group_headings(items: list[_Item]) -> None:
    for item in items:
        if item.has_children and item.box is None and not item.lead:
            item.lead = _is_group_heading(item.text) and not item.only_fields


def _mark_wanted(items: list[_Item], boxes_only: bool) -> None:
    """Mark the items that are commitments: whether a parent is one is known before its children are looked at."""
    for item in items:
        parent = item.parent or _TOP
        if item.box is not None:
            item.wanted = True
        elif not parent.lead:
            continue
        elif item.asks:
            item.wanted = True
        elif not boxes_only and not (item.lead and item.has_children):
            item.wanted = parent.box is None and not parent.wanted


def _split_requirements(items: list[_Item], find_requirement: FindRequirement) -> None:
    """Let no two test requirements become one: a bullet over several that ask for a test is the heading of these."""
    asking: dict[_Item, list[_Item]] = {}
    for item in items:
        try:
            requirement = find_requirement(item.text)
        except Unreadable:
            requirement = NOT_STATED  # it asks for something, and what is wrong with it is told when the item is read
        item.asks = requirement is not None
        if requirement is not None and item.parent is not None:
            above = item.parent
            asking.setdefault(above, []).append(item)
            # A node id below an item that requires a test only says which one.
            above.lead = (
                above.lead or bool(split_leading_key(item.text)[0]) or (above.asks and not requirement.node_ids)
            )
    for above, below in asking.items():
        above.lead = above.lead or len(below) > 1


def _collect_items(blocks: list[Block], place: int) -> tuple[list[_Item], int]:
    """Return the items of a list in reading order, each with its parent and the range of its first paragraph."""
    end_of_list = blocks[place][2]
    items: list[_Item] = []
    around = [_TOP]
    count = len(blocks)
    skip_to = 0
    while place < count and blocks[place][1] < end_of_list:
        kind, start, end = blocks[place]
        place += 1
        if start < skip_to:
            continue
        while start >= around[-1].end:
            around.pop()
        parent = around[-1]
        if not parent.read:
            parent.read = True
            parent.text_end = end if kind == "Paragraph" else start
        if kind == "Item":
            parent.has_children = True
            items.append(_Item(start, end, parent if parent is not _TOP else None))
            around.append(items[-1])
        elif kind in ("BlockQuote", "Table"):
            skip_to = end
    return items, place


def _read_item(outline: Outline, item: _Item) -> None:
    raw = outline.data[item.start : item.text_end].decode()
    indent = len(raw) - len(raw.lstrip(" \t"))  # the parser counts what is beyond the parent's indent to the item
    marker = _MARKER.match(raw, indent)
    text_start = marker.end() if marker else indent
    box = _BOX.match(raw, text_start)
    if box is not None:
        sign = box.group(2)
        if sign is None:
            item.box = _BOXES.get(box.group(1).lower(), ItemStatus.DONE)
            text_start = box.end()
        elif sign in _SIGNS:
            item.box = _SIGNS[sign]
            text_start = box.end()
    item.text = " ".join(raw[text_start:].split())
    item.text_start = item.start + len(raw[:text_start].encode())


def _is_group_heading(text: str) -> bool:
    """Return whether a bullet with bullets below it is only their heading."""
    if _ONLY_BOLD.fullmatch(text):
        return True
    label = strip_markdown(text)
    if not label.endswith((":", "：")):
        return False
    return not LISTS_DETAILS.search(label.rstrip(":： "))


def _find_own_ends(items: list[_Item]) -> list[int]:
    """Return where what belongs to each item ends: before the first wanted item nested in it, or at its own end."""
    ends = [item.end for item in items]
    next_wanted = None
    for number in range(len(items) - 1, -1, -1):
        if next_wanted is not None and next_wanted < ends[number]:
            ends[number] = next_wanted
        if items[number].wanted:
            next_wanted = items[number].start
    return ends
