"""Tables of action items: which column is which, and the cells of each row."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from pytest_postmortem.reading.markdown import Block, Outline
from pytest_postmortem.reading.titles import unmarked
from pytest_postmortem.reading.vocabulary import Vocabulary, keyed, plain

__all__ = ["Cell", "Column", "ColumnReader", "Row", "Table", "table_at"]


class Column(Enum):
    """What a column of an action table holds."""

    ACTION = "action"
    ID = "id"
    NUMBER = "number"
    OWNER = "owner"
    DUE = "due"
    STATUS = "status"
    TICKET = "ticket"
    SCOPE = "scope"
    TEST = "test"


class Cell(NamedTuple):
    """One cell: its text without surrounding space, and its byte range."""

    text: str
    start: int
    end: int


class Row(NamedTuple):
    """One row of a table; `start` is its byte position."""

    start: int
    cells: list[Cell]


class Table(NamedTuple):
    """A table: its head and rows, and the place of the first block behind it."""

    head: list[str]
    rows: list[Row]
    after: int


class ColumnReader:
    """Tells the columns of a table apart by the words of a vocabulary, and remembers the heads it has seen."""

    __slots__ = ("_heads", "_known")

    def __init__(self, words: Vocabulary) -> None:
        self._known: dict[str, Column] = {}
        for column, names in (
            (Column.ACTION, words.column_action),
            (Column.SCOPE, words.column_scope),
            (Column.DUE, words.column_due),
            (Column.STATUS, words.column_status),
            (Column.TICKET, words.column_ticket),
            (Column.OWNER, words.column_owner),
            (Column.NUMBER, words.column_number),
            (Column.ID, words.column_id),
            (Column.TEST, words.column_test),
        ):
            for name in names:
                self._known[keyed(name)] = column
                self._known[plain(name)] = column
        self._heads: dict[tuple[str, ...], dict[Column, int]] = {}

    def columns(self, head: list[str]) -> dict[Column, int]:
        """Where each column stands; an action table always has `Column.ACTION`. Empty where it is no action table."""
        key = tuple(head)
        columns = self._heads.get(key)
        if columns is None:
            columns = self._columns(head)
            if len(self._heads) < 1024:
                self._heads[key] = columns
        return columns

    def _columns(self, head: list[str]) -> dict[Column, int]:
        columns: dict[Column, int] = {}
        unknown: list[int] = []
        actions: list[int] = []
        for place, name in enumerate(head):
            column = self._column(name)
            if column is None:
                unknown.append(place)
            elif column is Column.ACTION:
                actions.append(place)
            else:
                columns.setdefault(column, place)
        if actions:
            # "Item | Action": the more telling word wins, else the first.
            told = [place for place in actions if "action" in keyed(head[place]) or "アクション" in head[place]]
            columns[Column.ACTION] = (told or actions)[0]
            return columns
        spare = [place for place in unknown if keyed(head[place])]
        if not spare:
            # "Issue | Assignee | Status": what is tracked is the action.
            for stand_in in (Column.TICKET, Column.TEST, Column.SCOPE):
                if stand_in in columns and len(columns) > 1:
                    columns[Column.ACTION] = columns.pop(stand_in)
                    return columns
            return {}
        if not columns.keys() & {Column.OWNER, Column.DUE, Column.STATUS, Column.TICKET, Column.TEST, Column.ID, Column.NUMBER}:
            return {}
        columns[Column.ACTION] = spare[0]
        return columns

    def of_cells(self, table: Table) -> dict[Column, int]:
        """The columns of a table whose head says nothing known: the one with most text holds the actions."""
        lengths = [0] * len(table.head)
        for row in table.rows:
            for place, cell in enumerate(row.cells[: len(lengths)]):
                lengths[place] += len(cell.text)
        if not any(lengths):
            return {}
        known = {column: place for place, name in enumerate(table.head) if (column := self._column(name)) is not None}
        return {**known, Column.ACTION: lengths.index(max(lengths))}

    def _column(self, name: str) -> Column | None:
        told = plain(name)
        found = self._known.get(told) or self._known.get(keyed(told))
        if found is None:
            for mark in "(（/":
                if mark in told[1:]:
                    found = self._known.get(keyed(told.partition(mark)[0])) or found
                    if found:
                        break
        return found


def table_at(outline: Outline, blocks: list[Block], place: int) -> Table:
    """The table that begins at `blocks[place]`; `after` is a place in `blocks`."""
    table = blocks[place]
    head: list[str] = []
    rows: list[Row] = []
    cells: list[Cell] | None = None
    data = outline.data
    place += 1
    count = len(blocks)
    while place < count and blocks[place][1] < table.end:
        kind, start, end, _ = blocks[place]
        if kind == "TableCell":
            text = data[start:end].decode().strip()
            if "\\|" in text:
                text = text.replace("\\|", "|")
            if cells is None:
                head.append(unmarked(text))
            else:
                cells.append(Cell(text, start, end))
        elif kind == "TableRow":
            cells = []
            rows.append(Row(start, cells))
        place += 1
    return Table(head, rows, place)
