"""The linked tests and test files that a process has collected, as data that is handed between processes."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_postmortem.model.link import Link, LinkedTest, Stray
from pytest_postmortem.model.postmortem import Hint

if TYPE_CHECKING:
    import pytest

__all__ = ["CollectedTests", "Inventory", "list_linked", "make_linked_test", "merge"]


@dataclass(frozen=True, slots=True)
class Inventory:
    """The linked tests and the test files of one process. Node ids and paths are relative to pytest's rootdir.

    `tests` also holds every test of a file that a document names: the nearest to a name that is wrong is among them.
    `removed` counts tests that a plugin took out without telling pytest. `whole` is false if the collection was
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

    def dump(self) -> str:
        """Return one JSON string: the only thing that is handed from process to process without harm."""
        tests = [
            [
                test.node_id,
                test.path,
                test.line,
                [[link.postmortem, link.item] for link in test.links],
                test.switched_off,
                test.deselected,
            ]
            for test in self.tests
        ]
        hints = [[hint.origin, hint.line, hint.text] for hint in self.hints]
        late = [[stray.path, stray.line, stray.names, stray.items, stray.why] for stray in self.late]
        rest = {name: getattr(self, name) for name in self.__slots__ if name not in ("tests", "hints", "late")}
        return json.dumps({"tests": tests, "hints": hints, "late": late, **rest})

    @classmethod
    def load(cls, text: str) -> Inventory:
        """Return the inventory from the text that `dump` returned."""
        values: dict[str, Any] = json.loads(text)
        tests = tuple(
            LinkedTest(node_id, path, line, tuple(Link(*link) for link in links), switched_off, deselected)
            for node_id, path, line, links, switched_off, deselected in values.pop("tests")
        )
        hints = tuple(Hint(*hint) for hint in values.pop("hints"))
        late = tuple(
            Stray(path, line, tuple(names), tuple(items), why) for path, line, names, items, why in values.pop("late")
        )
        return cls(
            tests=tests,
            files=tuple(values.pop("files")),
            sources=tuple(values.pop("sources")),
            invalid=tuple(values.pop("invalid")),
            hints=hints,
            late=late,
            **values,
        )


def merge(inventories: Sequence[Inventory]) -> Inventory:
    """Return the union of what several workers collected: they collect the same, so the order does not matter."""
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
        late=tuple(dict.fromkeys(stray for inventory in inventories for stray in inventory.late)),
        sources=tuple(sorted({path for inventory in inventories for path in inventory.sources})),
        invalid=tuple(dict.fromkeys(error for inventory in inventories for error in inventory.invalid)),
    )


@dataclass(frozen=True, slots=True)
class CollectedTests:
    """The tests of a finished run, whichever processes collected them.

    `expected` are the node ids that were to run, `number` is how many these are, or how many were collected if no
    worker was to run them. `lost` is why links may be missing, or None. `notes` are for the report.
    """

    inventory: Inventory
    expected: Collection[str]
    number: int
    lost: str | None = None
    notes: tuple[str, ...] = ()


def list_linked(links: Mapping[pytest.Item, tuple[Link, ...]]) -> Inventory:
    """Return the inventory of a run that knows nothing but the `links` of its markers."""
    return Inventory(tests=tuple(make_linked_test(item, of_item, False) for item, of_item in links.items()))


def make_linked_test(item: pytest.Item, links: tuple[Link, ...], deselected: bool) -> LinkedTest:
    """Return the test of `item` with its `links`."""
    from pytest_postmortem.plugin.switched_off import find_skip_reason

    _, line, _ = item.location
    return LinkedTest(
        node_id=item.nodeid,
        path=item.nodeid.partition("::")[0],
        line=0 if line is None else line + 1,
        links=links,
        switched_off=find_skip_reason(item),
        deselected=deselected,
    )
