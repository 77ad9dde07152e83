"""Which post-mortems the markers in a Python source name, without running or even parsing it."""

from __future__ import annotations

import re
import warnings
from ast import literal_eval
from collections.abc import Collection, Mapping

__all__ = ["Marks"]

# What repeats a group is atomic, `(?>(?:...)*)`, and not possessive, which Python up to 3.11.4 matches wrongly.
_STRINGS = (
    rb'"""(?>(?:[^"\\]++|\\.|"(?!""))*)(?:"""|\Z)'
    rb"|'''(?>(?:[^'\\]++|\\.|'(?!''))*)(?:'''|\Z)"
    rb'|"(?>(?:[^"\\\n]++|\\(?:\r\n|.))*)"?'
    rb"|'(?>(?:[^'\\\n]++|\\(?:\r\n|.))*)'?"
)
_COMMENT = rb"#[^\n]*+"
_ONE = rb"""\s*+(?:"([^"\\\n]*+)"|'([^'\\\n]*+)')\s*+"""
_SIMPLE = re.compile(
    rb"(?<=\()" + _ONE + rb"""(?:,\s*+action_item\s*+=\s*+(?:"[^"\\\n]*+"|'[^'\\\n]*+')\s*+)?,?\s*+\)"""
)
"""What nearly every marker looks like behind its bracket: one name, and perhaps one action item."""
_ARGUMENT = re.compile(
    rb"(?P<string>[rRuUbBfF]{0,2}(?:" + _STRINGS + rb"))"
    rb"|(?P<blank>\s++|\\\r?\n|" + _COMMENT + rb")"
    rb"|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<comma>,)|(?P<other>\w++|.)",
    re.DOTALL,
)
_BEFORE = re.compile(rb"(?:(?<!\w)mark\s*\.|@|(?<!\w)(?:pytestmark|marks)\s*=\s*+[\[(]*+)\s*+\Z")
_NEVER_BEFORE = re.compile(rb"(?:\.|(?<!\w)def|(?<!\w)class)\s*\Z")
_LOOK_BACK = 80


class Marks:
    """Counts the markers of a source by the post-mortem they name.

    `names` maps each name to the id of its post-mortem; `markers` are the names the marker has or had. Comments and
    strings are passed over. A name counts where it is a string of its own among the marker's positional arguments; each
    marker counts once for a post-mortem.
    """

    def __init__(self, names: Mapping[str, str], markers: Collection[str]) -> None:
        self._ids = {name.encode("utf-8", "surrogatepass"): postmortem for name, postmortem in names.items()}
        self._markers = tuple(marker.encode() for marker in markers)
        calls = b"|".join(
            rb"%b(?<!\w%b)(?!\w)\s*+\(" % (re.escape(marker), re.escape(marker)) for marker in self._markers
        )
        first = re.escape(b"".join({marker[:1]: None for marker in self._markers}))
        # One match runs over all that is no marker up to the next one, in batches that let go of what they passed.
        self._next = re.compile(
            rb"(?>(?>(?:[^\"'#%b]++|%b|%b|(?!%b)[%b]){1,500})*)(%b)?"
            % (first, _STRINGS, _COMMENT, calls, first, calls),
            re.DOTALL,
        )
        either = b"|".join(map(re.escape, self._markers))
        made = rb"(?:%b)[ \t]*=[ \t]*(?:pytest[ \t]*\.[ \t]*)?mark[ \t]*\." % either
        imported = (
            rb"from[ \t]++[\w.]++[ \t]++import\b(?:[ \t]*+\([^)]{0,4000}|[^\n(]{0,400})(?<!\w)(?:%b)(?!\w)" % either
        )
        self._bound = re.compile(rb"^(?:\xef\xbb\xbf)?[ \t]*(?:%b|%b)" % (made, imported), re.MULTILINE)

    def count(self, source: bytes) -> dict[str, int]:
        """Return how many markers of `source` name each post-mortem; those that none names are left out."""
        counts: dict[str, int] = {}
        last = max(source.rfind(marker) for marker in self._markers)
        bound: bool | None = None
        position = 0
        while position <= last:
            found = self._next.match(source, position)
            if found is None or found.group(1) is None:
                break
            start, position = found.span(1)
            before = source[max(0, start - _LOOK_BACK) : start]
            if not _BEFORE.search(before):
                if bound is None:
                    bound = self._bound.search(source) is not None
                if not bound or _NEVER_BEFORE.search(before):
                    continue
            simple = _SIMPLE.match(source, position)
            if simple:
                position = simple.end()
                postmortem = self._ids.get(simple.group(simple.lastindex or 1))
                if postmortem is not None:
                    counts[postmortem] = counts.get(postmortem, 0) + 1
                continue
            names, position = _read_arguments(source, position)
            for postmortem in {self._ids[name] for name in names if name in self._ids}:
                counts[postmortem] = counts.get(postmortem, 0) + 1
        return counts


def _read_arguments(source: bytes, position: int) -> tuple[list[bytes], int]:
    """Return the positional arguments that are strings and nothing else, and the place behind the closing bracket."""
    names: list[bytes] = []
    pieces: list[bytes] = []
    plain = True
    depth = 0
    for found in _ARGUMENT.finditer(source, position):
        kind = found.lastgroup
        position = found.end()
        if kind == "open":
            depth += 1
            plain = False
        elif kind == "close" and depth:
            depth -= 1
        elif depth or kind == "blank":
            continue
        elif kind == "string":
            pieces.append(found.group())
        elif kind == "other":
            plain = False
        else:  # a comma, or the bracket that closes the marker
            if plain and pieces:
                name = _join_strings(pieces)
                if name is not None:
                    names.append(name)
            pieces, plain = [], True
            if kind == "close":
                break
    return names, position


def _join_strings(pieces: list[bytes]) -> bytes | None:
    """Return the text of neighbouring string literals; None if they are bytes, have fields, or are broken."""
    texts = []
    for piece in pieces:
        quote = min(place for place in (piece.find(b'"'), piece.find(b"'")) if place >= 0)
        prefix = piece[:quote].lower()
        if b"b" in prefix or (b"f" in prefix and b"{" in piece):
            return None
        text = _evaluate_string(piece[quote:], raw=b"r" in prefix)
        if text is None:
            return None
        texts.append(text)
    return b"".join(texts)


def _evaluate_string(literal: bytes, *, raw: bool) -> bytes | None:
    if raw or b"\\" not in literal:
        quotes = 3 if literal[:3] in (b'"""', b"'''") else 1
        closed = len(literal) >= 2 * quotes and literal.endswith(literal[:quotes])
        return literal[quotes:-quotes] if closed else None
    try:
        with warnings.catch_warnings(action="ignore"):
            text = literal_eval(literal.decode())
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return str(text).encode("utf-8", "surrogatepass")
