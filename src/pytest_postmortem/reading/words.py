"""How words are listed and compared."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from pytest_postmortem.model.names import folded
from pytest_postmortem.reading.patterns import lazily

__all__ = ["Words", "keyed", "listed", "plain"]

_ACCENTS = lazily("[\u0300-\u036f]")
# What a text in English, Chinese, Japanese or Korean consists of, and nothing that has an accent to lose.
_NO_ACCENTS = lazily(
    "[\x00-\x7f\u2000-\u206f\u2500-\u27bf\u3000-\u3029\u3030-\u9fff\uac00-\ud7a3\U0001f300-\U0001faff]*"
)
_BETWEEN_WORDS = lazily(r"[\W_]+")


def plain(text: str) -> str:
    """`text` as words are compared: no case, width, composition or accents, white space folded."""
    lowered = text.lower() if text.isascii() else _without_accents(folded(text))
    return " ".join(lowered.split())


def _without_accents(text: str) -> str:
    if _NO_ACCENTS.fullmatch(text):
        return text
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
