"""What guards what, commit after commit along the main line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import NamedTuple

from pytest_postmortem.catalogue import Catalogue
from pytest_postmortem.config.settings import DEFAULT_FOLDERS, Settings
from pytest_postmortem.history.documents import DocumentLink, DocumentTests, compile_paths, find_marker
from pytest_postmortem.history.log import Commit, Repository
from pytest_postmortem.history.marks import Marks
from pytest_postmortem.model.history import Guarding, Removal
from pytest_postmortem.model.postmortem import Postmortem

__all__ = ["Watch"]

_DEFAULT_MARKER = "incident"
_NO_COUNTS: Mapping[str, int] = {}


class _Kind(Enum):
    """What a changed file is to us."""

    SOURCE = "Python source"
    DOCUMENT = "document"
    CONFIGURATION = "configuration"


class _File(NamedTuple):
    """A file to look at, at this path below the configuration's folder; without a kind, the end of its commit."""

    commit: Commit
    kind: _Kind | None = None
    path: bytes = b""
    blob: bytes = b""


@dataclass(slots=True)
class _Story:
    """What is known of one post-mortem so far: its guards now, the first one's day, commit and path, the removals."""

    guards: int = 0
    first: tuple[date, str, str] | None = None
    removals: list[Removal] = field(default_factory=list)

    def add(self, commit: Commit, changes: Mapping[bytes, int]) -> None:
        """Add what `commit` changes: the number of guards that each file gained or lost."""
        gained = sum(changes.values())
        self.guards += gained
        if gained > 0 and self.first is None:
            path = min(path for path, change in changes.items() if change > 0)
            self.first = (commit.day, commit.id, _decode_path(path))
        elif gained < 0:
            lost = tuple(sorted(_decode_path(path) for path, change in changes.items() if change < 0))
            self.removals.append(Removal(commit.day, commit.id, lost, self.guards))


class Watch:
    """The guards on the main line after the commits seen so far.

    A guard is a marker that names the post-mortem, or a test that stands in its file while the document names it.
    """

    def __init__(self, repository: Repository, catalogue: Catalogue, settings: Settings) -> None:
        self._repository = repository
        self._ids = {name: found[0].id for name, found in catalogue.index_names().items() if len(found) == 1}
        names: dict[str, list[str]] = {}
        for name, postmortem in self._ids.items():
            names.setdefault(postmortem, []).append(name)
        self._from_documents = DocumentTests(catalogue.postmortems, names)
        self._documents = compile_paths((*DEFAULT_FOLDERS, *settings.sources)) if self._from_documents else None
        self._tables = {b"pyproject.toml": "tool.pytest-postmortem", b"postmortem.toml": ""}
        if settings.origin is not None:
            self._tables.setdefault(settings.origin.encode("utf-8", "surrogateescape"), "")
        self._today = settings.marker  # may not be committed yet
        self._configured: dict[bytes, str] = {}
        self._markers: frozenset[str] = frozenset()
        self._use_markers()
        self._sources: dict[bytes, bytes] = {}
        self._counts: dict[bytes, Mapping[str, int]] = {}
        self._named: dict[bytes, set[DocumentLink]] = {}
        self._naming: Counter[DocumentLink] = Counter()
        self._standing: set[DocumentLink] = set()
        self._stories = {postmortem.id: _Story() for postmortem in catalogue.postmortems}
        self._changes: dict[str, Counter[bytes]] = {}
        self.too_large: set[str] = set()

    def follow(self, commit: str) -> Iterator[Commit]:
        """Look at everything on the main line up to `commit`; gives each commit when its files have been looked at."""
        for file, content in self._repository.contents(self._files(self._repository.log(commit))):
            if content is None:
                self.too_large.add(_decode_path(file.path))
                content = b""
            match file.kind:
                case _Kind.SOURCE:
                    self._source(file, content)
                case _Kind.DOCUMENT:
                    self._document(file, content)
                case _Kind.CONFIGURATION:
                    self._configuration(file, content)
                case _:
                    yield file.commit

    def settle(self, commit: Commit) -> None:
        """Book what all the changes of `commit` come to together."""
        if self._markers != self._markers_in_force():
            self._use_markers()
            for path, content in self._repository.contents(self._sources.items()):
                self._count(path, self._marks.count(content or b""))
        for postmortem, changes in self._changes.items():
            self._stories[postmortem].add(commit, changes)
        self._changes.clear()

    def guarding(self, postmortem: Postmortem) -> Guarding:
        """Return all that was seen of `postmortem`."""
        story = self._stories[postmortem.id]
        day, commit, path = story.first or (None, None, None)
        return Guarding(postmortem.id, postmortem.date, day, commit, path, story.guards, tuple(story.removals))

    def _files(self, commits: Iterable[Commit]) -> Iterator[tuple[_File, bytes]]:
        for commit in commits:
            for path, blob in commit.changes:
                kind = self._kind(path)
                if kind is not None:
                    yield _File(commit, kind, path, blob), blob
            commit.changes.clear()
            yield _File(commit), b""

    def _kind(self, path: bytes) -> _Kind | None:
        if path.endswith(b".py"):
            return _Kind.SOURCE
        if path in self._tables:
            return _Kind.CONFIGURATION
        if self._documents is not None and self._documents.match(_decode_path(path)):
            return _Kind.DOCUMENT
        return None

    def _source(self, file: _File, content: bytes) -> None:
        if file.blob:
            self._sources[file.path] = file.blob
        else:
            self._sources.pop(file.path, None)
        self._count(file.path, self._marks.count(content))
        for pattern, link in self._from_documents.tests.get(file.path, ()):
            before = self._guards(link)
            if file.blob and (pattern is None or pattern.search(content)):
                self._standing.add(link)
            else:
                self._standing.discard(link)
            self._change(link[0], file.path, self._guards(link) - before)

    def _count(self, path: bytes, counts: Mapping[str, int]) -> None:
        before = self._counts.get(path, _NO_COUNTS)
        if counts == before:
            return
        for postmortem in before.keys() | counts.keys():
            self._change(postmortem, path, counts.get(postmortem, 0) - before.get(postmortem, 0))
        if counts:
            self._counts[path] = counts
        else:
            del self._counts[path]

    def _document(self, file: _File, content: bytes) -> None:
        named = self._from_documents.find_links(content, file.path)
        before = self._named.pop(file.path, set())
        if named:
            self._named[file.path] = named
        for link, change in [(link, 1) for link in named - before] + [(link, -1) for link in before - named]:
            guarded = self._guards(link)
            self._naming[link] += change
            self._change(link[0], file.path, self._guards(link) - guarded)

    def _guards(self, link: DocumentLink) -> bool:
        return link in self._standing and self._naming[link] > 0

    def _configuration(self, file: _File, content: bytes) -> None:
        marker = find_marker(content, self._tables[file.path])
        if marker is None:
            self._configured.pop(file.path, None)
        else:
            self._configured[file.path] = marker

    def _markers_in_force(self) -> frozenset[str]:
        return frozenset({next(iter(self._configured.values()), _DEFAULT_MARKER), self._today})

    def _use_markers(self) -> None:
        self._markers = self._markers_in_force()
        self._marks = Marks(self._ids, sorted(self._markers))

    def _change(self, postmortem: str, path: bytes, more: int) -> None:
        if more:
            self._changes.setdefault(postmortem, Counter())[path] += more


def _decode_path(path: bytes) -> str:
    return path.decode("utf-8", "backslashreplace")
