"""Jira, of the Cloud and in a data centre: issues are post-mortems, their sub-tasks and linked issues action items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from pytest_postmortem.config.remotes import Remote
from pytest_postmortem.errors import SourceError
from pytest_postmortem.sources.http import Client, Credentials
from pytest_postmortem.sources.remote.jira_fields import find_field_ids, parse_status, parse_text, parse_texts
from pytest_postmortem.sources.remote.jira_search import Search
from pytest_postmortem.sources.remote.json_value import JsonValue
from pytest_postmortem.sources.remote.labels import Labels
from pytest_postmortem.sources.remote.wiki import convert_wiki
from pytest_postmortem.sources.snapshot import Record, Snapshot

__all__ = ["Jira"]

_GATEWAY = "api.atlassian.com"
"""Where tokens with scopes go; it is not where issues are looked at."""
_FIELDS = ("summary", "description", "status", "created", "subtasks", "issuelinks")
_ITEM_FIELDS = ("summary", "status", "resolution", "assignee", "duedate", "labels", "parent")
_DEFAULTS = {"severity-field": "priority", "services-field": "components"}
_OF_POSTMORTEM = ("date-field", "severity-field", "services-field", "root-cause-field")
_OF_ITEM = ("test-field",)


class Jira:
    """The issues that a query finds. It is Jira Cloud where a user is configured, and else one in a data centre.

    A site's host is no host of the service's own: anybody can have one at atlassian.net.
    """

    hosts: ClassVar = ()

    def __init__(self, remote: Remote) -> None:
        self.base_url = remote.url
        self._variable = remote.token_env
        self._options: Mapping[str, Any] = {**_DEFAULTS, **remote.options}
        self._cloud = "user-env" in remote.options
        self._link_types = {name.casefold() for name in remote.options.get("link-type", ())}
        self._labels = Labels(remote.options)

    def credentials(self, token: str, environ: Mapping[str, str]) -> Credentials:
        """Return an API token with its user's address (Cloud), or a personal access token (data centre)."""
        if not self._cloud:
            return Credentials.bearer(token, self._variable)
        variable = self._options["user-env"]
        user = environ.get(variable, "").strip()
        if not user:
            raise SourceError("the variable is not set", origin=variable, hint="set it to the user's e-mail address")
        return Credentials.basic(user, token, self._variable)

    def records(self, client: Client, previous: Snapshot | None) -> Iterator[Record]:
        """Yield every issue that the query finds, with its action items."""
        search = Search(client, cloud=self._cloud)
        named = [self._options[option] for option in (*_OF_POSTMORTEM, *_OF_ITEM) if option in self._options]
        ids = find_field_ids(client, search.api, named)
        site = self._find_site(client, search)
        issues = list(
            search.find(self._options["jql"], dict.fromkeys([*_FIELDS, *self._select_ids(_OF_POSTMORTEM, ids)]))
        )
        fields = list(dict.fromkeys([*_ITEM_FIELDS, *self._select_ids(_OF_ITEM, ids)]))
        items = self._fetch_items(client, search, issues, fields)
        for issue in issues:
            action_items = [self._item(one, ids, site) for one in items[issue["key"].require_text()]]
            yield self._record(issue, ids, site, action_items)

    def is_unchanged(self, client: Client, previous: Snapshot) -> bool:
        """Return whether no issue has changed since, of all that are to be seen: action items may be in any project.

        By the time of the latest change, and not by a query for changes: a query takes times in the zone of the
        user's profile, and finds nothing with a wrong token, too. An issue that is deleted is not noticed.
        """
        try:
            latest = datetime.fromisoformat(Search(client, cloud=self._cloud).find_latest_change())
        except ValueError:
            return False
        return latest.tzinfo is not None and latest < previous.surely_before

    def _select_ids(self, options: Sequence[str], ids: Mapping[str, str]) -> list[str]:
        return [ids[self._options[option]] for option in options if option in self._options]

    def _find_site(self, client: Client, search: Search) -> str:
        """Where people look at issues."""
        if urlsplit(self.base_url).hostname != _GATEWAY:
            return self.base_url
        answer = client.get(f"{search.api}/serverInfo")
        return JsonValue(answer.data, answer.url)["baseUrl"].require_text().rstrip("/")

    def _fetch_items(
        self, client: Client, search: Search, issues: list[JsonValue], fields: list[str]
    ) -> dict[str, list[JsonValue]]:
        """Return the action items of each post-mortem, by its key: what is below it, then what is linked.

        An issue tells little of its sub-tasks and links, so they are asked for together, and one by one where the
        search does not bring them (an archived one, one that was made just now).
        """
        below: dict[str, dict[str, JsonValue]] = {issue["key"].require_text(): {} for issue in issues}
        for child in search.find_by_keys("parent", list(below), fields):
            parent = child["fields"]["parent"]["key"].require_text()
            if parent not in below:
                raise SourceError(
                    f"{parent} was not asked for", origin=child.origin, hint="nothing was kept: fetch again"
                )
            below[parent][child["key"].require_text()] = child
        named = {issue["key"].require_text(): self._list_named(issue, below) for issue in issues}
        others = self._fetch_others(client, search, [key for keys in named.values() for key in keys], fields)
        return {home: [*below[home].values(), *(others[key] for key in keys)] for home, keys in named.items()}

    def _list_named(self, issue: JsonValue, below: Mapping[str, Mapping[str, JsonValue]]) -> list[str]:
        """Return the keys that an issue names, without those `below` it and other post-mortems."""
        subtasks = (one["key"].require_text() for one in issue["fields"]["subtasks"].iterate())
        linked = (key for key in self._list_linked(issue) if key not in below)
        known = below[issue["key"].require_text()]
        return [key for key in dict.fromkeys((*subtasks, *linked)) if key not in known]

    def _fetch_others(
        self, client: Client, search: Search, keys: Iterable[str], fields: list[str]
    ) -> dict[str, JsonValue]:
        """Return these issues by key: those that a search finds, and the others one by one."""
        wanted = list(dict.fromkeys(keys))
        issues = {one["key"].require_text(): one for one in search.find_by_keys("key", wanted, fields)}
        for key in wanted:
            if key not in issues:
                answer = client.get(f"{search.api}/issue/{quote(key, safe='')}", {"fields": ",".join(fields)})
                issues[key] = JsonValue(answer.data, answer.url)
        return issues

    def _list_linked(self, issue: JsonValue) -> Iterator[str]:
        for link in issue["fields"]["issuelinks"].iterate():
            names = {link["type"][name].text().casefold() for name in ("name", "inward", "outward")}
            other = link["outwardIssue"] or link["inwardIssue"]
            if not self._link_types or names & self._link_types:
                yield other["key"].require_text()

    def _record(self, issue: JsonValue, ids: Mapping[str, str], site: str, items: list[dict[str, Any]]) -> Record:
        key, fields = issue["key"].require_text(), issue["fields"]

        def get_field(option: str) -> JsonValue:
            return fields[ids[self._options[option]]] if option in self._options else JsonValue(None, issue.origin)

        values: dict[str, Any] = {
            "id": key,
            "title": fields["summary"].text(),
            "date": get_field("date-field").day(),
            "created": fields["created"].day(),
            "severity": parse_text(get_field("severity-field")),
            "services": parse_texts(get_field("services-field")),
            "status": fields["status"]["name"].text(),
            "root_cause": self._convert_text(get_field("root-cause-field")),
            "action_items": items,
        }
        return Record(key, self._convert_text(fields["description"]), f"{site}/browse/{key}", values)

    def _convert_text(self, value: JsonValue) -> str:
        """Return a long text as Markdown."""
        return parse_text(value) if self._cloud else convert_wiki(parse_text(value))

    def _item(self, issue: JsonValue, ids: Mapping[str, str], site: str) -> dict[str, Any]:
        key, fields = issue["key"].require_text(), issue["fields"]
        labels = [label.text() for label in fields["labels"].iterate()]
        field = self._options.get("test-field")
        return {
            "id": key,
            "action": fields["summary"].text(),
            "status": parse_status(fields),
            "owner": fields["assignee"]["displayName"].text() or fields["assignee"]["name"].text(),
            "due": fields["duedate"].day(),
            "test": self._labels.test(labels) or (parse_text(fields[ids[field]]) if field else ""),
            "ticket": f"{site}/browse/{key}",
        }
