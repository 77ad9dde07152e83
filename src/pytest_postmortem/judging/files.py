"""Find the files of a project in which tests may be written."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

__all__ = ["find_files", "find_python_files"]

_NO_TESTS_BELOW = {"__pycache__", "node_modules"}


def find_python_files(base: Path, top: str) -> Iterator[str]:
    """Yield every `.py` file below `top` that pytest might collect, links followed; each folder once."""
    return find_files(base, top, (".py",))


def find_files(base: Path, top: str, suffixes: Collection[str]) -> Iterator[str]:
    """Yield every file below `top` that has one of `suffixes`, as `find_python_files` searches for them."""
    seen: set[tuple[int, int]] = set()
    endings = tuple(suffixes)
    for folder, folders, files in os.walk(base / top, followlinks=True):
        status = os.stat(folder)
        if (status.st_dev, status.st_ino) in seen:
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        folders[:] = sorted(name for name in folders if _may_hold_tests(folder, name))
        relative = os.path.relpath(folder, base).replace(os.sep, "/")
        prefix = "" if relative == "." else f"{relative}/"
        for name in sorted(files):
            if name.endswith(endings) and os.path.isfile(os.path.join(folder, name)):
                yield prefix + name


def _may_hold_tests(folder: str, name: str) -> bool:
    """Return whether pytest searches the folder `name` in `folder`: not hidden, a cache or a virtual environment."""
    if name.startswith(".") or name in _NO_TESTS_BELOW:
        return False
    return not os.path.lexists(os.path.join(folder, name, "pyvenv.cfg"))
