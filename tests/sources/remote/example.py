"""A service that answers as its vendor documents, what is asked of it, and what it has to come to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from pytest_postmortem.config.remotes import Remote, parse_remotes
from pytest_postmortem.reading.syntax.data_file import read_values
from pytest_postmortem.sources.http import Limits
from pytest_postmortem.sources.remote.fetching import Fetched, FetchOptions, fetch
from pytest_postmortem.sources.remote.types import FETCHERS
from pytest_postmortem.sources.snapshot import Record, Snapshot
from tests.sources.http.loopback import CANARY, USER, Asked, Server, Slept

__all__ = ["SITE", "Example", "Place", "body_of", "examples", "fetched", "remote_at", "serving"]

HERE = Path(__file__).parent
SITE = "https://site.test"
"""Where links of a record lead that a fetcher makes out of `url`."""


@dataclass(frozen=True)
class Example:
    """`table` is the source's table in the configuration without name, url and token-env; `environ` what it needs beside.

    `answer` is the service: the bytes of the whole HTTP answer to a request, by `tests.sources.http.loopback.answer`.
    It has at least two pages wherever the service pages. `records` are what it has to come to, in any order. `header` is
    the request header (in lower case) that carries the token. `quiet` answers the one request of `unchanged` so that
    nothing has changed, and is None where the service cannot tell. Requests of the path `aside` are about the service
    and not about post-mortems. `beyond` are fields that the vendor's schemas do not describe, and its own examples or its
    format (JSON:API) have.
    """

    type: str
    table: Mapping[str, Any]
    answer: Callable[[Asked], bytes]
    records: tuple[Record, ...]
    environ: Mapping[str, str] = field(default_factory=dict)
    header: str = "authorization"
    quiet: Callable[[Asked], bytes] | None = None
    aside: str = "/no/such/path"
    beyond: tuple[str, ...] = ()


def examples() -> list[Example]:
    """One for each type that there is a file for in services/; each type has to have one."""
    there = {path.stem for path in (HERE / "services").glob("[a-z]*.py")}
    return [import_module(f"tests.sources.remote.services.{kind}").EXAMPLE for kind in FETCHERS if kind in there]


def remote_at(example: Example, origin: str, **more: Any) -> Remote:
    """The configured source, at a server of this machine."""
    table = {"name": "shop", "type": example.type, "url": origin, "token-env": "TRACKER_TOKEN", **example.table, **more}
    (remote,) = parse_remotes([table])
    return remote


@contextmanager
def serving(answer: Callable[[Asked], bytes]) -> Iterator[Server]:
    """A server on this machine that answers by `answer`."""
    with Server(lambda asked: asked.sock.sendall(answer(asked))) as server:
        yield server


@dataclass(frozen=True)
class Place:
    """Where something answers that is no server of ours."""

    origin: str


def fetched(
    example: Example,
    server: Server | Place,
    previous: Snapshot | None = None,
    *,
    limits: Limits | None = None,
    **more: Any,
) -> Fetched:
    """One fetch, with the canary as its token and a clock whose waits take no time."""
    asking = FetchOptions(
        clock=Slept().clock,
        read_data=read_values,
        variables={"TRACKER_TOKEN": CANARY, "TRACKER_USER": USER, **example.environ},
        allowed_hosts=(server.origin.partition("://")[2],),
        limits=limits or Limits(deadline_seconds=5),
        **more,
    )
    if previous is not None:
        previous = replace(previous, query={**previous.query, "url": server.origin})
    found = fetch(remote_at(example, server.origin), previous, asking, lambda number: None, HERE)
    records = tuple(_at_site(record, server.origin) for record in found.snapshot.records)
    return replace(found, snapshot=replace(found.snapshot, records=records))


def _at_site(record: Record, origin: str) -> Record:
    """The record with SITE in place of the server's address, which is another one each time."""
    said = json.dumps([record.url, record.body, record.fields]).replace(origin, SITE)
    url, body, fields = json.loads(said)
    return replace(record, url=url, body=body, fields=fields)


def body_of(reply: bytes) -> Any:
    """The JSON of a whole HTTP answer."""
    return json.loads(reply.partition(b"\r\n\r\n")[2])
