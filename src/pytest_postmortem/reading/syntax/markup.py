"""What counts of a text that people mark up: struck-out and quoted parts do not, footnotes and tags add nothing."""

from __future__ import annotations

import re
from html import unescape

from pytest_postmortem.reading.patterns import lazily

__all__ = ["FOOTNOTE", "clean_value", "cut_flag", "find_closing", "is_quoted", "strip_struck"]

_MARKS_AFTER = lazily(r"[*_`]+")
FOOTNOTE = lazily(r"\[\^[^\]\s]{1,40}\]")
_STRUCK = lazily(
    r"(?<!~)~~(?!~)[^~]*~~(?!~)|<(del|s|strike)\b[^<>]{0,80}>.{0,400}?</\1\s{0,8}>", re.IGNORECASE | re.DOTALL
)
_TAG = lazily(r"</?[a-z][^<>]{0,200}>", re.IGNORECASE)
_SHORTCODE = lazily(r":(?:white_check_mark|heavy_check_mark|ballot_box_with_check|check_mark|check):")
_NO_SHORTCODE = lazily(r":(?:x|negative_squared_cross_mark|heavy_multiplication_x|no_entry|cross_mark):")
_CODE = lazily(r"(?<!`)(`{1,9})(?!`)(.{1,400}?)(?<!`)\1(?!`)", re.DOTALL)


def find_closing(text: str, opened: int) -> int | None:
    """Return the position after the bracket that closes the one at `opened`, or None."""
    opening = text[opened]
    closing = "]" if opening == "[" else ")"
    depth = 0
    for position in range(opened, min(len(text), opened + 2000)):
        sign = text[position]
        if sign == opening:
            depth += 1
        elif sign == closing:
            depth -= 1
            if not depth:
                return position + 1
    return None


def cut_flag(text: str, start: int, end: int) -> tuple[str, int]:
    """Return `text` without the flag and the emphasis around it, and where the rest of it begins."""
    before, after = text[:start], text[end:]
    bare = before.rstrip("*_`")
    opened, closed = before[len(bare) :], _MARKS_AFTER.match(after)
    if opened and closed and opened == closed.group():
        before, after = bare, after[closed.end() :]
    before = before.rstrip()
    return f"{before} {after.lstrip()}", len(before)


def strip_struck(text: str) -> str:
    """Return `text` without what is struck out, as `~~x~~`, `<del>x</del>` or `<s>x</s>`."""
    return _STRUCK.sub(" ", text)


def clean_value(value: str) -> str:
    """Return a value without struck-out text, footnotes, tags, entities and shortcodes of emoji."""
    if "~~" in value or "<" in value:
        value = _TAG.sub(" ", strip_struck(value))
    if "&" in value:
        value = unescape(value)
    if "[^" in value:
        value = FOOTNOTE.sub("", value)
    if ":" in value:
        value = _NO_SHORTCODE.sub("❌", _SHORTCODE.sub("✅", value))
    return value


def is_quoted(text: str, start: int, end: int) -> bool:
    """Return whether a flag is in backticks in a sentence, which only quotes it; at the end of a text it is a flag."""
    for span in _CODE.finditer(text):
        if span.start() < start and end <= span.end():
            is_all = span.group(2).strip() == text[start:end] and span.group(1) == "`"
            return not is_all or any(map(str.isalnum, text[span.end() :]))
    return False
