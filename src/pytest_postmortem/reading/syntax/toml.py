"""TOML front matter: every scalar a string, with limits and a line for every fault."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time

from pytest_postmortem.model.toml_errors import find_error_line, strip_place
from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.syntax.nodes import MAX_DEPTH, Node, Problem

__all__ = ["read_toml"]

_HEADER = lazily(r"\A\s*(\[\[?)([^\[\]]+)\]")
_KEY = lazily(r"\A\s*+([\w\-.\"' ]{1,400}+)\s*+=")
_Path = tuple[str | int, ...]


def read_toml(block: str, first_line: int) -> tuple[dict[str, Node], list[Problem]]:
    """Return the mapping in `block`, whose first line is line `first_line` of the file, and everything wrong with it."""
    block = block.replace("\r\n", "\n")
    for number, row in enumerate(block.split("\n")):
        if row.partition("=")[0].count(".") > MAX_DEPTH:
            return {}, [_make_depth_problem(first_line + number)]
    try:
        data = tomllib.loads(block)
    except RecursionError:
        return {}, [_make_depth_problem(first_line)]
    except ValueError as error:
        line = first_line + find_error_line(str(error), block) - 1
        return {}, [Problem(line, f"broken TOML: {strip_place(str(error))}", "mend it, or put the value in quotes")]
    lines = _find_lines(block, first_line)
    try:
        return {key: _build_node(value, (key,), lines, first_line, 2) for key, value in data.items()}, []
    except _TooDeep as error:
        return {}, [_make_depth_problem(error.args[0])]


def _make_depth_problem(line: int) -> Problem:
    return Problem(line, f"nested deeper than {MAX_DEPTH} levels", "write it flatter")


class _TooDeep(Exception):
    """Carries the line."""


def _build_node(value: object, path: _Path, lines: Mapping[_Path, int], around: int, depth: int) -> Node:
    line = lines.get(path, around)
    match value:
        case dict() | list() if depth > MAX_DEPTH:
            raise _TooDeep(line)
        case dict():
            return Node(
                {key: _build_node(one, (*path, key), lines, line, depth + 1) for key, one in value.items()}, line
            )
        case list():
            return Node(
                [_build_node(one, (*path, place), lines, line, depth + 1) for place, one in enumerate(value)], line
            )
        case bool():
            return Node("true" if value else "false", line)
        case date() | datetime() | time():
            return Node(value.isoformat(), line)
        case _:
            return Node(str(value), line)


def _find_lines(block: str, first_line: int) -> dict[_Path, int]:
    """Return the line of each key and table, by its path; the parser keeps none."""
    lines: dict[_Path, int] = {}
    table: _Path = ()
    counts: dict[_Path, int] = {}
    inside = ""
    for line, row in enumerate(block.split("\n"), first_line):
        if inside:
            inside = "" if row.count(inside) % 2 else inside
            continue
        if (header := _HEADER.match(row)) is not None:
            table = _split_key(header.group(2).strip())
            if header.group(1) == "[[":
                counts[table] = counts.get(table, -1) + 1
                lines.setdefault(table, line)
                table = (*table, counts[table])
            lines.setdefault(table, line)
        elif (key := _KEY.match(row)) is not None:
            lines.setdefault((*table, *_split_key(key.group(1))), line)
        inside = next((mark for mark in ('"""', "'''") if row.count(mark) % 2), "")
    return lines


def _split_key(name: str) -> _Path:
    return tuple(part.strip(" \"'") for part in name.split("."))
