"""Documents in folders of the repository: listed without opening, read with limits."""

from __future__ import annotations

import errno
import os
import re
import stat
from codecs import BOM_UTF8
from collections.abc import Callable, Collection, Iterator
from fnmatch import fnmatchcase
from functools import partial

from pytest_postmortem.config import DEFAULT_FOLDERS, Settings
from pytest_postmortem.errors import DocumentError, PostmortemError, SourceError
from pytest_postmortem.model.document import Document, Format, Skipped
from pytest_postmortem.model.names import opener
from pytest_postmortem.sources.interface import Listing

__all__ = ["MAX_BYTES", "FolderSource", "document_at", "expand", "is_file", "read_text", "reason_to_skip"]

MAX_BYTES = 1024 * 1024
"""The largest document that is read (1 MiB); the largest of 423 real ones has 56 kB."""

_PIECE = 64 * 1024
_MARKDOWN = (".html.md.erb", ".md", ".markdown", ".qmd")
_DATA = {".yaml": Format.YAML, ".yml": Format.YAML, ".json": Format.JSON}
_EXTENSION = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,9}$")
_NO_POSTMORTEM = re.compile(r"(readme|index|summary|tags)$|.*template", re.IGNORECASE)
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
                for origin, why in self._files(match, match == pattern, _suffix(pattern), wanted, faults):
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
                yield match, None if exact else reason_to_skip(named, data)
            return
        folders = [match]
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
            for name, is_link, is_folder in found:
                origin = f"{folder}/{name}" if folder != "." else name
                if self._excluded(origin):
                    yield origin, "excluded by the configuration"
                elif is_link:
                    yield origin, "symbolic link"
                elif is_folder:
                    if name.startswith(("_", ".")):
                        yield origin + "/", "name starts with _ or ."
                    else:
                        folders.append(origin)
                else:
                    yield origin, reason_to_skip(name, "")

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
    suffix = _suffix(name)
    return Document(
        origin=shown,
        folder=folder,
        stem=name[: -len(suffix)] if suffix in _MARKDOWN or suffix in _DATA else name,
        configured=configured,
        format=_DATA.get(suffix, Format.MARKDOWN),
        load=partial(read_text, os.path.join(base, origin), shown),
    )


def is_file(document: Document) -> bool:
    """Whether `document` is a file as this module lists it, which another process can open as well."""
    return isinstance(document.load, partial) and document.load.func is read_text


def _suffix(name: str) -> str:
    lowered = name.lower()
    for known in _MARKDOWN:
        if lowered.endswith(known):
            return known
    found = _EXTENSION.search(lowered)
    return found.group() if found else ""


def reason_to_skip(name: str, data: str = "") -> str | None:
    """Why a file of this name is no document, or None. `data` is the data suffix that the source names, if any."""
    if name.startswith(("_", ".")):
        return "name starts with _ or ."
    suffix = _suffix(name)
    if suffix in _DATA:
        if data != suffix:
            return "data file that no source names"
    elif suffix and suffix not in _MARKDOWN:
        return "not Markdown"
    stem = name[: len(name) - len(suffix)]
    if _NO_POSTMORTEM.match(stem):
        return "template" if "template" in stem.lower() else "README, index, summary or tags"
    return None


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


def read_text(path: str, origin: str) -> str:
    """The text of a regular file of at most MAX_BYTES in UTF-8 (with or without BOM).

    Never blocks on a pipe and never follows a link. Raises DocumentError, which names `origin`, for everything else.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise DocumentError("not a regular file", origin=origin, hint="leave it out with `exclude`")
            raw = _bounded(descriptor, status.st_size)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise DocumentError("is a symbolic link", origin=origin, hint="name the file itself") from None
        problem = f"cannot be read: {error.strerror or error}"
        raise DocumentError(problem, origin=origin, hint="mend it, or leave it out with `exclude`") from None
    if len(raw) > MAX_BYTES:
        problem = f"larger than {MAX_BYTES // 1024} KiB"
        raise DocumentError(problem, origin=origin, hint="shorten it, or leave it out with `exclude`")
    try:
        return raw.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        encoded = " (it looks like UTF-16)" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
        raise DocumentError(f"not UTF-8{encoded}", origin=origin, line=line, hint="save it as UTF-8") from None


def _bounded(descriptor: int, size: int) -> bytes:
    """At most MAX_BYTES and one more, so that the caller sees that there is more, of a file of about `size` bytes.

    It is asked for in that size and one more: room for the largest document takes longer to get than a usual one to
    read, and where just that size comes, there is no more.
    """
    parts = [os.read(descriptor, min(size, MAX_BYTES) + 1)]
    read = len(parts[0])
    while parts[-1] and read != size and read <= MAX_BYTES:
        parts.append(os.read(descriptor, min(_PIECE, MAX_BYTES + 1 - read)))
        read += len(parts[-1])
    return b"".join(parts)
