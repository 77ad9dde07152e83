"""Jira Cloud: two pages of post-mortems, then what is below them and what is linked; one is found by no search."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from pytest_postmortem.sources.snapshot import Record
from tests.sources.http.loopback import Asked, answer
from tests.sources.remote.example import SITE, Example

DATE = "customfield_10042"
CAUSE = "customfield_10043"
TEST = "customfield_10044"


def paragraph(*texts: str) -> dict[str, Any]:
    """A paragraph of the Atlassian Document Format."""
    return {"type": "paragraph", "content": [{"type": "text", "text": text} for text in texts]}


def document(*blocks: dict[str, Any]) -> dict[str, Any]:
    """A document of it."""
    return {"type": "doc", "version": 1, "content": list(blocks)}


def issue(key: str, summary: str, **fields: Any) -> dict[str, Any]:
    """An issue with the fields that are asked for."""
    return {
        "id": "1",
        "key": key,
        "self": f"https://acme.atlassian.net/x/{key}",
        "fields": {"summary": summary} | fields,
    }


def status(name: str, category: str) -> dict[str, Any]:
    """A status in its category."""
    return {"name": name, "statusCategory": {"id": 2, "key": category}}


FIRST = issue(
    "PM-12",
    "Checkout queue overflow",
    description=document(
        {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "Summary"}]},
        paragraph("Orders | were ", "lost."),
    ),
    status=status("Closed", "done"),
    priority={"name": "High"},
    components=[{"name": "checkout"}],
    created="2026-02-11T09:00:00.000+0000",
    subtasks=[{"key": "PM-20", "fields": {"summary": "Limit the queue"}}],
    issuelinks=[
        {"type": {"name": "Relates", "inward": "relates to"}, "outwardIssue": {"key": "OPS-7"}},
        {"type": {"name": "Relates", "inward": "relates to"}, "inwardIssue": {"key": "PM-9"}},
        {"type": {"name": "Relates", "inward": "relates to"}, "inwardIssue": {"key": "OLD-1"}},
    ],
    **{DATE: "2026-02-10", CAUSE: document(paragraph("No limit."))},
)
SECOND = issue(
    "PM-9",
    "Slow search",
    description=None,
    status=status("Open", "new"),
    priority=None,
    components=[],
    created="2026-02-01T09:00:00.000+0000",
    subtasks=[],
    issuelinks=[],
)
LIMIT = issue(
    "PM-20",
    "Limit the queue",
    status=status("In Progress", "indeterminate"),
    resolution=None,
    assignee={"accountId": "5b", "displayName": "Jo"},
    duedate="2026-03-01",
    labels=["Test-Required"],
    parent={"key": "PM-12"},
)
ALERT = issue(
    "OPS-7",
    "Alert",
    status=status("Closed", "done"),
    resolution={"name": "Won't Do"},
    labels=[],
    assignee=None,
    duedate=None,
    **{TEST: [{"value": "No"}]},
)
OLD = issue("OLD-1", "Archived", status=status("Done", "done"), labels=[])
QUERIES = {
    "type = PIR ORDER BY key ASC": {
        "": {"issues": [FIRST], "isLast": False, "nextPageToken": "more"},
        "more": {"issues": [SECOND], "isLast": True},
    },
    'parent in ("PM-12", "PM-9") ORDER BY key ASC': {"": {"issues": [LIMIT], "isLast": True}},
    'key in ("OPS-7", "OLD-1") ORDER BY key ASC': {"": {"issues": [ALERT], "isLast": True}},
    "updated >= -52w ORDER BY updated DESC": {
        "": {"issues": [issue("PM-1", "", updated="2027-01-15T10:30:00.000+0200")], "isLast": True}
    },
}


def reply(asked: Asked) -> bytes:
    """The page of the query that is asked for."""
    parts = urlsplit(asked.target)
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    if parts.path == "/rest/api/3/issue/OLD-1":
        return answer(OLD)
    pages = QUERIES.get(query.get("jql", "")) if parts.path == "/rest/api/3/search/jql" else None
    if pages is None:
        return answer({"errorMessages": ["Not there."], "errors": {}}, "404 Not Found")
    return answer(pages[query.get("nextPageToken", "")])


def quiet(asked: Asked) -> bytes:
    """The last change was long ago."""
    if "updated+DESC" not in asked.target:
        return answer(b"", "500 No")
    return answer({"issues": [issue("PM-1", "", updated="2027-01-15T07:45:00.000+0000")], "isLast": True})


EXAMPLE = Example(
    type="jira",
    table={
        "jql": "type = PIR",
        "user-env": "TRACKER_USER",
        "date-field": DATE,
        "root-cause-field": CAUSE,
        "test-field": TEST,
    },
    answer=reply,
    quiet=quiet,
    records=(
        Record(
            "PM-12",
            "## Summary\n\nOrders | were lost.",
            f"{SITE}/browse/PM-12",
            {
                "id": "PM-12",
                "title": "Checkout queue overflow",
                "date": "2026-02-10",
                "created": "2026-02-11",
                "severity": "High",
                "services": ["checkout"],
                "status": "Closed",
                "root_cause": "No limit.",
                "action_items": [
                    {
                        "id": "PM-20",
                        "action": "Limit the queue",
                        "status": "open",
                        "owner": "Jo",
                        "due": "2026-03-01",
                        "test": "required",
                        "ticket": f"{SITE}/browse/PM-20",
                    },
                    {
                        "id": "OPS-7",
                        "action": "Alert",
                        "status": "dropped",
                        "test": "No",
                        "ticket": f"{SITE}/browse/OPS-7",
                    },
                    {"id": "OLD-1", "action": "Archived", "status": "done", "ticket": f"{SITE}/browse/OLD-1"},
                ],
            },
        ),
        Record(
            "PM-9",
            "",
            f"{SITE}/browse/PM-9",
            {"id": "PM-9", "title": "Slow search", "created": "2026-02-01", "status": "Open"},
        ),
    ),
)
