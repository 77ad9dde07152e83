"""The evidence of several runs as one: the order in which it comes, and how often, does not matter."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pytest_postmortem.errors import EvidenceError
from pytest_postmortem.evidence.reading import Shard
from pytest_postmortem.judging.source import FileDigests
from pytest_postmortem.model.link import Link, LinkedTest, Result
from pytest_postmortem.model.order import OUTCOME_PRECEDENCE
from pytest_postmortem.model.run import Run
from pytest_postmortem.model.text import format_count

__all__ = ["Expected", "current", "refusals", "runs_of", "union"]

_PART = re.compile(r"(\d{1,6})/(\d{1,6})")
_CLOCKS = timedelta(minutes=10)
"""How far the clocks of two machines may differ."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What evidence must be like.

    Of `commit` (None: unknown) and `configuration`, no older than `max_age` at `now`, of `shards` runs if that is
    known, of the CI run `ci_run` if this is a job of one, of tests whose `files` are as they were, and of post-mortems
    and action items that still are among `items` (ids of action items by every name of a post-mortem).
    """

    commit: str | None
    configuration: str
    now: datetime
    max_age: timedelta | None = None
    shards: int | None = None
    ci_run: str | None = None
    files: FileDigests | None = None
    items: Mapping[str, Collection[str]] | None = None


def current(shards: Iterable[Shard]) -> tuple[Shard, ...]:
    """The pieces that count, sorted: copies once, and of a named shard that was tried again the last attempt.

    Raises EvidenceError where one run has left two different pieces.
    """
    by_run: dict[str, Shard] = {}
    for shard in shards:
        known = by_run.setdefault(shard.run_id, shard)
        if known.text != shard.text:
            problem = f"is of the same run as {known.origin}, and differs from it"
            raise EvidenceError(problem, origin=shard.origin, hint="give only what the run wrote last")
    last: dict[str, int] = {}
    for shard in by_run.values():
        if shard.shard is not None:
            last[shard.shard] = max(shard.attempt, last.get(shard.shard, 0))
    kept = (one for one in by_run.values() if one.shard is None or one.attempt == last[one.shard])
    return tuple(sorted(kept, key=lambda one: one.run_id))


def refusals(shards: Sequence[Shard], expected: Expected) -> list[EvidenceError]:
    """Every reason why the pieces cannot be used together, or for this checkout."""
    faults = []
    for shard in sorted(shards, key=lambda one: one.origin):
        if shard.commit != expected.commit:
            here = f"the checkout is at {_short(expected.commit)}"
            problem = f"is of commit {_short(shard.commit)}, and {here}"
            hint = "run the tests on this commit, or check out the other one"
            faults.append(EvidenceError(problem, origin=shard.origin, hint=hint))
        if shard.configuration != expected.configuration:
            hint = "run the tests with the configuration of this checkout, from the same folder"
            faults.append(EvidenceError("was made with another configuration", origin=shard.origin, hint=hint))
        age = expected.now - shard.finished
        if age < -_CLOCKS:
            hint = "set the clock of the machine that made it"
            faults.append(EvidenceError("is of the future", origin=shard.origin, hint=hint))
        if expected.max_age is not None and age > expected.max_age:
            problem = f"is {_told(age)} old, and --max-age allows {_told(expected.max_age)}"
            faults.append(EvidenceError(problem, origin=shard.origin, hint="run the tests again"))
        if expected.ci_run is not None and shard.ci_run != expected.ci_run:
            faults.append(_of_another_run(shard, expected.ci_run))
        changed = [] if expected.files is None else expected.files.find_changed(shard.run.tests, shard.run.digests)
        if changed:
            problem = f"is not of these tests: {_first(changed)} since the run"
            faults.append(EvidenceError(problem, origin=shard.origin, hint="run the tests again"))
        gone = [] if expected.items is None else _gone(shard, expected.items)
        if gone:
            problem = f"is not of these documents: {_first(gone)} is not there any more"
            hint = "run the tests again, and correct their markers if they fail"
            faults.append(EvidenceError(problem, origin=shard.origin, hint=hint))
    faults.extend(_missing(shards, expected.shards))
    return faults


def _of_another_run(shard: Shard, ci_run: str) -> EvidenceError:
    if shard.ci_run is None:
        problem = f"does not say which CI run it is of, and this is run {ci_run}"
        hint = (
            "pass the variables of the CI service on to pytest (pass_env in tox, -e for docker), or set POSTMORTEM_RUN"
        )
        return EvidenceError(problem, origin=shard.origin, hint=hint)
    problem = f"is of the CI run {shard.ci_run}, and this is run {ci_run}"
    return EvidenceError(problem, origin=shard.origin, hint="give only the evidence that this run has made")


def _gone(shard: Shard, items: Mapping[str, Collection[str]]) -> list[str]:
    """The post-mortems and action items that tests guarded or were linked to, and that no document has now."""
    named = [Link(one.postmortem, item) for one in shard.guarded for item in (None, *one.items)]
    named.extend(link for test in shard.run.tests for link in test.links)
    return [
        str(link)
        for link in sorted(set(named), key=_order)
        if link.postmortem not in items or (link.item is not None and link.item not in items[link.postmortem])
    ]


def _first(texts: Sequence[str], most: int = 5) -> str:
    return ", ".join(texts[:most]) + (f" and {len(texts) - most} more" if len(texts) > most else "")


def _missing(shards: Sequence[Shard], expected: int | None) -> list[EvidenceError]:
    faults = []
    there = len({run for shard in shards for run in shard.runs})
    if expected is not None and there != expected:
        shards_are = format_count(expected, "shard is", "shards are")
        problem = f"{shards_are} expected, and there is evidence of {there}"
        faults.append(EvidenceError(problem, hint="wait for all jobs, and give the evidence of each"))
    parts = [found for shard in shards if shard.shard and (found := _PART.fullmatch(shard.shard))]
    for total in sorted({int(part.group(2)) for part in parts}):
        numbers = {int(part.group(1)) for part in parts if int(part.group(2)) == total}
        absent = sorted(set(range(1, total + 1)) - numbers)
        if absent:
            told = ", ".join(f"{number}/{total}" for number in absent[:10])
            rest = f" and {len(absent) - 10} more" if len(absent) > 10 else ""
            hint = "wait for all jobs, and give the evidence of each"
            faults.append(EvidenceError(f"there is no evidence of shard {told}{rest}", hint=hint))
    return faults


def union(shards: Sequence[Shard]) -> Run:
    """All of `shards` as one run: the union of the links, and the worst result of each test."""
    runs = [shard.run for shard in shards]
    whole = any(not run.narrowed and run.lost is None for run in runs)
    files = frozenset(file for run in runs for file in run.files)
    scopes = {run.scope for run in runs}
    return Run(
        tests=_tests(runs),
        results=_results(runs),
        files=files,
        withheld=dict(sorted(place for run in runs for place in run.withheld.items() if place[0] not in files)),
        scope=scopes.pop() if len(scopes) == 1 else "",
        narrowed=() if whole else _distinct(reason for run in runs for reason in run.narrowed),
        stopped=_distinct(reason for run in runs for reason in run.stopped),
        lost=None if whole else next((run.lost for run in runs if run.lost is not None), None),
        invalid=_distinct(error for run in runs for error in run.invalid),
        notes=_distinct(note for run in runs for note in run.notes),
        collect_only=all(run.collect_only for run in runs),
        collected=sum(run.collected for run in runs),
        finished=sum(run.finished for run in runs),
        union=True,
        digests={path: digest for run in runs for path, digest in run.digests.items()},
    )


def _tests(runs: Sequence[Run]) -> tuple[LinkedTest, ...]:
    merged: dict[str, LinkedTest] = {}
    for run in runs:
        for test in run.tests:
            known = merged.get(test.node_id)
            merged[test.node_id] = test if known is None or known == test else _both(known, test)
    return tuple(merged[node_id] for node_id in sorted(merged))


def _both(one: LinkedTest, other: LinkedTest) -> LinkedTest:
    links = {*one.links, *other.links}
    off = [test.switched_off for test in (one, other) if test.switched_off is not None]
    return LinkedTest(
        node_id=one.node_id,
        path=min(one.path, other.path),
        line=max(one.line, other.line),
        links=tuple(sorted(links, key=_order)),
        switched_off=min(off) if len(off) == 2 else None,
        deselected=one.deselected and other.deselected,
    )


def _order(link: Link) -> tuple[str, str]:
    return link.postmortem, link.item or ""


def _results(runs: Sequence[Run]) -> Mapping[str, Result]:
    worst: dict[str, Result] = {}
    for run in runs:
        for node_id, result in run.results.items():
            known = worst.get(node_id)
            if known is None or _rank(result) > _rank(known):
                worst[node_id] = result
    return worst


def _rank(result: Result) -> tuple[int, str]:
    return OUTCOME_PRECEDENCE[result.outcome], result.reason


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(texts)))


def runs_of(shards: Sequence[Shard]) -> tuple[str, ...]:
    """The ids of all runs in these pieces, sorted."""
    return tuple(sorted({run for shard in shards for run in shard.runs}))


def _short(commit: str | None) -> str:
    return "unknown" if commit is None else commit[:12]


def _told(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    if hours >= 48:
        return f"{hours / 24:.0f} days"
    return f"{hours:.1f} hours" if hours >= 1 else f"{age.total_seconds() / 60:.0f} minutes"
