"""What was guarded before and is not now: named, unless the document lets it go."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pytest_postmortem.evidence.baseline import find_lost_guards
from pytest_postmortem.evidence.reading import Guarded
from pytest_postmortem.judging.gate import Violation, decide
from pytest_postmortem.model.link import LinkedTest
from pytest_postmortem.model.postmortem import ActionItem, ItemStatus, Postmortem
from pytest_postmortem.model.state import Outcome, Policy, Verdict
from tests.builders import item, postmortem, report, run, test

A = test("test_a", "PM-1/AI-1")
B = test("test_b", "PM-1/AI-2")
WHOLE = test("test_whole", "PM-1")
BRING_BACK = "restore the test, or waive it in the document until a date, with a reason"


def guarded(*items: str, name: str = "PM-1") -> Guarded:
    return Guarded(name, f"Title of {name}", f"docs/{name}.md", items)


def lost(
    before: Guarded, now: Postmortem | None, *outcomes: tuple[LinkedTest, Outcome], **facts: Any
) -> list[tuple[str, str]]:
    """What has lost its guard, as (item, text)."""
    made = report([] if now is None else [now], run(outcomes, **facts))
    found = find_lost_guards(made, [before])
    assert all(one.state == "lost its guard" and one.hint for one in found)
    return [(one.item, one.text) for one in found]


DROPPED = item("AI-1", status=ItemStatus.DROPPED)
WAIVED = item("AI-1", "2026-12-31")


def test_what_is_still_guarded_is_not_lost() -> None:
    """Items and the incident."""
    both = postmortem("PM-1", item("AI-1"), item("AI-2"))
    assert lost(guarded("AI-1", "AI-2"), both, (A, Outcome.PASSED), (B, Outcome.FLAKY)) == []
    assert lost(guarded(), postmortem("PM-1"), (WHOLE, Outcome.PASSED)) == []
    assert lost(guarded(), both, (A, Outcome.PASSED)) == []


def test_nothing_guarded_before_is_nothing_to_lose() -> None:
    """What was never guarded is the gate's business."""
    assert find_lost_guards(report([postmortem("PM-1", item())]), []) == []


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.FAILED, "failing"),
        (Outcome.CRASHED, "failing"),
        (Outcome.XFAILED, "disabled"),
        (Outcome.XPASSED, "disabled"),
        (Outcome.SKIPPED, "skipped here"),
        (Outcome.NOT_RUN, "not run"),
        (None, "missing"),
    ],
)
def test_an_item_that_no_test_guards_now_has_lost_its_guard(outcome: Outcome | None, state: str) -> None:
    """At its line in the document, with what it is now."""
    outcomes = [] if outcome is None else [(A, outcome)]
    made = report([postmortem("PM-1", item("AI-1", line=12))], run(outcomes))
    assert find_lost_guards(made, [guarded("AI-1")]) == [
        Violation(
            postmortem="PM-1",
            item="AI-1",
            state="lost its guard",
            origin="docs/PM-1.md",
            line=12,
            text=f"PM-1/AI-1 was guarded, and is {state}",
            hint=BRING_BACK,
        )
    ]


def test_an_item_that_cannot_be_told_has_lost_its_guard() -> None:
    """Unknown is never fine."""
    now = postmortem("PM-1", item())
    assert lost(guarded("AI-1"), now, lost="no worker spoke") == [("AI-1", "PM-1/AI-1 was guarded, and is unknown")]


def test_an_item_that_is_gone_from_the_document_has_lost_its_guard() -> None:
    """At the document's own line; also where the incident is still guarded by another item."""
    now = postmortem("PM-1", item("AI-2"), line=3)
    (found,) = find_lost_guards(report([now], run([(B, Outcome.PASSED)])), [guarded("AI-1", "AI-2")])
    assert (found.text, found.line) == ("PM-1/AI-1 was guarded, and is gone", 3)


@pytest.mark.parametrize("now", [WAIVED, item("AI-1", "2026-06-15")], ids=["waived", "last day"])
def test_what_the_document_lets_go_is_not_lost(now: ActionItem) -> None:
    """Waived with a date that is not past."""
    assert lost(guarded("AI-1"), postmortem("PM-1", now)) == []


@pytest.mark.parametrize("test_requirement", ["required", "no"])
def test_an_item_that_is_dropped_now_has_lost_its_guard(test_requirement: str) -> None:
    """A promise that was kept is not taken back by one word; while its test still passes, nothing is lost."""
    now = postmortem("PM-1", item("AI-1", test_requirement, status=ItemStatus.DROPPED))
    assert lost(guarded("AI-1"), now) == [("AI-1", "PM-1/AI-1 was guarded, and is dropped")]
    assert lost(guarded("AI-1"), now, (A, Outcome.SKIPPED)) == [("AI-1", "PM-1/AI-1 was guarded, and is dropped")]
    assert lost(guarded("AI-1"), now, (A, Outcome.PASSED)) == []


def test_a_waiver_that_has_run_out_lets_nothing_go() -> None:
    """The day after its last one."""
    now = postmortem("PM-1", item("AI-1", "2026-06-14"))
    assert lost(guarded("AI-1"), now) == [("AI-1", "PM-1/AI-1 was guarded, and is waiver expired")]


def test_a_waiver_does_not_excuse_a_failure() -> None:
    """The test is there, and red."""
    now = postmortem("PM-1", WAIVED)
    assert lost(guarded("AI-1"), now, (A, Outcome.FAILED)) == [("AI-1", "PM-1/AI-1 was guarded, and is failing")]


def test_a_test_that_is_no_longer_required_lets_nothing_go_without_a_reason() -> None:
    """Turning `required` into `no` says nothing of why."""
    now = postmortem("PM-1", item("AI-1", "no"))
    assert lost(guarded("AI-1"), now) == [("AI-1", "PM-1/AI-1 was guarded, and is not required")]


def test_an_item_that_a_test_still_guards_is_not_lost_where_none_is_required() -> None:
    """The guard is what counts: the linked test is there and passes."""
    assert lost(guarded("AI-1"), postmortem("PM-1", item("AI-1", "no")), (A, Outcome.PASSED)) == []


def test_an_item_that_is_let_go_beside_one_without_a_test_is_not_lost() -> None:
    """What was guarded is waived with its reason; an item that never asked for a test changes nothing about it."""
    assert lost(guarded("AI-1"), postmortem("PM-1", WAIVED, item("AI-2", "no"))) == []


def test_an_incident_that_another_item_guards_may_let_one_go() -> None:
    """One waived, one guarded."""
    assert lost(guarded("AI-1", "AI-2"), postmortem("PM-1", WAIVED, item("AI-2")), (B, Outcome.PASSED)) == []


def test_only_what_is_lost_is_named() -> None:
    """Of two items that were guarded, the one that is not now."""
    now = postmortem("PM-1", item("AI-1"), item("AI-2"))
    assert lost(guarded("AI-1", "AI-2"), now, (A, Outcome.PASSED), (B, Outcome.SKIPPED)) == [
        ("AI-2", "PM-1/AI-2 was guarded, and is skipped here")
    ]
    assert lost(guarded("AI-1", "AI-2"), now) == [
        ("AI-1", "PM-1/AI-1 was guarded, and is missing"),
        ("AI-2", "PM-1/AI-2 was guarded, and is missing"),
    ]


@pytest.mark.parametrize(
    "outcomes",
    [[], [(WHOLE, Outcome.SKIPPED)], [(WHOLE, Outcome.XFAILED)], [(WHOLE, Outcome.NOT_RUN)], [(WHOLE, Outcome.FAILED)]],
    ids=["deleted", "skipped", "xfailed", "not run", "failed"],
)
@pytest.mark.parametrize("items", [(), (item("AI-1", "no"),)], ids=["no item", "an item that asks for no test"])
def test_an_incident_without_a_required_item_can_lose_its_guard(
    items: tuple[ActionItem, ...], outcomes: list[tuple[LinkedTest, Outcome]]
) -> None:
    """Whatever was guarded: the gate alone would not see it."""
    now = postmortem("PM-1", *items, line=4)
    made = report([now], run(outcomes))
    if not any(outcome.broke for _, outcome in outcomes):
        assert decide(made, Policy.LINKED).verdict is Verdict.PASS
    (found,) = find_lost_guards(made, [guarded()])
    assert (found.text, found.item, found.origin, found.line, found.hint) == (
        "PM-1 was guarded, and no test guards it now",
        "",
        "docs/PM-1.md",
        4,
        BRING_BACK,
    )


def test_an_incident_all_of_whose_items_are_let_go_is_let_go() -> None:
    """Although its test guarded no item."""
    assert lost(guarded(), postmortem("PM-1", WAIVED, item("AI-2", "2026-12-31"))) == []
    assert lost(guarded(), postmortem("PM-1", DROPPED, WAIVED)) == [("", "PM-1 was guarded, and no test guards it now")]


def test_an_incident_goes_by_its_items_where_they_were_guarded() -> None:
    """One that is waived now beside one that never had a test: the gate judges the other."""
    assert lost(guarded("AI-1"), postmortem("PM-1", WAIVED, item("AI-2"))) == []
    assert lost(guarded("AI-1"), postmortem("PM-1", item("AI-1", "no")), (WHOLE, Outcome.PASSED)) == [
        ("AI-1", "PM-1/AI-1 was guarded, and is not required")
    ]


def test_what_asks_for_no_test_does_not_keep_an_incident_from_being_let_go() -> None:
    """Each item that asks for one is waived; one that is not waived is enough to ask for the guard."""
    assert lost(guarded(), postmortem("PM-1", WAIVED, item("AI-2", "no"))) == []
    now = postmortem("PM-1", WAIVED, item("AI-2"))
    assert lost(guarded(), now) == [("", "PM-1 was guarded, and no test guards it now")]
    assert lost(guarded(), now, (B, Outcome.PASSED)) == []


def test_a_document_that_is_gone_is_named() -> None:
    """Where it was; a document is not deleted to silence the gate."""
    made = report([postmortem("PM-2")])
    assert find_lost_guards(made, [guarded("AI-1")]) == [
        Violation(
            postmortem="PM-1",
            item="",
            state="lost its guard",
            origin="docs/PM-1.md",
            line=1,
            text="PM-1 was guarded, and its document is gone",
            hint="bring the document back, or where its id has changed, write the old one into its `incidents:`",
        )
    ]


def test_a_document_under_a_new_id_that_names_the_old_one_is_not_gone() -> None:
    """The old id is one of its aliases, and the test guards it under either name."""
    now = postmortem("OPS-1", item("AI-1"), aliases=("PM-1",))
    assert lost(guarded("AI-1"), now, (test("test_a", "OPS-1/AI-1"), Outcome.PASSED)) == []


def test_a_moved_document_is_not_gone() -> None:
    """Its id is what counts."""
    now = postmortem("PM-1", item("AI-1"), origin="archive/2026/x.md")
    assert lost(guarded("AI-1"), now, (A, Outcome.PASSED)) == []


@pytest.mark.parametrize("policy", [Policy.OFF, Policy.LINKED, Policy.PASSED])
def test_a_lost_guard_fails_whatever_the_policy(policy: Policy) -> None:
    """And an incident older than the gate can lose its guard too."""
    made = report([postmortem("PM-1", date=date(2020, 1, 1))], since=date(2026, 1, 1))
    decision = decide(made, policy, lost=find_lost_guards(made, [guarded()]))
    assert decision.verdict is Verdict.FAIL
    assert [one.text for one in decision.violations] == ["PM-1 was guarded, and no test guards it now"]
    assert decide(made, policy, lost=find_lost_guards(made, [])).verdict is not Verdict.FAIL


def test_a_violation_is_told_once() -> None:
    """The gate's own text says more of an item than that it was guarded."""
    made = report([postmortem("PM-1", item("AI-1"))], run())
    decision = decide(made, Policy.PASSED, lost=find_lost_guards(made, [guarded("AI-1")]))
    assert [one.text for one in decision.violations] == [
        "PM-1/AI-1 requires a test and has none: no test is linked to it"
    ]


def test_each_incident_is_named() -> None:
    """In the order in which they are given."""
    made = report([postmortem("PM-2", item("AI-1")), postmortem("PM-3")])
    before = [guarded("AI-1"), guarded("AI-1", name="PM-2"), guarded(name="PM-3")]
    assert [one.text for one in find_lost_guards(made, before)] == [
        "PM-1 was guarded, and its document is gone",
        "PM-2/AI-1 was guarded, and is missing",
        "PM-3 was guarded, and no test guards it now",
    ]
