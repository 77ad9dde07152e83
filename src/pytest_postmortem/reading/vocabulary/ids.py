"""Which part of a file name or heading is a post-mortem's id; imported at the start of every run, so it imports little."""

from __future__ import annotations

import re

from pytest_postmortem.reading.patterns import lazily

__all__ = ["find_key_in_heading", "find_key_in_name", "is_key"]

# PM-2026-001, PM2019-009, INC-0001, ROOT-CAUSE-001, INCIDENT-2026-05-29: words in capitals, then one or more groups of digits.
_KEY = lazily(r"[A-Z][A-Z0-9]{0,31}(?:[-_][A-Z]{2,16}){0,3}(?:[-_/]\d{1,12}[a-z]?(?![0-9A-Za-z])){1,6}")
_NO_KEY = lazily(r"(?:SEV|P|S|CVE|RFC|ADR|UTF|SHA|ISO|Q|H|V|FY|CW|KW|COVID|HTTP|TLS)[-_]?\d+(?:[-_/]\d+)*$")
_WRITTEN = lazily(r"(?=[^\d]{0,40}\d)[A-Za-z][\w./-]{1,63}")
_AFTER_HEADING = lazily(r"(?<!\s)\s*(?:$|[:：|,.)\]】]|\s[-–—~]|[-–—]\s)")


def find_key_in_name(stem: str, id_pattern: re.Pattern[str] | None = None) -> str | None:
    """Return the id that a file's stem begins with, or None: `PM-2026-001-slug` gives `PM-2026-001`.

    With `id_pattern` it is what the pattern matches at the start, up to a character that is no letter or digit;
    without one it is what looks like a key. A date alone (`2026-02-13-slug`) and a severity (`SEV-1`) are no keys.
    """
    found = (id_pattern or _KEY).match(stem)
    if found is None or not found.group() or stem[found.end() : found.end() + 1].isalnum():
        return None
    key = found.group()
    return key if id_pattern is not None or not _NO_KEY.match(key) else None


def is_key(text: str, id_pattern: re.Pattern[str] | None = None) -> bool:
    """Return whether a text, the value of a field, is an id and nothing else: `PM-2026-04-search`."""
    if id_pattern is not None:
        return id_pattern.fullmatch(text) is not None
    return _WRITTEN.fullmatch(text) is not None and _NO_KEY.match(text) is None


def find_key_in_heading(heading: str, id_pattern: re.Pattern[str] | None = None) -> str | None:
    """Return the id in a first heading, or None.

    With `id_pattern` it may stand anywhere in the heading, if the matches agree on one id; without one it is a key at
    the start, in brackets or not, followed by a separator or the end.
    """
    if id_pattern is not None:
        keys = {
            found.group()
            for found in id_pattern.finditer(heading)
            if found.group()
            and not heading[found.end() : found.end() + 1].isalnum()
            and not heading[max(found.start() - 1, 0) : found.start()].isalnum()
        }
        return keys.pop() if len(keys) == 1 else None
    text = heading.lstrip("[(【 ")
    key = find_key_in_name(text)
    return key if key is not None and _AFTER_HEADING.match(text, len(key)) else None
