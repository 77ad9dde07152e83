"""Values with the lines they stand on, whatever they were read from."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["MAX_DEPTH", "Node", "Problem"]

MAX_DEPTH = 32
"""How deep mappings and lists may be nested."""


class Node(NamedTuple):
    """A value and the 1-based line in the file where it (or its key) stands; mappings keep the order of the file."""

    value: str | list[Node] | dict[str, Node]
    line: int


class Problem(NamedTuple):
    """What is wrong at a line, and what to write instead."""

    line: int | None
    problem: str
    hint: str
