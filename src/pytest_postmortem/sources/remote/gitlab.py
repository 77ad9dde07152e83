"""GitLab issues: the description is the post-mortem, issues with a label of it and task lists are its action items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import quote

from pytest_postmortem.config.remotes import Remote
from pytest_postmortem.sources.http import Client, Credentials
from pytest_postmortem.sources.remote.json_value import JsonValue
from pytest_postmortem.sources.remote.labels import Labels
from pytest_postmortem.sources.remote.paging import fetch_linked_pages
from pytest_postmortem.sources.snapshot import Record, Snapshot

__all__ = ["GitLab"]

_PAGE = 100
_TOTAL = "x-total"
_ITEM_LABEL = "postmortem::"


class GitLab:
    """The issues of a project with a label, or of a type such as `incident`.

    The action items of #12 are the project's issues with the label `postmortem::12`. No query finds labels by their
    beginning, and a list of linked issues is one request for each post-mortem, so the project's labels are listed
    first, and then only the issues of those labels that there are.
    """

    hosts: ClassVar = ("gitlab.com",)

    def __init__(self, remote: Remote) -> None:
        self.base_url = remote.url.removesuffix("/api/v4") or "https://gitlab.com"
        self._variable = remote.token_env
        self._options = remote.options
        self._project = f"/api/v4/projects/{quote(remote.options['project'], safe='')}"
        self._item_label: str = remote.options.get("item-label", _ITEM_LABEL)
        self._labels = Labels(remote.options)

    def credentials(self, token: str, environ: Mapping[str, str]) -> Credentials:
        """A personal, group or project access token; GitLab takes it as a bearer, which no redirect carries on."""
        return Credentials.bearer(token, self._variable)

    def records(self, client: Client, previous: Snapshot | None) -> Iterator[Record]:
        """Yield every issue that is asked for, with the issues that bear its label."""
        asked: dict[str, str | int] = {}
        if labels := self._options.get("label"):
            asked["labels"] = ",".join(labels)
        if kind := self._options.get("issue-type"):
            asked["issue_type"] = kind
        issues = list(self._issues(client, asked))
        known = self._fetch_item_labels(client) if issues else set()
        for issue in issues:
            yield self._record(client, issue, known)

    def is_unchanged(self, client: Client, previous: Snapshot) -> bool:
        """Return whether no issue of the project has changed since; the action items are issues of it, too.

        An issue that gets or loses a label changes. One that is deleted, and a label that is renamed, are not noticed.
        """
        since = previous.surely_before.strftime("%Y-%m-%dT%H:%M:%SZ")
        params: dict[str, str | int] = {"scope": "all", "state": "all", "updated_after": since, "per_page": 1}
        answer = client.get(f"{self._project}/issues", params)
        return not JsonValue(answer.data, answer.url).require_list()

    def _issues(self, client: Client, asked: Mapping[str, str | int]) -> Iterator[JsonValue]:
        order: dict[str, str | int] = {"order_by": "created_at", "sort": "asc", "per_page": _PAGE}
        params = {"scope": "all", "state": "all", **order, **asked}
        for answer in fetch_linked_pages(client, f"{self._project}/issues", params, total=_TOTAL):
            yield from answer.require_list()

    def _fetch_item_labels(self, client: Client) -> set[str]:
        """Return the labels that action items may bear, those of the groups around the project included."""
        params: dict[str, str | int] = {"per_page": _PAGE}
        names = {
            label["name"].require_text()
            for answer in fetch_linked_pages(client, f"{self._project}/labels", params, total=_TOTAL)
            for label in answer.require_list()
        }
        return {name for name in names if name.startswith(self._item_label)}

    def _record(self, client: Client, issue: JsonValue, known: set[str]) -> Record:
        labels = _labels(issue)
        number = issue["iid"].require_text()
        severity = issue["severity"].text()
        fields: dict[str, Any] = {
            "title": issue["title"].text(),
            "created": issue["created_at"].day(),
            "severity": severity if severity not in ("", "UNKNOWN") else self._labels.severity(labels),
            "services": self._labels.services(labels),
            "status": _status(issue),
        }
        if (label := f"{self._item_label}{number}") in known:
            items = self._issues(client, {"labels": label})
            fields["action_items"] = [self._item(one) for one in items if one["iid"].require_text() != number]
        return Record(number, issue["description"].text(), issue["web_url"].text() or None, fields)

    def _item(self, issue: JsonValue) -> dict[str, Any]:
        owners = (one["username"].text() for one in issue["assignees"].iterate())
        return {
            "id": f"#{issue['iid'].require_text()}",
            "action": issue["title"].text(),
            "status": _status(issue),
            "owner": next(owners, issue["assignee"]["username"].text()),
            "due": issue["due_date"].day() or issue["milestone"]["due_date"].day(),
            "test": self._labels.test(_labels(issue)),
            "ticket": issue["web_url"].text(),
        }


def _labels(issue: JsonValue) -> list[str]:
    return [one.text() for one in issue["labels"].iterate()]


def _status(issue: JsonValue) -> str:
    """Return the state; what was moved to another project is closed here, and goes on there."""
    state = issue["state"].text()
    return "open" if state == "opened" or issue["moved_to_id"].number() else state
