"""A feed: two pages of incidents with their action items, in nobody's format."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from pytest_postmortem.sources.snapshot import Record
from tests.sources.http.loopback import Asked, answer
from tests.sources.remote.example import Example

WEB = "https://tracker.example.org/incident"

FIRST: dict[str, Any] = {
    "number": 12,
    "summary": "Checkout queue overflow",
    "text": "## Root cause\r\nNo limit.",
    "opened": "2026-02-12.08:00:00",
    "when": {"happened": "2026-02-11 09:00:00"},
    "rank": 1,
    "state": {"name": "final"},
    "systems": [{"name": "checkout"}, {"name": "orders"}],
    "tasks": [
        {
            "nr": 1,
            "name": "Limit the queue",
            "done": "open",
            "who": {"username": "payments"},
            "until": "2026-03-01T08:00:00Z",
            "tested": True,
            "tags": [{"name": "backend"}],
        },
        {"nr": 2, "name": "Alert", "done": "done", "who": None, "tested": False, "tags": []},
        {"nr": 3, "name": "Retry policies", "done": "open", "tested": None, "tags": [{"name": "Test-Required"}]},
    ],
}
SECOND: dict[str, Any] = {"number": 9, "summary": "Slow search", "text": None, "systems": [], "tasks": None}


def reply(asked: Asked) -> bytes:
    """The first page names the second one in a key with an @."""
    if urlsplit(asked.target).path == "/":
        return answer({"collection": [FIRST], "@links": {"next": [{"uri": "/more"}]}, "@total": 2})
    return answer({"collection": [SECOND], "@links": {}, "@total": 2})


EXAMPLE = Example(
    type="feed",
    table={
        "items": "collection",
        "next": "@links.next.0.uri",
        "total": "@total",
        "map": {
            "key": "number",
            "title": "summary",
            "body": "text",
            "created": "opened",
            "date": "when.happened",
            "severity": "SEV{rank}",
            "status": "state.name",
            "services": "systems[].name",
            "url": WEB + "{number}",
        },
        "action-items": "tasks",
        "action-item-map": {
            "id": "nr",
            "action": "name",
            "status": "done",
            "owner": "who.username",
            "due": "until",
            "test": "tested",
            "labels": "tags[].name",
        },
    },
    answer=reply,
    records=(
        Record(
            "12",
            "## Root cause\nNo limit.",
            f"{WEB}12",
            {
                "title": "Checkout queue overflow",
                "created": "2026-02-12",
                "date": "2026-02-11",
                "severity": "SEV1",
                "status": "final",
                "services": ["checkout", "orders"],
                "action_items": [
                    {
                        "id": "1",
                        "action": "Limit the queue",
                        "status": "open",
                        "owner": "payments",
                        "due": "2026-03-01",
                        "test": "required",
                    },
                    {"id": "2", "action": "Alert", "status": "done", "test": "no"},
                    {"id": "3", "action": "Retry policies", "status": "open", "test": "required"},
                ],
            },
        ),
        Record("9", "", f"{WEB}9", {"title": "Slow search"}),
    ),
)
