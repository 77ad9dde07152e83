"""GitHub issues: the body is the post-mortem, sub-issues and task lists are its action items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import quote

from pytest_postmortem.config.remotes import Remote
from pytest_postmortem.errors import SourceError
from pytest_postmortem.sources.http import Client, Credentials
from pytest_postmortem.sources.remote.json_value import JsonValue
from pytest_postmortem.sources.remote.labels import Labels
from pytest_postmortem.sources.remote.paging import fetch_linked_pages
from pytest_postmortem.sources.snapshot import Record, Snapshot

__all__ = ["GitHub"]

_HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
_PAGE = 100
_MOST_FOUND = 1000
"""As many results as a search gives, however many there are."""
_DROPPED = ("not_planned", "duplicate")


class GitHub:
    """The issues of a repository with a label, of a type, or that a search finds; pull requests are left out."""

    hosts: ClassVar = ("api.github.com",)

    def __init__(self, remote: Remote) -> None:
        self.base_url = remote.url or "https://api.github.com"
        self._variable = remote.token_env
        self._options = remote.options
        self._repository: str = remote.options["repository"]
        self._labels = Labels(remote.options)

    def credentials(self, token: str, environ: Mapping[str, str]) -> Credentials:
        """Return a personal access token, that of an app, or the GITHUB_TOKEN of a workflow."""
        return Credentials.bearer(token, self._variable)

    def records(self, client: Client, previous: Snapshot | None) -> Iterator[Record]:
        """Yield every issue that is asked for, with its sub-issues."""
        for issue in self._search_issues(client) if "query" in self._options else self._list_issues(client):
            if not issue["pull_request"]:
                yield self._record(client, issue)

    def is_unchanged(self, client: Client, previous: Snapshot) -> bool:
        """Return whether no issue of the repository has changed since; False if an item is an issue of another one.

        An issue that loses its label changes, too. One that is deleted is not noticed.
        """
        home = f"/{self._repository}/issues/".casefold()
        items = (item for record in previous.records for item in record.fields.get("action_items", ()))
        if not all(home in str(item.get("ticket", "")).casefold() for item in items):
            return False
        since = previous.surely_before.strftime("%Y-%m-%dT%H:%M:%SZ")
        params: dict[str, str | int] = {"state": "all", "since": since, "per_page": 1}
        answer = client.get(self._path, params, headers=_HEADERS)
        return not JsonValue(answer.data, answer.url).require_list()

    @property
    def _path(self) -> str:
        return f"/repos/{quote(self._repository)}/issues"

    def _list_issues(self, client: Client) -> Iterator[JsonValue]:
        params: dict[str, str | int] = {"state": "all", "sort": "created", "direction": "asc", "per_page": _PAGE}
        if labels := self._options.get("label"):
            params["labels"] = ",".join(labels)
        if kind := self._options.get("issue-type"):
            params["type"] = kind
        for answer in fetch_linked_pages(client, self._path, params, headers=_HEADERS):
            yield from answer.require_list()

    def _search_issues(self, client: Client) -> Iterator[JsonValue]:
        asked = f"repo:{self._repository} is:issue {self._options['query']}"
        params: dict[str, str | int] = {"q": asked, "sort": "created", "order": "asc", "per_page": _PAGE}
        number = 0
        total: int | None = None
        for answer in fetch_linked_pages(client, "/search/issues", params, headers=_HEADERS, items="items"):
            total = answer["total_count"].number()
            if answer["incomplete_results"].flag():
                raise SourceError("the search was not finished", origin=answer.origin, hint="try again later")
            if total is not None and total > _MOST_FOUND:
                raise SourceError(
                    f"the search finds {total}, and GitHub gives no more than {_MOST_FOUND}",
                    origin=answer.origin,
                    hint="narrow `query`, or use `label`",
                )
            found = answer["items"].require_list()
            number += len(found)
            yield from found
        if total is not None and number != total:
            raise SourceError(f"{number} came of {total} that there are", origin="/search/issues", hint="fetch again")

    def _record(self, client: Client, issue: JsonValue) -> Record:
        labels = _labels(issue)
        number = issue["number"].require_text()
        fields: dict[str, Any] = {
            "title": issue["title"].text(),
            "created": issue["created_at"].day(),
            "severity": self._labels.severity(labels),
            "services": self._labels.services(labels),
            "status": issue["state"].text(),
        }
        if issue["sub_issues_summary"]["total"].number():
            fields["action_items"] = [self._item(one) for one in self._sub_issues(client, number)]
        return Record(number, issue["body"].text(), issue["html_url"].text() or None, fields)

    def _sub_issues(self, client: Client, number: str) -> Iterator[JsonValue]:
        path = f"{self._path}/{quote(number)}/sub_issues"
        for answer in fetch_linked_pages(client, path, {"per_page": _PAGE}, headers=_HEADERS):
            yield from answer.require_list()

    def _item(self, issue: JsonValue) -> dict[str, Any]:
        labels = [*_labels(issue), issue["type"]["name"].text()]
        _, _, elsewhere = issue["repository_url"].text().partition("/repos/")
        home = not elsewhere or elsewhere.casefold() == self._repository.casefold()
        owner = next((one["login"].text() for one in issue["assignees"].iterate()), issue["assignee"]["login"].text())
        return {
            "id": f"{'' if home else elsewhere}#{issue['number'].require_text()}",
            "action": issue["title"].text(),
            "status": _status(issue),
            "owner": owner,
            "due": issue["milestone"]["due_on"].day(),
            "test": self._labels.test(labels),
            "ticket": issue["html_url"].text(),
        }


def _labels(issue: JsonValue) -> list[str]:
    """Return the names of labels, which come as texts or as objects."""
    return [one.text() if one.is_text() else one["name"].text() for one in issue["labels"].iterate()]


def _status(issue: JsonValue) -> str:
    return "dropped" if issue["state_reason"].text() in _DROPPED else issue["state"].text()
