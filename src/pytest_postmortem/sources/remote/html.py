"""HTML as Markdown: all of its text, and what a post-mortem is read by: headings, lists, boxes, tables, links, code."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from pytest_postmortem.sources.remote.spans import Span, encode_address, escape_tags, fence_code, format_code, wrap

__all__ = ["convert_html", "is_html"]

_SKIPPED = ("script", "style", "template", "title")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = (
    *("p", "div", "section", "article", "header", "footer", "main", "aside", "nav", "figure", "figcaption", "caption"),
    *("blockquote", "dl", "dt", "dd", "details", "summary", "fieldset", "form", "address", "center", "body", "html"),
)
_LISTS = ("ul", "ol")
_CODE = ("pre", "code", "tt", "kbd", "samp")
_TABLE = ("table", "tr", "td", "th")
_CLOSES = re.compile(
    r"</(?:p|div|h[1-6]|li|[ou]l|table|t[rdh]|section|article|blockquote|pre|dl|dd)\s*>", re.IGNORECASE
)
_BREAKS = re.compile(r"<br\s*/?>", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_FENCE = re.compile(r"(?m)^[ ]*(?:`{3,}|~{3,}|(?:[-=+]{2,}[ ]*$))")
_DEEPEST = 20
"""How many lists within lists are indented further."""


def is_html(text: str) -> bool:
    """Return whether a text that may be either is HTML: it closes a block, or breaks lines as only HTML has to."""
    return bool(_CLOSES.search(text) or ("\n" not in text.strip() and _BREAKS.search(text)))


def convert_html(text: str) -> str:
    """Return the Markdown of it. Text outside of all blocks keeps its lines: it may be Markdown already."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.finish()


class _Reader(HTMLParser):
    """Writes block after block; what is open within a block is closed at its end, and opened again in the next."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._inline: list[str] = []
        self._spans: list[Span] = []
        self._lists: list[list[int]] = []  # the next number of each open list, 0 for bullets
        self._mark = ""  # that of a list item whose first block is still to come
        self._heading = 0
        self._open = 0
        self._skipped = ""
        self._code = 0
        self._pre = 0
        self._pre_start = 0
        self._tables = 0
        self._rows: list[list[str]] = []
        self._in_cell = False

    def finish(self) -> str:
        """Return all that was read."""
        if self._pre:
            self._pre = 1
            self._end_code()
        self._end_table()
        self._end_block()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self._lines)).strip("\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._skipped:
            return
        attributes = {name: value or "" for name, value in attrs}
        if tag in _SKIPPED:
            self._skipped = tag
        elif tag in _HEADINGS:
            self._end_block()
            self._heading = int(tag[1])
        elif tag in _BLOCKS:
            self._end_block()
            self._open += 1
        elif tag in _LISTS:
            self._end_block()
            self._lists.append([0 if tag == "ul" else 1])
        elif tag == "li":
            self._begin_item(attributes)
        elif tag in _CODE:
            self._begin_code(tag)
        elif tag in _TABLE:
            self._begin_table(tag)
        else:
            self._begin_inline(tag, attributes)

    def _begin_inline(self, tag: str, attributes: dict[str, str]) -> None:
        match tag:
            case "br":
                self._inline.append("\n")
            case "hr":
                self._end_block()
                self._write("***")
            case "input" if attributes.get("type", "").lower() == "checkbox":
                self._add_box("checked" in attributes)
            case "img":
                text, source = escape_tags(attributes.get("alt", "")), attributes.get("src", "")
                linked = text and source.startswith(("https://", "http://"))
                self._inline.append(f"![{text}]({encode_address(source)})" if linked else text)
            case "a" | "strong" | "b":
                self._begin_span("a" if tag == "a" else "b", attributes.get("href", ""))

    def _begin_code(self, tag: str) -> None:
        if tag == "pre":
            self._end_block()
            self._pre_start = self._pre_start if self._pre else len(self._inline)
            self._pre += 1
        elif not self._pre:
            self._code += 1
            self._begin_span("code", "")

    def _begin_table(self, tag: str) -> None:
        """Begin a table, a row or a cell; what is in a table within a table is text of the outer one."""
        if tag == "table":
            self._end_block()
            self._tables += 1
        elif self._tables == 1:
            self._end_cell()
            if tag == "tr":
                self._rows.append([])
            else:
                self._in_cell = True

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)  # `<div/>` opens a div, whatever its author thinks; these are the void ones

    def handle_endtag(self, tag: str) -> None:
        if self._skipped:
            self._skipped = "" if tag == self._skipped else self._skipped
        elif tag in _HEADINGS or tag == "li":
            self._end_block()
        elif tag in _BLOCKS:
            self._end_block()
            self._open = max(0, self._open - 1)
        elif tag in _LISTS:
            self._end_block()
            self._lists = self._lists[:-1]
            self._mark = ""
        elif tag in ("a", "strong", "b"):
            self._end_span("a" if tag == "a" else "b")
        elif tag == "pre":
            if self._pre:
                self._end_code()
        elif tag in _CODE:
            if self._code:
                self._end_span("code")
                self._code -= 1
        elif tag in _TABLE:
            self._leave_table(tag)

    def _leave_table(self, tag: str) -> None:
        if tag == "table" and self._tables > 1:
            self._tables -= 1
        elif self._tables == 1:
            if tag == "table":
                self._end_table()
            elif tag != "tr":
                self._end_cell()

    def handle_data(self, data: str) -> None:
        if self._skipped:
            return
        if self._pre:
            self._inline.append(data)
        elif self._code:
            self._inline.append(_SPACES.sub(" ", data))
        elif self._is_block:
            self._inline.append(escape_tags(_SPACES.sub(" ", data)))
        else:
            self._inline.append(escape_tags(data))

    @property
    def _is_block(self) -> bool:
        """Whether text is within a block, where its line breaks say nothing."""
        return bool(self._open or self._lists or self._heading or self._tables)

    def _begin_item(self, told: dict[str, str]) -> None:
        """Begin an item of a list; some editors keep its box in an attribute of it."""
        self._end_block()
        if not self._lists:
            self._lists.append([0])
        number = self._lists[-1][0]
        self._mark = f"{number}. " if number else "- "
        self._lists[-1][0] += bool(number)
        box = told.get("data-checked") or told.get("data-list", "")
        if box in ("true", "checked", "false", "unchecked"):
            self._add_box(box in ("true", "checked"))

    def _add_box(self, checked: bool) -> None:
        box = "[x] " if checked else "[ ] "
        if self._tables or any(part.strip() for part in self._inline):
            self._inline.append(box)
        elif not self._mark.endswith("] "):
            self._mark = f"{self._mark or '- '}{box}"

    def _begin_span(self, tag: str, href: str) -> None:
        if all(span.tag != tag for span in self._spans):
            self._spans.append(Span(tag, len(self._inline), href))

    def _end_span(self, tag: str) -> None:
        """Close the span of this tag, and with it those that began within it."""
        place = next((place for place, span in enumerate(self._spans) if span.tag == tag), None)
        if place is not None:
            for span in reversed(self._spans[place:]):
                self._wrap(span)
            self._spans = self._spans[:place]

    def _wrap(self, span: Span) -> None:
        text = "".join(self._inline[span.start :])
        bare = text.strip()
        if bare:
            before, _, after = text.partition(bare)
            self._inline[span.start :] = [before, wrap(span, bare), after]

    def _end_block(self) -> None:
        """Write what was read since the last one."""
        if self._pre:
            self._inline.append("\n")
            return
        for span in reversed(self._spans):
            self._wrap(span)
        self._spans = [span._replace(start=0) for span in self._spans]
        if self._tables:
            self._inline.append("\n")
            self._mark = ""
            self._spans = [span._replace(start=len(self._inline)) for span in self._spans]
            return
        text = "".join(self._inline)
        self._inline = []
        if self._is_block:
            lines = "\n".join(line.strip() for line in text.split("\n"))
            text = _FENCE.sub(lambda found: f"\\{found.group().lstrip()}", lines)
        if text.strip():
            text = text.strip("\n")
            self._write(f"{'#' * self._heading} {' '.join(text.split())}" if self._heading else text)
        self._heading = 0

    def _write(self, block: str) -> None:
        """Write a block, indented as required by the lists that it is in."""
        if not self._lists:
            self._lines += ["", f"{self._mark}{block}", ""]
            self._mark = ""
            return
        outer = sum(3 if number else 2 for (number,) in self._lists[: min(len(self._lists) - 1, _DEEPEST)])
        inner = outer + (3 if self._lists[-1][0] else 2)
        first, *others = block.split("\n")
        if self._mark and not (len(self._lists) > 1 or (self._lines and self._lines[-1])):
            self._lines.append("")
        self._lines.append(f"{' ' * (outer if self._mark else inner)}{self._mark}{first}")
        self._lines += [f"{' ' * inner}{line}" for line in others]
        self._mark = ""

    def _end_code(self) -> None:
        self._pre -= 1
        if self._pre:
            return
        text = "".join(self._inline[self._pre_start :]).strip("\n")
        del self._inline[self._pre_start :]
        if self._tables and text.strip():
            self._inline += [format_code(" ".join(text.split())), "\n"]
        elif text.strip():
            self._write(fence_code(text))

    def _end_cell(self) -> None:
        """Close the cell where one is open; what stands in a table and in no cell comes before it."""
        for span in reversed(self._spans):
            self._wrap(span)
        self._spans = []
        lines = [line for part in "".join(self._inline).split("\n") if (line := " ".join(part.split()))]
        self._inline = []
        if not self._in_cell:
            if lines:
                self._write("\n".join(lines))
            return
        self._in_cell = False
        if not self._rows:
            self._rows.append([])
        self._rows[-1].append("<br>".join(lines).replace("|", "\\|"))

    def _end_table(self) -> None:
        """Write the rows of a table, whose first row is the head: Markdown knows no other."""
        if self._tables:
            self._end_cell()
        self._tables = 0
        rows = [row for row in self._rows if row]
        self._rows = []
        width = max(map(len, rows), default=0)
        if width:
            lines = [f"| {' | '.join(row + [''] * (width - len(row)))} |" for row in rows]
            self._lines.append("")
            self._write("\n".join([lines[0], "|" + "---|" * width, *lines[1:]]))
            self._lines.append("")
