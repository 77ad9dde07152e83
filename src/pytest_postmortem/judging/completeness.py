"""What a run can know: whether it was complete, and what may stand in the test files it did not collect."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pytest_postmortem.judging.files import python_files
from pytest_postmortem.model.run import Run

__all__ = ["Completeness", "Unseen", "judge_completeness"]


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
        pattern = re.compile(_trie([name.encode("utf-8", "surrogatepass") for name in wanted]) + b"(?![0-9A-Za-z])")
        mentions: dict[str, str] = {}
        for path, why in _unseen_files(run, base):
            try:
                raw = (base / path).read_bytes()
            except OSError as error:
                return cls(base, mentions, f"{path} could not be read ({error.strerror})")
            for name in _found(pattern, raw):
                mentions.setdefault(name.decode("utf-8", "surrogatepass"), f"{path} {why}")
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
        for path in python_files(base, place) if (base / place).is_dir() else [place]:
            given.add(path)
            yield path, why
    if run.narrowed:
        for path in python_files(base, ""):
            if path not in run.files and path not in given:
                yield path, "was not collected in full"


def _trie(names: Sequence[bytes]) -> bytes:
    """A pattern of `names` that looks at each byte of a text once, whatever their number; the longest match counts."""
    root: dict[int, Any] = {}
    for name in names:
        node = root
        for byte in name:
            node = node.setdefault(byte, {})
        node[_END] = {}

    def written(node: dict[int, Any]) -> bytes:
        branches = []
        for byte, inner in node.items():
            if byte == _END:
                continue
            chain = re.escape(bytes((byte,)))
            while len(inner) == 1 and _END not in inner:
                ((byte, inner),) = inner.items()
                chain += re.escape(bytes((byte,)))
            branches.append(chain + written(inner))
        if not branches:
            return b""
        told = branches[0] if len(branches) == 1 and _END not in node else b"(?:" + b"|".join(branches) + b")"
        return told + b"?" if _END in node else told

    return written(root)


_END = -1
_LETTERS = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


def _found(pattern: re.Pattern[bytes], raw: bytes) -> Iterator[bytes]:
    """The names in `raw` that stand for themselves, and not within a longer word."""
    position = 0
    while (match := pattern.search(raw, position)) is not None:
        start = match.start()
        if start and raw[start - 1] in _LETTERS:
            position = start + 1
        else:
            yield match.group()
            position = match.end()
