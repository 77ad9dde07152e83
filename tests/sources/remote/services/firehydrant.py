"""FireHydrant: two pages of reports, two of tickets."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from pytest_postmortem.sources.snapshot import Record
from tests.sources.http.loopback import Asked, answer
from tests.sources.remote.example import Example

WEB = "https://app.firehydrant.io/incidents"
TICKETS = "https://acme.atlassian.net/browse"


def report(key: str, incident: str, number: int, title: str, **more: Any) -> dict[str, Any]:
    """A report of an incident."""
    return {
        "id": key,
        "name": title,
        "summary": "",
        "incident_id": incident,
        "created_at": "2026-02-13T09:00:00.000Z",
        "updated_at": "2026-02-14T09:00:00.000Z",
        "incident": {
            "id": incident,
            "number": number,
            "incident_url": f"{WEB}/{number}",
            "severity": "SEV1",
            "started_at": "2026-02-11T23:10:00.000Z",
            "current_milestone": "postmortem_completed",
            "services": [{"name": "checkout"}],
        },
        **more,
    }


def ticket(key: str, incident: str, title: str, **more: Any) -> dict[str, Any]:
    """A ticket, which is a follow-up."""
    return {"id": key, "incident_id": incident, "summary": title, "type": "follow_up", "state": "open", **more}


PAGES = {
    "/v1/post_mortems/reports": [
        [
            report(
                "R1",
                "I12",
                12,
                "Checkout queue overflow",
                summary="Checkout was down.",
                questions=[
                    {"title": "Root cause", "body": "No limit."},
                    {"title": "What is left?", "body": ""},
                ],
            )
        ],
        [report("R2", "I9", 9, "Slow search", questions={"title": "Action items", "body": "- [ ] AI-1: Index [test required]"})],
    ],
    "/v1/ticketing/tickets": [
        [
            ticket(
                "T20",
                "I12",
                "Limit the queue",
                state="in_progress",
                assignees=[{"name": "jo"}],
                due_at="2026-03-01T00:00:00.000Z",
                tag_list=["Test-Required"],
                link={"href_url": f"{TICKETS}/OPS-20"},
            ),
            ticket("T21", "I12", "Restart it", type="task"),
        ],
        [ticket("T22", "I12", "Alert", state="cancelled")],
    ],
}  # fmt: skip


def reply(asked: Asked) -> bytes:
    """The page that is asked for, with the number of the next one."""
    parts = urlsplit(asked.target)
    number = int(parse_qs(parts.query).get("page", ["1"])[0])
    pages = PAGES.get(parts.path)
    if pages is None or not 0 < number <= len(pages):
        return answer({"detail": "not found", "code": "not_found"}, "404 Not Found")
    return answer(
        {
            "data": pages[number - 1],
            "pagination": {
                "count": sum(map(len, pages)),
                "page": number,
                "pages": len(pages),
                "next": number + 1 if number < len(pages) else None,
            },
        }
    )


EXAMPLE = Example(
    type="firehydrant",
    table={},
    answer=reply,
    records=(
        Record(
            "R1",
            "## Summary\n\nCheckout was down.\n\n## Root cause\n\nNo limit.",
            f"{WEB}/12",
            {
                "id": "INC-12",
                "title": "Checkout queue overflow",
                "date": "2026-02-11",
                "created": "2026-02-13",
                "severity": "SEV1",
                "services": ["checkout"],
                "status": "postmortem_completed",
                "action_items": [
                    {
                        "id": "T20",
                        "action": "Limit the queue",
                        "status": "in_progress",
                        "owner": "jo",
                        "due": "2026-03-01",
                        "test": "required",
                        "ticket": f"{TICKETS}/OPS-20",
                    },
                    {"id": "T22", "action": "Alert", "status": "cancelled"},
                ],
            },
            "2026-02-14T09:00:00.000Z",
        ),
        Record(
            "R2",
            "## Action items\n\n- [ ] AI-1: Index [test required]",
            f"{WEB}/9",
            {
                "id": "INC-9",
                "title": "Slow search",
                "date": "2026-02-11",
                "created": "2026-02-13",
                "severity": "SEV1",
                "services": ["checkout"],
                "status": "postmortem_completed",
            },
            "2026-02-14T09:00:00.000Z",
        ),
    ),
)
