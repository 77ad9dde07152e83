"""Fold names, count nouns, shorten texts."""

from __future__ import annotations

import unicodedata

__all__ = ["fold_name", "fold_word", "format_count", "shorten"]


def fold_name(name: str) -> str:
    """Return `name` without case, width and composition: two ids that agree in this are one to a reader."""
    return name.lower() if name.isascii() else unicodedata.normalize("NFKC", name).casefold()


def fold_word(name: str) -> str:
    """Return the letters and digits of `name` without case: SEV1 and sev-1 are one severity."""
    return "".join(character for character in name.casefold() if character.isalnum())


def format_count(number: int | float, one: str, many: str = "") -> str:
    """Return a number with its noun: `1 test`, `2 tests`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def shorten(text: str, most: int, mark: str = "...") -> str:
    """Return `text` with at most `most` characters, the last of them `mark` if something was cut off.

    Words keep their distance to the one sign `…`; blanks before three dots go.
    """
    if len(text) <= most:
        return text
    kept = text[: most - len(mark)]
    return (kept if mark == "…" else kept.rstrip()) + mark
