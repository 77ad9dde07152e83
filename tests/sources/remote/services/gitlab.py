"""GitLab: two pages of issues, two of labels, two of the issues with one of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from pytest_postmortem.sources.snapshot import Record
from tests.sources.http.loopback import Asked, answer
from tests.sources.remote.example import Example

WEB = "https://gitlab.com/acme/shop/-/issues"
PROJECT = "/api/v4/projects/acme%2Fshop"


def issue(number: int, title: str, **more: Any) -> dict[str, Any]:
    """An issue with the fields that matter."""
    return {
        "iid": number,
        "title": title,
        "description": None,
        "state": "opened",
        "labels": [],
        "assignees": [],
        "severity": "UNKNOWN",
        "created_at": "2026-02-11T09:00:00.000Z",
        "web_url": f"{WEB}/{number}",
        **more,
    }


def label(name: str) -> dict[str, Any]:
    """A label with the fields that matter."""
    return {"name": name, "is_project_label": True}


POST_MORTEMS = [
    [
        issue(
            12,
            "PM-12: Checkout queue overflow",
            description="## Root cause\r\nNo limit.\r\n",
            state="closed",
            severity="CRITICAL",
            labels=["postmortem", "service::checkout"],
        )
    ],
    [issue(9, "Slow search", description="- [ ] AI-1: Add an index [test required]", labels=["sev::2"])],
]
LABELS = [[label("postmortem"), label("postmortem::1")], [label("postmortem::12")]]
ITEMS = [
    [
        issue(12, "PM-12: Checkout queue overflow"),
        issue(
            20,
            "Limit the queue",
            labels=["postmortem::12", "Test-Required"],
            assignees=[{"username": "jo"}],
            due_date="2026-03-01",
        ),
    ],
    [
        issue(21, "Alert", state="closed", milestone={"due_date": "2026-04-01T00:00:00Z"}),
        issue(22, "Moved away", state="closed", moved_to_id=77),
    ],
]


def reply(asked: Asked) -> bytes:
    """The page that is asked for, with a link to the next one."""
    parts = urlsplit(asked.target)
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    pages = LABELS
    if parts.path == f"{PROJECT}/issues":
        pages = ITEMS if query.get("labels") == "postmortem::12" else POST_MORTEMS
    elif parts.path != f"{PROJECT}/labels":
        return answer({"message": "404 Project Not Found"}, "404 Not Found")
    number = int(query.get("page", "1"))
    total = str(sum(map(len, pages)))
    if number < len(pages):
        wanted = f"labels={query.get('labels', '')}&page={number + 1}"
        link = f'<{parts.path}?{wanted}>; rel="next"'
        return answer(pages[number - 1], link=link, x_total=total)
    return answer(pages[number - 1], x_total=total)


EXAMPLE = Example(
    type="gitlab",
    table={"project": "acme/shop", "issue-type": "incident"},
    answer=reply,
    quiet=lambda asked: answer([]) if "updated_after=" in asked.target else answer(b"", "500 No"),
    records=(
        Record(
            "12",
            "## Root cause\nNo limit.",
            f"{WEB}/12",
            {
                "title": "PM-12: Checkout queue overflow",
                "created": "2026-02-11",
                "severity": "CRITICAL",
                "services": ["checkout"],
                "status": "closed",
                "action_items": [
                    {
                        "id": "#20",
                        "action": "Limit the queue",
                        "status": "open",
                        "owner": "jo",
                        "due": "2026-03-01",
                        "test": "required",
                        "ticket": f"{WEB}/20",
                    },
                    {
                        "id": "#21",
                        "action": "Alert",
                        "status": "closed",
                        "due": "2026-04-01",
                        "ticket": f"{WEB}/21",
                    },
                    {"id": "#22", "action": "Moved away", "status": "open", "ticket": f"{WEB}/22"},
                ],
            },
        ),
        Record(
            "9",
            "- [ ] AI-1: Add an index [test required]",
            f"{WEB}/9",
            {"title": "Slow search", "created": "2026-02-11", "severity": "SEV2", "status": "open"},
        ),
    ),
)
