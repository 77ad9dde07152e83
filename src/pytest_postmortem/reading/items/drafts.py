"""One action item parsed from a table row or bullet, before it gets its id."""

from __future__ import annotations

import re
from typing import NamedTuple

from pytest_postmortem.model.postmortem import ItemStatus, Need, Scope, TestRequirement
from pytest_postmortem.reading.items.detail_fields import DetailFields
from pytest_postmortem.reading.items.item_keys import split_leading_key
from pytest_postmortem.reading.items.lists import Bullet
from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.syntax.markdown import Outline
from pytest_postmortem.reading.vocabulary.default import Vocabulary
from pytest_postmortem.reading.vocabulary.normalize import fold, lookup_key
from pytest_postmortem.reading.vocabulary.phrases import ESCAPED_FLAG, NO_ITEM, TO_FILL_IN
from pytest_postmortem.reading.vocabulary.requirement.combining import NOT_STATED, Unreadable, choose_stricter
from pytest_postmortem.reading.vocabulary.requirement.test_words import Flag, TestWords
from pytest_postmortem.reading.vocabulary.statuses import StatusWords
from pytest_postmortem.reading.vocabulary.tickets import find_tickets, may_hold_ticket
from pytest_postmortem.reading.vocabulary.titles import strip_markdown

__all__ = ["Draft", "Drafter", "Unclear"]


class Unclear(NamedTuple):
    """A test requirement that cannot be understood, and its 1-based line."""

    line: int
    why: Unreadable


class Draft(NamedTuple):
    """An action item before it has its id.

    `key` is the id that the author wrote, "" without one; `counted` is true where it comes from a column of numbers
    ("#"), which may begin anew in every table. `last_line` is the last line that belongs to it, `status_text` the status
    as written if it was dropped.
    """

    key: str
    counted: bool
    text: str
    line: int
    status: ItemStatus
    scope: Scope
    owner: str | None
    due: str | None
    tickets: tuple[str, ...]
    test: TestRequirement
    mentions_test: bool
    last_line: int = 0
    status_text: str | None = None


_STRUCK_ITEM = lazily(r"\A(?:~~(?!~)([^~]*)~~|<(?:del|s|strike)\b[^<>]{0,80}>(.*)</(?:del|s|strike)>)", re.IGNORECASE)
# A field in a line of a list item: at its beginning, or behind a sign that parts it from another one.
_FIELD = lazily(
    r"(?:^[\s>]{0,40}(?:[-*+\u2022]\s{1,4}|\d{1,3}[.)]\s{1,4})?|[;|\u00b7\u2022]\s{0,4}|,\s{1,4}|\.\s{1,4}|\s[\u2014\u2013-]\s)"
    r"([^\W\d_][^:：=;|,.()]{1,50}?)\s{0,3}[:：=]\s{0,3}((?:(?!\s[\u2014\u2013]\s)[^;|\u00b7\u2022])*)"
)
_BREAK = lazily(r"<br\s{0,3}/?>", re.IGNORECASE)
_MOST_REMEMBERED = 4096
_BRACES = lazily(r"\{\{([^{}]*)\}\}")
_BRACKETS = lazily(r"\[[^\[\]]{0,80}\](?:\([^()\s]{0,300}\))?")
_FEW_WORDS = 3


def _is_blank_form(text: str) -> bool:
    """Return whether a text is a form to fill in, `{{ summary }} [link]`, and not real text that stayed between its braces."""
    inner = _BRACES.findall(text)
    rest = _BRACKETS.sub(" ", _BRACES.sub(" ", text)).strip(" .,:;-–—|()")
    return (
        bool(inner)
        and not rest
        and all(len(part.split()) <= _FEW_WORDS or TO_FILL_IN.match(part) is not None for part in inner)
    )


def _strip_braces(text: str) -> str:
    """Return a text without the braces of the form that it was written into."""
    braces = _BRACES.fullmatch(text.strip())
    return braces.group(1).strip() if braces is not None else text


class Drafter:
    """Makes drafts by the words of a vocabulary."""

    __slots__ = (
        "_fields",
        "_mentions",
        "_placeholders",
        "_scopes",
        "_specific",
        "_systemic",
        "_tests",
        "_values",
        "is_field",
        "statuses",
    )

    def __init__(self, words: Vocabulary, statuses: StatusWords, tests: TestWords) -> None:
        self.statuses = statuses
        self._fields = DetailFields(words)
        self.is_field = self._fields.is_field
        self._tests = tests
        self._placeholders = frozenset({"", *map(fold, words.placeholders)})
        self._mentions = re.compile("|".join(re.escape(fold(word)) for word in words.mentions_test))
        self._values: dict[str, str | None] = {}
        self._scopes: dict[str, Scope] = {}
        self._specific = frozenset(map(lookup_key, words.scope_specific))
        self._systemic = frozenset(map(lookup_key, words.scope_systemic))

    def read_bullet(
        self, outline: Outline, bullet: Bullet, heading: ItemStatus, unclear: list[Unclear]
    ) -> Draft | None:
        """Return the draft of a bullet, or None if it says nothing."""
        from pytest_postmortem.reading.vocabulary.people import find_due_date

        text = bullet.text
        if self.is_blank(text):
            return None
        line = outline.find_line(bullet.start)
        text = _strip_braces(text) if text[:1] == "{" else text
        struck = _STRUCK_ITEM.fullmatch(text)
        key, text = split_leading_key(struck.group(struck.lastindex or 1).strip() if struck is not None else text)
        source = outline.blank_fences(bullet.text_start, bullet.end)
        lines = source.decode("utf-8", "replace").splitlines()
        whole = " ".join(" ".join(lines).split())
        test, text = self.read_requirement(None, text, line, unclear)
        details = whole[len(bullet.text) :]
        if details:
            details_test, _ = self.read_requirement(None, details, line, unclear)
            test = choose_stricter(test, details_test)
        test = choose_stricter(test, self._read_field_requirements(lines, line, unclear))
        fields = self._fields.find(details)
        status, status_text = self._read_status(bullet.box, fields.get("status"), text, heading, test)
        if struck is not None:
            status, status_text = ItemStatus.DROPPED, "struck out"
        due = find_due_date(whole)
        if not due and text != whole:
            due = find_due_date(text)
        if not due and "due" in fields:
            due = find_due_date(f"due: {fields['due']}")
        tickets: list[str] = []
        if may_hold_ticket(source):
            tickets = find_tickets(source, outline.find_links(bullet.text_start, bullet.end), bullet.text_start)
        return Draft(
            key,
            False,
            text,
            line,
            status,
            Scope.UNKNOWN,
            self._find_owner(text, fields.get("owner")),
            due,
            tuple(tickets),
            test,
            self.mentions_test(whole),
            line + source.rstrip().count(b"\n"),
            status_text,
        )

    def _read_status(
        self, box: ItemStatus | None, field: str | None, text: str, heading: ItemStatus, test: TestRequirement
    ) -> tuple[ItemStatus, str | None]:
        """Return the status of a bullet, and as written if it is dropped: by its field, box, text or heading."""
        status = self.statuses.read_cell(field) if field is not None else ItemStatus.UNKNOWN
        if status is ItemStatus.DROPPED and field is not None:
            return status, strip_markdown(field)
        if box is ItemStatus.DROPPED:
            return box, "checked off as dropped"
        own = self.discard_dropped(self.statuses.read_text(text), test)
        if box is not None and own is not ItemStatus.DROPPED:
            own = box
        if own is not ItemStatus.UNKNOWN:
            return own, None
        return (self.discard_dropped(heading, test) if field is None else status), None

    def _find_owner(self, text: str, field: str | None) -> str | None:
        from pytest_postmortem.reading.vocabulary.people import find_owner

        owner = find_owner(self.statuses.strip_dash_end(text))
        if owner is None and field is not None and self.read_value(field):
            return find_owner(f"owner: {field}")
        return owner

    def discard_dropped(self, guess: ItemStatus, test: TestRequirement) -> ItemStatus:
        """Return a guess at a status, from an item's words or its heading: never dropped if the item asks for a test."""
        return ItemStatus.UNKNOWN if guess is ItemStatus.DROPPED and test.need is not Need.NOT_REQUIRED else guess

    def _read_field_requirements(self, lines: list[str], line: int, unclear: list[Unclear]) -> TestRequirement:
        """Return what the fields of a bullet require: `- Test: required` below it, or `Test: required` in a line of its own."""
        test = NOT_STATED
        for number, raw in enumerate(lines):
            if "est" not in raw and raw.isascii():
                continue
            for field in _FIELD.finditer(raw.replace("*", "").replace("__", "")):
                if (number == 0 and not field.start()) or not self._tests.is_test_name(field.group(1)):
                    continue
                field_test, _ = self.read_requirement(field.group(2).strip(), "", line, unclear)
                test = choose_stricter(test, field_test)
        return test

    def read_text(self, text: str, line: int, unclear: list[Unclear]) -> Draft | None:
        """Return the draft of an item that is one text, with what a bullet may say, or None if it says nothing."""
        from pytest_postmortem.reading.vocabulary.people import find_due_date, find_owner

        text = " ".join(text.split())
        if self.is_blank(text):
            return None
        struck = _STRUCK_ITEM.fullmatch(text)
        whole = text
        key, text = split_leading_key(struck.group(struck.lastindex or 1).strip() if struck is not None else text)
        test, text = self.read_requirement(None, text, line, unclear)
        tickets = tuple(find_tickets(whole.encode("utf-8", "replace"), (), 0))
        status = self.discard_dropped(self.statuses.read_text(text), test) if struck is None else ItemStatus.DROPPED
        return Draft(
            key, False, text, line, status, Scope.UNKNOWN, find_owner(text), find_due_date(text), tickets, test,
            self.mentions_test(text), line, "struck out" if struck is not None else None,
        )  # fmt: skip

    def read_requirement(
        self, cell: str | None, text: str, line: int, unclear: list[Unclear]
    ) -> tuple[TestRequirement, str]:
        """Return the stricter test requirement of a cell and of a flag in the text, and the text without the flag."""
        test = NOT_STATED
        try:
            if cell:
                flag = self._find_flag(cell) if cell.lstrip("*_`\\ ")[:1] in ("[", "［", "【") else None
                value = _BREAK.sub(", ", cell) if "<" in cell else cell
                test = self._tests.read_value(value) if flag is None else flag.requirement
            if (flag := self._find_flag(text)) is not None:
                return choose_stricter(test, flag.requirement), flag.text
        except Unreadable as error:
            unclear.append(Unclear(line, error))
        return test, text

    def find_requirement(self, text: str) -> TestRequirement | None:
        """Return what a flag in a text asks for; None if it asks for nothing. Raises Unreadable."""
        flag = self._find_flag(text)
        return None if flag is None or flag.requirement.need is Need.NOT_REQUIRED else flag.requirement

    def _find_flag(self, text: str) -> Flag | None:
        if "est" not in text and "EST" not in text and text.isascii():
            return None
        return self._tests.find_flag(ESCAPED_FLAG.sub(r"[\1]", text) if "\\[" in text else text)

    def read_value(self, cell: str) -> str | None:
        """Return the text of a cell, or None for a placeholder."""
        if not cell:
            return None
        if cell in self._values:
            return self._values[cell]
        value: str | None = strip_markdown(cell)
        if fold(value or "") in self._placeholders or fold((value or "").strip("-—–()<>[]. ?？")) in self._placeholders:
            value = None
        if len(self._values) < _MOST_REMEMBERED:
            self._values[cell] = value
        return value

    def is_blank(self, text: str) -> bool:
        """Return whether a short text is a placeholder or says that there is nothing to do."""
        if len(text) > 12 and text[0] not in "nN{":
            return False
        if text[:1] == "{" and _is_blank_form(text):
            return True
        return len(text) < 80 and (
            fold(text) in self._placeholders or NO_ITEM.fullmatch(strip_markdown(text)) is not None
        )

    def read_scope(self, cell: str | None) -> Scope:
        """Return the scope that a cell specifies, UNKNOWN for any other word."""
        if not cell:
            return Scope.UNKNOWN
        known = self._scopes.get(cell)
        if known is None:
            key = lookup_key(strip_markdown(cell))
            known = (
                Scope.SPECIFIC if key in self._specific else Scope.SYSTEMIC if key in self._systemic else Scope.UNKNOWN
            )
            if len(self._scopes) < _MOST_REMEMBERED:
                self._scopes[cell] = known
        return known

    def mentions_test(self, text: str) -> bool:
        """Return whether a text mentions a test, in any language of the vocabulary ("latest" does not)."""
        lowered = fold(text)
        for found in self._mentions.finditer(lowered):
            if not lowered[found.start() - 1 : found.start()].isalpha() or not found.group().isascii():
                return True
        return False
