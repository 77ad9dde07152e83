"""Evidence read back: everything that is not whole is refused."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pytest_postmortem.errors import EvidenceError
from pytest_postmortem.judging.evidence import VERSION
from pytest_postmortem.model.link import Link, LinkedTest, Result
from pytest_postmortem.model.run import Run
from pytest_postmortem.model.state import Outcome, PostmortemState, State

__all__ = ["Guarded", "Shard", "loaded"]

_WHOLE = "run the tests again, or upload the file after the run has ended"
_OTHER = "give a file that `pytest --incident-output NAME.json` has written"


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


def loaded(text: str, origin: str) -> Shard:
    """The evidence in `text`. Raises EvidenceError where it is no whole evidence of a version that is known."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise EvidenceError("is no whole JSON", origin=origin, hint=_WHOLE) from None
    if not isinstance(said, dict) or not isinstance(said.get("version"), int) or "state" not in said:
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
    finished = datetime.fromisoformat(said["finished"])
    if finished.tzinfo is None:
        raise ValueError(f"{said['finished']} has no time zone")
    tests = said["tests"]
    inventory = said["inventory"]
    run = Run(
        tests=tuple(_test(one) for one in tests),
        results={_text(one["node_id"]): Result(Outcome(one["outcome"]), _text(one["reason"])) for one in tests},
        files=frozenset(map(_text, inventory["files"])),
        withheld={_text(place): _text(why) for place, why in inventory["withheld"].items()},
        scope=_text(inventory["scope"]),
        narrowed=tuple(map(_text, inventory["narrowed"])),
        stopped=tuple(map(_text, inventory["stopped"])),
        lost=None if inventory["lost"] is None else _text(inventory["lost"]),
        notes=tuple(map(_text, said["notes"])),
        collect_only=bool(inventory["collect_only"]),
        collected=_count(inventory["collected"]),
        finished=_count(inventory["finished"]),
        deselected=_count(inventory["deselected"]),
        union=bool(inventory["union"]),
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
        attempt=_count(said["attempt"]),
        runs=tuple(map(_text, said["merged"])) or (_text(said["run_id"]),),
        run=run,
        guarded=tuple(_guarded(said["postmortems"])),
        text=text,
    )


def _test(said: dict[str, Any]) -> LinkedTest:
    off = said["switched_off"]
    return LinkedTest(
        node_id=_text(said["node_id"]),
        path=_text(said["path"]),
        line=_count(said["line"]),
        links=tuple(
            Link(_text(link["postmortem"]), None if link["item"] is None else _text(link["item"]))
            for link in said["links"]
        ),
        switched_off=None if off is None else _text(off),
        deselected=bool(said["deselected"]),
    )


def _guarded(postmortems: list[dict[str, Any]]) -> list[Guarded]:
    guarded = []
    for one in postmortems:
        items = tuple(_text(item["id"]) for item in one["items"] if State(item["state"]) is State.GUARDED)
        state = PostmortemState(one["state"])
        if items or state in (PostmortemState.GUARDED, PostmortemState.PARTLY_GUARDED):
            guarded.append(Guarded(_text(one["id"]), _text(one["title"]), _text(one["origin"]), items))
    return guarded


def _text(value: object) -> str:
    if type(value) is not str:
        raise TypeError(f"{value!r:.60} where a text is expected")
    return value


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise TypeError(f"{value!r:.60} where a number is expected")
    return value
