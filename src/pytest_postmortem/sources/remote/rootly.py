"""Rootly: retrospectives, with their incidents and the follow-ups among the action items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import quote

from pytest_postmortem.config.remotes import Remote
from pytest_postmortem.sources.http import Client, Credentials
from pytest_postmortem.sources.remote.html import convert_html, is_html
from pytest_postmortem.sources.remote.incidents import Filed, assign_ids, find_primary_postmortems
from pytest_postmortem.sources.remote.json_value import JsonValue
from pytest_postmortem.sources.snapshot import Record, Snapshot

__all__ = ["Rootly"]

_HEADERS = {"Accept": "application/vnd.api+json"}
_PAGE = 100
_RETROSPECTIVES = "/v1/post_mortems"
_INCIDENTS = "/v1/incidents"
_PRACTICE = ("test", "test_sub", "example", "example_sub")
"""Kinds of incidents that never were."""
_INCLUDED = "action_items"
_NO_FOLLOW_UP = "task"


class Rootly:
    """The retrospectives of a team."""

    hosts: ClassVar = ("api.rootly.com",)

    def __init__(self, remote: Remote) -> None:
        self.base_url = remote.url or "https://api.rootly.com"
        self._variable = remote.token_env

    def credentials(self, token: str, environ: Mapping[str, str]) -> Credentials:
        """Return an API key."""
        return Credentials.bearer(token, self._variable)

    def records(self, client: Client, previous: Snapshot | None) -> Iterator[Record]:
        """Yield every retrospective but those of incidents that were practice."""
        found = [one for page in _fetch_pages(client, _RETROSPECTIVES) for one in page["data"].require_list()]
        incidents = _Incidents(client, {_incident_of(one) for one in found})
        bearing = find_primary_postmortems(map(_file, found))
        for one in found:
            key = one["id"].require_text()
            incident = incidents.get(_incident_of(one))
            told = incident["attributes"]
            if told["kind"].text() in _PRACTICE:
                continue
            own = one["attributes"]
            fields = {"id": key, **_fields(own, told)}
            if key in bearing:
                fields["id"] = f"INC-{told['sequential_id'].require_text()}"
                fields["action_items"] = _items(incidents.action_items(incident))
            content = own["content"].text()
            body = convert_html(content) if is_html(content) else content
            url = own["url"].text() or told["url"].text() or None
            yield Record(key, body, url, fields, own["updated_at"].text())

    def is_unchanged(self, client: Client, previous: Snapshot) -> bool:
        """No: an action item changes without its retrospective."""
        return False


class _Incidents:
    """The incidents with these ids, of the list until all are found; what it does not hold is asked for alone."""

    def __init__(self, client: Client, needed: set[str]) -> None:
        self._client = client
        self._found: dict[str, JsonValue] = {}
        self._included: dict[str, JsonValue] = {}
        if not needed:
            return
        for page in _fetch_pages(client, _INCIDENTS, {"sort": "-created_at", "include": _INCLUDED}):
            self._keep(page, needed)
            if len(self._found) == len(needed):
                return

    def _keep(self, page: JsonValue, needed: set[str]) -> None:
        for one in page["data"].require_list():
            if (key := one["id"].require_text()) in needed:
                self._found[key] = one
        for one in page["included"].iterate():
            if one["type"].text() == "incident_action_items":
                self._included[one["id"].require_text()] = one

    def get(self, key: str) -> JsonValue:
        """Return the incident with this id."""
        if key not in self._found:
            answer = self._client.get(f"{_INCIDENTS}/{quote(key, safe='')}", headers=_HEADERS)
            self._found[key] = JsonValue(answer.data, answer.url)["data"]
        return self._found[key]

    def action_items(self, incident: JsonValue) -> list[JsonValue]:
        """Its action items: those that came with it, where it says which and all of them came; else by their list."""
        linked = incident["relationships"]["action_items"]["data"]
        keys = [one["id"].require_text() for one in linked.iterate()]
        if linked and all(key in self._included for key in keys):
            return [self._included[key] for key in keys]
        path = f"{_INCIDENTS}/{quote(incident['id'].require_text(), safe='')}/action_items"
        return [one for page in _fetch_pages(self._client, path) for one in page["data"].require_list()]


def _fetch_pages(client: Client, path: str, params: Mapping[str, str] | None = None) -> Iterator[JsonValue]:
    """Yield the pages of a list."""
    answer = client.get(path, {"page[number]": 1, "page[size]": _PAGE, **(params or {})}, headers=_HEADERS)
    pages = client.pages(first=answer.url)
    while True:
        shape = JsonValue(answer.data, answer.url)
        yield shape
        reference = shape["links"]["next"].text()
        following = client.follow(answer, reference) if reference else None
        if not pages.advance(following, len(shape["data"].require_list())) or following is None:
            pages.check_total(shape["meta"]["total_count"].number())
            return
        answer = client.get(following, headers=_HEADERS)


def _incident_of(retrospective: JsonValue) -> str:
    return retrospective["attributes"]["incident_id"].require_text()


def _file(retrospective: JsonValue) -> Filed:
    made = retrospective["attributes"]["created_at"].text()
    return Filed(_incident_of(retrospective), (made,), retrospective["id"].require_text())


def _fields(own: JsonValue, incident: JsonValue) -> dict[str, Any]:
    return {
        "title": own["title"].text() or incident["title"].text(),
        "date": own["started_at"].day() or incident["started_at"].day(),
        "created": own["created_at"].day(),
        "severity": _name(incident["severity"]),
        "services": [name for one in incident["services"].iterate() if (name := _name(one))],
        "status": own["status"].text(),
    }


def _name(told: JsonValue) -> str:
    """Return the name of what is told whole within another thing."""
    return told["data"]["attributes"]["name"].text()


def _items(found: list[JsonValue]) -> list[dict[str, Any]]:
    """Return the follow-ups; an item that is of no kind is one, too."""
    follow_ups = (one for one in found if one["attributes"]["kind"].text() != _NO_FOLLOW_UP)
    return assign_ids([(one["id"].require_text(), _item(one["attributes"])) for one in follow_ups])


def _item(told: JsonValue) -> dict[str, Any]:
    due = told["due_date"]
    return {
        "id": told["jira_issue_key"].text(),
        "action": told["summary"].text(),
        "status": told["status"].text(),
        "owner": _owner(told),
        "due": due.day() or due.text(),
        "ticket": told["jira_issue_url"].text(),
    }


def _owner(told: JsonValue) -> str:
    """Return the name of the assigned user, or the number, which is all that older answers say."""
    number = told["assigned_to_user_id"].text()
    return _name(told["assigned_to"]) or told["assigned_to"]["name"].text() or (f"user {number}" if number else "")
