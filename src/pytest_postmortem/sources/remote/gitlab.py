"""GitLab issues: the description is the post-mortem, issues with its label and task lists are its action items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

from pytest_postmortem.config_remote import Remote
from pytest_postmortem.sources.http import Client, Credentials
from pytest_postmortem.sources.remote.labels import Labels
from pytest_postmortem.sources.remote.paging import linked_pages
from pytest_postmortem.sources.remote.shape import Shape
from pytest_postmortem.sources.snapshot import Record, Snapshot

__all__ = ["GitLab"]

_PAGE = 100
_CLOCKS = timedelta(minutes=10)
"""How far our clock and the service's may be apart."""
_NO_SEVERITY = "UNKNOWN"
_ITEM_LABEL = "postmortem::"


class GitLab:
    """The issues of a project with a label or of a type. Action items are issues labelled `postmortem::IID`."""

    hosts: ClassVar = ("gitlab.com",)

    def __init__(self, remote: Remote) -> None:
        self.base_url = remote.url or "https://gitlab.com"
        self._variable = remote.token_env
        self._options = remote.options
        self._labels = Labels(remote.options)
        self._item_label: str = remote.options.get("item-label", _ITEM_LABEL)
        self._path = f"/api/v4/projects/{quote(remote.options['project'], safe='')}/issues"

    def credentials(self, token: str, environ: Mapping[str, str]) -> Credentials:
        """A personal, group or project access token; as a bearer, since other headers outlive a redirect."""
        return Credentials.bearer(token, self._variable)

    def records(self, client: Client, previous: Snapshot | None) -> Iterator[Record]:
        """Every issue that is asked for.

        Labels cannot be searched by their beginnings, so that the project's labels tell which issues have items.
        """
        with_items = self._with_items(client)
        asked: dict[str, str] = {}
        if labels := self._options.get("label"):
            asked["labels"] = ",".join(labels)
        if kind := self._options.get("issue-type"):
            asked["issue_type"] = kind
        for issue in self._issues(client, **asked):
            yield self._record(client, issue, with_items)

    def unchanged(self, client: Client, previous: Snapshot) -> bool:
        """Whether no issue of the project has changed since; one that is deleted is not noticed."""
        since = (previous.moment.astimezone(UTC) - _CLOCKS).strftime("%Y-%m-%dT%H:%M:%SZ")
        params: dict[str, str | int] = {"state": "all", "scope": "all", "updated_after": since, "per_page": 1}
        answer = client.get(self._path, params)
        return not Shape(answer.data, answer.url).listed()

    def _issues(self, client: Client, **asked: str) -> Iterator[Shape]:
        params: dict[str, str | int] = {"state": "all", "scope": "all", "per_page": _PAGE, **asked}
        params |= {"order_by": "created_at", "sort": "asc"}
        for answer in linked_pages(client, self._path, params):
            yield from answer.listed()

    def _with_items(self, client: Client) -> dict[str, str]:
        """The label of action items by the number of the issue that they belong to."""
        labels: dict[str, str] = {}
        path = self._path.removesuffix("issues") + "labels"
        for answer in linked_pages(client, path, {"per_page": _PAGE}):
            for label in answer.listed():
                name = label["name"].text()
                if name.casefold().startswith(self._item_label.casefold()):
                    labels[name[len(self._item_label) :].strip().removeprefix("#")] = name
        return labels

    def _record(self, client: Client, issue: Shape, with_items: Mapping[str, str]) -> Record:
        labels = _labels(issue)
        number = issue["iid"].needed()
        severity = issue["severity"].text()
        fields: dict[str, Any] = {
            "title": issue["title"].text(),
            "created": issue["created_at"].day(),
            "severity": severity if severity not in ("", _NO_SEVERITY) else self._labels.severity(labels),
            "services": self._labels.services(labels),
            "status": issue["state"].text(),
        }
        if number in with_items:
            found = self._issues(client, labels=with_items[number])
            fields["action_items"] = [self._item(one) for one in found if one["iid"].needed() != number]
        return Record(number, issue["description"].text(), issue["web_url"].text() or None, fields)

    def _item(self, issue: Shape) -> dict[str, Any]:
        owner = next(
            (one["username"].text() for one in issue["assignees"].each()), issue["assignee"]["username"].text()
        )
        return {
            "id": f"#{issue['iid'].needed()}",
            "action": issue["title"].text(),
            "status": issue["state"].text(),
            "owner": owner,
            "due": issue["due_date"].day(),
            "test": self._labels.test(_labels(issue)),
            "ticket": issue["web_url"].text(),
        }


def _labels(issue: Shape) -> list[str]:
    """The names of labels, which come as texts or, where details are asked for, as objects."""
    return [one.text() if one.is_text() else one["name"].text() for one in issue["labels"].each()]
