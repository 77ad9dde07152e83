"""Atlassian Document Format as Markdown: what Jira Cloud holds for a text with forms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby

from pytest_postmortem.sources.remote.shape import Shape
from pytest_postmortem.sources.remote.spans import fenced

__all__ = ["markdown_of"]

_BEGINS_MARKUP = re.compile(
    r"(?m)^([ \t]*)(?=#{1,6}(?:\s|$)|>|[-*+](?:\s|$)|\||`{3,}[^`\n]*$|~{3}|[-=+]{2,}\s*$|<[A-Za-z/!?])"
)
_BEGINS_NUMBER = re.compile(r"(?m)^([ \t]*\d{1,9})(?=[.)](?:\s|$))")
_INLINE = {"text", "hardBreak", "mention", "emoji", "date", "status", "inlineCard"}
_LISTS = {"bulletList", "orderedList", "taskList", "decisionList"}
_WIDEST = 100
"""More columns than this no table has that is read by people."""


def markdown_of(document: Shape) -> str:
    """The document as Markdown. A node that nobody knows is read by its content; what is text stays text.

    Raises SourceError for a node that is not as documented.
    """
    return "\n\n".join(filter(None, _blocks(document["content"].each())))


def _blocks(nodes: Iterable[Shape]) -> Iterator[str]:
    """The blocks of nodes; pieces of text that stand between blocks are a paragraph of their own."""
    for inline, group in groupby(nodes, key=lambda node: node["type"].text() in _INLINE):
        if inline:
            yield _paragraph(_inline(group))
        else:
            for node in group:
                yield from _block(node)


def _block(node: Shape) -> Iterator[str]:
    kind = node["type"].text()
    match kind:
        case "paragraph":
            yield _paragraph(_text(node))
        case "heading":
            yield f"{'#' * min(max(node['attrs']['level'].number() or 1, 1), 6)} {_one_line(_text(node))}"
        case "codeBlock":
            code = "".join(_kept(child["text"]) for child in node["content"].each())
            yield fenced(code, node["attrs"]["language"].text())
        case "rule":
            yield "***"
        case "table":
            yield _table(node)
        case "blockquote":
            yield "\n".join(f"> {line}".rstrip() for line in markdown_of(node).split("\n"))
        case "expand" | "nestedExpand":
            if title := _one_line(node["attrs"]["title"].text()):
                yield f"**{title}**"
            yield from _blocks(node["content"].each())
        case "blockCard" | "embedCard":
            yield _card(node)
        case _ if kind in _LISTS:
            yield _list(node)
        case _:
            yield from _blocks(node["content"].each())


def _list(node: Shape) -> str:
    ordered = node["type"].text() == "orderedList"
    start = node["attrs"]["order"].number() if ordered else None
    number = 1 if start is None else max(start, 0)
    lines: list[str] = []
    for child in node["content"].each():
        kind = child["type"].text()
        if kind in _LISTS:
            lines.append(_indented(_list(child), 2))
            continue
        sign = f"{number}. " if ordered else "- "
        number += 1
        box = ("[x] " if child["attrs"]["state"].text() == "DONE" else "[ ] ") if _is_task(kind) else ""
        lines.append(f"{sign}{box}{_indented(_item(child), len(sign)).lstrip(' ')}".rstrip())
    return "\n".join(lines)


def _is_task(kind: str) -> bool:
    return kind in ("taskItem", "blockTaskItem")


def _item(node: Shape) -> str:
    """What stands in an item: lists follow their text at once, as in a tight list."""
    text = ""
    for tight, children in groupby(node["content"].each(), key=lambda child: child["type"].text() in _LISTS):
        found = list(children)
        between = "\n" if tight else "\n\n"
        for block in filter(None, map(_list, found) if tight else _blocks(found)):
            text += f"{between if text else ''}{block}"
    return text


def _indented(text: str, width: int) -> str:
    return "\n".join(f"{' ' * width}{line}" if line else "" for line in text.split("\n"))


def _table(node: Shape) -> str:
    """A table whose first row is the head: Markdown knows no table without one."""
    rows = list(_rows(node))
    width = max(map(len, rows), default=0)
    if not width:
        return ""
    full = [[*row, *[""] * (width - len(row))] for row in rows]
    lines = [f"| {' | '.join(row)} |" for row in full]
    return "\n".join([lines[0], "|---" * width + "|", *lines[1:]])


def _rows(node: Shape) -> Iterator[list[str]]:
    """The cells of each row; a cell over several rows stands in each of them, one over several columns in the first."""
    held: dict[int, tuple[int, str]] = {}
    for row in node["content"].each():
        cells: list[str] = []
        for cell in row["content"].each():
            rows = cell["attrs"]["rowspan"].number() or 1
            columns = min(cell["attrs"]["colspan"].number() or 1, _WIDEST)
            for text in (_cell(cell), *[""] * (columns - 1)):
                _put_held(cells, held)
                if rows > 1:
                    held[len(cells)] = (rows - 1, text)
                cells.append(text)
        _put_held(cells, held)
        yield cells


def _put_held(cells: list[str], held: dict[int, tuple[int, str]]) -> None:
    while (here := len(cells)) in held:
        rows, text = held.pop(here)
        if rows > 1:
            held[here] = (rows - 1, text)
        cells.append(text)


def _cell(node: Shape) -> str:
    blocks = (_one_line(block) for block in _blocks(node["content"].each()))
    return " ".join(filter(None, blocks)).replace("|", "\\|")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _paragraph(text: str) -> str:
    """A text of one paragraph: what would begin a heading, a list, a table or a comment by its first signs does not."""
    lines = "\n".join(line.strip() for line in text.split("\n") if line.strip())
    return _BEGINS_NUMBER.sub(r"\1\\", _BEGINS_MARKUP.sub(r"\1\\", lines))


def _text(node: Shape) -> str:
    return _inline(node["content"].each())


def _inline(nodes: Iterable[Shape]) -> str:
    """Pieces of text; neighbours with the same marks are one piece, so that their signs do not collide."""
    return "".join(
        _marked("".join(map(_piece, group)), dict(marks))
        for marks, group in groupby(nodes, key=lambda node: tuple(_marks(node)))
    )


def _marks(node: Shape) -> Iterator[tuple[str, str]]:
    if node["type"].text() == "text":
        for mark in node["marks"].each():
            yield mark["type"].needed(), mark["attrs"]["href"].text()


def _piece(node: Shape) -> str:
    attributes = node["attrs"]
    match node["type"].text():
        case "text":
            code = any(kind == "code" for kind, _ in _marks(node))
            return _kept(node["text"]) if code else _kept(node["text"]).replace("<!--", "\\<!--")
        case "hardBreak":
            return "\n"
        case "mention":
            return attributes["text"].text() or f"@{attributes['id'].text()}"
        case "emoji":
            return attributes["text"].text() or attributes["shortName"].text()
        case "date":
            return _day(attributes["timestamp"].text())
        case "status":
            return attributes["text"].text()
        case "inlineCard":
            return _card(node)
    return _text(node)


def _marked(text: str, marks: dict[str, str]) -> str:
    bare = text.strip()
    if not bare or not marks:
        return text
    before, _, after = text.partition(bare)
    if "code" in marks:
        ticks = "`" * (_longest_run(bare) + 1)
        pad = " " if bare.startswith("`") or bare.endswith("`") else ""
        bare = f"{ticks}{pad}{bare}{pad}{ticks}"
    for kind, sign in (("strike", "~~"), ("em", "*"), ("strong", "**")):
        bare = f"{sign}{bare}{sign}" if kind in marks else bare
    url = marks.get("link", "")
    if url and url != bare:
        bare = f"[{bare}](<{url}>)" if re.search(r"[\s()<>]", url) else f"[{bare}]({url})"
    return f"{before}{bare}{after}"


def _card(node: Shape) -> str:
    return node["attrs"]["url"].text() or node["attrs"]["data"]["url"].text()


def _day(timestamp: str) -> str:
    """The day in UTC of milliseconds since 1970; the text itself where it is none."""
    try:
        return datetime.fromtimestamp(int(timestamp) / 1000, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return timestamp


def _longest_run(text: str) -> int:
    return max(map(len, re.findall(r"`+", text)), default=0)


def _kept(text: Shape) -> str:
    """A text with the blanks around it, which matter between two pieces."""
    return text.raw if isinstance(text.raw, str) else text.text()
