"""The nearest names: those that difflib finds, without comparing every pair at length."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_postmortem.model.nearest import NameIndex, find_nearest, is_similar, suggest

WORDS = st.text("ab01-_", max_size=8)


@given(WORDS, st.lists(WORDS, max_size=40, unique=True))
def test_the_nearest_names_are_those_of_difflib(word: str, known: list[str]) -> None:
    """Beside those that begin so, which come first, and those of the same characters, which come next."""
    begun = [name for name in sorted(known) if name == word or (len(word) > 1 and name.startswith(word))]
    begun.sort(key=lambda name: name != word)
    close = difflib.get_close_matches(word, known, n=8)
    close.sort(key=lambda name: sorted(name) != sorted(word))
    expected = tuple(dict.fromkeys((*begun, *close)))
    index = NameIndex(known)
    for most in (1, 3):
        assert index.find(word, most) == expected[:most]


def test_few_names_are_compared_at_length(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong name among 2,000 costs a few comparisons."""
    compared: list[float] = []
    ratio = difflib.SequenceMatcher.ratio
    monkeypatch.setattr(difflib.SequenceMatcher, "ratio", lambda one: compared.append(0) or ratio(one))  # type: ignore
    index = NameIndex([f"tests/test_shop.py::test_order_{number}" for number in range(2_000)])
    for number in range(100):
        assert index.find(f"tests/test_shop.py::test_ordre_{number}x", 1)
    assert 0 < len(compared) <= 3_000


def test_a_name_stands_for_what_is_suggested_in_its_place() -> None:
    """Two names of one thing are one suggestion."""
    index = NameIndex(["PM-7", "overflow", "PM-71"], {"overflow": "PM-7"})
    assert index.find("overflwo", 3) == ("PM-7",)
    assert index.find("PM-7", 3) == ("PM-7", "PM-71")


def test_a_hint_names_the_nearest_or_something_else() -> None:
    """As written, or shown in another way."""
    assert suggest("gaet", ("gate", "grace"), "write gate", show=repr) == "did you mean 'gate'?"
    assert suggest("AI-1", ("AI-2", "AI-3"), most=3) == "did you mean AI-3 or AI-2?"
    assert suggest("zzz", ("gate",), "write gate") == "write gate"
    assert suggest("zzz", ()) == ""
    assert find_nearest("zzz", ("gate",)) is None
    assert is_similar("requierd", "required", 0.85)
    assert not is_similar("review", "required", 0.85)


def test_an_endless_name_is_compared_with_none() -> None:
    """Its comparison would take the square of its length."""
    endless = "PM-1" * 100_000
    assert NameIndex([endless, "PM-1"]).find(endless + "x", 3) == ()
    assert NameIndex([endless, "PM-12"]).find("PM-21", 3) == ("PM-12",)
