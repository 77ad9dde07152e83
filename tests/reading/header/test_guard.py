"""`guard` in the front matter: a waiver of what the configuration's `guard` asks for, and nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from pytest_postmortem.model.postmortem import Postmortem, Waiver
from pytest_postmortem.reading.postmortem import Reader
from tests.reading.test_postmortem import document


def read(front: str) -> Postmortem:
    return Reader().read(document(f"---\nid: PM-1\n{front}\n---\n# PM-1\n"))


def test_a_waiver_is_read() -> None:
    """Its last day and its reason; without the key there is none."""
    found = read("guard: {waived_until: 2026-12-01, reason: vendor code}")
    assert (found.guard_waiver, found.faults) == (Waiver(date(2026, 12, 1), "vendor code"), ())
    assert read("guard:\n  waived-until: 2026-12-01\n  Reason: vendor code").guard_waiver == found.guard_waiver
    assert read("title: x").guard_waiver is None


@pytest.mark.parametrize(
    ("front", "told"),
    [
        ("guard: no", "`guard` is not a waiver with `waived_until` and `reason`"),
        ("guard: waived until 2026-12-01", "`guard` is not a waiver with `waived_until` and `reason`"),
        ("guard: {waived_until: 2026-12-01}", "`guard` is not a waiver with `waived_until` and `reason`"),
        ("guard: {waived_untill: 2026-12-01, reason: x}", "`guard` is not a waiver with `waived_until` and `reason`"),
        ("guard: {waived_until: 2026-12-01, reason: x, by: ann}", "`guard` is not a waiver with `waived_until`"),
        ("guard: {waived_until: someday, reason: x}", "`guard`: the waiver's end date 'someday' is no date"),
        ("guard: {waived_until: 2026-02-30, reason: x}", "`guard`: the waiver's end date 2026-02-30 does not exist"),
        ("guard: {waived_until: 2026-12-01, reason: tbd}", "`guard`: the waiver has no reason"),
        ("guards: {waived_until: 2026-12-01, reason: x}", "unknown key 'guards'; did you mean `guard`?"),
        ("gaurd: {waived_until: 2026-12-01, reason: x}", "unknown key 'gaurd'; did you mean `guard`?"),
        ("guard_waiver: {until: 2026-12-01}", "unknown key 'guard_waiver'; did you mean `guard`?"),
    ],
)
def test_any_other_value_is_an_error(front: str, told: str) -> None:
    """At its line, with what to write instead."""
    found = read(front)
    (fault,) = found.faults
    assert (found.guard_waiver, fault.line) == (None, 3)
    assert fault.problem.startswith(told)
    assert "`guard: {waived_until: 2026-12-01, reason: ...}`" in (fault.hint or "")


def test_a_key_of_somebody_else_is_left_alone() -> None:
    """Other words that begin so, and texts."""
    assert read("guardian: {name: ann}\ngame: {a: b}\nguards: two at the door").faults == ()
