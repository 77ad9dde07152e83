"""One fetch of one source: everything or nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from pytest_postmortem.config.remotes import Remote
from pytest_postmortem.errors import SourceError
from pytest_postmortem.sources.http import Client, Clock, Credentials, Limits
from pytest_postmortem.sources.remote.interface import DataReader, Fetcher, Validated
from pytest_postmortem.sources.remote.types import build_fetcher
from pytest_postmortem.sources.snapshot import Record, Snapshot, build_query, normalise_records

__all__ = ["FetchOptions", "Fetched", "fetch"]


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """How sources are asked. `variables` are those of the environment, `allowed_hosts` further ones that get tokens.

    `read_data` reads what is YAML, and files.
    With `whole`, everything is asked for even where the service says that nothing has changed.
    """

    clock: Clock
    variables: Mapping[str, str] = field(repr=False)
    read_data: DataReader
    allowed_hosts: Collection[str] = ()
    limits: Limits = field(default_factory=Limits)
    whole: bool = False
    allow_empty: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a fetch brought, beside what there was; `asked` is false where the service said that nothing has changed."""

    snapshot: Snapshot
    previous: Snapshot | None
    asked: bool = True

    @property
    def changes(self) -> tuple[int, int, int]:
        """How many records are new, changed and gone."""
        old = {one.key: one for one in self.previous.records} if self.previous else {}
        new = {one.key: one for one in self.snapshot.records}
        both = old.keys() & new.keys()
        return len(new) - len(both), sum(old[key] != new[key] for key in both), len(old) - len(both)

    @property
    def is_current(self) -> bool:
        """Whether there is nothing in it that the snapshot before it did not hold."""
        old = self.previous
        return old is not None and old.records == self.snapshot.records and old.query == self.snapshot.query

    @property
    def fell(self) -> bool:
        """Whether fewer than half of the records are left."""
        return self.previous is not None and 2 * len(self.snapshot.records) < len(self.previous.records)


def fetch(
    remote: Remote, previous: Snapshot | None, asking: FetchOptions, progress: Callable[[int], None], base: Path
) -> Fetched:
    """Return every record of a source; `progress` is called with how many there are so far.

    `base` is the folder of the configuration, where files are. Raises SourceError: nothing is returned that is not
    whole, and nothing where there was something before.
    """
    begun = datetime.fromtimestamp(int(asking.clock.epoch()), UTC).isoformat()
    if "file" in remote.options:
        records = _collect(_read_file(remote, base, asking), progress)
        return Fetched(_build_snapshot(remote, previous, asking, begun, records, remote.options["file"]), previous)
    fetcher = build_fetcher(remote, asking.read_data)
    known = previous if previous is not None and previous.query == build_query(remote) else None
    with _build_client(remote, fetcher, asking) as client:
        if known is not None and not asking.whole and fetcher.is_unchanged(client, known):
            return Fetched(replace(known, fetched=begun), previous, asked=False)
        records = _collect(fetcher.records(client, None if asking.whole else known), progress)
    snapshot = _build_snapshot(remote, previous, asking, begun, records, str(client.origin))
    if isinstance(fetcher, Validated):
        snapshot = replace(snapshot, validators=fetcher.validators)
    return Fetched(snapshot, previous)


def _collect(records: Iterable[Record], progress: Callable[[int], None]) -> list[Record]:
    found: list[Record] = []
    for record in records:
        found.append(record)
        progress(len(found))
    return found


def _build_snapshot(
    remote: Remote, previous: Snapshot | None, asking: FetchOptions, begun: str, records: Sequence[Record], origin: str
) -> Snapshot:
    """Return the snapshot of these records; none at all is a SourceError, unless the user says that it is true."""
    if not records and not asking.allow_empty:
        before = f", and there were {len(previous.records)}" if previous and previous.records else ""
        raise SourceError(
            f"no post-mortem came{before}",
            origin=origin,
            hint="a wrong token or query can look like this; where it is true, use --allow-empty",
        )
    return Snapshot(build_query(remote), begun, normalise_records(records))


def _read_file(remote: Remote, base: Path, asking: FetchOptions) -> Iterator[Record]:
    """Return the records in a file of the project: no client is made, no token is asked for."""
    from pytest_postmortem.sources.remote.feed import read_file_records

    return read_file_records(remote, base, asking.read_data)


def _build_client(remote: Remote, fetcher: Fetcher, asking: FetchOptions) -> Client:
    return Client(
        fetcher.base_url,
        clock=asking.clock,
        environ=asking.variables,
        credentials=_find_credentials(remote, fetcher, asking.variables),
        own_hosts=fetcher.hosts,
        allowed_hosts=asking.allowed_hosts,
        limits=asking.limits,
    )


def _find_credentials(remote: Remote, fetcher: Fetcher, environ: Mapping[str, str]) -> Credentials | None:
    if not remote.token_env:
        return None
    token = environ.get(remote.token_env)
    if token is None:
        raise SourceError("the variable is not set", origin=remote.token_env, hint="set it to a token for this source")
    return fetcher.credentials(token, environ)
