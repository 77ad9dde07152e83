"""Documents in folders of the repository: listed without opening, read with limits."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator
from fnmatch import fnmatchcase
from functools import partial

from pytest_postmortem.config.settings import DEFAULT_FOLDERS, Settings
from pytest_postmortem.errors import PostmortemError, SourceError
from pytest_postmortem.model.document import Document, Format, Skipped
from pytest_postmortem.model.names import opener
from pytest_postmortem.sources.files import read_text
from pytest_postmortem.sources.interface import Listing
from pytest_postmortem.sources.left_out import (
    DATA,
    MARKDOWN,
    find_main,
    has_requirement,
    is_folder_of_others,
    is_main,
    is_note,
    reason_to_skip,
    suffix_of,
)

__all__ = ["FolderSource", "document_at", "expand"]

_MAGIC = re.compile(r"[*?\[]")


class FolderSource:
    """The folders, files and globs of `settings.sources`, or the default folders.

    Symbolic links below a source are not followed: they are counted as skipped.
    """

    name = "folders"

    def __init__(self, settings: Settings) -> None:
        self._base = str(settings.base)
        self._sources = settings.sources or DEFAULT_FOLDERS
        self._configured = bool(settings.sources)
        self._register = settings.incidents
        self._exclude = tuple(pattern.rstrip("/") for pattern in settings.exclude)

    def listing(self) -> Listing:
        """List every document of the sources, sorted by origin, each once."""
        return self._listed(lambda name: True)

    def beginning(self, names: Collection[str]) -> Listing:
        """The documents whose stems begin with one of `names`, found by their file names alone."""
        return self._listed(opener(names))

    def _listed(self, wanted: Callable[[str], bool]) -> Listing:
        documents: dict[str, Document] = {}
        skipped: dict[str, Skipped] = {}
        faults: list[PostmortemError] = []
        places: list[str] = []
        absent: list[str] = []
        for source in self._sources:
            pattern = os.path.normpath(source).replace(os.sep, "/")
            matches = list(expand(self._base, pattern))
            if not matches:
                absent.append(source)
                if self._configured:
                    faults.append(
                        SourceError(
                            f"the source {source!r} matches no folder and no file",
                            hint="mend `sources` in the configuration, or make the folder",
                        )
                    )
                continue
            places.append(source)
            for match in matches:
                for origin, why in self._files(match, match == pattern, suffix_of(pattern), wanted, faults):
                    if origin == self._register:
                        skipped.setdefault(origin, Skipped(origin, "register of incidents"))
                    elif why is None:
                        documents.setdefault(origin, self._document(origin))
                    else:
                        skipped.setdefault(origin, Skipped(origin, why))
        return Listing(
            documents=tuple(documents[origin] for origin in sorted(documents)),
            skipped=tuple(skipped[origin] for origin in sorted(skipped) if origin not in documents),
            faults=tuple(faults),
            places=tuple(places),
            absent=tuple(absent),
        )

    def _files(
        self, match: str, exact: bool, data: str, wanted: Callable[[str], bool], faults: list[PostmortemError]
    ) -> Iterator[tuple[str, str | None]]:
        """Yield (origin, None) for each document at or below `match`, (origin, reason) for what is left out.

        Files whose names are not `wanted` are passed over.
        """
        top = os.path.join(self._base, match)
        if not os.path.isdir(top):
            named = match.rpartition("/")[2]
            if not wanted(named):
                return
            if self._excluded(match):
                yield match, "excluded by the configuration"
            else:
                yield match, None if exact else self._reason(match, named, data)
            return
        folders = [match]
        hidden: set[str] = set()
        while folders:
            folder = folders.pop()
            if self._excluded(folder):
                yield folder + "/", "excluded by the configuration"
                continue
            try:
                with os.scandir(os.path.join(self._base, folder)) as entries:
                    found = [
                        (entry.name, entry.is_symlink(), is_folder)
                        for entry in entries
                        if (is_folder := entry.is_dir(follow_symlinks=False)) or wanted(entry.name)
                    ]
            except OSError as error:
                faults.append(
                    SourceError(
                        f"the folder cannot be read: {error.strerror}", origin=folder, hint="mend its permissions"
                    )
                )
                continue
            names = [name for name, is_link, is_folder in found if not is_link and not is_folder]
            main = find_main(folder, names, [name for name, _, is_folder in found if is_folder])
            for name, is_link, is_folder in found:
                origin = f"{folder}/{name}" if folder != "." else name
                if self._excluded(origin):
                    yield origin, "excluded by the configuration"
                elif is_link:
                    yield origin, "symbolic link"
                elif is_folder:
                    if name.startswith("."):
                        yield origin + "/", "name starts with _ or ."
                        continue
                    if name.startswith("_"):
                        yield origin + "/", "name starts with _ or ."
                        hidden.add(origin)
                    elif folder in hidden:
                        hidden.add(origin)
                    folders.append(origin)
                elif folder in hidden:
                    if has_requirement(os.path.join(self._base, origin), name):
                        yield origin, None
                elif name == main:
                    yield origin, None
                elif main is not None and is_note(name) and reason_to_skip(name) is None:
                    kept = has_requirement(os.path.join(self._base, origin), name)
                    yield origin, None if kept else "notes beside a post-mortem"
                elif is_folder_of_others(folder[len(match) :]):
                    kept = reason_to_skip(name) is None and has_requirement(os.path.join(self._base, origin), name)
                    yield origin, None if kept else "runbook, policy or template"
                else:
                    yield origin, self._reason(origin, name, "")

    def _reason(self, origin: str, name: str, data: str) -> str | None:
        """Why a file is left out by its name, or None; a document that asks for a test is never left out."""
        why = reason_to_skip(name, data)
        return None if why is not None and has_requirement(os.path.join(self._base, origin), name) else why

    def _excluded(self, origin: str) -> bool:
        return bool(self._exclude) and any(
            fnmatchcase(origin, pattern) or origin.startswith(pattern + "/") for pattern in self._exclude
        )

    def _document(self, origin: str) -> Document:
        return document_at(self._base, origin, configured=self._configured)


def document_at(base: str, origin: str, *, configured: bool) -> Document:
    """The document of the file at `origin` below `base`, in the format of its suffix."""
    folder, _, name = origin.rpartition("/")
    shown = origin.encode("utf-8", "backslashreplace").decode()
    suffix = suffix_of(name)
    stem = name[: -len(suffix)] if suffix in MARKDOWN or suffix in DATA else name
    if folder and is_main(stem):
        folder, _, stem = folder.rpartition("/")
    return Document(
        origin=shown,
        folder=folder,
        stem=stem,
        configured=configured,
        format=DATA.get(suffix, Format.MARKDOWN),
        load=partial(read_text, os.path.join(base, origin), shown),
    )


def expand(base: str, pattern: str) -> Iterator[str]:
    """The paths below `base` that `pattern` names; `**` and wildcards do not pass through symbolic links."""

    def walk(folder: str, parts: tuple[str, ...]) -> Iterator[str]:
        if not parts:
            yield folder
            return
        part, rest = parts[0], parts[1:]
        here = os.path.join(base, folder)
        if part == "**":
            yield from walk(folder, rest)
        elif not _MAGIC.search(part):
            if os.path.lexists(os.path.join(here, part)):
                yield from walk(f"{folder}/{part}" if folder else part, rest)
            return
        try:
            with os.scandir(here) as entries:
                found = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries)
        except OSError:
            return
        for name, is_folder in found:
            inner = f"{folder}/{name}" if folder else name
            if part == "**":
                if is_folder and not name.startswith("."):
                    yield from walk(inner, parts)
            elif fnmatchcase(name, part) and (is_folder or not rest):
                yield from walk(inner, rest)

    seen: set[str] = set()
    for path in walk("", tuple(pattern.split("/")) if pattern != "." else ()):
        if (path or ".") not in seen:
            seen.add(path or ".")
            yield path or "."
