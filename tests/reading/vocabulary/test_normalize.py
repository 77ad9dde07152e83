"""How words are compared: the quick way for texts without accents gives what the long one does."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_postmortem.reading.vocabulary.normalize import fold, lookup_key

ACCENTS = re.compile("[\u0300-\u036f]")


@given(st.text(st.characters(codec="utf-8")))
@example("Überblick")
@example("ＴＥＳＴ ﬁx")
@example("が ガ ｶﾞ 각 é e\u0301 й \u2260 \u212b")
@example("\u302a\u3099\u20e3🚧\u200d")
def test_plain_is_without_case_width_composition_and_accents(text: str) -> None:
    folded = unicodedata.normalize("NFKC", text).casefold()
    bare = unicodedata.normalize("NFC", ACCENTS.sub("", unicodedata.normalize("NFD", folded)))
    expected = " ".join((text.lower() if text.isascii() else bare).split())
    assert fold(text) == expected


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Follow-ups / Owner:", "follow ups owner"),
        ("followup", "follow up"),
        ("Ação corretiva", "acao corretiva"),
        ("対応 事項！", "対応 事項"),
        ("???", "???"),
    ],
)
def test_keyed_leaves_words_alone(text: str, key: str) -> None:
    assert lookup_key(text) == key
