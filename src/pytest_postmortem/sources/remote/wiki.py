"""The wiki text of Jira Data Center as Markdown, as far as that is simple; the rest stays as it is."""

from __future__ import annotations

import re

from pytest_postmortem.sources.remote.spans import fence_code

__all__ = ["convert_wiki"]

_OPENING = re.compile(r"\{(code|noformat)(?::([^{}\n]*))?\}")
_HEADING = re.compile(r"^\s*h([1-6])\.\s*(.*)$")
_ITEM = re.compile(r"^\s*([*#]+)\s+(.*)$")
_RULE = re.compile(r"^\s*-{4,}\s*$")
_HEAD = re.compile(r"^\s*\|\|(.*?)\|{1,2}\s*$")
_LINK = re.compile(r"\[([^\[\]|\n]+)\|((?:https?://|mailto:)[^\[\]|\s]+)(?:\|[^\[\]\n]*)?\]")
_BARE_LINK = re.compile(r"\[((?:https?://|mailto:)[^\[\]|\s]+)\]")
_STRONG = re.compile(r"(?<![\w*\\])\*(?=\S)([^*\n]*[^*\s])\*(?![\w*])")


def convert_wiki(text: str) -> str:
    """Headings, lists, heads of tables, links, bold text and blocks of code as Markdown."""
    text = text.replace("\r\n", "\n")
    made: list[str] = []
    place = start = 0
    while opening := _OPENING.search(text, place):
        closing = f"{{{opening[1]}}}"
        end = text.find(closing, opening.end())
        place = opening.end()
        if end >= 0:
            language = (opening[2] or "").split("|")[0]
            made += [_lines(text[start : opening.start()]), fence_code(text[place:end].strip("\n"), language)]
            place = start = end + len(closing)
    return "\n".join([*made, _lines(text[start:])]).strip()


def _lines(text: str) -> str:
    return "\n".join(map(_line, text.split("\n")))


def _line(line: str) -> str:
    if heading := _HEADING.match(line):
        return f"{'#' * int(heading[1])} {_inline(heading[2])}"
    if item := _ITEM.match(line):
        indent = "".join("   " if sign == "#" else "  " for sign in item[1][:-1])
        return f"{indent}{'1.' if item[1][-1] == '#' else '-'} {_inline(item[2])}"
    if _RULE.match(line):
        return "\n***"
    if head := _HEAD.match(line):
        cells = [_inline(cell.strip()) for cell in head[1].split("||")]
        return f"| {' | '.join(cells)} |\n{'|---' * len(cells)}|"
    return _inline(line)


def _inline(text: str) -> str:
    return _STRONG.sub(r"**\1**", _BARE_LINK.sub(r"\1", _LINK.sub(r"[\1](\2)", text)))
