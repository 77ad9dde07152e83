"""What a fetcher is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import ClassVar, Protocol

from pytest_postmortem.config_remote import Remote
from pytest_postmortem.sources.http import Client, Credentials
from pytest_postmortem.sources.snapshot import Record, Snapshot

__all__ = ["Fetcher"]


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
        """Every post-mortem, whole, in any order. Raises SourceError for an answer that is not as documented.

        What `previous` holds may be used where the service says that it has not changed.
        """

    def unchanged(self, client: Client, previous: Snapshot) -> bool:
        """Whether nothing has changed since `previous`, by one request; False where the service cannot tell so."""
