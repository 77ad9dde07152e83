"""Exchange between the controller and the workers of pytest-xdist: names to them, inventories back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from pytest_postmortem.plugin.context import WORKER_KEY

if TYPE_CHECKING:
    from pytest_postmortem.plugin.context import Context
    from pytest_postmortem.plugin.inventory import CollectedTests, Inventory

__all__ = ["Controller", "Worker"]


class Worker:
    """Hands the inventory of this process to the controller when it goes down."""

    def __init__(self, config: pytest.Config, take_inventory: Callable[[], Inventory | None]) -> None:
        self._config = config
        self._take_inventory = take_inventory

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Publish as one JSON string, and only if there is something to report."""
        inventory = self._take_inventory()
        if inventory is not None:
            self._config.workeroutput[WORKER_KEY] = inventory.dump()  # type: ignore[attr-defined]


class Controller:
    """Gives the names to the workers and gathers their inventories."""

    def __init__(self, context: Context, add_story: Callable[[], None]) -> None:
        self._context = context
        self._add_story = add_story
        self._delivered: list[str] = []
        self._expected: set[str] = set()
        self._lost: list[str] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand the names over if this run has read them all."""
        self._add_story()
        if self._context.options.reads:
            node.workerinput[WORKER_KEY] = self._context.read_all_names().dump()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: list[str]) -> None:
        """Remember every test that a worker is going to run."""
        self._expected.update(ids)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Keep what the worker delivered; a worker that went down without a word is noted."""
        dumped = getattr(node, "workeroutput", {}).get(WORKER_KEY)
        if dumped is not None:
            self._delivered.append(dumped)
        if error:
            self._lost.append(str(node.gateway.id))

    def merge_inventories(self) -> Inventory | None:
        """Return what the workers collected, or None if none of them delivered it."""
        from pytest_postmortem.plugin.inventory import Inventory, merge

        return merge([Inventory.load(text) for text in dict.fromkeys(self._delivered)]) if self._delivered else None

    def list_tests(self) -> CollectedTests:
        """Return the tests of the finished run, as the workers have collected them."""
        from pytest_postmortem.plugin.inventory import CollectedTests, Inventory

        inventory = self.merge_inventories()
        lost = "no worker delivered its list of linked tests" if inventory is None else None
        notes = (f"lost in this run: {', '.join(sorted(self._lost))} (pytest-xdist)",) if self._lost else ()
        inventory = inventory or Inventory()
        # A worker may have collected tests that it was never asked to run.
        return CollectedTests(inventory, self._expected, len(self._expected) or inventory.collected, lost, notes)
