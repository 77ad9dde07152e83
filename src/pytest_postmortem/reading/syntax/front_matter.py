"""Front matter: where it ends, and its fields."""

from __future__ import annotations

from typing import NamedTuple

from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.syntax.nodes import Node, Problem
from pytest_postmortem.reading.syntax.yaml import read_yaml

__all__ = ["MAX_BYTES", "FrontMatter", "split_front_matter"]

MAX_BYTES = 64 * 1024
"""The largest front matter that is read."""

_KEY_LINE = lazily(
    r"(?m:^)[ ]*(?!\*\*|>[ \t]|\[[^\]\n]*\][(:])(?:[\w\"'][^:\n]{0,80}:(?:[ \t\r\n]|$)|[\t{\[&!*?%@\"'|>`]|-[ ])"
)


class FrontMatter(NamedTuple):
    """The fields before the text, the text itself, and the 1-based line in the file where it begins."""

    fields: dict[str, Node]
    body: str
    body_line: int
    problems: list[Problem]


def split_front_matter(text: str) -> FrontMatter:
    """Split `text` into front matter and body.

    A first line `---` that is followed by what is no `key:` is a thematic break of the text.
    """
    mark = text[:3]
    if mark not in ("---", "+++") or text[3:5].lstrip(" \t\r")[:1] not in ("\n", ""):
        return FrontMatter({}, text, 1, [])
    opened = text.find("\n") + 1
    if not opened or (mark == "---" and not _looks_like_yaml(text, opened)):
        return FrontMatter({}, text, 1, [])
    closed, after = _find_closing(text, opened, mark)
    if closed < 0:
        problem = Problem(1, f"the front matter is opened by {mark} and not closed", f"add a line {mark} where it ends")
        return FrontMatter({}, text[opened:], 2, [problem])
    block = text[opened:closed]
    body_line = 1 + text.count("\n", 0, after)
    if len(block) > MAX_BYTES // 4 and len(block.encode("utf-8", "replace")) > MAX_BYTES:
        problem = Problem(1, f"the front matter is larger than {MAX_BYTES // 1024} KiB", "move the text behind it")
        return FrontMatter({}, text[after:], body_line, [problem])
    if mark == "---":
        fields, problems = read_yaml(block, 2)
    else:
        from pytest_postmortem.reading.syntax.toml import read_toml

        fields, problems = read_toml(block, 2)
    return FrontMatter(fields, text[after:], body_line, problems)


def _looks_like_yaml(text: str, position: int) -> bool:
    """Return whether the first line that is neither empty nor a comment begins a mapping, or tries to."""
    while position < len(text):
        if _KEY_LINE.match(text, position):
            return True
        end = text.find("\n", position)
        line = text[position : end if end >= 0 else len(text)].strip()
        if line in ("---", "..."):
            return True
        if line and not line.startswith("#"):
            return False
        if end < 0:
            return False
        position = end + 1
    return False


def _find_closing(text: str, opened: int, mark: str) -> tuple[int, int]:
    """Return where the line that closes the front matter begins, and where the line after it does; (-1, -1) without one."""
    position = opened - 1
    while True:
        position = text.find("\n" + mark, position)
        if position < 0:
            return -1, -1
        end = text.find("\n", position + 1)
        end = len(text) if end < 0 else end + 1
        if not text[position + 4 : end].strip():
            return position + 1, end
        position += 1
