"""What was collected: in this process, or in a worker that hands it on."""

from __future__ import annotations

import json
import sys
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_postmortem.model.link import Link, LinkedTest, Stray, names_covering
from pytest_postmortem.model.postmortem import Hint
from pytest_postmortem.plugin.narrowing import is_left_out

if TYPE_CHECKING:
    from pytest_postmortem.plugin.citations import Citing
    from pytest_postmortem.plugin.session import Session

__all__ = ["Collected", "Inventory", "linked_test", "merged"]


@dataclass(frozen=True, slots=True)
class Inventory:
    """The linked tests and the test files of one process. Node ids and paths are relative to pytest's rootdir.

    `tests` holds every test of a file that a document names, too: the nearest to a name that is wrong is among them.
    `removed` counts tests that somebody took out without telling pytest. `whole` is false where the collection was
    broken off, so that links may be missing. `hints` are those on tests that cite an incident and guard none.
    `idle` maps the node id of a linked test whose body never runs to the reason. `late` are markers that were added
    while a test ran. `sources` are files that hold a linked test's function or a base class of it, beside its own.
    `invalid` are the errors of markers.
    """

    tests: tuple[LinkedTest, ...] = ()
    files: tuple[str, ...] = ()
    withheld: dict[str, str] = field(default_factory=dict)
    collected: int = 0
    deselected: int = 0
    removed: int = 0
    whole: bool = True
    hints: tuple[Hint, ...] = ()
    idle: dict[str, str] = field(default_factory=dict)
    late: tuple[Stray, ...] = ()
    sources: tuple[str, ...] = ()
    invalid: tuple[str, ...] = ()

    def dumped(self) -> str:
        """As one JSON string: the only thing that is handed from process to process without harm."""
        tests = [
            [
                one.node_id,
                one.path,
                one.line,
                [[link.postmortem, link.item] for link in one.links],
                one.switched_off,
                one.deselected,
            ]
            for one in self.tests
        ]
        hints = [[hint.origin, hint.line, hint.text] for hint in self.hints]
        late = [[one.path, one.line, one.names, one.items, one.why] for one in self.late]
        rest = {name: getattr(self, name) for name in self.__slots__ if name not in ("tests", "hints", "late")}
        return json.dumps({"tests": tests, "hints": hints, "late": late, **rest})

    @classmethod
    def loaded(cls, text: str) -> Inventory:
        """From `dumped`."""
        said: dict[str, Any] = json.loads(text)
        tests = tuple(
            LinkedTest(node_id, path, line, tuple(Link(*link) for link in links), switched_off, deselected)
            for node_id, path, line, links, switched_off, deselected in said.pop("tests")
        )
        hints = tuple(Hint(*hint) for hint in said.pop("hints"))
        late = tuple(
            Stray(path, line, tuple(names), tuple(items), why) for path, line, names, items, why in said.pop("late")
        )
        return cls(
            tests=tests,
            files=tuple(said.pop("files")),
            sources=tuple(said.pop("sources")),
            invalid=tuple(said.pop("invalid")),
            hints=hints,
            late=late,
            **said,
        )


def merged(inventories: Sequence[Inventory]) -> Inventory:
    """The union of what several workers collected: they collect the same, so the order does not matter."""
    tests: dict[str, LinkedTest] = {}
    withheld: dict[str, str] = {}
    idle: dict[str, str] = {}
    for inventory in inventories:
        withheld.update(inventory.withheld)
        idle.update(inventory.idle)
        for test in inventory.tests:
            known = tests.get(test.node_id)
            if known is None or (known.deselected and not test.deselected):
                tests[test.node_id] = test
    return Inventory(
        tests=tuple(tests.values()),
        files=tuple(sorted({file for inventory in inventories for file in inventory.files})),
        withheld=withheld,
        collected=max((inventory.collected for inventory in inventories), default=0),
        deselected=max((inventory.deselected for inventory in inventories), default=0),
        removed=max((inventory.removed for inventory in inventories), default=0),
        whole=any(inventory.whole for inventory in inventories),
        hints=tuple(dict.fromkeys(hint for inventory in inventories for hint in inventory.hints)),
        idle=idle,
        late=tuple(dict.fromkeys(one for inventory in inventories for one in inventory.late)),
        sources=tuple(sorted({path for inventory in inventories for path in inventory.sources})),
        invalid=tuple(dict.fromkeys(one for inventory in inventories for one in inventory.invalid)),
    )


class Collected:
    """Watches the collection of a run that judges or selects, before anything is deselected."""

    def __init__(self, session: Session) -> None:
        self._session = session
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
        ours = getattr(report, "postmortem", False)
        if report.outcome != "passed" and report.nodeid and not ours:
            how = "was skipped" if report.outcome == "skipped" else "failed"
            self._withheld[report.nodeid.partition("::")[0]] = f"{how} at collection"

    @pytest.hookimpl(wrapper=True)
    def pytest_ignore_collect(self, collection_path: Path, config: pytest.Config) -> Generator[None, bool, bool]:
        """Remember what a conftest.py or a plugin leaves out: links may stand there."""
        ignored = yield
        if ignored and is_left_out(collection_path, config):
            place = collection_path.relative_to(config.rootpath).as_posix()
            self._withheld[place] = "is left out by a conftest.py or a plugin"
        return ignored

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Count what is deselected."""
        self._deselected += len(items)

    def before(self, items: Iterable[pytest.Item]) -> None:
        """Take the inventory of all that was collected, and link the tests that documents name."""
        self._before = list(items)
        names = self._session.names(())
        if self._session.asked.judges:
            from pytest_postmortem.plugin.citations import citing_tests

            self._citing = citing_tests(self._before, names.ids)
        by_name: dict[str, list[Link]] = {}
        for postmortem, by_item in names.node_ids.items():
            for item_id, node_ids in by_item.items():
                for node_id in node_ids:
                    by_name.setdefault(node_id, []).append(Link(postmortem, item_id))
        paths = {name.partition("::")[0] for name in by_name}
        for item in self._before if paths else ():
            if item.nodeid.partition("::")[0] in paths:
                found = (link for name in names_covering(item.nodeid) for link in by_name.get(name, ()))
                self._named[item] = links = tuple(dict.fromkeys(found))
                if links:
                    self._session.properties.add(item, links)

    def after(self, items: list[pytest.Item]) -> None:
        """Select what `--incident` asks for, when everybody has had a say; remember what is left."""
        from pytest_postmortem.plugin.selecting import guards, selection

        names = self._session.names(())
        wanted = selection(self._session, names)
        if wanted:
            kept: list[pytest.Item] = []
            rest: list[pytest.Item] = []
            for item in items:
                links = (*self._session.markers.links.get(item, ()), *self._named.get(item, ()))
                (kept if any(guards(link, one, names) for link in links for one in wanted) else rest).append(item)
            if rest:
                items[:] = kept
                self._session.config.hook.pytest_deselected(items=rest)
        self._left = list(items)
        self._marked = {node: marks for node in self._nodes() if (marks := self._own_marks(node))}
        self._whole = True

    def inventory(self) -> Inventory:
        """All of it, for this process or another."""
        from pytest_postmortem.plugin.switched_off import never_runs

        links = self._session.markers.links
        left = {item.nodeid for item in self._left}
        items = dict.fromkeys((*links, *self._named))
        alike = {(item.path, getattr(item, "cls", None), _module_of(item)): item for item in items}
        removed = len(self._before) - len(self._left) - self._deselected
        return Inventory(
            tests=tuple(linked_test(item, links.get(item, ()), item.nodeid not in left) for item in items),
            files=tuple(file for file in self._files if file not in self._withheld),
            withheld=dict(self._withheld),
            collected=len(self._left),
            deselected=self._deselected,
            removed=max(0, removed) if self._whole else 0,
            whole=self._whole,
            hints=self._hints(links),
            late=tuple(self._late()),
            sources=tuple(sorted({path for item in alike.values() for path in _sources_of(item)})),
            invalid=tuple(self._session.markers.invalid),
            idle={item.nodeid: why for item in items if (why := never_runs(item)) is not None},
        )

    def _nodes(self) -> Iterator[pytest.Item | pytest.Collector]:
        """The tests that run, and what is around them, each once."""
        around: set[Any] = set()
        for item in self._left:
            yield item
            node = item.parent
            while isinstance(node, pytest.Collector) and node not in around:
                around.add(node)
                yield node
                node = node.parent

    def _own_marks(self, node: pytest.Item | pytest.Collector) -> tuple[pytest.Mark, ...]:
        name = self._session.marker
        return tuple(mark for mark in node.own_markers if mark.name == name) if node.own_markers else ()

    def _late(self) -> Iterator[Stray]:
        """Each marker that was added since the tests were collected: by a fixture, a hook or a test."""
        for node in self._nodes() if self._whole else ():
            marks = self._own_marks(node)
            if marks and marks != (known := self._marked.get(node, ())):
                yield from (late_marker(node, mark) for mark in marks if all(mark is not one for one in known))

    def _hints(self, links: Mapping[pytest.Item, tuple[Link, ...]]) -> tuple[Hint, ...]:
        """Hints on the tests that cite what none of their items guards."""
        if not self._citing:
            return ()
        from pytest_postmortem.plugin.citations import function_of

        guarded: dict[str, list[Link]] = {}
        for by_item in (links, self._named):
            for item, ones in by_item.items():
                guarded.setdefault(function_of(item), []).extend(ones)
        marker = self._session.marker
        return tuple(hint for test, one in self._citing.items() for hint in one.hints(guarded.get(test, ()), marker))


def late_marker(node: pytest.Item | pytest.Collector, mark: pytest.Mark) -> Stray:
    """A marker that `node` got while a test ran."""
    from pytest_postmortem.model.marker import requested

    request = requested(mark.args, mark.kwargs, mark.name)
    path, line = node.nodeid.partition("::")[0], None
    if isinstance(node, pytest.Item):
        _, line, _ = node.location
    why = f"{node.name} got it while tests ran, which is too late; write it on the test"
    return Stray(path, 0 if line is None else line + 1, request.names, request.items, why)


def _module_of(item: pytest.Item) -> str | None:
    """The module that defines a test's function, None if it has none."""
    return getattr(getattr(item, "function", None), "__module__", None)


def _sources_of(item: pytest.Item) -> Iterator[str]:
    """The files below rootdir, beside its own, that hold a test's function and the classes that it inherits from."""
    root = item.config.rootpath
    modules = {_module_of(item)}
    modules.update(one.__module__ for one in getattr(getattr(item, "cls", None), "__mro__", ()))
    for name in modules:
        path = Path(getattr(sys.modules.get(name or ""), "__file__", None) or "")
        if path.is_absolute() and path != item.path and path.is_relative_to(root) and "site-packages" not in path.parts:
            yield path.relative_to(root).as_posix()


def linked_test(item: pytest.Item, links: tuple[Link, ...], deselected: bool) -> LinkedTest:
    from pytest_postmortem.plugin.switched_off import switched_off

    _, line, _ = item.location
    return LinkedTest(
        node_id=item.nodeid,
        path=item.nodeid.partition("::")[0],
        line=0 if line is None else line + 1,
        links=links,
        switched_off=switched_off(item),
        deselected=deselected,
    )
