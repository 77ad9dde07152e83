"""Every place of a document that asks for a test, found from its raw lines.

The net under the structured reading: it shares no code with it, knows nothing of sections and items, and so finds what
a broken table or a strange heading hides. What it finds and no action item accounts for is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pytest_postmortem.reading.census.candidates import find_candidates
from pytest_postmortem.reading.census.forms import (
    FIELD,
    FLAG,
    INNER_FIELD,
    INVISIBLE,
    LINK,
    LIST_MARKER,
    LONGEST,
    LOOSE_ROW,
    OFTEN,
    STRUCK,
    find_flag,
    fold_line,
    is_asking_name,
    is_asking_value,
    is_bare_name,
    is_sure_value,
    is_whole_value,
    shorten,
    strip_code,
    strip_marks,
)
from pytest_postmortem.reading.census.kinds import Kind, Place
from pytest_postmortem.reading.census.masks import HIDES, mask
from pytest_postmortem.reading.census.tables import find_in_html_tables, find_in_tables
from pytest_postmortem.reading.patterns import lazily

__all__ = ["Kind", "Place", "find_places"]

_DEFINITION = lazily(
    r"<dt\b[^<>]{0,80}>(.{1,80}?)(?:</dt>\s{0,8})?<dd\b[^<>]{0,80}>(.{1,200}?)(?:</dd>|$)", re.IGNORECASE
)
_KEY = lazily(
    r"(?:^|[{,\[\s-])[\"']?(?P<name>[a-z][a-z0-9_ -]{2,40})[\"']?\s*[:=]\s*(?P<value>[^,}\n]*)", re.IGNORECASE
)
_CAMEL = lazily(r"(?<=[a-z0-9])(?=[A-Z])")
_YAML_COMMENT = lazily(r"(?:^|\s)#")
_WAIVED_KEY = lazily(r"[\"']?waived[_-]?until[\"']?\s*:")
_STAR = lazily(r"^([\s>]*)\*\s")
_LINES_ABOVE = 40


def find_places(text: str, body_line: int = 1, *, data: bool = False) -> list[Place]:
    """Return every place of `text` that asks for a test, in order, each line once.

    Front matter ends before line `body_line`; with `data` all of the text is a YAML or JSON file. Code, HTML comments,
    struck-out text and what is quoted in backticks are no places.
    """
    if "│" in text or "｜" in text:
        text = text.replace("│", "|").replace("｜", "|")
    if "\u200b" in text or "\u00ad" in text:
        text = INVISIBLE.sub("", text)
    candidates = find_candidates(text)
    if not candidates:
        return []
    lines = text.split("\n")
    front = len(lines) if data else body_line - 1
    places = _find_in_front_matter(lines, [number for number in candidates if number < front])
    if front < len(lines):
        places += _find_in_shown_body(text, lines, front, candidates)
    return places


def _find_in_shown_body(text: str, lines: list[str], front: int, candidates: list[int]) -> list[Place]:
    """Return the places of a body, without what `mask` hides of it."""
    places = _find_in_body(lines, front, candidates)
    if not places or not any(sign in text for sign in HIDES):
        return places
    shown = [*lines[:front], *mask(lines[front:])]
    if all(shown[number] == lines[number] for number in (*candidates, *(place.line - 1 for place in places))):
        return places
    return _find_in_body(shown, front, candidates)


def _find_in_body(lines: list[str], front: int, candidates: list[int]) -> list[Place]:
    wanted = [number for number in candidates if number >= front]
    found = _find_in_rows(lines, front, wanted)
    for place in _find_in_lines(lines, [number for number in wanted if number + 1 not in found]):
        found.setdefault(place.line, place)
    return [found[line] for line in sorted(found)]


def _find_in_rows(lines: list[str], front: int, wanted: list[int]) -> dict[int, Place]:
    """Return by its line each row of a table that asks, of HTML first."""
    found: dict[int, Place] = {}
    if any("<t" in lines[number].lower() for number in wanted):
        found.update((place.line, place) for place in find_in_html_tables(lines, front))
    asking = {number for number in wanted if "|" in lines[number]}
    if asking:
        for place in find_in_tables(lines, front, asking):
            found.setdefault(place.line, place)
    return found


def _find_in_front_matter(lines: list[str], wanted: list[int]) -> list[Place]:
    if not wanted:
        return []
    places = []
    is_of_items = any("action" in lowered or "items" in lowered for lowered in map(str.lower, lines[: wanted[-1] + 1]))
    for number in wanted:
        line = lines[number]
        find = _find_in_key_again if len(line) < OFTEN else _find_in_key
        if (asks := find(line, is_of_items)) is not None:
            places.append(Place(number + 1, asks))
    return places


def _find_in_key(line: str, is_of_items: bool) -> str | None:
    """Return what a line of front matter asks for, or None; `test: true` counts only among action items."""
    line = _YAML_COMMENT.split(line, maxsplit=1)[0]
    if (asks := find_flag(fold_line(line))) is not None:
        return asks
    for pair in _KEY.finditer(line):
        name = _CAMEL.sub(" ", pair.group("name")).casefold()
        value = pair.group("value").casefold().strip(" \"'{[")
        if is_bare_name(name) and not is_sure_value(value) and not is_of_items:
            continue
        if is_asking_name(name) and (is_asking_value(value) or _WAIVED_KEY.match(value)):
            return shorten(pair.group().strip(" ,{[-"))
    return None


_find_in_key_again = lru_cache(maxsize=4096)(_find_in_key)


def _find_in_lines(lines: list[str], wanted: list[int]) -> Iterator[Place]:
    """Yield flags and fields of lines and list items."""
    for number in wanted:
        if lines[number] and not _is_code_line(lines, number) and (place := _find_in_line(lines, number)) is not None:
            yield place


def _find_in_line(lines: list[str], number: int) -> Place | None:
    """Return what a line asks for: a flag, a field, or what is left of a row; None if it asks for nothing."""
    raw = lines[number]
    folded = _fold_with_next(lines, number)
    rest, is_listed = strip_marks(folded)
    if (asks := find_flag(rest)) is not None:
        has_words = is_listed and len(re.findall(r"\w{2,}", FLAG.sub(" ", rest))) > 1
        return Place(number + 1, asks, Kind.ITEM if has_words else Kind.TEXT)
    if (asks := _find_field(raw, rest)) is not None:
        return Place(number + 1, asks, Kind.FIELD)
    if (inner := INNER_FIELD.search(fold_line(raw.replace("**", "; ")))) is not None:
        return Place(number + 1, shorten(inner.group().lstrip(" ;,.|/·•({—–-")))
    if LOOSE_ROW.match(folded) is not None:
        return Place(number + 1, shorten(rest))
    if is_listed and len(rest) < LONGEST and is_sure_value(rest):
        return Place(number + 1, shorten(rest), Kind.FIELD)
    if (below := _find_value_below(lines, number, rest)) is not None:
        return Place(below + 1, shorten(f"{rest.strip(' #:*_')}: {lines[below].strip()}"), Kind.FIELD)
    return None


def _fold_with_next(lines: list[str], number: int) -> str:
    """Return a folded line, with the next one if a bracket is still open: a flag or a field may be broken over two lines."""
    folded = fold_line(strip_code(_STAR.sub(r"\1- ", lines[number], count=1)))
    opened = max(folded.rfind("["), folded.rfind("("))
    if opened >= 0 and "]" not in folded[opened:] and ")" not in folded[opened:] and number + 1 < len(lines):
        folded += " " + fold_line(strip_code(lines[number + 1])).lstrip(" \t>")
    return folded


def _find_field(raw: str, rest: str) -> str | None:
    """Return a field that asks for a test (`Test: required`), or None. A heading is one only if it says nothing else."""
    if "|" in rest or (rest.startswith("# ") and "#" not in rest[1:]):
        return None
    if "<dt" in raw or "<DT" in raw:
        return _find_definition(raw)
    field = FIELD.match(LINK.sub(r"\1", rest.lstrip("#")))
    if field is None or not is_asking_name(field.group("name")) or not is_whole_value(field.group("value").strip()):
        return None
    return shorten(rest)


def _find_definition(raw: str) -> str | None:
    """Return a term and its definition in HTML that ask for a test, or None."""
    pair = _DEFINITION.search(STRUCK.sub(" ", raw))
    if pair is None:
        return None
    name, value = fold_line(pair.group(1)), fold_line(pair.group(2))
    return shorten(f"{name}: {value}") if is_asking_name(name) and is_whole_value(value) else None


def _find_value_below(lines: list[str], number: int, rest: str) -> int | None:
    """Return the line below a name alone in its line (`Test:`, `#### Test`) that holds what it asks for, or None."""
    name = rest.strip(" #:*_?")
    if not name or len(name) > LONGEST or not is_asking_name(name):
        return None
    for below in range(number + 1, min(number + 4, len(lines))):
        if lines[below].strip(" \t>"):
            value = strip_marks(fold_line(lines[below]))[0].strip()
            return below if len(value) < 2 * LONGEST and is_whole_value(value) else None
    return None


def _is_code_line(lines: list[str], number: int) -> bool:
    """Return whether a line is indented code: by four or more after an empty line, below what introduces an example.

    A list or a table that is only indented too far is none, and neither is the content of an admonition or a list.
    """
    raw = lines[number].expandtabs(4)
    indent = len(raw) - len(raw.lstrip(" "))
    if indent < 4:
        return False
    is_listed = raw.lstrip().startswith("|") or LIST_MARKER.match(raw.lstrip()) is not None
    apart = False
    for above in reversed(lines[max(number - _LINES_ABOVE, 0) : number]):
        text = above.strip()
        if not text:
            apart = True
            continue
        if len(above.expandtabs(4)) - len(above.expandtabs(4).lstrip(" ")) >= 4:
            is_listed = is_listed or LIST_MARKER.match(text) is not None
            continue
        if not apart or LIST_MARKER.match(text) or text.startswith(("!!!", "???", "===", ":::")):
            return False
        return text.endswith((":", "\uff1a")) or not is_listed
    return not is_listed
