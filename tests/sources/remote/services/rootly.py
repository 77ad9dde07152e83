"""Rootly: two pages of retrospectives, two of incidents with their action items, and the items of one incident."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from pytest_postmortem.sources.snapshot import Record
from tests.sources.http.loopback import Asked, answer
from tests.sources.remote.example import Example

WEB = "https://rootly.com/account"
TICKETS = "https://acme.atlassian.net/browse"
MADE = {"created_at": "2026-02-12T01:00:00.000-07:00", "updated_at": "2026-02-14T09:00:00.000-07:00"}


def resource(of: str, key: str, **attributes: Any) -> dict[str, Any]:
    """One thing, with the fields that are always there."""
    return {"id": key, "type": of, "attributes": {**attributes, **MADE}}


def retrospective(key: str, incident: str, title: str, **more: Any) -> dict[str, Any]:
    return resource("incident_post_mortems", key, incident_id=incident, title=title, status="published", **more)


def incident(key: str, number: int, linked: list[str] | None, **more: Any) -> dict[str, Any]:
    """An incident, and which action items are its own where it says so."""
    data = [{"id": one, "type": "incident_action_items"} for one in linked or ()]
    told = {"sequential_id": number, "title": "Checkout down", "slug": "checkout-down", "kind": "normal", **more}
    relationships = {"action_items": {"data": data} if linked is not None else {}}
    return {**resource("incidents", key, **told), "relationships": relationships}


def item(key: str, summary: str, **more: Any) -> dict[str, Any]:
    return resource("incident_action_items", key, summary=summary, **{"kind": "follow_up", "status": "open", **more})


def within(kind: str, name: str) -> dict[str, Any]:
    """A thing that is told whole within another one."""
    return {"data": resource(kind, f"id-{name}", name=name)}


RETROSPECTIVES = [
    [
        retrospective(
            "P1",
            "I12",
            "Checkout queue overflow",
            content="<h2>Root cause</h2><p>No limit &amp; no alert.</p>",
            started_at="2026-02-11T23:10:00.000-07:00",
            url=f"{WEB}/post_mortems/checkout-queue-overflow",
        )
    ],
    [retrospective("P2", "I9", "Slow search", content=None, started_at=None)],
]
INCIDENTS = [
    [incident("I13", 13, ["A40"])],
    [
        incident("I12", 12, ["A20", "A21", "A22"], severity=within("severities", "SEV1"), services=[within("services", "checkout")]),
        incident("I9", 9, None, started_at="2026-02-10T08:00:00.000-07:00"),
    ],
]  # fmt: skip
INCLUDED = [
    [item("A40", "Of an incident without a retrospective")],
    [
        item("A20", "Limit the queue [test required]", status="in_progress", assigned_to_user_id=7, due_date="2026-03-01", jira_issue_url=f"{TICKETS}/OPS-20"),
        item("A21", "Restart it", kind="task"),
        item("A22", "Alert", status="cancelled", due_date=None),
    ],
]  # fmt: skip
OF_I9 = [[item("A30", "Add an index")], [item("A31", "Drop the old one", status="done")]]
LISTS = {
    "/v1/post_mortems": RETROSPECTIVES,
    "/v1/incidents": INCIDENTS,
    "/v1/incidents/I9/action_items": OF_I9,
}


def reply(asked: Asked) -> bytes:
    """The page that is asked for, with a link to the next one."""
    parts = urlsplit(asked.target)
    told = {key: value[0] for key, value in parse_qs(parts.query).items()}
    pages = LISTS.get(parts.path)
    number = int(told.get("page[number]", "1"))
    if pages is None or not 0 < number <= len(pages) or asked.headers["accept"] != "application/vnd.api+json":
        return answer({"errors": [{"title": "not found", "status": "404"}]}, "404 Not Found")
    following = f"{parts.path}?{urlencode({**told, 'page[number]': number + 1})}" if number < len(pages) else None
    links = {"self": asked.target, "first": parts.path, "prev": None, "next": following, "last": parts.path}
    included = {"included": INCLUDED[number - 1]} if told.get("include") == "action_items" else {}
    value = {"data": pages[number - 1], **included, "links": links, "meta": {"total_count": sum(map(len, pages))}}
    return answer(value, content_type="application/vnd.api+json; charset=utf-8")


EXAMPLE = Example(
    type="rootly",
    table={},
    beyond=("incident_id", "sequential_id", "url", "relationships", "included", "meta"),
    answer=reply,
    records=(
        Record(
            "P1",
            "## Root cause\n\nNo limit & no alert.",
            f"{WEB}/post_mortems/checkout-queue-overflow",
            {
                "id": "INC-12",
                "title": "Checkout queue overflow",
                "date": "2026-02-11",
                "created": "2026-02-12",
                "severity": "SEV1",
                "services": ["checkout"],
                "status": "published",
                "action_items": [
                    {
                        "id": "A20",
                        "action": "Limit the queue [test required]",
                        "status": "in_progress",
                        "owner": "user 7",
                        "due": "2026-03-01",
                        "ticket": f"{TICKETS}/OPS-20",
                    },
                    {"id": "A22", "action": "Alert", "status": "cancelled"},
                ],
            },
            MADE["updated_at"],
        ),
        Record(
            "P2",
            "",
            None,
            {
                "id": "INC-9",
                "title": "Slow search",
                "date": "2026-02-10",
                "created": "2026-02-12",
                "status": "published",
                "action_items": [
                    {"id": "A30", "action": "Add an index", "status": "open"},
                    {"id": "A31", "action": "Drop the old one", "status": "done"},
                ],
            },
            MADE["updated_at"],
        ),
    ),
)
