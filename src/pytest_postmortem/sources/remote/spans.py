"""What stands within a line of Markdown, and is made of HTML."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Span", "encode_address", "escape_tags", "fence_code", "format_code", "wrap"]

_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_RUN = re.compile(r"`+")
_LINKED = re.compile(r"https?://|mailto:|/|#")
_ENDS = re.compile(r"[\s()<>]")


class Span(NamedTuple):
    """Something within a line that is not closed yet: its tag, where its text begins, and where it links to."""

    tag: str
    start: int
    href: str


def escape_tags(text: str) -> str:
    """Text that is no tag, even where it looks like one."""
    return _TAG.sub("&lt;", text)


def wrap(span: Span, text: str) -> str:
    """Return the text of a span with its marks. A link to no address of the web or the service is its text alone."""
    match span.tag:
        case "code":
            return format_code(text)
        case "b":
            return f"**{text}**"
    target = encode_address(span.href)
    return f"[{text}]({target})" if _LINKED.match(target) and text != span.href else text


def format_code(text: str) -> str:
    """Code within a line."""
    fence = "`" * (_measure_backticks(text) + 1)
    return f"{fence} {text} {fence}" if len(fence) > 1 else f"`{text}`"


def fence_code(text: str, language: str = "") -> str:
    """Return a block of code, with its language if that is a word."""
    fence = "`" * max(3, _measure_backticks(text) + 1)
    return f"{fence}{language if language.isalnum() else ''}\n{text}\n{fence}"


def encode_address(href: str) -> str:
    """Return an address that ends where it ends in Markdown, too."""
    return _ENDS.sub(lambda found: f"%{ord(found.group()):02X}", href.strip())


def _measure_backticks(text: str) -> int:
    return max(map(len, _RUN.findall(text)), default=0)
