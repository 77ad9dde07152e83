"""The collection of a run that judges: which test files it opened or left out, and which tests documents name."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_postmortem.gc_pause import gc_paused
from pytest_postmortem.model.link import Link, Stray, names_covering
from pytest_postmortem.model.postmortem import Hint
from pytest_postmortem.plugin.inventory import CollectedTests, Inventory, make_linked_test
from pytest_postmortem.plugin.partial_run import is_left_out

if TYPE_CHECKING:
    from pytest_postmortem.plugin.citations import Citing
    from pytest_postmortem.plugin.context import Context

__all__ = ["Collection"]


class Collection:
    """Watches the collection of a run that judges or selects, before anything is deselected.

    `links` and `invalid` grow while the markers are checked; `add_properties` is called for each test that a document
    names. To be registered after the part that checks the markers, so that it looks before and after that.
    """

    def __init__(
        self,
        context: Context,
        links: Mapping[pytest.Item, tuple[Link, ...]],
        invalid: Iterable[str],
        add_properties: Callable[[pytest.Item, tuple[Link, ...]], None],
    ) -> None:
        self._context = context
        self._links = links
        self._invalid = invalid
        self._add_properties = add_properties
        self._files: dict[str, None] = {}
        self._withheld: dict[str, str] = {}
        self._before: list[pytest.Item] = []
        self._named: dict[pytest.Item, tuple[Link, ...]] = {}
        self._citing: dict[str, Citing] = {}
        self._left: list[pytest.Item] = []
        self._marked: dict[pytest.Item | pytest.Collector, tuple[pytest.Mark, ...]] = {}
        self._deselected = 0
        self._whole = False

    def pytest_collectstart(self, collector: pytest.Collector) -> None:
        """Remember every test file that is opened."""
        if isinstance(collector, pytest.File):
            self._files[collector.nodeid] = None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Remember what failed or was skipped: its tests are not known. An error of a marker leaves them collected."""
        is_ours = getattr(report, "postmortem", False)
        if report.outcome != "passed" and report.nodeid and not is_ours:
            how = "was skipped" if report.outcome == "skipped" else "failed"
            self._withheld[report.nodeid.partition("::")[0]] = f"{how} at collection"

    @pytest.hookimpl(wrapper=True)
    def pytest_ignore_collect(self, collection_path: Path, config: pytest.Config) -> Generator[None, bool, bool]:
        """Remember what a conftest.py or a plugin leaves out: they may hold links."""
        ignored = yield
        if ignored and is_left_out(collection_path, config):
            place = collection_path.relative_to(config.rootpath).as_posix()
            self._withheld[place] = "is left out by a conftest.py or a plugin"
        return ignored

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Count what is deselected."""
        self._deselected += len(items)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> Generator[None]:
        """Look at what was collected before any other plugin, and at what is left after the markers were checked."""
        with gc_paused():
            self._link_named(items)
        yield
        with gc_paused():
            self._select(items)

    def _link_named(self, items: Iterable[pytest.Item]) -> None:
        """Remember all that was collected, and link the tests that documents name."""
        self._before = list(items)
        names = self._context.find_names(())
        if self._context.options.judges:
            from pytest_postmortem.plugin.citations import find_citing_tests

            self._citing = find_citing_tests(self._before, names.ids)
        by_name: dict[str, list[Link]] = {}
        for postmortem, by_item in names.node_ids.items():
            for item_id, node_ids in by_item.items():
                for node_id in node_ids:
                    by_name.setdefault(node_id, []).append(Link(postmortem, item_id))
        paths = {name.partition("::")[0] for name in by_name}
        for item in self._before if paths else ():
            if item.nodeid.partition("::")[0] in paths:
                covering = (link for name in names_covering(item.nodeid) for link in by_name.get(name, ()))
                self._named[item] = links = tuple(dict.fromkeys(covering))
                if links:
                    self._add_properties(item, links)

    def _select(self, items: list[pytest.Item]) -> None:
        """Keep what `--incident` requests, and remember what is left."""
        from pytest_postmortem.plugin.selecting import find_selection, is_guarding

        names = self._context.find_names(())
        wanted = find_selection(self._context.options.ids, names)
        if wanted:
            kept: list[pytest.Item] = []
            rest: list[pytest.Item] = []
            for item in items:
                links = (*self._links.get(item, ()), *self._named.get(item, ()))
                is_wanted = any(is_guarding(link, target, names) for link in links for target in wanted)
                (kept if is_wanted else rest).append(item)
            if rest:
                items[:] = kept
                self._context.config.hook.pytest_deselected(items=rest)
        self._left = list(items)
        self._marked = {node: marks for node in self._iter_nodes() if (marks := self._get_own_marks(node))}
        self._whole = True

    def list_tests(self, session: pytest.Session) -> CollectedTests:
        """Return the tests of the finished run, which this process has collected."""
        expected = {item.nodeid for item in session.items} if hasattr(session, "items") else set()
        return CollectedTests(self.take_inventory(), expected, len(expected))

    def take_inventory(self) -> Inventory:
        """Return all of it, for this process or another."""
        from pytest_postmortem.plugin.switched_off import find_idle_reason

        links = self._links
        left = {item.nodeid for item in self._left}
        items = dict.fromkeys((*links, *self._named))
        items_by_source = {(item.path, getattr(item, "cls", None), _get_module(item)): item for item in items}
        removed = len(self._before) - len(self._left) - self._deselected
        return Inventory(
            tests=tuple(make_linked_test(item, links.get(item, ()), item.nodeid not in left) for item in items),
            files=tuple(file for file in self._files if file not in self._withheld),
            withheld=dict(self._withheld),
            collected=len(self._left),
            deselected=self._deselected,
            removed=max(0, removed) if self._whole else 0,
            whole=self._whole,
            hints=self._find_hints(links),
            late=tuple(self._iter_late()),
            sources=tuple(sorted({path for item in items_by_source.values() for path in _iter_sources(item)})),
            invalid=tuple(self._invalid),
            idle={item.nodeid: why for item in items if (why := find_idle_reason(item)) is not None},
        )

    def _iter_nodes(self) -> Iterator[pytest.Item | pytest.Collector]:
        """Yield the tests that run, and the nodes around them, each once."""
        around: set[Any] = set()
        for item in self._left:
            yield item
            node = item.parent
            while isinstance(node, pytest.Collector) and node not in around:
                around.add(node)
                yield node
                node = node.parent

    def _get_own_marks(self, node: pytest.Item | pytest.Collector) -> tuple[pytest.Mark, ...]:
        name = self._context.marker
        return tuple(mark for mark in node.own_markers if mark.name == name) if node.own_markers else ()

    def _iter_late(self) -> Iterator[Stray]:
        """Yield each marker that was added since the tests were collected: by a fixture, a hook or a test."""
        for node in self._iter_nodes() if self._whole else ():
            marks = self._get_own_marks(node)
            if marks and marks != (known := self._marked.get(node, ())):
                yield from (describe_late_marker(node, mark) for mark in marks if all(mark is not old for old in known))

    def _find_hints(self, links: Mapping[pytest.Item, tuple[Link, ...]]) -> tuple[Hint, ...]:
        """Return hints on the tests that cite what none of their items guards."""
        if not self._citing:
            return ()
        from pytest_postmortem.plugin.citations import get_function_id

        guarded: dict[str, list[Link]] = {}
        for by_item in (links, self._named):
            for item, of_item in by_item.items():
                guarded.setdefault(get_function_id(item), []).extend(of_item)
        marker = self._context.marker
        return tuple(
            hint for test, citing in self._citing.items() for hint in citing.list_hints(guarded.get(test, ()), marker)
        )


def describe_late_marker(node: pytest.Item | pytest.Collector, mark: pytest.Mark) -> Stray:
    """Return a marker that `node` got while a test ran."""
    from pytest_postmortem.model.marker import parse_request

    request = parse_request(mark.args, mark.kwargs, mark.name)
    path, line = node.nodeid.partition("::")[0], None
    if isinstance(node, pytest.Item):
        _, line, _ = node.location
    why = f"{node.name} got it while tests ran, which is too late; write it on the test"
    return Stray(path, 0 if line is None else line + 1, request.names, request.items, why)


def _get_module(item: pytest.Item) -> str | None:
    """Return the module that defines a test's function, or None."""
    return getattr(getattr(item, "function", None), "__module__", None)


def _iter_sources(item: pytest.Item) -> Iterator[str]:
    """Yield the files below rootdir, beside its own, that hold a test's function and its base classes."""
    root = item.config.rootpath
    modules = {_get_module(item)}
    modules.update(base.__module__ for base in getattr(getattr(item, "cls", None), "__mro__", ()))
    for name in modules:
        path = Path(getattr(sys.modules.get(name or ""), "__file__", None) or "")
        if path.is_absolute() and path != item.path and path.is_relative_to(root) and "site-packages" not in path.parts:
            yield path.relative_to(root).as_posix()
