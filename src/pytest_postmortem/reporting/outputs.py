"""Which format writes which file."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from pytest_postmortem.errors import ConfigError, EvidenceError, PostmortemError, plugin_error
from pytest_postmortem.model.text import shorten
from pytest_postmortem.reporting.interface import Finished, Reporter
from pytest_postmortem.reporting.writing import refuse_links, write

__all__ = ["choose_outputs", "is_our_output", "is_ours", "write_outputs"]

_BEGINNINGS = {  # how our own files begin, within _MOST_BYTES
    ".json": re.compile(rb'\{\s*"\$schema":\s*"https://pytest-postmortem\.'),
    ".html": re.compile(rb'\A[\s\S]*<meta name="generator" content="pytest-postmortem '),
    ".md": re.compile(rb"## \S+ Incidents"),
}
_MOST_BYTES = 4000


def is_ours(suffix: str, head: bytes) -> bool:
    """Return whether a file that begins so was written by the built-in format of this suffix."""
    beginning = _BEGINNINGS.get(suffix.lower())
    return beginning is not None and beginning.match(head) is not None


def is_our_output(path: Path, reporter: Reporter | None = None) -> bool:
    """Return whether an earlier run has left the file at `path`, as far as `reporter` or the built-in format recognises
    it.

    An empty one belongs to no one. Raises SourceError if `reporter` fails.
    """
    if reporter is None and path.suffix.lower() not in _BEGINNINGS:
        return False
    try:
        if not path.is_file():
            return False
        with open(path, "rb") as file:
            head = file.read(_MOST_BYTES)
    except OSError:
        return False
    if not head or reporter is None:
        return not head or is_ours(path.suffix, head)
    if not hasattr(reporter, "owns"):
        return is_ours(path.suffix, head)
    try:
        return reporter.owns(head) is True
    except Exception as error:
        raise plugin_error(f"{path}: {type(reporter).__qualname__}.owns", error) from None


def choose_outputs(
    given: Sequence[str], here: Path, reporters: Iterable[Reporter], option: str, root: Path
) -> list[tuple[Path, Reporter]]:
    """Return each file of the option `option`, relative to `here`, with the format that its suffix chooses.

    Raises ConfigError for a suffix that no format has or that two have, for a folder, for a link of the project around
    `root`, and for a file that its format does not recognise as its own.
    """
    known = _index_by_suffix(reporters)
    files: list[tuple[Path, Reporter]] = []
    for name in given:
        path = Path(here, name)
        reporter = known.get(path.suffix.lower())
        if reporter is None:
            problem = f"{option}: no format has the suffix of {name!r}"
            raise ConfigError(problem, hint=f"the suffix chooses the format: {', '.join(sorted(known))}")
        _refuse_unwritable(path, name, reporter, option, root)
        if any(os.path.realpath(path) == os.path.realpath(before) for before, _ in files):
            raise ConfigError(f"{option}: {name} is named twice", hint="name it once")
        files.append((path, reporter))
    return files


def _refuse_unwritable(path: Path, name: str, reporter: Reporter, option: str, root: Path) -> None:
    """Raise ConfigError for what is no file, for a link, and for a file that `reporter` does not recognise."""
    try:
        exists = path.exists()
    except OSError as error:
        raise ConfigError(f"{option}: {shorten(name, 80)}: {error.strerror}", hint="name another file") from None
    if path.is_dir():
        raise ConfigError(f"{option}: {name} is a folder", hint="name a file in it")
    if exists and not path.is_file():
        raise ConfigError(f"{option}: {name} is no regular file", hint="name another file")
    try:
        refuse_links(path, root)
    except EvidenceError as error:
        raise ConfigError(f"{option}: {name} {error.problem}", hint=error.hint) from None
    if exists and not is_our_output(path, reporter):
        problem = f"{option}: {name} is there, and no earlier run has written it"
        raise ConfigError(problem, hint="name another file, or remove that one")


def _index_by_suffix(reporters: Iterable[Reporter]) -> dict[str, Reporter]:
    """Return the reporter of each suffix: one that replaces others of it before these.

    Raises ConfigError for two of equal rank, and for one that replaces another suffix than its own.
    """
    known: dict[str, Reporter] = {}
    for reporter in reporters:
        suffix, replaced = reporter.suffix, getattr(reporter, "replaces", None)
        if replaced not in (None, suffix):
            problem = f"{type(reporter).__qualname__} writes {suffix} files and replaces {replaced!r}"
            raise ConfigError(problem, hint=f'write replaces = "{suffix}", or leave it out')
        other = known.setdefault(suffix, reporter)
        if other is reporter:
            continue
        if (replaced is None) == (getattr(other, "replaces", None) is None):
            kinds = f"{type(other).__qualname__} and {type(reporter).__qualname__}"
            raise ConfigError(f"two reporters write {suffix} files: {kinds}", hint="remove one of them")
        known[suffix] = other if replaced is None else reporter
    return known


def write_outputs(files: Iterable[tuple[Path, Reporter]], finished: Finished, root: Path) -> list[PostmortemError]:
    """Write every file that can be written, and return the errors of the others."""
    problems: list[PostmortemError] = []
    for path, reporter in files:
        try:
            text = reporter.render(finished)
            if path.exists() and not is_our_output(path, reporter):
                problem = "was written meanwhile, and not by this run"
                raise EvidenceError(problem, origin=str(path), hint="name another file")
            write(path, text, root)
        except PostmortemError as error:
            problems.append(error)
        except Exception as error:
            problems.append(plugin_error(f"{path}: {type(reporter).__qualname__}.render", error))
    return problems
