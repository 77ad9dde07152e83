"""A text that may hold a post-mortem, before it is read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

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
    `told` is None for a file. Of a remote record it is what the service says of it beside its text, by the keys of
    front matter, with lists and mappings as there, and `created`, the day on which the record was made.
    """

    origin: str
    folder: str
    stem: str
    configured: bool
    load: Callable[[], str] = field(compare=False, repr=False)
    format: Format = Format.MARKDOWN
    url: str | None = None
    told: Mapping[str, Any] | None = field(default=None, compare=False)

    def may_hold(self, names: Collection[str]) -> bool:
        """Return whether it contains one of `names`: no other can be found in it. Raises DocumentError."""
        texts = [self.load(), *_texts(self.told)]
        return any(name in text for text in texts for name in names)


def _texts(told: object) -> Iterator[str]:
    match told:
        case str():
            yield told
        case Mapping():
            yield from (text for inner in told.values() for text in _texts(inner))
        case list() | tuple():
            yield from (text for inner in told for text in _texts(inner))


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file in a source that is not read, and why (shown in every report)."""

    origin: str
    reason: str
