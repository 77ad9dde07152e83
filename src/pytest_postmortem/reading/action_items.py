"""Action items out of the body of a document: every table and list under a heading that announces them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pytest_postmortem.model.postmortem import ItemStatus
from pytest_postmortem.reading.drafts import Draft, Drafter, Unclear
from pytest_postmortem.reading.lists import Bullet, bullets_at
from pytest_postmortem.reading.markdown import Block, Outline
from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.sections import Meaning, Section
from pytest_postmortem.reading.tables import ColumnReader, Table, table_at

__all__ = ["BodyItems", "ItemFinder"]

_PARAGRAPH_ITEM = lazily(
    rb"(?:\*\*|__)(?:action items?|follow[- ]?up(?: item| action)?|todo)\s?(?::\s?(?:\*\*|__)|(?:\*\*|__)\s?:)\s*(?=\S)",
    re.IGNORECASE,
)
_PASSED_OVER = (Meaning.NO_ACTION_ITEMS, Meaning.ROOT_CAUSE, Meaning.FIVE_WHYS, Meaning.CONTRIBUTING_FACTORS)


@dataclass(slots=True)
class BodyItems:
    """The drafts in reading order, and the test requirements that could not be understood."""

    drafts: list[Draft] = field(default_factory=list)
    unclear: list[Unclear] = field(default_factory=list)


class ItemFinder:
    """Finds the action items of a body; a Drafter reads each."""

    __slots__ = ("_columns", "_drafter")

    def __init__(self, drafter: Drafter, columns: ColumnReader) -> None:
        self._drafter = drafter
        self._columns = columns

    def find(self, outline: Outline, sections: list[Section]) -> BodyItems:
        """Every action item of the body.

        Sections that name action items come first. Those on prevention, remediation or next steps count only where no
        other has any: they tell the same things once more. A checkbox in any other section is no action item.
        """
        found = self._under(outline, sections, Meaning.ACTION_ITEMS)
        if not found.drafts:
            found = self._under(outline, sections, Meaning.PREVENTION)
        known = {draft.line for draft in found.drafts}
        for paragraph in _item_paragraphs(outline):
            draft = self._drafter.of_bullet(outline, paragraph, ItemStatus.UNKNOWN, found.unclear)
            if draft is not None and draft.line not in known:
                found.drafts.append(draft)
        found.drafts.sort(key=lambda draft: draft.line)
        return found

    def _under(self, outline: Outline, sections: list[Section], meaning: Meaning) -> BodyItems:
        found = BodyItems()
        read_up_to = 0
        for number, section in enumerate(sections):
            if section.title.meaning is meaning and section.first > read_up_to:
                read_up_to = section.last
                self._read_section(outline, sections, number, found)
        return found

    def _read_section(self, outline: Outline, sections: list[Section], number: int, found: BodyItems) -> None:
        """Read one section with its sub-sections: tables first, as the bullets beside a table only explain it."""
        top = sections[number]
        parts: list[tuple[list[Block], ItemStatus]] = []
        passed_over = 0
        statuses: list[tuple[int, ItemStatus]] = []
        for section in sections[number:]:
            if section.first > top.last:
                break
            if section.heading.place < passed_over:
                continue
            if section is not top and section.title.meaning in _PASSED_OVER:
                passed_over = section.last
                continue
            while statuses and statuses[-1][0] < section.last:
                statuses.pop()
            status = section.title.status
            if status is ItemStatus.UNKNOWN and statuses:
                status = statuses[-1][1]
            statuses.append((section.last, status))
            blocks = outline.blocks(section.first, min(section.own_last, top.last))
            if blocks:
                parts.append((blocks, status))
        strong = top.title.meaning is Meaning.ACTION_ITEMS
        before = len(found.drafts)
        for blocks, status in parts:
            self._read_tables(outline, blocks, status, found, strong)
        boxes_only = len(found.drafts) > before
        for blocks, status in parts:
            self._read_lists(outline, blocks, status, found, boxes_only)

    def _read_tables(
        self, outline: Outline, blocks: list[Block], status: ItemStatus, found: BodyItems, strong: bool
    ) -> None:
        place = 0
        while place < len(blocks):
            kind, _, end = blocks[place]
            if kind == "Table":
                table = table_at(outline, blocks, place)
                place = table.after
                self._read_table(outline, table, status, found, strong)
            elif kind in ("List", "BlockQuote"):
                place = _behind(blocks, place, end)
            else:
                place += 1

    def _read_table(self, outline: Outline, table: Table, status: ItemStatus, found: BodyItems, strong: bool) -> None:
        columns = self._columns.columns(table.head)
        if columns is None and strong:
            columns = self._columns.of_cells(table)
        if columns is None:
            return
        for row in table.rows:
            draft = self._drafter.of_row(outline, table, columns, row, status, found.unclear)
            if draft is not None:
                found.drafts.append(draft)

    def _read_lists(
        self, outline: Outline, blocks: list[Block], status: ItemStatus, found: BodyItems, boxes_only: bool
    ) -> None:
        place = 0
        while place < len(blocks):
            kind, _, end = blocks[place]
            if kind == "List":
                bullets, place = bullets_at(outline, blocks, place, boxes_only=boxes_only)
                for bullet in bullets:
                    draft = self._drafter.of_bullet(outline, bullet, status, found.unclear)
                    if draft is not None:
                        found.drafts.append(draft)
            elif kind in ("BlockQuote", "Table"):
                place = _behind(blocks, place, end)
            else:
                place += 1


def _behind(blocks: list[Block], place: int, end: int) -> int:
    place += 1
    while place < len(blocks) and blocks[place][1] < end:
        place += 1
    return place


def _item_paragraphs(outline: Outline) -> list[Bullet]:
    """The paragraphs that call themselves an action item, wherever they stand: "**Action item:** Page earlier."."""
    paragraphs = []
    for label in outline.labels:
        if label.level == 7 and (found := _PARAGRAPH_ITEM.match(outline.data, label.start, label.end)) is not None:
            line_start = outline.data.rfind(b"\n", 0, label.start) + 1
            if not outline.data[line_start : label.start].strip():
                text = " ".join(outline.text(found.end(), label.end).split())
                paragraphs.append(Bullet(text, label.start, found.end(), label.end, None))
    return paragraphs
