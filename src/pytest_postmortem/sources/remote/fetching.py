"""One fetch of one source: everything or nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from pytest_postmortem.config_remote import Remote
from pytest_postmortem.errors import SourceError
from pytest_postmortem.sources.http import Client, Clock, Credentials, Limits
from pytest_postmortem.sources.remote.interface import Fetcher
from pytest_postmortem.sources.remote.types import fetcher_of
from pytest_postmortem.sources.snapshot import Record, Snapshot, asked_of, settled

__all__ = ["Asking", "Fetched", "fetch"]


@dataclass(frozen=True, slots=True)
class Asking:
    """How sources are asked. `variables` are those of the environment, `allowed_hosts` further ones that get tokens.

    With `whole`, everything is asked for even where the service says that nothing has changed.
    """

    clock: Clock
    variables: Mapping[str, str] = field(repr=False)
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
    remote: Remote, previous: Snapshot | None, asking: Asking, progress: Callable[[int], None], base: Path
) -> Fetched:
    """Every record of a source; `progress` is called with how many there are so far.

    Raises SourceError: nothing is returned that is not whole, and nothing where there was something before.
    """
    fetcher = fetcher_of(remote)
    begun = datetime.fromtimestamp(int(asking.clock.epoch()), UTC).isoformat()
    known = previous if previous is not None and previous.query == asked_of(remote) else None
    with ExitStack() as closing:
        client = closing.enter_context(_client(remote, fetcher, asking))
        if known is not None and not asking.whole and fetcher.unchanged(client, known):
            return Fetched(replace(known, fetched=begun), previous, asked=False)
        records: list[Record] = []
        for record in fetcher.records(client, None if asking.whole else known):
            records.append(record)
            progress(len(records))
    if not records and not asking.allow_empty:
        before = f", and there were {len(previous.records)}" if previous and previous.records else ""
        raise SourceError(
            f"no post-mortem came{before}",
            origin=str(client.origin),
            hint="a wrong token or query can look like this; where it is true, use --allow-empty",
        )
    return Fetched(Snapshot(asked_of(remote), begun, settled(records)), previous)


def _client(remote: Remote, fetcher: Fetcher, asking: Asking) -> Client:
    return Client(
        fetcher.base_url,
        clock=asking.clock,
        environ=asking.variables,
        credentials=_credentials(remote, fetcher, asking.variables),
        own_hosts=fetcher.hosts,
        allowed_hosts=asking.allowed_hosts,
        limits=asking.limits,
    )


def _credentials(remote: Remote, fetcher: Fetcher, environ: Mapping[str, str]) -> Credentials | None:
    if not remote.token_env:
        return None
    token = environ.get(remote.token_env)
    if token is None:
        raise SourceError("the variable is not set", origin=remote.token_env, hint="set it to a token for this source")
    return fetcher.credentials(token, environ)
