"""GitLab: the labels of the project, two pages of issues, and the issues of one label."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from pytest_postmortem.sources.snapshot import Record
from tests.sources.http.loopback import Asked, answer
from tests.sources.remote.example import Example

WEB = "https://gitlab.com/acme/shop/-/issues"
PROJECT = "/api/v4/projects/acme%2Fshop"


def issue(number: int, title: str, **more: Any) -> dict[str, Any]:
    """An issue with the fields that are always there."""
    return {
        "id": 1000 + number,
        "iid": number,
        "project_id": 7,
        "title": title,
        "description": None,
        "state": "opened",
        "labels": ["postmortem"],
        "assignees": [],
        "assignee": None,
        "due_date": None,
        "issue_type": "incident",
        "severity": "UNKNOWN",
        "created_at": "2026-02-11T09:00:00.000Z",
        "updated_at": "2026-02-12T09:00:00.000Z",
        "web_url": f"{WEB}/{number}",
        **more,
    }


LABELS = [{"id": 1, "name": "postmortem"}, {"id": 2, "name": "postmortem::12"}, {"id": 3, "name": "not-postmortem::9"}]
ISSUES = [
    [
        issue(
            12,
            "PM-12: Checkout queue overflow",
            description="## Root cause\n\nNo limit.",
            state="closed",
            severity="HIGH",
            labels=["postmortem", "service::checkout"],
        )
    ],
    [issue(9, "Slow search", labels=["postmortem", "sev::2"], description="- [ ] AI-1: Index [test required]")],
]
ITEMS = [
    issue(20, "Limit the queue", labels=["postmortem::12", "test-required"], assignees=[{"username": "jo"}], due_date="2026-03-01"),
    issue(21, "Alert", labels=["postmortem::12"], state="closed"),
]  # fmt: skip


def reply(asked: Asked) -> bytes:
    """The page that is asked for, with a link to the next one."""
    parts = urlsplit(asked.target)
    told = {key: value[0] for key, value in parse_qs(parts.query).items()}
    page = int(told.get("page", "1"))
    if parts.path == f"{PROJECT}/labels":
        return answer(LABELS)
    if parts.path != f"{PROJECT}/issues":
        return answer({"message": "404 Project Not Found"}, "404 Not Found")
    if told.get("labels") == "postmortem::12":
        return answer(ITEMS)
    if page < len(ISSUES):
        return answer(ISSUES[page - 1], link=f'<{parts.path}?page={page + 1}&labels=postmortem>; rel="next"')
    return answer(ISSUES[page - 1])


EXAMPLE = Example(
    type="gitlab",
    table={"project": "acme/shop", "label": "postmortem"},
    answer=reply,
    quiet=lambda asked: answer([]) if "updated_after=" in asked.target else answer(b"", "500 No"),
    records=(
        Record(
            "12",
            "## Root cause\n\nNo limit.",
            f"{WEB}/12",
            {
                "title": "PM-12: Checkout queue overflow",
                "created": "2026-02-11",
                "severity": "HIGH",
                "services": ["checkout"],
                "status": "closed",
                "action_items": [
                    {
                        "id": "#20",
                        "action": "Limit the queue",
                        "status": "opened",
                        "owner": "jo",
                        "due": "2026-03-01",
                        "test": "required",
                        "ticket": f"{WEB}/20",
                    },
                    {"id": "#21", "action": "Alert", "status": "closed", "ticket": f"{WEB}/21"},
                ],
            },
        ),
        Record(
            "9",
            "- [ ] AI-1: Index [test required]",
            f"{WEB}/9",
            {"title": "Slow search", "created": "2026-02-11", "severity": "SEV2", "status": "opened"},
        ),
    ),
)
