"""What a fetcher is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, ClassVar, Protocol, runtime_checkable

from pytest_postmortem.config.remotes import Remote
from pytest_postmortem.model.document import Format
from pytest_postmortem.sources.http import Client, Credentials
from pytest_postmortem.sources.snapshot import Record, Snapshot

__all__ = ["DataReader", "Fetcher", "Validated"]

DataReader = Callable[[str, Format, str], Any]
"""Reads a YAML or JSON text, whose origin it is told, into lists, mappings and texts. Raises SourceError.

It is handed in by whoever asks: this room does not know how documents are read.
"""


class Fetcher(Protocol):
    """Asks one service for post-mortems.

    `hosts` are those of the service itself: its token goes there without being asked. `base_url` is where its API is.
    """

    hosts: ClassVar[Collection[str]]
    base_url: str

    def __init__(self, remote: Remote) -> None: ...

    def credentials(self, token: str, environ: Mapping[str, str]) -> Credentials:
        """How the token goes out. Raises SourceError."""

    def records(self, client: Client, previous: Snapshot | None) -> Iterator[Record]:
        """Return every post-mortem, whole, in any order. Raises SourceError for an answer that is not as documented.

        What `previous` holds may be used where the service says that it has not changed.
        """

    def is_unchanged(self, client: Client, previous: Snapshot) -> bool:
        """Return whether nothing has changed since `previous`, by one request; False if the service cannot tell."""


@runtime_checkable
class Validated(Protocol):
    """A fetcher whose service tells by one answer how to ask later whether it still holds.

    `validators`, known when all records are read, are kept in the snapshot for `unchanged`: `etag`, `last-modified`.
    """

    validators: Mapping[str, str]
