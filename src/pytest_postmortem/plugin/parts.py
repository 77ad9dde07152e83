"""The parts of the plugin: built here, each with the others that it works with, and registered with pytest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_postmortem.plugin.context import Context
from pytest_postmortem.plugin.markers import Markers
from pytest_postmortem.plugin.properties import Properties

if TYPE_CHECKING:
    from pytest_postmortem.plugin.collection import Collection
    from pytest_postmortem.plugin.inventory import CollectedTests, Inventory
    from pytest_postmortem.plugin.xdist import Controller

__all__ = ["Parts"]


class Parts:
    """The parts of one run. What a run does not need is neither imported nor built."""

    def __init__(self, config: pytest.Config, marker: str) -> None:
        self._context = Context(config, marker)
        self._plugins = config.pluginmanager
        self._properties = Properties(self._context)
        self._collection: Collection | None = None
        self._controller: Controller | None = None
        self.markers = Markers(self._context, self._properties.add, self._add_story)

    def register(self) -> None:
        """Build and register the parts that this run needs, and no other."""
        options = self._context.options
        self._plugins.register(self.markers, "postmortem-markers")
        if options.reads:
            from pytest_postmortem.plugin.collection import Collection

            links, invalid = self.markers.links, self.markers.invalid
            self._collection = Collection(self._context, links, invalid, self._properties.add)
            self._plugins.register(self._collection, "postmortem-collection")
        if self._context.is_worker:
            from pytest_postmortem.plugin.xdist import Worker

            self._plugins.register(Worker(self._context.config, self._take_inventory), "postmortem-worker")
            return
        if self._context.config.getoption("dist", "no") != "no":
            from pytest_postmortem.plugin.xdist import Controller

            self._controller = Controller(self._context, self._add_story)
            self._plugins.register(self._controller, "postmortem-controller")
        if options.judges or options.ids:
            from pytest_postmortem.plugin.judge import Judge

            self._plugins.register(Judge(self._context, self._list_tests), "postmortem-judge")

    def _add_story(self) -> None:
        """Let failing tests report what they guard, from the first time on that there may be linked tests."""
        if not self._context.is_worker and not self._plugins.hasplugin("postmortem-story"):
            from pytest_postmortem.plugin.story import Story

            self._plugins.register(Story(self._context, self._merge_inventories), "postmortem-story")

    def _take_inventory(self) -> Inventory | None:
        """Return the inventory of this process, or None if nothing was linked."""
        if self._collection is not None:
            return self._collection.take_inventory()
        if not self.markers.links:
            return None
        from pytest_postmortem.plugin.inventory import list_linked

        return list_linked(self.markers.links)

    def _merge_inventories(self) -> Inventory | None:
        """Return the inventories of the workers as one, or None if no worker delivered one."""
        return self._controller.merge_inventories() if self._controller and self._context.is_distributed else None

    def _list_tests(self, session: pytest.Session) -> CollectedTests:
        """Return the tests of the finished run, whichever process collected them."""
        if self._controller is not None and self._context.is_distributed:
            return self._controller.list_tests()
        assert self._collection is not None
        return self._collection.list_tests(session)
