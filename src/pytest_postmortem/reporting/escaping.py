"""The one sanitizer: foreign text on its way to a terminal, a page, Markdown or a CI log."""

from __future__ import annotations

import re

__all__ = ["for_command", "for_command_property", "for_html", "for_markdown", "for_terminal", "in_lines"]

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_COMMAND_IN_JSON = re.compile(r"##(?=\[|vso\[|teamcity\[)|::(?=[a-z-]{2,30}(?:::|\s))", re.IGNORECASE)
_COMMAND = re.compile(r"##(?=\[|vso\[|teamcity\[)", re.IGNORECASE)
_MARKUP = re.compile(r"[\\`*_{}\[\]<>()#+!|~@&:]|^[-=]|(?<=www)\.", re.IGNORECASE)
_NUMBERED = re.compile(r"^(\d{1,9})\.")
_MENTION = re.compile(r"[@#!$%&~](?=\w)|\bGH-(?=\d)", re.IGNORECASE)


def for_terminal(text: str) -> str:
    r"""`text` on one line, without anything that a terminal or a CI log would obey.

    Control, line-separating and bidirectional characters are written as `\x1b` or `\u202e`; the beginnings of a
    workflow command (`::`, `##[`, `##vso[`, `##teamcity[`) are broken up. Idempotent.
    """
    shown = _COMMAND.sub("# #", for_html(text))
    return ": :" + shown.lstrip()[2:] if shown.lstrip().startswith("::") else shown


def for_json(text: str) -> str:
    """JSON without the beginnings of workflow commands, which a CI log would obey; its values stay the same."""
    return _COMMAND_IN_JSON.sub(lambda found: f"{found[0][0]}\\u{ord(found[0][1]):04x}", text)


def in_lines(text: str) -> str:
    """Each line of a message of ours through `for_terminal`; what a foreign line break begins is harmless too."""
    return "\n".join(map(for_terminal, text.split("\n")))


def for_html(text: str) -> str:
    r"""`text` with control, line-separating and bidirectional characters written as `\x1b` or `\u202e`.

    What HTML itself would obey is escaped by the template, at the place where it is put in.
    """
    return _UNSAFE.sub(lambda found: _escape(found.group()), text)


def for_markdown(text: str, *, code: bool = False) -> str:
    """`text` as one line of plain text in Markdown, in a table too: every character of markup is an entity.

    Nothing becomes a link, emphasis, HTML, a list, or the end of a table cell. Mentions, and references to issues and
    the like, which GitHub and GitLab look for in what is rendered, are parted by a space of no width; not in `code`,
    where nobody looks for them.
    """
    shown = for_terminal(text).strip()
    if not code:
        shown = _MENTION.sub("\\g<0>\u200b", shown)
    return _NUMBERED.sub(r"\1&#46;", _MARKUP.sub(lambda found: f"&#{ord(found.group())};", shown))


def for_command(text: str) -> str:
    """The message of a GitHub workflow command."""
    return for_terminal(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def for_command_property(text: str) -> str:
    """The value of a property of a GitHub workflow command, such as its file."""
    return for_command(text).replace(":", "%3A").replace(",", "%2C")


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
