"""Rows of the census: cells that ask for a test, in whatever looks like a table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, pairwise, repeat
from typing import NamedTuple

from pytest_postmortem.reading.census.forms import (
    NODE_ID,
    clean_name,
    find_flag,
    fold_line,
    is_asking_name,
    is_asking_value,
    is_bare_name,
    is_sure_value,
    is_whole_value,
    shorten,
    split_cells,
    strip_code,
)
from pytest_postmortem.reading.census.kinds import Kind, Place
from pytest_postmortem.reading.patterns import lazily

__all__ = ["find_in_html_tables", "find_in_tables"]

_RULE = lazily(r"[\s|:+=-]+")
_CELL = lazily(r"<t([hd])\b[^<>]{0,300}>(.*?)(?=</t[hd]\b|<t[hdr]\b|</t|$)", re.IGNORECASE | re.DOTALL)
_ROW = lazily(r"<tr\b", re.IGNORECASE)
_ITEM_KEY = lazily(r"[a-z]{1,10}-\d{1,4}|#?\d{1,3}\.?")
_NAMES_REQUIRED = lazily(
    r"\A(?:is |are )?(?:required|mandatory|necessary|optional|必須|必要|approval|review|reboot|restart|downtime)\b"
)
_TEST_REQUIRED = lazily(r"\Atests?\s(?:is\s)?required\W{0,4}\Z")
_NODE = lazily(rf"\A[`\s]{{0,4}}{NODE_ID}")
_ACTION_NAME = lazily(
    r"\A(?:action(?: items?)?|owner|assignee|due(?: date)?|deadline|responsible|task|tasks|item|id|ai|対策|担当|担当者|期限|アクション|maßnahme|"
    r"verantwortlich|fällig|acción|responsable|ação|措施|负责人|조치|담당)\Z"
)
_PAIR_NAME = lazily(r"\A(?:fields?|values?|propert(?:y|ies)|keys?|attributes?|details?|name|items?|info|)\Z")


class _Head(NamedTuple):
    """The head of a table: its names, and the places of its columns that ask for a test."""

    names: list[str]
    asking: list[int]


_NO_HEAD = _Head([], [])


class _Rows:
    """The rows of whatever looks like a table, with the `head` that is valid for the row at hand."""

    __slots__ = ("_candidates", "_last", "_previous", "head")

    def __init__(self, candidates: set[int]) -> None:
        self._candidates = candidates
        self._previous, self._last = "", -1
        self.head = _NO_HEAD

    def find(self, lines: list[str], front: int) -> Iterator[int]:
        """Yield the number of each row: what is between a head and a row does not end it, but for a heading."""
        for number in range(front, len(lines)):
            line = lines[number]
            if ("-" in line or "=" in line) and self._is_separator(line):
                self._take_rule(number, line)
            elif "|" in line:
                self._take_row(number, line)
                yield number
            else:
                if line.lstrip(" >").startswith("#"):
                    self.head = _NO_HEAD
                if line.strip():
                    self._previous = ""

    def _is_separator(self, line: str) -> bool:
        return _is_rule(line) or (bool(self._previous) and not line.strip(" \t>-=:"))

    def _take_rule(self, number: int, line: str) -> None:
        """Read the row above a rule as the head."""
        if self._previous and (number - 1 == self._last or "=" in line):
            self.head = _read_head(split_cells(fold_line(self._previous)))
            self._previous = ""

    def _take_row(self, number: int, line: str) -> None:
        """Remember a row, and read the one before it as the head if it asks without a rule below it."""
        if self._previous and not self.head.names and number - 1 in self._candidates:
            head = _read_head(split_cells(fold_line(self._previous)))
            self.head = head if head.asking else _NO_HEAD
        self._previous, self._last = line, number


def find_in_tables(lines: list[str], front: int, candidates: set[int]) -> Iterator[Place]:
    """Yield cells that ask, in whatever looks like a table."""
    rows = _Rows(candidates)
    for number in rows.find(lines, front):
        if not rows.head.asking and number not in candidates:
            continue
        cells = split_cells(fold_line(lines[number]))
        if _is_above_rule(lines, number):
            asks = _find_in_cells(cells, _NO_HEAD) if _is_row_as_head(cells, lines, number) else _find_pair(cells)
        else:
            if _is_late_head(cells, rows.head):
                rows.head = _read_head(cells)
                if rows.head.asking:
                    continue
            asks = _find_in_cells(cells, rows.head)
        if asks is not None:
            yield Place(number + 1, shorten(asks), Kind.ROW)


def _is_above_rule(lines: list[str], number: int) -> bool:
    """Return whether a row is the head of its table: the next line is a rule."""
    return number + 1 < len(lines) and _is_rule(below := lines[number + 1]) and ("|" in below or "=" in below)


def _is_late_head(cells: list[str], head: _Head) -> bool:
    """Return whether a row is the real head: it names a test, and the one above it is empty, as exports write it."""
    return (
        not head.asking
        and sum(map(bool, head.names)) <= 1
        and len(cells) > 2
        and any(map(is_asking_name, cells))
        and _ITEM_KEY.fullmatch(cells[0].strip("`_")) is None
    )


def _read_head(cells: list[str]) -> _Head:
    """Return the head that these cells are: a `Test` alone asks for a test only beside columns of action items."""
    is_of_actions = any(_is_action_name(cell) for cell in cells)
    asking = [
        place
        for place, name in enumerate(cells)
        if is_asking_name(name) and (is_of_actions or not is_bare_name(name) or len(cells) < 2)
    ]
    return _Head(cells, asking)


def _is_rule(line: str) -> bool:
    """Return whether a line is the rule between the head of a table and its rows, or between the rows of a grid."""
    return (
        ("-" in line or "=" in line)
        and ("|" in line or "+" in line)
        and _RULE.fullmatch(line.strip(" \t>")) is not None
    )


def _is_row_as_head(cells: list[str], lines: list[str], number: int) -> bool:
    """Return whether the head of a table is a row of it: its first cell is the key of an item, or its column goes on alike."""
    sure = [place for place, cell in enumerate(cells) if is_sure_value(cell)]
    if not sure:
        return False
    if _ITEM_KEY.fullmatch(cells[0].strip("`_")) is not None:
        return True
    return any(" " in cell for cell in cells) and _goes_on_below(sure, lines[number + 2 : number + 5])


def _goes_on_below(sure: list[int], lines: list[str]) -> bool:
    """Return whether one of the columns in `sure` also asks for a test in the rows below."""
    below = (split_cells(fold_line(line)) for line in lines if "|" in line)
    return any(is_sure_value(row[place]) for row in below for place in sure if place < len(row))


def _find_in_cells(cells: list[str], head: _Head) -> str | None:
    """Return what of a row asks for a test, or None. If the row does not fit its head, any of its cells may be the one."""
    fits = len(cells) == len(head.names)
    is_of_actions = _ITEM_KEY.fullmatch(cells[0].strip("`_")) is not None or any(map(_is_action_name, head.names))
    for place, (cell, name) in enumerate(zip(cells, chain(head.names, repeat("")), strict=False)):
        if not cell:
            continue
        if place in head.asking:
            asks = is_asking_value(cell)
        elif head.asking and not fits:
            asks = is_asking_value(cell) and is_whole_value(cell)
        else:
            asks = _is_asking_alone(cell, name, is_of_actions, fits)
        if asks:
            return cell
        if ("test" in cell or not cell.isascii()) and (flag := find_flag(strip_code(cell))) is not None:
            return flag
    return _find_in_named_row(cells, head.names)


def _is_asking_alone(cell: str, name: str, is_of_actions: bool, fits: bool) -> bool:
    """Return whether a cell asks for a test though its column, called `name`, does not."""
    if is_sure_value(cell):
        return not _is_naming_required(name) and (is_of_actions or not fits or not name or is_asking_name(name))
    if not name and is_of_actions and not fits and _NODE.match(cell) is not None:
        return True
    return cell.startswith("test") and _TEST_REQUIRED.match(cell) is not None


def _find_in_named_row(cells: list[str], head: list[str]) -> str | None:
    """Return what a row whose first cell is a name asks for: as a pair, or below a head that begins with an empty cell."""
    if not is_asking_name(cells[0]):
        return None
    if len(cells) == 2 and _PAIR_NAME.match(clean_name(head[0]) if head else "") and is_whole_value(cells[1]):
        return f"{cells[0]}: {cells[1]}"
    if head and not head[0] and len(cells) > 2 and (value := next(filter(is_whole_value, cells[1:]), None)):
        return f"{cells[0]}: {value}"
    return None


def _find_pair(cells: list[str]) -> str | None:
    """Return what two cells ask for that are a name and its value, else None."""
    if len(cells) == 2 and is_asking_name(cells[0]) and is_whole_value(cells[1]):
        return f"{cells[0]}: {cells[1]}"
    return None


@lru_cache(maxsize=1024)
def _is_action_name(name: str) -> bool:
    """Return whether the head of a column is one of action items."""
    return _ACTION_NAME.match(clean_name(name)) is not None


@lru_cache(maxsize=1024)
def _is_naming_required(name: str) -> bool:
    """Return whether the head of a column says what is required, and not that a test is: "Required?", "Approval"."""
    return _NAMES_REQUIRED.match(clean_name(name)) is not None


def find_in_html_tables(lines: list[str], front: int) -> Iterator[Place]:
    """Yield cells that ask in tables of HTML, each at the line of its row."""
    head = _NO_HEAD
    for line, kinds, cells in _find_html_rows(lines, front):
        asks = None
        if all(kind == "h" for kind in kinds) or (not head.names and any(map(is_asking_name, cells))):
            asks = _find_pair(cells)
            if asks is None and _ITEM_KEY.fullmatch(cells[0]) is None:
                head = _read_head(cells)
                continue
        if asks is None:
            asks = _find_in_cells(cells, head)
        if asks is not None:
            yield Place(line, shorten(asks), Kind.ROW)


def _find_html_rows(lines: list[str], front: int) -> Iterator[tuple[int, list[str], list[str]]]:
    """Yield the rows of tables of HTML: the 1-based line, `h` or `d` for each cell, and the folded cells."""
    whole = "\n".join(lines[front:])
    lowered = whole.lower()
    line, passed = front + 1, 0
    starts = [found.start() for found in _ROW.finditer(whole)]
    for start, end in pairwise((*starts, len(whole))):
        ended = lowered.find("</table", start, end)
        row = _CELL.findall(whole[start : ended if ended >= 0 else end])
        if row:
            line += whole.count("\n", passed, start)
            passed = start
            cells = [fold_line(" ".join(cell.split())).strip() for _, cell in row]
            yield line, [kind.lower() for kind, _ in row], cells
