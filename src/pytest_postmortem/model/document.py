"""A text that may hold a post-mortem, before it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

__all__ = ["Document", "Format", "Skipped"]


class Format(Enum):
    """How a document is written."""

    MARKDOWN = "markdown"
    YAML = "yaml"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Document:
    """One file or remote record, listed but not opened.

    `origin` is what messages show: the path relative to the configuration's folder, with `/`.
    `folder` is the origin's folder; a key in a file name must be unique in it to serve as an id.
    `stem` is the file name without its extension; every document can be named by it.
    `configured` is true where the user named the source (unknown values are then faults, not hints).
    `load` opens and returns the text, and raises DocumentError where that cannot be done.
    """

    origin: str
    folder: str
    stem: str
    configured: bool
    load: Callable[[], str] = field(compare=False, repr=False)
    format: Format = Format.MARKDOWN
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file in a source that is not read, and why (shown in every report)."""

    origin: str
    reason: str
