"""The issues and pull requests that an action item names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from operator import itemgetter

from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.syntax.markdown import Link

__all__ = ["find_tickets", "is_ticket_url", "may_hold_ticket"]

# Everything here works on bytes, the space that links have their positions in.
_URL_PART = lazily(
    rb"/(?:issues?|pulls?|pull-requests|merge_requests|work_items|browse|tickets?|cases?|bugs?|card|story|task|discussions)/"
    rb"(?:zh/|details/|show/)?(?:[A-Za-z][A-Za-z0-9_]{0,20}-)?#?\d"
    rb"|show_bug\.cgi\?|[?&](?:id|issue|ticket|selectedIssue)=[A-Z0-9-]{0,20}\d"
    rb"|//(?:bugs|issues?)\.[^/\s]{1,80}/(?:[a-z-]{1,20}/)?\d|trello\.com/c/|linear\.app/[^/\s]{1,60}/issue/|/issue/[A-Z]"
    rb"|//b/\d|crbug\.com/\d|app\.asana\.com/0/|app\.shortcut\.com/[^/\s]{1,60}/story"
)
_TELLS = lazily(
    rb"\b(?:issues?|tickets?|prs?|pull requests?|merge requests?|mr|bugs?|jira|card|epic)\b|#\d", re.IGNORECASE
)
_PLAIN = lazily(
    rb"(?P<url>https?://[^\s<>()\[\]|\"'`]{4,400})"
    rb"|(?<![\w/&#.-])(?P<ref>(?:[A-Za-z0-9][\w.-]{0,60}/[A-Za-z0-9_.][\w.-]{0,80})?[#!]\d{1,7})(?![\w-])"
    rb"|(?<=[(\[])(?P<keyed>[A-Z][A-Z0-9]{1,9}-\d{1,6})(?=[)\],;:])"
)
_KEY_ASIDE = lazily(rb"\([A-Z][A-Z0-9]{1,9}-\d|![0-9]")
_BARE_KEY = lazily(rb"(?<![\w-])[A-Z][A-Z0-9]{1,9}-\d{1,6}(?![\w-])")
# References to other things than tickets: decisions, standards, severities, post-mortems, items of a list.
_NO_TICKET = lazily(rb"(?:ADR|RFC|CVE|SEV|PM|UTF|SHA|ISO|PEP|INC|AI|HTTP|TLS|GHSA|CWE|EIP|BIP|KEP|RFD|P|FY|Q)-?\d")
_COUNTED = lazily(
    rb"(?:\bAI|\bitems?|\bsteps?|\bno\.?|\bnumber|\bphase|\bpart|\bwhy|\brank|\boption|\bcause)\s{0,2}$", re.IGNORECASE
)


def is_ticket_url(url: bytes) -> bool:
    """Return whether a URL leads to an issue, a pull or merge request, or a card of a tracker."""
    return url.startswith(b"http") and _URL_PART.search(url) is not None


def may_hold_ticket(source: bytes) -> bool:
    """Return whether looking for tickets in the Markdown `source` is worth it; false for most."""
    if b"#" in source or b"://" in source or b"[" in source:
        return True
    return (b"(" in source or b"!" in source) and _KEY_ASIDE.search(source) is not None


def find_tickets(source: bytes, links: Sequence[Link], start: int, *, column: bool = False) -> list[str]:
    """Return the tickets in the Markdown `source`, first one first, each once.

    `links` are those of the source with their positions, `start` is the source's own. In a ticket column a bare key
    (`FPAD-8434`) and any link but a commit's count too.
    """
    found: list[tuple[int, str]] = []
    unlinked = bytearray(source)
    for link in links:
        first, last = link.start - start, link.end - start
        label = source[first:last]
        unlinked[first:last] = b" " * len(label)
        if (ticket := _read_link(label, link.url, column)) is not None:
            found.append((first, ticket))
    source = bytes(unlinked)
    if may_hold_ticket(source):
        found.extend(_find_unlinked(source))
    if column:
        keys = (match for match in _BARE_KEY.finditer(source) if not _NO_TICKET.match(match.group()))
        found.extend((match.start(), match.group().decode()) for match in keys)
    found.sort(key=itemgetter(0))
    return list(dict.fromkeys(ticket for _, ticket in found))


def _read_link(label: bytes, url: str, column: bool) -> str | None:
    """Return the ticket that a link with this source leads to or is named after, or None."""
    target = url.encode()
    if not target.startswith(b"http"):
        named = _PLAIN.search(label)
        return named.group("ref").decode() if named is not None and named.lastgroup == "ref" else None
    if is_ticket_url(target):
        return url
    is_named_ticket = column or _TELLS.search(label.partition(b"](")[0]) is not None
    return url if is_named_ticket and b"/commit" not in target else None


def _find_unlinked(source: bytes) -> Iterator[tuple[int, str]]:
    """Yield the position and the text of each ticket that is not a link."""
    for match in _PLAIN.finditer(source):
        ticket = match.group()
        if match.lastgroup == "url":
            ticket = ticket.rstrip(b".,;:!*_")
            counts = is_ticket_url(ticket)
        elif match.lastgroup == "ref":
            counts = not _COUNTED.search(source, max(match.start() - 12, 0), match.start())
        else:
            counts = not _NO_TICKET.match(ticket)
        if counts:
            yield match.start(), ticket.decode("utf-8", "replace")
