"""The explicit test requirement of an action item: what a `Test` column or a bracketed flag says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from pytest_postmortem.model.nearest import is_similar
from pytest_postmortem.model.postmortem import Need, TestRequirement, Waiver
from pytest_postmortem.model.text import shorten
from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.syntax.markup import (
    FOOTNOTE,
    clean_value,
    cut_flag,
    find_closing,
    is_quoted,
    strip_struck,
)
from pytest_postmortem.reading.vocabulary.default import TEST_NAME, Vocabulary
from pytest_postmortem.reading.vocabulary.node_ids import InvalidNodeId, find_node_ids
from pytest_postmortem.reading.vocabulary.normalize import fold, lookup_key, split_words

__all__ = ["NOT_STATED", "Flag", "TestWords", "Unreadable", "choose_stricter", "parse_waiver"]

NOT_STATED = TestRequirement()
_REQUIRED = TestRequirement(need=Need.REQUIRED, stated=True)
_NOT_REQUIRED = TestRequirement(need=Need.NOT_REQUIRED, stated=True)
_STRICT_FIRST = (Need.REQUIRED, Need.WAIVED, Need.NOT_REQUIRED)

_FORMS = "write `required`, `no`, `waived until 2026-12-01: reason` or a pytest node id"
_WAIVER_FORM = "write `waived until 2026-12-01: reason`"
_WAIVER = lazily(r"\A\s*[\"'`]?([^\s:：,;()–—\"'`]+)[\"'`]?\s*(?:[-:：,;()–—]\s*)?(.*)", re.DOTALL)
_ISO = lazily(r"\d{4}-\d{2}-\d{2}")
_FLAG = lazily(
    r"[\[(]\s{0,3}(?=(?:no[ _-]|(?:regression|unit|automated|integration)\s)?tests?(?![^\W_])"
    r"|(?:needs?|requires?|required)[\s_:-]{1,3}(?:an?\s)?(?:(?:regression|unit|automated|integration)\s)?tests?\s{0,3}\])",
    re.IGNORECASE,
)
_FLAG_START = lazily(
    r"(?:(?:regression|unit|automated|integration)\s)?tests?(?:[\s_-]{1,3})?(?:is\s)?"
    r"\s{0,3}(?P<colon>[:：=])?\s{0,3}(?P<rest>.*)"
    r"|no[ _-]tests?\b(?P<none>.*)|(?P<needs>(?:needs?|requires?|required)[\s_:-].*)",
    re.IGNORECASE | re.DOTALL,
)
_LINK = lazily(r"\[([^\[\]]{1,200})\]\(\s{0,3}([^()\s]{1,400})[^()]{0,100}\)")
_HTML_CODE = lazily(
    r"<(code|pre|kbd|samp)\b[^<>]{0,80}>.{0,400}?</\1\s{0,8}>|%%[^%]{0,400}%%", re.IGNORECASE | re.DOTALL
)
_TEST_NAME = lazily(r"\A(?:[A-Za-z_]\w*::)*test_?\w*")
_HEDGES = frozenset(split_words("until, not, perhaps, maybe, probably, possibly, if, when, unless, tbd, later, soon"))
_REMARK = lazily(r"\s{0,3}[(:,;.–—\[]|\s[-–—]{1,2}\s")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3010: "[", 0x3011: "]", 0x3000: " ", 0xA0: " "}
_WIDE |= dict.fromkeys(
    (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF), ""
)
# A value that holds one of these is meant as an answer to whether there has to be a test.
_ANSWER = lazily(
    r"(?<![\w/-])(?:required?|requires?|need(?:s|ed)?|yes|y|must|mandatory|true|waive[dr]?|"
    r"pytest)(?![\w/-])|::|\btest_\w|\.py\b|[✓✔✅☑必要]",
    re.IGNORECASE,
)
_MOST_BRACKETS = 1000
_LONGEST_NAME = 60
_MOST_REMEMBERED = 4096
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

    def mark_as_ours(self) -> Unreadable:
        """Return this error as one about a value that is beyond doubt meant for us."""
        return self if self.ours else Unreadable(self.problem, self.hint)


class Flag(NamedTuple):
    """A bracketed flag in a text: the requirement, and the text without it."""

    requirement: TestRequirement
    text: str


class TestWords:
    """Reads test requirements by the words of a vocabulary."""

    __test__ = False
    __slots__ = ("_known", "_names", "_no", "_waived", "_yes")

    def __init__(self, words: Vocabulary) -> None:
        self._yes = frozenset(map(fold, words.test_required))
        self._no = frozenset({"", *map(fold, words.test_not_required)})
        self._waived = tuple(sorted(map(fold, words.test_waived), key=len, reverse=True))
        self._names = frozenset(map(lookup_key, words.column_test))
        self._known: dict[str, bool] = {}

    def is_test_name(self, name: str) -> bool:
        """Return whether the head of a column, the name of a field or a key asks for a test: "Regression test required?"."""
        known = self._known.get(name)
        if known is None:
            key = lookup_key(clean_value(name))
            known = key in self._names or (len(key) <= _LONGEST_NAME and TEST_NAME.fullmatch(key) is not None)
            if len(self._known) < _MOST_REMEMBERED and len(name) <= _LONGEST_NAME:
                self._known[name] = known
        return known

    def read_value(self, value: str) -> TestRequirement:
        """Return what the cell of a `Test` column or the `test:` of an item requires. Raises Unreadable."""
        written = value
        value = clean_value(value)
        word = _fold_value(value)
        if not word:
            return NOT_STATED
        known = self._match_word(word)
        if known is not None:
            return known
        for waived in self._waived:
            if word.startswith(waived):
                return self._read_waiver(_strip_marks(" ".join(value.split()))[len(waived) :])
        if (named := _find_named(value)) is not None:
            return named
        for mark in "✓✔✅☑✗✘❌✖":
            if (
                mark in word
                and (known := self._match_word(word.replace(mark, "").strip("\ufe0f ") or mark)) is not None
            ):
                return known
        remark = _REMARK.search(word)
        known = self._match_word(word[: remark.start()].strip()) if remark is not None else None
        if known is not None and remark is not None and not self._contradicts(known, word[remark.end() :]):
            return known
        nearly = word.startswith(("required", "waive", "not required")) or " waived " in word or _is_nearly_ours(word)
        ours = nearly or _ANSWER.search(value) is not None
        raise Unreadable(f"{_quote(written)} says nothing known about a test", _FORMS, ours=ours)

    def _match_word(self, word: str) -> TestRequirement | None:
        """Return the requirement that a word is, or None."""
        return _REQUIRED if word in self._yes else _NOT_REQUIRED if word in self._no else None

    def _contradicts(self, known: TestRequirement, remark: str) -> bool:
        """Return whether the remark after a word says the opposite: "no, but required for the new API"."""
        words = set(re.findall(r"[^\W_]+", remark))
        other = self._no if known.need is Need.REQUIRED else self._yes
        return bool(words & other or words & _HEDGES)

    def _read_waiver(self, told: str) -> TestRequirement:
        """Return the waiver whose end date and reason follow the word for it. Raises Unreadable."""
        found = _WAIVER.match(told)
        if found is None or not _ISO.fullmatch(found.group(1)):
            raise Unreadable("the waiver has no end date", _WAIVER_FORM)
        reason = found.group(2).strip()
        return parse_waiver(found.group(1), reason[:-1] if reason.endswith(")") and "(" not in reason else reason)

    def find_flag(self, text: str) -> Flag | None:
        """Return the flag in an item's text, or None. Raises Unreadable.

        `[test required]`, `[no test]`, `[test waived until 2026-12-01: reason]`, `[test: tests/test_x.py::test_y]`; in
        bold, in any width, with a footnote or a link, or in backticks at the end; in parentheses only if it is exactly
        that. What is struck out, or in backticks within a sentence, is not a flag.
        """
        if not text.isascii():
            text = text.translate(_WIDE)
        if "~~" in text or "<" in text or "%%" in text:
            text = _HTML_CODE.sub(" ", strip_struck(text))
        said: list[TestRequirement] = []
        position = 0
        for _ in range(_MOST_BRACKETS):
            found = _FLAG.search(text, position)
            if found is None:
                break
            start = found.start()
            end = find_closing(text, start)
            link = None
            if end is not None and (footnote := FOOTNOTE.match(text, end)) is not None:
                text = text[:end] + text[footnote.end() :]
            elif end is not None and text[end : end + 1] in ("(", "["):
                link = find_closing(text, end)
            if end is None:
                position = found.end()
                if text[start] != "[" or not _OURS.match(text, start):
                    continue
                end = text.rfind("]", start) + 1
                if not end:
                    raise Unreadable(f"{_quote(text[start:])} has no closing bracket", "close it with ]")
            if is_quoted(text, start, end):
                position = end
                continue
            round_brackets = text[start] == "("
            try:
                requirement = self._read_flag(text[found.end() : end - 1].strip(), round_brackets)
            except Unreadable as error:
                if not round_brackets and link is None:
                    raise Unreadable(error.problem, error.hint) from None
                requirement = None
            if requirement is None:
                position = max(position, found.end())
                continue
            said.append(requirement)
            text, position = cut_flag(text, start, link or end)
        return Flag(_combine(said), " ".join(text.split())) if said else None

    def _read_flag(self, inner: str, round_brackets: bool) -> TestRequirement | None:
        """Return the requirement between the brackets, or None if that is not a flag. Raises Unreadable."""
        found = _FLAG_START.fullmatch(inner)
        assert found is not None  # _FLAG has seen its beginning
        if found.group("needs") is not None:
            return _REQUIRED
        if found.group("none") is not None:
            rest = fold(found.group("none"))
            return _NOT_REQUIRED if not rest or rest in self._yes else None
        rest = found.group("rest").strip()
        if found.group("colon"):
            if not rest and round_brackets:
                return None
            try:
                return self.read_value(rest or "?")
            except Unreadable as error:
                if error.ours or not inner[:5].lower() == "tests":
                    raise
                return None  # [tests: 12 passed]
        word = _fold_value(rest)
        if not word:
            return None
        if word in self._yes:
            return _REQUIRED
        if word in self._no:
            return _NOT_REQUIRED
        for waived in self._waived:
            if word == waived or word.startswith(waived + " "):
                return self._read_waiver(rest[len(waived) :])
        first = word.split(maxsplit=1)[0].rstrip(":,;.")
        if not round_brackets and first in ("required", "waived", "requires"):
            raise Unreadable(f"[test {rest}] says nothing known about a test", f"{_FORMS}, in brackets behind `test`")
        return None


def _is_nearly_ours(word: str) -> bool:
    """Return whether a word can only be a typo: `requierd`."""
    return any(is_similar(word.partition(" ")[0], known, 0.85) for known in ("required", "waived"))


def _combine(said: Sequence[TestRequirement]) -> TestRequirement:
    """Return several flags of one item as one requirement. Raises Unreadable if they contradict each other."""
    if len({(one.need, one.waiver) for one in said}) > 1:
        raise Unreadable("two flags say different things about a test", "keep one of them")
    return replace(said[0], node_ids=tuple(dict.fromkeys(node_id for one in said for node_id in one.node_ids)))


def choose_stricter(one: TestRequirement, other: TestRequirement) -> TestRequirement:
    """Return of two requirements of one item the one that is stated, of two stated ones the stricter."""
    if not (one.stated and other.stated):
        return one if one.stated else other
    return min(one, other, key=lambda said: (_STRICT_FIRST.index(said.need), not said.node_ids))


def parse_waiver(until: str, reason: str) -> TestRequirement:
    """Return a waiver of these two texts. Raises Unreadable for an invalid date or an empty reason."""
    if not _ISO.fullmatch(until):
        raise Unreadable(f"the waiver's end date {until!r} is no date", _WAIVER_FORM)
    try:
        day = date.fromisoformat(until)
    except ValueError:
        raise Unreadable(f"the waiver's end date {until} does not exist", _WAIVER_FORM) from None
    if not reason:
        raise Unreadable("the waiver has no reason", _WAIVER_FORM)
    return TestRequirement(need=Need.WAIVED, waiver=Waiver(day, " ".join(reason.split())), stated=True)


def _find_named(value: str) -> TestRequirement | None:
    """Return the requirement of a value that names tests, None for any other value. Raises Unreadable."""
    bare = _strip_marks(value)
    if bare.lower() == "[x]":
        return _REQUIRED
    link = _LINK.fullmatch(bare)
    if link is not None:
        label, target = _strip_marks(link.group(1)), link.group(2).partition("#")[0]
        if ".py" in label or ("::" in label and "." in label.partition("::")[0]):
            bare = label
        elif target.endswith(".py") and not target.startswith(("http:", "https:")):
            bare = f"{target}::{label}" if _TEST_NAME.fullmatch(label) and target != label else target
    if ".py" not in bare and ("::" not in bare or "." not in bare.partition("::")[0]):
        return None
    try:
        return TestRequirement(need=Need.REQUIRED, node_ids=find_node_ids(bare), stated=True)
    except InvalidNodeId as error:
        raise Unreadable(error.problem, error.hint) from None


def _strip_marks(value: str) -> str:
    return value.strip().strip("*`_~ \t")


def _fold_value(value: str) -> str:
    return fold(_strip_marks(value)).rstrip(".!")


def _quote(value: str) -> str:
    return repr(shorten(" ".join(value.split()), 60, "…"))
