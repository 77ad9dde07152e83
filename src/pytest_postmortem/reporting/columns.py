"""Text laid out by the columns it takes on a terminal: wide signs, combining ones and emoji counted as they show."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import accumulate

__all__ = ["Paint", "aligned", "fitted", "plain", "shortened", "width_of", "wrapped"]

Paint = Callable[[str, str], str]
"""Puts a colour around a text: `green`, `yellow`, `red` or `dim`."""

_GAP = "  "
_NO_WIDTH = frozenset({"Mn", "Me", "Cf"})
_NEVER_WIDE = frozenset(map(chr, (*range(0x1160, 0x1200), *range(0x1F3FB, 0x1F400))))
"""What joins the sign before it: vowels and endings of Hangul, and colours of skin."""
_SOFT_HYPHEN, _JOINER, _AS_EMOJI = "\u00ad", "\u200d", "\ufe0f"


def plain(text: str, colour: str) -> str:
    """No colour."""
    return text


def width_of(text: str) -> int:
    """The columns that `text` takes on a terminal."""
    return len(text) if text.isascii() else sum(_widths(text))


def _widths(text: str) -> Iterator[int]:
    """What each sign adds to the width of those before it."""
    before, joined = 0, False
    for sign in text:
        if sign == _AS_EMOJI:
            width = 1 if before == 1 else 0
        elif joined or sign in _NEVER_WIDE or unicodedata.category(sign) in _NO_WIDTH:
            width = 1 if sign == _SOFT_HYPHEN else 0
        else:
            width = 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        yield width
        joined = sign == _JOINER
        before = 1 if width == 1 and not sign.isascii() else 0


def shortened(text: str, most: int) -> str:
    """`text` in at most `most` columns (1 at least), with "…" in place of what is cut."""
    return text if width_of(text) <= most else text[: _fitting(text, most - 1)].rstrip() + "…"


def _fitting(text: str, most: int) -> int:
    """How many signs of `text` fit into `most` columns."""
    return sum(used <= most for used in accumulate(_widths(text)))


def wrapped(text: str, width: int | None, indent: str = "", hanging: str = "") -> Iterator[str]:
    """`text` in lines of at most `width` columns (None: one line), broken at spaces where it can.

    Each stands behind `indent`, from the second on `hanging` too. What is left for the text is 20 columns at least.
    """
    rest = text
    room = max(20, width - len(indent) - len(hanging)) if width is not None else 0
    while room and width_of(rest) > room:
        cut = _fitting(rest, room)
        space = cut if rest[cut] == " " else rest.rfind(" ", 0, cut)
        cut = space if space > 0 else cut
        yield indent + rest[:cut].rstrip()
        rest = rest[cut:].lstrip(" ")
        indent, hanging = indent + hanging, ""
    yield indent + rest


def fitted(rows: Sequence[Sequence[str]], width: int | None, least: Mapping[int, int]) -> list[list[str]]:
    """`rows` (the headings first) with cells cut so that a line takes at most `width` columns (None: any number).

    `least` are the columns that may be cut, in the order in which they are, each with the width that is left to it.
    """
    widths = _column_widths(rows)
    if width is not None:
        surplus = sum(widths) + len(_GAP) * (len(widths) - 1) - width
        for place, narrow in least.items():
            given = max(0, min(surplus, widths[place] - narrow))
            widths[place] -= given
            surplus -= given
    return [[shortened(cell, max(1, most)) for cell, most in zip(row, widths, strict=True)] for row in rows]


def _column_widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(width_of, column)) for column in zip(*rows, strict=True)]


def aligned(rows: Sequence[Sequence[str]], to_the_right: Collection[int] = ()) -> Iterator[list[str]]:
    """The cells of each row (the headings first), padded to the width of their column.

    Join them with two spaces; the last column is as wide as its widest cell, too.
    """
    widths = _column_widths(rows)
    for row in rows:
        cells = []
        for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
            blank = " " * (width - width_of(cell))
            cells.append(blank + cell if place in to_the_right else cell + blank)
        yield cells
