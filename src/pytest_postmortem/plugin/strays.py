"""Markers in the sources that no collected test carries: looked for only if an action item has no test."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_postmortem.model.run import Run
from pytest_postmortem.scanning.uncollected import Rules, find_strays

if TYPE_CHECKING:
    from pytest_postmortem.plugin.context import Context

__all__ = ["add_strays"]


def add_strays(context: Context, run: Run) -> Run:
    """Return `run` with the markers that its sources hold, each with the reason why pytest collected no test for it."""
    config = context.config
    rules = Rules(
        python_files=tuple(config.getini("python_files")),
        python_classes=tuple(config.getini("python_classes")),
        python_functions=tuple(config.getini("python_functions")),
        norecursedirs=tuple(config.getini("norecursedirs")),
        testpaths=tuple(context.prefix + path.rstrip("/") for path in config.getini("testpaths")),
    )
    known = {(stray.path, stray.names, stray.items) for stray in run.strays}
    strays = find_strays(context.project.settings.base, context.marker, rules, run)
    new = [stray for stray in strays if (stray.path, stray.names, stray.items) not in known]
    return replace(run, strays=(*run.strays, *new))
