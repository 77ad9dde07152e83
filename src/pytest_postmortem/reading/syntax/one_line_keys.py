"""Front matter as most of it is, a line a key: read without the YAML parser, where YAML means just what is written."""

from __future__ import annotations

import re

from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.syntax.nodes import Node

__all__ = ["read_simple_mapping"]

# What stands for itself everywhere in a text: all but # and :, quotes, backslash, and what is not printable.
_SIGNS = r" !$-&(-9;-\[\]-~\w–—’…"
_SIMPLE_LINE = lazily(
    r"^([A-Za-z_][\w-]{0,60}):(?: +(?:"
    rf"([\w./(](?:[{_SIGNS}'\"\\]|:(?=[!-~]))*)|(?:\"([{_SIGNS}'#:]*)\"|'([{_SIGNS}\"\\#:]*)'"
    r"|(\[(?:(?: *\w[\w ./@-]*,)* *\w[\w ./@-]*)?\])) *)| *)$",
    re.MULTILINE,
)


def read_simple_mapping(block: str, first_line: int) -> dict[str, Node] | None:
    """Return the mapping in a block whose every line is `key: text` or `key: [text, text]`, and YAML means just that by it.

    None where one line is anything else or stands twice: the parser then tells what it is.
    """
    lines = _SIMPLE_LINE.findall(block)
    if len(lines) != block.count("\n") or not block.endswith("\n"):
        return None
    fields: dict[str, Node] = {}
    for line, (key, plain, double, single, listed) in enumerate(lines, first_line):
        if listed:
            parts = listed[1:-1].split(",") if listed != "[]" else ()
            fields[key] = Node([Node(part.strip(" "), line) for part in parts], line)
        else:
            fields[key] = Node(plain.rstrip(" ") or double or single, line)
    return fields if len(fields) == len(lines) else None
