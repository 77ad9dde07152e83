"""What a run collected, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pytest_postmortem.model.link import LinkedTest, Result, Stray

__all__ = ["Run"]


@dataclass(frozen=True, slots=True)
class Run:
    """The facts of one run, before anything is decided. Node ids and paths are relative to the configuration's folder.

    `tests` are the linked tests and those that documents name, `results` their outcomes by node id. `files` are the
    test files that were collected whole, `withheld` maps a file or folder that failed or was skipped at collection to
    the reason. `scope` is the part of the configuration's folder that the run belongs to ("" for all of it).
    `narrowed` are the reasons why not every test file was collected, `stopped` why not every test was run.
    `lost` says why the inventory of links did not arrive. `selected` says what was deselected. `collect_only` is true
    where nothing was to be run. `collected`, `finished` and `deselected` count tests. `union` is true where the run is
    put together from the evidence of all shards. `digests` are those of the files that hold the tests, by path.
    `strays` are markers that link no test, `invalid` the errors of markers that name nothing that is there: with
    workers, or with `--continue-on-collection-errors`, pytest runs the tests of such a file all the same.
    """

    tests: tuple[LinkedTest, ...] = ()
    results: Mapping[str, Result] = field(default_factory=dict)
    files: frozenset[str] = frozenset()
    withheld: Mapping[str, str] = field(default_factory=dict)
    scope: str = ""
    narrowed: tuple[str, ...] = ()
    stopped: tuple[str, ...] = ()
    lost: str | None = None
    notes: tuple[str, ...] = ()
    collect_only: bool = False
    collected: int = 0
    finished: int = 0
    deselected: int = 0
    union: bool = False
    digests: Mapping[str, str] = field(default_factory=dict)
    strays: tuple[Stray, ...] = ()
    invalid: tuple[str, ...] = ()

    def result(self, node_id: str) -> Result:
        """Return the outcome of this test; not run where none arrived."""
        return self.results.get(node_id, _NOT_RUN)


_NOT_RUN = Result()
