"""Data files: one post-mortem as a YAML or JSON mapping with the keys of front matter."""

from __future__ import annotations

import json
from typing import Any

from pytest_postmortem.errors import SourceError
from pytest_postmortem.model.document import Format
from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.syntax.nodes import MAX_DEPTH, Node, Problem
from pytest_postmortem.reading.syntax.yaml import read_root, read_yaml

__all__ = ["read_data", "read_node", "read_values"]

_TOKEN = lazily(r'"(?:[^"\\]|\\.)*"?|[{}\[\],:]|[^\s{}\[\],:"]+')
_NO_VALUES = ("NaN", "Infinity", "-Infinity")
_WORDS = {"true": "true", "false": "false", "null": ""}


def read_data(text: str, format: Format) -> tuple[dict[str, Node], list[Problem]]:
    """Return the mapping in a data file, every scalar a string, and everything wrong with it."""
    fields, problems = read_yaml(text) if format is Format.YAML else _read_json_mapping(text)
    if not fields and not problems:
        problems = [
            Problem(1, "no post-mortem: it is empty", "write `id:`, `title:` and the other keys of front matter")
        ]
    return fields, problems


def read_node(text: str, format: Format) -> tuple[Node | None, list[Problem]]:
    """Return whatever a data file holds, every scalar a string, None for nothing; and everything wrong with it."""
    return read_root(text) if format is Format.YAML else _read_json(text)


def read_values(text: str, format: Format, origin: str) -> Any:
    """Return what a feed from `origin` holds: mappings, lists and texts, None for what is empty.

    Raises SourceError with the first of what is wrong with it.
    """
    root, problems = read_node(text, format)
    if problems:
        first, more = problems[0], len(problems) - 1
        reason = f"{first.problem} (and {more} more like it)" if more else first.problem
        raise SourceError(reason, origin=origin, line=first.line, hint=first.hint)
    return None if root is None else _convert_to_values(root)


def _convert_to_values(node: Node) -> Any:
    match node.value:
        case dict():
            return {key: _convert_to_values(inner) for key, inner in node.value.items()}
        case list():
            return [_convert_to_values(inner) for inner in node.value]
    return node.value or None


def _read_json_mapping(text: str) -> tuple[dict[str, Node], list[Problem]]:
    root, problems = _read_json(text)
    if root is None:
        return {}, problems
    if not isinstance(root.value, dict):
        return {}, [Problem(1, "no mapping", 'write it as { "id": ... }')]
    return root.value, problems


def _read_json(text: str) -> tuple[Node | None, list[Problem]]:
    try:
        json.loads(text, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        return None, [Problem(error.lineno, f"broken JSON: {error.msg}", "mend it; a JSON checker shows the place")]
    except RecursionError:
        return None, [Problem(1, f"nested deeper than {MAX_DEPTH} levels", "write it flatter")]
    try:
        return _build_nodes(text), []
    except _Refused as error:
        return None, [error.args[0]]


class _Refused(Exception):
    """JSON that other readers take and we do not; carries the Problem."""


def _build_nodes(text: str) -> Node:
    """Return valid JSON as nodes with their lines. Raises _Refused for a duplicate key, NaN, and too many levels."""
    around: list[list[Node] | dict[str, Node]] = []
    root: list[Node] = []
    container: list[Node] | dict[str, Node] = root
    key: str | None = None
    line, passed = 1, 0
    key_line = 1
    for match in _TOKEN.finditer(text):
        line += text.count("\n", passed, match.start())
        passed = match.start()
        token = match.group()
        if token in ",:":
            continue
        if token in "}]":
            container = around.pop()
            continue
        if type(container) is list:
            node = _start_node(token, line, line)
            container.append(node)
        elif type(container) is dict:
            if key is None:
                key, key_line = _read_key(token, line, container), line
                continue
            node = container[key] = _start_node(token, line, key_line)
            key = None
        if not isinstance(node.value, str):
            around.append(container)
            _check_depth(around, line)
            container = node.value
    return root[0]


def _read_key(token: str, line: int, mapping: dict[str, Node]) -> str:
    key = _read_string(token)
    if key in mapping:
        raise _Refused(Problem(line, f"the key {key!r} stands twice in one mapping", "keep one of the two"))
    return key


def _start_node(token: str, line: int, place: int) -> Node:
    """Return the node at `place` that a token in `line` is, or begins."""
    if token == "{":
        return Node({}, place)
    return Node([] if token == "[" else _read_scalar(token, line), place)


def _check_depth(around: list[list[Node] | dict[str, Node]], line: int) -> None:
    if len(around) > MAX_DEPTH:
        raise _Refused(Problem(line, f"nested deeper than {MAX_DEPTH} levels", "write it flatter"))


def _read_scalar(token: str, line: int) -> str:
    if token.startswith('"'):
        return _read_string(token)
    if token in _NO_VALUES:
        raise _Refused(Problem(line, f"{token} is no value", "write a text or a number"))
    return _WORDS.get(token, token)


def _read_string(token: str) -> str:
    """Return the text of a JSON string; half a surrogate pair, which no file can hold, is replaced."""
    if "\\" not in token:
        return token[1:-1]
    return str(json.loads(token)).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
