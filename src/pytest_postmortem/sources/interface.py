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
    """A place where documents come from. `name` is unique among the sources of a run."""

    @property
    def name(self) -> str:
        """What messages call this source."""

    def listing(self) -> Listing:
        """Everything that is there, in a stable order. What cannot be read is a fault in it, never left out."""
