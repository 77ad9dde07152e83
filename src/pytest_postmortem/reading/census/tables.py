"""Rows of the census: cells that ask for a test, in whatever looks like a table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from pytest_postmortem.reading.census.forms import (
    NODE_ID,
    QUOTE,
    clean_name,
    find_flag,
    fold_line,
    is_asking_name,
    is_asking_value,
    is_bare_name,
    is_sure_value,
    is_whole_value,
    shorten,
    strip_code,
)
from pytest_postmortem.reading.census.kinds import Kind, Place
from pytest_postmortem.reading.patterns import lazily

__all__ = ["find_in_html_tables", "find_in_tables", "split_cells"]

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


def split_cells(folded: str) -> list[str]:
    """Return the cells of a table row, or of what looks like one."""
    row = QUOTE.sub("", folded, count=1).strip()
    row = re.sub(r"^(?:[-*+]|\d{1,9}[.)])\s+(?=\|)", "", row)
    if row.startswith("|"):
        row = row[1:]
    if row.endswith("|"):
        row = row[:-1]
    return [cell.strip() for cell in row.split("|")]


def find_in_tables(lines: list[str], front: int, candidates: set[int]) -> Iterator[Place]:
    """Yield cells that ask, in whatever looks like a table: what is between its head and a row does not end it."""
    head: list[str] = []
    asking: list[int] = []
    previous, last = "", -1
    for number in range(front, len(lines)):
        raw = lines[number]
        if _is_rule(raw) or (previous and ("-" in raw or "=" in raw) and not raw.strip(" \t>-=:")):
            if previous and (number - 1 == last or "=" in raw):
                head, asking = _read_head(split_cells(fold_line(previous)))
                previous = ""
            continue
        if "|" not in raw:
            if raw.lstrip(" >").startswith("#"):
                head, asking = [], []
            if raw.strip():
                previous = ""
            continue
        if previous and not head and number - 1 in candidates:
            head, asking = _read_head(split_cells(fold_line(previous)))  # a head without a rule below it
            head = head if asking else []
        last = number
        if not asking and number not in candidates:
            previous = raw
            continue
        cells = split_cells(fold_line(raw))
        is_head = number + 1 < len(lines) and _is_rule(below := lines[number + 1]) and ("|" in below or "=" in below)
        previous = raw
        asks = None
        if is_head:
            if _is_row_as_head(cells, lines, number):
                asks = _find_in_cells(cells, [], [])
            elif len(cells) == 2 and is_asking_name(cells[0]) and is_whole_value(cells[1]):
                asks = f"{cells[0]}: {cells[1]}"
        elif not asking and sum(map(bool, head)) <= 1 and _is_head_cells(cells):
            head, asking = _read_head(cells)  # behind an empty head, as exports write it
            asks = None if asking else _find_in_cells(cells, head, asking)
        else:
            asks = _find_in_cells(cells, head, asking)
        if asks is not None:
            yield Place(number + 1, shorten(asks), Kind.ROW)


def _is_head_cells(cells: list[str]) -> bool:
    """Return whether the cells of a row are the head of its table: one of them is a name that asks for a test."""
    return len(cells) > 2 and any(map(is_asking_name, cells)) and _ITEM_KEY.fullmatch(cells[0].strip("`_")) is None


def _read_head(cells: list[str]) -> tuple[list[str], list[int]]:
    """Return a head, and the places of its columns that ask for a test: a `Test` alone only beside columns of action items."""
    is_of_actions = any(_is_action_name(cell) for cell in cells)
    asking = [
        place
        for place, name in enumerate(cells)
        if is_asking_name(name) and (is_of_actions or not is_bare_name(name) or len(cells) < 2)
    ]
    return cells, asking


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
    below = [split_cells(fold_line(line)) for line in lines[number + 2 : number + 5] if "|" in line]
    return any(" " in cell for cell in cells) and any(
        place < len(row) and is_sure_value(row[place]) for row in below for place in sure
    )


def _find_in_cells(cells: list[str], head: list[str], asking: list[int]) -> str | None:
    """What of a row asks for a test, or None. Where the row does not fit its head, any of its cells may be the one."""
    fits = len(cells) == len(head)
    is_of_actions = _ITEM_KEY.fullmatch(cells[0].strip("`_")) is not None or any(_is_action_name(name) for name in head)
    for place, cell in enumerate(cells):
        if not cell:
            continue
        below = head[place] if place < len(head) else ""
        if place in asking or (asking and not fits):
            if is_asking_value(cell) and (place in asking or is_whole_value(cell)):
                return cell
        elif (
            (
                is_sure_value(cell)
                and not _is_naming_required(below)
                and (is_of_actions or not fits or not below or is_asking_name(below))
            )
            or (cell.startswith("test") and _TEST_REQUIRED.match(cell))
            or (not below and _NODE.match(cell) and is_of_actions and not fits)
        ):
            return cell
        if ("test" in cell or not cell.isascii()) and (flag := find_flag(strip_code(cell))) is not None:
            return flag
    if is_asking_name(cells[0]):
        if len(cells) == 2 and _PAIR_NAME.match(clean_name(head[0]) if head else "") and is_whole_value(cells[1]):
            return f"{cells[0]}: {cells[1]}"
        if head and not head[0] and len(cells) > 2 and (said := next(filter(is_whole_value, cells[1:]), None)):
            return f"{cells[0]}: {said}"
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
    whole = "\n".join(lines[front:])
    head: list[str] = []
    asking: list[int] = []
    lowered = whole.lower()
    starts = [found.start() for found in _ROW.finditer(whole)]
    for start, end in pairwise((*starts, len(whole))):
        ended = lowered.find("</table", start, end)
        row = whole[start : ended if ended >= 0 else end]
        found = [(kind.lower(), fold_line(" ".join(cell.split())).strip()) for kind, cell in _CELL.findall(row)]
        cells = [cell for _, cell in found]
        if not cells:
            continue
        if all(kind == "h" for kind, _ in found) or (not head and any(is_asking_name(cell) for cell in cells)):
            if len(cells) == 2 and is_asking_name(cells[0]) and is_whole_value(cells[1]):
                yield Place(front + whole.count("\n", 0, start) + 1, shorten(f"{cells[0]}: {cells[1]}"), Kind.ROW)
                continue
            if _ITEM_KEY.fullmatch(cells[0]) is None:
                head, asking = _read_head(cells)
                continue
        asks = _find_in_cells(cells, head, asking)
        if asks is not None:
            yield Place(front + whole.count("\n", 0, start) + 1, shorten(asks), Kind.ROW)
