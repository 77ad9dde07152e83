"""Read evidence, and refuse whatever is not complete."""

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

__all__ = ["Guarded", "Shard", "load_shard"]

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


def load_shard(text: str, origin: str) -> Shard:
    """Parse the evidence in `text`. Raises EvidenceError if it is not complete evidence of a known version."""
    try:
        values = load_strictly(text)
    except (ValueError, RecursionError):
        raise EvidenceError("is no whole JSON", origin=origin, hint=_WHOLE) from None
    if (
        not isinstance(values, dict)
        or type(values.get("version")) is not int
        or values["version"] < 1
        or "state" not in values
    ):
        raise EvidenceError("is no evidence", origin=origin, hint=_OTHER)
    if values["version"] > VERSION:
        problem = f"has version {values['version']}, and this pytest-postmortem knows up to {VERSION}"
        raise EvidenceError(problem, origin=origin, hint="update pytest-postmortem here too")
    if values["state"] != "finished":
        problem = "says that its run is under way: the run was killed, or is not over"
        raise EvidenceError(problem, origin=origin, hint="run the tests again, to their end")
    try:
        return _parse_shard(values, origin, text)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        reason = f"the key {error}" if isinstance(error, KeyError) else str(error)
        raise EvidenceError(
            f"is no evidence of version {values['version']}: {reason}", origin=origin, hint=_OTHER
        ) from None


def _parse_shard(values: dict[str, Any], origin: str, text: str) -> Shard:
    _check_keys(values)
    finished = datetime.fromisoformat(_require_text(values["finished"]))
    if finished.tzinfo is None:
        raise ValueError(f"{values['finished']} has no time zone")
    run_id = _require_text(values["run_id"])
    return Shard(
        origin=origin,
        run_id=run_id,
        commit=_optional_text(values["commit"]),
        configuration=_require_text(values["configuration"]),
        started=_require_text(values["started"]),
        finished=finished,
        pytest=_require_text(values["pytest"]),
        python=_require_text(values["python"]),
        shard=_optional_text(values["shard"]),
        attempt=max(1, _require_count(values["attempt"])),
        ci_run=_optional_text(values["ci_run"]),
        runs=_require_texts(values["merged"]) or (run_id,),
        run=_parse_run(values["inventory"], _require_list(values["tests"]), values["notes"]),
        guarded=tuple(_parse_guarded(values["postmortems"])),
        text=text,
    )


def _parse_run(inventory: dict[str, Any], tests: list[Any], notes: Any) -> Run:
    return Run(
        tests=tuple(map(_parse_test, tests)),
        results={
            _require_text(test["node_id"]): Result(Outcome(test["outcome"]), _require_text(test["reason"]))
            for test in _refuse_repeated(tests)
        },
        files=frozenset(_require_texts(inventory["files"])),
        withheld={_require_text(place): _require_text(why) for place, why in inventory["withheld"].items()},
        scope=_require_text(inventory["scope"]),
        narrowed=_require_texts(inventory["narrowed"]),
        stopped=_require_texts(inventory["stopped"]),
        lost=_optional_text(inventory["lost"]),
        invalid=_require_texts(inventory["invalid"]),
        notes=_require_texts(notes),
        collect_only=_require_flag(inventory["collect_only"]),
        collected=_require_count(inventory["collected"]),
        finished=_require_count(inventory["finished"]),
        deselected=_require_count(inventory["deselected"]),
        union=_require_flag(inventory["union"]),
        digests={_require_text(path): _require_text(digest) for path, digest in inventory["digests"].items()},
    )


def _refuse_repeated(tests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if len({test["node_id"] for test in tests}) < len(tests):
        raise ValueError("a test stands in it twice")
    return tests


def _parse_test(values: dict[str, Any]) -> LinkedTest:
    return LinkedTest(
        node_id=_require_text(values["node_id"]),
        path=_require_text(values["path"]),
        line=_require_count(values["line"]),
        links=tuple(
            Link(_require_text(link["postmortem"]), _optional_text(link["item"]))
            for link in _require_list(values["links"])
        ),
        switched_off=_optional_text(values["switched_off"]),
        deselected=_require_flag(values["deselected"]),
    )


def _parse_guarded(postmortems: list[dict[str, Any]]) -> list[Guarded]:
    guarded = []
    for one in _require_list(postmortems):
        items = tuple(
            _require_text(item["id"]) for item in _require_list(one["items"]) if State(item["state"]) is State.GUARDED
        )
        state = PostmortemState(one["state"])
        if items or state in (PostmortemState.GUARDED, PostmortemState.PARTLY_GUARDED):
            guarded.append(
                Guarded(_require_text(one["id"]), _require_text(one["title"]), _require_text(one["origin"]), items)
            )
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


def _check_keys(values: dict[str, Any]) -> None:
    """Raise KeyError or TypeError if a mapping of the evidence lacks one of its keys."""
    _check_mapping(values, "")
    for name in ("decision", "completeness", "counts", "inventory"):
        _check_mapping(values[name], name)
    for name in ("by_state", "by_item_state"):
        _check_mapping(values["counts"][name], name)
    for name, holder in (("violations", values["decision"]), ("hints", values), ("skipped", values)):
        for one in _require_list(holder[name]):
            _check_mapping(one, name)
    for one in _require_list(values["postmortems"]):
        _check_mapping(one, "postmortems")
        for item in _require_list(one["items"]):
            _check_mapping(item, "items")
            _check_mapping(item["test"], "test")
    for test in _require_list(values["tests"]):
        _check_mapping(test, "tests")
        for link in _require_list(test["links"]):
            _check_mapping(link, "links")


def _check_mapping(value: dict[str, Any], name: str) -> None:
    if type(value) is not dict:
        raise TypeError(f"{value!r:.60} where a mapping is expected")
    if not _WANTED[name] <= value.keys():
        raise KeyError(min(_WANTED[name] - value.keys()))


def _require_list(value: Any) -> list[Any]:
    if type(value) is not list:
        raise TypeError(f"{value!r:.60} where a list is expected")
    return value


def _require_flag(value: Any) -> bool:
    if type(value) is not bool:
        raise TypeError(f"{value!r:.60} where true or false is expected")
    return value


def _require_text(value: object) -> str:
    if type(value) is not str:
        raise TypeError(f"{value!r:.60} where a text is expected")
    return value


def _optional_text(value: object) -> str | None:
    return None if value is None else _require_text(value)


def _require_texts(value: Any) -> tuple[str, ...]:
    return tuple(map(_require_text, _require_list(value)))


def _require_count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise TypeError(f"{value!r:.60} where a number is expected")
    return value
