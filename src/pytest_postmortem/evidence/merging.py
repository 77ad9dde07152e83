"""Merge the evidence of several runs: neither its order nor copies of it matter."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pytest_postmortem.errors import EvidenceError
from pytest_postmortem.evidence.reading import Shard
from pytest_postmortem.judging.source import FileDigests
from pytest_postmortem.model.link import Link, LinkedTest, Result
from pytest_postmortem.model.order import OUTCOME_PRECEDENCE
from pytest_postmortem.model.run import Run
from pytest_postmortem.model.text import format_count

__all__ = ["Expected", "find_refusals", "list_runs", "merge_shards", "select_current"]

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


def select_current(shards: Iterable[Shard]) -> tuple[Shard, ...]:
    """Return the pieces that count, sorted: copies once, and of a named shard that was tried again the last attempt.

    Raises EvidenceError if one run has left two different pieces.
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


def find_refusals(shards: Sequence[Shard], expected: Expected) -> list[EvidenceError]:
    """Return every reason why the pieces cannot be used together, or for this checkout."""
    errors: list[EvidenceError] = []
    for shard in sorted(shards, key=lambda one: one.origin):
        errors += _refuse_origin(shard, expected)
        errors += _refuse_age(shard, expected)
        if expected.ci_run is not None and shard.ci_run != expected.ci_run:
            errors.append(_refuse_other_run(shard, expected.ci_run))
        errors += _refuse_content(shard, expected)
    return [*errors, *_find_missing_runs(shards, expected.shards), *_find_missing_parts(shards)]


def _refuse_origin(shard: Shard, expected: Expected) -> Iterator[EvidenceError]:
    """Yield the errors of a piece of another commit or configuration."""
    if shard.commit != expected.commit:
        here = f"the checkout is at {_shorten_commit(expected.commit)}"
        problem = f"is of commit {_shorten_commit(shard.commit)}, and {here}"
        hint = "run the tests on this commit, or check out the other one"
        yield EvidenceError(problem, origin=shard.origin, hint=hint)
    if shard.configuration != expected.configuration:
        hint = "run the tests with the configuration of this checkout, from the same folder"
        yield EvidenceError("was made with another configuration", origin=shard.origin, hint=hint)


def _refuse_age(shard: Shard, expected: Expected) -> Iterator[EvidenceError]:
    """Yield the errors of a piece that is of the future or too old."""
    age = expected.now - shard.finished
    if age < -_CLOCKS:
        hint = "set the clock of the machine that made it"
        yield EvidenceError("is of the future", origin=shard.origin, hint=hint)
    if expected.max_age is not None and age > expected.max_age:
        problem = f"is {_format_age(age)} old, and --max-age allows {_format_age(expected.max_age)}"
        yield EvidenceError(problem, origin=shard.origin, hint="run the tests again")


def _refuse_content(shard: Shard, expected: Expected) -> Iterator[EvidenceError]:
    """Yield the errors of a piece whose tests or documents are not those of the checkout."""
    changed = [] if expected.files is None else expected.files.find_changed(shard.run.tests, shard.run.digests)
    if changed:
        problem = f"is not of these tests: {_list_some(changed)} since the run"
        yield EvidenceError(problem, origin=shard.origin, hint="run the tests again")
    gone = [] if expected.items is None else _find_gone(shard, expected.items)
    if gone:
        problem = f"is not of these documents: {_list_some(gone)} is not there any more"
        hint = "run the tests again, and correct their markers if they fail"
        yield EvidenceError(problem, origin=shard.origin, hint=hint)


def _refuse_other_run(shard: Shard, ci_run: str) -> EvidenceError:
    if shard.ci_run is None:
        problem = f"does not say which CI run it is of, and this is run {ci_run}"
        hint = (
            "pass the variables of the CI service on to pytest (pass_env in tox, -e for docker), or set POSTMORTEM_RUN"
        )
        return EvidenceError(problem, origin=shard.origin, hint=hint)
    problem = f"is of the CI run {shard.ci_run}, and this is run {ci_run}"
    return EvidenceError(problem, origin=shard.origin, hint="give only the evidence that this run has made")


def _find_gone(shard: Shard, items: Mapping[str, Collection[str]]) -> list[str]:
    """Return the post-mortems and action items that tests guarded or were linked to, and that no document has now."""
    named = [Link(one.postmortem, item) for one in shard.guarded for item in (None, *one.items)]
    named.extend(link for test in shard.run.tests for link in test.links)
    return [
        str(link)
        for link in sorted(set(named), key=_link_sort_key)
        if link.postmortem not in items or (link.item is not None and link.item not in items[link.postmortem])
    ]


def _list_some(texts: Sequence[str], most: int = 5) -> str:
    return ", ".join(texts[:most]) + (f" and {len(texts) - most} more" if len(texts) > most else "")


_WAIT = "wait for all jobs, and give the evidence of each"


def _find_missing_runs(shards: Sequence[Shard], expected: int | None) -> Iterator[EvidenceError]:
    number = len(list_runs(shards))
    if expected is not None and number != expected:
        shards_are = format_count(expected, "shard is", "shards are")
        yield EvidenceError(f"{shards_are} expected, and there is evidence of {number}", hint=_WAIT)


def _find_missing_parts(shards: Sequence[Shard]) -> Iterator[EvidenceError]:
    """Yield an error for each number of shards, by their names such as 2/4, of which some are missing."""
    parts: dict[int, set[int]] = {}
    for shard in shards:
        if name := _PART.fullmatch(shard.shard or ""):
            parts.setdefault(int(name.group(2)), set()).add(int(name.group(1)))
    for total, numbers in sorted(parts.items()):
        missing = [f"{number}/{total}" for number in range(1, total + 1) if number not in numbers]
        if missing:
            yield EvidenceError(f"there is no evidence of shard {_list_some(missing, 10)}", hint=_WAIT)


def merge_shards(shards: Sequence[Shard]) -> Run:
    """Return all of `shards` as one run: the union of the links, and the worst result of each test."""
    runs = [shard.run for shard in shards]
    files = frozenset[str]().union(*(run.files for run in runs))
    narrowed, lost = _merge_gaps(runs)
    return Run(
        tests=_merge_tests(runs),
        results=_merge_results(runs),
        files=files,
        withheld=_merge_withheld(runs, files),
        scope=_merge_scope(runs),
        narrowed=narrowed,
        stopped=_sort_distinct(run.stopped for run in runs),
        lost=lost,
        invalid=_sort_distinct(run.invalid for run in runs),
        notes=_sort_distinct(run.notes for run in runs),
        collect_only=all(run.collect_only for run in runs),
        collected=sum(run.collected for run in runs),
        finished=sum(run.finished for run in runs),
        union=True,
        digests=dict(ChainMap(*(dict(run.digests) for run in reversed(runs)))),
    )


def _merge_gaps(runs: Sequence[Run]) -> tuple[tuple[str, ...], str | None]:
    """Return why test files were not collected, and why links are not known; neither if one run knows all."""
    if any(not run.narrowed and run.lost is None for run in runs):
        return (), None
    return _sort_distinct(run.narrowed for run in runs), next((run.lost for run in runs if run.lost is not None), None)


def _merge_withheld(runs: Sequence[Run], files: Collection[str]) -> dict[str, str]:
    """Return what failed or was skipped at collection, and was collected in no other run."""
    return dict(sorted(place for run in runs for place in run.withheld.items() if place[0] not in files))


def _merge_scope(runs: Sequence[Run]) -> str:
    scopes = {run.scope for run in runs}
    return scopes.pop() if len(scopes) == 1 else ""


def _merge_tests(runs: Sequence[Run]) -> tuple[LinkedTest, ...]:
    merged: dict[str, LinkedTest] = {}
    for run in runs:
        for test in run.tests:
            known = merged.get(test.node_id)
            merged[test.node_id] = test if known is None or known == test else _merge_test(known, test)
    return tuple(merged[node_id] for node_id in sorted(merged))


def _merge_test(one: LinkedTest, other: LinkedTest) -> LinkedTest:
    links = {*one.links, *other.links}
    off = [test.switched_off for test in (one, other) if test.switched_off is not None]
    return LinkedTest(
        node_id=one.node_id,
        path=min(one.path, other.path),
        line=max(one.line, other.line),
        links=tuple(sorted(links, key=_link_sort_key)),
        switched_off=min(off) if len(off) == 2 else None,
        deselected=one.deselected and other.deselected,
    )


def _link_sort_key(link: Link) -> tuple[str, str]:
    return link.postmortem, link.item or ""


def _merge_results(runs: Sequence[Run]) -> Mapping[str, Result]:
    worst: dict[str, Result] = {}
    for run in runs:
        for node_id, result in run.results.items():
            known = worst.get(node_id)
            if known is None or _rank(result) > _rank(known):
                worst[node_id] = result
    return worst


def _rank(result: Result) -> tuple[int, str]:
    return OUTCOME_PRECEDENCE[result.outcome], result.reason


def _sort_distinct(texts: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(sorted(set[str]().union(*texts)))


def list_runs(shards: Sequence[Shard]) -> tuple[str, ...]:
    """Return the ids of all runs in these pieces, sorted."""
    return tuple(sorted({run for shard in shards for run in shard.runs}))


def _shorten_commit(commit: str | None) -> str:
    return "unknown" if commit is None else commit[:12]


def _format_age(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    if hours >= 48:
        return f"{hours / 24:.0f} days"
    return f"{hours:.1f} hours" if hours >= 1 else f"{age.total_seconds() / 60:.0f} minutes"
