"""Words of a title or an action item as part of a file name or an identifier."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["clean_title", "count_columns", "cut", "find_words", "fold_lines"]

_APOSTROPHES = "'\u2019\u02bc"
_NO_MARKS = re.compile("[\ufe00-\ufe0f\u20d0-\u20ff\U000e0100-\U000e01ef]")
"""Variation selectors and what encloses an emoji: marks, and part of no word."""
_KEPT_IN_TITLES = frozenset(" -_.,&+()'")
_MOST_BYTES = 180  # of the 255 that file systems allow


def fold_lines(text: str) -> str:
    """Return `text` on one line: line breaks, control characters and white space become single spaces."""
    try:
        text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")  # an argument in the C locale
    except UnicodeEncodeError:
        text = text.encode("utf-8", "replace").decode()
    return " ".join("".join(" " if unicodedata.category(one) == "Cc" else one for one in text).split())


def find_words(text: str) -> list[str]:
    """Return the words of `text`, compatibility characters replaced; letters of every script and their marks are
    kept."""
    words: list[str] = []
    inside = False
    for one in _NO_MARKS.sub("", unicodedata.normalize("NFKC", text)):
        category = unicodedata.category(one)
        if one.isalnum() or (inside and category.startswith("M")):
            if inside:
                words[-1] += one
            else:
                words.append(one)
            inside = True
        elif not (one in _APOSTROPHES or category == "Cf"):
            inside = False
    return words


def cut(words: list[str], separator: str, most: int) -> str:
    """Return as many of `words` as fit into `most` characters, joined; the first one is cut where it is longer."""
    kept = ""
    for word in words:
        longer = f"{kept}{separator}{word}" if kept else word
        if len(longer) > most or len(longer.encode()) > _MOST_BYTES:
            break
        kept = longer
    if not kept and words:
        kept = words[0][:most].encode()[:_MOST_BYTES].decode("utf-8", "ignore")
    return kept


def count_columns(text: str) -> int:
    """Return how many columns of a terminal or an editor `text` takes."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def clean_title(title: str, most: int) -> str:
    """Return `title` as it may stand in a file name on every system: without separators, emoji and control
    characters."""
    text = _NO_MARKS.sub("", unicodedata.normalize("NFC", title))
    kept = "".join(
        one if one.isalnum() or one in _KEPT_IN_TITLES or unicodedata.category(one)[0] == "M" else " " for one in text
    )
    return cut(kept.split(), " ", most).strip(" .-_,")
