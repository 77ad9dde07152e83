"""Action items out of the body of a document: every table and list under a heading that announces them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

from pytest_postmortem.model.postmortem import ItemStatus
from pytest_postmortem.reading.items.drafts import Draft, Drafter, Unclear
from pytest_postmortem.reading.items.lists import Bullet, read_bullets, read_heading_item
from pytest_postmortem.reading.items.rows import read_rows
from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.structure.sections import Meaning, Section, Spans
from pytest_postmortem.reading.structure.tables import ColumnReader, Columns, Table, read_table
from pytest_postmortem.reading.syntax.markdown import Block, Outline, find_first_after
from pytest_postmortem.reading.vocabulary.phrases import COMPLETION, PARAGRAPH_ITEM

__all__ = ["BodyItems", "ItemFinder"]

_BOX = lazily(rb"^[ \t>]{0,40}[-*+] \[[ xX]\] ([^\n]{0,300})", re.MULTILINE)
_MOST_LEVELS = 6  # what is higher is no heading
_SHORT = 60
_FEW_CELLS = 3  # more are a table that was meant
_PASSED_OVER = (Meaning.NO_ACTION_ITEMS, Meaning.ROOT_CAUSE, Meaning.FIVE_WHYS, Meaning.CONTRIBUTING_FACTORS)


@dataclass(slots=True)
class BodyItems:
    """The drafts in reading order, and the test requirements that could not be understood."""

    drafts: list[Draft] = field(default_factory=list)
    unclear: list[Unclear] = field(default_factory=list)
    read: list[tuple[int, int]] = field(default_factory=list)
    """The places from and to which sections were read whole."""
    lines: set[int] = field(default_factory=set)
    to_fill_in: bool = False
    """Whether there is a table whose columns are those of action items, if with empty rows alone."""
    silent: Section | None = None
    """A section that announces action items where none was found."""

    def add(self, draft: Draft | None) -> None:
        """Take one more draft, if its line has none yet."""
        if draft is not None and draft.line not in self.lines:
            self.lines.add(draft.line)
            self.drafts.append(draft)


class _Part(NamedTuple):
    """A section without its sub-sections: its blocks, the status of its items, and whether it only explains others."""

    section: Section
    blocks: list[Block]
    status: ItemStatus
    explains: bool


class ItemFinder:
    """Finds the action items of a body; a Drafter reads each."""

    __slots__ = ("_columns", "_drafter")

    def __init__(self, drafter: Drafter, columns: ColumnReader) -> None:
        self._drafter = drafter
        self._columns = columns

    def find(self, outline: Outline, sections: Sequence[Section]) -> BodyItems:
        """Return every action item of the body.

        Sections that name action items come first. Of those on prevention, remediation or next steps only checkboxes
        count where another has items: the rest tells the same things once more. A checkbox in any other section is no
        action item. A table counts anywhere when its head leaves no doubt.
        """
        found = BodyItems()
        self._read_sections(outline, sections, Meaning.ACTION_ITEMS, found, boxes_only=False)
        self._read_sections(outline, sections, Meaning.PREVENTION, found, boxes_only=bool(found.drafts))
        self._read_loose_tables(outline, sections, found)
        for paragraph in _find_item_paragraphs(outline):
            self._add_bullet(outline, paragraph, ItemStatus.UNKNOWN, found)
        found.drafts.sort(key=attrgetter("line"))
        if not found.drafts and not found.to_fill_in:
            found.silent = next((one for one in sections if self._is_unread(outline, one)), None)
        return found

    def _is_unread(self, outline: Outline, section: Section) -> bool:
        """Return whether a section announces action items and holds a text that says more than "none"."""
        if section.title.meaning is not Meaning.ACTION_ITEMS or section.heading.level > _MOST_LEVELS:
            return False
        text = " ".join(outline.decode(section.start, section.end).split())
        return (len(text) > _SHORT or text.count("|") > _FEW_CELLS) and not self._drafter.is_blank(text)

    def _read_loose_tables(self, outline: Outline, sections: Sequence[Section], found: BodyItems) -> None:
        """Read the tables outside those sections, but for the ones in a timeline."""
        over = ((section.first, section.last) for section in sections if section.title.meaning in _PASSED_OVER)
        elsewhere = Spans((*found.read, *over))
        for place in outline.tables:
            if place in elsewhere:
                continue
            table = read_table(outline, outline.list_blocks(place, outline.find_place_after(place)), 0)
            columns = self._columns.find_columns(table.head)
            if columns is not None and columns.unmistakable and not self._columns.has_time_column(table.head):
                self._read_rows(outline, table, columns, ItemStatus.UNKNOWN, found)

    def _read_sections(
        self, outline: Outline, sections: Sequence[Section], meaning: Meaning, found: BodyItems, *, boxes_only: bool
    ) -> None:
        read_up_to = 0
        for number, section in enumerate(sections):
            if section.title.meaning is meaning and section.first > read_up_to:
                read_up_to = section.last
                self._read_section(outline, sections, number, found, boxes_only)

    def _read_section(
        self, outline: Outline, sections: Sequence[Section], number: int, found: BodyItems, boxes_only: bool
    ) -> None:
        """Read one section with its sub-sections: tables first, as the bullets beside a table only explain it.

        Of sub-sections that explain (a legend, notes) only a table counts whose head leaves no doubt.
        """
        top = sections[number]
        if not boxes_only:
            found.read.append((top.first, top.last))
        parts = self._split_section(outline, sections, number)
        strong = top.title.meaning is Meaning.ACTION_ITEMS
        before = len(found.drafts)
        if not boxes_only:
            for part in parts:
                self._read_tables(outline, part, found, strong and not part.explains)
        boxes_only = boxes_only or len(found.drafts) > before
        for part in parts:
            if part.explains or (before and _is_checklist(outline, part.section)):
                continue
            headed = None
            if part.section is not top:
                headed = read_heading_item(outline, part.section, part.blocks, self._drafter.is_field)
            if headed is not None:
                self._add_bullet(outline, headed, part.status, found)
            else:
                self._read_lists(outline, part.blocks, part.status, found, boxes_only)

    def _split_section(self, outline: Outline, sections: Sequence[Section], number: int) -> list[_Part]:
        """Return a section and its sub-sections that have blocks of their own."""
        top = sections[number]
        parts: list[_Part] = []
        passed_over = 0
        statuses: list[tuple[int, ItemStatus]] = []
        for place in range(number, len(sections)):
            section = sections[place]
            if section.first > top.last:
                break
            if section is not top and section.title.meaning in _PASSED_OVER:
                passed_over = max(passed_over, section.last)
            while statuses and statuses[-1][0] < section.last:
                statuses.pop()
            status = self._drafter.statuses.read_heading(section.title.text)
            if status is ItemStatus.UNKNOWN and statuses:
                status = statuses[-1][1]
            statuses.append((section.last, status))
            blocks = outline.list_blocks(section.first, min(section.own_last, top.last))
            if blocks:
                parts.append(_Part(section, blocks, status, section.heading.place < passed_over))
        return parts

    def _read_tables(self, outline: Outline, part: _Part, found: BodyItems, strong: bool) -> None:
        blocks = part.blocks
        place = 0
        while place < len(blocks):
            kind = blocks[place][0]
            if kind == "Table":
                table = read_table(outline, blocks, place)
                place = table.after
                columns = self._columns.find_columns(table.head)
                if columns is None and strong:
                    columns = self._columns.guess_columns(table)
                if columns is not None and (columns.telling or not part.explains):
                    self._read_rows(outline, table, columns, part.status, found)
            elif kind in ("List", "BlockQuote"):
                place = find_first_after(blocks, place)
            else:
                place += 1

    def _read_rows(
        self, outline: Outline, table: Table, columns: Columns, status: ItemStatus, found: BodyItems
    ) -> None:
        found.to_fill_in = True
        for draft in read_rows(self._drafter, outline, table, columns, status, found.unclear):
            found.add(draft)

    def _add_bullet(self, outline: Outline, bullet: Bullet, status: ItemStatus, found: BodyItems) -> None:
        found.add(self._drafter.read_bullet(outline, bullet, status, found.unclear))

    def _read_lists(
        self, outline: Outline, blocks: list[Block], status: ItemStatus, found: BodyItems, boxes_only: bool
    ) -> None:
        place = 0
        while place < len(blocks):
            kind = blocks[place][0]
            if kind == "List":
                bullets, place = read_bullets(
                    outline,
                    blocks,
                    place,
                    self._drafter.find_requirement,
                    self._drafter.is_field,
                    boxes_only=boxes_only,
                )
                for bullet in bullets:
                    self._add_bullet(outline, bullet, status, found)
            elif kind in ("BlockQuote", "Table"):
                place = find_first_after(blocks, place)
            else:
                place += 1


def _is_checklist(outline: Outline, section: Section) -> bool:
    """Return whether a section is a list of what completes the document: most of its checkboxes are about that."""
    boxes = _BOX.findall(outline.data[section.start : section.own_end])
    about = sum(COMPLETION.search(box.decode("utf-8", "replace")) is not None for box in boxes)
    return about > 0 and 2 * about >= len(boxes)


def _find_item_paragraphs(outline: Outline) -> list[Bullet]:
    """Return the paragraphs that call themselves an action item, wherever they are: "**Action item:** Page earlier."."""
    paragraphs = []
    for label in outline.labels:
        if label.level == 7 and (found := PARAGRAPH_ITEM.match(outline.data, label.start, label.end)) is not None:
            line_start = outline.data.rfind(b"\n", 0, label.start) + 1
            if not outline.data[line_start : label.start].strip():
                text = " ".join(outline.decode(found.end(), label.end).split())
                paragraphs.append(Bullet(text, label.start, found.end(), label.end, None))
    return paragraphs
