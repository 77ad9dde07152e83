"""Lists that come in pages, to the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pytest_postmortem.sources.http import Client
from pytest_postmortem.sources.remote.json_value import JsonValue

__all__ = ["fetch_linked_pages"]

_MOST_DIGITS = 12


def fetch_linked_pages(
    client: Client,
    path: str,
    params: Mapping[str, str | int],
    *,
    headers: Mapping[str, str] | None = None,
    items: str = "",
    total: str = "",
) -> Iterator[JsonValue]:
    """Yield the answers of a list with pages linked by the `Link` header, each a list or an object with `items`.

    `total` is the header (in lower case) that may tell how many items there are; another number is a SourceError.
    """
    answer = client.get(path, params, headers=headers)
    pages = client.pages(first=answer.url)
    while True:
        shape = JsonValue(answer.data, answer.url)
        yield shape
        following = client.find_next_page(answer)
        if not pages.advance(following, len((shape[items] if items else shape).require_list())) or following is None:
            told = answer.headers.get(total, "")
            pages.check_total(int(told) if told.isdecimal() and len(told) < _MOST_DIGITS else None)
            return
        answer = client.get(following, headers=headers)
