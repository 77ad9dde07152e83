"""The report: what makes a post-mortem linked, what a union knows, which numbers and hints there are."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pytest_postmortem.judging.report import NEVER_FINE, Report
from pytest_postmortem.judging.states import ItemVerdict, TestVerdict
from pytest_postmortem.model.link import Result
from pytest_postmortem.model.postmortem import Hint, ItemStatus
from pytest_postmortem.model.state import Outcome, PostmortemState, State
from tests.builders import item, postmortem, report, run, test

A = test("test_a", "PM-1/AI-1")
WHOLE = test("test_whole", "PM-1")
SINCE = date(2026, 2, 11)


def test_what_is_never_fine() -> None:
    """The states that keep a post-mortem from being linked; tested state by state below."""
    fine = {State.NOT_REQUIRED, State.DROPPED, State.GUARDED, State.SKIPPED_HERE, State.NOT_RUN, State.WAIVED}
    assert set(State) - fine == NEVER_FINE


def test_an_item_that_cannot_be_told_keeps_a_post_mortem_from_being_linked(tmp_path: Path) -> None:
    """Beside a test that was not run."""
    tmp_path.joinpath("test_y.py").write_text("", encoding="utf-8")
    items = (item(), item("AI-2", "test_y.py::test_b"))
    made = report([postmortem("PM-1", *items)], run([(A, Outcome.NOT_RUN)], narrowed=("x",)), tmp_path)
    (verdict,) = made.postmortems
    assert [one.state for one in verdict.items] == [State.NOT_RUN, State.UNKNOWN]
    assert verdict.state is PostmortemState.PARTLY_LINKED


def test_an_item_whose_test_cannot_be_told_has_no_test(tmp_path: Path) -> None:
    """Though another is linked to it; nor has one whose named test is missing, or that nothing is linked to."""
    tmp_path.joinpath("test_y.py").write_text("", encoding="utf-8")
    the_run = run([(A, Outcome.PASSED)], narrowed=("x",))
    for node_id, state in (("test_y.py::test_b", State.UNKNOWN), ("test_z.py::test_b", State.MISSING)):
        (verdict,) = report([postmortem("PM-1", item(test=node_id))], the_run, tmp_path).postmortems
        (one,) = verdict.items
        assert (one.state, len(one.tests), one.has_test) == (state, 1, False)
    tests = (TestVerdict(A, Result(Outcome.SKIPPED)),)
    for state in State:
        assert ItemVerdict(item(), state, tests=tests).has_test is (state not in (State.MISSING, State.UNKNOWN))
        assert not ItemVerdict(item(), state).has_test


@pytest.mark.parametrize("state", State)
def test_what_asks_and_what_is_shown(state: State) -> None:
    """What is dropped is shown if it asked for a test before."""
    asking, silent = ItemVerdict(item(), state), ItemVerdict(item(test="no"), state)
    assert asking.asks is (state not in (State.NOT_REQUIRED, State.DROPPED, State.WAIVED))
    assert asking.is_told is (state is not State.NOT_REQUIRED)
    assert silent.is_told is (state not in (State.NOT_REQUIRED, State.DROPPED))


UNION = {"union": True, "narrowed": ("shard 1/2",)}


def reasons(*outcomes: Any, base: Path = Path("/nowhere"), **facts: Any) -> tuple[str, ...]:
    made = report([postmortem("PM-1", item()), postmortem("PM-2")], run(outcomes, **facts), base)
    assert made.completeness.complete is not made.completeness.reasons
    return made.completeness.reasons


def test_a_union_that_knows_every_item_is_complete() -> None:
    """A shard is a part by intent. With an item unknown or not run, nothing collected, or one run, it is not."""
    assert reasons((A, Outcome.PASSED), **UNION) == ()
    assert reasons((A, Outcome.SKIPPED), **UNION, stopped=("stopped early",)) == ("stopped early",)
    assert reasons((A, Outcome.NOT_RUN), **UNION) == ("shard 1/2",)
    assert reasons(**{**UNION, "lost": "no worker spoke"}) == ("shard 1/2", "no worker spoke")
    assert reasons((A, Outcome.PASSED), **{**UNION, "collected": 0}) == ("shard 1/2", "no test was collected")
    assert reasons((A, Outcome.PASSED), narrowed=("shard 1/2",)) == ("shard 1/2",)


def test_the_numbers_are_those_inside_the_gate() -> None:
    """What is older counts by itself, without what is dropped; what asks for no test does not count at all."""
    items = (
        item(),
        item("AI-2"),
        item("AI-3", "2026-12-31"),
        item("AI-4", status=ItemStatus.DROPPED),
        item("AI-5", "no"),
    )
    old = [test("test_old", "PM-2/AI-1")]
    both = [postmortem("PM-1", *items), postmortem("PM-2", *items, date=date(2026, 2, 10))]
    made = report(both, run([(A, Outcome.PASSED), (old[0], Outcome.PASSED)]), since=SINCE)
    counts = made.counts
    assert (counts.required, counts.with_test, counts.tests, counts.proven) == (2, 1, 2, None)
    assert (counts.dropped, counts.waived, counts.older, counts.outside_gate) == (2, 1, 3, 1)
    assert counts.by_item_state[State.DROPPED] == 2
    assert [why for _, why in made.postmortems[0].unjudged] == [
        "waived until 2026-12-31 (199 days left): vendor code",
        "dropped: the document does not say why",
    ]
    assert [why for _, why in made.postmortems[1].unjudged] == [
        *["outside the gate: 2026-02-10 is before `since`"] * 3,
        "dropped: the document does not say why",
    ]


def hints(made: Report) -> list[tuple[str, int]]:
    return [(hint.origin, hint.line) for hint in made.hints]


def test_hints_come_by_place() -> None:
    """Those of documents, of items and of the caller in one order: by document, then by line."""
    from pytest_postmortem.catalogue import Catalogue
    from pytest_postmortem.config.settings import Settings
    from pytest_postmortem.judging.report import make_report
    from tests.builders import TODAY

    numbered = item("1", has_own_id=False, line=12)
    of_document = (Hint("docs/PM-1.md", 30, "x"), Hint("docs/PM-1.md", 4, "y"))
    catalogue = Catalogue((postmortem("PM-2", numbered), postmortem("PM-1", numbered, hints=of_document)), ("docs",))
    given = [Hint("docs/PM-1.md", 20, "z"), Hint("docs/PM-0.md", 99, "z")]
    made = make_report(catalogue, run(), Settings(base=Path("/nowhere")), today=TODAY, hints=given)
    one = "docs/PM-1.md"
    assert hints(made) == [("docs/PM-0.md", 99), (one, 4), (one, 12), (one, 20), (one, 30), ("docs/PM-2.md", 12)]


@pytest.mark.parametrize(("day", "told"), [(10, True), (11, False), (12, False)])
def test_a_guessed_date_is_hinted_at_if_it_is_before_since(day: int, told: bool) -> None:
    """The day itself is inside the gate, whether it is guessed or not."""
    made = report([postmortem("PM-1", date=date(2026, 2, day), date_told=False)], since=SINCE)
    assert bool(made.hints) is told


def test_an_item_without_an_id_of_its_own_is_hinted_at_beside_one_that_has_one() -> None:
    """Whichever comes first; one that requires no test is not."""
    own, numbered = item("AI-1", line=5), item("2", has_own_id=False, line=7)
    silent = item("3", "no", has_own_id=False, line=9)
    for items in ((own, numbered, silent), (silent, numbered, own)):
        assert hints(report([postmortem("PM-1", *items)])) == [("docs/PM-1.md", 7)]


def test_a_missing_item_takes_the_hint_of_its_own_post_mortem_alone() -> None:
    """Its reason names the test; the next post-mortem has its hint."""
    items = (item("AI-1"), item("AI-2"))
    links = [test(f"test_{name}", *links) for name, links in {"w": ("PM-1", "PM-2"), "a": ("PM-2/AI-1",)}.items()]
    links.append(test("test_b", "PM-2/AI-2"))
    made = report([postmortem("PM-1", *items), postmortem("PM-2", *items)], run((one, Outcome.PASSED) for one in links))
    assert [hint.text.split(";")[0] for hint in made.hints] == [
        "tests/test_x.py::test_w guards PM-2 and names no action item"
    ]


@pytest.mark.parametrize("outcome", Outcome)
def test_what_is_switched_off(outcome: Outcome) -> None:
    """A test that is off by its mark and was skipped for it, and one that is expected to fail."""
    expected = outcome in (Outcome.XFAILED, Outcome.XPASSED)
    off = test("test_off", "PM-1", switched_off="later")
    assert TestVerdict(WHOLE, Result(outcome)).switched_off is expected
    assert TestVerdict(off, Result(outcome)).switched_off is (expected or outcome is Outcome.SKIPPED)
    state = report([postmortem("PM-1")], run([(off, Outcome.NOT_RUN)])).postmortems[0].state
    assert state is PostmortemState.LINKED


def test_what_is_in_grace_is_not_judged() -> None:
    """With its reason; nothing else of the document is."""
    made = report([postmortem("PM-1", item(due_date=date(2026, 6, 20)), item("AI-2"))], grace=True)
    assert [(one.item.id, why) for one, why in made.postmortems[0].unjudged] == [
        ("AI-1", "in grace: due 2026-06-20, 5 days left")
    ]


@pytest.mark.parametrize(
    ("items", "outcome", "quiet"),
    [
        ([], None, True),
        ([item(test="no")], None, True),
        ([item(test="no")], Outcome.PASSED, True),
        ([item(test="no")], Outcome.FAILED, False),
        ([item(test="no")], Outcome.NOT_RUN, False),
        ([item()], Outcome.PASSED, True),
        ([item(), item("AI-2")], Outcome.PASSED, False),
        ([item(test="2026-12-31")], None, False),
        ([item(status=ItemStatus.DROPPED)], None, False),
        ([item(test="no", status=ItemStatus.DROPPED)], None, True),
    ],
)
def test_what_is_quiet(items: list[Any], outcome: Outcome | None, quiet: bool) -> None:
    """Guarded, or without a test and without a requirement."""
    (one,) = report([postmortem("PM-1", *items)], run([] if outcome is None else [(A, outcome)])).postmortems
    assert one.quiet is quiet
