"""Links to the documents and tests that a report names."""

from __future__ import annotations

from urllib.parse import quote

from pytest_postmortem.reporting.escaping import for_markdown
from pytest_postmortem.reporting.interface import Finished

__all__ = ["place_link", "url_of"]


def url_of(finished: Finished, path: str, line: int) -> str | None:
    """Where `path` can be read at `line`, by the link pattern of the report; None without one, or without a commit."""
    if path.startswith(("https://", "http://")):
        return quote(path, safe=":/?#[]@!$&'()*+,;=%~-._")
    if not finished.link.startswith(("https://", "http://")) or (
        "{commit}" in finished.link and finished.meta.commit is None
    ):
        return None
    told = {"{commit}": quote(finished.meta.commit or ""), "{path}": quote(path), "{line}": str(max(line, 1))}
    url = finished.link
    for name, value in told.items():
        url = url.replace(name, value)
    return url


def place_link(finished: Finished, path: str, line: int, text: str) -> str:
    """`text` in Markdown, as a link where there is one."""
    url = url_of(finished, path, line)
    shown = for_markdown(text)
    return shown if url is None else f"[{shown}](<{url.replace('<', '%3C').replace('>', '%3E')}>)"
