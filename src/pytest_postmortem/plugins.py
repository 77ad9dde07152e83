"""Load the packages that extend this one, and call the hooks that return lists."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from importlib.metadata import entry_points
from typing import Any

import pluggy

from pytest_postmortem import hookspecs
from pytest_postmortem.builtin import BuiltIn
from pytest_postmortem.config.settings import Settings
from pytest_postmortem.errors import PostmortemError, SourceError, plugin_error

__all__ = ["gather", "load_plugins"]


def load_plugins(settings: Settings, today: date) -> pluggy.PluginManager:
    """Return a plugin manager with the parts of this package and those of the entry points.

    It is not pytest's, so that every way of reading the documents comes to the same result. Raises SourceError for an
    entry point that cannot be loaded.
    """
    manager = pluggy.PluginManager(hookspecs.ENTRY_POINTS)
    for specification in (hookspecs.Reading, hookspecs.Linting, hookspecs.Reporting):
        manager.add_hookspecs(specification)
    manager.register(BuiltIn(settings, today), "built-in")
    for point in sorted(entry_points(group=hookspecs.ENTRY_POINTS), key=lambda point: point.name):
        try:
            manager.register(point.load(), point.value)
            manager.check_pending()
        except Exception as error:
            problem = f"cannot be used: {type(error).__name__}: {error}"
            origin = f"{hookspecs.ENTRY_POINTS} entry point {point.value}"
            hint = "fix or uninstall that package"
            raise SourceError(" ".join(problem.split()), origin=origin, hint=hint) from None
    return manager


def gather(hook: pluggy.HookCaller, settings: Settings, attributes: Collection[str]) -> list[Any]:
    """Return what all implementations of `hook` return, ours first, each with these `attributes`.

    Raises SourceError if an implementation fails or returns something else.
    """
    try:
        results = hook(settings=settings)
    except PostmortemError:
        raise
    except Exception as error:
        raise plugin_error(hook.name, error) from None
    for result in results:
        _check_result(hook.name, result, attributes)
    return [part for result in reversed(results) for part in result]


def _check_result(hook: str, result: object, attributes: Collection[str]) -> None:
    """Raise SourceError unless an implementation returned a list of objects with these `attributes`."""
    parts = result if isinstance(result, (list, tuple)) else (result,)
    for part in parts:
        if parts is result and all(hasattr(part, name) for name in attributes):
            continue
        kind = part if isinstance(part, type) else type(part)
        hint = f"return a list of objects with {' and '.join(f'`{name}`' for name in attributes)}"
        raise SourceError(f"{hook} returned a {kind.__module__}.{kind.__qualname__}", hint=hint)
