"""Markdown as blocks with positions. Everything that knows the parser's event shapes is here."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from itertools import accumulate, islice
from operator import itemgetter
from typing import Any, NamedTuple

import pyromark

from pytest_postmortem.reading.patterns import lazily

__all__ = ["MAX_EVENTS", "Block", "Heading", "Link", "Outline", "TooComplex", "build_outline", "find_first_after"]

MAX_EVENTS = 200_000
"""How many pieces of Markdown one document may hold; the largest of 423 real ones has about 5,000."""

_OPTIONS = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_TASKLISTS
_MOST_UNCLOSED = 8
_BLOCKS = frozenset(
    {"Paragraph", "Item", "List", "Table", "TableHead", "TableRow", "TableCell", "CodeBlock", "HtmlBlock", "BlockQuote"}
)
_SHORT_LABEL = 90
_FEW = 24  # counting line ends is cheaper than a list of lines, up to so many times


class TooComplex(Exception):
    """The document holds more than MAX_EVENTS pieces of Markdown."""


class Heading(NamedTuple):
    """A heading, or what may serve as one: a bold or colon-ended paragraph (`level` 7), the head of a list item (8).

    `start` and `end` are byte offsets in the body, `place` is where it stands in the outline. `within` is where
    the list item ends, 0 for all others.
    """

    level: int
    start: int
    end: int
    place: int
    within: int = 0


Block = tuple[str, int, int]
"""What begins at a place: its kind as pulldown-cmark calls it, and its byte range. A plain tuple, as there are many."""


class Link(NamedTuple):
    """One link or image with its byte range; a reference is resolved already."""

    start: int
    end: int
    url: str


_OBSIDIAN_COMMENT = lazily(r"^%%[ \t]*\n(?:(?!%%)[^\n]*\n){0,400}%%[ \t]*$", re.MULTILINE)
_NOT_BREAK_TEXT = lazily(r"[!-~]")
_NOT_BREAK = lazily(rb"[^\r\n]")
_FENCE = lazily(rb"(?m:^)[ \t>]*(`{3,}|~{3,})")
_get_beginning = itemgetter(0)
_get_start: Callable[[Block], int] = itemgetter(1)


class Outline:
    """The blocks of one Markdown text, looked at only when needed.

    `data` is the text in UTF-8, the space that all positions are in. `headings` are in reading order; `labels` are
    possible headings of other forms, the bold-only paragraph for one. `tables` are the places of tables.
    """

    __slots__ = (
        "_first_line",
        "_last_found",
        "_lines",
        "_links",
        "_lookups",
        "_pieces",
        "_tags",
        "data",
        "headings",
        "labels",
        "tables",
    )

    def __init__(self, data: bytes, pieces: list[tuple[Any, int, int]], first_line: int) -> None:
        """From the pieces as the parser tells them, which become Blocks in place."""
        self.data = data
        self._pieces: list[Block] = pieces
        self._tags: dict[int, Any] = {}
        self._first_line = first_line
        self._lines: list[int] | None = None
        self._links: list[Link] | None = None
        self._lookups = 0
        self._last_found = 0, first_line  # a position and its line, as the next one asked for is behind it mostly
        self.headings: list[Heading] = []
        self.labels: list[Heading] = []
        self.tables: list[int] = []
        for place, (kind, start, end) in enumerate(pieces):
            if type(kind) is dict:
                self._add_tag(place, kind, start, end)
            elif kind == "Paragraph":
                if end - start < _SHORT_LABEL and b":" in data[end - 4 : end]:
                    self.labels.append(Heading(7, start, end, place))
            elif kind == "Strong":
                self._add_label(place, start)

    def _add_tag(self, place: int, tag: dict[str, Any], start: int, end: int) -> None:
        """Note what the parser tells more of a piece: the level of a heading, where a link leads."""
        ((kind, details),) = tag.items()
        self._pieces[place] = (kind, start, end)
        self._tags[place] = details
        if kind == "Heading":
            self.headings.append(Heading(int(details["level"][1]), start, end, place))
        elif kind == "Table":
            self.tables.append(place)

    def _add_label(self, place: int, bold: int) -> None:
        """Note a paragraph or list item that begins with bold text; an item with a checkbox is never a heading."""
        around, start, end = self._pieces[place - 1]
        if around == "Paragraph":
            if not self._has_letters(start, bold):
                self.labels.append(Heading(7, start, end, place - 1))
        elif around == "Item" and b"[" not in self.data[start:bold] and not self._has_letters(start, bold):
            line_end = self.data.find(b"\n", start, end)
            line_end = line_end if line_end > 0 else end
            if self.data[line_end:end].strip():
                self.labels.append(Heading(8, bold, line_end, place - 1, end))
            elif place > 1 and self._pieces[place - 2] == ("List", start, end):
                self.labels.append(Heading(7, bold, line_end, place - 1))  # the only item of its list

    def _has_letters(self, start: int, end: int) -> bool:
        """Return whether there are letters between two byte positions, so that what follows is in a sentence."""
        return start < end and any(map(str.isalpha, self.data[start:end].decode()))

    def __len__(self) -> int:
        return len(self._pieces)

    def find_line(self, position: int) -> int:
        """Return the 1-based line in the file of a byte position in the body."""
        if self._lines is None:
            if self._lookups < _FEW and b"\r" not in self.data:
                self._lookups += 1
                passed, line = self._last_found if self._last_found[0] <= position else (0, self._first_line)
                line += self.data.count(b"\n", passed, position)
                self._last_found = position, line
                return line
            self._lines = [0, *accumulate(map(len, self.data.splitlines(keepends=True)))]
        return bisect_right(self._lines, position, hi=max(len(self._lines) - 1, 1)) - 1 + self._first_line

    def decode(self, start: int, end: int) -> str:
        """Return the source between two byte positions; a character that they cut is left out."""
        return self.data[start:end].decode("utf-8", "ignore")

    def list_blocks(self, first: int, last: int) -> list[Block]:
        """Return the blocks from place `first` up to before `last`; inline pieces are left out."""
        return [piece for piece in self._pieces[first:last] if piece[0] in _BLOCKS]

    def find_place(self, position: int) -> int:
        """Return the place of the first piece that begins at or after a byte position."""
        return bisect_left(self._pieces, position, key=_get_start)

    def find_place_after(self, place: int) -> int:
        """Return the place of the first piece that begins after the end of the one at `place`."""
        return self.find_place(self._pieces[place][2])

    def find_links(self, start: int, end: int) -> list[Link]:
        """Return the links and images that begin between two byte positions."""
        if self._links is None:
            self._links = [
                Link(*self._pieces[place][1:], details["dest_url"])
                for place, details in self._tags.items()
                if self._pieces[place][0] in ("Link", "Image")
            ]
        first = bisect_left(self._links, start, key=_get_beginning)
        return self._links[first : bisect_left(self._links, end, first, key=_get_beginning)]

    def blank_fences(self, start: int, end: int) -> bytes:
        """Return the source between two byte positions with blanks in place of fenced code."""
        source = self.data[start:end]
        if b"```" not in source and b"~~~" not in source:
            return source
        blank = bytearray(source)
        for place in range(self.find_place(start), self.find_place(end)):
            kind, first, last = self._pieces[place]
            if kind == "CodeBlock" and self._tags.get(place) != "Indented":
                blank[first - start : last - start] = _NOT_BREAK.sub(b" ", self.data[first:last])[: end - first]
        return bytes(blank)

    def find_unclosed_fence(self) -> int | None:
        """Return where a fence begins that is open at the end of the text; its three characters are to be neutralized."""
        for place in reversed(self._tags):
            kind, start, end = self._pieces[place]
            if kind == "CodeBlock":
                if self._tags[place] == "Indented" or end < len(self.data.rstrip()):
                    return None
                code = self.data[start:end].rstrip()
                opened = _FENCE.match(code)
                closed = _FENCE.match(code, code.rfind(b"\n") + 1) if b"\n" in code else None
                if opened and not (
                    closed and closed.group(1).startswith(opened.group(1)) and closed.end() == len(code)
                ):
                    opener: int = start + opened.start(1)
                    return opener
                return None
        return None


def find_first_after(blocks: list[Block], place: int) -> int:
    """Return the place in `blocks` of the first one that begins after the end of the one at `place`."""
    return bisect_left(blocks, blocks[place][2], place + 1, key=_get_start)


def build_outline(text: str, first_line: int = 1) -> Outline:
    """Return the outline of `text`, whose first line is line `first_line` of the file. Raises TooComplex.

    A code fence that is opened and never closed is text, as authors mean it, and not code up to the end. HTML comments
    are blank.
    """
    if "%%" in text:
        text = _OBSIDIAN_COMMENT.sub(lambda found: _NOT_BREAK_TEXT.sub(" ", found.group()), text)
    data = text.encode()
    made = Outline(data, _parse(text), first_line)
    for _ in range(_MOST_UNCLOSED):
        opener = made.find_unclosed_fence()
        if opener is None:
            break
        data = data[:opener] + b"'''" + data[opener + 3 :]
        made = Outline(data, _parse(data.decode()), first_line)
    if b"<!--" in data:
        made.data = _blank_comments(data)
    return made


def _parse(text: str) -> list[tuple[Any, int, int]]:
    """Return everything that begins in the text: blocks, emphasis, links; what ends and the text itself is left out."""
    events: Iterator[tuple[Any, Any]] = pyromark.events_with_range(text, options=_OPTIONS)
    pieces = [
        (event["Start"], span["start"], span["end"]) for event, span in islice(events, MAX_EVENTS) if "Start" in event
    ]
    if next(events, None) is not None:
        raise TooComplex
    return pieces


def _blank_comments(data: bytes) -> bytes:
    """Return `data` with a blank for each character of an HTML comment; what only looks like one in code stays."""
    blank = bytearray(data)
    for event, span in pyromark.events_with_range(data.decode(), options=_OPTIONS):
        if ("InlineHtml" in event or "Html" in event) and data.startswith(b"<!--", span["start"]):
            end = data.find(b"-->", span["start"] + 4) + 3
            if end > 3:
                blank[span["start"] : end] = _NOT_BREAK.sub(b" ", data[span["start"] : end])
    return bytes(blank)
