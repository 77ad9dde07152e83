"""Word lists and text normalisation."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from pytest_postmortem.model.text import fold_name
from pytest_postmortem.reading.patterns import lazily

__all__ = ["Words", "fold", "lookup_key", "split_words"]

_ACCENTS = lazily("[\u0300-\u036f]")
_BETWEEN_WORDS = lazily(r"[\W_]+")


def fold(text: str) -> str:
    """Return `text` as words are compared: no case, width, composition or accents, white space folded."""
    lowered = text.lower() if text.isascii() else _strip_accents(fold_name(text))
    return " ".join(lowered.split())


def _strip_accents(text: str) -> str:
    """Return `text` in composed form, without its accents."""
    if unicodedata.is_normalized("NFD", text) and not _ACCENTS.search(text):
        return text  # there is none: dashes, quotation marks, ideographs
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text)))


@lru_cache(maxsize=4096)
def lookup_key(text: str) -> str:
    """Return `text` as names of sections, columns and fields are compared: folded, without punctuation if there are words."""
    lowered = fold(text).replace("followup", "follow up")
    return _BETWEEN_WORDS.sub(" ", lowered).strip() or lowered


Words = tuple[str, ...]


def split_words(words: str) -> Words:
    """Split a text at its commas into words."""
    return tuple(" ".join(word.split()) for word in words.split(","))
