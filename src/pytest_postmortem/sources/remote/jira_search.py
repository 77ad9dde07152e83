"""Searches in Jira, of the Cloud (tokens of pages) and in a data centre (numbers and a total)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from pytest_postmortem.errors import SourceError
from pytest_postmortem.sources.http import Client
from pytest_postmortem.sources.remote.json_value import JsonValue

__all__ = ["Search"]

_PAGE = 100
_KEYS = 50
"""How many keys one query names: its address has to stay short."""
_ORDERED = re.compile(r"\border\s+by\b", re.IGNORECASE)


class Search:
    """Asks for issues by JQL; `cloud` tells which of the two Jiras it is."""

    def __init__(self, client: Client, *, cloud: bool) -> None:
        self._client = client
        self._cloud = cloud
        self.api = "/rest/api/3" if cloud else "/rest/api/2"
        self._path = f"{self.api}/search{'/jql' if cloud else ''}"

    def find(self, jql: str, fields: Iterable[str]) -> Iterator[JsonValue]:
        """Return every issue that the query finds, by key where it names no order."""
        ordered = jql if _ORDERED.search(jql) else f"{jql} ORDER BY key ASC"
        params: dict[str, str | int] = {"jql": ordered, "fields": ",".join(fields), "maxResults": _PAGE}
        return self._page_by_tokens(params) if self._cloud else self._page_by_numbers(params)

    def find_by_keys(self, clause: str, keys: Sequence[str], fields: Sequence[str]) -> Iterator[JsonValue]:
        """Yield every issue whose `clause` (`key`, `parent`) is one of the keys, by few queries."""
        for start in range(0, len(keys), _KEYS):
            yield from self.find(f"{clause} in ({', '.join(map(_quote, keys[start : start + _KEYS]))})", fields)

    def find_latest_change(self) -> str:
        """When an issue was changed last, of all that are to be seen; "" where none was within a year."""
        jql = "updated >= -52w ORDER BY updated DESC"  # Jira Cloud refuses a query without a limit
        answer = self._client.get(self._path, {"jql": jql, "fields": "updated", "maxResults": 1})
        issues = JsonValue(answer.data, answer.url)["issues"].require_list()
        return issues[0]["fields"]["updated"].text() if issues else ""

    def _page_by_tokens(self, params: dict[str, str | int]) -> Iterator[JsonValue]:
        pages = self._client.pages()
        asked = params
        while True:
            answer = self._client.get(self._path, asked)
            shape = JsonValue(answer.data, answer.url)
            issues = shape["issues"].require_list()
            yield from issues
            token = shape["nextPageToken"].text()
            if shape["isLast"].flag():
                return
            if not pages.advance(token, len(issues)):
                if shape["isLast"]:  # it says that this page is not
                    problem = "there are more pages, and no way to them"
                    raise SourceError(problem, origin=shape.origin, hint="nothing was kept: fetch again")
                return
            asked = {**params, "nextPageToken": token}

    def _page_by_numbers(self, params: dict[str, str | int]) -> Iterator[JsonValue]:
        pages = self._client.pages(first=0)
        start = 0
        while True:
            answer = self._client.get(self._path, {**params, "startAt": start})
            shape = JsonValue(answer.data, answer.url)
            issues = shape["issues"].require_list()
            yield from issues
            start += len(issues)
            total = shape["total"].number()
            following = start if issues and (total is None or start < total) else None
            if not pages.advance(following, len(issues)):
                pages.check_total(total)
                return


def _quote(key: str) -> str:
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
