"""The markers in the sources that no collected test carries: looked for only if an action item has no test."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_postmortem.model.run import Run
from pytest_postmortem.scanning.uncollected import Rules, find_strays

if TYPE_CHECKING:
    from pytest_postmortem.plugin.session import Session

__all__ = ["with_strays"]


def with_strays(ours: Session, run: Run) -> Run:
    """Return `run` with the markers that its sources hold, each with the reason why pytest collected no test for it."""
    config = ours.config
    rules = Rules(
        python_files=tuple(config.getini("python_files")),
        python_classes=tuple(config.getini("python_classes")),
        python_functions=tuple(config.getini("python_functions")),
        norecursedirs=tuple(config.getini("norecursedirs")),
        testpaths=tuple(ours.prefix + path.rstrip("/") for path in config.getini("testpaths")),
    )
    known = {(one.path, one.names, one.items) for one in run.strays}
    found = find_strays(ours.project.settings.base, ours.marker, rules, run)
    return replace(run, strays=(*run.strays, *(one for one in found if (one.path, one.names, one.items) not in known)))
