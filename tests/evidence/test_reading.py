"""Evidence read back: what was written comes back, and what is not whole is refused in one kind of error."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_postmortem.errors import EvidenceError
from pytest_postmortem.evidence import writing as evidence
from pytest_postmortem.evidence.reading import Guarded, Shard, load_shard
from pytest_postmortem.judging.gate import decide
from pytest_postmortem.model.link import Link, LinkedTest, Result
from pytest_postmortem.model.run import Run
from pytest_postmortem.model.state import Outcome, Policy
from tests.builders import META, item, postmortem, report, test
from tests.evidence.test_writing import LATER, written

TEXT = written()
SAID: dict[str, Any] = json.loads(TEXT)
PROPERTY = settings(max_examples=200, deadline=None, derandomize=bool(os.environ.get("CI")))

Key = tuple[str | int, ...]


def refused(text: str) -> EvidenceError:
    """The error on this text: with its origin, a problem and a hint, on one line."""
    with pytest.raises(EvidenceError) as caught:
        load_shard(text, "shards/e.json")
    error = caught.value
    assert error.origin == "shards/e.json"
    assert error.problem
    assert error.hint
    assert str(error) == f"shards/e.json: {error.problem}; {error.hint}"
    assert "\n" not in str(error)
    return error


def keys(value: Any, at: Key = ()) -> Iterator[Key]:
    """The place of every key and every member of a list, nested ones too."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield (*at, name)
        yield from keys(one, (*at, name))


def changed(place: Key, change: Callable[[Any, Any], object]) -> str:
    """The evidence with one change at `place`: `change` is given what holds it, and its last key."""
    said = json.loads(TEXT)
    holder = said
    for name in place[:-1]:
        holder = holder[name]
    change(holder, place[-1])
    return json.dumps(said)


def lacking(place: Key) -> str:
    return changed(place, lambda holder, name: holder.pop(name))


def having(place: Key, value: Any) -> str:
    return changed(place, lambda holder, name: holder.__setitem__(name, value))


def value_at(place: Key) -> Any:
    value: Any = SAID
    for name in place:
        value = value[name]
    return value


NOT_JUDGED_BY = ("$schema", "tool", "exit_status", "today", "decision", "completeness", "counts", "hints", "skipped")
"""Keys that say what a run itself made of its facts; the union is judged by the facts alone."""


def is_judged_by(place: Key) -> bool:
    if place[0] in (*NOT_JUDGED_BY, "places"):
        return False
    if place[0] == "postmortems" and len(place) > 2:
        inner = place[2:]
        return inner[0] in ("state", "items") and (len(inner) < 3 or inner[2] == "state")
    return True


PLACES = [place for place in keys(SAID) if not LATER.intersection(place)]
NAMED = [
    place for place in PLACES if isinstance(place[-1], str) and place[:2] != ("inventory", "withheld", "README.md")
]
NEEDED = [place for place in NAMED if is_judged_by(place) and place != ("inventory", "withheld", "README.md")]
NULLABLE = {"ci_run", "commit", "shard", "lost", "item", "switched_off"}
WRONG: tuple[Any, ...] = (None, True, 7, -1, 1.5, float("nan"), float("inf"), "x", "", [], {}, [None], {"a": None})


def told(place: Key) -> str:
    return ".".join(map(str, place))


def wrong_values(place: Key) -> Iterator[Any]:
    """Values that no evidence has there, by the schema."""
    now = value_at(place)
    kinds: set[type] = {type(now)}
    if place[-1] in NULLABLE:
        kinds |= {str, type(None)}
    for value in WRONG:
        if type(value) not in kinds or (isinstance(value, int) and value < 0) or value in ([None], {"a": None}):
            yield value


def test_what_was_written_comes_back() -> None:
    """Every fact of the run, where it comes from, and what had a guard."""
    one = postmortem("PM-1", item("AI-1"), item("AI-2"), item("AI-3", "tests/test_x.py::test_d"))
    tests = (
        test("test_a", "PM-1/AI-1", "PM-2"),
        test("test_b", "PM-1/AI-2", switched_off="later"),
        test("test_c", "PM-2", deselected=True),
        LinkedTest("tests/test_x.py::test_d", "tests/test_x.py"),
    )
    run = Run(
        tests=tests,
        results={
            tests[0].node_id: Result(Outcome.FLAKY, "second try"),
            tests[1].node_id: Result(Outcome.SKIPPED, "later"),
            tests[2].node_id: Result(),
            tests[3].node_id: Result(Outcome.PASSED),
        },
        files=frozenset({"tests/test_x.py", "tests/test_y.py"}),
        withheld={"tests/a.py": "failed at collection", "tests/b.py": "was skipped"},
        scope="services/shop",
        narrowed=("only tests was asked for",),
        stopped=("2 of 9 tests have no result",),
        lost=None,
        notes=("gw0 was lost",),
        collect_only=False,
        collected=9,
        finished=7,
        deselected=3,
        digests={"tests/test_x.py": "e" * 64},
    )
    made = report([one, postmortem("PM-2"), postmortem("PM-3", item())], run)
    meta = evidence.Meta(
        "a" * 32, "2026-06-15T08:00:00+00:00", "1", "9.0", "3.13", None, "d" * 64, "2/4", 3, ("b" * 32, "c" * 32), "77"
    )
    text = evidence.render_finished(
        made, decide(made, Policy.LINKED), meta, ended="2026-06-15T10:01:00+02:00", exit_status=1
    )
    assert load_shard(text, "e.json") == Shard(
        origin="e.json",
        run_id="a" * 32,
        commit=None,
        configuration="d" * 64,
        started="2026-06-15T08:00:00+00:00",
        finished=datetime(2026, 6, 15, 8, 1, tzinfo=UTC),
        pytest="9.0",
        python="3.13",
        shard="2/4",
        attempt=3,
        runs=("b" * 32, "c" * 32),
        run=run,
        guarded=(
            Guarded("PM-1", "Title of PM-1", "docs/PM-1.md", ("AI-1", "AI-3")),
            Guarded("PM-2", "Title of PM-2", "docs/PM-2.md", ()),
        ),
        text=text,
        ci_run="77",
    )


@pytest.mark.parametrize(
    "facts",
    [
        {"lost": "no worker spoke"},
        {"collect_only": True},
        {"union": True},
        {"collected": 0, "finished": 0},
        {"files": frozenset()},
        {"notes": ("b", "a")},
    ],
    ids=lambda facts: next(iter(facts)),
)
def test_each_fact_comes_back(facts: dict[str, Any]) -> None:
    """Those that a fine run has not."""
    run = Run(**{"collected": 1, "finished": 1, **facts})
    made = report([postmortem("PM-1", item())], run)
    text = evidence.render_finished(
        made, decide(made, Policy.LINKED), META, ended="2026-06-15T08:01:00+00:00", exit_status=0
    )
    assert load_shard(text, "e.json").run == run


def test_a_run_that_was_not_merged_is_its_own_only_run() -> None:
    """Its id counts as one shard."""
    assert load_shard(TEXT, "e.json").runs == (META.run_id,)


def test_a_failing_incident_with_a_guarded_item_had_a_guard() -> None:
    """The item's guard can be lost, whatever the rest of the post-mortem is."""
    said = json.loads(TEXT)
    said["postmortems"][0]["items"][1]["state"] = "guarded"
    assert load_shard(json.dumps(said), "e.json").guarded == (
        Guarded("PM-1", "Title of PM-1", "docs/PM-1.md", ("AI-2",)),
    )
    assert load_shard(TEXT, "e.json").guarded == ()


@pytest.mark.parametrize("name", ["id", "title", "origin", "items", "state"])
def test_what_a_baseline_reads_must_be_there(name: str) -> None:
    """Of a post-mortem that had a guard, and as a text."""
    said = json.loads(TEXT)
    said["postmortems"][0]["items"][0]["state"] = "guarded"
    said["postmortems"][0][name] = 7
    assert "7" in refused(json.dumps(said)).problem or name == "items"
    del said["postmortems"][0][name]
    assert refused(json.dumps(said)).problem == f"is no evidence of version 1: the key {name!r}"
    said = json.loads(TEXT)
    said["postmortems"][0]["items"][0]["state"] = "guarded"
    del said["postmortems"][0]["items"][0]["id"]
    assert refused(json.dumps(said)).problem == "is no evidence of version 1: the key 'id'"


def test_foreign_text_comes_back() -> None:
    """Lone surrogates, controls and every language, as escapes and as they are."""
    name = "PM-\ud800\x1b\u202e問題"
    linked = test("test_\udcff", name, path="tests/\udc80.py")
    run = Run(tests=(linked,), results={linked.node_id: Result(Outcome.PASSED, "\x00\n")}, collected=1, finished=1)
    made = report([postmortem(name)], run)
    text = evidence.render_finished(
        made, decide(made, Policy.LINKED), META, ended="2026-06-15T08:01:00+00:00", exit_status=0
    )
    assert load_shard(text, "e.json").run == run
    raw = json.dumps(json.loads(text), ensure_ascii=False)
    assert load_shard(raw, "e.json").run == run


@pytest.mark.parametrize("part", range(64))
def test_a_truncated_file_is_refused(part: int) -> None:
    """At every 1/64 of it."""
    error = refused(TEXT[: len(TEXT) * part // 64])
    assert error.problem == "is no whole JSON"
    assert error.hint == "run the tests again, or upload the file after the run has ended"


def test_a_file_that_lacks_its_last_characters_is_refused() -> None:
    """Wherever it was cut, except for the line break at its end."""
    assert load_shard(TEXT[:-1], "e.json").run_id == META.run_id
    for length in range(len(TEXT) - 200, len(TEXT) - 1):
        refused(TEXT[:length])


@pytest.mark.parametrize("place", NEEDED, ids=told)
def test_a_key_that_is_judged_by_must_be_there(place: Key) -> None:
    """The message names it."""
    error = refused(lacking(place))
    if place not in (("version",), ("state",)):
        assert error.problem == f"is no evidence of version 1: the key {place[-1]!r}"
    assert error.hint == "give a file that `pytest --incident-output=NAME.json` has written"


@pytest.mark.parametrize("place", NEEDED, ids=told)
def test_a_value_of_another_kind_makes_no_other_exception(place: Key) -> None:
    """It is taken or refused in our own words."""
    for value in WRONG:
        try:
            load_shard(having(place, value), "shards/e.json")
        except EvidenceError:
            refused(having(place, value))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (place, value)
        for place in NEEDED
        for value in wrong_values(place)
        if not isinstance(value_at(place), list | bool) and place != ("version",)
    ],
    ids=lambda one: told(one) if isinstance(one, tuple) else repr(one),
)
def test_a_text_a_number_and_a_table_must_be_one(place: Key, value: Any) -> None:
    """Every other kind of value is refused."""
    refused(having(place, value))


def test_a_list_and_a_flag_must_be_one() -> None:
    """A text is no list of its letters, an empty table no empty list, and "false" is not true."""
    places = [place for place in NEEDED if isinstance(value_at(place), list | bool)]
    assert len(places) > 10
    taken = []
    for place in places:
        for value in wrong_values(place):
            try:
                load_shard(having(place, value), "e.json")
            except EvidenceError:
                continue
            taken.append(f"{told(place)} = {value!r}")
    assert taken == []


def test_evidence_that_lacks_any_key_is_refused() -> None:
    """Also one that is not judged by: the schema knows no evidence without it."""
    taken = []
    for place in NAMED:
        if place[:2] == ("inventory", "withheld") and len(place) == 3:
            continue
        try:
            load_shard(lacking(place), "e.json")
        except EvidenceError:
            continue
        taken.append(told(place))
    assert taken == []


@pytest.mark.parametrize("key", sorted(LATER & SAID.keys()))
def test_what_came_later_is_not_asked_for(key: str) -> None:
    """Evidence of an older version is read as before: `check` finds out anew what is to be followed up."""
    assert replace(load_shard(lacking((key,)), "e.json"), text="") == replace(load_shard(TEXT, "e.json"), text="")


def test_a_version_that_there_never_was_is_refused() -> None:
    """Versions are numbers, and count from 1."""
    for version in (0, -1, True, False):
        error = refused(having(("version",), version))
        assert error.hint == "give a file that `pytest --incident-output=NAME.json` has written"


@pytest.mark.parametrize("version", ["1", 1.0, None, [1], {}], ids=repr)
def test_a_version_that_is_no_number_is_refused(version: Any) -> None:
    """It is no evidence at all."""
    assert refused(having(("version",), version)).problem == "is no evidence"


@pytest.mark.parametrize("version", [2, 3, 10**400])
def test_a_newer_version_is_refused(version: int) -> None:
    """With what to do; also where everything else has changed."""
    error = refused(having(("version",), version))
    assert error.problem == f"has version {version}, and this pytest-postmortem knows up to 1"
    assert error.hint == "update pytest-postmortem here too"
    assert refused(json.dumps({"version": version, "state": {}})) == error


@pytest.mark.parametrize("state", ["running", "", "Finished", None, True, {}, []], ids=repr)
def test_a_run_that_is_not_over_is_refused(state: Any) -> None:
    """Whatever else stands there."""
    error = refused(having(("state",), state))
    assert error.problem == "says that its run is under way: the run was killed, or is not over"
    assert error.hint == "run the tests again, to their end"


def test_what_a_killed_run_leaves_is_refused() -> None:
    """The file as it is written at the start."""
    assert "under way" in refused(evidence.render_running(META)).problem


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "\x00",
        "{",
        "{'version': 1}",
        "evidence",
        TEXT + TEXT,
        TEXT + "x",
        "\ufeff" + TEXT,
        "<html>sign in</html>",
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        '{"version":' * 100_000,
        '{"version":1,"state":' + "9" * 5000 + "}",
        '{"version": 1, "state": NaN}',
        "NaN",
        '{"state": "running", ' + TEXT[1:],
        TEXT.replace('"outcome":', '"outcome": "passed", "outcome":', 1),
        "\ud800",
    ],
    ids=lambda text: f"{len(text)} {text[:12]!r}",
)
def test_what_is_no_json_is_refused(text: str) -> None:
    """Deep nesting, endless numbers and keys that stand twice, too."""
    assert refused(text).problem == "is no whole JSON"


@pytest.mark.parametrize(
    "text",
    ["null", "true", "1", '"finished"', "[]", "{}", '[{"version":1}]', '{"version":1}', '{"state":"finished"}'],
)
def test_json_that_is_something_else_is_refused(text: str) -> None:
    """An array, a text, a file of another tool."""
    error = refused(text)
    assert error.problem == "is no evidence"
    assert error.hint == "give a file that `pytest --incident-output=NAME.json` has written"


@pytest.mark.parametrize(
    ("place", "value", "problem"),
    [
        (("finished",), "yesterday", "Invalid isoformat string: 'yesterday'"),
        (("finished",), "2026-13-01T00:00:00+00:00", "month must be in 1..12"),
        (("finished",), "2026-06-15T08:01:00", "2026-06-15T08:01:00 has no time zone"),
        (("tests", 0, "outcome"), "fine", "'fine' is not a valid Outcome"),
        (("tests", 0, "outcome"), [], "[] is not a valid Outcome"),
        (("postmortems", 0, "state"), "good", "'good' is not a valid PostmortemState"),
        (("postmortems", 0, "items", 0, "state"), "good", "'good' is not a valid State"),
        (("attempt",), True, "True where a number is expected"),
        (("inventory", "collected"), -1, "-1 where a number is expected"),
        (("inventory", "collected"), 1e300, "1e+300 where a number is expected"),
        (("tests", 0, "node_id"), 7, "7 where a text is expected"),
        (("run_id",), "x" * 3, None),
        (("notes",), ["a" * 1000, ["b" * 1000]], "['" + "b" * 58 + " where a text is expected"),
    ],
    ids=repr,
)  # fmt: skip
def test_a_wrong_value_is_told(place: Key, value: Any, problem: str | None) -> None:
    """In short, however long it is."""
    if problem is None:
        assert load_shard(having(place, value), "e.json").run_id == value
    else:
        assert refused(having(place, value)).problem == f"is no evidence of version 1: {problem}"


@pytest.mark.parametrize("depth", [50, 500, 900, 1000])
@pytest.mark.parametrize(
    "place", [("run_id",), ("notes", 0), ("tests", 0, "links", 0, "postmortem"), ("tests", 0, "outcome")], ids=told
)
def test_a_deep_value_where_a_text_is_expected_is_refused(place: Key, depth: int) -> None:
    """Showing it in the message does not run out of stack."""
    refused(having(place, "@").replace('"@"', "[" * depth + "]" * depth))


def test_big_numbers_are_numbers() -> None:
    """A count of 400 digits is nothing to fail on."""
    assert load_shard(having(("inventory", "collected"), 10**400), "e.json").run.collected == 10**400


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(place=st.sampled_from(PLACES), value=JSON)
@PROPERTY
def test_anything_anywhere_is_evidence_or_an_error_of_ours(place: Key, value: Any) -> None:
    """No value at any place of the file makes another exception."""
    text = having(place, value)
    try:
        shard = load_shard(text, "shards/e.json")
    except EvidenceError:
        refused(text)
    else:
        assert shard.text == text


@given(start=st.integers(0, len(TEXT)), length=st.integers(0, 40), text=st.text(max_size=10))
@PROPERTY
def test_a_damaged_file_is_evidence_or_an_error_of_ours(start: int, length: int, text: str) -> None:
    """Bytes lost, overwritten or inserted."""
    damaged = TEXT[:start] + text + TEXT[start + length :]
    try:
        shard = load_shard(damaged, "shards/e.json")
    except EvidenceError:
        refused(damaged)
    else:
        assert shard.text == damaged


def test_a_link_without_an_item_comes_back() -> None:
    """It guards the incident as a whole."""
    assert load_shard(having(("tests", 0, "links", 0, "item"), None), "e.json").run.tests[0].links == (Link("PM-1"),)


def test_evidence_in_which_a_test_stands_twice_is_refused() -> None:
    """Its last result would win, and not its worst."""
    said = json.loads(TEXT)
    said["tests"].append(dict(said["tests"][0]))
    assert refused(json.dumps(said)).problem == "is no evidence of version 1: a test stands in it twice"


@pytest.mark.parametrize(("attempt", "read"), [(0, 1), (1, 1), (2, 2)])
def test_attempts_count_from_one(attempt: int, read: int) -> None:
    """A service that counts from 0 is taken by the hand."""
    assert load_shard(having(("attempt",), attempt), "e.json").attempt == read


@pytest.mark.parametrize("place", [("tests", 0, "links", 0), ("tests", 0), ("hints", 0), ("skipped", 0)], ids=told)
def test_a_list_of_mappings_holds_nothing_else(place: Key) -> None:
    """Each with all of its keys, of which the first by name that is missing is told."""
    for value in ({}, "x", None, [1], 7):
        problem = refused(having(place, value)).problem
        assert "the key" in problem if value == {} else "where a mapping is expected" in problem


@pytest.mark.parametrize(
    "place",
    [
        *(("decision",), ("completeness",), ("counts",), ("inventory",), ("counts", "by_state")),
        *(("counts", "by_item_state"), ("postmortems", 0), ("postmortems", 0, "items", 0, "test")),
    ],
    ids=told,
)
def test_a_mapping_must_be_one_with_all_of_its_keys(place: Key) -> None:
    """The first by name that is missing is told."""
    assert refused(having(place, "x")).problem.endswith("'x' where a mapping is expected")
    assert refused(having(place, {})).problem.endswith(f"the key {min(value_at(place))!r}")


def test_the_first_missing_key_is_told() -> None:
    """By name."""
    assert refused(having(("tests", 0, "links", 0), {})).problem == "is no evidence of version 1: the key 'item'"


def test_what_guards_is_read_of_each_incident() -> None:
    """A state of guarded or partly guarded is enough, as is a guarded item; a linked one is none."""
    said = json.loads(TEXT)
    for state, had in (("guarded", True), ("partly guarded", True), ("linked", False), ("partly linked", False)):
        said["postmortems"][1]["state"] = state
        assert [one.postmortem for one in load_shard(json.dumps(said), "e.json").guarded] == ["PM-2"] * had
