"""What the census finds."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

__all__ = ["Kind", "Place"]


class Kind(Enum):
    """What a place is. Only an item of that very row accounts for a ROW; of each other kind but TEXT an item has one."""

    ROW = "row of a table"
    ITEM = "list item with words of its own"
    FIELD = "field of an item"
    TEXT = "text"


class Place(NamedTuple):
    """A place that asks for a test, at the 1-based `line` of the file; `text` is what asks, shortened."""

    line: int
    text: str
    kind: Kind = Kind.TEXT
