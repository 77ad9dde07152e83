"""Detect why a run is partial: the arguments and options that keep it from collecting every test file."""

from __future__ import annotations

import os
import shlex
from collections import Counter
from collections.abc import Sequence
from fnmatch import fnmatch
from glob import iglob
from pathlib import Path

import pytest

__all__ = ["PartialRun", "detect_partial_run", "is_left_out"]


class PartialRun:
    """The reasons, and the files of which only a part was requested; `any_part`: every file may lack tests.

    Without reasons the run is complete.
    """

    def __init__(self) -> None:
        self.reasons: list[str] = []
        self.parts: set[str] = set()
        self.any_part = False


def detect_partial_run(config: pytest.Config) -> PartialRun:
    """Return what the arguments and options of this run leave out at collection (docs/gate.md, "Complete or partial").

    To be called at the start: pytest forgets what failed last time when the run is over.
    """
    partial = PartialRun()
    root = os.path.realpath(config.rootpath)
    wanted = _find_wanted(config, root)
    folders = []
    for argument in config.args:
        path, _, rest = str(argument).partition("::")
        full = os.path.realpath(os.path.join(config.invocation_params.dir, path))
        inside = os.path.relpath(full, root).replace(os.sep, "/")
        if rest:
            partial.reasons.append(f"only {argument} was asked for")
            partial.parts.add(inside)
        elif full in wanted or os.path.isdir(full):
            folders.append(full)
        else:
            partial.reasons.append(f"only {argument} was asked for")
    uncovered = [path for path in wanted if not any(_is_within(path, folder) for folder in folders)]
    if uncovered and not partial.reasons:
        given = ", ".join(str(argument) for argument in config.args)
        left = ", ".join(os.path.relpath(path, root).replace(os.sep, "/") for path in uncovered)
        partial.reasons.append(
            f"only {given} was asked for, which leaves out {'the rest of the project' if left == '.' else left}"
        )
    partial.reasons.extend(_find_ignored(config))
    if config.getoption("lf", False) and config.cache is not None and config.cache.get("cache/lastfailed", {}):
        partial.reasons.append("--lf withholds the tests that did not fail last time")
        partial.any_part = True
    return partial


def _find_wanted(config: pytest.Config, root: str) -> list[str]:
    """Return the `testpaths` that exist, or rootdir."""
    patterns: Sequence[str] = config.getini("testpaths")
    paths = [
        os.path.join(root, path)
        for pattern in patterns
        for path in sorted(iglob(pattern, root_dir=root, recursive=True))
    ]
    return [os.path.realpath(path) for path in paths] or [root]


def _is_within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _find_ignored(config: pytest.Config) -> list[str]:
    """Return `--ignore` and `--ignore-glob` beyond those that the ini file's addopts set."""
    usual = Counter(_find_option_values(config.getini("addopts")))
    given = Counter(
        (f"--{name.replace('_', '-')}", str(value))
        for name in ("ignore", "ignore_glob")
        for value in config.getoption(name) or ()
    )
    return [f"{name}={value} leaves tests out" for name, value in sorted((given - usual).elements())]


def is_left_out(path: Path, config: pytest.Config) -> bool:
    """Whether a test file or folder that pytest ignores is ignored for another reason than its own settings.

    Those are `norecursedirs`, virtual environments, and `--ignore` and `--ignore-glob`.
    """
    if any(path == config.invocation_params.dir / given for given in config.getoption("ignore") or ()):
        return False
    if any(fnmatch(str(path), str(config.invocation_params.dir / g)) for g in config.getoption("ignore_glob") or ()):
        return False
    if not path.is_relative_to(config.rootpath):
        return False
    if not path.is_dir():
        return path.suffix == ".py"
    recursed = not any(fnmatch(path.name, pattern) for pattern in config.getini("norecursedirs"))
    return recursed and path.name != "__pycache__" and not (path / "pyvenv.cfg").exists()


def _find_option_values(addopts: Sequence[str] | str) -> list[tuple[str, str]]:
    words = shlex.split(addopts) if isinstance(addopts, str) else list(addopts)
    pairs = []
    for place, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in ("--ignore", "--ignore-glob"):
            pairs.append((name, value if equals else (words[place + 1] if place + 1 < len(words) else "")))
    return pairs
