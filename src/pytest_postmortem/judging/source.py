"""Digests of tests: a proof is stale and evidence is of no use if they have changed."""

from __future__ import annotations

import ast
import hashlib
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pytest_postmortem.model.link import LinkedTest

__all__ = ["Digests", "FileDigests"]

_Function = ast.FunctionDef | ast.AsyncFunctionDef


class Digests:
    """The digests of tests below `base`; each file is read once."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self._files: dict[str, _File | None] = {}
        self._conftests: dict[str, bytes | None] = {}

    def compute(self, node_id: str) -> str | None:
        """SHA-256 (hex) of the test function `node_id`, of everything in its file that is no other test, and of every
        conftest.py from its folder up to `base`; of the whole file where its function is not seen in it (inherited,
        made by code). None where the file is not there.
        """
        path, _, inner = node_id.partition("::")
        if path not in self._files:
            source = _lines_by_lf(self._base / path)
            self._files[path] = None if source is None else _File(source)
        file = self._files[path]
        if file is None:
            return None
        made = hashlib.sha256(file.strip_other_tests(tuple(inner.split("::"))))
        for name in _conftests(path):
            conftest = self._conftest(name)
            if conftest is not None:
                folder = name.rpartition("/")[0] or "."
                made.update(b"\0" + folder.encode("utf-8", "surrogateescape") + b"\0" + conftest)
        return made.hexdigest()

    def _conftest(self, path: str) -> bytes | None:
        if path not in self._conftests:
            self._conftests[path] = _lines_by_lf(self._base / path)
        return self._conftests[path]


class FileDigests:
    """The digests of the files below `base` that tests are made of; each file is read once."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self._known: dict[str, str | None] = {}

    def compute(self, tests: Iterable[LinkedTest], sources: Iterable[str] = ()) -> dict[str, str]:
        """Return SHA-256 (hex) by path: of each file that holds one of `tests`, of every conftest.py above it, and of
        `sources`, which hold what the tests inherit.
        """
        files = dict.fromkeys((*(test.path for test in tests), *sources))
        paths = dict.fromkeys(path for file in files for path in (file, *_conftests(file)))
        return {path: digest for path in paths if (digest := self._digest(path)) is not None}

    def find_changed(self, tests: Sequence[LinkedTest], ran: Mapping[str, str]) -> list[str]:
        """Return, for each file that is not what `ran` with `tests`, its path and what became of it."""
        now = self.compute(tests, ran)
        return [
            f"{path} {'is new' if path not in ran else 'was changed' if path in now else 'is gone'}"
            for path in sorted({*now, *ran})
            if now.get(path) != ran.get(path)
        ]

    def _digest(self, path: str) -> str | None:
        if path not in self._known:
            source = _lines_by_lf(self._base / path)
            self._known[path] = None if source is None else hashlib.sha256(source).hexdigest()
        return self._known[path]


def _conftests(path: str) -> Iterator[str]:
    """Yield every conftest.py that a test file uses, whether it is there or not: from its folder up."""
    parts = path.split("/")[:-1]
    for count in range(len(parts), -1, -1):
        yield "/".join((*parts[:count], "conftest.py"))


def _lines_by_lf(path: Path) -> bytes | None:
    """Return the bytes of a file, if it is there; a checkout with other ends of lines is no change of a test."""
    try:
        if not path.is_file():
            return None
        return path.read_bytes().replace(b"\r\n", b"\n")
    except OSError:
        return None


class _File:
    """A source, and where each of its tests stands."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._tests: list[tuple[tuple[str, ...], int, int]] = []
        try:
            with warnings.catch_warnings(action="ignore"):
                self._look(ast.parse(source).body, ())
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            self._tests.clear()

    def _look(self, body: Sequence[ast.stmt], inside: tuple[str, ...]) -> None:
        for node in body:
            if isinstance(node, _Function) and _is_test(node):
                first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
                self._tests.append(((*inside, node.name), first, node.end_lineno or node.lineno))
            elif isinstance(node, ast.ClassDef):
                self._look(node.body, (*inside, node.name))

    def strip_other_tests(self, name: tuple[str, ...]) -> bytes:
        """Return the source without the tests other than the one of this name: class, inner class, function."""
        if all(test != name for test, _, _ in self._tests):
            return self._source
        lines = self._source.splitlines(keepends=True)
        for test, first, last in self._tests:
            if test != name:
                lines[first - 1 : last] = [b""] * (last - first + 1)
        return b"".join(line for line in lines if line.strip())


def _is_test(node: _Function) -> bool:
    """By its name; a fixture may be called so, too."""
    return node.name.startswith("test") and not any("fixture" in ast.unparse(one) for one in node.decorator_list)
