"""Every place of a document that asks for a test, found from its raw lines.

The net under the structured reading: it shares no code with it, knows nothing of sections and items, and so finds what
a broken table or a strange heading hides. What it finds and no action item accounts for is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pytest_postmortem.reading.census.forms import (
    FIELD,
    FLAG,
    INNER_FIELD,
    INVISIBLE,
    LINK,
    LIST_MARKER,
    LONGEST,
    LOOSE_ROW,
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
from pytest_postmortem.reading.census.tables import find_in_html_tables, find_in_tables, split_cells
from pytest_postmortem.reading.patterns import lazily

__all__ = ["Kind", "Place", "find_places"]

# Every form below holds one of these, beside one of those signs.
_WORDS = (b"test", b"required", b"prueba")
_FOREIGN_WORDS = tuple((word[0], word.encode()) for word in ("テスト", "测试", "測試", "테스트", "ｅｓｔ", "ＥＳＴ"))
_LEAD = b"([{<>#~@\x8c\x94\x90\xbb"  # or the last byte of a bracket of other scripts
_BEHIND = lazily(
    rb"[^\n|:=,;.)0-9]{0,28}?(?:[|:=?]|->|\xe2\x80\x93|\xe2\x80\x94|\xe2\x86\x92|\xef\xbc\x9a|\xef\xbd\x9c|[ \t]-[ \t]|</)"
)
_SEPARATOR = lazily(r"[:=→]|->|\s[-–—]\s|\?\s")
_FLAG_SIGNS = ("(", "{", "「", "〔", "#", "~", "@", ":test", "==", "<")
_SIGNS_BEFORE = frozenset(b"[&|")
_WINDOW = 28
_SHORT = 48
_OFTEN = 80  # lines up to this length are remembered
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
    candidates = _find_candidates(text)
    if not candidates:
        return []
    lines = text.split("\n")
    front = len(lines) if data else body_line - 1
    places = _find_in_front_matter(lines, [number for number in candidates if number < front])
    if front < len(lines):
        found = _find_in_body(lines, front, candidates)
        if found and any(sign in text for sign in HIDES):
            shown = [*lines[:front], *mask(lines[front:])]
            if any(shown[number] != lines[number] for number in (*candidates, *(place.line - 1 for place in found))):
                found = _find_in_body(shown, front, candidates)
        places += found
    return places


def _find_candidates(text: str) -> list[int]:
    """Return the numbers, from 0, of the lines that may ask: a quick look, which finds none in most documents."""
    data = text.encode("utf-8", "replace")  # looking for words is quickest in bytes
    lowered = data.lower()
    starts: set[int] = set()
    words = list(_WORDS)
    if len(data) != len(text):  # one character is found ten times as quickly as a word
        words += [word for sign, word in _FOREIGN_WORDS if sign in text]
    for word in words:
        position = lowered.find(word)
        while position >= 0:
            end = position + len(word)
            before = lowered[max(position - _WINDOW, 0) : position]
            if (
                not _SIGNS_BEFORE.isdisjoint(before)
                or before.rstrip(b" *_`\\")[-1:] in _LEAD
                or _BEHIND.match(lowered, end, end + _WINDOW)
                or _is_short_line(lowered, position, end)
            ):
                starts.add(lowered.rfind(b"\n", 0, position) + 1)
                end = lowered.find(b"\n", end)
                if end < 0:
                    break
            position = lowered.find(word, end)
    numbers: list[int] = []
    line = passed = 0
    for start in sorted(starts):
        end = data.find(b"\n", start)
        raw = data[start : end if end >= 0 else len(data)].decode()
        if _may_ask_again(raw) if len(raw) < _OFTEN else _may_ask(raw):
            line += data.count(b"\n", passed, start)
            passed = start
            numbers.append(line)
    return numbers


def _is_short_line(data: bytes, position: int, end: int) -> bool:
    """Return whether the line around two positions may be a name alone; a long line is not looked at to its ends."""
    start = data.rfind(b"\n", max(position - _SHORT, 0), position)
    if start < 0 and position > _SHORT:
        return False
    return data.find(b"\n", end, start + _SHORT) >= 0 or len(data) < start + _SHORT


def _may_ask(raw: str) -> bool:
    """Return whether a line may ask by itself, is the head of a table whose cells do, or names what the next line says."""
    folded = fold_line(raw)
    if "[" in folded or "<t" in folded or "<d" in folded or "(test" in folded[-8:]:
        return True
    if any(sign in folded for sign in _FLAG_SIGNS) and find_flag(folded) is not None:
        return True
    if "|" in folded and any(
        is_asking_name(cell) or is_sure_value(cell) or ".py::" in cell or (":" in cell and INNER_FIELD.search(cell))
        for cell in split_cells(folded)
    ):
        return True
    if len(folded) < 2 * _SHORT:
        rest = strip_marks(folded)[0].strip(" #`_:")
        if is_asking_name(rest) or is_sure_value(rest):
            return True
    if "required" in folded and LOOSE_ROW.match(folded) is not None:
        return True
    if (":" in folded or "=" in folded) and INNER_FIELD.search(folded) is not None:
        return True
    return any(is_asking_value(behind.strip(" \t{")) for behind in _SEPARATOR.split(folded)[1:])


_may_ask_again = lru_cache(maxsize=4096)(_may_ask)  # `test: required` and the heads of tables are in most documents


def _find_in_body(lines: list[str], front: int, candidates: list[int]) -> list[Place]:
    found: dict[int, Place] = {}
    wanted = [number for number in candidates if number >= front]
    asking = {number for number in wanted if "|" in lines[number]}
    if any("<t" in lines[number].lower() for number in wanted):
        found.update((place.line, place) for place in find_in_html_tables(lines, front))
    if asking:
        for place in find_in_tables(lines, front, asking):
            found.setdefault(place.line, place)
    for place in _find_in_lines(lines, [number for number in wanted if number + 1 not in found]):
        found.setdefault(place.line, place)
    return [found[line] for line in sorted(found)]


def _find_in_front_matter(lines: list[str], wanted: list[int]) -> list[Place]:
    if not wanted:
        return []
    places = []
    is_of_items = any("action" in lowered or "items" in lowered for lowered in map(str.lower, lines[: wanted[-1] + 1]))
    for number in wanted:
        line = lines[number]
        find = _find_in_key_again if len(line) < _OFTEN else _find_in_key
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
    """Yield flags and fields of lines and list items; a flag may be broken over two lines, and so may a field."""
    for number in wanted:
        raw = lines[number]
        if not raw or _is_code_line(lines, number):
            continue
        folded = fold_line(strip_code(_STAR.sub(r"\1- ", raw, count=1)))
        begun = max(folded.rfind("["), folded.rfind("("))
        if begun >= 0 and "]" not in folded[begun:] and ")" not in folded[begun:] and number + 1 < len(lines):
            folded += " " + fold_line(strip_code(lines[number + 1])).lstrip(" \t>")
        rest, is_listed = strip_marks(folded)
        asks = find_flag(rest)
        if asks is not None:
            words = re.findall(r"\w{2,}", FLAG.sub(" ", rest))
            yield Place(number + 1, asks, Kind.ITEM if is_listed and len(words) > 1 else Kind.TEXT)
        elif (asks := _find_field(raw, rest)) is not None:
            yield Place(number + 1, asks, Kind.FIELD)
        elif (inner := INNER_FIELD.search(fold_line(raw.replace("**", "; ")))) is not None:
            yield Place(number + 1, shorten(inner.group().lstrip(" ;,.|/·•({—–-")))
        elif LOOSE_ROW.match(folded) is not None:
            yield Place(number + 1, shorten(rest))
        elif is_sure_value(rest) and is_listed and len(rest) < LONGEST:
            yield Place(number + 1, shorten(rest), Kind.FIELD)
        elif (below := _find_value_below(lines, number, rest)) is not None:
            yield Place(below + 1, shorten(f"{rest.strip(' #:*_')}: {lines[below].strip()}"), Kind.FIELD)


def _find_field(raw: str, rest: str) -> str | None:
    """Return a field that asks for a test (`Test: required`), or None. A heading is one only if it says nothing else."""
    if "|" in rest or (rest.startswith("# ") and "#" not in rest[1:]):
        return None
    if "<dt" in raw or "<DT" in raw:
        pair = _DEFINITION.search(STRUCK.sub(" ", raw))
        name, value = (fold_line(pair.group(1)), fold_line(pair.group(2))) if pair is not None else ("", "")
        return shorten(f"{name}: {value}") if is_asking_name(name) and is_whole_value(value) else None
    field = FIELD.match(LINK.sub(r"\1", rest.lstrip("#")))
    if field is None or not is_asking_name(field.group("name")) or not is_whole_value(field.group("value").strip()):
        return None
    return shorten(rest)


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
