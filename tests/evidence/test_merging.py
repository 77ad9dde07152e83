"""Several runs as one: the order in which evidence comes, and how often, does not matter, and what is bad stays bad."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_postmortem.errors import EvidenceError
from pytest_postmortem.evidence import writing as evidence
from pytest_postmortem.evidence.merging import Expected, find_refusals, list_runs, merge_shards, select_current
from pytest_postmortem.evidence.reading import Guarded, Shard, load_shard
from pytest_postmortem.judging.gate import Decision, decide
from pytest_postmortem.judging.report import Report
from pytest_postmortem.judging.source import FileDigests
from pytest_postmortem.model.link import Link, LinkedTest, Result
from pytest_postmortem.model.run import Run
from pytest_postmortem.model.state import Outcome, Policy, State, Verdict
from tests.builders import META, item, postmortem, report, run, test

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
EXPECTED = Expected(META.commit, META.configuration, NOW)
PROPERTY = settings(max_examples=100, deadline=None, derandomize=bool(os.environ.get("CI")))
NOWHERE = Path("/nowhere")

INCIDENTS = (
    postmortem("PM-1", item("AI-1"), item("AI-2"), item("AI-3", "no")),
    postmortem("PM-2", item("AI-1", "2026-12-31")),
    postmortem("PM-3", item("AI-1", "tests/test_x.py::test_d")),
    postmortem("PM-4"),
)
A = test("test_a", "PM-1/AI-1")
B = test("test_b", "PM-1/AI-2")


def hexadecimal(number: int) -> str:
    return f"{number:032x}"


def shard(number: int, the_run: Run | None = None, **fields: Any) -> Shard:
    """A piece of evidence of run `number`, of META's commit and configuration, finished an hour before NOW."""
    told: dict[str, Any] = {
        "origin": f"{number}.json",
        "run_id": hexadecimal(number),
        "commit": META.commit,
        "configuration": META.configuration,
        "started": META.started,
        "finished": NOW - timedelta(hours=1),
        "pytest": META.pytest,
        "python": META.python,
        "shard": None,
        "attempt": 1,
        "runs": (hexadecimal(number),),
        "run": the_run or run(),
        "guarded": (),
        "text": f"text of {number}",
        **fields,
    }
    return Shard(**told)


def judged(runs: Sequence[Run], policy: Policy = Policy.PASSED, base: Path = NOWHERE) -> tuple[Report, Decision]:
    """The report on the union of these runs, and what the gate says."""
    made = report(INCIDENTS, merge_shards([shard(number, one) for number, one in enumerate(runs)]), base)
    return made, decide(made, policy)


def states(made: Report) -> dict[str, str]:
    return {
        f"{verdict.postmortem.id}/{one.item.id}": one.state.value
        for verdict in made.postmortems
        for one in verdict.items
    }


def written(shards: Sequence[Shard]) -> Shard:
    """The merged evidence of `shards`, written to a file and read again."""
    runs = list_runs(shards)
    meta = replace(META, run_id=runs[0] if len(runs) == 1 else hexadecimal(hash(runs) % 2**64 + 10**6), merged=runs)
    made = report(INCIDENTS, merge_shards(shards), NOWHERE)
    text = evidence.render_finished(made, decide(made, Policy.PASSED), meta, ended=NOW.isoformat(), exit_status=0)
    return load_shard(text, "merged.json")


# --- the union of any runs ---------------------------------------------------------------------------------------

NAMES = ("test_a", "test_b", "test_c", "test_d")
LINKS = (Link("PM-1", "AI-1"), Link("PM-1", "AI-2"), Link("PM-2"), Link("PM-4"))


@st.composite
def linked_tests(draw: st.DrawFn) -> tuple[list[LinkedTest], dict[str, Result]]:
    tests, results = [], {}
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True)):
        links = tuple(sorted(draw(st.sets(st.sampled_from(LINKS), min_size=1, max_size=2)), key=str))
        test_id = f"tests/test_x.py::{name}"
        off = draw(st.none() | st.sampled_from(("later", "broken")))
        tests.append(LinkedTest(test_id, "tests/test_x.py", draw(st.integers(0, 9)), links, off, draw(st.booleans())))
        if draw(st.booleans()):
            results[test_id] = Result(draw(st.sampled_from(Outcome)), draw(st.sampled_from(("", "a reason", "z"))))
    return tests, results


@st.composite
def runs(draw: st.DrawFn) -> Run:
    """Any run of the tests of INCIDENTS."""
    tests, results = draw(linked_tests())
    collect_only = draw(st.sampled_from((False, False, False, True)))
    some = st.sets(st.sampled_from(("a", "b", "c")), max_size=1).map(tuple)
    places = st.sampled_from(("tests/test_x.py", "tests/test_y.py", "tests"))
    return Run(
        tests=tuple(tests),
        results={} if collect_only else results,
        files=draw(st.frozensets(st.sampled_from(("tests/test_x.py", "tests/test_y.py")))),
        withheld=draw(st.dictionaries(places, st.sampled_from(("failed at collection", "was skipped")), max_size=1)),
        scope=draw(st.sampled_from(("", "shop"))),
        narrowed=draw(some),
        stopped=draw(some),
        lost=draw(st.sampled_from((None, None, None, "no worker spoke"))),
        notes=draw(some),
        collect_only=collect_only,
        collected=draw(st.integers(0, 5)),
        deselected=draw(st.integers(0, 2)),
    )


@st.composite
def pieces(draw: st.DrawFn, least: int = 1) -> list[Shard]:
    """Evidence of up to five runs, some of named shards that were tried again."""
    found = []
    for number, one in enumerate(draw(st.lists(runs(), min_size=least, max_size=5)), 1):
        name = draw(st.sampled_from((None, None, "1/2", "2/2", "linux")))
        found.append(shard(number, one, shard=name, attempt=draw(st.integers(1, 3))))
    return found


@given(found=pieces(), random=st.randoms(use_true_random=False))
@PROPERTY
def test_order_and_repetition_do_not_matter(found: list[Shard], random: Any) -> None:
    """The same pieces, shuffled and some given several times, are the same union."""
    again = [*found, *random.choices(found, k=random.randrange(4))]
    random.shuffle(again)
    assert select_current(again) == select_current(found)
    assert merge_shards(select_current(again)) == merge_shards(select_current(found))
    assert list_runs(select_current(again)) == list_runs(select_current(found))


@given(found=pieces(), random=st.randoms(use_true_random=False))
@PROPERTY
def test_taking_what_counts_twice_changes_nothing(found: list[Shard], random: Any) -> None:
    """What was kept is kept, whatever it is given beside."""
    kept = select_current(found)
    assert select_current(kept) == kept
    assert select_current([*random.sample(found, len(found)), *kept]) == kept


@given(found=st.lists(runs(), min_size=2, max_size=5), cut=st.integers(1, 4), policy=st.sampled_from(Policy))
@PROPERTY
def test_merging_in_pieces_is_merging_at_once(found: list[Run], cut: int, policy: Policy) -> None:
    """Evidence that was merged, written and read again stands for all that is in it, in whatever groups."""
    shards = [shard(number, one) for number, one in enumerate(found, 1)]
    cut = min(cut, len(shards) - 1)
    once = report(INCIDENTS, merge_shards(select_current(shards)), NOWHERE)
    for groups in ((shards[:cut], shards[cut:]), ([*shards[cut:], shards[0]], shards[:cut]), (shards,)):
        grouped = select_current([written(select_current(group)) for group in groups])
        twice = report(INCIDENTS, merge_shards(grouped), NOWHERE)
        assert states(twice) == states(once)
        assert [one.state for one in twice.postmortems] == [one.state for one in once.postmortems]
        assert twice.completeness.complete == once.completeness.complete
        assert decide(twice, policy).verdict is decide(once, policy).verdict
        assert len(decide(twice, policy).reasons) == len(decide(once, policy).reasons)
        assert list_runs(grouped) == list_runs(shards)


WORST_LAST = ["not run", "skipped", "xfailed", "xpassed", "passed", "flaky", "error", "failed", "crashed"]


@given(found=st.lists(runs(), min_size=1, max_size=5))
@PROPERTY
def test_the_worst_result_wins(found: list[Run]) -> None:
    """Of each test that has one anywhere; it is one of the results there were, with its own reason."""
    merged = merge_shards([shard(number, one) for number, one in enumerate(found)])
    assert merged.results.keys() == {name for one in found for name in one.results}
    for name, result in merged.results.items():
        there = [one.results[name] for one in found if name in one.results]
        assert result in there
        assert result.outcome.value == max((one.outcome.value for one in there), key=WORST_LAST.index)


@given(found=st.lists(runs(), min_size=1, max_size=5))
@PROPERTY
def test_all_links_of_all_runs_are_in_the_union(found: list[Run]) -> None:
    """Each test once, with the links that any run saw on it; off or deselected only where it was so everywhere."""
    merged = merge_shards([shard(number, one) for number, one in enumerate(found)])
    assert [one.node_id for one in merged.tests] == sorted({test.node_id for one in found for test in one.tests})
    for linked in merged.tests:
        seen = [one for run in found for one in run.tests if one.node_id == linked.node_id]
        assert set(linked.links) == {link for one in seen for link in one.links}
        assert (linked.switched_off is None) == any(one.switched_off is None for one in seen)
        assert linked.deselected == all(one.deselected for one in seen)


BAD = (Outcome.FAILED, Outcome.ERROR, Outcome.CRASHED)


@given(
    found=st.lists(runs().map(lambda one: replace(one, collected=one.collected + 1)), min_size=1, max_size=4),
    bad=runs(),
    outcomes=st.lists(st.sampled_from(Outcome), min_size=4, max_size=4),
    more=st.booleans(),
)
@PROPERTY
def test_a_report_without_a_guard_never_improves_the_verdict(
    found: list[Run], bad: Run, outcomes: list[Outcome], more: bool
) -> None:
    """Where the gate did not pass, it does not pass with evidence in which no test guards anything."""
    results = {
        one.node_id: Result(outcome) for one, outcome in zip(bad.tests, outcomes, strict=False) if not outcome.guards
    }
    known = {one.node_id: one.links for run in found for one in run.tests}
    tests = tuple(replace(one, links=known.get(one.node_id, one.links)) for one in bad.tests)
    bad = replace(bad, results=results, tests=tests)  # a test guards the same in every shard
    before = judged(found)[1].verdict
    after = judged([*found, bad] if more else [bad, *found])[1].verdict
    assert after is not Verdict.PASS or before is Verdict.PASS


@given(
    found=st.lists(runs(), max_size=4),
    outcome=st.sampled_from(BAD),
    policy=st.sampled_from((Policy.LINKED, Policy.PASSED)),
    first=st.booleans(),
)
@PROPERTY
def test_one_failure_fails_whatever_else_there_is(
    found: list[Run], outcome: Outcome, policy: Policy, first: bool
) -> None:
    """A linked test that failed in one shard is failing, however often it passed in others."""
    bad = run([(A, outcome)])
    made, decision = judged([bad, *found] if first else [*found, bad], policy)
    assert states(made)["PM-1/AI-1"] == "failing"
    assert decision.verdict is Verdict.FAIL


@given(found=st.lists(runs(), min_size=1, max_size=4), random=st.randoms(use_true_random=False))
@PROPERTY
def test_the_verdict_does_not_depend_on_the_order(found: list[Run], random: Any) -> None:
    """Nor do the states, the violations, and what is complete."""
    made, decision = judged(found)
    other, again = judged(random.sample(found, len(found)))
    assert states(other) == states(made)
    assert again.verdict is decision.verdict
    assert {(one.postmortem, one.item, one.state) for one in again.violations} == {
        (one.postmortem, one.item, one.state) for one in decision.violations
    }
    assert other.completeness.complete == made.completeness.complete


@given(found=st.lists(runs(), min_size=1, max_size=4))
@PROPERTY
def test_an_item_that_was_only_skipped_is_disabled_in_a_union(found: list[Run]) -> None:
    """No union says `skipped here`: there is no other place where the test may run."""
    assert "skipped here" not in states(judged(found)[0]).values()


# --- what cannot be used together ---------------------------------------------------------------------------------

OTHER = "9" * 40
SHORT, SHORT_OTHER = "4f2c1ab00000", "9" * 12
DAY = timedelta(days=1)


def part(number: int, name: str | None, **fields: Any) -> Shard:
    return shard(number, shard=name, **fields)


REFUSED: dict[str, tuple[list[Shard], Expected, list[str]]] = {
    "another commit": (
        [shard(1, commit=OTHER)],
        EXPECTED,
        [f"1.json: is of commit {SHORT_OTHER}, and the checkout is at {SHORT}; run the tests on this commit, or check out the other one"],
    ),
    "a commit where the checkout has none": (
        [shard(1)],
        replace(EXPECTED, commit=None),
        [f"1.json: is of commit {SHORT}, and the checkout is at unknown; run the tests on this commit, or check out the other one"],
    ),
    "no commit where the checkout has one": (
        [shard(1, commit=None)],
        EXPECTED,
        [f"1.json: is of commit unknown, and the checkout is at {SHORT}; run the tests on this commit, or check out the other one"],
    ),
    "one of two of another commit": (
        [shard(2), shard(1, commit=OTHER)],
        EXPECTED,
        [f"1.json: is of commit {SHORT_OTHER}, and the checkout is at {SHORT}; run the tests on this commit, or check out the other one"],
    ),
    "commits that differ after the twelfth character": (
        [shard(1, commit=SHORT + "1" * 28)],
        EXPECTED,
        [f"1.json: is of commit {SHORT}, and the checkout is at {SHORT}; run the tests on this commit, or check out the other one"],
    ),
    "another configuration": (
        [shard(1, configuration="d" * 64)],
        EXPECTED,
        ["1.json: was made with another configuration; run the tests with the configuration of this checkout, from the same folder"],
    ),
    "of the future": (
        [shard(1, finished=NOW + timedelta(minutes=11))],
        EXPECTED,
        ["1.json: is of the future; set the clock of the machine that made it"],
    ),
    "stale by days": (
        [shard(1, finished=NOW - 9 * DAY)],
        replace(EXPECTED, max_age=7 * DAY),
        ["1.json: is 9 days old, and --max-age allows 7 days; run the tests again"],
    ),
    "stale by hours": (
        [shard(1, finished=NOW - timedelta(hours=25, minutes=30))],
        replace(EXPECTED, max_age=DAY),
        ["1.json: is 25.5 hours old, and --max-age allows 24.0 hours; run the tests again"],
    ),
    "stale by minutes": (
        [shard(1, finished=NOW - timedelta(minutes=31))],
        replace(EXPECTED, max_age=timedelta(minutes=30)),
        ["1.json: is 31 minutes old, and --max-age allows 30 minutes; run the tests again"],
    ),
    "stale by a second": (
        [shard(1, finished=NOW - timedelta(hours=1, seconds=1))],
        replace(EXPECTED, max_age=timedelta(hours=1)),
        ["1.json: is 1.0 hours old, and --max-age allows 1.0 hours; run the tests again"],
    ),
    "one of three stale": (
        [shard(1), shard(2, finished=NOW - 3 * DAY), shard(3)],
        replace(EXPECTED, max_age=DAY),
        ["2.json: is 3 days old, and --max-age allows 24.0 hours; run the tests again"],
    ),
    "everything at once": (
        [shard(1, commit=OTHER, configuration="d" * 64, finished=NOW - 3 * DAY)],
        replace(EXPECTED, max_age=DAY, shards=2),
        [
            f"1.json: is of commit {SHORT_OTHER}, and the checkout is at {SHORT}; run the tests on this commit, or check out the other one",
            "1.json: was made with another configuration; run the tests with the configuration of this checkout, from the same folder",
            "1.json: is 3 days old, and --max-age allows 24.0 hours; run the tests again",
            "2 shards are expected, and there is evidence of 1; wait for all jobs, and give the evidence of each",
        ],
    ),
    "too few": (
        [shard(1), shard(2)],
        replace(EXPECTED, shards=3),
        ["3 shards are expected, and there is evidence of 2; wait for all jobs, and give the evidence of each"],
    ),
    "too many": (
        [shard(1), shard(2)],
        replace(EXPECTED, shards=1),
        ["1 shard is expected, and there is evidence of 2; wait for all jobs, and give the evidence of each"],
    ),
    "nothing where some is expected": (
        [],
        replace(EXPECTED, shards=2),
        ["2 shards are expected, and there is evidence of 0; wait for all jobs, and give the evidence of each"],
    ),
    "merged evidence of too few": (
        [shard(1, runs=(hexadecimal(7), hexadecimal(8))), shard(8)],
        replace(EXPECTED, shards=3),
        ["3 shards are expected, and there is evidence of 2; wait for all jobs, and give the evidence of each"],
    ),
    "one of four": (
        [part(1, "2/4")],
        EXPECTED,
        ["there is no evidence of shard 1/4, 3/4, 4/4; wait for all jobs, and give the evidence of each"],
    ),
    "three of four": (
        [part(1, "1/4"), part(2, "2/4"), part(3, "4/4")],
        EXPECTED,
        ["there is no evidence of shard 3/4; wait for all jobs, and give the evidence of each"],
    ),
    "the same of two, twice": (
        [part(1, "1/2"), part(2, "1/2")],
        EXPECTED,
        ["there is no evidence of shard 2/2; wait for all jobs, and give the evidence of each"],
    ),
    "of two splits, a part each": (
        [part(1, "1/2"), part(2, "2/3")],
        EXPECTED,
        [
            "there is no evidence of shard 2/2; wait for all jobs, and give the evidence of each",
            "there is no evidence of shard 1/3, 3/3; wait for all jobs, and give the evidence of each",
        ],
    ),
    "one of many": (
        [part(1, "12/12")],
        EXPECTED,
        ["there is no evidence of shard 1/12, 2/12, 3/12, 4/12, 5/12, 6/12, 7/12, 8/12, 9/12, 10/12 and 1 more; wait for all jobs, and give the evidence of each"],
    ),
    "counted from 0": (
        [part(1, "0/2"), part(2, "1/2")],
        EXPECTED,
        ["there is no evidence of shard 2/2; wait for all jobs, and give the evidence of each"],
    ),
    "beyond the total": (
        [part(1, "1/2"), part(2, "3/2")],
        EXPECTED,
        ["there is no evidence of shard 2/2; wait for all jobs, and give the evidence of each"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_used_together_is_refused(name: str) -> None:
    """Every reason is told, each with the file it concerns and what to do."""
    shards, expected, told = REFUSED[name]
    assert [str(fault) for fault in find_refusals(select_current(shards), expected)] == told
    assert [str(fault) for fault in find_refusals(shards[::-1], expected)] == told


USABLE: dict[str, tuple[list[Shard], Expected]] = {
    "one run": ([shard(1)], EXPECTED),
    "no commit on both sides": ([shard(1, commit=None)], replace(EXPECTED, commit=None)),
    "as old as it may be": ([shard(1)], replace(EXPECTED, max_age=timedelta(hours=1))),
    "old where no age is asked for": ([shard(1, finished=NOW - 999 * DAY)], EXPECTED),
    "finished in another time zone": (
        [shard(1, finished=datetime.fromisoformat("2026-06-15T14:00:00+02:00"))],
        replace(EXPECTED, max_age=timedelta(0)),
    ),
    "a clock that is a little ahead": ([shard(1, finished=NOW + timedelta(minutes=1))], replace(EXPECTED, max_age=DAY)),
    "as many as expected": ([shard(1), shard(2)], replace(EXPECTED, shards=2)),
    "as many as expected in merged evidence": (
        [shard(1, runs=(hexadecimal(7), hexadecimal(8))), shard(8)],
        replace(EXPECTED, shards=2),
    ),
    "all parts": ([part(1, "2/2"), part(2, "1/2")], EXPECTED),
    "all parts of two splits": ([part(1, "1/1"), part(2, "2/2"), part(3, "1/2")], EXPECTED),
    "parts beside a named one": ([part(1, "2/2"), part(2, "1/2"), part(3, "windows"), part(4, None)], EXPECTED),
    "a part tried again": (
        [part(1, "1/2"), part(2, "2/2"), part(3, "2/2", attempt=2)],
        replace(EXPECTED, shards=2),
    ),
    "names that only look like parts": ([part(1, "2/4 linux"), part(2, "a/4"), part(3, "1/2/4")], EXPECTED),
}


@pytest.mark.parametrize("name", USABLE)
def test_what_belongs_together_is_used(name: str) -> None:
    """There is no reason against it."""
    shards, expected = USABLE[name]
    assert find_refusals(select_current(shards), expected) == []


# --- which pieces count --------------------------------------------------------------------------------------------


def ids(shards: Sequence[Shard]) -> list[int]:
    return [int(one.run_id, 16) for one in shards]


def test_a_copy_counts_once() -> None:
    """The same run under another name."""
    assert ids(select_current([shard(1), shard(1, origin="copy.json"), shard(2)])) == [1, 2]


def test_two_different_files_of_one_run_are_refused() -> None:
    """Both are named: nobody can tell which of them is true."""
    with pytest.raises(EvidenceError) as caught:
        select_current([shard(1), shard(2), shard(1, origin="copy.json", text="other")])
    assert str(caught.value) == (
        "copy.json: is of the same run as 1.json, and differs from it; give only what the run wrote last"
    )


@pytest.mark.parametrize(
    ("shards", "kept"),
    [
        ([part(1, "1/2"), part(2, "1/2", attempt=2)], [2]),
        ([part(1, "1/2", attempt=3), part(2, "1/2", attempt=2), part(3, "1/2")], [1]),
        ([part(1, "1/2"), part(2, "2/2", attempt=2)], [1, 2]),
        ([part(1, "linux"), part(2, "linux", attempt=2), part(3, "mac")], [2, 3]),
        ([part(1, "1/2", attempt=2), part(2, "1/2", attempt=2), part(3, "1/2")], [1, 2]),
        ([part(1, None), part(2, None, attempt=2)], [1, 2]),
        ([part(1, None, attempt=2), part(2, "1/1")], [1, 2]),
        ([part(1, "1/1", attempt=10), part(2, "1/1", attempt=9)], [1]),
        ([], []),
    ],
)
def test_of_a_named_shard_the_last_attempt_counts(shards: list[Shard], kept: list[int]) -> None:
    """Two of the same attempt both count, and so does everything that has no name."""
    assert ids(select_current(shards)) == kept
    assert ids(select_current(shards[::-1])) == kept


@pytest.mark.parametrize(("name", "state"), [("1/1", "guarded"), (None, "failing")])
def test_a_retry_of_a_named_shard_replaces_a_failure(name: str | None, state: str) -> None:
    """Without a name nobody can tell that it was a retry, and the worst result wins."""
    first = shard(1, run([(A, Outcome.FAILED)]), shard=name)
    second = shard(2, run([(A, Outcome.PASSED)]), shard=name, attempt=2)
    made = report(INCIDENTS, merge_shards(select_current([first, second])))
    assert states(made)["PM-1/AI-1"] == state


def test_a_retry_that_failed_is_no_better_for_the_first_one_that_passed() -> None:
    """The last attempt counts, good or bad."""
    first = shard(1, run([(A, Outcome.PASSED)]), shard="1/1")
    second = shard(2, run([(A, Outcome.CRASHED)]), shard="1/1", attempt=2)
    assert states(report(INCIDENTS, merge_shards(select_current([second, first]))))["PM-1/AI-1"] == "failing"


# --- what the union knows ------------------------------------------------------------------------------------------

OFF_A = replace(A, switched_off="later")
DESELECTED_A = replace(A, deselected=True)
D = LinkedTest("tests/test_x.py::test_d", "tests/test_x.py")

# name: the runs, the state of PM-1/AI-1, the verdict by `passed`, the verdict by `linked`
PASS, FAIL, UNJUDGED = Verdict.PASS, Verdict.FAIL, Verdict.NOT_JUDGED
ONE_ITEM = (postmortem("PM-1", item()),)
UNIONS: dict[str, tuple[list[Run], State, Verdict, Verdict]] = {
    "passed": ([run([(A, Outcome.PASSED)])], State.GUARDED, PASS, PASS),
    "passed and skipped": ([run([(A, Outcome.PASSED)]), run([(A, Outcome.SKIPPED)])], State.GUARDED, PASS, PASS),
    "passed and xfailed": ([run([(A, Outcome.PASSED)]), run([(A, Outcome.XFAILED)])], State.GUARDED, PASS, PASS),
    "passed and switched off": ([run([(A, Outcome.PASSED)]), run([(OFF_A, Outcome.SKIPPED)])], State.GUARDED, PASS, PASS),
    "passed and deselected": ([run([(A, Outcome.PASSED)]), run([(DESELECTED_A, Outcome.NOT_RUN)], deselected=1)], State.GUARDED, PASS, PASS),
    "passed and flaky": ([run([(A, Outcome.PASSED)]), run([(A, Outcome.FLAKY)])], State.GUARDED, PASS, PASS),
    "passed and failed": ([run([(A, Outcome.PASSED)]), run([(A, Outcome.FAILED)])], State.FAILING, FAIL, FAIL),
    "passed and crashed": ([run([(A, Outcome.CRASHED)]), run([(A, Outcome.PASSED)])], State.FAILING, FAIL, FAIL),
    "flaky and error": ([run([(A, Outcome.FLAKY)]), run([(A, Outcome.ERROR)])], State.FAILING, FAIL, FAIL),
    "skipped in every shard": ([run([(A, Outcome.SKIPPED)]), run([(A, Outcome.SKIPPED)])], State.DISABLED, FAIL, FAIL),
    "skipped in the only shard": ([run([(A, Outcome.SKIPPED)])], State.DISABLED, FAIL, FAIL),
    "skipped here and switched off there": ([run([(A, Outcome.SKIPPED)]), run([(OFF_A, Outcome.SKIPPED)])], State.DISABLED, FAIL, FAIL),
    "xfailed and xpassed": ([run([(A, Outcome.XFAILED)]), run([(A, Outcome.XPASSED)])], State.DISABLED, FAIL, FAIL),
    "skipped and not collected": ([run([(A, Outcome.SKIPPED)]), run()], State.DISABLED, FAIL, FAIL),
    "deselected in every shard": ([run([(DESELECTED_A, Outcome.NOT_RUN)], deselected=1), run([(DESELECTED_A, Outcome.NOT_RUN)], deselected=1)], State.NOT_RUN, FAIL, PASS),
    "deselected everywhere, nothing left": ([run([(DESELECTED_A, Outcome.NOT_RUN)], deselected=1, collected=0, finished=0)], State.NOT_RUN, FAIL, UNJUDGED),
    "deselect-sharded": (
        [run([(DESELECTED_A, Outcome.NOT_RUN), (test("test_z"), Outcome.PASSED)], deselected=1), run([(A, Outcome.PASSED)], deselected=1)],
        State.GUARDED, PASS, PASS,
    ),
    "missing": ([run(), run()], State.MISSING, FAIL, FAIL),
    "linked in one shard only": ([run(), run([(A, Outcome.PASSED)])], State.GUARDED, PASS, PASS),
    "stopped after the linked test": ([run([(A, Outcome.PASSED)], stopped=("2 of 3 tests have no result",))], State.GUARDED, PASS, PASS),
    "stopped before the linked test": ([run([(A, Outcome.NOT_RUN)], stopped=("2 of 3 tests have no result",))], State.NOT_RUN, FAIL, UNJUDGED),
    "stopped before it here, passed there": (
        [run([(A, Outcome.NOT_RUN)], stopped=("2 of 3 tests have no result",)), run([(A, Outcome.PASSED)])],
        State.GUARDED, PASS, PASS,
    ),
    "collected only": ([run([(A, Outcome.NOT_RUN)], collect_only=True)], State.NOT_RUN, FAIL, UNJUDGED),
    "collected only, all of them, nothing linked": ([run(collect_only=True), run(collect_only=True)], State.MISSING, FAIL, FAIL),
    "collected only and passed": ([run([(A, Outcome.NOT_RUN)], collect_only=True), run([(A, Outcome.PASSED)])], State.GUARDED, PASS, PASS),
    "no test at all": ([run(collected=0, finished=0, files=frozenset()), run(collected=0, finished=0)], State.MISSING, FAIL, FAIL),
    "one shard without a test": ([run([(A, Outcome.PASSED)]), run(collected=0, finished=0)], State.GUARDED, PASS, PASS),
    "one lost its inventory": ([run(lost="no worker spoke"), run([(A, Outcome.PASSED)])], State.GUARDED, PASS, PASS),
    "the only one lost its inventory": ([run(lost="no worker spoke")], State.UNKNOWN, UNJUDGED, UNJUDGED),
    "all lost their inventories": ([run(lost="no worker spoke"), run(lost="the collection was broken off")], State.UNKNOWN, UNJUDGED, UNJUDGED),
    "one lost its inventory, one was narrowed": ([run(lost="no worker spoke"), run(narrowed=("x",))], State.UNKNOWN, UNJUDGED, UNJUDGED),
    "one lost its inventory, a whole one knows": ([run(lost="no worker spoke"), run()], State.MISSING, FAIL, FAIL),
    "a lost inventory and a failure": ([run([(A, Outcome.FAILED)], lost="no worker spoke")], State.FAILING, FAIL, FAIL),
    "withheld here, collected there": ([run(withheld={"tests/test_x.py": "failed at collection"}, files=frozenset()), run()], State.MISSING, FAIL, FAIL),
    "withheld here, guarded there": (
        [run(withheld={"tests/test_x.py": "failed at collection"}, files=frozenset()), run([(A, Outcome.PASSED)])],
        State.GUARDED, PASS, PASS,
    ),
    "withheld in every shard": (
        [run(withheld={"tests/test_y.py": "failed at collection"}), run(withheld={"tests/test_y.py": "was skipped"})],
        State.UNKNOWN, UNJUDGED, UNJUDGED,
    ),
    "unknown and failing elsewhere": (
        [run(withheld={"tests/test_y.py": "failed at collection"}), run([(A, Outcome.ERROR)])],
        State.FAILING, FAIL, FAIL,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNIONS)
def test_what_the_union_says(name: str) -> None:
    """The state of the item, and what the gate says of it by `passed` and by `linked`."""
    found, state, passed, linked = UNIONS[name]
    for order in (found, found[::-1]):
        made = report(ONE_ITEM, merge_shards([shard(number, one) for number, one in enumerate(order)]), NOWHERE)
        assert made.postmortems[0].items[0].state is state
        assert (decide(made, Policy.PASSED).verdict, decide(made, Policy.LINKED).verdict) == (passed, linked)


def test_skipped_everywhere_tells_why() -> None:
    """With the reasons of all shards' worst result."""
    skipped = [run([(A, Result(Outcome.SKIPPED, why))]) for why in ("not on linux", "not on windows")]
    made = report(ONE_ITEM, merge_shards([shard(number, one) for number, one in enumerate(skipped)]))
    assert made.postmortems[0].items[0].reason == "skipped in every shard: skipped: not on windows"


def test_no_postmortem_is_not_judged() -> None:
    """Nothing to guard is nothing to pass."""
    decision = decide(report([], merge_shards([shard(1)])), Policy.PASSED)
    assert (decision.verdict, decision.reasons) == (Verdict.NOT_JUDGED, ("no post-mortem was found",))


def test_no_test_is_not_judged() -> None:
    """Also where no item requires one."""
    decision = decide(
        report([postmortem("PM-1")], merge_shards([shard(1, run(collected=0, finished=0))])), Policy.PASSED
    )
    assert (decision.verdict, decision.reasons) == (Verdict.NOT_JUDGED, ("no test was collected",))


def test_links_of_several_shards_are_united() -> None:
    """A test that guards one item here and another there guards both."""
    one, other = test("test_a", "PM-1/AI-1"), test("test_a", "PM-1/AI-2", "PM-4")
    made, decision = judged([run([(one, Outcome.PASSED)]), run([(other, Outcome.SKIPPED)])])
    assert (states(made)["PM-1/AI-1"], states(made)["PM-1/AI-2"]) == ("guarded", "guarded")
    assert made.postmortems[3].state.value == "guarded"
    merged = merge_shards([shard(1, run([(one, Outcome.PASSED)])), shard(2, run([(other, Outcome.SKIPPED)]))])
    assert merged.tests[0].links == (Link("PM-1", "AI-1"), Link("PM-1", "AI-2"), Link("PM-4"))
    assert [(one.postmortem, one.state) for one in decision.violations] == [("PM-3", "missing")]


def test_each_shard_guards_its_part() -> None:
    """None of them alone is enough, both are."""
    first, second = run([(A, Outcome.PASSED)]), run([(B, Outcome.PASSED)])
    both = (postmortem("PM-1", item("AI-1"), item("AI-2")),)
    for found, verdict in (([first], FAIL), ([second], FAIL), ([first, second], PASS)):
        made = report(both, merge_shards([shard(number, one) for number, one in enumerate(found)]))
        assert decide(made, Policy.PASSED).verdict is verdict


def test_a_test_that_a_document_names_is_found_in_any_shard() -> None:
    """With no marker at all."""
    made, _ = judged([run([(D, Outcome.PASSED)]), run(narrowed=("only tests/other was asked for",))])
    assert states(made)["PM-3/AI-1"] == "guarded"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Three test files, of which two name an incident."""
    for name, text in {"a": "PM-1", "b": "nothing", "c": "PM-2"}.items():
        path = tmp_path / name / f"test_{name}.py"
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")
    return tmp_path


def by_path(*folders: str) -> list[Run]:
    """A run of each folder alone."""
    return [run(narrowed=(f"only {one} was asked for",), files=frozenset({f"{one}/test_{one}.py"})) for one in folders]


@pytest.mark.parametrize(
    ("folders", "state"),
    [
        (("a", "b", "c"), State.MISSING),
        (("a", "b"), State.MISSING),
        (("b", "c"), State.UNKNOWN),
        (("b",), State.UNKNOWN),
    ],
)
def test_shards_by_path_know_together_what_they_have_seen(tree: Path, folders: tuple[str, ...], state: State) -> None:
    """An item is missing when no file that any of them left out names its incident, and unknown otherwise."""
    merged = merge_shards([shard(number, one) for number, one in enumerate(by_path(*folders))])
    made = report(ONE_ITEM, merged, tree)
    assert made.postmortems[0].items[0].state is state
    if state is State.UNKNOWN:
        assert made.postmortems[0].items[0].reason == "a/test_a.py was not collected in full"


def test_shards_by_path_that_guard_are_complete(tree: Path) -> None:
    """Each is a part by intent; together they know every item."""
    first, second = by_path("a", "b")
    first = replace(first, tests=(A,), results={A.node_id: Result(Outcome.PASSED)})
    made = report(ONE_ITEM, merge_shards([shard(1, first), shard(2, second)]), tree)
    assert made.completeness.complete
    assert made.run.narrowed == ("only a was asked for", "only b was asked for")
    assert decide(made, Policy.PASSED).verdict is PASS


def test_a_whole_run_beside_a_part_makes_the_union_whole() -> None:
    """It has seen every file."""
    merged = merge_shards([shard(1, run(narrowed=("x",), lost=None)), shard(2)])
    assert (merged.narrowed, merged.lost) == ((), None)


def test_the_union_adds_up() -> None:
    """Counts are sums; texts stand once, sorted; what all share stays, and what they do not share is gone."""
    first = run(
        collected=3, finished=2, deselected=4, notes=("b", "a"), stopped=("y",), scope="shop", narrowed=("n", "m")
    )
    second = run(collected=4, finished=4, notes=("a",), stopped=("x", "y"), scope="shop", narrowed=("m",))
    merged = merge_shards([shard(1, first), shard(2, second)])
    assert (merged.collected, merged.finished, merged.deselected) == (7, 6, 0)
    assert (merged.notes, merged.stopped, merged.narrowed) == (("a", "b"), ("x", "y"), ("m", "n"))
    assert (merged.scope, merged.union) == ("shop", True)
    assert merge_shards([shard(1, first), shard(2, replace(second, scope="pay"))]).scope == ""


def test_a_test_that_moved_between_shards_has_one_place() -> None:
    """Lines differ where a shard could not tell; the known one counts."""
    merged = merge_shards([shard(1, run([(replace(A, line=0), Outcome.PASSED)])), shard(2, run([(A, Outcome.PASSED)]))])
    assert merged.tests == (A,)


def test_the_runs_of_merged_evidence_are_the_runs_in_it() -> None:
    """Each once, sorted."""
    merged = shard(9, runs=(hexadecimal(2), hexadecimal(1)))
    assert list_runs([merged, shard(3), shard(1)]) == tuple(map(hexadecimal, (1, 2, 3)))


def test_a_union_looks_into_a_folder_once(tree: Path) -> None:
    """A link that leads back to it makes no circle."""
    tree.joinpath("b", "round").symlink_to(tree)
    made = report(ONE_ITEM, merge_shards([shard(1, by_path("b")[0])]), tree)
    assert made.postmortems[0].items[0].reason == "a/test_a.py was not collected in full"
    made = report(ONE_ITEM, merge_shards([shard(1, by_path("a")[0]), shard(2, by_path("b")[0])]), tree)
    assert made.postmortems[0].items[0].state is State.MISSING


def test_a_test_that_names_no_item_is_hinted_at_once() -> None:
    """However many shards have it; where an item is missing, its reason names the test instead."""
    whole = test("test_whole", "PM-1")
    both = (postmortem("PM-1", item("AI-1"), item("AI-2")),)
    shards = [shard(1, run([(A, Outcome.PASSED), (whole, Outcome.PASSED)])), shard(2, run([(whole, Outcome.PASSED)]))]
    told = "tests/test_x.py::test_whole guards PM-1 and"
    missing = report(both, merge_shards(shards))
    assert missing.hints == ()
    assert missing.postmortems[0].items[1].reason == (
        f'{told} does not say which of its action items; add action_item="AI-2" where a test guards it'
    )
    (hint,) = report(both, merge_shards([*shards, shard(3, run([(B, Outcome.PASSED)]))])).hints
    assert (hint.origin, hint.line) == ("tests/test_x.py", 3)
    assert hint.text == f"{told} names no action item; add action_item= with one of AI-1, AI-2"


def test_what_all_shards_guard_is_quiet() -> None:
    """And what asks for no test; a gap of any kind is shown."""
    incidents = (
        postmortem("PM-1", item("AI-1"), item("AI-2", "no")),
        postmortem("PM-4"),
        postmortem("PM-5", item()),
        postmortem("PM-6", item("AI-1", "2026-12-31")),
        postmortem("PM-7", severity="SEV1"),
    )
    made = report(incidents, merge_shards([shard(1, run([(A, Outcome.PASSED)])), shard(2)]), guard=("sev 1",))
    assert [one.postmortem.id for one in made.postmortems if one.quiet] == ["PM-1", "PM-4"]


def test_an_item_that_is_known_by_its_place_alone_is_hinted_at() -> None:
    """At its line: its id moves when somebody inserts one before it."""
    numbered = postmortem("PM-1", item("1", has_own_id=False, line=12), item("2", "no", has_own_id=False))
    (hint,) = report([numbered], merge_shards([shard(1, run([(test("test_a", "PM-1/1"), Outcome.PASSED)]))])).hints
    assert (hint.origin, hint.line) == ("docs/PM-1.md", 12)
    assert hint.text == (
        "action item 1 requires a test and has only its place in the list as id, "
        "which moves when somebody inserts a line; begin it with one and a colon, such as AI-1:"
    )


def test_what_was_broken_off_is_told_of_a_union_that_knows_every_item() -> None:
    """It is judged all the same: a shard is a part by intent."""
    broken = report(
        [postmortem("PM-1", item())], run([(A, Outcome.PASSED)], union=True, stopped=("1 of 2 tests have no result",))
    )
    assert broken.completeness.reasons == ("1 of 2 tests have no result",)
    assert not broken.completeness.complete
    whole = report([postmortem("PM-1", item())], run([(A, Outcome.PASSED)], union=True, narrowed=("shard 1/2",)))
    assert whole.completeness.complete


def problems(shards: Sequence[Shard], **expected: Any) -> list[str]:
    return [str(one) for one in find_refusals(shards, replace(EXPECTED, **expected))]


def test_evidence_of_another_ci_run_is_refused() -> None:
    """Where this is a job of one; another attempt of the same run is none."""
    same, again, other = shard(1, ci_run="77"), shard(2, ci_run="77", attempt=2), shard(3, ci_run="76")
    assert problems([same, again, other]) == []
    assert problems([same, again], ci_run="77") == []
    assert problems([same, other, shard(4)], ci_run="77") == [
        "3.json: is of the CI run 76, and this is run 77; give only the evidence that this run has made",
        "4.json: does not say which CI run it is of, and this is run 77; pass the variables of the CI service on to "
        "pytest (pass_env in tox, -e for docker), or set POSTMORTEM_RUN",
    ]


def test_evidence_of_other_tests_is_refused(tmp_path: Path) -> None:
    """By the digests of their files: at most five are named; the files of all shards come together."""
    for number in range(7):
        tmp_path.joinpath(f"test_{number}.py").write_text("x", encoding="utf-8")
    tests = [test("test_it", "PM-1", path=f"test_{number}.py") for number in range(7)]
    digests = FileDigests(tmp_path).compute(tests)
    whole = run([(one, Outcome.PASSED) for one in tests], digests=digests)
    assert problems([shard(1, whole)], files=FileDigests(tmp_path)) == []
    for number in range(7):
        tmp_path.joinpath(f"test_{number}.py").write_text("y", encoding="utf-8")
    assert problems([shard(1, whole)]) == []
    assert problems([shard(1, whole)], files=FileDigests(tmp_path)) == [
        "1.json: is not of these tests: test_0.py was changed, test_1.py was changed, test_2.py was changed, "
        "test_3.py was changed, test_4.py was changed and 2 more since the run; run the tests again"
    ]
    one, two = run(digests={"a.py": "1"}), run(digests={"b.py": "2"})
    assert merge_shards([shard(1, one), shard(2, two)]).digests == {"a.py": "1", "b.py": "2"}


def test_evidence_of_documents_that_are_gone_is_refused() -> None:
    """What was guarded or linked needs a document that still names it, whatever its id or alias."""
    linked = run([(A, Outcome.PASSED), (test("test_whole", "PM-2"), Outcome.PASSED)])
    one = shard(1, linked, guarded=(Guarded("PM-3", "", "", ("AI-7",)),))
    assert problems([one], items={"PM-1": {"AI-1"}, "PM-2": (), "PM-3": ["AI-7"]}) == []
    assert problems([one], items={"PM-1": {"AI-2"}, "PM-3": ()}) == [
        "1.json: is not of these documents: PM-1/AI-1, PM-2, PM-3/AI-7 is not there any more; "
        "run the tests again, and correct their markers if they fail"
    ]
