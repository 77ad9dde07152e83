"""Jira Cloud: the fields' names, two pages of what a query finds, and their sub-tasks and linked issues."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from pytest_postmortem.sources.snapshot import Record
from tests.sources.http.loopback import USER, Asked, answer
from tests.sources.remote.example import Example


def status(name: str, category: str) -> dict[str, Any]:
    return {"name": name, "statusCategory": {"key": category, "name": category}}


def paragraph(*texts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "paragraph", "content": list(texts)}


def text(said: str, *marks: str) -> dict[str, Any]:
    return {"type": "text", "text": said, "marks": [{"type": mark} for mark in marks]}


DESCRIPTION = {
    "type": "doc",
    "version": 1,
    "content": [
        {"type": "heading", "attrs": {"level": 2}, "content": [text("Root cause")]},
        paragraph(text("No "), text("limit", "strong"), text(".")),
    ],
}
PAGES: dict[str, dict[str, Any]] = {
    "": {
        "isLast": False,
        "nextPageToken": "page-2",
        "issues": [
            {
                "id": "1",
                "key": "OPS-3",
                "fields": {
                    "summary": "Checkout queue overflow",
                    "description": DESCRIPTION,
                    "status": status("Reviewed", "done"),
                    "created": "2026-02-12T09:00:00.000+0000",
                    "customfield_10042": "2026-02-11",
                    "customfield_10050": {"id": "7", "value": "SEV1"},
                    "components": [{"id": "1", "name": "checkout"}],
                    "labels": ["postmortem"],
                    "subtasks": [{"id": "2", "key": "OPS-4", "fields": {"summary": "Limit the queue"}}],
                    "issuelinks": [
                        {"type": {"name": "Relates"}, "outwardIssue": {"id": "3", "key": "WEB-9"}},
                        {"type": {"name": "Relates"}, "inwardIssue": {"id": "4", "key": "OPS-1"}},
                        {"type": {"name": "Blocks"}, "inwardIssue": {"id": "5", "key": "SECRET-1"}},
                    ],
                },
            }
        ],
    },
    "page-2": {
        "isLast": True,
        "issues": [
            {
                "id": "4",
                "key": "OPS-1",
                "fields": {
                    "summary": "Slow search",
                    "description": None,
                    "status": status("Draft", "new"),
                    "created": "2026-01-12T09:00:00.000+0000",
                },
            }
        ],
    },
}
ITEMS = {
    "isLast": True,
    "issues": [
        {
            "id": "2",
            "key": "OPS-4",
            "fields": {
                "summary": "Limit the queue",
                "status": status("Doing", "indeterminate"),
                "assignee": {"accountId": "x", "displayName": "jo"},
                "duedate": "2026-03-01",
                "labels": ["test-required"],
            },
        },
        {
            "id": "3",
            "key": "WEB-9",
            "fields": {"summary": "Alert", "status": status("Closed", "done"), "resolution": {"name": "Won't Do"}},
        },
    ],
}


def reply(asked: Asked) -> bytes:
    """The page that is asked for, by its token."""
    parts = urlsplit(asked.target)
    told = {key: value[0] for key, value in parse_qs(parts.query).items()}
    if parts.path == "/rest/api/3/field":
        return answer([{"id": "customfield_10042", "name": "Started"}, {"id": "customfield_10050", "name": "Severity"}])
    if parts.path != "/rest/api/3/search/jql":
        return answer({"errorMessages": ["Issue does not exist"], "errors": {}}, "404 Not Found")
    if told["jql"].startswith("key in"):
        return answer(ITEMS)
    return answer(PAGES[told.get("nextPageToken", "")])


def quiet(asked: Asked) -> bytes:
    asked_for = parse_qs(urlsplit(asked.target).query)
    still = asked_for["jql"] == ["updated >= -10m"] and asked_for["maxResults"] == ["1"]
    return answer({"isLast": True, "issues": []}) if still else answer(b"", "500 No")


def url(key: str) -> str:
    """Where the issue is to be read: replaced by the server's own address when it is compared."""
    return f"ORIGIN/browse/{key}"


EXAMPLE = Example(
    type="jira",
    table={
        "jql": "project = OPS and labels = postmortem",
        "user-env": "TRACKER_USER",
        "date-field": "started",
        "severity-field": "Severity",
    },
    environ={"TRACKER_USER": USER},
    aside="/rest/api/3/field",
    answer=reply,
    quiet=quiet,
    records=(
        Record(
            "OPS-3",
            "## Root cause\n\nNo **limit**.",
            url("OPS-3"),
            {
                "id": "OPS-3",
                "title": "Checkout queue overflow",
                "created": "2026-02-12",
                "date": "2026-02-11",
                "severity": "SEV1",
                "services": ["checkout"],
                "status": "Reviewed",
                "action_items": [
                    {
                        "id": "OPS-4",
                        "action": "Limit the queue",
                        "status": "open",
                        "owner": "jo",
                        "due": "2026-03-01",
                        "test": "required",
                        "ticket": url("OPS-4"),
                    },
                    {"id": "WEB-9", "action": "Alert", "status": "dropped", "ticket": url("WEB-9")},
                ],
            },
        ),
        Record(
            "OPS-1",
            "",
            url("OPS-1"),
            {"id": "OPS-1", "title": "Slow search", "created": "2026-01-12", "status": "Draft"},
        ),
    ),
)
