"""The feed against a real server: Roundup, with a field map alone."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_postmortem.config.remotes import parse_remotes
from pytest_postmortem.errors import SourceError
from pytest_postmortem.reading.syntax.data_file import read_values
from pytest_postmortem.sources.http import Clock, Limits
from pytest_postmortem.sources.remote.fetching import FetchOptions, fetch
from pytest_postmortem.sources.snapshot import Record
from tests.sources.http.loopback import Slept

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Roundup needs pywin32 there")

PASSWORD = "a-password-of-jo"
FIELDS = "title,due,status.name,assignedto,keyword,postmortem,postmortem.title,postmortem.occurred,postmortem.cause"
TABLE: dict[str, Any] = {
    "name": "tracker",
    "type": "feed",
    "token-env": "ROUNDUP_PASSWORD",
    "user-env": "ROUNDUP_USER",
    "items": "data.collection",
    "next": "data.@links.next.0.uri",
    "total": "data.@total_size",
    "map": {
        "key": "postmortem.id",
        "title": '"postmortem.title"',
        "date": '"postmortem.occurred"',
        "root-cause": '"postmortem.cause"',
        "url": "https://tracker.example.org/issue{postmortem.id}",
    },
    "action-items": ".",
    "action-item-map": {
        "id": "id",
        "action": "title",
        "status": '"status.name"',
        "owner": "assignedto.username",
        "due": "due",
        "labels": "keyword[].name",
        "ticket": "https://tracker.example.org/issue{id}",
    },
}


@pytest.fixture(scope="module")
def trackers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The addresses of a tracker, and of its twin that lets a user ask four times an hour."""
    script = Path(__file__).with_name("roundup_tracker.py")
    command = [sys.executable, "-W", "ignore", str(script), str(tmp_path_factory.mktemp("roundup"))]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert process.stdout is not None
        free, limited = json.loads(process.stdout.readline())
        yield free, limited
    finally:
        process.kill()
        process.communicate()


def fetched(
    tracker: str, *, size: int = 2, password: str = PASSWORD, clock: Clock | None = None, **more: Any
) -> tuple[Record, ...]:
    """The records, `size` issues a page."""
    asked = f"keyword=action-item&@fields={FIELDS}&@verbose=2&@sort=id&@page_size={size}"
    (remote,) = parse_remotes([{**TABLE, "url": f"{tracker}rest/data/issue?{asked}", **more}])
    asking = FetchOptions(
        clock=clock or Clock(time.monotonic, time.sleep, time.time),
        variables={"ROUNDUP_USER": "jo", "ROUNDUP_PASSWORD": password},
        read_data=read_values,
        allowed_hosts=(tracker.split("/")[2],),
        limits=Limits(deadline_seconds=5),
    )
    return fetch(remote, None, asking, lambda number: None, Path()).snapshot.records


def test_issues_are_read_by_a_map(trackers: tuple[str, str]) -> None:
    """Three pages of action items that name their post-mortem become two post-mortems."""
    web = "https://tracker.example.org/issue"
    assert fetched(trackers[0]) == (
        Record(
            "1",
            "",
            f"{web}1",
            {
                "title": "Checkout queue overflow",
                "date": "2026-02-11",
                "root_cause": "No limit.",
                "action_items": [
                    {
                        "id": "3",
                        "action": "Limit the queue",
                        "status": "in-progress",
                        "owner": "jo",
                        "due": "2026-03-01",
                        "ticket": f"{web}3",
                        "test": "required",
                    },
                    {
                        "id": "4",
                        "action": "Alert on depth",
                        "status": "resolved",
                        "owner": "payments",
                        "due": "2026-03-08",
                        "ticket": f"{web}4",
                    },
                    {"id": "5", "action": "Write a runbook", "status": "unread", "ticket": f"{web}5"},
                ],
            },
        ),
        Record(
            "2",
            "",
            f"{web}2",
            {
                "title": "Slow search",
                "date": "2026-03-02",
                "action_items": [
                    {
                        "id": "6",
                        "action": "Add an index",
                        "status": "in-progress",
                        "owner": "jo",
                        "due": "2026-04-01",
                        "ticket": f"{web}6",
                        "test": "required",
                    },
                    {
                        "id": "7",
                        "action": "Measure it",
                        "status": "resolved",
                        "owner": "payments",
                        "ticket": f"{web}7",
                    },
                ],
            },
        ),
    )


def test_pages_do_not_matter(trackers: tuple[str, str]) -> None:
    """One issue a page, or all on one."""
    assert fetched(trackers[0], size=1) == fetched(trackers[0], size=50)


def test_a_next_page_that_is_not_found_is_noticed(trackers: tuple[str, str]) -> None:
    """By the total, which a list that ends with its first page does not come to."""
    with pytest.raises(SourceError, match="2 came of 5 that there are"):
        fetched(trackers[0], next="data.@link.next.0.uri")


def test_a_typo_is_told_with_what_is_there(trackers: tuple[str, str]) -> None:
    """The path, the keys beside it, and the nearest one."""
    items = {**TABLE["action-item-map"], "owner": "assignedto.usernme"}
    with pytest.raises(SourceError) as raised:
        fetched(trackers[0], **{"action-item-map": items})
    assert str(raised.value).endswith(
        "action-item-map.owner: `assignedto.usernme` is in no item, such as item 1; there are: id, link, username; "
        "did you mean `assignedto.username`?"
    )


def test_a_wrong_password(trackers: tuple[str, str]) -> None:
    """401 comes as text: one line, without the password."""
    with pytest.raises(SourceError, match=r"not let in \(401\).*ROUNDUP_PASSWORD is wrong") as raised:
        fetched(trackers[0], password="not-that-of-jo")
    assert "\n" not in str(raised.value)
    assert "not-that-of-jo" not in str(raised.value)


def test_a_quota_that_is_used_up(trackers: tuple[str, str]) -> None:
    """The fifth page is refused, and a quarter of an hour is too long to wait: told at once, nothing is kept."""
    slept = Slept()
    with pytest.raises(SourceError, match=r"too many requests \(429\).*come again in 15 minutes"):
        fetched(trackers[1], size=1, clock=slept.clock)
    assert slept.waits == []
