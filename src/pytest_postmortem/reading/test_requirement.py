"""The explicit test requirement of an action item: what a `Test` column or a bracketed flag says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from pytest_postmortem.model.postmortem import Need, TestRequirement, Waiver
from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.vocabulary import Vocabulary
from pytest_postmortem.reading.words import plain

__all__ = ["NOT_STATED", "Flag", "TestWords", "Unreadable", "node_ids", "stricter", "waiver"]

NOT_STATED = TestRequirement()
_REQUIRED = TestRequirement(need=Need.REQUIRED, stated=True)
_NOT_REQUIRED = TestRequirement(need=Need.NOT_REQUIRED, stated=True)
_STRICT_FIRST = (Need.REQUIRED, Need.WAIVED, Need.NOT_REQUIRED)

_FORMS = "write `required`, `no`, `waived until 2026-12-01: reason` or a pytest node id"
_WAIVER_FORM = "write `waived until 2026-12-01: reason`"
_WAIVER = lazily(r"\s*[\"'`]?([^\s:：,;()–—\"'`]+)[\"'`]?\s*(?:[-:：,;()–—]\s*)?(.*)", re.DOTALL)
_ISO = lazily(r"\d{4}-\d{2}-\d{2}")
# The path and the `::` parts of a node id; what stands in brackets behind is cut out by hand, as it may hold anything.
_NODE_HEAD = lazily(r"[^\s,;|`<>()\[\]:]+\.py(?:::[^\s,;|`<>()\[\]:]+)*")
_BETWEEN_IDS = lazily(r"(?:[\s,;`]|<br\s{0,2}/?>|\band\b|&)*", re.IGNORECASE)
_FLAG = lazily(r"[\[(]\s{0,3}(?=(?:no[ -])?tests?\b)", re.IGNORECASE)
_FLAG_START = lazily(
    r"tests?(?:\s{1,3}|-)?(?P<colon>[:：])?\s{0,3}(?P<rest>.*)|no[ -]tests?\b(?P<none>.*)", re.IGNORECASE | re.DOTALL
)
_MARKS_AFTER = lazily(r"[*_`]+")
_MOST_BRACKETS = 1000
_OURS = lazily(r"\[\s{0,3}tests?(?:\s{1,3}(?:required|waived)|\s{0,3}[:：])", re.IGNORECASE)


class Unreadable(Exception):
    """A value that says something about a test and cannot be understood; `problem` and `hint` tell it.

    `ours` is true where it is beyond doubt meant for us (a waiver, a node id), and not some other table's wording.
    """

    def __init__(self, problem: str, hint: str, *, ours: bool = True) -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint
        self.ours = ours


class Flag(NamedTuple):
    """A bracketed flag in a text: the requirement, and the text without it."""

    requirement: TestRequirement
    text: str


class TestWords:
    """Reads test requirements by the words of a vocabulary."""

    __test__ = False
    __slots__ = ("_no", "_waived", "_yes")

    def __init__(self, words: Vocabulary) -> None:
        self._yes = frozenset(map(plain, words.test_required))
        self._no = frozenset({"", *map(plain, words.test_not_required)})
        self._waived = tuple(sorted(map(plain, words.test_waived), key=len, reverse=True))

    def of_value(self, value: str) -> TestRequirement:
        """What the cell of a `Test` column or the `test:` of an item says. Raises Unreadable."""
        word = _folded(value)
        if not word:
            return NOT_STATED
        if word in self._yes:
            return _REQUIRED
        if word in self._no:
            return _NOT_REQUIRED
        for waived in self._waived:
            if word.startswith(waived):
                return self._waiver(_bare(" ".join(value.split()))[len(waived) :])
        if ".py" in value:
            return node_ids(_bare(value))
        for mark in "✓✔✅☑✗✘❌✖":
            if mark in word and (word.replace(mark, "").strip("\ufe0f ") in self._yes | self._no):
                return self.of_value(word.replace(mark, "").strip("\ufe0f ") or mark)
        ours = word.startswith(("required", "waive", "not required")) or " waived " in word or _is_nearly_ours(word)
        raise Unreadable(f"{_shown(value)} says nothing known about a test", _FORMS, ours=ours)

    def _waiver(self, told: str) -> TestRequirement:
        found = _WAIVER.match(told)
        if found is None or not _ISO.fullmatch(found.group(1)):
            raise Unreadable("the waiver has no end date", _WAIVER_FORM)
        reason = found.group(2).strip()
        return waiver(found.group(1), reason[:-1] if reason.endswith(")") and "(" not in reason else reason)

    def of_text(self, text: str) -> Flag | None:
        """The flag in an item's text, or None where there is none. Raises Unreadable.

        `[test required]`, `[no test]`, `[test waived until 2026-12-01: reason]`, `[test: tests/test_x.py::test_y]`; in
        bold or in backticks too; in parentheses only where it is exactly that. A link is no flag.
        """
        said: list[TestRequirement] = []
        position = 0
        for _ in range(_MOST_BRACKETS):
            found = _FLAG.search(text, position)
            if found is None:
                break
            start = found.start()
            end = _closing(text, start)
            if end is None or text[end : end + 1] in ("(", "["):
                position = found.end()
                if end is None and text[start] == "[" and _OURS.match(text, start):
                    end = text.rfind("]", start) + 1
                    if not end:
                        raise Unreadable(f"{_shown(text[start:])} has no closing bracket", "close it with ]")
                else:
                    continue
            round_brackets = text[start] == "("
            try:
                requirement = self._flag(text[found.end() : end - 1].strip(), round_brackets)
            except Unreadable as error:
                if not round_brackets:
                    raise Unreadable(error.problem, error.hint) from None
                requirement = None
            if requirement is None:
                position = max(position, found.end())
                continue
            said.append(requirement)
            text, position = _without(text, start, end), start
        return Flag(_together(said), text) if said else None

    def _flag(self, inner: str, round_brackets: bool) -> TestRequirement | None:
        """What stands between the brackets, or None where that is no flag."""
        found = _FLAG_START.fullmatch(inner)
        assert found is not None  # _FLAG has seen its beginning
        if found.group("none") is not None:
            rest = plain(found.group("none"))
            return _NOT_REQUIRED if not rest or rest in self._yes else None
        rest = found.group("rest").strip()
        if found.group("colon"):
            if rest or not round_brackets:
                return self.of_value(rest or "?")
            return None
        word = _folded(rest)
        if not word:
            return None
        if word in self._yes:
            return _REQUIRED
        if word in self._no:
            return _NOT_REQUIRED
        for waived in self._waived:
            if word == waived or word.startswith(waived + " "):
                return self._waiver(rest[len(waived) :])
        first = word.split(maxsplit=1)[0].rstrip(":,;.")
        if not round_brackets and first in ("required", "waived", "requires"):
            raise Unreadable(f"[test {rest}] says nothing known about a test", f"{_FORMS}, in brackets behind `test`")
        return None


def _is_nearly_ours(word: str) -> bool:
    """Whether a word can only be a slip of the pen: `requierd`."""
    from difflib import get_close_matches

    return bool(get_close_matches(word.partition(" ")[0], ("required", "waived"), cutoff=0.85))


def _together(said: Sequence[TestRequirement]) -> TestRequirement:
    """Several flags of one item as one requirement. Raises Unreadable where they contradict each other."""
    if len({(one.need, one.waiver) for one in said}) > 1:
        raise Unreadable("two flags say different things about a test", "keep one of them")
    return replace(said[0], node_ids=tuple(dict.fromkeys(node_id for one in said for node_id in one.node_ids)))


def stricter(one: TestRequirement, other: TestRequirement) -> TestRequirement:
    """Of two requirements of one item the one that is stated, of two that are the one that asks for more."""
    if not (one.stated and other.stated):
        return one if one.stated else other
    return min(one, other, key=lambda said: (_STRICT_FIRST.index(said.need), not said.node_ids))


def waiver(until: str, reason: str) -> TestRequirement:
    """A waiver of these two texts. Raises Unreadable where the date is none or the reason is missing."""
    if not _ISO.fullmatch(until):
        raise Unreadable(f"the waiver's end date {until!r} is no date", _WAIVER_FORM)
    try:
        day = date.fromisoformat(until)
    except ValueError:
        raise Unreadable(f"the waiver's end date {until} does not exist", _WAIVER_FORM) from None
    if not reason:
        raise Unreadable("the waiver has no reason", _WAIVER_FORM)
    return TestRequirement(need=Need.WAIVED, waiver=Waiver(day, " ".join(reason.split())), stated=True)


def node_ids(value: str) -> TestRequirement:
    """The requirement of a value that is one or more pytest node ids, with commas or `<br>` between. Raises Unreadable.

    A node id ends at its last `]`: parameters may hold spaces, commas and brackets.
    """
    value = value.replace("\\_", "_").replace("\\[", "[").replace("\\]", "]")
    ids: list[str] = []
    position = 0
    while (position := _past(_BETWEEN_IDS, value, position)) < len(value):
        head = _NODE_HEAD.match(value, position)
        if head is None:
            form = "write it as `tests/test_queue.py::test_rejects`"
            raise Unreadable(f"{_shown(value)} is no pytest node id", form, ours=bool(ids))
        end = head.end()
        if value[end : end + 1] == "[":
            following = _next_id(value, end)
            closed = value.rfind("]", end, following)
            if closed < 0:
                raise Unreadable(f"the node id {_shown(value[position:])} has no closing bracket", "close it with ]")
            end = closed + 1
        ids.append(_normal(value[position:end]))
        position = end
    return TestRequirement(need=Need.REQUIRED, node_ids=tuple(dict.fromkeys(ids)), stated=True)


def _normal(node_id: str) -> str:
    """The node id with its path as pytest writes it. Raises Unreadable for one that leads elsewhere."""
    path, colons, rest = node_id.partition("::")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if path.startswith("/") or ".." in parts:
        form = "write it from the configuration's folder on, as `tests/test_queue.py::test_rejects`"
        raise Unreadable(f"{_shown(node_id)} leads elsewhere", form)
    return "/".join(parts) + colons + rest


_NEXT_ID = lazily(
    r"\][`]?(?:\s{0,8}[,;]|\s{0,8}<br\s{0,2}/?>|\s{1,8}(?:and|&)(?=\s)|\s)[\s`]{0,8}[^\s,;|`<>()\[\]:]+\.py\b",
    re.IGNORECASE,
)


def _next_id(value: str, position: int) -> int:
    found = _NEXT_ID.search(value, position)
    return found.start() + 1 if found else len(value)


def _past(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    return found.end() if found else position


def _closing(text: str, opened: int) -> int | None:
    """The place behind the bracket that closes the one at `opened`; None where none does."""
    opening = text[opened]
    closing = "]" if opening == "[" else ")"
    depth = 0
    for position in range(opened, min(len(text), opened + 2000)):
        sign = text[position]
        if sign == opening:
            depth += 1
        elif sign == closing:
            depth -= 1
            if not depth:
                return position + 1
    return None


def _without(text: str, start: int, end: int) -> str:
    """`text` without the flag and the emphasis around it."""
    before, after = text[:start], text[end:]
    bare = before.rstrip("*_`")
    opened, closed = before[len(bare) :], _MARKS_AFTER.match(after)
    if opened and closed and opened == closed.group():
        before, after = bare, after[closed.end() :]
    return " ".join((before + " " + after).split())


def _bare(value: str) -> str:
    return value.strip().strip("*`_~ \t")


def _folded(value: str) -> str:
    return plain(_bare(value)).rstrip(".!")


def _shown(value: str) -> str:
    folded = " ".join(value.split())
    return repr(folded if len(folded) <= 60 else folded[:59] + "…")
