"""Atlassian Document Format, in which Jira Cloud keeps texts, as Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

__all__ = ["markdown"]

_MARKS = {"strong": "**", "em": "*", "strike": "~~"}
_ACTIVE = re.compile(r"[\\`*_<\[\]|]")


def markdown(document: Any) -> str:
    """The text of a document. What is unknown in it is read by its content; of what is no node nothing comes."""
    return "\n\n".join(_blocks(_content(document)))


def _content(node: Any, of: str = "content") -> list[dict[str, Any]]:
    content = node.get(of) if isinstance(node, dict) else None
    return [one for one in content if isinstance(one, dict)] if isinstance(content, list) else []


def _blocks(nodes: list[dict[str, Any]]) -> Iterator[str]:
    for node in nodes:
        text = _BLOCKS.get(str(node.get("type")), _others)(node).strip("\n")
        if text.strip():
            yield text


def _others(node: dict[str, Any]) -> str:
    """A node of another kind: its blocks (of a panel, an expand, a layout), or else its text."""
    inner = _content(node)
    if any(str(one.get("type")) in _BLOCKS for one in inner):
        return "\n\n".join(_blocks(inner))
    return _inline([node]) if str(node.get("type")) in _INLINE else _inline(inner)


def _heading(node: dict[str, Any]) -> str:
    level = _attribute(node, "level")
    depth = int(level) if level in {"1", "2", "3", "4", "5", "6"} else 2
    return f"{'#' * depth} {_folded(_inline(_content(node)))}"


def _code(node: dict[str, Any]) -> str:
    text = "".join(str(one.get("text", "")) for one in _content(node))
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    return f"{fence}{_attribute(node, 'language')}\n{text}\n{fence}"


def _quote(node: dict[str, Any]) -> str:
    return "\n".join(f"> {line}".rstrip() for line in "\n\n".join(_blocks(_content(node))).split("\n"))


def _list(node: dict[str, Any], marks: Iterator[str]) -> str:
    """The items of a list, each with what is nested in it; a list within a list of tasks is one of its own."""
    items = []
    for item in _content(node):
        if str(item.get("type")) in _LISTS:
            items.append(_indented(_BLOCKS[str(item["type"])](item), 2))
            continue
        mark = next(marks)
        box = (
            {"TODO": "[ ] ", "DONE": "[x] "}.get(_attribute(item, "state"), "")
            if item.get("type") == "taskItem"
            else ""
        )
        blocks = any(str(one.get("type")) in _BLOCKS for one in _content(item))
        text = "\n".join(_blocks(_content(item))) if blocks else _inline(_content(item))
        items.append(f"{mark}{box}{_indented(text, len(mark)).lstrip()}")
    return "\n".join(items)


def _bullets(node: dict[str, Any]) -> str:
    return _list(node, iter(lambda: "- ", ""))


def _numbers(node: dict[str, Any]) -> str:
    return _list(node, (f"{number}. " for number in range(1, 1_000_000)))


def _indented(text: str, by: int) -> str:
    return "\n".join(f"{' ' * by}{line}" if line else "" for line in text.split("\n"))


def _table(node: dict[str, Any]) -> str:
    """A table with the first row as its head: Markdown knows no other."""
    rows = [[_cell(cell) for cell in _content(row)] for row in _content(node)]
    width = max(map(len, rows), default=0)
    if not width:
        return ""
    lines = [f"| {' | '.join(row + [''] * (width - len(row)))} |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * width, *lines[1:]])


def _cell(node: dict[str, Any]) -> str:
    return _folded(" ".join(_blocks(_content(node)))).replace("|", "\\|").replace("\\\\|", "\\|")


def _folded(text: str) -> str:
    return " ".join(text.replace("\\\n", " ").split())


def _inline(nodes: list[dict[str, Any]]) -> str:
    return "".join(_INLINE.get(str(node.get("type")), _unknown)(node) for node in nodes)


def _unknown(node: dict[str, Any]) -> str:
    return _inline(_content(node)) or _attribute(node, "text")


def _text(node: dict[str, Any]) -> str:
    """A text with its marks; what would be markup by accident is escaped, flags such as [test required] are not."""
    said = node.get("text")
    text = said if isinstance(said, str) else ""
    marks = _content(node, "marks")
    kinds = {str(mark.get("type")) for mark in marks}
    if "code" in kinds:
        return f"`{text}`" if "`" not in text else f"`` {text} ``"
    bare = text.strip()
    if not bare:
        return text
    made = _ACTIVE.sub(_escaped, bare)
    for kind, sign in _MARKS.items():
        if kind in kinds:
            made = f"{sign}{made}{sign}"
    link = next((_attribute(mark, "href") for mark in marks if mark.get("type") == "link"), "")
    if link:
        made = f"<{link}>" if link == bare else f"[{made}](<{link}>)"
    start = len(text) - len(text.lstrip())
    return f"{text[:start]}{made}{text[start + len(bare) :]}"


def _escaped(found: re.Match[str]) -> str:
    return found.group() if found.group() in "[]_|" else f"\\{found.group()}"


def _date(node: dict[str, Any]) -> str:
    """A date, which is given in milliseconds."""
    told = _attribute(node, "timestamp")
    if not (told.isascii() and told.isdecimal() and len(told) < 15):
        return ""
    return datetime.fromtimestamp(int(told) / 1000, UTC).date().isoformat()


def _attribute(node: dict[str, Any], name: str) -> str:
    attributes = node.get("attrs")
    value = attributes.get(name) if isinstance(attributes, dict) else None
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


_LISTS = ("bulletList", "orderedList", "taskList", "decisionList")
_BLOCKS: dict[str, Callable[[dict[str, Any]], str]] = {
    "paragraph": lambda node: _inline(_content(node)),
    "heading": _heading,
    "bulletList": _bullets,
    "orderedList": _numbers,
    "taskList": _bullets,
    "decisionList": _bullets,
    "codeBlock": _code,
    "blockquote": _quote,
    "table": _table,
    "rule": lambda node: "---",
    "panel": lambda node: "\n\n".join(_blocks(_content(node))),
    "expand": lambda node: "\n\n".join(_blocks(_content(node))),
    "nestedExpand": lambda node: "\n\n".join(_blocks(_content(node))),
    "blockCard": lambda node: _attribute(node, "url"),
}
_INLINE: dict[str, Callable[[dict[str, Any]], str]] = {
    "text": _text,
    "hardBreak": lambda node: "\\\n",
    "mention": lambda node: _attribute(node, "text"),
    "emoji": lambda node: _attribute(node, "text") or _attribute(node, "shortName"),
    "status": lambda node: _attribute(node, "text"),
    "date": _date,
    "inlineCard": lambda node: _attribute(node, "url"),
}
