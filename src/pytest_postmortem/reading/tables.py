"""Tables of action items: which column is which, and the cells of each row."""

from __future__ import annotations

from typing import Any, NamedTuple

from pytest_postmortem.reading.markdown import Block, Outline, first_behind
from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.titles import unmarked
from pytest_postmortem.reading.vocabulary import Vocabulary
from pytest_postmortem.reading.words import keyed, listed, plain

__all__ = ["Cell", "ColumnReader", "Columns", "Row", "Table", "table_at"]


class Columns(NamedTuple):
    """Where each column of an action table stands; -1 where there is none. `action` is always there.

    `named` is true where a column is headed as that of actions, and not only of things or of no known name.
    """

    action: int = -1
    id: int = -1
    number: int = -1
    owner: int = -1
    due: int = -1
    status: int = -1
    ticket: int = -1
    scope: int = -1
    test: int = -1
    named: bool = False

    @property
    def telling(self) -> bool:
        """Whether the head tells that a table in a section of action items is more than an explanation."""
        return self.named and max(self.due, self.owner, self.status) >= 0

    @property
    def unmistakable(self) -> bool:
        """Whether the head alone tells that the table holds action items, wherever it stands."""
        return self.named and (self.due >= 0 or self.test >= 0 or (self.owner >= 0 and self.status >= 0))


Cell = tuple[str, int, int]
"""One cell: its text without surrounding space, and its byte range."""


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
        self._known: dict[str, str] = {}
        for column, names in (
            ("action", words.column_action),
            ("scope", words.column_scope),
            ("due", words.column_due),
            ("status", words.column_status),
            ("ticket", words.column_ticket),
            ("owner", words.column_owner),
            ("number", words.column_number),
            ("id", words.column_id),
            ("test", words.column_test),
        ):
            for name in names:
                self._known[keyed(name)] = column
                self._known[plain(name)] = column
        self._heads: dict[tuple[str, ...], Columns | None] = {}

    def columns(self, head: list[str]) -> Columns | None:
        """Where each column stands; None where the head is not that of an action table."""
        key = tuple(head)
        if key in self._heads:
            return self._heads[key]
        columns = self._columns(head)
        if len(self._heads) < _MOST_REMEMBERED:
            self._heads[key] = columns
        return columns

    def _columns(self, head: list[str]) -> Columns | None:
        names = [unmarked(name) for name in head]
        columns: dict[str, Any] = {}
        unknown: list[int] = []
        actions: list[int] = []
        for place, name in enumerate(names):
            column = self._column(name)
            if column is None:
                if keyed(name):
                    unknown.append(place)
            elif column == "action":
                actions.append(place)
            else:
                columns.setdefault(column, place)
        if actions:
            # "Item | Action": the more telling word wins, else the first.
            telling = [place for place in actions if _of_actions(names[place])]
            return Columns(**columns, action=(telling or actions)[0], named=bool(telling))
        if unknown:
            return Columns(**columns, action=unknown[0]) if columns.keys() - {"scope"} else None
        # "Issue | Assignee | Status": what is tracked is the action.
        for stand_in in ("ticket", "test", "scope"):
            if stand_in in columns and len(columns) > 1:
                action = columns.pop(stand_in)
                return Columns(**columns, action=action)
        return None

    def tells_time(self, head: list[str]) -> bool:
        """Whether a column is that of a timeline."""
        return any(keyed(unmarked(name)).startswith(_OF_TIME) for name in head)

    def of_cells(self, table: Table) -> Columns | None:
        """The columns of a table whose head says nothing known: the one with most text holds the actions."""
        lengths = [0] * len(table.head)
        for row in table.rows:
            for place, cell in enumerate(row.cells[: len(lengths)]):
                lengths[place] += len(cell[0])
        return Columns(action=lengths.index(max(lengths))) if any(lengths) else None

    def _column(self, name: str) -> str | None:
        told = plain(name)
        found = self._known.get(told) or self._known.get(keyed(told))
        if found is None:
            # "Owner (team)", "期限（目安）", "Status/notes"
            short = _ADDED.split(told, maxsplit=1)[0]
            found = self._known.get(keyed(short)) if short else None
        return found


def _of_actions(name: str) -> bool:
    told = keyed(name)
    return told.startswith(("action", "follow up", "corrective action")) or "アクション" in told or told in _ACTIONS


_ACTIONS = frozenset(listed("行动, 行动项, 액션, maßnahme, massnahme, accion, acao"))
_OF_TIME = ("time", "date", "when", "timestamp", "日時", "時刻", "時間", "시간", "时间", "uhrzeit", "heure", "hora")
_ADDED = lazily(r"[(（/\[【]")
_MOST_REMEMBERED = 1024


def table_at(outline: Outline, blocks: list[Block], place: int) -> Table:
    """The table that begins at `blocks[place]`; `after` is a place in `blocks`."""
    head: list[str] = []
    rows: list[Row] = []
    cells: list[Cell] | None = None
    data = outline.data
    after = first_behind(blocks, place)
    for kind, start, end in blocks[place + 1 : after]:
        if kind == "TableCell":
            text = data[start:end].decode().strip()
            if "\\|" in text:
                text = text.replace("\\|", "|")
            if cells is None:
                head.append(text)
            else:
                cells.append((text, start, end))
        elif kind == "TableRow":
            cells = []
            rows.append(Row(start, cells))
    return Table(head, rows, after)
