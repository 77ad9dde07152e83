"""What a document may require of a test, and how several requirements of one item become one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from pytest_postmortem.model.postmortem import Need, TestRequirement, Waiver
from pytest_postmortem.reading.patterns import lazily

__all__ = [
    "ISO",
    "NOT_REQUIRED",
    "NOT_STATED",
    "REQUIRED",
    "WAIVER_FORM",
    "Unreadable",
    "choose_stricter",
    "combine",
    "parse_waiver",
]

NOT_STATED = TestRequirement()
REQUIRED = TestRequirement(need=Need.REQUIRED, stated=True)
NOT_REQUIRED = TestRequirement(need=Need.NOT_REQUIRED, stated=True)
_STRICT_FIRST = (Need.REQUIRED, Need.WAIVED, Need.NOT_REQUIRED)
WAIVER_FORM = "write `waived until 2026-12-01: reason`"
ISO = lazily(r"\d{4}-\d{2}-\d{2}")


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


def combine(flags: Sequence[TestRequirement]) -> TestRequirement:
    """Return several flags of one item as one requirement. Raises Unreadable if they contradict each other."""
    if len({(flag.need, flag.waiver) for flag in flags}) > 1:
        raise Unreadable("two flags say different things about a test", "keep one of them")
    return replace(flags[0], node_ids=tuple(dict.fromkeys(node_id for flag in flags for node_id in flag.node_ids)))


def choose_stricter(one: TestRequirement, other: TestRequirement) -> TestRequirement:
    """Return of two requirements of one item the one that is stated, of two stated ones the stricter."""
    if not (one.stated and other.stated):
        return one if one.stated else other
    return min(one, other, key=lambda test: (_STRICT_FIRST.index(test.need), not test.node_ids))


def parse_waiver(until: str, reason: str) -> TestRequirement:
    """Return a waiver of these two texts. Raises Unreadable for an invalid date or an empty reason."""
    if not ISO.fullmatch(until):
        raise Unreadable(f"the waiver's end date {until!r} is no date", WAIVER_FORM)
    try:
        day = date.fromisoformat(until)
    except ValueError:
        raise Unreadable(f"the waiver's end date {until} does not exist", WAIVER_FORM) from None
    if not reason:
        raise Unreadable("the waiver has no reason", WAIVER_FORM)
    return TestRequirement(need=Need.WAIVED, waiver=Waiver(day, " ".join(reason.split())), stated=True)
