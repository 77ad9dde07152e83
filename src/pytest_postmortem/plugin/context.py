"""The run that the parts of the plugin take part in: its options, marker, documents and names. No part changes it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import pytest

from pytest_postmortem.plugin.options import RunOptions

if TYPE_CHECKING:
    from pytest_postmortem.model.names import Names
    from pytest_postmortem.project import Project

__all__ = ["WORKER_KEY", "Context"]

WORKER_KEY = "postmortem"
"""The key of what the controller gives its workers (pytest-xdist), and of what they give back."""


class Context:
    """One run of pytest in one process. It knows none of the parts."""

    def __init__(self, config: pytest.Config, marker: str) -> None:
        self.config = config
        self.marker = marker
        self.options = RunOptions(config)
        self.is_worker = hasattr(config, "workerinput")
        self._names: Names | None = None

    @cached_property
    def project(self) -> Project:
        """The documents of this checkout."""
        from datetime import UTC, datetime

        from pytest_postmortem.project import Project

        return Project(self.config.rootpath, datetime.now(UTC).date(), environ=os.environ)

    @property
    def is_distributed(self) -> bool:
        """Whether this process hands the tests to workers. Known from the start of the session on."""
        return self.config.pluginmanager.hasplugin("dsession")

    @cached_property
    def prefix(self) -> str:
        """The prefix that makes a node id of this run relative to the configuration's folder: "" or "part/"."""
        scope = self.config.rootpath.relative_to(self.project.settings.base).as_posix()
        return "" if scope == "." else scope + "/"

    def read_all_names(self) -> Names:
        """Return the names of every document, with the node ids of this run's own tests. Raises PostmortemError."""
        if self._names is None:
            from pytest_postmortem.judging.marker_names import collect_names

            names = collect_names(self.project.catalogue, self.project.today)
            for by_item in names.node_ids.values():
                for item, node_ids in by_item.items():
                    by_item[item] = [
                        name.removeprefix(self.prefix) for name in node_ids if name.startswith(self.prefix)
                    ]
            self._names = names
        return self._names

    def find_names(self, wanted: Iterable[str]) -> Names:
        """Return the names that markers may use, reading no more documents than `wanted` takes.

        Raises PostmortemError.
        """
        if self._names is None and self.is_worker:
            dumped = self.config.workerinput.get(WORKER_KEY)  # type: ignore[attr-defined]
            if dumped is not None:
                from pytest_postmortem.model.names import Names

                self._names = Names.load(dumped)
        return self._names if self._names is not None else self.project.resolve_names(wanted)
