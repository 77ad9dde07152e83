"""What a source of documents is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pytest_postmortem.errors import PostmortemError
from pytest_postmortem.model.document import Document, Skipped

__all__ = ["Listing", "Source"]


@dataclass(frozen=True, slots=True)
class Listing:
    """What a source holds, listed and not opened.

    `places` are the folders, files or addresses that were looked at and exist, `absent` those that do not.
    """

    documents: tuple[Document, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    faults: tuple[PostmortemError, ...] = ()
    places: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


class Source(Protocol):
    """A place where documents come from. `name` is unique among the sources of a run.

    One that can tell quickly which of its documents' stems begin with one of some names may have a method
    `beginning(names)` that returns the listing of these alone: it is asked first where markers are resolved.
    """

    @property
    def name(self) -> str:
        """What messages call this source."""

    def listing(self) -> Listing:
        """Everything that is there, in a stable order. What cannot be read is a fault in it, never left out."""
