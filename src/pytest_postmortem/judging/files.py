"""The files of a project in which tests may be written."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

__all__ = ["files_below", "python_files"]

_NO_TESTS_BELOW = {"__pycache__", "node_modules"}


def python_files(base: Path, top: str) -> Iterator[str]:
    """Every `.py` file below `top` that pytest might collect, links followed; each folder once."""
    return files_below(base, top, (".py",))


def files_below(base: Path, top: str, suffixes: Collection[str]) -> Iterator[str]:
    """Every file below `top` that has one of `suffixes`, as `python_files` looks for them."""
    seen: set[tuple[int, int]] = set()
    endings = tuple(suffixes)
    for folder, folders, files in os.walk(base / top, followlinks=True):
        status = os.stat(folder)
        if (status.st_dev, status.st_ino) in seen:
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in _NO_TESTS_BELOW
            and not os.path.lexists(os.path.join(folder, name, "pyvenv.cfg"))
        )
        relative = os.path.relpath(folder, base).replace(os.sep, "/")
        prefix = "" if relative == "." else f"{relative}/"
        for name in sorted(files):
            if name.endswith(endings) and os.path.isfile(os.path.join(folder, name)):
                yield prefix + name
