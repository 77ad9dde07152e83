"""Import of our own modules as they were installed, and not through pytest's rewriting of assertions."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

import pytest

__all__ = ["load_as_installed"]

_OURS = f"{__name__.partition('.')[0]}."


class _AsInstalled:
    """Finds our modules before pytest does.

    pytest rewrites the assertions of every package that holds a plugin. Ours has none that a user is to see, and pays:
    rewritten byte code is read piece by piece (a quarter of a marked run's imports), and if none may be written
    every run parses our modules again, although the installer has compiled them.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return PathFinder.find_spec(fullname, path, target) if fullname.startswith(_OURS) else None


_FINDER = _AsInstalled()


def load_as_installed(config: pytest.Config) -> None:
    """Load our modules so until the end of this run: call it before importing the parts that only some runs need."""
    if _FINDER not in sys.meta_path:
        sys.meta_path.insert(0, _FINDER)
        config.add_cleanup(lambda: sys.meta_path.remove(_FINDER))
