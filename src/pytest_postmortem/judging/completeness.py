"""What a run can know: whether it was complete, and what may stand in the test files it did not collect."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pytest_postmortem.model.run import Run

__all__ = ["Completeness", "Unseen", "judge_completeness"]

_NO_TESTS_BELOW = {"__pycache__", "_darcs", "build", "CVS", "dist", "node_modules", "venv", "{arch}"}


@dataclass(frozen=True, slots=True)
class Completeness:
    """Whether every link is known (`links`), and every outcome (`outcomes`), with a reason for each gap."""

    links: bool
    outcomes: bool
    reasons: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether nothing is left unknown."""
        return self.links and self.outcomes


def judge_completeness(run: Run) -> Completeness:
    """Which of the two, links and outcomes, the run knows in full, and why not."""
    unlinked = [*run.narrowed]
    if run.lost:
        unlinked.append(run.lost)
    for place, why in sorted(run.withheld.items()):
        unlinked.append(f"{place} {why}")
    unfinished = [*run.stopped]
    if run.collect_only:
        unfinished.append("--collect-only runs no test")
    if run.deselected:
        unfinished.append(f"{run.deselected} {'test was' if run.deselected == 1 else 'tests were'} deselected")
    if not run.collected and not run.deselected:
        unfinished.append("no test was collected")
    return Completeness(links=not unlinked, outcomes=not (unlinked or unfinished), reasons=(*unlinked, *unfinished))


@dataclass(frozen=True, slots=True)
class Unseen:
    """Where names stand that the run could not see: `mentions` maps a name to the file; `everything` concerns all.

    `base` is the configuration's folder.
    """

    base: Path
    mentions: Mapping[str, str] = field(default_factory=dict)
    everything: str | None = None

    @classmethod
    def search(cls, run: Run, base: Path, names: Iterable[str]) -> Unseen:
        """Look for `names` in the test files that were withheld, and in a narrowed run in every other `.py` file.

        `base` is the configuration's folder. Each file is read once, whatever the number of names.
        """
        if run.lost:
            return cls(base, everything=run.lost)
        wanted = sorted({name for name in names if name}, key=lambda name: (-len(name), name))
        if not wanted or not (run.withheld or run.narrowed):
            return cls(base)
        pattern = re.compile(
            b"(?<![0-9A-Za-z])(?:%s)(?![0-9A-Za-z])"
            % b"|".join(re.escape(name.encode("utf-8", "surrogateescape")) for name in wanted)
        )
        mentions: dict[str, str] = {}
        for path, why in _unseen_files(run, base):
            try:
                raw = (base / path).read_bytes()
            except OSError as error:
                return cls(base, mentions, f"{path} could not be read ({error.strerror})")
            for found in pattern.findall(raw):
                mentions.setdefault(found.decode("utf-8", "surrogateescape"), f"{path} {why}")
        return cls(base, mentions)

    def why(self, names: Iterable[str]) -> str | None:
        """Why it cannot be told whether a test is linked to one of `names`, or None where it can."""
        return next((self.mentions[name] for name in names if name in self.mentions), self.everything)

    def has_file(self, path: str) -> bool:
        """Whether a file of this path is there, collected or not."""
        return (self.base / path).is_file()


def _unseen_files(run: Run, base: Path) -> Iterator[tuple[str, str]]:
    """Each `.py` file that may hold links the run did not see, with what happened to it."""
    given = set()
    for place, why in sorted(run.withheld.items()):
        for path in _python_files(base, place) if (base / place).is_dir() else [place]:
            given.add(path)
            yield path, why
    if run.narrowed:
        for path in _python_files(base, ""):
            if path not in run.files and path not in given:
                yield path, "was not collected in this run"


def _python_files(base: Path, top: str) -> Iterator[str]:
    for folder, folders, files in os.walk(base / top):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in _NO_TESTS_BELOW
            and not name.endswith(".egg")
            and not os.path.lexists(os.path.join(folder, name, "pyvenv.cfg"))
        )
        for name in sorted(files):
            if name.endswith(".py"):
                yield os.path.relpath(os.path.join(folder, name), base).replace(os.sep, "/")
