"""The wiki markup of Jira Data Center, the usual parts of it, as Markdown."""

from __future__ import annotations

import re

__all__ = ["from_wiki"]

_HEADING = re.compile(r"[ \t]*h([1-6])\.[ \t]+(.*)")
_ITEM = re.compile(r"[ \t]*([*#-]{1,8})[ \t]+(.*)")
_HEAD_ROW = re.compile(r"[ \t]*\|\|(.*?)(?:\|\|)?[ \t]*")
_LINK = re.compile(r"\[([^\]|\n]{1,200})\|([^\]|\s]{1,2000})(?:\|[^\]\n]{0,200})?\]")
_BARE_LINK = re.compile(r"\[((?:https?|mailto):[^\]|\s]{1,2000})\]")
_BOLD = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]{1,500}?)(?<=\S)\*(?![\w*])")
_CODE = re.compile(r"\{\{([^}\n]{1,500})\}\}")
_FENCE = re.compile(r"[ \t]*\{(code|noformat)(?::([A-Za-z]{1,20}))?[^}\n]{0,200}\}[ \t]*(.*)")
_BLOCK = re.compile(r"[ \t]*\{(?:quote|panel|color|info|note|warning|tip|expand)(?::[^}\n]{0,500})?\}[ \t]*")


def from_wiki(text: str) -> str:
    """Headings, lists, tables, links, bold, code; everything else is left as it is, Markdown too."""
    made: list[str] = []
    fence = ""
    for line in text.replace("\r\n", "\n").split("\n"):
        opened = _FENCE.match(line)
        if fence:
            before, closed, _ = line.partition(f"{{{fence}}}")
            if not closed or before.strip():
                made.append(before)
            if closed:
                made.append("```")
                fence = ""
        elif opened and f"{{{opened[1]}}}" in opened[3]:
            made.append(f"`{opened[3].partition('{' + opened[1] + '}')[0]}`")
        elif opened:
            fence = opened[1]
            made += [f"```{opened[2] or ''}", *([opened[3]] if opened[3].strip() else [])]
        else:
            made += _line(_BLOCK.sub("", line))
    return "\n".join([*made, "```"] if fence else made)


def _line(line: str) -> list[str]:
    if heading := _HEADING.fullmatch(line):
        return ["", f"{'#' * int(heading[1])} {_inline(heading[2])}", ""]
    if item := _ITEM.fullmatch(line):
        depth = len(item[1]) - 1
        mark = "1." if item[1].endswith("#") else "-"
        return [f"{'   ' * depth}{mark} {_inline(item[2])}"]
    if (row := _HEAD_ROW.fullmatch(line)) and row[1].strip():
        cells = [_inline(cell.strip()) for cell in row[1].split("||")]
        return ["", f"| {' | '.join(cells)} |", "|" + "---|" * len(cells)]
    return [_inline(line)]


def _inline(text: str) -> str:
    text = _BARE_LINK.sub(r"<\1>", _LINK.sub(r"[\1](\2)", text))
    return _CODE.sub(r"`\1`", _BOLD.sub(r"**\1**", text))
