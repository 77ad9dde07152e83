"""The state of an action item, row by row of the table in docs/gate.md."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pytest_postmortem.judging.report import Report
from pytest_postmortem.model.link import LinkedTest, Result, Stray
from pytest_postmortem.model.postmortem import ActionItem, ItemStatus
from pytest_postmortem.model.state import Outcome, PostmortemState, State
from tests.builders import item, postmortem, report, run, test

A = test("test_a", "PM-1/AI-1")
B = test("test_b", "PM-1/AI-1")
TWO = test("test_two", "PM-1/AI-2")
OFF = test("test_off", "PM-1/AI-1", switched_off="later")


def judged(made: Report, item_id: str = "AI-1") -> tuple[State, str]:
    (verdict,) = made.postmortems
    found = next(one for one in verdict.items if one.item.id == item_id)
    return found.state, found.reason


@pytest.mark.parametrize(
    ("outcomes", "state", "reason"),
    [
        ([(A, Outcome.PASSED)], State.GUARDED, ""),
        ([(A, Outcome.FLAKY)], State.GUARDED, ""),
        ([(A, Outcome.PASSED), (OFF, Outcome.SKIPPED)], State.GUARDED, ""),
        ([(A, Outcome.PASSED), (B, Outcome.NOT_RUN)], State.GUARDED, ""),
        ([(A, Outcome.PASSED), (B, Result(Outcome.FAILED, "boom"))], State.FAILING, "failed: boom"),
        ([(A, Outcome.ERROR)], State.FAILING, "error"),
        ([(A, Outcome.CRASHED)], State.FAILING, "crashed"),
        ([(A, Outcome.XPASSED)], State.DISABLED, "xpassed"),
        ([(A, Outcome.XFAILED), (OFF, Result(Outcome.SKIPPED, "later"))], State.DISABLED, "xfailed; skipped: later"),
        ([(OFF, Outcome.SKIPPED), (B, Outcome.NOT_RUN)], State.DISABLED, "skipped"),
        ([(A, Result(Outcome.SKIPPED, "no redis"))], State.SKIPPED_HERE, "skipped: no redis"),
        ([(A, Outcome.SKIPPED), (OFF, Outcome.SKIPPED)], State.SKIPPED_HERE, "skipped"),
        ([(A, Outcome.NOT_RUN)], State.NOT_RUN, "not reached in this run"),
        ([(test("test_d", "PM-1/AI-1", deselected=True), Outcome.NOT_RUN)], State.NOT_RUN, "deselected"),
        ([], State.MISSING, "no test is linked to it"),
    ],
)
def test_the_outcomes_give_the_state(outcomes: list[tuple[LinkedTest, Outcome]], state: State, reason: str) -> None:
    """With the reason in words."""
    assert judged(report([postmortem("PM-1", item())], run(outcomes))) == (state, reason)


@pytest.mark.parametrize(
    ("made", "outcome", "state", "reason"),
    [
        (item(test="no"), Outcome.FAILED, State.NOT_REQUIRED, ""),
        (item(status=ItemStatus.DROPPED), Outcome.FAILED, State.DROPPED, "the document does not say why"),
        (
            item(status=ItemStatus.DROPPED, status_text="Won't do: replaced by AI-2"),
            Outcome.PASSED,
            State.DROPPED,
            "Won't do: replaced by AI-2",
        ),
        (item(test="2028-06-15"), Outcome.NOT_RUN, State.WAIVED, "until 2028-06-15 (731 days left): vendor code"),
        (
            item(test="2028-06-16"),
            Outcome.NOT_RUN,
            State.WAIVED,
            "until 2028-06-16 (732 days left, more than two years): vendor code",
        ),
        (item(test="2026-06-15"), Outcome.NOT_RUN, State.WAIVED, "until 2026-06-15 (0 days left): vendor code"),
        (item(test="2026-06-16"), Outcome.XFAILED, State.WAIVED, "until 2026-06-16 (1 day left): vendor code"),
        (item(test="2026-06-16"), Outcome.PASSED, State.GUARDED, ""),
        (item(test="2026-06-16"), Outcome.FAILED, State.FAILING, "failed"),
        (item(test="2026-06-14"), Outcome.XFAILED, State.WAIVER_EXPIRED, "on 2026-06-14: vendor code"),
        (item(test="2026-06-14"), Outcome.PASSED, State.GUARDED, ""),
        (item(test="2026-06-14"), Outcome.FAILED, State.FAILING, "failed"),
    ],
)
def test_what_the_document_says_comes_first(made: ActionItem, outcome: Outcome, state: State, reason: str) -> None:
    """Dropped and not required are never judged; a waiver holds until its day is over, and a test beats it."""
    assert judged(report([postmortem("PM-1", made)], run([(A, outcome)]))) == (state, reason)


def test_a_bare_marker_covers_the_only_item_that_requires_a_test() -> None:
    """Waived and dropped ones are not counted, and an item whose waiver ran out does not take the cover away."""
    bare = test("test_bare", "PM-1")
    others = [
        item("AI-2", "2026-12-31"),
        item("AI-3", "2026-01-01"),
        item("AI-4", status=ItemStatus.DROPPED),
        item("AI-5", "no"),
    ]
    made = report([postmortem("PM-1", item(), *others)], run([(bare, Outcome.PASSED)]))
    assert [one.state for one in made.postmortems[0].items] == [
        State.GUARDED,
        State.WAIVED,
        State.WAIVER_EXPIRED,
        State.DROPPED,
        State.NOT_REQUIRED,
    ]


def test_a_bare_marker_covers_the_only_item_whose_waiver_ran_out() -> None:
    """Where nothing else asks for a test."""
    bare = test("test_bare", "PM-1")
    made = report([postmortem("PM-1", item("AI-1", "2026-01-01"))], run([(bare, Outcome.PASSED)]))
    assert judged(made)[0] is State.GUARDED


def test_a_bare_marker_among_several_items_asks_for_the_name() -> None:
    """In the reason of the missing item; and as a hint where nothing is missing."""
    bare = test("test_bare", "PM-1")
    items = (item("AI-1"), item("AI-2"))
    made = report([postmortem("PM-1", *items)], run([(bare, Outcome.PASSED), (A, Outcome.PASSED)]))
    assert judged(made)[0] is State.GUARDED
    assert judged(made, "AI-2") == (
        State.MISSING,
        "tests/test_x.py::test_bare guards PM-1 and does not say which of its action items; "
        'add action_item="AI-2" where a test guards it',
    )
    assert not made.hints
    both = test("test_c", "PM-1/AI-2")
    made = report(
        [postmortem("PM-1", *items)], run([(bare, Outcome.PASSED), (A, Outcome.PASSED), (both, Outcome.PASSED)])
    )
    assert [hint.text for hint in made.hints] == [
        "tests/test_x.py::test_bare guards PM-1 and names no action item; add action_item= with one of AI-1, AI-2"
    ]


NAMED = "tests/test_x.py::test_named"


@pytest.mark.parametrize(
    ("node_id", "name", "state"),
    [
        (NAMED, "test_named", State.GUARDED),
        (NAMED, "test_named[a-1]", State.GUARDED),
        (NAMED + "[a]", "test_named[a]", State.GUARDED),
        ("tests/test_x.py", "test_named", State.GUARDED),
        ("tests/test_x.py::TestA", "TestA::test_named", State.GUARDED),
        (NAMED, "test_named_otherwise", State.MISSING),
        (NAMED + "[a]", "test_named[ab]", State.MISSING),
    ],
)
def test_a_node_id_in_the_document_is_a_link(node_id: str, name: str, state: State) -> None:
    """`file::test` matches its parameters, `file::Class` and `file` all their tests, an id with parameters itself."""
    assert judged(report([postmortem("PM-1", item(test=node_id))], run([(test(name), Outcome.PASSED)])))[0] is state


@pytest.mark.parametrize(
    ("outcome", "state", "reason"),
    [
        (Outcome.PASSED, State.GUARDED, ""),
        (Outcome.FLAKY, State.GUARDED, ""),
        (Outcome.NOT_RUN, State.NOT_RUN, "not reached in this run"),
        (Result(Outcome.SKIPPED, "no redis"), State.SKIPPED_HERE, "skipped: no redis"),
        (Outcome.XFAILED, State.DISABLED, "xfailed"),
        (Outcome.FAILED, State.FAILING, "failed"),
    ],
)
def test_each_named_test_is_needed(outcome: Outcome | Result, state: State, reason: str) -> None:
    """The worst of them gives the state, in any order and beside a marker; a marked test alone is not enough."""
    other = "tests/test_x.py::test_other"
    bad = test("test_other")
    for ids, tests in (
        ((NAMED, other), [(test("test_named"), Outcome.PASSED), (bad, outcome)]),
        ((other, NAMED), [(bad, outcome), (test("test_named"), Outcome.PASSED)]),
        ((other,), [(A, Outcome.PASSED), (bad, outcome)]),
    ):
        made = item(test=NAMED)
        made = replace(made, test=replace(made.test, node_ids=ids))
        told = f"{other}: {reason}" if reason and state is not State.FAILING else reason
        assert judged(report([postmortem("PM-1", made)], run(tests))) == (state, told)


def test_one_parameter_of_a_named_test_is_enough() -> None:
    """As for a marker; and the worst of several named ones counts, whatever its place."""
    params = [(test("test_named[a]"), Outcome.PASSED), (test("test_named[b]"), Outcome.SKIPPED)]
    assert judged(report([postmortem("PM-1", item(test=NAMED))], run(params)))[0] is State.GUARDED
    ids = (NAMED, "tests/test_x.py::test_off", "tests/test_x.py::test_late")
    made = item(test=NAMED)
    made = replace(made, test=replace(made.test, node_ids=ids))
    others = [(test("test_off", switched_off="later"), Outcome.SKIPPED), (test("test_late"), Outcome.NOT_RUN)]
    assert judged(report([postmortem("PM-1", made)], run([*params, *others]))) == (
        State.DISABLED,
        "tests/test_x.py::test_off: skipped",
    )
    assert judged(report([postmortem("PM-1", made)], run(params)))[0] is State.MISSING


def test_a_node_id_that_is_gone_names_the_nearest() -> None:
    """Also where a marker links another test."""
    the_run = run([(test("test_name"), Outcome.PASSED), (A, Outcome.PASSED)])
    assert judged(report([postmortem("PM-1", item(test=NAMED))], the_run)) == (
        State.MISSING,
        "tests/test_x.py holds no test_named; did you mean tests/test_x.py::test_name?",
    )
    assert judged(report([postmortem("PM-1", item(test="tests/test_x.py::zzz"))], run())) == (
        State.MISSING,
        "tests/test_x.py holds no zzz",
    )


def test_a_node_id_whose_file_was_not_collected(tmp_path: Path) -> None:
    """Gone: missing. There and not asked for: unknown. There and never collected: missing. Failed or lost: unknown."""
    one = [postmortem("PM-1", item(test="tests/test_y.py::test_a"))]
    assert judged(report(one, run(), tmp_path)) == (State.MISSING, "there is no file tests/test_y.py")
    tmp_path.joinpath("tests").mkdir()
    tmp_path.joinpath("tests/test_y.py").write_text("", encoding="utf-8")
    narrowed = run(narrowed=("only tests/test_x.py was asked for",))
    assert judged(report(one, narrowed, tmp_path)) == (State.UNKNOWN, "tests/test_y.py was not collected in full")
    assert judged(report(one, run(), tmp_path)) == (
        State.MISSING,
        "tests/test_y.py is there and pytest collects nothing from it",
    )
    withheld = run(withheld={"tests/test_y.py": "failed at collection"})
    assert judged(report(one, withheld, tmp_path)) == (State.UNKNOWN, "tests/test_y.py failed at collection")
    assert judged(report(one, run(withheld={"tests": "failed at collection"}), tmp_path)) == (
        State.UNKNOWN,
        "tests failed at collection",
    )
    assert judged(report(one, run(lost="no worker spoke", files=frozenset()), tmp_path)) == (
        State.UNKNOWN,
        "no worker spoke",
    )


def test_one_of_two_node_ids_is_gone(tmp_path: Path) -> None:
    """The one that is gone decides over the one that cannot be told."""
    tmp_path.joinpath("test_y.py").write_text("", encoding="utf-8")
    from dataclasses import replace

    made = item(test="test_y.py::test_a")
    made = replace(made, test=replace(made.test, node_ids=("test_y.py::test_a", "test_gone.py::test_b")))
    the_run = run(narrowed=("only x was asked for",))
    assert judged(report([postmortem("PM-1", made)], the_run, tmp_path)) == (
        State.MISSING,
        "there is no file test_gone.py",
    )


@pytest.mark.parametrize(
    ("due", "grace"),
    [
        (date(2026, 6, 15), "due 2026-06-15, 0 days left"),
        (date(2026, 6, 16), "due 2026-06-16, 1 day left"),
        (date(2026, 6, 14), None),
        (None, None),
    ],
)
def test_grace_lasts_until_the_due_date(due: date | None, grace: str | None) -> None:
    """Inclusive; no date gives none; only what is missing is excused."""
    one = [postmortem("PM-1", item(due_date=due))]
    assert report(one, grace=True).postmortems[0].items[0].grace == grace
    assert report(one).postmortems[0].items[0].grace is None
    assert report(one, run([(A, Outcome.XFAILED)]), grace=True).postmortems[0].items[0].grace is None


@pytest.mark.parametrize(
    ("outcomes", "items", "state"),
    [
        ([], [item()], PostmortemState.UNGUARDED),
        ([], [], PostmortemState.UNGUARDED),
        ([(A, Outcome.PASSED)], [item()], PostmortemState.GUARDED),
        ([(A, Outcome.PASSED)], [item(), item("AI-2")], PostmortemState.PARTLY_GUARDED),
        ([(A, Outcome.PASSED)], [item(), item("AI-2", "2026-01-01")], PostmortemState.PARTLY_GUARDED),
        ([(A, Outcome.PASSED)], [item(), item("AI-2", "2027-01-01")], PostmortemState.GUARDED),
        ([(A, Outcome.FAILED)], [item()], PostmortemState.FAILING),
        ([(A, Outcome.FAILED)], [item(test="no")], PostmortemState.FAILING),
        ([(A, Outcome.NOT_RUN)], [item()], PostmortemState.LINKED),
        ([(A, Outcome.SKIPPED)], [item()], PostmortemState.LINKED),
        ([(OFF, Outcome.SKIPPED)], [item()], PostmortemState.UNGUARDED),
        ([(OFF, Outcome.SKIPPED)], [item(test="no")], PostmortemState.UNGUARDED),
        ([(A, Outcome.NOT_RUN)], [item(), item("AI-2")], PostmortemState.PARTLY_LINKED),
        ([(A, Outcome.PASSED), (TWO, Outcome.NOT_RUN)], [item(), item("AI-2")], PostmortemState.PARTLY_GUARDED),
        ([(A, Outcome.PASSED), (TWO, Outcome.SKIPPED)], [item(), item("AI-2")], PostmortemState.PARTLY_GUARDED),
        ([(A, Outcome.PASSED), (TWO, Outcome.NOT_RUN)], [item(), item("AI-2", "no")], PostmortemState.GUARDED),
        ([(TWO, Outcome.PASSED)], [item(status=ItemStatus.DROPPED), item("AI-2")], PostmortemState.GUARDED),
    ],
)
def test_the_state_of_a_post_mortem(
    outcomes: list[tuple[LinkedTest, Outcome]], items: list[ActionItem], state: PostmortemState
) -> None:
    """Guarded needs a test that passed and no gap; failing beats all; linked is the rest without a gap."""
    assert report([postmortem("PM-1", *items)], run(outcomes)).postmortems[0].state is state


def stray(line: int, *names: str, items: tuple[str, ...] = ()) -> Stray:
    return Stray("tests/build/test_x.py", line, names, items, "nobody looks there")


def test_a_missing_item_names_the_markers_that_link_no_test() -> None:
    """Those that name it, by any name of the post-mortem; three at most; and only if it is missing."""
    one = postmortem("PM-1", item(), aliases=("INC-7",))
    others = (stray(1, "PM-2"), stray(2, "PM-1", items=("AI-2",)))
    told = "the marker at tests/build/test_x.py:{} links no test: nobody looks there"
    assert judged(report([one], run(strays=others))) == (State.MISSING, "no test is linked to it")
    found = (*others, stray(3, "PM-9", "INC-7"))
    assert judged(report([one], run(strays=found))) == (State.MISSING, told.format(3))
    found = tuple(stray(line, "PM-1", items=("AI-3", "AI-1")) for line in (4, 5, 6, 7))
    assert judged(report([one], run(strays=found)))[1] == "; ".join(told.format(line) for line in (4, 5, 6))
    assert judged(report([one], run([(A, Outcome.PASSED)], strays=found))) == (State.GUARDED, "")


def test_each_wrong_test_of_a_file_has_its_own_hint() -> None:
    """Found once, and the same when the run is judged again."""
    tests = [(test(name, "PM-1/AI-9"), Outcome.PASSED) for name in ("test_orders", "test_refunds")]
    items = [
        item(f"AI-{place}", f"tests/test_x.py::{name}") for place, name in enumerate(("test_ordres", "test_refund"))
    ]
    for _ in range(2):
        made = report([postmortem("PM-1", *items)], run(tests))
        reasons = [one.reason for one in made.postmortems[0].items]
        assert reasons == [
            "tests/test_x.py holds no test_ordres; did you mean tests/test_x.py::test_orders?",
            "tests/test_x.py holds no test_refund; did you mean tests/test_x.py::test_refunds?",
        ]
