"""Fold names, count nouns, shorten texts."""

from __future__ import annotations

import unicodedata

__all__ = ["bare", "folded"]


def folded(name: str) -> str:
    """Return `name` without case, width and composition: two ids that agree in this are one to a reader."""
    return name.lower() if name.isascii() else unicodedata.normalize("NFKC", name).casefold()


def bare(name: str) -> str:
    """Return the letters and digits of `name` without case: SEV1 and sev-1 are one severity."""
    return "".join(character for character in name.casefold() if character.isalnum())
