"""Markdown as blocks with positions. Everything that knows the parser's event shapes is here."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate, islice
from typing import Any, NamedTuple

import pyromark

__all__ = ["MAX_EVENTS", "Block", "Heading", "Link", "Outline", "TooComplex", "outline"]

MAX_EVENTS = 200_000
"""How many pieces of Markdown one document may hold; the largest of 423 real ones has about 5,000."""

_OPTIONS = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_TASKLISTS
_MOST_UNCLOSED = 8
_BLOCKS = frozenset(
    {"Paragraph", "Item", "List", "Table", "TableHead", "TableRow", "TableCell", "CodeBlock", "HtmlBlock", "BlockQuote"}
)
_SHORT_LABEL = 90


class TooComplex(Exception):
    """The document holds more than MAX_EVENTS pieces of Markdown."""


class Heading(NamedTuple):
    """A heading, or what may serve as one: a bold or colon-ended paragraph (`level` 7), the head of a list item (8).

    `start` and `end` are byte offsets in the body, `index` is the place among the outline's blocks. `within` is where
    the list item ends, 0 for all others.
    """

    level: int
    start: int
    end: int
    index: int
    within: int = 0


class Block(NamedTuple):
    """One block: its kind as pulldown-cmark calls it, its byte range and its place among the outline's blocks."""

    kind: str
    start: int
    end: int
    index: int


class Link(NamedTuple):
    """One link or image with its byte range; a reference is resolved already."""

    start: int
    end: int
    url: str


class Outline:
    """The blocks of one Markdown text, looked at only where asked.

    `data` is the text in UTF-8, the space that all positions are in. `headings` are in reading order; `labels` are
    possible headings of other forms, the bold-only paragraph for one.
    """

    __slots__ = ("_first_line", "_lines", "_links", "_spans", "_starts", "_tags", "data", "headings", "labels")

    def __init__(self, data: bytes, tags: list[Any], spans: list[Any], first_line: int) -> None:
        self.data = data
        self._tags = tags
        self._spans = spans
        self._first_line = first_line
        self._lines: list[int] | None = None
        self._links: list[Link] | None = None
        self._starts: list[int] | None = None
        self.headings: list[Heading] = []
        self.labels: list[Heading] = []
        self._find_headings()

    def __len__(self) -> int:
        return len(self._tags)

    def _find_headings(self) -> None:
        data, headings, labels, spans = self.data, self.headings, self.labels, self._spans
        previous: Any = None
        for index, tag in enumerate(self._tags):
            if type(tag) is dict:
                if "Heading" in tag:
                    span = spans[index]
                    headings.append(Heading(int(tag["Heading"]["level"][1]), span["start"], span["end"], index))
            elif tag == "Strong":
                if previous == "Paragraph" or previous == "Item":
                    start, end = spans[index - 1]["start"], spans[index - 1]["end"]
                    if previous == "Paragraph":
                        labels.append(Heading(7, start, end, index - 1))
                    elif (line_end := data.find(b"\n", start, end - 1)) > 0:
                        labels.append(Heading(8, spans[index]["start"], line_end, index - 1, end))
            elif tag == "Paragraph":
                span = spans[index]
                if span["end"] - span["start"] < _SHORT_LABEL and b":" in data[span["end"] - 4 : span["end"]]:
                    labels.append(Heading(7, span["start"], span["end"], index))
            previous = tag

    def line(self, position: int) -> int:
        """The 1-based line in the file of a byte position in the body."""
        if self._lines is None:
            self._lines = [0, *accumulate(map(len, self.data.splitlines(keepends=True)))]
        return bisect_right(self._lines, position, hi=max(len(self._lines) - 1, 1)) - 1 + self._first_line

    def text(self, start: int, end: int) -> str:
        """The source between two byte positions."""
        return self.data[start:end].decode()

    def blocks(self, first: int, last: int) -> Iterator[Block]:
        """The blocks from place `first` up to before `last`; inline pieces are left out."""
        tags, spans = self._tags, self._spans
        for index in range(first, last):
            tag = tags[index]
            kind = tag if type(tag) is str else next(iter(tag))
            if kind in _BLOCKS:
                span = spans[index]
                yield Block(kind, span["start"], span["end"], index)

    def after(self, position: int) -> int:
        """The place of the first block or inline piece that begins at or after a byte position."""
        if self._starts is None:
            self._starts = [span["start"] for span in self._spans]
        return bisect_left(self._starts, position)

    def links(self, start: int, end: int) -> list[Link]:
        """The links and images that begin between two byte positions."""
        if self._links is None:
            self._links = [
                Link(span["start"], span["end"], found["dest_url"])
                for tag, span in zip(self._tags, self._spans, strict=True)
                if type(tag) is dict and (found := tag.get("Link") or tag.get("Image")) is not None
            ]
        links = self._links
        return links[bisect_left(links, (start,)) : bisect_left(links, (end,))]


def outline(text: str, first_line: int = 1) -> Outline:
    """The outline of `text`, whose first line is line `first_line` of the file. Raises TooComplex.

    A code fence that is opened and never closed is text, as authors mean it, and not code up to the end.
    """
    data = text.encode()
    tags, spans = _parsed(text)
    if b"```" in data or b"~~~" in data:
        for _ in range(_MOST_UNCLOSED):
            opener = _unclosed_fence(data, tags, spans)
            if opener is None:
                break
            data = data[:opener] + b"'''" + data[opener + 3 :]
            tags, spans = _parsed(data.decode())
    return Outline(data, tags, spans, first_line)


def _parsed(text: str) -> tuple[list[Any], list[Any]]:
    events = pyromark.events_with_range(text, options=_OPTIONS)
    tags: list[Any] = []
    spans: list[Any] = []
    found = [(event["Start"], span) for event, span in islice(events, MAX_EVENTS) if "Start" in event]  # type: ignore[index]
    if next(events, None) is not None:
        raise TooComplex
    if found:
        tags, spans = map(list, zip(*found, strict=True))
    return tags, spans


_FENCE = re.compile(rb"[ \t>]*(`{3,}|~{3,})")


def _unclosed_fence(data: bytes, tags: list[Any], spans: list[Any]) -> int | None:
    """Where a fence begins that is open at the end of the text; its three characters are to be neutralized."""
    size = len(data.rstrip())
    for tag, span in zip(reversed(tags), reversed(spans), strict=True):
        if type(tag) is dict and (kind := tag.get("CodeBlock")) is not None:
            if span["end"] < size or kind == "Indented":
                return None
            code = data[span["start"] : span["end"]].rstrip()
            opened = _FENCE.match(code)
            closed = _FENCE.match(code, code.rfind(b"\n") + 1) if b"\n" in code else None
            if opened and not (closed and closed.group(1).startswith(opened.group(1)) and closed.end() == len(code)):
                return int(span["start"]) + opened.start(1)
            return None
    return None
