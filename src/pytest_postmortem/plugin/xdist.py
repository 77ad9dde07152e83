"""pytest-xdist: what the controller gives to its workers, and what comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_postmortem.plugin.session import WORKER_KEY, Session

if TYPE_CHECKING:
    from pytest_postmortem.plugin.inventory import Inventory

__all__ = ["Controller", "Worker"]


class Worker:
    """Hands the inventory of this process to the controller when it goes down."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Publish as one JSON string, and only where there is something to tell."""
        links = self._session.markers.links
        if self._session.collected is not None:
            inventory = self._session.collected.inventory()
        elif links:
            from pytest_postmortem.plugin.inventory import Inventory, linked_test

            inventory = Inventory(tests=tuple(linked_test(item, found, False) for item, found in links.items()))
        else:
            return
        self._session.config.workeroutput[WORKER_KEY] = inventory.dumped()  # type: ignore[attr-defined]


class Controller:
    """Gives the names to the workers and gathers their inventories."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._delivered: list[str] = []
        self.expected: set[str] = set()
        self.lost: list[str] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand the names over, where this run has read them all."""
        self._session.tell_stories()
        if self._session.asked.reads:
            node.workerinput[WORKER_KEY] = self._session.all_names().dumped()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: list[str]) -> None:
        """Remember every test that a worker is going to run."""
        self.expected.update(ids)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Keep what the worker delivered; a worker that went down without a word is noted."""
        given = getattr(node, "workeroutput", {}).get(WORKER_KEY)
        if given is not None:
            self._delivered.append(given)
        if error:
            self.lost.append(str(node.gateway.id))

    def inventory(self) -> Inventory | None:
        """What the workers collected, or None where none of them told."""
        from pytest_postmortem.plugin.inventory import Inventory, merged

        return merged([Inventory.loaded(text) for text in dict.fromkeys(self._delivered)]) if self._delivered else None
