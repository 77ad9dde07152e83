"""The one sanitizer: foreign text on its way to a terminal."""

from __future__ import annotations

import re

__all__ = ["for_terminal"]

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_COMMAND = re.compile(r"##(?=\[|vso\[|teamcity\[)", re.IGNORECASE)


def for_terminal(text: str) -> str:
    r"""`text` on one line, without anything that a terminal or a CI log would obey.

    Control, line-separating and bidirectional characters are written as `\x1b` or `\u202e`; the beginnings of a
    workflow command (`::`, `##[`, `##vso[`, `##teamcity[`) are broken up. Idempotent.
    """
    shown = _UNSAFE.sub(lambda found: _escape(found.group()), text)
    shown = _COMMAND.sub("# #", shown)
    return ": :" + shown.lstrip()[2:] if shown.lstrip().startswith("::") else shown


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
