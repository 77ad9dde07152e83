"""incident.io: two pages of documents, two of incidents, all follow-ups at once."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from pytest_postmortem.sources.snapshot import Record
from tests.sources.http.loopback import Asked, answer
from tests.sources.remote.example import Example

WEB = "https://app.incident.io/acme/incidents"
TICKETS = "https://acme.atlassian.net/browse"
STATUS = {
    "id": "ST1",
    "name": "Closed",
    "category": "closed",
    "description": "",
    "rank": 9,
    "created_at": "2025-01-01T00:00:00Z",
    "updated_at": "2025-01-01T00:00:00Z",
}


def document(key: str, incident: str, title: str, **more: Any) -> dict[str, Any]:
    """A document with the fields that are always there."""
    return {
        "id": key,
        "incident_id": incident,
        "title": title,
        "status": "completed",
        "type": "in_app",
        "document_url": f"{WEB}/{incident}/post-mortems/{key}",
        "exported_urls": [],
        "editors": [],
        "created_at": "2026-02-13T09:00:00Z",
        "updated_at": "2026-02-14T09:00:00Z",
        **more,
    }


def incident(key: str, number: int, **more: Any) -> dict[str, Any]:
    """An incident with the fields that are always there."""
    return {
        "id": key,
        "reference": f"INC-{number}",
        "name": "Checkout down",
        "permalink": f"{WEB}/{number}",
        "mode": "standard",
        "visibility": "public",
        "creator": {},
        "incident_status": STATUS,
        "incident_role_assignments": [],
        "custom_field_entries": [],
        "slack_channel_id": "C1",
        "slack_team_id": "T1",
        "created_at": "2026-02-12T01:00:00Z",
        "updated_at": "2026-02-12T01:00:00Z",
        **more,
    }


def follow_up(key: str, incident: str, title: str, **more: Any) -> dict[str, Any]:
    """A follow-up with the fields that are always there."""
    return {
        "id": key,
        "incident_id": incident,
        "title": title,
        "status": "outstanding",
        "labels": [],
        "creator": {},
        "created_at": "2026-02-13T09:00:00Z",
        "updated_at": "2026-02-13T09:00:00Z",
        **more,
    }


def issue(name: str) -> dict[str, str]:
    return {"provider": "jira", "issue_name": name, "issue_permalink": f"{TICKETS}/{name}"}


def timestamp(name: str, value: str) -> dict[str, Any]:
    return {"incident_timestamp": {"id": f"T-{name}", "name": name, "rank": 1}, "value": {"value": value}}


DOCUMENTS = [
    [document("DOC1", "I12", "INC-12: Checkout queue overflow")],
    [
        document("DOC2", "I12", "INC-12: The vendor's side", created_at="2026-02-20T09:00:00Z"),
        document("DOC3", "I9", "Slow search", type="external", status="in_review"),
    ],
]
CONTENT = {
    "DOC1": "# Checkout queue overflow\r\n\r\n## Root cause\r\n\r\nNo limit.",
    "DOC2": "## Action items\n\n- [ ] AI-1: Ask the vendor [test required]",
}
SEVERITY = {
    "id": "SEV",
    "name": "SEV1",
    "rank": 3,
    "description": "",
    "created_at": "2025-01-01T00:00:00Z",
    "updated_at": "2025-01-01T00:00:00Z",
}
FIELD = {"id": "F1", "name": "Affected services", "description": "", "field_type": "multi_select", "options": []}
INCIDENTS = [
    [incident("I13", 13), incident("I9", 9)],
    [
        incident(
            "I12",
            12,
            severity=SEVERITY,
            incident_timestamp_values=[
                timestamp("Reported at", "2026-02-12T00:30:00Z"),
                timestamp("Impact started", "2026-02-11T23:10:00Z"),
            ],
            custom_field_entries=[{"custom_field": FIELD, "values": [{"value_catalog_entry": {"id": "C1", "name": "checkout"}}]}],
        ),
    ],
]  # fmt: skip
FOLLOW_UPS = [
    follow_up(
        "F20",
        "I12",
        "Limit the queue",
        labels=["Test-Required"],
        assignee={"id": "U1", "name": "jo", "role": "responder"},
        external_issue_reference=issue("OPS-20"),
    ),
    follow_up("F21", "I12", "Alert", status="deleted", assignee_team={"id": "T1", "name": "payments"}),
    follow_up("F30", "I9", "Add an index [test required]"),
]


def reply(asked: Asked) -> bytes:
    """The page that is asked for, with the id that the next one comes after."""
    parts = urlsplit(asked.target)
    told = {key: value[0] for key, value in parse_qs(parts.query).items()}
    _, _, name, *rest = parts.path.split("/")
    match name, rest:
        case "postmortem_documents", []:
            return _page("postmortem_documents", DOCUMENTS, told)
        case "postmortem_documents", [key, "content"] if key in CONTENT:
            return answer({"markdown": CONTENT[key]})
        case "incidents", []:
            return _page("incidents", INCIDENTS, told, total_record_count=3)
        case "follow_ups", []:
            return answer({"follow_ups": FOLLOW_UPS})
    return answer({"type": "not_found", "status": 404, "errors": [{"message": "no such thing"}]}, "404 Not Found")


def _page(name: str, pages: list[list[dict[str, Any]]], told: dict[str, str], **more: int) -> bytes:
    last = [page[-1]["id"] for page in pages]
    place = last.index(told["after"]) + 1 if "after" in told else 0
    following = {"after": last[place]} if place + 1 < len(pages) else {}
    return answer({name: pages[place], "pagination_meta": {"page_size": 250, **following, **more}})


EXAMPLE = Example(
    type="incidentio",
    table={"services-field": "affected services"},
    answer=reply,
    records=(
        Record(
            "DOC1",
            "# Checkout queue overflow\n\n## Root cause\n\nNo limit.",
            f"{WEB}/I12/post-mortems/DOC1",
            {
                "id": "INC-12",
                "title": "INC-12: Checkout queue overflow",
                "date": "2026-02-11",
                "created": "2026-02-12",
                "severity": "SEV1",
                "services": ["checkout"],
                "status": "completed",
                "action_items": [
                    {
                        "id": "OPS-20",
                        "action": "Limit the queue",
                        "status": "outstanding",
                        "owner": "jo",
                        "test": "required",
                        "ticket": f"{TICKETS}/OPS-20",
                    },
                    {"id": "F21", "action": "Alert", "status": "dropped", "owner": "payments"},
                ],
            },
            "2026-02-14T09:00:00Z",
        ),
        Record(
            "DOC2",
            CONTENT["DOC2"],
            f"{WEB}/I12/post-mortems/DOC2",
            {
                "id": "DOC2",
                "title": "INC-12: The vendor's side",
                "date": "2026-02-11",
                "created": "2026-02-12",
                "severity": "SEV1",
                "services": ["checkout"],
                "status": "completed",
            },
            "2026-02-14T09:00:00Z",
        ),
        Record(
            "DOC3",
            "",
            f"{WEB}/I9/post-mortems/DOC3",
            {
                "id": "INC-9",
                "title": "Slow search",
                "created": "2026-02-12",
                "status": "in_review",
                "action_items": [{"id": "F30", "action": "Add an index [test required]", "status": "outstanding"}],
            },
            "2026-02-14T09:00:00Z",
        ),
    ),
)
