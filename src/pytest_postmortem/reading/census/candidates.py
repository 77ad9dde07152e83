"""The lines of a text that may ask for a test: a quick look, which leaves most documents at once."""

from __future__ import annotations

from functools import lru_cache

from pytest_postmortem.reading.census.forms import (
    INNER_FIELD,
    LOOSE_ROW,
    OFTEN,
    find_flag,
    fold_line,
    is_asking_name,
    is_asking_value,
    is_sure_value,
    split_cells,
    strip_marks,
)
from pytest_postmortem.reading.patterns import lazily

__all__ = ["find_candidates"]

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


def find_candidates(text: str) -> list[int]:
    """Return the numbers, from 0, of the lines that may ask: a quick look, which finds none in most documents."""
    data = text.encode("utf-8", "replace")  # looking for words is quickest in bytes
    lowered = data.lower()
    starts: set[int] = set()
    words = list(_WORDS)
    if len(data) != len(text):  # one character is found ten times as quickly as a word
        words += [word for sign, word in _FOREIGN_WORDS if sign in text]
    for word in words:
        position = lowered.find(word)
        if position >= 0:
            _add_line_starts(starts, lowered, word, position)
    numbers: list[int] = []
    line = passed = 0
    for start in sorted(starts):
        end = data.find(b"\n", start)
        raw = data[start : end if end >= 0 else len(data)].decode()
        if _may_ask_again(raw) if len(raw) < OFTEN else _may_ask(raw):
            line += data.count(b"\n", passed, start)
            passed = start
            numbers.append(line)
    return numbers


def _add_line_starts(starts: set[int], lowered: bytes, word: bytes, position: int) -> None:
    """Add where each line begins that holds `word` beside a sign of something that asks, from its first `position` on."""
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
    return _has_asking_cell(folded) or _has_asking_field(folded)


def _has_asking_cell(folded: str) -> bool:
    """Return whether a line is a row with a cell that asks or names a test, or is only such a name or value."""
    if "|" in folded and any(
        is_asking_name(cell) or is_sure_value(cell) or ".py::" in cell or (":" in cell and INNER_FIELD.search(cell))
        for cell in split_cells(folded)
    ):
        return True
    if len(folded) < 2 * _SHORT:
        rest = strip_marks(folded)[0].strip(" #`_:")
        return is_asking_name(rest) or is_sure_value(rest)
    return False


def _has_asking_field(folded: str) -> bool:
    """Return whether a line holds a field that asks, at its beginning or within."""
    if "required" in folded and LOOSE_ROW.match(folded) is not None:
        return True
    if (":" in folded or "=" in folded) and INNER_FIELD.search(folded) is not None:
        return True
    return any(is_asking_value(value.strip(" \t{")) for value in _SEPARATOR.split(folded)[1:])


_may_ask_again = lru_cache(maxsize=4096)(_may_ask)  # `test: required` and the heads of tables are in most documents
