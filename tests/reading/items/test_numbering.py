"""Ids of action items: the author's own, else the place in reading order."""

from __future__ import annotations

import pytest

from pytest_postmortem.reading.items.numbering import assign_ids
from tests.reading.texts import ITEMS, items, read, told


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("- a\n- b\n", [("1", False), ("2", False)]),
        ("- AI-1: a\n- b\n- AI-2: c\n", [("AI-1", True), ("2", False), ("AI-2", True)]),
        (
            "| ID | Action |\n|---|---|\n| AI-7 | a |\n|  | b |\n| TBD | c |\n",
            [("AI-7", True), ("2", False), ("3", False)],
        ),
        ("| ID | Action |\n|---|---|\n| 2 | a |\n|  | b |\n", [("2", True), ("4", False)]),
        ("| ID | Action |\n|---|---|\n| `A 1` | a |\n", [("A 1", True)]),
        ("| # | Action |\n|---|---|\n| 1 | a |\n| 2 | b |\n", [("1", True), ("2", True)]),
        ("| # | Action |\n|---|---|\n| #1 | a |\n| #2 | b |\n", [("1", True), ("2", True)]),
        ("| # | Action |\n|---|---|\n| P-1 | a |\n| D-1 | b |\n", [("P-1", True), ("D-1", True)]),
        ("| # | Action |\n|---|---|\n| 3 | a |\n|  | b |\n", [("3", True), ("2", False)]),
        ("| # | Action |\n|---|---|\n| 2 | a |\n|  | b |\n", [("1", False), ("2", False)]),
        (
            "| # | Action |\n|---|---|\n| 1 | a |\n\n| # | Action |\n|---|---|\n| 1 | b |\n",
            [("1", False), ("2", False)],
        ),
        ("| # | ID | Action |\n|---|---|---|\n| 1 | A-1 | a |\n| 2 |  | b |\n", [("A-1", True), ("2", True)]),
    ],
)
def test_an_item_has_its_own_id_or_its_place(text: str, ids: list[tuple[str, bool]]) -> None:
    """Numbers of a "#" column are ids where none stands twice and none is another's place."""
    assert [(item.id, item.has_own_id) for item in items(text)] == ids


@pytest.mark.parametrize(
    ("text", "item_id", "rest"),
    [
        ("AI-1: Bound it", "AI-1", "Bound it"),
        ("AI-1. Bound it", "AI-1", "Bound it"),
        ("AI-1) Bound it", "AI-1", "Bound it"),
        ("AI-1 — Bound it", "AI-1", "Bound it"),
        ("AI-1 - Bound it", "AI-1", "Bound it"),
        ("AI-1：Bound it", "1", "AI-1：Bound it"),
        ("**P-2** Bound it", "P-2", "Bound it"),
        ("**P-2:** Bound it", "P-2", "Bound it"),
        ("**P-2**: Bound it", "P-2", "Bound it"),
        ("`P-2` Bound it", "P-2", "Bound it"),
        ("**P-2: Bound** it", "P-2", "**Bound** it"),
        ("[ ] AI-1: Bound it", "AI-1", "Bound it"),
        ("AI-1 Bound it", "1", "AI-1 Bound it"),
        ("AI-123: Bound it", "1", "AI-123: Bound it"),
        ("ai-1: Bound it", "1", "ai-1: Bound it"),
        ("SEV-1: Bound it", "1", "SEV-1: Bound it"),
        ("PM-1: Bound it", "1", "PM-1: Bound it"),
        ("RFC-12: Bound it", "1", "RFC-12: Bound it"),
        ("Bound AI-1: now", "1", "Bound AI-1: now"),
    ],
)
def test_a_key_that_a_text_begins_with_is_its_id(text: str, item_id: str, rest: str) -> None:
    """Set apart from what follows; a severity, a standard or a post-mortem's id is none."""
    for made in (
        items(f"- {text}\n"),
        items(f"| Action | Owner |\n|---|---|\n| {text} | x |\n"),
        () if text.startswith(("[", "*", "`")) else items("", f"---\naction_items:\n- '{text}'\n---\n"),
    ):
        for item in made:
            assert (item.id, item.text, item.has_own_id) == (item_id, rest, item_id != "1")


def test_an_id_that_stands_twice_is_a_fault() -> None:
    """With both lines; ordinals keep out of the way of ids."""
    text = "| ID | Action |\n|---|---|\n| A-1 | a |\n| A-2 | b |\n| A-1 | c |\n| A-1 | d |\n"
    found = read(ITEMS + text)
    assert told(found) == [
        f"pm/queue-overflow.md:{line}: the action item id 'A-1' is already used in line 7; give one of the two another id"
        for line in (9, 10)
    ]
    assert [item.id for item in found.action_items] == ["A-1", "A-2", "A-1", "A-1"]
    listed = read("---\naction_items:\n- {id: A-1, action: a}\n\n- {id: A-1, action: b}\n---\n# T\n")
    assert [(fault.line, "is already used in line 3" in fault.problem) for fault in listed.faults] == [(5, True)]


def test_an_id_that_stands_twice_in_toml_is_told_by_both_lines() -> None:
    """Those of the two items."""
    text = "+++\nid = 'PM-1'\n[[action_items]]\nid = 'A-1'\naction = 'a'\n[[action_items]]\nid = 'A-1'\naction = 'b'\ntest = 'huh'\n+++\n# T\n"
    found = read(text)
    assert [item.line for item in found.action_items] == [3, 6]
    assert [fault.line for fault in found.faults] == [6, 9]


def test_ids_compare_exactly() -> None:
    """Case makes another id."""
    assert [item.id for item in items("| ID | Action |\n|---|---|\n| A-1 | a |\n| a-1 | b |\n")] == ["A-1", "a-1"]


def test_no_items_have_no_numbers() -> None:
    """And no problem."""
    problems: list[object] = []
    assert assign_ids([], problems) == ()  # type: ignore[arg-type]
    assert problems == []


def test_all_ordinals_differ_from_all_ids() -> None:
    """Also where many ids are numbers."""
    rows = "".join(f"| {number if number % 3 else ''} | a |\n" for number in range(30, 0, -1))
    ids = [item.id for item in items("| ID | Action |\n|---|---|\n" + rows)]
    assert len(set(ids)) == len(ids) == 30


def test_one_ticket_may_be_the_id_of_several_items() -> None:
    """As long as none of them asks for a test: all but the first go by their place."""
    table = "| ID | Action | Test |\n|---|---|---|\n| NET-12 | a | no |\n| NET-12 | b | {} |\n"
    first, second = items(table.format("no"))
    assert (first.id, second.id, second.has_own_id, second.ticket) == ("NET-12", "2", False, "NET-12")
    (fault,) = read(ITEMS + table.format("required")).faults
    assert "the action item id 'NET-12' is already used in line 7" in str(fault)
