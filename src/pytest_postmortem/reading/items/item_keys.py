"""The id that an action item's text begins with."""

from __future__ import annotations

from pytest_postmortem.reading.patterns import lazily

__all__ = ["split_leading_key"]

_KEY = lazily(r"[*_`]{0,3}([A-Z]{1,10}-\d{1,2})(?!\w)([*_`]{0,3}\s?[:：.)—–]?[*_`]{0,3})(\s[-–—])?\s{1,3}(?=\S)")
# What looks like the key of an item and is none.
_NO_KEY = lazily(r"(?:SEV|UTF|TLS|HTTP|SHA|RFC|ADR|ISO|PM|INC|CVE|GPT|COVID|V|Q)-")


def split_leading_key(text: str) -> tuple[str, str]:
    """Return the key that an item's text begins with (`AI-1: ...`, `**P-2** ...`) or "", and the text without it."""
    match = _KEY.match(text) if text[:1] in "*_`" or text[:1].isupper() else None
    if match is None or _NO_KEY.match(match.group(1)) or not (match.group(2) or match.group(3)):
        return "", text
    emphasis = text[: match.start(1)]
    rest = text[match.end() :]
    if emphasis and emphasis not in match.group(2):
        # "**AI-1: Reject** ..." loses its key and keeps its emphasis.
        rest = emphasis + rest
    return match.group(1), rest
