"""Read and write what was fetched from a remote source: one JSON file, used like a folder of documents."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from pytest_postmortem.config.remotes import Remote
from pytest_postmortem.errors import PostmortemError, SourceError
from pytest_postmortem.model.document import Document
from pytest_postmortem.sources.interface import Listing

__all__ = [
    "VERSION",
    "Record",
    "Snapshot",
    "SnapshotSource",
    "build_query",
    "dump_snapshot",
    "normalise_records",
    "read_snapshot",
]

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


def build_query(remote: Remote) -> dict[str, Any]:
    """Return the query of a source as a snapshot contains it."""
    query: dict[str, Any] = _simplify(remote.query)
    return query


def dump_snapshot(name: str, snapshot: Snapshot) -> Iterator[str]:
    """Yield the snapshot as JSON in parts, a line a value and a line a line of text: changes read well as a diff."""
    values = {
        "version": VERSION,
        "source": name,
        "query": _simplify(snapshot.query),
        "fetched": snapshot.fetched,
        **({"validators": dict(snapshot.validators)} if snapshot.validators else {}),
        "count": len(snapshot.records),
        "sha256": _digest(map(_build_values, snapshot.records)),
    }
    yield json.dumps(values, indent=1, ensure_ascii=False).removesuffix("\n}") + ',\n "documents": ['
    for place, record in enumerate(snapshot.records):
        yield f"{',' if place else ''}\n  {_dump_record(record)}"
    yield "\n ]\n}\n" if snapshot.records else "]\n}\n"


def _dump_record(record: Record) -> str:
    """Return a record as JSON. Its lines are joined here: json takes ten times as long for them with an indent."""
    values = _build_values(record)
    lines = ",\n    ".join(map(json.JSONEncoder(ensure_ascii=False).encode, values.pop("body")))
    rest = json.dumps(values, indent=1, ensure_ascii=False).removesuffix("\n}").replace("\n", "\n  ")
    return f'{rest},\n   "body": [\n    {lines}\n   ]\n  }}'


def _build_values(record: Record) -> dict[str, Any]:
    values: dict[str, Any] = {"key": record.key, "url": record.url, "version": record.version}
    return {name: value for name, value in values.items() if value} | {
        "fields": _simplify(record.fields),
        "body": record.body.split("\n"),
    }


def _simplify(value: Any) -> Any:
    """Return a value in lists and dictionaries, as JSON gives it back."""
    match value:
        case Mapping():
            return {key: _simplify(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_simplify(inner) for inner in value]
    return value


def _digest(documents: Iterable[Any]) -> str:
    """SHA-256 (hex) of every document as JSON with sorted keys, a line each."""
    made = hashlib.sha256()
    for document in documents:
        made.update(json.dumps(document, sort_keys=True).encode() + b"\n")
    return made.hexdigest()


def read_snapshot(path: Path, origin: str, name: str) -> Snapshot | None:
    """Read the snapshot at `path`; None if there is no file. Raises SourceError for one that cannot be relied on."""
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
        return _parse_snapshot(text, origin, again)
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError) as error:
        raise SourceError(f"is no snapshot: {error!r:.80}", origin=origin, hint=again) from None


def _parse_snapshot(text: str, origin: str, again: str) -> Snapshot:
    """Parse a snapshot that is as `postmortem fetch` wrote it. Raises SourceError, ValueError, KeyError, TypeError."""
    values = json.loads(text)
    if values["version"] != VERSION:
        problem = f"has version {values['version']!r}, and this pytest-postmortem knows {VERSION}"
        raise SourceError(problem, origin=origin, hint=again)
    documents = values["documents"]
    if values["sha256"] != _digest(documents) or values["count"] != len(documents):
        raise SourceError("was changed by something else than `postmortem fetch`", origin=origin, hint=again)
    validators = values.get("validators", {})
    snapshot = Snapshot(values["query"], values["fetched"], tuple(map(_parse_record, documents)), validators)
    known = type(validators) is dict and all(type(value) is str for value in validators.values())
    if snapshot.moment.tzinfo is None or type(snapshot.query) is not dict or not known:
        raise TypeError("a value of another kind than expected")
    return snapshot


def _parse_record(values: Mapping[str, Any]) -> Record:
    body, fields = values["body"], values["fields"]
    texts = [values["key"], values.get("url", ""), values.get("version", ""), *body]
    if type(fields) is not dict or type(body) is not list or not all(type(text) is str for text in texts):
        raise TypeError("a value of another kind than expected")
    return Record(values["key"], "\n".join(body), values.get("url"), fields, values.get("version", ""))


class SnapshotSource:
    """The documents of a remote source, as they were when `postmortem fetch` asked for them."""

    def __init__(self, base: Path, remote: Remote, today: date) -> None:
        self.name = remote.name
        self._remote = remote
        self._path = base / remote.snapshot
        self._today = today

    def listing(self) -> Listing:
        """List every document; with an error if there is no snapshot, or none that counts."""
        path = self._remote.snapshot
        try:
            snapshot = read_snapshot(self._path, path, self.name)
            error = self._find_error(snapshot)
        except SourceError as unreadable:
            snapshot, error = None, unreadable
        errors: tuple[PostmortemError, ...] = () if error is None else (error,)
        if snapshot is None:
            return Listing(faults=errors, absent=(path,))
        return Listing(tuple(map(self._build_document, snapshot.records)), faults=errors, places=(path,))

    def _find_error(self, snapshot: Snapshot | None) -> SourceError | None:
        """Return what is wrong with a snapshot that can be read, or the error that there is none."""
        problem = ""
        if snapshot is None:
            problem = f"there is no snapshot of {self.name!r} yet"
        elif snapshot.query != build_query(self._remote):
            problem = f"the snapshot of {self.name!r} was fetched with another configuration"
        elif self._remote.max_age is not None:
            days = (self._today - snapshot.moment.date()).days
            if days > self._remote.max_age:
                problem = f"the snapshot of {self.name!r} is {days} days old, and max-age is {self._remote.max_age}"
        hint = f"postmortem fetch {self.name}"
        return SourceError(problem, origin=self._remote.snapshot, hint=hint) if problem else None

    def _build_document(self, record: Record) -> Document:
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


def normalise_records(records: Sequence[Record]) -> tuple[Record, ...]:
    """Return the records sorted by key, with texts that a file can contain. Raises SourceError for a repeated key."""

    def sort_key(record: Record) -> list[tuple[int, str]]:
        return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"([0-9]+)", record.key)]

    by_key: dict[str, Record] = {}
    for record in records:
        if by_key.setdefault(record.key, record) is not record:
            problem = f"two records have the key {record.key!r}"
            raise SourceError(problem, hint="nothing was kept: report it to the service")
    return tuple(
        replace(one, body=_unify_line_ends(_replace_surrogates(one.body)), fields=_replace_surrogates(one.fields))
        for one in sorted(by_key.values(), key=sort_key)
    )


def _unify_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _replace_surrogates(value: Any) -> Any:
    """Return a value without half surrogate pairs, which no file can contain."""
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case Mapping():
            return {
                str(_replace_surrogates(key)): _replace_surrogates(inner)
                for key, inner in value.items()
                if inner not in (None, "", (), [])
            }
        case list() | tuple():
            return [_replace_surrogates(inner) for inner in value]
    return value
