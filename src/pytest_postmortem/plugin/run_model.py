"""Build the `Run` model from what the plugin observed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_postmortem.judging.source import FileDigests
from pytest_postmortem.model.link import Result
from pytest_postmortem.model.postmortem import Hint
from pytest_postmortem.model.run import Run
from pytest_postmortem.model.state import Outcome
from pytest_postmortem.model.text import format_count
from pytest_postmortem.plugin.inventory import CollectedTests
from pytest_postmortem.plugin.partial_run import PartialRun
from pytest_postmortem.plugin.results import Results

if TYPE_CHECKING:
    from pytest_postmortem.plugin.context import Context

__all__ = ["build_run"]


def build_run(
    context: Context, tests: CollectedTests, results: Results, session: pytest.Session, partial: PartialRun
) -> tuple[Run, list[Hint]]:
    """Return the run, and hints on tests that cite an incident without a marker, and on marks that reach no test.

    `partial` is what was left out from the start.
    """
    config = session.config
    inventory, number, lost = tests.inventory, tests.number, tests.lost
    if not inventory.whole and lost is None:
        lost = "the collection was broken off"
    prefix = context.prefix
    notes = list(tests.notes)
    if prefix:
        partial.reasons.append(f"only {prefix.rstrip('/')} was run, a part of what the configuration covers")
    if inventory.removed:
        removed = format_count(inventory.removed, "test was", "tests were")
        notes.append(f"{removed} taken out by a plugin that did not say so")
    collect_only = bool(config.getoption("collectonly"))
    finished = len(results.finished.intersection(tests.expected))
    files = set() if partial.any_part else set(inventory.files) - partial.parts
    linked = tuple(
        replace(test, node_id=prefix + test.node_id, path=prefix + test.path) if prefix else test
        for test in inventory.tests
    )
    sources = [prefix + path for path in inventory.sources]
    is_evidence = any(name.lower().endswith(".json") for name in context.options.outputs)
    run = Run(
        tests=linked,
        results=_collect_results(results, {**results.idle, **inventory.idle}, prefix),
        files=frozenset(prefix + file for file in files),
        withheld={prefix + place: why for place, why in inventory.withheld.items()},
        scope=prefix.rstrip("/"),
        narrowed=tuple(partial.reasons),
        stopped=_describe_stop(session, 0 if collect_only else number - finished, number) + _describe_idle(config),
        lost=lost,
        notes=tuple(notes),
        collect_only=collect_only,
        collected=number,
        finished=finished,
        deselected=inventory.deselected + inventory.removed,
        digests=FileDigests(context.project.settings.base).compute(linked, sources) if is_evidence else {},
    )
    late = [replace(stray, path=prefix + stray.path) for stray in inventory.late]
    mark = f"the {context.marker} marker for"
    added = [
        Hint(stray.path, stray.line, f"{mark} {', '.join(stray.names)} does not count: {stray.why}") for stray in late
    ]
    run = replace(run, strays=tuple(late), invalid=inventory.invalid)
    citing = [Hint(prefix + hint.origin, hint.line, hint.text) for hint in inventory.hints]
    return run, [*citing, *added, *_find_package_marks(context, inventory.files)]


def _collect_results(results: Results, idle: Mapping[str, str], prefix: str) -> dict[str, Result]:
    """Return the result of each linked test; the pass of one whose body never ran is a skip."""
    by_node_id = {}
    for node_id, tally in results.tallies.items():
        result = tally.result
        if result.outcome.guards and node_id in idle:
            result = Result(Outcome.SKIPPED, idle[node_id])
        by_node_id[prefix + node_id] = result
    return by_node_id


def _describe_stop(session: pytest.Session, unfinished: int, expected: int) -> tuple[str, ...]:
    if not unfinished:
        return ()
    why = session.shouldfail or session.shouldstop
    reason = f" ({why})" if isinstance(why, str) else ""
    return (f"{unfinished} of {expected} {'test has' if expected == 1 else 'tests have'} no result{reason}",)


def _describe_idle(config: pytest.Config) -> tuple[str, ...]:
    """Return the options with which pytest sets tests up and does not call them."""
    options = {"--setup-plan": "setupplan", "--setup-only": "setuponly"}
    return tuple(f"{name} runs no test" for name, option in options.items() if config.getoption(option, False))[:1]


def _find_package_marks(context: Context, files: Iterable[str]) -> Iterator[Hint]:
    """Yield a hint on each `pytestmark` in an `__init__.py` that holds our marker."""
    root = context.config.rootpath
    used = re.compile(rf"^[^#\n]*\bmark\.{re.escape(context.marker)}\b", re.MULTILINE)
    text = f"a pytestmark in an __init__.py does not reach tests; put the {context.marker} marker into each module"
    for folder in sorted({file.rpartition("/")[0] for file in files}):
        path = f"{folder}/__init__.py" if folder else "__init__.py"
        try:
            source = (root / path).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        mark = used.search(source) if "pytestmark" in source else None
        if mark:
            yield Hint(context.prefix + path, source.count("\n", 0, mark.start()) + 1, text)
