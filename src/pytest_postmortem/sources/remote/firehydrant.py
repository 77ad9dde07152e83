"""FireHydrant: retrospective reports, with their incidents and the follow-ups among the tickets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from pytest_postmortem.config.remotes import Remote
from pytest_postmortem.errors import SourceError
from pytest_postmortem.sources.http import Client, Credentials
from pytest_postmortem.sources.remote.incidents import Filed, assign_ids, find_primary_postmortems
from pytest_postmortem.sources.remote.json_value import JsonValue
from pytest_postmortem.sources.remote.labels import Labels
from pytest_postmortem.sources.snapshot import Record, Snapshot

__all__ = ["FireHydrant"]

_PAGE = 100
_REPORTS = "/v1/post_mortems/reports"
_TICKETS = "/v1/ticketing/tickets"
_NO_ACTION_ITEMS = ("incident", "task")
"""Types of tickets that are no follow-ups."""


class FireHydrant:
    """The retrospective reports of an organisation."""

    hosts: ClassVar = ("api.firehydrant.io",)

    def __init__(self, remote: Remote) -> None:
        self.base_url = remote.url or "https://api.firehydrant.io"
        self._variable = remote.token_env
        self._labels = Labels(remote.options)

    def credentials(self, token: str, environ: Mapping[str, str]) -> Credentials:
        """Return the token of a bot user, or one of one's own."""
        return Credentials.bearer(token, self._variable)

    def records(self, client: Client, previous: Snapshot | None) -> Iterator[Record]:
        """Yield every report, with the follow-ups of its incident."""
        reports = list(_fetch_all(client, _REPORTS))
        follow_ups = self._follow_ups(client) if reports else {}
        bearing = find_primary_postmortems(map(_file, reports))
        for report in reports:
            key = report["id"].require_text()
            incident = report["incident"]
            fields = {"id": key, **_fields(report, incident)}
            if key in bearing:
                number = incident["number"].text()
                fields["id"] = f"INC-{number}" if number else ""
                fields["action_items"] = follow_ups.get(_incident_of(report), [])
            url = incident["incident_url"].text() or None
            yield Record(key, _body(report), url, fields, report["updated_at"].text())

    def is_unchanged(self, client: Client, previous: Snapshot) -> bool:
        """No: a follow-up changes without its report."""
        return False

    def _follow_ups(self, client: Client) -> dict[str, list[dict[str, Any]]]:
        """Return the action items of each incident."""
        found: defaultdict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
        for ticket in _fetch_all(client, _TICKETS):
            if ticket["type"].text() not in _NO_ACTION_ITEMS:
                found[ticket["incident_id"].text()].append((ticket["id"].require_text(), self._item(ticket)))
        return {incident: assign_ids(items) for incident, items in found.items()}

    def _item(self, ticket: JsonValue) -> dict[str, Any]:
        due = ticket["due_at"]
        return {
            "id": "",
            "action": ticket["summary"].text(),
            "status": ticket["state"].text(),
            "owner": next((name for one in ticket["assignees"].iterate() if (name := one["name"].text())), ""),
            "due": due.day() or due.text(),
            "test": self._labels.test(one.text() for one in ticket["tag_list"].iterate()),
            "ticket": ticket["link"]["href_url"].text(),
        }


def _fetch_all(client: Client, path: str) -> Iterator[JsonValue]:
    """Everything of a list, whose pages are objects with `data` and `pagination`, or bare lists.

    Bare lists, which tell of no next page, end where a page brings nothing new: empty, or the first one again.
    """
    pages = client.pages(first=1)
    seen: set[str] = set()
    number: int | None = 1
    while number is not None:
        answer = client.get(path, {"page": number, "per_page": _PAGE})
        page = JsonValue(answer.data, answer.url)
        is_bare = isinstance(page.raw, list)
        values = {one["id"].require_text(): one for one in (page if is_bare else page["data"]).require_list()}
        new = [one for key, one in values.items() if key not in seen]
        if len(new) < len(values) and (new or not is_bare):
            hint = "nothing was kept: fetch again; some may have been added meanwhile"
            raise SourceError("a page holds what an earlier one held", origin=page.origin, hint=hint)
        yield from new
        seen.update(values)
        following, total = (number + 1 if new else None, None) if is_bare else _parse_pagination(page["pagination"])
        number = following if pages.advance(following, len(new)) else None
    pages.check_total(total)


def _parse_pagination(pagination: JsonValue) -> tuple[int | None, int | None]:
    """Return the number of the next page, and how many items there are on all of them."""
    return pagination["next"].number() or None, pagination["count"].number()


def _incident_of(report: JsonValue) -> str:
    """Return the id of the report's incident; its own if there is none, which no ticket names."""
    return report["incident_id"].text() or report["incident"]["id"].text() or report["id"].require_text()


def _file(report: JsonValue) -> Filed:
    return Filed(_incident_of(report), (report["created_at"].text(),), report["id"].require_text())


def _fields(report: JsonValue, incident: JsonValue) -> dict[str, Any]:
    return {
        "title": report["name"].text() or incident["name"].text(),
        "date": incident["started_at"].day(),
        "created": report["created_at"].day(),
        "severity": incident["severity"].text(),
        "services": [name for one in incident["services"].iterate() if (name := one["name"].text())],
        "status": incident["current_milestone"].text(),
    }


def _body(report: JsonValue) -> str:
    """Return the summary and the questions, each a section."""
    questions = report["questions"]
    several = questions.iterate() if isinstance(questions.raw, list) else [questions]
    asked = [(" ".join(one["title"].text().split()) or "Question", one["body"].text()) for one in several]
    sections = [("Summary", report["summary"].text()), *asked]
    return "\n\n".join(f"## {title}\n\n{text}" for title, text in sections if text)
