"""A feed: JSON or YAML at an address or in a file of the project, read by the paths of the configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar
from urllib.parse import urlencode, urlsplit, urlunsplit

from pytest_postmortem.config.remotes import Remote
from pytest_postmortem.errors import SourceError
from pytest_postmortem.model.document import Format
from pytest_postmortem.sources.http import Answer, Client, Credentials, Limits
from pytest_postmortem.sources.http.addresses import redact_url
from pytest_postmortem.sources.remote.feed_items import FeedItems
from pytest_postmortem.sources.remote.interface import DataReader
from pytest_postmortem.sources.remote.project_file import read_project_file
from pytest_postmortem.sources.snapshot import Record, Snapshot

__all__ = ["MOST_YAML", "Feed", "read_file_records"]

MOST_YAML = 1024 * 1024
"""The largest YAML that is read, in bytes: reading it takes ten times as long as JSON."""

_YAML_NAMES = (".yaml", ".yml")
_YAML_ACCEPTED = {"Accept": "application/yaml, text/yaml, */*;q=0.1"}
_LONGEST_VALIDATOR = 200


class Feed:
    """What is at an address, page after page."""

    hosts: ClassVar = ()

    def __init__(self, remote: Remote, read_data: DataReader) -> None:
        self.base_url = remote.url
        self.validators: Mapping[str, str] = {}
        self._variable = remote.token_env
        self._options = remote.options
        self._format = _find_format(remote.options, urlsplit(remote.url).path)
        self._read_data = read_data
        self._first: Answer[Any] | None = None

    def credentials(self, token: str, environ: Mapping[str, str]) -> Credentials:
        """Return a token, one in a header of its own, or a user's name with a password."""
        if name := self._options.get("token-header"):
            return Credentials.custom(name, token, self._variable)
        variable = self._options.get("user-env")
        if not variable:
            return Credentials.bearer(token, self._variable)
        user = environ.get(variable, "").strip()
        if not user:
            raise SourceError("the variable is not set", origin=variable, hint="set it to the name of the token's user")
        return Credentials.basic(user, token, self._variable)

    def records(self, client: Client, previous: Snapshot | None) -> Iterator[Record]:
        """Yield every item of every page."""
        items = FeedItems(self._options)
        pages: list[Mapping[str, str]] = []
        for answer in self._answers(client, items):
            yield from items.records(answer.data, redact_url(answer.url))
            pages.append(_list_validators(answer))
        self.validators = pages[0] if len(pages) == 1 else {}
        yield from items.finish()

    def is_unchanged(self, client: Client, previous: Snapshot) -> bool:
        """Return whether the one page that it was is the same, where its answer said how to ask for that."""
        known = previous.validators
        if not known:
            return False
        self._first = self._fetch(client, "", etag=known.get("etag", ""), last_modified=known.get("last-modified", ""))
        return self._first.not_modified

    def _answers(self, client: Client, items: FeedItems) -> Iterator[Answer[Any]]:
        """Yield the pages, to the end that the feed tells."""
        pages = client.pages(first=self.base_url)
        answer, self._first = self._first or self._fetch(client, ""), None
        while True:
            yield answer
            total = items.total(answer.data, redact_url(answer.url))
            following = self._find_following(client, answer, items, total)
            if not pages.advance(following, items.on_page) or following is None:
                pages.check_total(total)
                return
            answer = self._fetch(client, following)

    def _find_following(self, client: Client, answer: Answer[Any], items: FeedItems, total: int | None) -> str | None:
        if "offset" in self._options:
            more = total is not None and items.number < total and items.on_page
            return _add_parameter(self.base_url, self._options["offset"], items.number) if more else None
        if "next" in self._options:
            named = items.find_next_page(answer.data, redact_url(answer.url))
            return client.follow(answer, named) if named else None
        return client.find_next_page(answer)

    def _fetch(self, client: Client, url: str, *, etag: str = "", last_modified: str = "") -> Answer[Any]:
        if self._format is Format.JSON:
            return client.get(url, etag=etag, last_modified=last_modified)
        answer = client.get_text(url, headers=_YAML_ACCEPTED, etag=etag, last_modified=last_modified)
        if answer.not_modified:
            return answer
        origin = redact_url(answer.url)
        return Answer(self._parse(answer.data, origin), answer.headers, answer.url)

    def _parse(self, text: str, origin: str) -> Any:
        _refuse_large(text, origin)
        return self._read_data(text, self._format, origin)


def read_file_records(remote: Remote, base: Path, read_data: DataReader) -> Iterator[Record]:
    """Yield every item of the feed in a file below `base`. Raises SourceError."""
    name: str = remote.options["file"]
    format = _find_format(remote.options, name)
    text = read_project_file(base, name, Limits().answer_bytes)
    if format is Format.YAML:
        _refuse_large(text, name)
    items = FeedItems(remote.options)
    data = read_data(text, format, name)
    yield from items.records(data, name)
    yield from items.finish()
    total = items.total(data, name)
    if total is not None and total != items.number:
        raise SourceError(f"{items.number} are in it of {total} that it tells", origin=name, hint="export it whole")


def _find_format(options: Mapping[str, Any], name: str) -> Format:
    by_name = "yaml" if PurePosixPath(name).suffix.lower() in _YAML_NAMES else "json"
    return Format(options.get("format", by_name))


def _refuse_large(text: str, origin: str) -> None:
    if len(text) > MOST_YAML or len(text.encode()) > MOST_YAML:
        raise SourceError(f"larger than {MOST_YAML // 1024} KiB", origin=origin, hint="give it as JSON")


def _add_parameter(url: str, name: str, value: int) -> str:
    parts = urlsplit(url)
    query = f"{parts.query}&" if parts.query else ""
    return urlunsplit(parts._replace(query=f"{query}{urlencode({name: value})}"))


def _list_validators(answer: Answer[Any]) -> dict[str, str]:
    """What the answer says for the next conditional request, as far as a header can carry it back."""
    said = {"etag": answer.etag, "last-modified": answer.last_modified}
    return {
        name: value
        for name, value in said.items()
        if value and value.isascii() and value.isprintable() and len(value) <= _LONGEST_VALIDATOR and "***" not in value
    }
