"""Action items out of front matter or a data file: `action_items:`, a list of mappings or of texts."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_postmortem.model.postmortem import ItemStatus, TestRequirement
from pytest_postmortem.reading.header.fields import get_names, get_text, normalize_keys
from pytest_postmortem.reading.items.drafts import Draft, Drafter, Unclear
from pytest_postmortem.reading.items.item_keys import split_leading_key
from pytest_postmortem.reading.syntax.nodes import Node, Problem
from pytest_postmortem.reading.vocabulary.normalize import fold
from pytest_postmortem.reading.vocabulary.requirement.combining import (
    NOT_STATED,
    Unreadable,
    choose_stricter,
    parse_waiver,
)
from pytest_postmortem.reading.vocabulary.requirement.test_words import TestWords
from pytest_postmortem.reading.vocabulary.statuses import StatusWords
from pytest_postmortem.reading.vocabulary.titles import strip_markdown

__all__ = ["ListedItems", "merge_with_body"]

_TEXT_KEYS = ("action", "text", "title", "description", "item", "summary")
_FORM = "write a list of `- {id: AI-1, action: ..., test: required}`"
_TEST_FORM = "write `test: required`, `test: no`, `test: {waived_until: 2026-12-01, reason: ...}` or a pytest node id"


class ListedItems:
    """Reads `action_items:`. This form is our own, so that an unknown `test:` is always a fault."""

    __slots__ = ("_drafter", "_statuses", "_tests")

    def __init__(self, drafter: Drafter, statuses: StatusWords, tests: TestWords) -> None:
        self._drafter = drafter
        self._statuses = statuses
        self._tests = tests

    def read(self, node: Node, problems: list[Problem]) -> list[Draft]:
        """Return the drafts in reading order; what is wrong is added to `problems`."""
        if isinstance(node.value, str):
            if get_text(node) is not None:
                problems.append(Problem(node.line, "`action_items` is not a list", _FORM))
            return []
        if isinstance(node.value, dict):
            problems.append(Problem(node.line, "`action_items` is not a list", _FORM))
            return []
        drafts = []
        for inner in node.value:
            if isinstance(inner.value, str):
                draft = self._read_text(inner, problems)
            elif isinstance(inner.value, dict):
                draft = self._read_mapping(inner.value, inner.line, problems)
            else:
                problems.append(Problem(inner.line, "an action item that is a list", _FORM))
                continue
            if draft is not None:
                drafts.append(draft)
        return drafts

    def _read_text(self, node: Node, problems: list[Problem]) -> Draft | None:
        if get_text(node) is None:
            return None
        unclear: list[Unclear] = []
        draft = self._drafter.read_text(str(node.value), node.line, unclear)
        problems.extend(Problem(one.line, one.why.problem, one.why.hint) for one in unclear)
        return draft

    def _read_mapping(self, fields: dict[str, Node], line: int, problems: list[Problem]) -> Draft | None:
        nodes = normalize_keys(fields, problems)
        text = next(filter(None, map(get_text, map(nodes.get, _TEXT_KEYS))), "")
        key = get_text(nodes.get("id")) or ""
        if not text and not key:
            problems.append(Problem(line, "an action item without a text", "write what is to be done as `action:`"))
            return None
        if not key:
            key, text = split_leading_key(text)
        test = self._read_tests(nodes, problems)
        unclear: list[Unclear] = []
        flag, text = self._drafter.read_requirement(None, text, line, unclear)
        problems.extend(Problem(one.line, one.why.problem, one.why.hint) for one in unclear if one.why.ours)
        status = get_text(nodes.get("status"))
        whole = " ".join((text, *(inner.value for inner in nodes.values() if isinstance(inner.value, str))))
        return Draft(
            key=key,
            counted=False,
            text=text,
            line=line,
            status=self._statuses.read_cell(status) if status else ItemStatus.UNKNOWN,
            scope=self._drafter.read_scope(get_text(nodes.get("scope"))),
            owner=", ".join(get_names(nodes.get("owner") or nodes.get("owners"))) or None,
            due=get_text(nodes.get("due") or nodes.get("due_date")),
            tickets=get_names(nodes.get("ticket")) + get_names(nodes.get("tickets")),
            test=choose_stricter(test, flag),
            mentions_test=self._drafter.mentions_test(whole),
            last_line=_find_last_line(Node(fields, line)),
            status_text=status,
        )

    def _read_tests(self, nodes: dict[str, Node], problems: list[Problem]) -> TestRequirement:
        test = NOT_STATED
        for name, node in nodes.items():
            if self._tests.is_test_name(name):
                test = choose_stricter(test, self._read_test(node, problems))
        return test

    def _read_test(self, node: Node | None, problems: list[Problem]) -> TestRequirement:
        if node is None:
            return NOT_STATED
        try:
            if isinstance(node.value, dict):
                return self._read_waiver(node.value, problems)
            if isinstance(node.value, list):
                return self._tests.read_value(", ".join(get_names(node)))
            return self._tests.read_value(node.value)
        except Unreadable as error:
            problems.append(Problem(node.line, error.problem, _TEST_FORM))
        return NOT_STATED

    def _read_waiver(self, fields: dict[str, Node], problems: list[Problem]) -> TestRequirement:
        nodes = normalize_keys(fields, problems)
        if "waived_until" not in nodes or set(nodes) - {"waived_until", "reason"}:
            raise Unreadable(f"the keys {', '.join(sorted(fields))} say nothing known about a test", _TEST_FORM)
        return parse_waiver(get_text(nodes["waived_until"]) or "", get_text(nodes.get("reason")) or "")


def merge_with_body(listed: Sequence[Draft], body: Sequence[Draft]) -> tuple[list[Draft], list[Draft]]:
    """Return the items of front matter with those of the body, and everything that was read as part of one of them.

    Front matter that lists items is all there is; the body contains them once more. One of the body with the key or text
    of one listed is the same item, and the stricter requirement of the two counts.
    """
    if not listed:
        return list(body), list(body)
    items = list(listed)
    read = list(listed)
    names = {name: place for place, draft in enumerate(items) for name in (draft.key, _fold_item(draft.text)) if name}
    for draft in body:
        place = names.get(draft.key) if draft.key else None
        if place is None:
            place = names.get(_fold_item(draft.text))
        if place is not None:
            items[place] = _merge_item(items[place], draft)
            read.append(draft)
    return items, read


def _merge_item(listed: Draft, body: Draft) -> Draft:
    """Return an item that front matter lists with what the body adds."""
    return listed._replace(
        text=body.text if listed.text in ("", listed.key, body.key) else listed.text,
        key=listed.key or body.key,
        test=choose_stricter(listed.test, body.test),
        status=listed.status if listed.status is not ItemStatus.UNKNOWN else body.status,
        status_text=listed.status_text or body.status_text,
    )


def _fold_item(text: str) -> str:
    return fold(strip_markdown(text)).strip(" .") if text else ""


def _find_last_line(node: Node) -> int:
    """Return the last line of a node and what is nested in it; the text of a block scalar may go on after it."""
    value = node.value
    if isinstance(value, str):
        return node.line + value.count("\n")
    inner = value.values() if isinstance(value, dict) else value
    return max(node.line, max(map(_find_last_line, inner), default=0))
