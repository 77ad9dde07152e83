"""How words are listed and compared."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from pytest_postmortem.model.text import fold_name
from pytest_postmortem.reading.patterns import lazily

__all__ = ["Words", "keyed", "listed", "plain"]

_ACCENTS = lazily("[\u0300-\u036f]")
_BETWEEN_WORDS = lazily(r"[\W_]+")


def plain(text: str) -> str:
    """`text` as words are compared: no case, width, composition or accents, white space folded."""
    lowered = text.lower() if text.isascii() else _without_accents(fold_name(text))
    return " ".join(lowered.split())


def _without_accents(text: str) -> str:
    if unicodedata.is_normalized("NFD", text) and not _ACCENTS.search(text):
        return text  # there is none: dashes, quotation marks, ideographs
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text)))


@lru_cache(maxsize=4096)
def keyed(text: str) -> str:
    """`text` as names of sections, columns and fields are compared: `plain`, with no punctuation where there are words."""
    lowered = plain(text).replace("followup", "follow up")
    return _BETWEEN_WORDS.sub(" ", lowered).strip() or lowered


Words = tuple[str, ...]


def listed(words: str) -> Words:
    """The words of a text, parted by commas."""
    return tuple(" ".join(word.split()) for word in words.split(","))
