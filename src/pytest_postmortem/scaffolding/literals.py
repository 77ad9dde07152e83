"""Text of documents within Python sources, laid out as formatters want it."""

from __future__ import annotations

from pytest_postmortem.reporting.escaping import for_terminal
from pytest_postmortem.scaffolding.words import count_columns

__all__ = ["format_docstring", "format_literal", "format_sentence"]

_WIDTH = 88
_INDENT = "    "
_ENDS = (".", "!", "?", "…", "。", "！", "？")  # noqa: RUF001
_MOST = 400


def format_literal(text: str) -> str:
    """Return `text` as a Python string, in double quotes unless single ones need fewer escapes."""
    inner = text.encode("unicode_escape").decode() if not text.isprintable() else text.replace("\\", "\\\\")
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + inner.replace(quote, "\\" + quote) + quote


def format_sentence(text: str) -> str:
    """Return `text` as a sentence, cut where it is longer than a docstring should be."""
    text = " ".join(text.split())
    if len(text) > _MOST:
        text = text[: text.rfind(" ", _MOST // 2, _MOST)].rstrip(" ,;:") + "…"
    first = text.partition(" ")[0]
    if first.isalpha() and first.islower():
        text = text[:1].upper() + text[1:]
    return text if text.endswith(_ENDS) else f"{text}."


def format_docstring(first: str, *rest: str, depth: int = 1) -> list[str]:
    """Return the lines of a docstring: `first`, an empty line, and a paragraph for each of `rest`, indented once and
    wrapped.

    Where it will stand `depth` indents deep, its lines are shorter for that.
    """
    room = _WIDTH - depth * len(_INDENT)
    told = [_escape(text) for text in (first, *rest)]
    lines = [*_wrap(told[0], room, len('"""')), ""]
    lines[0] = f'"""{lines[0]}'
    for text in told[1:]:
        lines += _wrap(text, room)
    return [(_INDENT + line if line else "") for line in (*lines, '"""')]


def _escape(text: str) -> str:
    """Return `text` without what would end a docstring; backslashes and quotes are dealt with here, once."""
    return for_terminal(" ".join(text.split())).replace('"', "'").replace("\\", "\\\\")


def _wrap(text: str, room: int, taken: int = 0) -> list[str]:
    """Return `text` in lines that fit, broken at spaces, and within what is longer than a line."""
    lines, line = [], ""
    free = room - taken
    for word in text.split(" "):
        if line and count_columns(line) + 1 + count_columns(word) <= free:
            line += f" {word}"
            continue
        if line:
            lines.append(line)
            line, free = "", room
        for part in _split_long_word(word, free):
            if line:
                lines.append(line)
                free = room
            line = part
    return [*lines, line]


def _split_long_word(word: str, free: int) -> list[str]:
    """Return a word in pieces of which each fits; an escaped backslash is never parted."""
    pieces = [""]
    place = 0
    while place < len(word):
        step = 2 if word[place] == "\\" else 1
        if pieces[-1] and count_columns(pieces[-1]) + 2 > free:
            pieces.append("")
        pieces[-1] += word[place : place + step]
        place += step
    return pieces
