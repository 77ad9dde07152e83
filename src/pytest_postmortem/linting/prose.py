"""The running text of a document: without code, comments and front matter, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["iterate_prose", "strip_code"]

_FENCE = re.compile(r"[ \t>]{0,40}(`{3,}|~{3,})")
_INLINE_CODE = re.compile(r"(`{1,4})(?!`)[^\n]{1,2000}?(?<!`)\1(?!`)")
_FRONT = {"---": "---", "+++": "+++"}


def iterate_prose(text: str) -> Iterator[tuple[int, str]]:
    """Yield each 1-based line with text in it; front matter, code, comments and quotes are left out."""
    fences = _Fences()
    comment = False
    front = ""
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip().lstrip("\ufeff")
        if number == 1 and stripped in _FRONT:
            front = _FRONT[stripped]
            continue
        if front:
            front = "" if stripped == front else front
            continue
        if fences.cover(line):
            continue
        line, comment = _strip_comments(line, comment)
        line = _INLINE_CODE.sub(" ", line)
        if line.strip() and not stripped.startswith(">"):
            yield number, line


def strip_code(text: str) -> str:
    """Return `text` with as many lines, and none of the code in fences and backticks."""
    kept: list[str] = []
    fences = _Fences()
    comment = False
    for line in text.split("\n"):
        if not comment and fences.cover(line):
            kept.append("")
        else:
            line = _INLINE_CODE.sub(" ", line)
            _, comment = _strip_comments(line, comment)
            kept.append(line)
    return "\n".join(kept)


class _Fences:
    """Fenced code, line by line."""

    def __init__(self) -> None:
        self._open = ""

    def cover(self, line: str) -> bool:
        """Return whether the next line belongs to fenced code, its fences included."""
        fence = _FENCE.match(line)
        if not self._open:
            self._open = fence.group(1) if fence else ""
            return fence is not None
        if fence and fence.group(1).startswith(self._open) and not line[fence.end() :].strip():
            self._open = ""
        return True


def _strip_comments(line: str, comment: bool) -> tuple[str, bool]:
    """Return `line` without HTML comments, and whether one is open at its end."""
    kept: list[str] = []
    position = 0
    while position < len(line):
        if comment:
            end = line.find("-->", position)
            if end < 0:
                return "".join(kept), True
            position, comment = end + 3, False
        else:
            start = line.find("<!--", position)
            if start < 0:
                kept.append(line[position:])
                break
            kept.append(line[position:start])
            position, comment = start + 4, True
    return "".join(kept), comment
