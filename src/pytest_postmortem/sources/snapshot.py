"""What was fetched from a remote source: one JSON file, which is read like a folder of documents."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from pytest_postmortem.config.remotes import Remote
from pytest_postmortem.errors import PostmortemError, SourceError
from pytest_postmortem.model.document import Document
from pytest_postmortem.sources.interface import Listing

__all__ = ["VERSION", "Record", "Snapshot", "SnapshotSource", "asked_of", "dumped", "read", "settled"]

VERSION = 1

_CLOCKS = timedelta(minutes=10)
"""How far our clock and a service's may be apart."""


@dataclass(frozen=True, slots=True)
class Record:
    """One post-mortem as a service holds it; `key` is unique in its source.

    `fields` have the keys of front matter, with texts, lists and mappings as there, and `created`, the day on which the
    record was made (ISO 8601). `body` is Markdown. `version` is what the service says of its last change, or "".
    """

    key: str
    body: str = ""
    url: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    version: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All records of a source, sorted by key as a reader counts (#9 before #10), and when they were asked for.

    `query` is what was asked for, `fetched` is ISO 8601 in UTC. `validators` are what the service said of its one
    answer (`etag`, `last-modified`), to ask later whether it still holds; none where it was more than one.
    """

    query: Mapping[str, Any]
    fetched: str
    records: tuple[Record, ...] = ()
    validators: Mapping[str, str] = field(default_factory=dict)

    @property
    def moment(self) -> datetime:
        """When the fetch began."""
        return datetime.fromisoformat(self.fetched)

    @property
    def surely_before(self) -> datetime:
        """A moment in UTC that was before the fetch by the service's clock, too."""
        return self.moment.astimezone(UTC) - _CLOCKS


def asked_of(remote: Remote) -> dict[str, Any]:
    """What is asked of a source, in the way in which a snapshot tells it."""
    said: dict[str, Any] = _plain(remote.query)
    return said


def dumped(name: str, snapshot: Snapshot) -> Iterator[str]:
    """The snapshot as JSON in parts, a line a value and a line a line of text: changes read well as a diff."""
    said = {
        "version": VERSION,
        "source": name,
        "query": _plain(snapshot.query),
        "fetched": snapshot.fetched,
        **({"validators": dict(snapshot.validators)} if snapshot.validators else {}),
        "count": len(snapshot.records),
        "sha256": _digest(map(_values, snapshot.records)),
    }
    yield json.dumps(said, indent=1, ensure_ascii=False).removesuffix("\n}") + ',\n "documents": ['
    for place, record in enumerate(snapshot.records):
        yield f"{',' if place else ''}\n  {_shown(record)}"
    yield "\n ]\n}\n" if snapshot.records else "]\n}\n"


def _shown(record: Record) -> str:
    """One record. Its lines are put together here: indented, they take json ten times as long."""
    values = _values(record)
    lines = ",\n    ".join(map(json.JSONEncoder(ensure_ascii=False).encode, values.pop("body")))
    rest = json.dumps(values, indent=1, ensure_ascii=False).removesuffix("\n}").replace("\n", "\n  ")
    return f'{rest},\n   "body": [\n    {lines}\n   ]\n  }}'


def _values(record: Record) -> dict[str, Any]:
    said: dict[str, Any] = {"key": record.key, "url": record.url, "version": record.version}
    return {name: value for name, value in said.items() if value} | {
        "fields": _plain(record.fields),
        "body": record.body.split("\n"),
    }


def _plain(value: Any) -> Any:
    """The same in lists and dictionaries, as JSON gives it back."""
    match value:
        case Mapping():
            return {key: _plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
    return value


def _digest(documents: Iterable[Any]) -> str:
    """SHA-256 (hex) of every document as JSON with sorted keys, a line each."""
    made = hashlib.sha256()
    for document in documents:
        made.update(json.dumps(document, sort_keys=True).encode() + b"\n")
    return made.hexdigest()


def read(path: Path, origin: str, name: str) -> Snapshot | None:
    """The snapshot at `path`; None where there is no file. Raises SourceError for one that cannot be relied on."""
    again = f"postmortem fetch {name}"
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise SourceError("is not UTF-8", origin=origin, hint=again) from None
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", origin=origin, hint="mend its permissions") from None
    try:
        said = json.loads(text)
        if said["version"] != VERSION:
            raise SourceError(
                f"has version {said['version']!r}, and this pytest-postmortem knows {VERSION}",
                origin=origin,
                hint=again,
            )
        documents = said["documents"]
        if said["sha256"] != _digest(documents) or said["count"] != len(documents):
            raise SourceError("was changed by something else than `postmortem fetch`", origin=origin, hint=again)
        validators = said.get("validators", {})
        snapshot = Snapshot(said["query"], said["fetched"], tuple(map(_record, documents)), validators)
        known = type(validators) is dict and all(type(value) is str for value in validators.values())
        if snapshot.moment.tzinfo is None or type(snapshot.query) is not dict or not known:
            raise TypeError("a value of another kind than expected")
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError) as error:
        raise SourceError(f"is no snapshot: {error!r:.80}", origin=origin, hint=again) from None
    return snapshot


def _record(said: Mapping[str, Any]) -> Record:
    body, fields = said["body"], said["fields"]
    texts = [said["key"], said.get("url", ""), said.get("version", ""), *body]
    if type(fields) is not dict or type(body) is not list or not all(type(text) is str for text in texts):
        raise TypeError("a value of another kind than expected")
    return Record(said["key"], "\n".join(body), said.get("url"), fields, said.get("version", ""))


class SnapshotSource:
    """The documents of a remote source, as they were when `postmortem fetch` asked for them."""

    def __init__(self, base: Path, remote: Remote, today: date) -> None:
        self.name = remote.name
        self._remote = remote
        self._path = base / remote.snapshot
        self._today = today

    def listing(self) -> Listing:
        """Every document; a fault where there is no snapshot, or none that counts."""
        where = self._remote.snapshot
        try:
            snapshot = read(self._path, where, self.name)
            fault = self._unfit(snapshot)
        except SourceError as error:
            snapshot, fault = None, error
        faults: tuple[PostmortemError, ...] = () if fault is None else (fault,)
        if snapshot is None:
            return Listing(faults=faults, absent=(where,))
        return Listing(tuple(map(self._document, snapshot.records)), faults=faults, places=(where,))

    def _unfit(self, snapshot: Snapshot | None) -> SourceError | None:
        """What is wrong with a snapshot that can be read, or the fault that there is none."""
        problem = ""
        if snapshot is None:
            problem = f"there is no snapshot of {self.name!r} yet"
        elif snapshot.query != asked_of(self._remote):
            problem = f"the snapshot of {self.name!r} was fetched with another configuration"
        elif self._remote.max_age is not None:
            days = (self._today - snapshot.moment.date()).days
            if days > self._remote.max_age:
                problem = f"the snapshot of {self.name!r} is {days} days old, and max-age is {self._remote.max_age}"
        hint = f"postmortem fetch {self.name}"
        return SourceError(problem, origin=self._remote.snapshot, hint=hint) if problem else None

    def _document(self, record: Record) -> Document:
        named = f"{self.name}#{record.key}"
        return Document(
            origin=named,
            folder=self.name,
            stem=named,
            configured=True,
            load=lambda: record.body,
            url=record.url,
            told=record.fields,
        )


def settled(records: Sequence[Record]) -> tuple[Record, ...]:
    """The records by their keys, their texts as a file can hold them. Raises SourceError for a key that comes twice."""
    import re

    def order(record: Record) -> list[tuple[int, str]]:
        return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"([0-9]+)", record.key)]

    found: dict[str, Record] = {}
    for record in records:
        if found.setdefault(record.key, record) is not record:
            problem = f"two records have the key {record.key!r}"
            raise SourceError(problem, hint="nothing was kept: report it to the service")
    return tuple(
        replace(one, body=_lines(_held(one.body)), fields=_held(one.fields))
        for one in sorted(found.values(), key=order)
    )


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _held(value: Any) -> Any:
    """The same without half surrogate pairs, which no file can hold."""
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case Mapping():
            return {str(_held(key)): _held(inner) for key, inner in value.items() if inner not in (None, "", (), [])}
        case list() | tuple():
            return [_held(inner) for inner in value]
    return value
