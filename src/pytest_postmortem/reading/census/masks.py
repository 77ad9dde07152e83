"""What the census does not look at: fenced code, comments, and struck-out or preformatted HTML."""

from __future__ import annotations

import re

from pytest_postmortem.reading.patterns import lazily

__all__ = ["HIDES", "mask"]

_FENCE = lazily(r"\A[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(`{3,}|~{3,})([^\n]*)")
# A fence that a documentation tool reads as text: ```{note}
_DIRECTIVE = lazily(
    r"\{?(?:note|tip|warning|important|caution|danger|attention|hint|admonition|seealso|todo|tab-item|tab-set|card|grid|dropdown|"
    r"list-table|table|csv-table|details|topic|sidebar|margin|tasklist)\b|\[tasklist\]"
)
_COMMENT = lazily(
    r"^[ \t]{0,12}\[(?://|comment|_)[^\]\n]{0,40}\]:\s?[#<][^\n]*|%%.{0,2000}?%%|\{/\*.{0,2000}?\*/\}|"
    r"\{%-?\s*comment.{0,2000}?endcomment\s*-?%\}|<(?P<tag>pre|code|del|s|strike)\b[^<>]{0,80}>.{0,2000}?</(?P=tag)\s{0,8}>",
    re.DOTALL | re.MULTILINE | re.IGNORECASE,
)
_COMMENT_SIGNS = ("%%", "{/*", "{%", "<pre", "<code", "<del", "<s", "[//", "[comment", "[_")
HIDES = ("```", "~~~", "<!--", *_COMMENT_SIGNS)
_FAR = 4000


def mask(lines: list[str]) -> list[str]:
    """Return the lines without fenced code and HTML comments; what is opened and never closed hides nothing."""
    if any("```" in line or "~~~" in line for line in lines):
        lines = _mask_fences(lines)
    whole = "\n".join(lines)
    if any(sign in whole for sign in _COMMENT_SIGNS):
        whole = _COMMENT.sub(lambda found: "\n" * found.group().count("\n"), whole)
    if "<!--" not in whole:
        return whole.split("\n")
    parts: list[str] = []
    position = 0
    while (opened := whole.find("<!--", position)) >= 0:
        if _is_in_code(whole, opened):
            parts.append(whole[position : opened + 4])
            position = opened + 4
            continue
        closed = whole.find("-->", opened + 4)
        if closed < 0:
            break
        parts += (whole[position:opened], "\n" * whole.count("\n", opened, closed))
        position = closed + 3
    return ("".join(parts) + whole[position:]).split("\n")


def _is_in_code(whole: str, position: int) -> bool:
    """Return whether a position is between two backticks of its line."""
    start = max(whole.rfind("\n", 0, position) + 1, position - _FAR)
    end = whole.find("\n", position, position + _FAR)
    return whole.count("`", start, position) % 2 == 1 and "`" in whole[position : end if end >= 0 else position + _FAR]


def _mask_fences(lines: list[str]) -> list[str]:
    masked = list(lines)
    opened, mark = -1, ""
    for number, line in enumerate(lines):
        fence = _FENCE.match(line) if "```" in line or "~~~" in line else None
        if fence is None:
            continue
        if not mark:
            if _opens_code(fence):
                opened, mark = number, fence.group(1)
        elif fence.group(1).startswith(mark) and not fence.group(2).strip():
            masked[opened : number + 1] = [""] * (number + 1 - opened)
            mark = ""
    return masked


def _opens_code(fence: re.Match[str]) -> bool:
    """Return whether a fence begins code, and not text for a documentation tool."""
    mark, info = fence.groups()
    return (mark[0] == "~" or "`" not in info) and not _DIRECTIVE.match(info.strip())
