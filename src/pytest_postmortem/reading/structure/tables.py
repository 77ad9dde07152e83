"""Tables of action items: which column is which, and the cells of each row."""

from __future__ import annotations

from typing import Any, NamedTuple

from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.syntax.markdown import Block, Outline, find_first_after
from pytest_postmortem.reading.vocabulary.default import Vocabulary
from pytest_postmortem.reading.vocabulary.normalize import fold, lookup_key
from pytest_postmortem.reading.vocabulary.phrases import (
    ACTION_COLUMN_BEGINS,
    ACTION_COLUMN_PART,
    ACTION_COLUMNS,
    TIME_COLUMNS,
)
from pytest_postmortem.reading.vocabulary.requirement.test_words import TestWords
from pytest_postmortem.reading.vocabulary.titles import strip_markdown

__all__ = ["Cell", "ColumnReader", "Columns", "Row", "Table", "read_table"]


class Columns(NamedTuple):
    """Where each column of an action table is; -1 if there is none. `action` is always there, `tests` may be several.

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
    tests: tuple[int, ...] = ()
    named: bool = False

    @property
    def telling(self) -> bool:
        """Whether a table with this head in a section of action items is more than an explanation."""
        return self.named and max(self.due, self.owner, self.status) >= 0

    @property
    def unmistakable(self) -> bool:
        """Whether the head alone shows that the table holds action items, wherever it is."""
        return self.named and (self.due >= 0 or bool(self.tests) or (self.owner >= 0 and self.status >= 0))


Cell = tuple[str, int, int]
"""One cell: its text without surrounding space, and its byte range."""


class Row(NamedTuple):
    """One row of a table; `start` is its byte position. `cell_count` is how many cells it has if its head has not as many."""

    start: int
    cells: list[Cell]
    cell_count: int = 0


class Table(NamedTuple):
    """A table: its head and rows, and the place of the first block behind it."""

    head: list[str]
    rows: list[Row]
    after: int


class ColumnReader:
    """Tells the columns of a table apart by the words of a vocabulary, and remembers the heads it has seen."""

    __slots__ = ("_heads", "_known", "_tests")

    def __init__(self, words: Vocabulary, tests: TestWords) -> None:
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
        ):
            for name in names:
                self._known[lookup_key(name)] = column
                self._known[fold(name)] = column
        self._tests = tests
        self._heads: dict[tuple[str, ...], Columns | None] = {}

    def find_columns(self, head: list[str]) -> Columns | None:
        """Return where each column is; None if the head is not that of an action table."""
        key = tuple(head)
        if key in self._heads:
            return self._heads[key]
        columns = self._find_columns(head)
        if len(self._heads) < _MOST_REMEMBERED:
            self._heads[key] = columns
        return columns

    def _find_columns(self, head: list[str]) -> Columns | None:
        names = [strip_markdown(name) for name in head]
        columns: dict[str, Any] = {}
        tests: list[int] = []
        unknown: list[int] = []
        actions: list[int] = []
        for place, name in enumerate(names):
            column = self._find_column(name)
            if self._tests.is_test_name(head[place]):
                tests.append(place)
            elif column is None:
                if lookup_key(name):
                    unknown.append(place)
            elif column == "action":
                actions.append(place)
            else:
                columns.setdefault(column, place)
        if actions:
            # "Item | Action": the more telling word wins, else the first.
            telling = [place for place in actions if _is_action_name(names[place])]
            return Columns(**columns, tests=tuple(tests), action=(telling or actions)[0], named=bool(telling))
        return _choose_action(columns, tests, unknown)

    def has_time_column(self, head: list[str]) -> bool:
        """Return whether a column is that of a timeline."""
        return any(lookup_key(strip_markdown(name)).startswith(TIME_COLUMNS) for name in head)

    def guess_columns(self, table: Table) -> Columns | None:
        """Return the columns of a table with an unknown head: the one with most text holds the actions."""
        lengths = [0] * len(table.head)
        for row in table.rows:
            for place, cell in enumerate(row.cells[: len(lengths)]):
                lengths[place] += len(cell[0])
        action = lengths.index(max(lengths)) if any(lengths) else -1
        texts = [row.cells[action][0] for row in table.rows if 0 <= action < len(row.cells)]
        return Columns(action=action) if 2 * sum(map(_is_sentence, texts)) >= len(texts) > 0 else None

    def _find_column(self, name: str) -> str | None:
        folded = fold(name)
        column = self._known.get(folded) or self._known.get(lookup_key(folded))
        if column is None:
            # "Owner (team)", "期限（目安）", "Status/notes"
            short = _ADDED.split(folded, maxsplit=1)[0]
            column = self._known.get(lookup_key(short)) if short else None
        return column


def _choose_action(columns: dict[str, Any], tests: list[int], unknown: list[int]) -> Columns | None:
    """Return the columns of a head that names no action, with the one that stands in for it; None if none does."""
    if unknown:
        is_known = columns.keys() - {"scope"} or tests
        return Columns(**columns, tests=tuple(tests), action=unknown[0]) if is_known else None
    # "Issue | Assignee | Status": what is tracked is the action.
    for stand_in in ("ticket", "scope"):
        if stand_in in columns and len(columns) + len(tests) > 1:
            action = columns.pop(stand_in)
            return Columns(**columns, tests=tuple(tests), action=action)
    if tests and columns:
        return Columns(**columns, tests=tuple(tests[1:]), action=tests[0])
    return None


def _is_sentence(cell: str) -> bool:
    """Return whether a cell may say what is to be done: several words, or one of a script without spaces."""
    text = strip_markdown(cell)
    return " " in text or any(sign >= "\u2e80" for sign in text)


def _is_action_name(name: str) -> bool:
    key = lookup_key(name)
    return key.startswith(ACTION_COLUMN_BEGINS) or ACTION_COLUMN_PART in key or key in ACTION_COLUMNS


_ADDED = lazily(r"[(（/\[【]")
_MOST_REMEMBERED = 1024


def read_table(outline: Outline, blocks: list[Block], place: int) -> Table:
    """Return the table that begins at `blocks[place]`; `after` is a place in `blocks`."""
    head: list[str] = []
    rows: list[Row] = []
    cells: list[Cell] | None = None
    data = outline.data
    after = find_first_after(blocks, place)
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
            rows.append(_read_row(data, start, end, cells, len(head)))
    return Table(head, rows, after)


def _read_row(data: bytes, start: int, end: int, cells: list[Cell], width: int) -> Row:
    """Return a row whose `cells` follow. If it does not fit its head, pipes in code are text if it then fits."""
    written = data[start:end].strip()
    pipes = written.count(b"|") - written.count(b"\\|")
    if pipes == width - 1 + (written[:1] == b"|") + (written[-1:] == b"|" and written[-2:] != b"\\|"):
        return Row(start, cells)
    inner = written[written.startswith(b"|") : len(written) - (written.endswith(b"|") and not written.endswith(b"\\|"))]
    count = len(_PIPE.findall(inner)) + 1
    if count == width:
        return Row(start, cells)
    parts = _split_outside_code(data, start, end)
    if len(parts) == width and count > width:
        return Row(start, parts)
    return Row(start, cells, count)


def _split_outside_code(data: bytes, start: int, end: int) -> list[Cell]:
    """Split a row into cells at the pipes that are not between backticks."""
    begin, last = start, end
    while begin < last and data[begin : begin + 1] in b" \t|>" and data[begin : begin + 1] != b"|":
        begin += 1
    begin += data[begin : begin + 1] == b"|"
    written = data[begin:last].rstrip()
    last = begin + len(written) - written.endswith(b"|")
    cells: list[Cell] = []
    position = begin
    for match in _CODE_OR_PIPE.finditer(data, begin, last):
        if match.group() == b"|":
            cells.append((data[position : match.start()].decode("utf-8", "replace").strip(), position, match.start()))
            position = match.end()
    cells.append((data[position:last].decode("utf-8", "replace").strip(), position, last))
    return [(text.replace("\\|", "|"), first, behind) for text, first, behind in cells]


_PIPE = lazily(rb"(?<!\\)\|")
_CODE_OR_PIPE = lazily(rb"(`{1,9})[^`\n]*(?<!`)\1(?!`)|\\.|\|")
