"""Lists that come in pages, to the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pytest_postmortem.sources.http import Client
from pytest_postmortem.sources.remote.shape import Shape

__all__ = ["linked_pages"]


def linked_pages(
    client: Client,
    path: str,
    params: Mapping[str, str | int],
    *,
    headers: Mapping[str, str] | None = None,
    items: str = "",
) -> Iterator[Shape]:
    """The answers of a list whose pages are linked by the `Link` header, each one a list or an object with `items`."""
    answer = client.get(path, params, headers=headers)
    pages = client.pages(first=answer.url)
    while True:
        shape = Shape(answer.data, answer.url)
        yield shape
        following = client.next_page(answer)
        if not pages.more(following, len((shape[items] if items else shape).listed())) or following is None:
            return
        answer = client.get(following, headers=headers)
