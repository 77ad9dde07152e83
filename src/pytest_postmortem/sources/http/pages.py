"""Page after page, to the end and not round in a circle."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from pytest_postmortem.errors import SourceError

__all__ = ["Pages", "find_next_link"]

_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_REL = re.compile(r"""\brel\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;,"']+))""", re.IGNORECASE)
_EMPTY_AT_THE_END = 2


class Pages:
    """What has been read of a list that comes in pages. `origin` is what its messages begin with.

    The list ends where there is no next page, and at a second empty page in a row: some services name a next one for
    ever. A next page that was already read, and more than `most` pages, are a SourceError: what was read is not
    known to be all.
    """

    def __init__(self, origin: str, most: int, *, first: str | int = "") -> None:
        self.items = 0
        self._origin = origin
        self._most = most
        self._read = 0
        self._empty = 0
        self._seen: set[str | int] = {first} if first != "" else set()

    def advance(self, following: str | int | None, items: int) -> bool:
        """Count a page of `items`; return whether to request the one that `following` (a URL, cursor, number) names."""
        self._read += 1
        self.items += items
        self._empty = 0 if items else self._empty + 1
        repeated = following in self._seen
        if following is None or following == "" or self._empty == _EMPTY_AT_THE_END or (repeated and not items):
            return False
        if repeated:
            raise SourceError(
                f"after {self._read} pages the next one is a page that was already read",
                origin=self._origin,
                hint="nothing was kept: the service does not page as documented, report it",
            )
        if self._read >= self._most:
            raise SourceError(
                f"there are more than {self._most} pages", origin=self._origin, hint="narrow what is asked for"
            )
        self._seen.add(following)
        return True

    def check_total(self, total: int | None) -> None:
        """Raise SourceError if the service reports another number of items."""
        if total is not None and total != self.items:
            raise SourceError(
                f"{self.items} came of {total} that there are",
                origin=self._origin,
                hint="nothing was kept: fetch again; some may have been added meanwhile",
            )


def find_next_link(url: str, header: str, origin: str) -> str | None:
    """Return the URL that a `Link` header of the answer from `url` names as rel=next.

    Raises SourceError, which begins with `origin`, for a header that names one in no way that can be read.
    """
    for link in _LINK.finditer(header):
        found = _REL.search(link[2])
        if found and "next" in "".join(found.groups("")).lower().split():
            try:
                return urljoin(url, str(link[1]).strip())
            except ValueError:
                break
    if re.search(r"""rel\s*=\s*+(?:["']\s*+)?next""", header, re.IGNORECASE):
        raise SourceError(
            "the link to the next page cannot be read", origin=origin, hint="nothing was kept: report it to the service"
        )
    return None
