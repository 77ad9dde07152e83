"""What people, formatters and converters do to a document: each keeps what it asks for."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Callable

__all__ = ["CHANGES"]

Change = Callable[[str], str]


def _parted(text: str) -> tuple[str, str]:
    """Front matter and body."""
    if text.startswith(("---\n", "+++\n")):
        end = text.index("\n" + text[:3], 3) + 4
        return text[:end] + "\n", text[end:].lstrip("\n")
    return "", text


def _body(change: Change) -> Change:
    def changed(text: str) -> str:
        front, body = _parted(text)
        return front + change(body)

    changed.__name__ = change.__name__
    return changed


def _lines(change: Callable[[str], str], of: Callable[[str], bool] = bool) -> Change:
    return _body(lambda body: "".join(change(line) if of(line) else line for line in body.splitlines(keepends=True)))


def _is_list(line: str) -> bool:
    return re.match(r"\s*(?:[-*+]|\d+\.)\s", line) is not None


def _is_row(line: str) -> bool:
    return line.lstrip().startswith("|")


def _is_rule(line: str) -> bool:
    return _is_row(line) and not line.strip(" |:-\n")


def _is_data(line: str) -> bool:
    return _is_row(line) and not _is_rule(line)


def _is_heading(line: str) -> bool:
    return line.startswith("## ")


def _after_rows(added: str) -> Change:
    return _lines(lambda line: line + added, lambda line: _is_data(line) and "AI-" in line)


def _with_column(cells: tuple[str, str, str], *, first: bool) -> Change:
    head, rule, cell = cells

    def change(body: str) -> str:
        lines = body.split("\n")
        for number, line in enumerate(lines):
            if not _is_row(line):
                continue
            is_head = number + 1 < len(lines) and _is_rule(lines[number + 1])
            added = head if is_head else rule if _is_rule(line) else cell
            lines[number] = f"| {added} {line}" if first else f"{line} {added} |"
        return "\n".join(lines)

    return _body(change)


def _aligned(body: str) -> str:
    return re.sub(r" \| ", "    |  ", body)


def _html_table(body: str) -> str:
    def table(found: re.Match[str]) -> str:
        rows = [
            [cell.strip() for cell in line.strip().strip("|").split("|")]
            for line in found.group().splitlines()
            if not _is_rule(line)
        ]
        if not rows:
            return found.group()
        head, *rest = rows
        lines = ["<table>", "<tr>" + "".join(f"<th>{cell}</th>" for cell in head) + "</tr>"]
        lines += ["<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rest]
        return "\n".join([*lines, "</table>", ""])

    return re.sub(r"(?:^\|.*\n)+", table, body, flags=re.MULTILINE)


def _grid_table(body: str) -> str:
    def table(found: re.Match[str]) -> str:
        rows = [line for line in found.group().splitlines() if not _is_rule(line)]
        if not rows:
            return found.group()
        rule = "+" + "+".join("-" * 8 for _ in rows[0].strip().strip("|").split("|")) + "+"
        lines = [rule, rows[0], rule.replace("-", "=")]
        for row in rows[1:]:
            lines += [row, rule]
        return "\n".join([*lines, ""])

    return re.sub(r"(?:^\|.*\n)+", table, body, flags=re.MULTILINE)


def _wrapped(body: str) -> str:
    lines = []
    for line in body.split("\n"):
        if _is_list(line) and "::" not in line:
            indent = " " * (len(line) - len(line.lstrip()) + 2)
            line = textwrap.fill(line, 40, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
        lines.append(line)
    return "\n".join(lines)


def _in_admonition(body: str) -> str:
    head, _, rest = body.partition("## ")
    title, _, content = rest.partition("\n")
    return f'{head}## {title}\n\n!!! warning "Open"\n\n' + textwrap.indent(content.strip("\n") + "\n", "    ")


def _in_details(body: str) -> str:
    head, _, rest = body.partition("## ")
    title, _, content = rest.partition("\n")
    return f"{head}## {title}\n\n<details>\n<summary>Open</summary>\n{content}\n</details>\n"


def _quoted(body: str) -> str:
    return "".join("> " + line for line in body.splitlines(keepends=True))


def _escaped(body: str) -> str:
    return re.sub(r"\[(test[^\]\n]*)\]", r"\\[\1\\]", body)


def _front(added: str) -> Change:
    def change(text: str) -> str:
        text = text.removeprefix("\ufeff")
        if text.startswith("---\n"):
            return f"---\n{added}\n" + text[4:]
        return f"---\n{added}\n---\n{text}" if not text.startswith("+++") else text

    return change


def _status(said: str) -> Change:
    return _with_column(("Status", "---", said), first=False)


def _setext(body: str) -> str:
    return re.sub(r"^## (.*)$", r"\1\n---", body, flags=re.MULTILINE)


CHANGES: dict[str, Change] = {
    "list indented by one": _lines(lambda line: " " + line, _is_list),
    "list indented by two": _lines(lambda line: "  " + line, _is_list),
    "list indented by four": _lines(lambda line: "    " + line, _is_list),
    "nested below a lead-in": _body(
        lambda body: re.sub(
            r"(?:^[-*+] .*\n(?:  .*\n)*)+",
            lambda f: "- Before a change:\n" + textwrap.indent(f.group(), "    "),
            body,
            flags=re.MULTILINE,
        )
    ),
    "table indented by two": _lines(lambda line: "  " + line, _is_row),
    "table indented by four": _lines(lambda line: "    " + line, _is_row),
    "table within a list": _lines(lambda line: "  " + line, _is_row),
    "rewrapped": _body(_wrapped),
    "brackets escaped": _body(_escaped),
    "underscores escaped": _lines(lambda line: re.sub(r"(?<=\w)_(?=\w)", r"\\_", line), lambda line: "::" in line),
    "blank lines between rows": _after_rows("\n"),
    "comments between rows": _after_rows("<!-- next -->\n"),
    "a comment in each line": _lines(lambda line: line.replace("AI-", "<!-- x -->AI-"), lambda line: "AI-" in line),
    "blank lines between items": _lines(lambda line: line + "\n", _is_list),
    "no blank lines": _body(lambda body: re.sub(r"\n\n+", "\n", body)),
    "table aligned": _body(_aligned),
    "column added in front": _with_column(("Priority", "---", "high"), first=True),
    "column added behind": _with_column(("Notes", "---", "see #12"), first=False),
    "cells without a head": _lines(
        lambda line: line.rstrip("\n") + " x |\n", lambda line: "AI-" in line and _is_row(line)
    ),
    "pipe in code": _lines(lambda line: line.replace("orders", "`a|b` orders"), _is_data),
    "pipe in text": _lines(lambda line: line.replace("orders", "a|b orders"), _is_data),
    "no outer pipes": _lines(lambda line: line.strip().strip("|").strip() + "\n", _is_row),
    "rule too short": _lines(lambda _: "|---|\n", _is_rule),
    "rule removed": _lines(lambda _: "", _is_rule),
    "head removed": _body(lambda body: re.sub(r"^\|.*\n\|[ :|-]+\n", "", body, count=1, flags=re.MULTILINE)),
    "HTML table": _body(_html_table),
    "grid table": _body(_grid_table),
    "quoted": _body(_quoted),
    "in details": _body(_in_details),
    "in an admonition": _body(_in_admonition),
    "heading reworded": _lines(lambda _: "## What we promised\n", _is_heading),
    "heading of another meaning": _lines(lambda _: "## What went wrong\n", _is_heading),
    "heading below the root cause": _lines(lambda _: "## Root cause\n\nNo bound.\n\n### Fixes\n", _is_heading),
    "heading in HTML": _lines(lambda line: f"<h2>{line[3:].strip()}</h2>\n", _is_heading),
    "heading removed": _lines(lambda _: "", _is_heading),
    "heading in bold": _lines(lambda line: f"**{line[3:].strip()}**\n", _is_heading),
    "heading with a byte order mark": _lines(lambda line: "\ufeff" + line, _is_heading),
    "heading deeper": _lines(lambda line: "##" + line, _is_heading),
    "heading underlined": _body(_setext),
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "CR": lambda text: text.replace("\n", "\r"),
    "byte order mark": lambda text: "\ufeff" + text,
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "full width": _body(lambda body: body.replace("[test", "\uff3btest").replace("required]", "required\uff3d")),
    "non-breaking spaces": _body(lambda body: re.sub(r"(?<=test) (?=required)|(?<=Test) (?=required)", "\u00a0", body)),
    "entities": _body(lambda body: re.sub(r"(?<=test) (?=required)|(?<=Test) (?=required)", "&nbsp;", body)),
    "zero-width spaces": _body(lambda body: body.replace("required", "requi\u200bred")),
    "upper case": _body(
        lambda body: re.sub(r"required|\[test|(?<=\| )Test(?= \|)", lambda found: found.group().upper(), body)
    ),
    "emphasis": _body(lambda body: re.sub(r"(?<=\| )required(?= \|)|\[test required\]", r"**\g<0>**", body)),
    "code": _lines(lambda line: re.sub(r"(?<=\| )required(?= \|)", "`required`", line), _is_row),
    "tags": _body(lambda body: re.sub(r"(?<=\| )required(?= \|)", "<b>required</b>", body)),
    "footnote": _body(
        lambda body: (
            re.sub(r"(?<=\| )(?:required|Test)(?= \|)|\[test required\]", r"\g<0>[^1]", body) + "\n[^1]: agreed\n"
        )
    ),
    "a remark": _body(lambda body: re.sub(r"(?<=\| )required(?= \|)", "required (unit)", body)),
    "a head that says more": _body(lambda body: re.sub(r"(?<=\| )Test(?= \|)", "Regression test required?", body)),
    "words like a status": _lines(
        lambda line: line.replace("orders", "orders that are open, declined, cancelled"), lambda line: "AI-" in line
    ),
    "a status that is not one": _status("not cancelled"),
    "a status that was": _status("~~Won't do~~ open"),
    "a status for now": _status("dropped from sprint 12"),
    "struck through elsewhere": _lines(
        lambda line: line.replace("orders", "~~carts~~ orders"), lambda line: "AI-" in line
    ),
    "front matter added": _front("title: Queue"),
    "items without a test in front matter": _front("action_items:\n  - {id: AI-9, action: Other}"),
    "the same items in front matter": _front("action_items: [AI-1, AI-2]"),
    "tabs": _lines(
        lambda line: re.sub(r"^(?:  )+", lambda found: "\t" * (len(found.group()) // 2), line),
        lambda line: line.startswith("  "),
    ),
    "other markers": _lines(lambda line: re.sub(r"^(\s*)- ", r"\1* ", line), _is_list),
    "numbered": _lines(lambda line: re.sub(r"^- (?!\[)", "1. ", line), _is_list),
    "trailing spaces": _lines(lambda line: line.rstrip("\n") + "  \n", lambda line: "AI-" in line),
    "an unclosed fence before": _body(lambda body: "```\nx\n\n" + body),
    "an unclosed comment before": _body(lambda body: "<!-- x\n\n" + body),
    "a timeline before": _body(
        lambda body: "| Time | What |\n|---|---|\n| 10:30 | test required, they said |\n\n" + body
    ),
}
