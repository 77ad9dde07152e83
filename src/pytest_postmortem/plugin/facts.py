"""The facts of a finished run, put together for the judging."""

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
from pytest_postmortem.plugin.inventory import Inventory
from pytest_postmortem.plugin.narrowing import Narrowing
from pytest_postmortem.plugin.results import Results

if TYPE_CHECKING:
    from pytest_postmortem.plugin.session import Session

__all__ = ["gather_run"]


def gather_run(ours: Session, results: Results, session: pytest.Session, narrowed: Narrowing) -> tuple[Run, list[Hint]]:
    """The run, and hints on tests that cite an incident without a marker, and on marks that reach no test.

    `narrowed` is what was left out from the start.
    """
    config = session.config
    notes: list[str] = []
    lost = None
    if ours.distributed:
        inventory = ours.controller.inventory()
        expected = ours.controller.expected
        if inventory is None:
            inventory, lost = Inventory(), "no worker delivered its list of linked tests"
        if ours.controller.lost:
            notes.append(f"lost in this run: {', '.join(sorted(ours.controller.lost))} (pytest-xdist)")
        collected = len(expected) or inventory.collected  # a worker has collected them, and was never told to run them
    else:
        assert ours.collected is not None
        inventory = ours.collected.inventory()
        expected = {item.nodeid for item in session.items} if hasattr(session, "items") else set()
        collected = len(expected)
    if not inventory.whole and lost is None:
        lost = "the collection was broken off"
    if ours.prefix:
        narrowed.reasons.append(f"only {ours.prefix.rstrip('/')} was run, a part of what the configuration covers")
    if inventory.removed:
        tests = "1 test was" if inventory.removed == 1 else f"{inventory.removed} tests were"
        notes.append(f"{tests} taken out by a plugin that did not say so")
    collect_only = bool(config.getoption("collectonly"))
    finished = len(expected & results.finished)
    prefix = ours.prefix
    files = set() if narrowed.any_part else set(inventory.files) - narrowed.parts
    linked = tuple(
        replace(test, node_id=prefix + test.node_id, path=prefix + test.path) if prefix else test
        for test in inventory.tests
    )
    sources = [prefix + path for path in inventory.sources]
    kept = any(name.lower().endswith(".json") for name in ours.asked.outputs)
    run = Run(
        tests=linked,
        results=_results(results, {**results.idle, **inventory.idle}, prefix),
        files=frozenset(prefix + file for file in files),
        withheld={prefix + place: why for place, why in inventory.withheld.items()},
        scope=prefix.rstrip("/"),
        narrowed=tuple(narrowed.reasons),
        stopped=_stopped(session, 0 if collect_only else collected - finished, collected) + _idle(config),
        lost=lost,
        notes=tuple(notes),
        collect_only=collect_only,
        collected=collected,
        finished=finished,
        deselected=inventory.deselected + inventory.removed,
        digests=FileDigests(ours.project.settings.base).of(linked, sources) if kept else {},
    )
    late = [replace(one, path=prefix + one.path) for one in inventory.late]
    mark = f"the {ours.marker} marker for"
    added = [Hint(one.path, one.line, f"{mark} {', '.join(one.names)} does not count: {one.why}") for one in late]
    run = replace(run, strays=tuple(late), invalid=inventory.invalid)
    citing = [Hint(prefix + hint.origin, hint.line, hint.text) for hint in inventory.hints]
    return run, [*citing, *added, *_package_marks(ours, inventory.files)]


def _results(results: Results, idle: Mapping[str, str], prefix: str) -> dict[str, Result]:
    """The result of each linked test; the pass of one whose body never ran is a skip."""
    found = {}
    for node_id, tally in results.tallies.items():
        result = tally.result
        if result.outcome.guards and node_id in idle:
            result = Result(Outcome.SKIPPED, idle[node_id])
        found[prefix + node_id] = result
    return found


def _stopped(session: pytest.Session, unfinished: int, expected: int) -> tuple[str, ...]:
    if not unfinished:
        return ()
    why = session.shouldfail or session.shouldstop
    told = f" ({why})" if isinstance(why, str) else ""
    return (f"{unfinished} of {expected} {'test has' if expected == 1 else 'tests have'} no result{told}",)


def _idle(config: pytest.Config) -> tuple[str, ...]:
    """The options with which pytest sets tests up and does not call them."""
    options = {"--setup-plan": "setupplan", "--setup-only": "setuponly"}
    return tuple(f"{name} runs no test" for name, option in options.items() if config.getoption(option, False))[:1]


def _package_marks(ours: Session, files: Iterable[str]) -> Iterator[Hint]:
    """A hint on each `pytestmark` in an `__init__.py` that holds our marker."""
    root = ours.config.rootpath
    used = re.compile(rf"^[^#\n]*\bmark\.{re.escape(ours.marker)}\b", re.MULTILINE)
    told = f"a pytestmark in an __init__.py does not reach tests; put the {ours.marker} marker into each module"
    for folder in sorted({file.rpartition("/")[0] for file in files}):
        path = f"{folder}/__init__.py" if folder else "__init__.py"
        try:
            text = (root / path).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        mark = used.search(text) if "pytestmark" in text else None
        if mark:
            yield Hint(ours.prefix + path, text.count("\n", 0, mark.start()) + 1, told)
