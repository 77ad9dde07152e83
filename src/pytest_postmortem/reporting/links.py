"""Links to the documents and tests that a report names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from pytest_postmortem.reporting.interface import Finished

__all__ = ["Places", "clean_web_address", "find_places"]

_ADDRESS = re.compile(r"https?://[^\s\x00-\x1f\x7f-\x9f\"'<>\\^`{|}]+", re.IGNORECASE)


def clean_web_address(text: str | None) -> str:
    """Return `text` where it is an http or https URL that can be linked to, else ""; one with a user name in it is
    none."""
    if not text or not _ADDRESS.fullmatch(text):
        return ""
    try:
        place = urlsplit(text).netloc
    except ValueError:
        return ""
    return "" if not place or "@" in place else quote(text, safe="%/:=&?~#+!$,;@()*[]", errors="replace")


@dataclass(frozen=True, slots=True)
class Places:
    """Where documents and tests can be read: by the link pattern, or at the address that the document brings."""

    link: str
    commit: str | None
    addresses: Mapping[str, str]

    def document(self, origin: str, line: int) -> str:
        """Return the URL of a document's line, or ""."""
        return clean_web_address(self.addresses.get(origin)) or self.file(origin, line)

    def file(self, path: str, line: int) -> str:
        """Return the URL of a line (1-based, 0 for none) of a file in the repository, or ""."""
        known = self.commit or "{commit}" not in self.link
        if not self.link or not known or path.startswith("/") or ".." in path.split("/") or "://" in path:
            return ""
        target = self.link if line else self.link.partition("#")[0]
        target = target.replace("{commit}", quote(self.commit or "", safe="", errors="replace"))
        target = target.replace("{line}", str(max(line, 1))).replace("{path}", quote(path, safe="/", errors="replace"))
        return clean_web_address(target)


def find_places(finished: Finished) -> Places:
    """Return the places of everything in a report."""
    read = (verdict.postmortem for verdict in finished.report.postmortems)
    addresses = {one.origin: one.url for one in read if one.url}
    return Places(finished.link, finished.meta.commit, addresses)
