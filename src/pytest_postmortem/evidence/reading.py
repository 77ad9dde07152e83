"""Evidence read back: everything that is not whole is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pytest_postmortem.errors import EvidenceError
from pytest_postmortem.evidence.writing import VERSION
from pytest_postmortem.model.link import Link, LinkedTest, Result
from pytest_postmortem.model.run import Run
from pytest_postmortem.model.state import Outcome, PostmortemState, State
from pytest_postmortem.model.strict_json import load_strictly

__all__ = ["Guarded", "Shard", "loaded"]

_WHOLE = "run the tests again, or upload the file after the run has ended"
_OTHER = "give a file that `pytest --incident-output=NAME.json` has written"


@dataclass(frozen=True, slots=True)
class Guarded:
    """A post-mortem that had a guard in a piece of evidence, with the action items that had one."""

    postmortem: str
    title: str
    origin: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shard:
    """One piece of evidence.

    `origin` is where it was read, `finished` an aware time, `runs` the ids of the runs that are in it.
    """

    origin: str
    run_id: str
    commit: str | None
    configuration: str
    started: str
    finished: datetime
    pytest: str
    python: str
    shard: str | None
    attempt: int
    runs: tuple[str, ...]
    run: Run
    guarded: tuple[Guarded, ...]
    text: str
    ci_run: str | None = None


def loaded(text: str, origin: str) -> Shard:
    """The evidence in `text`. Raises EvidenceError where it is no whole evidence of a version that is known."""
    try:
        said = load_strictly(text)
    except (ValueError, RecursionError):
        raise EvidenceError("is no whole JSON", origin=origin, hint=_WHOLE) from None
    if not isinstance(said, dict) or type(said.get("version")) is not int or said["version"] < 1 or "state" not in said:
        raise EvidenceError("is no evidence", origin=origin, hint=_OTHER)
    if said["version"] > VERSION:
        problem = f"has version {said['version']}, and this pytest-postmortem knows up to {VERSION}"
        raise EvidenceError(problem, origin=origin, hint="update pytest-postmortem here too")
    if said["state"] != "finished":
        problem = "says that its run is under way: the run was killed, or is not over"
        raise EvidenceError(problem, origin=origin, hint="run the tests again, to their end")
    try:
        return _shard(said, origin, text)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        told = f"the key {error}" if isinstance(error, KeyError) else str(error)
        raise EvidenceError(
            f"is no evidence of version {said['version']}: {told}", origin=origin, hint=_OTHER
        ) from None


def _shard(said: dict[str, Any], origin: str, text: str) -> Shard:
    _whole(said)
    finished = datetime.fromisoformat(_text(said["finished"]))
    if finished.tzinfo is None:
        raise ValueError(f"{said['finished']} has no time zone")
    tests = said["tests"]
    inventory = said["inventory"]
    run = Run(
        tests=tuple(_test(one) for one in _list(tests)),
        results={_text(one["node_id"]): Result(Outcome(one["outcome"]), _text(one["reason"])) for one in _once(tests)},
        files=frozenset(map(_text, _list(inventory["files"]))),
        withheld={_text(place): _text(why) for place, why in inventory["withheld"].items()},
        scope=_text(inventory["scope"]),
        narrowed=tuple(map(_text, _list(inventory["narrowed"]))),
        stopped=tuple(map(_text, _list(inventory["stopped"]))),
        lost=None if inventory["lost"] is None else _text(inventory["lost"]),
        invalid=tuple(map(_text, _list(inventory["invalid"]))),
        notes=tuple(map(_text, _list(said["notes"]))),
        collect_only=_flag(inventory["collect_only"]),
        collected=_count(inventory["collected"]),
        finished=_count(inventory["finished"]),
        deselected=_count(inventory["deselected"]),
        union=_flag(inventory["union"]),
        digests={_text(path): _text(digest) for path, digest in inventory["digests"].items()},
    )
    return Shard(
        origin=origin,
        run_id=_text(said["run_id"]),
        commit=None if said["commit"] is None else _text(said["commit"]),
        configuration=_text(said["configuration"]),
        started=_text(said["started"]),
        finished=finished,
        pytest=_text(said["pytest"]),
        python=_text(said["python"]),
        shard=None if said["shard"] is None else _text(said["shard"]),
        attempt=max(1, _count(said["attempt"])),
        ci_run=None if said["ci_run"] is None else _text(said["ci_run"]),
        runs=tuple(map(_text, _list(said["merged"]))) or (_text(said["run_id"]),),
        run=run,
        guarded=tuple(_guarded(said["postmortems"])),
        text=text,
    )


def _once(tests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if len({test["node_id"] for test in tests}) < len(tests):
        raise ValueError("a test stands in it twice")
    return tests


def _test(said: dict[str, Any]) -> LinkedTest:
    off = said["switched_off"]
    return LinkedTest(
        node_id=_text(said["node_id"]),
        path=_text(said["path"]),
        line=_count(said["line"]),
        links=tuple(
            Link(_text(link["postmortem"]), None if link["item"] is None else _text(link["item"]))
            for link in _list(said["links"])
        ),
        switched_off=None if off is None else _text(off),
        deselected=_flag(said["deselected"]),
    )


def _guarded(postmortems: list[dict[str, Any]]) -> list[Guarded]:
    guarded = []
    for one in _list(postmortems):
        items = tuple(_text(item["id"]) for item in _list(one["items"]) if State(item["state"]) is State.GUARDED)
        state = PostmortemState(one["state"])
        if items or state in (PostmortemState.GUARDED, PostmortemState.PARTLY_GUARDED):
            guarded.append(Guarded(_text(one["id"]), _text(one["title"]), _text(one["origin"]), items))
    return guarded


_KEYS = {
    "": (
        "$schema attempt ci_run commit completeness configuration counts decision exit_status finished hints inventory"
        " merged notes places postmortems pytest python run_id shard skipped started state tests today tool version"
    ),
    "decision": "explicit policy reasons verdict violations",
    "completeness": "complete links outcomes reasons",
    "counts": "by_item_state by_state dropped older outside_gate postmortems required tests waived with_test",
    "inventory": (
        "collect_only collected deselected digests files finished invalid lost narrowed scope stopped union withheld"
    ),
    "postmortems": (
        "aliases date guard id in_gate items line origin root_cause services severity state status team tests title url"
    ),
    "items": (
        "due due_date grace has_own_id id line mentions_test not_judged owner reason scope state status status_text"
        " test tests text tickets"
    ),
    "test": "need node_ids waived_until waiver_reason",
    "tests": "deselected line links node_id outcome path reason switched_off",
    "links": "item postmortem",
    "violations": "hint item line origin postmortem state text",
    "hints": "line origin text",
    "skipped": "origin reason",
}
"""The keys of every mapping in evidence, as docs/evidence.schema.json has them; each has to be there."""
_WANTED = {
    **{name: frozenset(keys.split()) for name, keys in _KEYS.items()},
    "by_state": frozenset(state.value for state in PostmortemState),
    "by_item_state": frozenset(state.value for state in State),
}


def _whole(said: dict[str, Any]) -> None:
    """Raise KeyError or TypeError where a mapping of the evidence lacks one of its keys."""
    _keys(said, "")
    for name in ("decision", "completeness", "counts", "inventory"):
        _keys(said[name], name)
    for name in ("by_state", "by_item_state"):
        _keys(said["counts"][name], name)
    for name, holder in (("violations", said["decision"]), ("hints", said), ("skipped", said)):
        for one in _list(holder[name]):
            _keys(one, name)
    for one in _list(said["postmortems"]):
        _keys(one, "postmortems")
        for item in _list(one["items"]):
            _keys(item, "items")
            _keys(item["test"], "test")
    for test in _list(said["tests"]):
        _keys(test, "tests")
        for link in _list(test["links"]):
            _keys(link, "links")


def _keys(value: dict[str, Any], name: str) -> None:
    if type(value) is not dict:
        raise TypeError(f"{value!r:.60} where a mapping is expected")
    if not _WANTED[name] <= value.keys():
        raise KeyError(min(_WANTED[name] - value.keys()))


def _list(value: Any) -> list[Any]:
    if type(value) is not list:
        raise TypeError(f"{value!r:.60} where a list is expected")
    return value


def _flag(value: Any) -> bool:
    if type(value) is not bool:
        raise TypeError(f"{value!r:.60} where true or false is expected")
    return value


def _text(value: object) -> str:
    if type(value) is not str:
        raise TypeError(f"{value!r:.60} where a text is expected")
    return value


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise TypeError(f"{value!r:.60} where a number is expected")
    return value
