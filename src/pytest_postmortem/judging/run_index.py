"""Look up the tests of a run by file, and its stray markers by name, without a walk through all of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

from pytest_postmortem.model.link import LinkedTest, Stray
from pytest_postmortem.model.nearest import NameIndex
from pytest_postmortem.model.run import Run

__all__ = ["NodeIds", "RunIndex"]


class RunIndex:
    """What the states of many action items look up in one run."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.node_ids = _index_node_ids(run.tests)
        self._strays: dict[str, list[tuple[int, Stray]]] = {}
        for place, stray in enumerate(run.strays):
            for name in stray.names:
                self._strays.setdefault(name, []).append((place, stray))

    def find_strays(self, names: Collection[str]) -> list[Stray]:
        """Return the stray markers that name one of `names`, in the order of the run."""
        found = {place: stray for name in names for place, stray in self._strays.get(name, ())}
        return [found[place] for place in sorted(found)]


class NodeIds:
    """The node ids of a run's tests, by file."""

    def __init__(self, tests: Sequence[LinkedTest]) -> None:
        self._by_path: dict[str, list[str]] = {}
        for test in tests:
            self._by_path.setdefault(test.path, []).append(test.node_id)
        self._indexes: dict[str, NameIndex] = {}
        self._found: dict[str, tuple[str, ...]] = {}

    def find_nearest(self, node_id: str) -> tuple[str, ...]:
        """Return the nearest node id in the same file, or nothing."""
        if node_id not in self._found:
            path = node_id.partition("::")[0]
            if path not in self._indexes:
                self._indexes[path] = NameIndex(self._by_path.get(path, ()))
            self._found[node_id] = self._indexes[path].find(node_id, 1)
        return self._found[node_id]


@lru_cache(maxsize=1)
def _index_node_ids(tests: tuple[LinkedTest, ...]) -> NodeIds:
    """Keep the last index: a run is judged once more with its stray markers, and its tests are the same."""
    return NodeIds(tests)
