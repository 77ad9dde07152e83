"""Which format writes which file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from pytest_postmortem.errors import ConfigError, PostmortemError, extension_failed
from pytest_postmortem.reporting.interface import Finished, Reporter
from pytest_postmortem.reporting.writing import write

__all__ = ["BUILT_IN_SUFFIXES", "chosen", "is_file", "written"]

BUILT_IN_SUFFIXES = (".json", ".html", ".md")


def is_file(path: Path) -> bool:
    """Whether there is a regular file at `path`; false for a name that no file can have."""
    try:
        return path.is_file()
    except OSError:
        return False


def chosen(given: Sequence[str], here: Path, reporters: Iterable[Reporter], option: str) -> list[tuple[Path, Reporter]]:
    """Each file of the option `option`, relative to `here`, with the format that its suffix chooses.

    Raises ConfigError for a suffix that no format has or that two have, and for a folder.
    """
    known: dict[str, Reporter] = {}
    for reporter in reporters:
        other = known.setdefault(reporter.suffix, reporter)
        if other is not reporter:
            kinds = f"{type(other).__qualname__} and {type(reporter).__qualname__}"
            raise ConfigError(f"two reporters write {reporter.suffix} files: {kinds}", hint="remove one of them")
    files: list[tuple[Path, Reporter]] = []
    for name in given:
        path = Path(here, name)
        reporter_of = known.get(path.suffix.lower())
        if reporter_of is None:
            suffixes = ", ".join(sorted(known))
            problem = f"{option}: no format has the suffix of {name!r}"
            raise ConfigError(problem, hint=f"the suffix chooses the format: {suffixes}")
        try:
            there = path.exists()
        except OSError as error:
            shown = name if len(name) <= 80 else name[:77] + "..."
            raise ConfigError(f"{option}: {shown}: {error.strerror}", hint="name another file") from None
        if path.is_dir():
            raise ConfigError(f"{option}: {name} is a folder", hint="name a file in it")
        if there and not path.is_file():
            raise ConfigError(f"{option}: {name} is no regular file", hint="name another file")
        if any(os.path.realpath(path) == os.path.realpath(before) for before, _ in files):
            raise ConfigError(f"{option}: {name} is named twice", hint="name it once")
        files.append((path, reporter_of))
    return files


def written(files: Iterable[tuple[Path, Reporter]], finished: Finished) -> list[PostmortemError]:
    """Write every file that can be written, and return what stood in the way of the others."""
    problems: list[PostmortemError] = []
    for path, reporter in files:
        try:
            write(path, reporter.render(finished))
        except PostmortemError as error:
            problems.append(error)
        except Exception as error:
            problems.append(extension_failed(f"{path}: {type(reporter).__qualname__}.render", error))
    return problems
