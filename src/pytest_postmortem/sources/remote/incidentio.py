"""incident.io: post-mortem documents in Markdown, with their incidents and follow-ups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import quote

from pytest_postmortem.config.remotes import Remote
from pytest_postmortem.sources.http import Client, Credentials
from pytest_postmortem.sources.remote.incidents import Filed, assign_ids, find_primary_postmortems
from pytest_postmortem.sources.remote.json_value import JsonValue
from pytest_postmortem.sources.remote.labels import Labels
from pytest_postmortem.sources.snapshot import Record, Snapshot

__all__ = ["IncidentIo"]

_PAGE = 250
_DOCUMENTS = "/v1/postmortem_documents"
_INCIDENTS = "/v2/incidents"
_FOLLOW_UPS = "/v2/follow_ups"
_PRACTICE = ("test", "tutorial")
"""Modes of incidents that never were; the service leaves them out of its own lists, too."""
_LISTED = ("", "standard", "retrospective")
"""Modes whose follow-ups come without being asked for by mode."""
_BEGAN = "impact started"
_DROPPED = ("deleted", "not_doing")


class IncidentIo:
    """The post-mortem documents of an organisation."""

    hosts: ClassVar = ("api.incident.io",)

    def __init__(self, remote: Remote) -> None:
        self.base_url = remote.url or "https://api.incident.io"
        self._variable = remote.token_env
        self._services: str = remote.options.get("services-field", "").casefold()
        self._labels = Labels(remote.options)

    def credentials(self, token: str, environ: Mapping[str, str]) -> Credentials:
        """Return an API key."""
        return Credentials.bearer(token, self._variable)

    def records(self, client: Client, previous: Snapshot | None) -> Iterator[Record]:
        """Yield every document but those of incidents that were practice."""
        documents = list(_fetch_all(client, _DOCUMENTS, "postmortem_documents", "created_at_oldest_first"))
        incidents = _fetch_incidents(client, {one["incident_id"].require_text() for one in documents})
        follow_ups = self._follow_ups(client, incidents) if incidents else {}
        known = {one.key: one for one in previous.records} if previous else {}
        bearing = find_primary_postmortems(map(_file, documents))
        for document in documents:
            key = document["id"].require_text()
            incident = incidents[document["incident_id"].require_text()]
            if incident["mode"].text() in _PRACTICE:
                continue
            fields = {"id": key, **self._fields(document, incident)}
            if key in bearing:
                fields["id"] = incident["reference"].require_text()
                fields["action_items"] = follow_ups.get(incident["id"].require_text(), [])
            url = document["document_url"].text() or incident["permalink"].text() or None
            version = document["updated_at"].text()
            yield Record(key, _body(client, document, version, known.get(key)), url, fields, version)

    def is_unchanged(self, client: Client, previous: Snapshot) -> bool:
        """No: a follow-up changes without its document."""
        return False

    def _follow_ups(self, client: Client, incidents: Mapping[str, JsonValue]) -> dict[str, list[dict[str, Any]]]:
        """Return the action items of each incident."""
        modes = {one["mode"].text() for one in incidents.values()}.difference(_LISTED, _PRACTICE)
        found: defaultdict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
        for params in ({}, *({"incident_mode": mode} for mode in sorted(modes))):
            answer = client.get(_FOLLOW_UPS, params)
            for one in JsonValue(answer.data, answer.url)["follow_ups"].require_list():
                found[one["incident_id"].require_text()].append((one["id"].require_text(), self._item(one)))
        return {incident: assign_ids(items) for incident, items in found.items()}

    def _item(self, follow_up: JsonValue) -> dict[str, Any]:
        issue = follow_up["external_issue_reference"]
        status = follow_up["status"].text()
        return {
            "id": issue["issue_name"].text(),
            "action": follow_up["title"].text(),
            "status": "dropped" if status in _DROPPED else status,
            "owner": follow_up["assignee"]["name"].text() or follow_up["assignee_team"]["name"].text(),
            "test": self._labels.test(one.text() for one in follow_up["labels"].iterate()),
            "ticket": issue["issue_permalink"].text(),
        }

    def _fields(self, document: JsonValue, incident: JsonValue) -> dict[str, Any]:
        return {
            "title": document["title"].text() or incident["name"].text(),
            "date": _began(incident),
            "created": incident["created_at"].day(),
            "severity": incident["severity"]["name"].text(),
            "services": self._services_of(incident) if self._services else [],
            "status": document["status"].text(),
        }

    def _services_of(self, incident: JsonValue) -> list[str]:
        entries = incident["custom_field_entries"].iterate()
        own = (one for one in entries if one["custom_field"]["name"].text().casefold() == self._services)
        return [text for entry in own for value in entry["values"].iterate() if (text := _value(value))]


def _fetch_all(client: Client, path: str, name: str, order: str) -> Iterator[JsonValue]:
    """Everything of a list in this order."""
    params: dict[str, str | int] = {"page_size": _PAGE, "sort_by": order}
    pages = client.pages()
    while True:
        answer = client.get(path, params)
        shape = JsonValue(answer.data, answer.url)
        found = shape[name].require_list()
        yield from found
        told = shape["pagination_meta"]
        after = told["after"].text()
        if not pages.advance(after, len(found)):
            pages.check_total(told["total_record_count"].number())
            return
        params = {**params, "after": after}


def _fetch_incidents(client: Client, needed: set[str]) -> dict[str, JsonValue]:
    """Return the incidents with these ids, from the list until all are found; others are fetched one by one."""
    found: dict[str, JsonValue] = {}
    if needed:
        for one in _fetch_all(client, _INCIDENTS, "incidents", "created_at_newest_first"):
            if (key := one["id"].require_text()) in needed:
                found[key] = one
                if len(found) == len(needed):
                    return found
    for key in sorted(needed - found.keys()):
        answer = client.get(f"{_INCIDENTS}/{quote(key, safe='')}")
        found[key] = JsonValue(answer.data, answer.url)["incident"]
    return found


def _file(document: JsonValue) -> Filed:
    """Return the place of a document: one with a text comes before one that is kept elsewhere, then the older one."""
    place = (str(_is_elsewhere(document)), document["created_at"].text())
    return Filed(document["incident_id"].require_text(), place, document["id"].require_text())


def _is_elsewhere(document: JsonValue) -> bool:
    return document["type"].text() == "external"


def _body(client: Client, document: JsonValue, version: str, known: Record | None) -> str:
    """Return the text as Markdown; "" for one that is kept elsewhere. One that has not changed is not fetched again."""
    if _is_elsewhere(document):
        return ""
    if known is not None and version and known.version == version:
        return known.body
    answer = client.get(f"{_DOCUMENTS}/{quote(document['id'].require_text(), safe='')}/content")
    markdown = JsonValue(answer.data, answer.url)["markdown"]
    return markdown.text() if markdown.is_text() else markdown.require_text()


def _began(incident: JsonValue) -> str:
    values = incident["incident_timestamp_values"].iterate()
    own = (one for one in values if one["incident_timestamp"]["name"].text().casefold() == _BEGAN)
    return next((one["value"]["value"].day() for one in own), "")


def _value(value: JsonValue) -> str:
    """Return the value of a custom field, of whatever kind the field is."""
    return (
        value["value_catalog_entry"]["name"].text()
        or value["value_option"]["value"].text()
        or value["value_text"].text()
        or value["value_numeric"].text()
        or value["value_link"].text()
    )
