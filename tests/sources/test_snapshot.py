"""Snapshots: written to be read as a diff, read only as they were written."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pytest_postmortem.config.remotes import Remote
from pytest_postmortem.errors import SourceError
from pytest_postmortem.sources.snapshot import (
    Record,
    Snapshot,
    SnapshotSource,
    dump_snapshot,
    normalise_records,
    read_snapshot,
)

REMOTE = Remote("shop", "rootly", snapshot=".postmortem/shop.json", max_age=7)
RECORDS = (
    Record("9", "# Slow\n\nsearch 検索", None, {"title": "Slow"}),
    Record("10", "", "https://example.org/10", {"services": ["a"], "action_items": [{"id": "#1"}]}, "2026-02-12"),
)
SNAPSHOT = Snapshot({"type": "rootly"}, "2026-06-01T08:00:00+00:00", RECORDS)
AGAIN = "; postmortem fetch shop"


def written(tmp_path: Path, text: str | bytes | None = None) -> Path:
    path = tmp_path / ".postmortem" / "shop.json"
    path.parent.mkdir(exist_ok=True)
    text = "".join(dump_snapshot("shop", SNAPSHOT)) if text is None else text
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Every value, in the same order; and a text in lines, as people read it."""
    path = written(tmp_path)
    assert read_snapshot(path, "shop.json", "shop") == SNAPSHOT
    assert (
        path.read_text(encoding="utf-8")
        == json.dumps(json.loads(path.read_bytes()), indent=1, ensure_ascii=False) + "\n"
    )
    assert '    "search 検索"\n' in path.read_text(encoding="utf-8")
    assert read_snapshot(tmp_path / "nothing.json", "shop.json", "shop") is None


def test_a_snapshot_is_the_same_however_the_service_sorts() -> None:
    """By keys as people count; line ends, half surrogate pairs and empty fields do not stay."""
    wild = Record("2", "a\r\nb\rc\ud800", None, {"x": "\udc00", "none": None, "empty": [], "in": {"y": "", "z": "1"}})
    records = [*RECORDS, Record("2b"), wild]
    assert (
        [one.key for one in normalise_records(records)]
        == [one.key for one in normalise_records(records[::-1])]
        == ["2", "2b", "9", "10"]
    )
    assert normalise_records([wild]) == (Record("2", "a\nb\nc\ufffd", None, {"x": "\ufffd", "in": {"z": "1"}}),)
    with pytest.raises(SourceError, match="two records have the key '9'"):
        normalise_records([*RECORDS, Record("9")])


def changed(**values: Any) -> Callable[[str], str]:
    return lambda text: json.dumps({**json.loads(text), **values})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text.replace("Slow", "Fast"), "was changed by something else than `postmortem fetch`"),
        (lambda text: text.replace('"count": 2', '"count": 1'), "was changed by something else than `postmortem fetch`"),
        (lambda text: text[:-40], "is no snapshot: JSONDecodeError"),
        (lambda text: "[" * 100_000, "is no snapshot: RecursionError"),
        (lambda text: "[]", "is no snapshot: TypeError"),
        (lambda text: "{}", "is no snapshot: KeyError('version')"),
        (changed(version=2), "has version 2, and this pytest-postmortem knows 1"),
        (changed(fetched="yesterday"), "is no snapshot: ValueError"),
        (changed(fetched="2026-06-01T08:00:00"), "is no snapshot: TypeError"),
        (changed(query=[]), "is no snapshot: TypeError"),
        (lambda text: b"\xff\xfe", "is not UTF-8"),
        (lambda text: "<<<<<<< ours\n" + text, "is no snapshot: JSONDecodeError"),
    ],
)  # fmt: skip
def test_what_cannot_be_relied_on_is_a_fault(tmp_path: Path, change: Callable[[str], str], told: str) -> None:
    """Of every document in it, with the command that makes it anew; none is read."""
    written(tmp_path, change("".join(dump_snapshot("shop", SNAPSHOT))))
    listing = SnapshotSource(tmp_path, REMOTE, date(2026, 6, 1)).listing()
    (fault,) = listing.faults
    assert str(fault).startswith(f".postmortem/shop.json: {told}")
    assert str(fault).endswith(AGAIN)
    assert (listing.documents, listing.absent) == ((), (".postmortem/shop.json",))


@pytest.mark.parametrize(
    "record", [{"key": 1}, {"body": "text"}, {"fields": []}, {"url": 1}, {"body": [1]}, {"version": 2}, {"key": None}]
)
def test_a_record_of_another_kind_is_a_fault(tmp_path: Path, record: dict[str, Any]) -> None:
    """Even where the hash agrees."""
    import hashlib

    said = json.loads("".join(dump_snapshot("shop", SNAPSHOT)))
    said["documents"][0].update(record)
    lines = "".join(json.dumps(one, sort_keys=True) + "\n" for one in said["documents"])
    said["sha256"] = hashlib.sha256(lines.encode()).hexdigest()
    with pytest.raises(SourceError, match="is no snapshot: TypeError"):
        read_snapshot(written(tmp_path, json.dumps(said)), "shop.json", "shop")


@pytest.mark.parametrize(
    ("remote", "today", "told"),
    [
        (REMOTE, date(2026, 6, 8), ""),
        (REMOTE, date(2026, 6, 9), "the snapshot of 'shop' is 8 days old, and max-age is 7"),
        (replace(REMOTE, max_age=None), date(2036, 6, 9), ""),
        (replace(REMOTE, url="https://example.org"), date(2026, 6, 1), "the snapshot of 'shop' was fetched with another configuration"),
        (replace(REMOTE, options={"test-label": ("t",)}), date(2026, 6, 1), "the snapshot of 'shop' was fetched with another configuration"),
        (replace(REMOTE, snapshot="none.json"), date(2026, 6, 1), "there is no snapshot of 'shop' yet"),
    ],
)  # fmt: skip
def test_a_snapshot_that_does_not_count(tmp_path: Path, remote: Remote, today: date, told: str) -> None:
    """Too old, of another query, or not there."""
    written(tmp_path)
    faults = SnapshotSource(tmp_path, remote, today).listing().faults
    assert [str(fault) for fault in faults] == ([f"{remote.snapshot}: {told}{AGAIN}"] if told else [])


def test_documents_of_a_snapshot(tmp_path: Path) -> None:
    """Named by source and key, with the address, and what the service says."""
    written(tmp_path)
    listing = SnapshotSource(tmp_path, REMOTE, date(2026, 6, 1)).listing()
    first, second = listing.documents
    assert (first.origin, first.stem, first.load(), first.configured) == (
        "shop#9",
        "shop#9",
        "# Slow\n\nsearch 検索",
        True,
    )
    assert (second.url, second.told) == ("https://example.org/10", RECORDS[1].fields)
    assert (first.may_hold({"検索"}), first.may_hold({"Slow"}), second.may_hold({"#1"}), second.may_hold({"#2"})) == (
        True,
        True,
        True,
        False,
    )
