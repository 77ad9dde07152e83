"""Judge whether a run was complete, and find what the test files may contain that it did not collect."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pytest_postmortem.judging.computed import ComputedMark, MarkerUses, find_uses
from pytest_postmortem.judging.files import find_files, find_python_files
from pytest_postmortem.judging.reach import Reach
from pytest_postmortem.model.run import Run
from pytest_postmortem.model.text import format_count

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
    """Return whether the run knows all links and all outcomes, and why not."""
    unlinked = [*run.narrowed]
    if run.lost:
        unlinked.append(run.lost)
    unlinked.extend(run.invalid)
    for place, why in sorted(run.withheld.items()):
        unlinked.append(f"{place} {why}")
    unfinished = [*run.stopped]
    if run.collect_only:
        unfinished.append("--collect-only runs no test")
    if run.deselected:
        unfinished.append(f"{format_count(run.deselected, 'test was', 'tests were')} deselected")
    if not run.collected and not run.deselected:
        unfinished.append("no test was collected")
    return Completeness(links=not unlinked, outcomes=not (unlinked or unfinished), reasons=(*unlinked, *unfinished))


@dataclass(frozen=True, slots=True)
class Unseen:
    """Where names occur that the run could not see. `base` is the configuration's folder.

    `mentions` maps a name to the reason why a link by it is not known, `computed` are markers whose names only a run
    knows, each with that reason; `everything` is the reason why no name is known.
    """

    base: Path
    mentions: Mapping[str, str] = field(default_factory=dict)
    computed: Sequence[tuple[ComputedMark, str]] = ()
    everything: str | None = None

    @classmethod
    def search(
        cls, run: Run, base: Path, names: Iterable[str], marker: str = "incident", documents: Collection[str] = ()
    ) -> Unseen:
        """Look for `names` in the tests that were withheld, and in a narrowed run in all others that there may be.

        `documents` are the post-mortems themselves. Each file is read once, whatever the number of names.
        """
        if run.lost:
            return cls(base, everything=run.lost)
        wanted = list(dict.fromkeys(filter(None, names)))
        if not wanted or not (run.withheld or run.narrowed):
            return cls(base)
        search = _Search(base, wanted, marker)
        try:
            given = search.look_into_withheld(run)
            if run.narrowed:
                search.look_into_others({*run.files, *given, *documents}, given)
        except OSError as error:
            path = os.path.relpath(error.filename, base).replace(os.sep, "/")
            return cls(base, search.mentions, search.computed, f"{path} could not be read ({error.strerror})")
        return cls(base, search.mentions, search.computed)

    def explain(self, names: Iterable[str], item: str = "") -> str | None:
        """Return why it is unknown whether a test is linked to the action item `item` by one of `names`, or None."""
        known = tuple(names)
        reasons = [self.mentions[name] for name in known if name in self.mentions]
        reasons += [reason for mark, reason in self.computed if mark.may_cover(known, item)]
        return reasons[0] if reasons else self.everything

    def has_file(self, path: str) -> bool:
        """Return whether a file of this path exists, collected or not."""
        return (self.base / path).is_file()


class _Search:
    """Looks for names, and for markers that may name anything, in the files that a run did not collect."""

    def __init__(self, base: Path, wanted: Collection[str], marker: str) -> None:
        self._base = base
        self._marker = marker
        self._wanted = frozenset(wanted)
        encoded = [name.encode("utf-8", "surrogatepass") for name in wanted]
        self._pattern = re.compile(_build_pattern(encoded) + b"(?![0-9A-Za-z])")
        self.mentions: dict[str, str] = {}
        self.computed: list[tuple[ComputedMark, str]] = []

    def look_into_withheld(self, run: Run) -> set[str]:
        """Look into what failed or was skipped at collection, and what it takes markers from; return these tests."""
        given: set[str] = set()
        reach = Reach(self._base)
        for place, why in sorted(run.withheld.items()):
            for path in find_python_files(self._base, place) if (self._base / place).is_dir() else [place]:
                given.add(path)
                source = self._read(path)
                self._look(source, f"{path} {why}")
                for helper, text in reach.follow(path, source):
                    self._note(
                        find_uses(text, self._marker), f"{path} {why}, and may take markers from {helper}", lent=True
                    )
        return given

    def look_into_others(self, known: Collection[str], given: Collection[str]) -> None:
        """Look into every test but the `known` ones, and into what may put markers on these."""
        carriers = sorted(given)
        lenders: list[tuple[str, MarkerUses]] = []
        words: set[bytes] = set()
        for path in find_python_files(self._base, ""):
            if path in known:
                continue
            source = self._read(path)
            tests = _may_hold_tests(path, source)
            lenders.append((path, self._look(source, f"{path} {_NOT_COLLECTED}", computed=tests)))
            carriers += [path] * tests
            if b"pytest_collect_file" in source:
                words.update(re.findall(rb"\w+", source))
        carriers += self._look_into_data(known, {f".{word.decode('utf-8', 'replace')}" for word in words} - {".py"})
        for path, uses in lenders:
            other = next((carrier for carrier in carriers if carrier != path), None)
            if other is not None:
                self._note(uses, f"{other} {_NOT_COLLECTED}, and may take markers from {path}", lent=True)

    def _look_into_data(self, known: Collection[str], endings: Collection[str]) -> list[str]:
        """Look into every file but the `known` ones that a plugin may collect; return those with one of `endings`."""
        collected = []
        for path in find_files(self._base, "", {*_DATA, *endings}):
            by_ending = path.endswith(tuple(endings))
            if path in known or not (by_ending or "test" in path.rpartition("/")[2].lower()):
                continue
            source = self._read(path)
            if b"evidence.schema.json" not in source:
                self._look(source, f"{path} {_NOT_COLLECTED}")
                collected += [path] * by_ending
        return collected

    def _read(self, path: str) -> bytes:
        return (self._base / path).read_bytes()

    def _look(self, source: bytes, reason: str, *, computed: bool = True) -> MarkerUses:
        """Note the names in the text, and what its markers may name."""
        for name in _find_names(self._pattern, source):
            self.mentions.setdefault(name.decode("utf-8", "surrogatepass"), reason)
        uses = find_uses(source, self._marker)
        if computed:
            self._note(uses, reason)
        return uses

    def _note(self, uses: MarkerUses, reason: str, *, lent: bool = False) -> None:
        for name in uses.ids & self._wanted:
            self.mentions.setdefault(name, reason)
        self.computed += [(mark, reason) for mark in (*uses.computed, *(uses.lent if lent else ()))]


_NOT_COLLECTED = "was not collected in full"
_DATA = (".yaml", ".yml", ".json", ".toml", ".feature")
_TEST = re.compile(rb"\bdef test|\bclass \w*Test|\bTestCase\b")


def _may_hold_tests(path: str, source: bytes) -> bool:
    name = path.rpartition("/")[2]
    named = name.startswith("test_") or name.endswith("_test.py")
    return name != "conftest.py" and (named or _TEST.search(source) is not None)


def _build_pattern(names: Sequence[bytes]) -> bytes:
    """Return a pattern of `names` that looks at each byte of a text once, whatever their number; the longest wins."""
    root: dict[int, Any] = {}
    for name in names:
        node = root
        for byte in name:
            node = node.setdefault(byte, {})
        node[_END] = {}

    def render(node: dict[int, Any]) -> bytes:
        branches = []
        for byte, inner in node.items():
            if byte == _END:
                continue
            chain = re.escape(bytes((byte,)))
            while len(inner) == 1 and _END not in inner:
                ((byte, inner),) = inner.items()
                chain += re.escape(bytes((byte,)))
            branches.append(chain + render(inner))
        if not branches:
            return b""
        pattern = branches[0] if len(branches) == 1 and _END not in node else b"(?:" + b"|".join(branches) + b")"
        return pattern + b"?" if _END in node else pattern

    return render(root)


_END = -1
_LETTERS = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


def _find_names(pattern: re.Pattern[bytes], raw: bytes) -> Iterator[bytes]:
    """Yield the names in `raw` that are not part of a longer word."""
    position = 0
    while (match := pattern.search(raw, position)) is not None:
        start = match.start()
        if start and raw[start - 1] in _LETTERS:
            position = start + 1
        else:
            yield match.group()
            position = match.end()
