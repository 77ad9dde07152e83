"""GitHub: two pages of issues, two of sub-issues."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from pytest_postmortem.sources.snapshot import Record
from tests.sources.http.loopback import Asked, answer
from tests.sources.remote.example import Example

WEB = "https://github.com/acme/shop/issues"
API = "https://api.github.com/repos/acme/shop"


def issue(number: int, title: str, **more: Any) -> dict[str, Any]:
    """An issue with the fields that are always there."""
    return {
        "number": number,
        "title": title,
        "body": None,
        "state": "open",
        "state_reason": None,
        "labels": [{"name": "postmortem"}],
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "type": None,
        "created_at": "2026-02-11T09:00:00Z",
        "updated_at": "2026-02-12T09:00:00Z",
        "html_url": f"{WEB}/{number}",
        "repository_url": API,
        **more,
    }


PAGES = {
    "/repos/acme/shop/issues": [
        [
            issue(
                12,
                "PM-12: Checkout queue overflow",
                body="## Root cause\r\nNo limit.\r\n",
                state="closed",
                state_reason="completed",
                labels=[{"name": "postmortem"}, {"name": "sev:1"}, "service:checkout"],
                sub_issues_summary={"total": 3, "completed": 1, "percent_completed": 33},
            ),
            issue(15, "A pull request", pull_request={"url": f"{API}/pulls/15"}),
        ],
        [issue(9, "Slow search", body="- [ ] AI-1: Add an index [test required]")],
    ],
    "/repos/acme/shop/issues/12/sub_issues": [
        [
            issue(
                20,
                "Limit the queue",
                labels=[{"name": "Test-Required"}],
                assignees=[{"login": "jo"}],
                milestone={"due_on": "2026-03-01T08:00:00Z"},
            )
        ],
        [
            issue(21, "Alert", labels=[], state="closed", state_reason="not_planned"),
            issue(7, "Elsewhere", labels=[], repository_url="https://api.github.com/repos/acme/infra"),
        ],
    ],
}


def reply(asked: Asked) -> bytes:
    """The page that is asked for, with a link to the next one."""
    parts = urlsplit(asked.target)
    asked_for = parse_qs(parts.query)
    number = int(asked_for.get("page", ["1"])[0])
    pages = PAGES.get(parts.path)
    if pages is None:
        return answer({"message": "Not Found", "status": "404"}, "404 Not Found")
    if number < len(pages):
        link = f'<{parts.path}?page={number + 1}>; rel="next"'
        return answer(pages[number - 1], link=link)
    return answer(pages[number - 1])


EXAMPLE = Example(
    type="github",
    table={"repository": "acme/shop", "label": "postmortem"},
    answer=reply,
    quiet=lambda asked: answer([]) if "since=" in asked.target else answer(b"", "500 No"),
    records=(
        Record(
            "12",
            "## Root cause\nNo limit.",
            f"{WEB}/12",
            {
                "title": "PM-12: Checkout queue overflow",
                "created": "2026-02-11",
                "severity": "SEV1",
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
                    {"id": "#21", "action": "Alert", "status": "dropped", "ticket": f"{WEB}/21"},
                    {"id": "acme/infra#7", "action": "Elsewhere", "status": "open", "ticket": f"{WEB}/7"},
                ],
            },
        ),
        Record(
            "9",
            "- [ ] AI-1: Add an index [test required]",
            f"{WEB}/9",
            {"title": "Slow search", "created": "2026-02-11", "status": "open"},
        ),
    ),
)
