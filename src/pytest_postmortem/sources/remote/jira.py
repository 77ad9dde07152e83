"""Jira issues that a query finds; sub-tasks and linked issues are their action items."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from pytest_postmortem.config_remote import Remote
from pytest_postmortem.errors import SourceError
from pytest_postmortem.sources.http import Client, Credentials
from pytest_postmortem.sources.remote.adf import markdown
from pytest_postmortem.sources.remote.labels import Labels
from pytest_postmortem.sources.remote.shape import Shape
from pytest_postmortem.sources.remote.wiki_text import from_wiki
from pytest_postmortem.sources.snapshot import Record, Snapshot

__all__ = ["Jira"]

_PAGE = 100
_CLOCKS_MINUTES = 10
_KEY = re.compile(r"[A-Z][A-Z0-9_]*-[0-9]+")
_FIELD_ID = re.compile(r"[a-z]+|customfield_[0-9]+")
_OPEN = ("new", "indeterminate")
_FIELDS = ("summary", "description", "status", "created", "labels", "subtasks", "issuelinks")
_ITEM_FIELDS = ("summary", "status", "assignee", "duedate", "labels")
_DROPPED = ("won't do", "won't fix", "declined", "duplicate", "cannot reproduce", "rejected", "cancelled", "canceled")


class Jira:
    """What a JQL query finds: of Jira Cloud where there is a user, of a Data Center otherwise.

    No host is Jira's own: anybody can have a site below atlassian.net, so that the token's has to be allowed.
    """

    hosts: ClassVar = ()

    def __init__(self, remote: Remote) -> None:
        self.base_url = remote.url
        self._variable = remote.token_env
        self._options = remote.options
        self._labels = Labels(remote.options)
        self._cloud = "user-env" in remote.options
        self._api = "/rest/api/3" if self._cloud else "/rest/api/2"
        self._links = {name.casefold() for name in remote.options.get("item-links", ())}

    def credentials(self, token: str, environ: Mapping[str, str]) -> Credentials:
        """An API token with its user's e-mail address, or a personal access token of a Data Center."""
        if not self._cloud:
            return Credentials.bearer(token, self._variable)
        variable: str = self._options["user-env"]
        user = environ.get(variable, "").strip()
        if not user:
            raise SourceError("the variable is not set", origin=variable, hint="set it to the user's e-mail address")
        return Credentials.basic(user, token, self._variable)

    def records(self, client: Client, previous: Snapshot | None) -> Iterator[Record]:
        """Every issue that the query finds; its action items are asked for together, a page of them at a time."""
        named = self._named_fields(client)
        fields = (*_FIELDS, "priority", "components", *named.values())
        issues = list(self._search(client, self._options["jql"], fields))
        found = {issue["key"].needed() for issue in issues}
        wanted = {key: None for issue in issues for key in self._item_keys(issue) if key not in found}
        items = self._items(client, list(wanted), named)
        for issue in issues:
            yield self._record(issue, named, items)

    def unchanged(self, client: Client, previous: Snapshot) -> bool:
        """Whether no issue that the user may see has changed since; one that is deleted is not noticed."""
        minutes = int(client.epoch() - previous.moment.timestamp()) // 60 + _CLOCKS_MINUTES
        return not list(self._search(client, f"updated >= -{max(minutes, 1)}m", ("updated",), most=1))

    def _search(self, client: Client, jql: str, fields: Iterable[str], most: int = _PAGE) -> Iterator[Shape]:
        asked: dict[str, str | int] = {"jql": jql, "fields": ",".join(fields), "maxResults": most}
        return self._by_token(client, asked) if self._cloud else self._by_place(client, asked)

    def _by_token(self, client: Client, asked: dict[str, str | int]) -> Iterator[Shape]:
        """Jira Cloud: each page names the next one, and there is no total."""
        pages = client.pages()
        token = ""
        while True:
            params = {**asked, "nextPageToken": token} if token else asked
            answer = client.get(f"{self._api}/search/jql", params)
            shape = Shape(answer.data, answer.url)
            issues = shape["issues"].listed()
            yield from issues
            token = shape["nextPageToken"].text()
            if not shape["isLast"].flag() and not token and len(issues) >= int(asked["maxResults"]):
                raise SourceError(
                    "a full page names no next one", origin=shape.origin, hint="nothing was kept: report it"
                )
            if asked["maxResults"] == 1 or not pages.more(None if shape["isLast"].flag() else token, len(issues)):
                return

    def _by_place(self, client: Client, asked: dict[str, str | int]) -> Iterator[Shape]:
        """A Data Center: pages by their place in a total."""
        pages = client.pages(first=0)
        while True:
            answer = client.get(f"{self._api}/search", {**asked, "startAt": pages.items})
            shape = Shape(answer.data, answer.url)
            issues = shape["issues"].listed()
            yield from issues
            total = shape["total"].number()
            following = pages.items + len(issues)
            if asked["maxResults"] == 1:
                return
            if not pages.more(following if total is None or following < total else None, len(issues)):
                pages.complete(total)
                return

    def _named_fields(self, client: Client) -> dict[str, str]:
        """The ids of the fields that the configuration names, by its keys. Raises SourceError for an unknown name."""
        wanted = {key: str(name) for key, name in self._options.items() if key.endswith("-field")}
        if all(_FIELD_ID.fullmatch(name) for name in wanted.values()):
            return wanted
        answer = client.get(f"{self._api}/field")
        fields = Shape(answer.data, answer.url)
        ids = {one["name"].text().casefold(): one["id"].needed() for one in fields.listed()}
        named = {}
        for key, name in wanted.items():
            if _FIELD_ID.fullmatch(name) and name.casefold() not in ids:
                named[key] = name
            elif name.casefold() in ids:
                named[key] = ids[name.casefold()]
            else:
                from difflib import get_close_matches

                near = get_close_matches(name.casefold(), ids, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"mend `{key}`"
                raise SourceError(f"Jira has no field {name!r} (`{key}`)", origin=fields.origin, hint=hint)
        return named

    def _item_keys(self, issue: Shape) -> Iterator[str]:
        for task in issue["fields"]["subtasks"].each():
            yield _key(task)
        for link in issue["fields"]["issuelinks"].each():
            kind = link["type"]
            names = {kind[name].text().casefold() for name in ("name", "inward", "outward")}
            for side in ("outwardIssue", "inwardIssue"):
                if link[side] and (not self._links or names & self._links):
                    yield _key(link[side])

    def _items(self, client: Client, keys: list[str], named: Mapping[str, str]) -> dict[str, Shape]:
        """The issues of these keys; those that the user may not see are missing."""
        fields = (*_ITEM_FIELDS, "resolution", *(name for key, name in named.items() if key == "test-field"))
        found: dict[str, Shape] = {}
        for first in range(0, len(keys), _PAGE):
            jql = f"key in ({', '.join(keys[first : first + _PAGE])})"
            found |= {_key(issue): issue for issue in self._search(client, jql, fields)}
        return found

    def _record(self, issue: Shape, named: Mapping[str, str], items: Mapping[str, Shape]) -> Record:
        key = issue["key"].needed()
        said = issue["fields"]

        def field(name: str, default: str = "") -> list[str]:
            place = named.get(name, default)
            return _values(said[place]) if place else []

        fields: dict[str, Any] = {
            "id": key,
            "title": said["summary"].text(),
            "created": said["created"].day(),
            "date": next((text[:10] for text in field("date-field")), ""),
            "severity": next(iter(field("severity-field", "priority")), ""),
            "services": field("services-field", "components"),
            "root_cause": " ".join(field("root-cause-field")),
            "status": said["status"]["name"].text(),
            "action_items": [
                self._item(items[one], named) for one in dict.fromkeys(self._item_keys(issue)) if one in items
            ],
        }
        body = said["description"]
        text = from_wiki(body.text()) if body.is_text() or not body else markdown(body.raw)
        return Record(key, text, f"{self.base_url}/browse/{key}", fields)

    def _item(self, issue: Shape, named: Mapping[str, str]) -> dict[str, Any]:
        key, said = _key(issue), issue["fields"]
        test = self._labels.test(label.text() for label in said["labels"].each())
        if not test and "test-field" in named:
            test = _answer(_values(said[named["test-field"]]))
        return {
            "id": key,
            "action": said["summary"].text(),
            "status": _status(said),
            "owner": said["assignee"]["displayName"].text() or said["assignee"]["name"].text(),
            "due": said["duedate"].day(),
            "test": test,
            "ticket": f"{self.base_url}/browse/{key}",
        }


def _key(issue: Shape) -> str:
    key = issue["key"].needed()
    if not _KEY.fullmatch(key):
        raise SourceError(f"{key!r:.40} is no key of an issue", origin=issue.origin, hint="nothing was kept: report it")
    return key


def _status(fields: Shape) -> str:
    """By the category of the status, as its name is the team's; one that ended without a change is dropped."""
    if fields["resolution"]["name"].text().casefold() in _DROPPED:
        return "dropped"
    category = fields["status"]["statusCategory"]["key"].text()
    return "open" if category in _OPEN else category or fields["status"]["name"].text()


def _values(value: Shape) -> list[str]:
    """The texts of a field: a text or number, an option, a user, a document, or a list of these."""
    raw = value.raw
    if raw is None:
        return []
    if isinstance(raw, list):
        return [text for one in value.each() for text in _values(one)]
    if isinstance(raw, bool):
        return ["yes" if raw else "no"]
    if not isinstance(raw, dict):
        return [text] if (text := value.text()) else []
    if raw.get("type") == "doc":
        return [text] if (text := markdown(raw)) else []
    return [text] if (text := value["value"].text() or value["name"].text() or value["displayName"].text()) else []


def _answer(texts: list[str]) -> str:
    """What a field says of a test: a checkbox `Test required` that is set is a yes, other words are as they are."""
    said = ", ".join(texts)
    return "required" if said.casefold() in ("test required", "required", "yes", "true") else said
