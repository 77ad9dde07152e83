"""The state of an action item where several things are known of it: which of them is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_postmortem.model.state import Outcome, State
from tests.builders import item, postmortem, report, run, test
from tests.judging.test_states import A, judged, stray


def test_only_a_missing_item_is_told_where_its_test_may_be() -> None:
    """A disabled one keeps its reason, beside a marker that links no test and one that names no item."""
    items = (item("AI-1"), item("AI-2"))
    strays = (stray(3, "PM-1"),)
    bare = (test("test_bare", "PM-1"), Outcome.PASSED)
    for facts in ({"strays": strays}, {}):
        made = report([postmortem("PM-1", *items)], run([(A, Outcome.XFAILED), bare], **facts))
        assert judged(made) == (State.DISABLED, "xfailed")
    made = report([postmortem("PM-1", *items)], run([bare], strays=strays))
    assert judged(made)[1].startswith("the marker at tests/build/test_x.py:3")
    made = report([postmortem("PM-1", *items)], run([bare]))
    assert judged(made)[1].startswith("tests/test_x.py::test_bare guards PM-1 and")


@pytest.mark.parametrize(
    ("withheld", "state"),
    [
        ("tests/test_y.py", State.UNKNOWN),
        ("tests", State.UNKNOWN),
        ("tests/test", State.MISSING),
        ("tests/test_y.py/x", State.MISSING),
        ("other", State.MISSING),
        ("test_y.py", State.MISSING),
    ],
)
def test_what_was_withheld_concerns_what_is_in_it(tmp_path: Path, withheld: str, state: State) -> None:
    """The file itself or a folder above; what is withheld beside it does not."""
    tmp_path.joinpath(withheld).parent.mkdir(parents=True, exist_ok=True)
    if not tmp_path.joinpath(withheld).exists():
        tmp_path.joinpath(withheld).write_text("", encoding="utf-8")
    one = postmortem("PM-1", item(test="tests/test_y.py::test_a"))
    places = {"aaa.py": "failed", withheld: "failed", "zzz.py": "failed"}
    tmp_path.joinpath("aaa.py").write_text("", encoding="utf-8")
    tmp_path.joinpath("zzz.py").write_text("", encoding="utf-8")
    reason = f"{withheld} failed" if state is State.UNKNOWN else "there is no file tests/test_y.py"
    assert judged(report([one], run(withheld=places), tmp_path)) == (state, reason)


def test_what_disables_an_item_is_every_test_that_was_reached() -> None:
    """One that is skipped here is not disabled in a run, and is in a union of all shards."""
    off = test("test_off", "PM-1/AI-1", switched_off="later")
    outcomes: list[Any] = [(A, Outcome.SKIPPED), (off, Outcome.SKIPPED), (test("test_b", "PM-1/AI-1"), Outcome.NOT_RUN)]
    one = [postmortem("PM-1", item())]
    assert judged(report(one, run(outcomes))) == (State.SKIPPED_HERE, "skipped")
    assert judged(report(one, run(outcomes, union=True))) == (State.DISABLED, "skipped in every shard: skipped")
    assert judged(report(one, run(outcomes[1:]))) == (State.DISABLED, "skipped")
    assert judged(report(one, run(outcomes[1:], union=True))) == (State.DISABLED, "skipped")
    some: list[Any] = [(test("test_d", "PM-1/AI-1", deselected=True), Outcome.NOT_RUN), (A, Outcome.NOT_RUN)]
    assert judged(report(one, run(some))) == (State.NOT_RUN, "not reached in this run")
    assert judged(report(one, run(some[:1]))) == (State.NOT_RUN, "deselected")


def test_a_disabled_item_may_be_guarded_elsewhere(tmp_path: Path) -> None:
    """As may a missing one: by its name, or by its own node id, in a file that was not collected. Others are known."""
    one = [postmortem("PM-1", item())]
    tmp_path.joinpath("test_y.py").write_text("PM-1", encoding="utf-8")
    for outcome, state in (
        (None, State.UNKNOWN),
        (Outcome.XFAILED, State.UNKNOWN),
        (Outcome.SKIPPED, State.SKIPPED_HERE),
        (Outcome.NOT_RUN, State.NOT_RUN),
        (Outcome.FAILED, State.FAILING),
        (Outcome.PASSED, State.GUARDED),
    ):
        made = report(one, run([] if outcome is None else [(A, outcome)], narrowed=("x",)), tmp_path)
        assert judged(made)[0] is state
    named = "tests/test_x.py::test_gone"
    tmp_path.joinpath("test_y.py").write_text(named, encoding="utf-8")
    named_run = run([(test("test_gone", switched_off="x"), Outcome.SKIPPED)], narrowed=("x",))
    made = report([postmortem("PM-1", item(test=named))], named_run, tmp_path)
    assert judged(made) == (State.UNKNOWN, "test_y.py was not collected in full")


@pytest.mark.parametrize(
    ("outcomes", "waived", "expired"),
    [
        ([], State.WAIVED, State.WAIVER_EXPIRED),
        ([(A, Outcome.SKIPPED)], State.WAIVED, State.WAIVER_EXPIRED),
        ([(A, Outcome.NOT_RUN)], State.WAIVED, State.WAIVER_EXPIRED),
        ([(A, Outcome.FAILED)], State.FAILING, State.FAILING),
        ([(A, Outcome.PASSED)], State.GUARDED, State.GUARDED),
    ],
)
def test_a_waiver_beats_what_is_not_seen(outcomes: list[Any], waived: State, expired: State) -> None:
    """Unknown as well as missing; no grace comes beside it."""
    for until, state in (("2026-12-31", waived), ("2026-06-14", expired)):
        for facts in ({}, {"lost": "no worker spoke"}):
            made = report([postmortem("PM-1", item(test=until))], run(outcomes, **facts), grace=True)
            assert judged(made)[0] is state
            assert made.postmortems[0].items[0].grace is None


def test_the_reasons_of_tests_are_told_once() -> None:
    """Each with its outcome, in the order of the tests."""
    names = [test(f"test_{place}", "PM-1/AI-1") for place in range(4)]
    from pytest_postmortem.model.link import Result

    results = [Result(Outcome.ERROR, "b"), Result(Outcome.FAILED, "a"), Result(Outcome.ERROR, "b"), Outcome.PASSED]
    made = report([postmortem("PM-1", item())], run(zip(names, results, strict=True)))
    assert judged(made) == (State.FAILING, "error: b; failed: a")
