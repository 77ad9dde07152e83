"""Data files: one post-mortem as a YAML or JSON mapping with the keys of front matter."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from pytest_postmortem.model.document import Format
from pytest_postmortem.reading.front_matter import MAX_DEPTH, Node, Problem, read_yaml

__all__ = ["read_data"]


def read_data(text: str, format: Format) -> tuple[dict[str, Node], list[Problem]]:
    """The mapping in a data file, every scalar a string, and everything wrong with it."""
    fields, problems = read_yaml(text) if format is Format.YAML else _read_json(text)
    if not fields and not problems:
        problems = [
            Problem(1, "no post-mortem: it is empty", "write `id:`, `title:` and the other keys of front matter")
        ]
    return fields, problems


class _Refused(Exception):
    """JSON that is read by other readers and not by us; carries the Problem."""


def _read_json(text: str) -> tuple[dict[str, Node], list[Problem]]:
    try:
        data = json.loads(
            text,
            object_pairs_hook=lambda pairs: _once(pairs, text),
            parse_constant=_refuse_constant,
            parse_int=str,
            parse_float=str,
        )
        if not isinstance(data, dict):
            return {}, [Problem(1, "no mapping", 'write it as { "id": ... }')]
        return _Places(text).nodes(data), []
    except _Refused as error:
        return {}, [error.args[0]]
    except json.JSONDecodeError as error:
        return {}, [Problem(error.lineno, f"broken JSON: {error.msg}", "mend it; a JSON checker shows the place")]
    except RecursionError:
        return {}, [Problem(1, f"nested deeper than {MAX_DEPTH} levels", "write it flatter")]


def _once(pairs: list[tuple[str, Any]], text: str) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        written = json.dumps(twice, ensure_ascii=False)
        first = text.find(written)
        second = text.find(written, first + 1)
        line = text.count("\n", 0, max(second, first, 0)) + 1
        raise _Refused(Problem(line, f"the key {twice!r} stands twice in one mapping", "keep one of the two"))
    return made


def _refuse_constant(name: str) -> NoReturn:
    raise _Refused(Problem(None, f"{name} is no value", "write a text or a number"))


class _Places:
    """Gives the values of a JSON text their lines, by finding its keys in the order they stand."""

    __slots__ = ("_line", "_position", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._line = 1

    def nodes(self, data: dict[str, Any], depth: int = 1) -> dict[str, Node]:
        """The mapping as nodes. Raises _Refused where it is nested too deep."""
        if depth > MAX_DEPTH:
            raise _Refused(Problem(self._line, f"nested deeper than {MAX_DEPTH} levels", "write it flatter"))
        return {key: self._node(value, self._pass(key), depth) for key, value in data.items()}

    def _node(self, value: Any, line: int, depth: int) -> Node:
        if isinstance(value, dict):
            return Node(self.nodes(value, depth + 1), line)
        if isinstance(value, list):
            if depth >= MAX_DEPTH:
                raise _Refused(Problem(line, f"nested deeper than {MAX_DEPTH} levels", "write it flatter"))
            return Node([self._inner(one, line, depth + 1) for one in value], line)
        if isinstance(value, str):
            self._pass(value)
            return Node(value, line)
        return Node({True: "true", False: "false", None: ""}[value], line)

    def _inner(self, value: Any, line: int, depth: int) -> Node:
        if isinstance(value, str):
            return Node(value, self._pass(value))
        if isinstance(value, dict):
            made = self.nodes(value, depth)
            return Node(made, next((node.line for node in made.values()), line))
        return self._node(value, line, depth)

    def _pass(self, told: str) -> int:
        """The line of the next place where this text stands as a JSON string; the last known line where none is found."""
        for written in (json.dumps(told, ensure_ascii=False), json.dumps(told)):
            found = self._text.find(written, self._position)
            if found >= 0:
                self._line += self._text.count("\n", self._position, found)
                self._position = found
                line = self._line
                self._line += self._text.count("\n", found, found + len(written))
                self._position = found + len(written)
                return line
        return self._line
