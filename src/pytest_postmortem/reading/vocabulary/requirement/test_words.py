"""The explicit test requirement of an action item: what a `Test` column or a bracketed flag says."""

from __future__ import annotations

import re
from typing import NamedTuple

from pytest_postmortem.model.nearest import is_similar
from pytest_postmortem.model.postmortem import Need, TestRequirement
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
from pytest_postmortem.reading.vocabulary.normalize import fold, lookup_key, split_words
from pytest_postmortem.reading.vocabulary.requirement.combining import (
    ISO,
    NOT_REQUIRED,
    NOT_STATED,
    REQUIRED,
    WAIVER_FORM,
    Unreadable,
    combine,
    parse_waiver,
)
from pytest_postmortem.reading.vocabulary.requirement.node_ids import InvalidNodeId, find_node_ids

__all__ = ["Flag", "TestWords"]


_FORMS = "write `required`, `no`, `waived until 2026-12-01: reason` or a pytest node id"
_WAIVER = lazily(r"\A\s*[\"'`]?([^\s:：,;()–—\"'`]+)[\"'`]?\s*(?:[-:：,;()–—]\s*)?(.*)", re.DOTALL)
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


class _Brackets(NamedTuple):
    """Brackets in `text`, from `start` to behind `end`; `link_end` is behind the link that follows them, None without one."""

    text: str
    start: int
    end: int
    link_end: int | None


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
        known = _find_named(value) or self._match_marked(word)
        if known is not None:
            return known
        nearly = word.startswith(("required", "waive", "not required")) or " waived " in word or _is_nearly_ours(word)
        ours = nearly or _ANSWER.search(value) is not None
        raise Unreadable(f"{_quote(written)} says nothing known about a test", _FORMS, ours=ours)

    def _match_marked(self, word: str) -> TestRequirement | None:
        """Return the requirement that a word with a check mark, or with a remark after it, is; or None."""
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
        return None

    def _match_word(self, word: str) -> TestRequirement | None:
        """Return the requirement that a word is, or None."""
        return REQUIRED if word in self._yes else NOT_REQUIRED if word in self._no else None

    def _contradicts(self, known: TestRequirement, remark: str) -> bool:
        """Return whether the remark after a word says the opposite: "no, but required for the new API"."""
        words = set(re.findall(r"[^\W_]+", remark))
        other = self._no if known.need is Need.REQUIRED else self._yes
        return bool(words & other or words & _HEDGES)

    def _read_waiver(self, text: str) -> TestRequirement:
        """Return the waiver whose end date and reason follow the word for it. Raises Unreadable."""
        found = _WAIVER.match(text)
        if found is None or not ISO.fullmatch(found.group(1)):
            raise Unreadable("the waiver has no end date", WAIVER_FORM)
        reason = found.group(2).strip()
        return parse_waiver(found.group(1), reason[:-1] if reason.endswith(")") and "(" not in reason else reason)

    def find_flag(self, text: str) -> Flag | None:
        """Return the flag in an item's text, or None. Raises Unreadable.

        `[test required]`, `[no test]`, `[test waived until 2026-12-01: reason]`, `[test: tests/test_x.py::test_y]`; in
        bold, in any width, with a footnote or a link, or in backticks at the end; in parentheses only if it is exactly
        that. What is struck out, or in backticks in a sentence, is not a flag.
        """
        if not text.isascii():
            text = text.translate(_WIDE)
        if "~~" in text or "<" in text or "%%" in text:
            text = _HTML_CODE.sub(" ", strip_struck(text))
        requirements: list[TestRequirement] = []
        position = 0
        for _ in range(_MOST_BRACKETS):
            found = _FLAG.search(text, position)
            if found is None:
                break
            brackets = _find_brackets(text, found.start())
            if brackets is None:
                position = found.end()
                continue
            text = brackets.text
            if is_quoted(text, brackets.start, brackets.end):
                position = brackets.end
                continue
            requirement = self._read_brackets(brackets, found.end())
            if requirement is None:
                position = max(position, found.end())
                continue
            requirements.append(requirement)
            text, position = cut_flag(text, brackets.start, brackets.link_end or brackets.end)
        return Flag(combine(requirements), " ".join(text.split())) if requirements else None

    def _read_brackets(self, brackets: _Brackets, inner: int) -> TestRequirement | None:
        """Return the requirement in brackets that begins at `inner`; None if it is no flag, or maybe not meant as one."""
        is_round = brackets.text[brackets.start] == "("
        try:
            return self._read_flag(brackets.text[inner : brackets.end - 1].strip(), is_round)
        except Unreadable as error:
            if is_round or brackets.link_end is not None:
                return None
            raise Unreadable(error.problem, error.hint) from None

    def _read_flag(self, inner: str, is_round: bool) -> TestRequirement | None:
        """Return the requirement between the brackets, or None if that is not a flag. Raises Unreadable."""
        found = _FLAG_START.fullmatch(inner)
        assert found is not None  # _FLAG has seen its beginning
        if found.group("needs") is not None:
            return REQUIRED
        if found.group("none") is not None:
            rest = fold(found.group("none"))
            return NOT_REQUIRED if not rest or rest in self._yes else None
        rest = found.group("rest").strip()
        if found.group("colon"):
            return self._read_flag_value(rest, inner, is_round)
        return self._read_flag_words(rest, is_round)

    def _read_flag_value(self, value: str, inner: str, is_round: bool) -> TestRequirement | None:
        """Return the requirement of a flag with a colon: `test: required`. Raises Unreadable."""
        if not value and is_round:
            return None
        try:
            return self.read_value(value or "?")
        except Unreadable as error:
            if error.ours or not inner[:5].lower() == "tests":
                raise
            return None  # [tests: 12 passed]

    def _read_flag_words(self, words: str, is_round: bool) -> TestRequirement | None:
        """Return the requirement of a flag whose words follow `test`: `test required`. Raises Unreadable."""
        word = _fold_value(words)
        if not word:
            return None
        known = self._match_word(word)
        if known is not None:
            return known
        for waived in self._waived:
            if word == waived or word.startswith(waived + " "):
                return self._read_waiver(words[len(waived) :])
        first = word.split(maxsplit=1)[0].rstrip(":,;.")
        if not is_round and first in ("required", "waived", "requires"):
            raise Unreadable(f"[test {words}] says nothing known about a test", f"{_FORMS}, in brackets behind `test`")
        return None


def _find_brackets(text: str, start: int) -> _Brackets | None:
    """Return the brackets that are opened at `start`, a footnote after them left out; None if what is open is no flag.

    Raises Unreadable if only a flag can be meant and nothing closes it.
    """
    end = find_closing(text, start)
    if end is None:
        if text[start] != "[" or not _OURS.match(text, start):
            return None
        end = text.rfind("]", start) + 1
        if not end:
            raise Unreadable(f"{_quote(text[start:])} has no closing bracket", "close it with ]")
        return _Brackets(text, start, end, None)
    if (footnote := FOOTNOTE.match(text, end)) is not None:
        return _Brackets(text[:end] + text[footnote.end() :], start, end, None)
    return _Brackets(text, start, end, find_closing(text, end) if text[end : end + 1] in ("(", "[") else None)


def _is_nearly_ours(word: str) -> bool:
    """Return whether a word can only be a typo: `requierd`."""
    return any(is_similar(word.partition(" ")[0], known, 0.85) for known in ("required", "waived"))


def _find_named(value: str) -> TestRequirement | None:
    """Return the requirement of a value that names tests, None for any other value. Raises Unreadable."""
    bare = _strip_marks(value)
    if bare.lower() == "[x]":
        return REQUIRED
    link = _LINK.fullmatch(bare)
    if link is not None:
        bare = _read_linked_name(link) or bare
    if ".py" not in bare and not _begins_with_file(bare):
        return None
    try:
        return TestRequirement(need=Need.REQUIRED, node_ids=find_node_ids(bare), stated=True)
    except InvalidNodeId as error:
        raise Unreadable(error.problem, error.hint) from None


def _read_linked_name(link: re.Match[str]) -> str | None:
    """Return the test that a link names, by its label or by the file it leads to; None if it names none."""
    label, target = _strip_marks(link.group(1)), link.group(2).partition("#")[0]
    if ".py" in label or _begins_with_file(label):
        return label
    if target.endswith(".py") and not target.startswith(("http:", "https:")):
        return f"{target}::{label}" if _TEST_NAME.fullmatch(label) and target != label else target
    return None


def _begins_with_file(name: str) -> bool:
    """Return whether a name has the form of a node id: a file with a suffix before its first `::`."""
    return "::" in name and "." in name.partition("::")[0]


def _strip_marks(value: str) -> str:
    return value.strip().strip("*`_~ \t")


def _fold_value(value: str) -> str:
    return fold(_strip_marks(value)).rstrip(".!")


def _quote(value: str) -> str:
    return repr(shorten(" ".join(value.split()), 60, "…"))
