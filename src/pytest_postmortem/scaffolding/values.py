"""Values as they have to be written in YAML, TOML and Markdown, so that they are read back as they are."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["escape_double_quotes", "escape_for_markdown", "format_toml", "format_yaml"]

_PLAIN = re.compile(r"[^\W\d_](?:[\w .()/'+-]|,(?= )|:(?=\S))*")
_NOT_TEXT = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})
_BLOCK_BEGINS = re.compile(r"(?:[-+>#=~*|:]|`{3}|[0-9]{1,9}(?=[.)]))")
_TAG = re.compile(r"<(?=[A-Za-z/!?])|\\(?=[!-/:-@\[-`{-~]|$)")


def format_yaml(text: str, *, in_list: bool = False) -> str:
    """Return a YAML scalar that every reader takes for this text: plain where that is safe, else in double quotes."""
    plain = _PLAIN.fullmatch(text) and text.lower() not in _NOT_TEXT and not text.endswith((" ", ":"))
    if plain and not (in_list and "," in text):
        return text
    return f'"{escape_double_quotes(text)}"'


def format_toml(text: str) -> str:
    """Return a TOML string."""
    return f'"{escape_double_quotes(text)}"'


def escape_double_quotes(text: str) -> str:
    """Return `text` as YAML and TOML want it between double quotes."""
    return "".join(map(_escape_character, text))


def _escape_character(one: str) -> str:
    if one in '"\\':
        return "\\" + one
    if unicodedata.category(one)[0] in "CZ" and one != " ":
        return f"\\u{ord(one):04x}" if ord(one) < 0x10000 else f"\\U{ord(one):08x}"
    return one


def escape_for_markdown(text: str, before: str) -> str:
    """Return `text` behind `before` on its line, so that it begins no HTML and no block, and ends no cell of a
    table."""
    text = _TAG.sub(r"\\\g<0>", text)
    if before.lstrip().startswith("|"):
        return text.replace("|", "\\|")
    if not before.strip() and (found := _BLOCK_BEGINS.match(text)):
        place = found.end() if text[0].isdigit() else 0
        return f"{text[:place]}\\{text[place:]}"
    return text
