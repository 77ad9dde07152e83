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
    explain_skip,
    find_main,
    find_suffix,
    has_requirement,
    is_folder_of_others,
    is_main,
    is_note,
)

__all__ = ["FolderSource", "build_document", "expand"]

_MAGIC = re.compile(r"[*?\[]")
_EXCLUDED = "excluded by the configuration"
_OF_OTHERS = "runbook, policy or template"


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
        return self._list(lambda name: True)

    def beginning(self, names: Collection[str]) -> Listing:
        """List the documents whose stems begin with one of `names`, found by their file names alone."""
        return self._list(opener(names))

    def _list(self, wanted: Callable[[str], bool]) -> Listing:
        documents: dict[str, Document] = {}
        skipped: dict[str, Skipped] = {}
        errors: list[PostmortemError] = []
        places: list[str] = []
        absent: list[str] = []
        for source in self._sources:
            files = self._find_files(source, wanted, errors)
            if files is None:
                absent.append(source)
                continue
            places.append(source)
            for origin, why in files:
                if origin == self._register:
                    skipped.setdefault(origin, Skipped(origin, "register of incidents"))
                elif why is None:
                    documents.setdefault(origin, build_document(self._base, origin, configured=self._configured))
                else:
                    skipped.setdefault(origin, Skipped(origin, why))
        return Listing(
            documents=tuple(documents[origin] for origin in sorted(documents)),
            skipped=tuple(skipped[origin] for origin in sorted(skipped) if origin not in documents),
            faults=tuple(errors),
            places=tuple(places),
            absent=tuple(absent),
        )

    def _find_files(
        self, source: str, wanted: Callable[[str], bool], errors: list[PostmortemError]
    ) -> Iterator[tuple[str, str | None]] | None:
        """Return (origin, None) for each document of a source, (origin, reason) for what is left out.

        Files whose names are not `wanted` are passed over. None if there is no such folder or file.
        """
        pattern = os.path.normpath(source).replace(os.sep, "/")
        matches = list(expand(self._base, pattern))
        if not matches:
            if self._configured:
                hint = "mend `sources` in the configuration, or make the folder"
                errors.append(SourceError(f"the source {source!r} matches no folder and no file", hint=hint))
            return None
        return (file for match in matches for file in self._find_below(match, pattern, wanted, errors))

    def _find_below(
        self, match: str, pattern: str, wanted: Callable[[str], bool], errors: list[PostmortemError]
    ) -> Iterator[tuple[str, str | None]]:
        if os.path.isdir(os.path.join(self._base, match)):
            yield from self._walk(match, wanted, errors)
        elif wanted(name := match.rpartition("/")[2]):
            if self._is_excluded(match):
                yield match, _EXCLUDED
            elif match == pattern:
                yield match, None
            else:
                why = explain_skip(name, find_suffix(pattern))
                yield match, None if why is not None and self._has_requirement(match) else why

    def _walk(
        self, top: str, wanted: Callable[[str], bool], errors: list[PostmortemError]
    ) -> Iterator[tuple[str, str | None]]:
        folders = [top]
        hidden: set[str] = set()
        while folders:
            folder = folders.pop()
            if self._is_excluded(folder):
                yield folder + "/", _EXCLUDED
                continue
            files: list[tuple[str, str]] = []
            entries = self._scan(folder, wanted, errors)
            for name, is_link, is_folder in entries:
                origin = f"{folder}/{name}" if folder != "." else name
                if self._is_excluded(origin):
                    yield origin, _EXCLUDED
                elif is_link:
                    yield origin, "symbolic link"
                elif not is_folder:
                    files.append((origin, name))
                else:
                    if name.startswith(("_", ".")):
                        yield origin + "/", "name starts with _ or ."
                    if not name.startswith("."):
                        folders.append(origin)
                    if name.startswith("_") or folder in hidden:
                        hidden.add(origin)
            if folder in hidden:
                yield from ((origin, None) for origin, _ in files if self._has_requirement(origin))
            else:
                below = folder if top == "." else folder[len(top) :]
                yield from self._sort_out(below, files, _find_main(folder, entries))

    def _sort_out(self, below: str, files: list[tuple[str, str]], main: str | None) -> Iterator[tuple[str, str | None]]:
        """Yield each file of a folder, which is `below` the source, with the reason why it is left out or None."""
        of_others = is_folder_of_others(below)
        for origin, name in files:
            yield origin, self._explain_skip(origin, name, main, of_others=of_others)

    def _scan(
        self, folder: str, wanted: Callable[[str], bool], errors: list[PostmortemError]
    ) -> list[tuple[str, bool, bool]]:
        """Return name, whether it is a link and whether it is a folder, of each folder and each `wanted` file."""
        try:
            with os.scandir(os.path.join(self._base, folder)) as entries:
                return [
                    (entry.name, entry.is_symlink(), is_folder)
                    for entry in entries
                    if (is_folder := entry.is_dir(follow_symlinks=False)) or wanted(entry.name)
                ]
        except OSError as error:
            problem = f"the folder cannot be read: {error.strerror}"
            errors.append(SourceError(problem, origin=folder, hint="mend its permissions"))
            return []

    def _explain_skip(self, origin: str, name: str, main: str | None, *, of_others: bool) -> str | None:
        """Return why a file is left out by its name, or None. `main` is the post-mortem of its folder, if it has one.

        A document that asks for a test is never left out, but for a template that is still to be filled in.
        """
        if name == main:
            return None
        why = explain_skip(name)
        if why is None and main is not None and is_note(name):
            why = "notes beside a post-mortem"
        elif of_others:
            why = _OF_OTHERS
        return None if why is not None and self._has_requirement(origin) else why

    def _has_requirement(self, origin: str) -> bool:
        return has_requirement(os.path.join(self._base, origin), origin)

    def _is_excluded(self, origin: str) -> bool:
        return bool(self._exclude) and any(
            fnmatchcase(origin, pattern) or origin.startswith(pattern + "/") for pattern in self._exclude
        )


def _find_main(folder: str, entries: list[tuple[str, bool, bool]]) -> str | None:
    files = [name for name, is_link, is_folder in entries if not is_link and not is_folder]
    return find_main(folder, files, [name for name, _, is_folder in entries if is_folder])


def build_document(base: str, origin: str, *, configured: bool) -> Document:
    """Return the document of the file at `origin` below `base`, in the format of its suffix."""
    folder, _, name = origin.rpartition("/")
    shown = origin.encode("utf-8", "backslashreplace").decode()
    suffix = find_suffix(name)
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
    """Yield the paths below `base` that `pattern` names; `**` and wildcards do not pass through symbolic links."""
    seen: set[str] = set()
    for path in _expand(base, "", tuple(pattern.split("/")) if pattern != "." else ()):
        if (path or ".") not in seen:
            seen.add(path or ".")
            yield path or "."


def _expand(base: str, folder: str, parts: tuple[str, ...]) -> Iterator[str]:
    """Yield the paths below `folder` that the remaining `parts` of a pattern name."""
    if not parts:
        yield folder
        return
    part, rest = parts[0], parts[1:]
    if part == "**":
        yield from _expand(base, folder, rest)
        for name, is_folder in _list_folder(os.path.join(base, folder)):
            if is_folder and not name.startswith("."):
                yield from _expand(base, _join(folder, name), parts)
    elif _MAGIC.search(part):
        for name, is_folder in _list_folder(os.path.join(base, folder)):
            if fnmatchcase(name, part) and (is_folder or not rest):
                yield from _expand(base, _join(folder, name), rest)
    elif os.path.lexists(os.path.join(base, folder, part)):
        yield from _expand(base, _join(folder, part), rest)


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _list_folder(path: str) -> list[tuple[str, bool]]:
    """Return each name in a folder, sorted, and whether it is a folder itself; nothing if it cannot be read."""
    try:
        with os.scandir(path) as entries:
            return sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries)
    except OSError:
        return []
