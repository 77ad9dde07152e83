"""Searches in Jira, of the Cloud (tokens of pages) and in a data centre (numbers and a total)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from pytest_postmortem.errors import SourceError
from pytest_postmortem.sources.http import Client
from pytest_postmortem.sources.remote.shape import Shape

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

    def issues(self, jql: str, fields: Iterable[str]) -> Iterator[Shape]:
        """Every issue that the query finds, by key where it names no order."""
        ordered = jql if _ORDERED.search(jql) else f"{jql} ORDER BY key ASC"
        params: dict[str, str | int] = {"jql": ordered, "fields": ",".join(fields), "maxResults": _PAGE}
        return self._by_tokens(params) if self._cloud else self._by_numbers(params)

    def of_keys(self, clause: str, keys: Sequence[str], fields: Sequence[str]) -> Iterator[Shape]:
        """Every issue whose `clause` (`key`, `parent`) is one of the keys, by few queries."""
        for start in range(0, len(keys), _KEYS):
            yield from self.issues(f"{clause} in ({', '.join(map(_quoted, keys[start : start + _KEYS]))})", fields)

    def latest_change(self) -> str:
        """When an issue was changed last, of all that are to be seen; "" where none was within a year."""
        jql = "updated >= -52w ORDER BY updated DESC"  # Jira Cloud refuses a query without a limit
        answer = self._client.get(self._path, {"jql": jql, "fields": "updated", "maxResults": 1})
        issues = Shape(answer.data, answer.url)["issues"].listed()
        return issues[0]["fields"]["updated"].text() if issues else ""

    def _by_tokens(self, params: dict[str, str | int]) -> Iterator[Shape]:
        pages = self._client.pages()
        asked = params
        while True:
            answer = self._client.get(self._path, asked)
            shape = Shape(answer.data, answer.url)
            issues = shape["issues"].listed()
            yield from issues
            token = shape["nextPageToken"].text()
            if shape["isLast"].flag():
                return
            if not pages.more(token, len(issues)):
                if shape["isLast"]:  # it says that this page is not
                    problem = "there are more pages, and no way to them"
                    raise SourceError(problem, origin=shape.origin, hint="nothing was kept: fetch again")
                return
            asked = {**params, "nextPageToken": token}

    def _by_numbers(self, params: dict[str, str | int]) -> Iterator[Shape]:
        pages = self._client.pages(first=0)
        start = 0
        while True:
            answer = self._client.get(self._path, {**params, "startAt": start})
            shape = Shape(answer.data, answer.url)
            issues = shape["issues"].listed()
            yield from issues
            start += len(issues)
            total = shape["total"].number()
            following = start if issues and (total is None or start < total) else None
            if not pages.more(following, len(issues)):
                pages.complete(total)
                return


def _quoted(key: str) -> str:
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
