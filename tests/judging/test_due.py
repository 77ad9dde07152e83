"""Past their due date: which action items are, in whose name, and that no gate is changed by it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from pytest_postmortem.judging.due import Overdue, is_overdue
from pytest_postmortem.judging.gate import decide
from pytest_postmortem.judging.report import Report
from pytest_postmortem.model.postmortem import ItemStatus
from pytest_postmortem.model.state import Outcome, Policy, Verdict
from tests.builders import TODAY, item, postmortem, report, run, test

YESTERDAY = TODAY - timedelta(days=1)


def late(made: Report) -> list[tuple[str | None, str, int]]:
    return [(one.owner, f"{one.postmortem}/{one.item.id}", one.days) for one in made.overdue]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"due_date": YESTERDAY}, True),
        ({"due_date": YESTERDAY, "status": ItemStatus.UNKNOWN}, True),
        ({"due_date": YESTERDAY, "status": ItemStatus.DONE}, False),
        ({"due_date": YESTERDAY, "status": ItemStatus.DROPPED}, False),
        ({"due_date": TODAY}, False),
        ({"due": "next quarter"}, False),
    ],
)
def test_an_item_is_late_when_its_day_is_over(fields: dict[str, Any], expected: bool) -> None:
    """The due date itself is not late; what is done, dropped or has no date never is."""
    one = item(test="no", **fields)
    assert is_overdue(one, TODAY) is expected
    assert bool(report([postmortem("PM-1", one)]).overdue) is expected


def test_late_items_stand_by_owner() -> None:
    """Those without an owner last, each owner's latest first; the team stands in for an owner."""
    old, older = date(2026, 6, 1), date(2026, 5, 1)
    made = report(
        [
            postmortem("PM-1", item(due_date=old), item("AI-2", due_date=old, owner="Zoe")),
            postmortem("PM-2", item(due_date=old, owner="ann"), item("AI-2", due_date=older), team="Bob's"),
            postmortem("PM-3", item(due_date=older, owner="ann"), item("AI-2", due_date=TODAY, owner="ann")),
        ]
    )
    assert late(made) == [
        ("ann", "PM-3/AI-1", 45),
        ("ann", "PM-2/AI-1", 14),
        ("Bob's", "PM-2/AI-2", 45),
        ("Zoe", "PM-1/AI-2", 14),
        (None, "PM-1/AI-1", 14),
    ]


def test_owners_that_differ_in_case_alone_are_kept_apart() -> None:
    """Each with its own items; equal ones by document, then by line."""
    days = ((1, "ann", 9), (3, "Ann", 5), (2, "ann", 7), (2, "Ann", 4), (2, "Ann", 2))
    items = [
        item(f"AI-{place}", owner=owner, line=line, due_date=TODAY - timedelta(days=number))
        for place, (number, owner, line) in enumerate(days)
    ]
    made = report([postmortem("PM-2", *items), postmortem("PM-1", items[2])])
    found = [(one.owner, one.days, one.postmortem, one.line) for one in made.overdue]
    assert found == [
        *(("Ann", 3, "PM-2", 5), ("Ann", 2, "PM-2", 2), ("Ann", 2, "PM-2", 4)),
        *(("ann", 2, "PM-1", 7), ("ann", 2, "PM-2", 7), ("ann", 1, "PM-2", 9)),
    ]


def test_a_late_item_has_its_place_in_the_document() -> None:
    """Of post-mortems inside and outside of `since` alike."""
    one = item(due_date=YESTERDAY, line=17)
    made = report([postmortem("PM-1", one)], since=date(2026, 3, 1))
    assert not made.postmortems[0].in_gate
    assert made.overdue == (Overdue("PM-1", one, None, 1, "docs/PM-1.md", 17),)


@pytest.mark.parametrize(
    ("status", "outcome", "expected"),
    [
        (ItemStatus.UNKNOWN, Outcome.PASSED, False),
        (ItemStatus.UNKNOWN, Outcome.FAILED, True),
        (ItemStatus.OPEN, Outcome.PASSED, True),
    ],
)
def test_a_guard_tells_what_the_document_does_not(status: ItemStatus, outcome: Outcome, expected: bool) -> None:
    """An item whose status is unknown and whose test passed is done as far as can be told; an open one is open."""
    one = postmortem("PM-1", item(due_date=YESTERDAY, status=status))
    assert bool(report([one], run([(test("test_a", "PM-1/AI-1"), outcome)])).overdue) is expected


def test_no_gate_is_changed_by_late_items() -> None:
    """Whatever the policy."""
    one = postmortem("PM-1", item(due_date=YESTERDAY))
    made = report([one], run([(test("test_a", "PM-1/AI-1"), Outcome.PASSED)]))
    assert made.overdue
    for policy in (Policy.LINKED, Policy.PASSED):
        assert decide(made, policy, explicit=True).verdict is Verdict.PASS
