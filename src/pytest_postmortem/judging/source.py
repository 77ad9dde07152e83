"""The digest of a test and of what it is made with: a proof is stale where it has changed."""

from __future__ import annotations

import ast
import hashlib
import warnings
from collections.abc import Sequence
from pathlib import Path

__all__ = ["Digests"]


class Digests:
    """The digests of tests below `base`; each file is read once."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self._files: dict[str, _File | None] = {}
        self._conftests: dict[str, bytes | None] = {}

    def of(self, node_id: str) -> str | None:
        """SHA-256 (hex) of the test function `node_id`, of everything in its file that is no other test, and of every
        conftest.py from its folder up to `base`. None where the test is not there.
        """
        path, _, inner = node_id.partition("::")
        if path not in self._files:
            self._files[path] = _read(self._base / path)
        file = self._files[path]
        kept = None if file is None else file.without_others(inner.split("::"))
        if kept is None:
            return None
        made = hashlib.sha256(kept)
        parts = path.split("/")[:-1]
        for count in range(len(parts), -1, -1):
            place = "/".join((*parts[:count], "conftest.py"))
            if place not in self._conftests:
                self._conftests[place] = _bytes(self._base / place)
            conftest = self._conftests[place]
            if conftest is not None:
                made.update(b"\0" + place.encode("utf-8", "surrogateescape") + b"\0" + conftest)
        return made.hexdigest()


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _read(path: Path) -> _File | None:
    source = _bytes(path)
    return None if source is None else _File(source)


class _File:
    """The tests of a source by their lines."""

    def __init__(self, source: bytes) -> None:
        self._lines = source.splitlines(keepends=True)
        self._tests: dict[tuple[str, ...], tuple[int, int]] = {}
        self._classes: dict[tuple[str, ...], tuple[int, int]] = {}
        try:
            with warnings.catch_warnings(action="ignore"):
                self._look(ast.parse(source).body, ())
        except (SyntaxError, ValueError, RecursionError):
            self._tests.clear()

    def _look(self, body: Sequence[ast.stmt], inside: tuple[str, ...]) -> None:
        for node in body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test"):
                self._tests[(*inside, node.name)] = _extent(node)
            elif isinstance(node, ast.ClassDef):
                self._classes[(*inside, node.name)] = _extent(node)
                self._look(node.body, (*inside, node.name))

    def without_others(self, names: Sequence[str]) -> bytes | None:
        """The source without the other tests, and without classes of tests that this one does not stand in.

        None where there is no such test.
        """
        own = tuple(names)
        if own != ("",) and own not in self._tests:
            return None
        lines = list(self._lines)
        others = [extent for name, extent in self._tests.items() if name != own] if own != ("",) else []
        others += [
            extent
            for name, extent in self._classes.items()
            if own != ("",) and name[-1].startswith("Test") and own[: len(name)] != name
        ]
        for first, last in others:
            lines[first - 1 : last] = [b""] * (last - first + 1)
        return b"".join(line for line in lines if line.strip())


def _extent(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> tuple[int, int]:
    return min([node.lineno, *(one.lineno for one in node.decorator_list)]), node.end_lineno or node.lineno
