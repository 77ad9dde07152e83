"""Text by the columns it takes on a terminal."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_postmortem.reporting.columns import aligned, fitted, plain, shortened, width_of, wrapped

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("queue", 5),
        ("é", 1),
        ("e\u0301", 1),
        ("障害", 4),
        ("ﾊﾝ", 2),
        ("한글", 4),
        ("\u1112\u1161\u11ab", 2),
        ("\U0001f600", 2),
        (FAMILY, 2),
        ("\U0001f44d\U0001f3fd", 2),
        ("\u2764\ufe0f", 2),
        ("\U0001f600\ufe0f", 2),
        ("1\ufe0f", 1),
        ("a\u200bb", 2),
        ("a\u00adb", 3),
        ("שלום", 4),
        ("हिन्दी", 5),
        ("", 0),
    ],
)
def test_the_width_of_a_text(text: str, columns: int) -> None:
    """Wide signs, combining ones, joined ones, emoji."""
    assert width_of(text) == columns


@pytest.mark.parametrize(
    ("text", "most", "want"),
    [
        ("overflow", 8, "overflow"),
        ("overflow", 7, "overfl…"),
        ("over flow", 6, "over…"),
        ("障害障害", 7, "障害障…"),
        ("障害障害", 6, "障害…"),
        ("障害", 1, "…"),
        (f"a{FAMILY}bc", 4, f"a{FAMILY}…"),
        ("e\u0301e\u0301e\u0301", 2, "e\u0301…"),
    ],
)
def test_a_text_is_shortened(text: str, most: int, want: str) -> None:
    """No sign is parted from those that it carries."""
    assert shortened(text, most) == want


@pytest.mark.parametrize(
    ("text", "width", "want"),
    [
        ("one", 30, ["  one"]),
        ("one two three four five six", None, ["  one two three four five six"]),
        ("one two three four five six", 25, ["  one two three four", "   five six"]),
        ("one two three fourteen five", 25, ["  one two three fourteen", "   five"]),
        ("障害" * 12, 23, ["  " + "障害" * 5, "   " + "障害" * 5, "   " + "障害" * 2]),
        ("x" * 50, 10, ["  " + "x" * 20, "   " + "x" * 20, "   " + "x" * 10]),
        ("", 30, ["  "]),
    ],
)
def test_a_text_is_wrapped(text: str, width: int | None, want: list[str]) -> None:
    """At spaces where it can, with what hangs; never narrower than 20 columns."""
    assert list(wrapped(text, width, "  ", " ")) == want


@given(
    st.text(
        alphabet=st.sampled_from(["a", " ", "障", "\u0301", "\u200d", "\U0001f468", "\ufe0f", "\u2764"]), max_size=90
    )
)
@example("a" * 20 + " ")
def test_wrapping_loses_nothing_and_ends(text: str) -> None:
    """Each line fits; all signs but spaces are there."""
    lines = list(wrapped(text, 22, " "))
    assert all(width_of(line) <= 22 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert width_of(shortened(text, 7)) <= 7


def test_a_table_is_aligned_and_fits() -> None:
    """The columns that may be cut are, one after the other, down to what is left to them."""
    rows = [("id", "title", "n"), ("PM-1", "障害 in the checkout", "10"), ("PM-22", "short", "9")]
    assert ["|".join(cells) for cells in aligned(rows, [2])] == [
        "id   |title               | n",
        "PM-1 |障害 in the checkout|10",
        "PM-22|short               | 9",
    ]
    assert fitted(rows, None, {1: 5}) == [list(row) for row in rows]
    assert fitted(rows, 31, {1: 5}) == [list(row) for row in rows]
    assert fitted(rows, 30, {1: 5})[1] == ["PM-1", "障害 in the checko…", "10"]
    assert fitted(rows, 17, {1: 6, 0: 3})[1] == ["PM-1", "障害…", "10"]
    assert fitted(rows, 5, {1: 6, 0: 3}) == [["id", "title", "n"], ["PM…", "障害…", "10"], ["PM…", "short", "9"]]
    assert plain("x", "red") == "x"
