"""The union, piece by piece: which links, results, files and reasons it has."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pytest_postmortem.evidence.merging import find_refusals, merge_shards, select_current
from pytest_postmortem.evidence.reading import Guarded
from pytest_postmortem.model.link import Link, LinkedTest, Result
from pytest_postmortem.model.run import Run
from pytest_postmortem.model.state import Outcome
from tests.builders import run, test
from tests.evidence.test_merging import EXPECTED, NOW, A, ids, problems, shard


def merged(*runs: Run) -> Run:
    return merge_shards([shard(number, one) for number, one in enumerate(runs)])


def of(*tests: LinkedTest, outcome: Outcome | Result = Outcome.PASSED, **facts: Any) -> Run:
    return run([(one, outcome) for one in tests], **facts)


def test_a_test_that_all_runs_know_alike_is_what_it_was() -> None:
    """Its links in their order; one that runs know otherwise has the links of all, sorted, each once."""
    unsorted = test("test_a", "PM-2", "PM-1")
    assert merged(of(unsorted), of(unsorted)).tests == (unsorted,)
    other = test("test_a", "PM-1/AI-2", "PM-1", "PM-1/AI-1")
    (both,) = merged(of(unsorted), of(other)).tests
    assert both.links == (Link("PM-1"), Link("PM-1", "AI-1"), Link("PM-1", "AI-2"), Link("PM-2"))
    assert merged(of(other), of(unsorted)).tests == (both,)


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ({"line": 3}, {"line": 7}, {"line": 7}),
        ({"path": "b.py"}, {"path": "a.py"}, {"path": "a.py"}),
        ({"switched_off": "b"}, {"switched_off": "a"}, {"switched_off": "a"}),
        ({"switched_off": "b"}, {"switched_off": None}, {"switched_off": None}),
        ({"deselected": True}, {"deselected": False}, {"deselected": False}),
        ({"deselected": True, "line": 9}, {"deselected": True}, {"deselected": True, "line": 9}),
    ],
)
def test_what_two_runs_know_of_a_test(one: dict[str, Any], other: dict[str, Any], both: dict[str, Any]) -> None:
    """Either may come first."""
    first, second = replace(A, **one), replace(A, **other)
    for order in ((first, second), (second, first)):
        found = merged(*(Run(tests=(each,)) for each in order)).tests
        assert found == (replace(A, **both),)


def test_tests_are_sorted() -> None:
    """By node id."""
    names = ("test_c", "test_a", "test_b")
    found = merged(*(of(test(name, "PM-1")) for name in names)).tests
    assert [one.node_id for one in found] == [f"tests/test_x.py::{name}" for name in sorted(names)]


def test_the_worst_result_counts_and_of_equal_ones_the_last_by_reason() -> None:
    """In the order of the outcomes, whichever run comes first."""
    by_badness = list(Outcome)
    for place, bad in enumerate(by_badness):
        for other in by_badness[: place + 1]:
            results = [Result(bad, "b"), Result(other, "a")]
            for order in (results, results[::-1]):
                assert merged(*(of(A, outcome=one) for one in order)).result(A.node_id) == results[0]


def test_what_one_run_has_collected_is_not_withheld() -> None:
    """What no run has is, sorted, with the last reason by name."""
    first = run(withheld={"b.py": "failed", "a.py": "failed", "tests/test_x.py": "failed"}, files=frozenset({"c.py"}))
    second = run(withheld={"a.py": "was skipped", "c.py": "failed"}, files=frozenset({"tests/test_x.py"}))
    for order in ((first, second), (second, first)):
        found = merged(*order)
        assert list(found.withheld.items()) == [("a.py", "was skipped"), ("b.py", "failed")]
        assert found.files == {"c.py", "tests/test_x.py"}


@pytest.mark.parametrize(
    ("facts", "narrowed", "lost"),
    [
        ([{"narrowed": ("a",)}, {"narrowed": ("b",)}], ("a", "b"), None),
        ([{"narrowed": ("a",)}, {}], (), None),
        ([{"lost": "x"}, {"narrowed": ("a",)}], ("a",), "x"),
        ([{"narrowed": ("a",)}, {"lost": "x"}], ("a",), "x"),
        ([{"lost": "x"}, {"lost": "y"}], (), "x"),
        ([{"lost": "x"}, {}], (), None),
        ([{"lost": "x", "narrowed": ("a",)}], ("a",), "x"),
    ],
)
def test_a_whole_run_makes_the_union_whole(facts: list[dict[str, Any]], narrowed: Any, lost: str | None) -> None:
    """Neither narrowed nor lost; without one, each reason counts."""
    found = merged(*(run(**one) for one in facts))
    assert (found.narrowed, found.lost) == (narrowed, lost)


def test_only_what_was_nowhere_run_was_collected_alone() -> None:
    """One run that ran its tests is enough."""
    assert merged(run(collect_only=True), run(collect_only=True)).collect_only
    assert not merged(run(collect_only=True), run()).collect_only


@pytest.mark.parametrize(
    ("age", "told"),
    [
        (timedelta(minutes=-10), None),
        (timedelta(minutes=-10, seconds=-1), "is of the future; set the clock of the machine that made it"),
        (timedelta(minutes=5), None),
        (timedelta(minutes=5, seconds=1), "is 5 minutes old, and --max-age allows 5 minutes; run the tests again"),
        (timedelta(minutes=59), "is 59 minutes old, and --max-age allows 5 minutes; run the tests again"),
        (timedelta(hours=1), "is 1.0 hours old, and --max-age allows 5 minutes; run the tests again"),
        (timedelta(hours=47.9), "is 47.9 hours old, and --max-age allows 5 minutes; run the tests again"),
        (timedelta(days=20), "is 20 days old, and --max-age allows 5 minutes; run the tests again"),
        (timedelta(hours=48), "is 2 days old, and --max-age allows 5 minutes; run the tests again"),
    ],
)
def test_how_old_evidence_may_be(age: timedelta, told: str | None) -> None:
    """To the second; its age in the largest fitting unit."""
    found = problems([shard(1, finished=NOW - age)], max_age=timedelta(minutes=5))
    assert found == ([] if told is None else [f"1.json: {told}"])


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["1/3", "3/3"], ["2/3"]),
        (["2/2", "unit"], ["1/2"]),
        (["1/2", "2/2", "1/3"], ["2/3, 3/3"]),
        (["1/2", "1/3"], ["2/2", "2/3, 3/3"]),
        (["1/11"], [", ".join(f"{number}/11" for number in range(2, 12))]),
        (["1/12"], [", ".join(f"{number}/12" for number in range(2, 12)) + " and 1 more"]),
        ([f"{number}/64" for number in range(2, 64)], ["1/64, 64/64"]),
        (["unit", None, "1/1", "a1/2", "1/2b"], []),
    ],
)
def test_which_parts_are_missing(names: list[str | None], told: list[str]) -> None:
    """Of each number of parts that there is; ten at most are named."""
    found = problems([shard(number, shard=name) for number, name in enumerate(names)])
    hint = "wait for all jobs, and give the evidence of each"
    assert found == [f"there is no evidence of shard {one}; {hint}" for one in told]


def test_how_many_runs_are_expected() -> None:
    """Runs count, not pieces."""
    both = shard(3, runs=("a", "b"))
    for pieces, number, told in (
        ([both], 2, None),
        ([both, shard(1)], 1, "1 shard is expected, and there is evidence of 3"),
        ([shard(1)], 2, "2 shards are expected, and there is evidence of 1"),
        ([], 0, None),
    ):
        found = [str(one) for one in find_refusals(pieces, replace(EXPECTED, shards=number))]
        assert found == ([] if told is None else [f"{told}; wait for all jobs, and give the evidence of each"])


def test_refusals_come_by_origin() -> None:
    """Whatever the order in which the pieces are given; each with every reason."""
    shards = [shard(2, commit="a" * 40), shard(1, commit=None, configuration="x")]
    told = [
        "1.json: is of commit unknown, and the checkout is at 4f2c1ab00000; run the tests on this commit, or check out "
        "the other one",
        "1.json: was made with another configuration; run the tests with the configuration of this checkout, from the "
        "same folder",
        "2.json: is of commit aaaaaaaaaaaa, and the checkout is at 4f2c1ab00000; run the tests on this commit, or "
        "check out the other one",
    ]
    assert problems(shards) == problems(shards[::-1]) == told


def test_an_incident_that_was_guarded_without_an_item_must_be_there() -> None:
    """As must each of its items; an item of the same name in another document is another."""
    one = shard(1, guarded=(Guarded("PM-2", "", "", ("AI-1", "AI-2")), Guarded("PM-1", "", "", ())))
    assert problems([one], items={"PM-1": (), "PM-2": {"AI-1", "AI-2"}}) == []
    (told,) = problems([one], items={"PM-2": {"AI-2"}})
    assert told.startswith("1.json: is not of these documents: PM-1, PM-2/AI-1 is not there any more")


def test_what_counts_is_sorted_by_run() -> None:
    """A named shard's last attempt, whichever comes first; names apart from each other."""
    pieces = [
        shard(5, shard="a", attempt=1),
        shard(4, shard="a", attempt=2),
        shard(3, shard="b", attempt=1),
        shard(2, attempt=1),
        shard(1, attempt=2),
    ]
    assert ids(select_current(pieces)) == ids(select_current(pieces[::-1])) == [1, 2, 3, 4]
