"""Atlassian Document Format as Markdown: what Jira Cloud holds for a text with forms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby

from pytest_postmortem.sources.remote.json_value import JsonValue
from pytest_postmortem.sources.remote.spans import fence_code

__all__ = ["convert_adf"]

_BEGINS_MARKUP = re.compile(
    r"(?m)^([ \t]*)(?=#{1,6}(?:\s|$)|>|[-*+](?:\s|$)|\||`{3,}[^`\n]*$|~{3}|[-=+]{2,}\s*$|<[A-Za-z/!?])"
)
_BEGINS_NUMBER = re.compile(r"(?m)^([ \t]*\d{1,9})(?=[.)](?:\s|$))")
_INLINE = {"text", "hardBreak", "mention", "emoji", "date", "status", "inlineCard"}
_LISTS = {"bulletList", "orderedList", "taskList", "decisionList"}
_WIDEST = 100
"""More columns than this no table has that is read by people."""


def convert_adf(document: JsonValue) -> str:
    """Return the document as Markdown. A node that nobody knows is read by its content; what is text stays text.

    Raises SourceError for a node that is not as documented.
    """
    return "\n\n".join(filter(None, _convert_blocks(document["content"].iterate())))


def _convert_blocks(nodes: Iterable[JsonValue]) -> Iterator[str]:
    """Yield the blocks of nodes; pieces of text that stand between blocks are a paragraph of their own."""
    for inline, group in groupby(nodes, key=lambda node: node["type"].text() in _INLINE):
        if inline:
            yield _paragraph(_convert_inline(group))
        else:
            for node in group:
                yield from _convert_block(node)


def _convert_block(node: JsonValue) -> Iterator[str]:
    kind = node["type"].text()
    match kind:
        case "paragraph":
            yield _paragraph(_convert_text(node))
        case "heading":
            yield f"{'#' * min(max(node['attrs']['level'].number() or 1, 1), 6)} {_join_words(_convert_text(node))}"
        case "codeBlock":
            code = "".join(_get_raw_text(child["text"]) for child in node["content"].iterate())
            yield fence_code(code, node["attrs"]["language"].text())
        case "rule":
            yield "***"
        case "table":
            yield _convert_table(node)
        case "blockquote":
            yield "\n".join(f"> {line}".rstrip() for line in convert_adf(node).split("\n"))
        case "expand" | "nestedExpand":
            if title := _join_words(node["attrs"]["title"].text()):
                yield f"**{title}**"
            yield from _convert_blocks(node["content"].iterate())
        case "blockCard" | "embedCard":
            yield _find_url(node)
        case _ if kind in _LISTS:
            yield _convert_list(node)
        case _:
            yield from _convert_blocks(node["content"].iterate())


def _convert_list(node: JsonValue) -> str:
    ordered = node["type"].text() == "orderedList"
    start = node["attrs"]["order"].number() if ordered else None
    number = 1 if start is None else max(start, 0)
    lines: list[str] = []
    for child in node["content"].iterate():
        kind = child["type"].text()
        if kind in _LISTS:
            lines.append(_indent(_convert_list(child), 2))
            continue
        sign = f"{number}. " if ordered else "- "
        number += 1
        box = ("[x] " if child["attrs"]["state"].text() == "DONE" else "[ ] ") if _is_task(kind) else ""
        lines.append(f"{sign}{box}{_indent(_convert_item(child), len(sign)).lstrip(' ')}".rstrip())
    return "\n".join(lines)


def _is_task(kind: str) -> bool:
    return kind in ("taskItem", "blockTaskItem")


def _convert_item(node: JsonValue) -> str:
    """What stands in an item: lists follow their text at once, as in a tight list."""
    text = ""
    for tight, children in groupby(node["content"].iterate(), key=lambda child: child["type"].text() in _LISTS):
        found = list(children)
        between = "\n" if tight else "\n\n"
        for block in filter(None, map(_convert_list, found) if tight else _convert_blocks(found)):
            text += f"{between if text else ''}{block}"
    return text


def _indent(text: str, width: int) -> str:
    return "\n".join(f"{' ' * width}{line}" if line else "" for line in text.split("\n"))


def _convert_table(node: JsonValue) -> str:
    """Return a table whose first row is the head: Markdown knows no table without one."""
    rows = list(_convert_rows(node))
    width = max(map(len, rows), default=0)
    if not width:
        return ""
    full = [[*row, *[""] * (width - len(row))] for row in rows]
    lines = [f"| {' | '.join(row)} |" for row in full]
    return "\n".join([lines[0], "|---" * width + "|", *lines[1:]])


def _convert_rows(node: JsonValue) -> Iterator[list[str]]:
    """The cells of each row; a cell over several rows stands in each of them, one over several columns in the first."""
    held: dict[int, tuple[int, str]] = {}
    for row in node["content"].iterate():
        cells: list[str] = []
        for cell in row["content"].iterate():
            rows = cell["attrs"]["rowspan"].number() or 1
            columns = min(cell["attrs"]["colspan"].number() or 1, _WIDEST)
            for text in (_convert_cell(cell), *[""] * (columns - 1)):
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


def _convert_cell(node: JsonValue) -> str:
    blocks = (_join_words(block) for block in _convert_blocks(node["content"].iterate()))
    return " ".join(filter(None, blocks)).replace("|", "\\|")


def _join_words(text: str) -> str:
    return " ".join(text.split())


def _paragraph(text: str) -> str:
    """A text of one paragraph: what would begin a heading, a list, a table or a comment by its first signs does not."""
    lines = "\n".join(line.strip() for line in text.split("\n") if line.strip())
    return _BEGINS_NUMBER.sub(r"\1\\", _BEGINS_MARKUP.sub(r"\1\\", lines))


def _convert_text(node: JsonValue) -> str:
    return _convert_inline(node["content"].iterate())


def _convert_inline(nodes: Iterable[JsonValue]) -> str:
    """Pieces of text; neighbours with the same marks are one piece, so that their signs do not collide."""
    return "".join(
        _apply_marks("".join(map(_convert_piece, group)), dict(marks))
        for marks, group in groupby(nodes, key=lambda node: tuple(_list_marks(node)))
    )


def _list_marks(node: JsonValue) -> Iterator[tuple[str, str]]:
    if node["type"].text() == "text":
        for mark in node["marks"].iterate():
            yield mark["type"].require_text(), mark["attrs"]["href"].text()


def _convert_piece(node: JsonValue) -> str:
    attributes = node["attrs"]
    match node["type"].text():
        case "text":
            code = any(kind == "code" for kind, _ in _list_marks(node))
            return _get_raw_text(node["text"]) if code else _get_raw_text(node["text"]).replace("<!--", "\\<!--")
        case "hardBreak":
            return "\n"
        case "mention":
            return attributes["text"].text() or f"@{attributes['id'].text()}"
        case "emoji":
            return attributes["text"].text() or attributes["shortName"].text()
        case "date":
            return _format_day(attributes["timestamp"].text())
        case "status":
            return attributes["text"].text()
        case "inlineCard":
            return _find_url(node)
    return _convert_text(node)


def _apply_marks(text: str, marks: dict[str, str]) -> str:
    bare = text.strip()
    if not bare or not marks:
        return text
    before, _, after = text.partition(bare)
    if "code" in marks:
        ticks = "`" * (_measure_backticks(bare) + 1)
        pad = " " if bare.startswith("`") or bare.endswith("`") else ""
        bare = f"{ticks}{pad}{bare}{pad}{ticks}"
    for kind, sign in (("strike", "~~"), ("em", "*"), ("strong", "**")):
        bare = f"{sign}{bare}{sign}" if kind in marks else bare
    url = marks.get("link", "")
    if url and url != bare:
        bare = f"[{bare}](<{url}>)" if re.search(r"[\s()<>]", url) else f"[{bare}]({url})"
    return f"{before}{bare}{after}"


def _find_url(node: JsonValue) -> str:
    return node["attrs"]["url"].text() or node["attrs"]["data"]["url"].text()


def _format_day(timestamp: str) -> str:
    """Return the day in UTC of milliseconds since 1970; the text itself where it is none."""
    try:
        return datetime.fromtimestamp(int(timestamp) / 1000, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return timestamp


def _measure_backticks(text: str) -> int:
    return max(map(len, re.findall(r"`+", text)), default=0)


def _get_raw_text(text: JsonValue) -> str:
    """Return a text with the blanks around it, which matter between two pieces."""
    return text.raw if isinstance(text.raw, str) else text.text()
