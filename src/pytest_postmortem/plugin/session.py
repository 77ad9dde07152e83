"""One pytest session of ours: what was asked, what is known, and which parts take part."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import pytest

from pytest_postmortem.plugin.markers import Markers
from pytest_postmortem.plugin.options import Asked
from pytest_postmortem.plugin.properties import Properties

if TYPE_CHECKING:
    from pytest_postmortem.model.names import Names
    from pytest_postmortem.plugin.inventory import Collected
    from pytest_postmortem.project import Project

__all__ = ["WORKER_KEY", "Session"]

WORKER_KEY = "postmortem"
"""The key of what the controller gives its workers (pytest-xdist), and of what they give back."""


class Session:
    """What the parts of the plugin share in one process."""

    def __init__(self, config: pytest.Config, marker: str) -> None:
        self.config = config
        self.marker = marker
        self.asked = Asked(config)
        self.worker = hasattr(config, "workerinput")
        self.collected: Collected | None = None
        self.markers = Markers(self)
        self.properties = Properties(self)
        self._names: Names | None = None

    def register(self) -> None:
        """Register the parts that this run needs, and no other."""
        plugins = self.config.pluginmanager
        if self.asked.reads:
            from pytest_postmortem.plugin.inventory import Collected

            self.collected = Collected(self)
        plugins.register(self.markers, "postmortem-markers")
        if self.collected is not None:
            plugins.register(self.collected, "postmortem-collected")
        if self.worker:
            from pytest_postmortem.plugin.xdist import Worker

            plugins.register(Worker(self), "postmortem-worker")
            return
        if self.config.getoption("dist", "no") != "no":
            from pytest_postmortem.plugin.xdist import Controller

            self.controller = Controller(self)
            plugins.register(self.controller, "postmortem-controller")
        if self.asked.judges or self.asked.ids:
            from pytest_postmortem.plugin.judge import Judge

            plugins.register(Judge(self), "postmortem-judge")

    def tell_stories(self) -> None:
        """Let failing tests tell what they guard: called where there may be linked tests, as often as it comes."""
        plugins = self.config.pluginmanager
        if not self.worker and not plugins.hasplugin("postmortem-story"):
            from pytest_postmortem.plugin.story import Story

            plugins.register(Story(self), "postmortem-story")

    @cached_property
    def project(self) -> Project:
        """The documents of this checkout."""
        from datetime import UTC, datetime

        from pytest_postmortem.project import Project

        return Project(self.config.rootpath, datetime.now(UTC).date(), environ=os.environ)

    @cached_property
    def distributed(self) -> bool:
        """Whether this process hands the tests to workers. Known from the start of the session on."""
        return self.config.pluginmanager.hasplugin("dsession")

    @cached_property
    def prefix(self) -> str:
        """What stands before a node id of this run to make it relative to the configuration's folder: "" or "part/"."""
        scope = self.config.rootpath.relative_to(self.project.settings.base).as_posix()
        return "" if scope == "." else scope + "/"

    def all_names(self) -> Names:
        """The names of every document, with the node ids of this run's own tests. Raises PostmortemError."""
        if self._names is None:
            from pytest_postmortem.project import names_in

            names = names_in(self.project.catalogue, self.project.today)
            for named in names.node_ids.values():
                for item, node_ids in named.items():
                    named[item] = [one.removeprefix(self.prefix) for one in node_ids if one.startswith(self.prefix)]
            self._names = names
        return self._names

    def names(self, wanted: Iterable[str]) -> Names:
        """The names that markers may use; reads no more documents than `wanted` takes. Raises PostmortemError."""
        if self._names is None and self.worker:
            given = self.config.workerinput.get(WORKER_KEY)  # type: ignore[attr-defined]
            if given is not None:
                from pytest_postmortem.model.names import Names

                self._names = Names.loaded(given)
        return self._names if self._names is not None else self.project.names(wanted)
