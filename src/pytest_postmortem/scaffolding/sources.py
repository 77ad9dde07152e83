"""Python sources that get one more test, unchanged apart from it."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from pytest_postmortem.errors import DocumentError
from pytest_postmortem.scanning.marks import find_marks

__all__ = ["PythonSource", "are_annotated"]

_LINE_ENDS = re.compile(r"(?<=\n)|(?<=\r)(?!\n)")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class PythonSource:
    """A Python file: its path for messages, its bytes, and what they are parsed to."""

    path: str
    raw: bytes
    text: str
    encoding: str
    tree: ast.Module

    @classmethod
    def parse(cls, path: str, raw: bytes) -> PythonSource:
        """Read these bytes. Raises DocumentError if they are no Python."""
        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
            with warnings.catch_warnings(action="ignore"):
                tree = ast.parse(raw)
            return cls(path, raw, raw.decode(encoding), encoding, tree)
        except (SyntaxError, ValueError, LookupError, RecursionError, MemoryError) as error:
            told = f"is no Python: {getattr(error, 'msg', None) or error}"
            line = getattr(error, "lineno", None)
            hint = "mend its syntax, or name another file with --output"
            raise DocumentError(told, origin=path, line=line, hint=hint) from None

    @property
    def names(self) -> set[str]:
        """Every name that the module binds or uses."""
        found = {node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name)}
        for node in ast.walk(self.tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                found.add(node.name)
            elif isinstance(node, ast.alias):
                found.add((node.asname or node.name).partition(".")[0])
        return found

    def find_marked_tests(self, marker: str, postmortem: str, item: str | None) -> set[str]:
        """Return the tests that carry a marker with these very arguments: `test_a`, or `TestA::test_b`."""
        wanted = {} if item is None else {"action_item": item}
        return {
            test.node_id.partition("::")[2]
            for mark in find_marks(self.raw, self.path, marker)
            if mark.args == (postmortem,) and mark.kwargs == wanted
            for test in mark.tests
        }

    def add_tests(self, tests: Iterable[list[str]]) -> bytes:
        """Return these bytes with tests at the end, two empty lines before each, and `import pytest` where it is
        missing.

        Raises DocumentError if the result would be no Python, or cannot be written in the file's encoding, and where
        the module gives the name pytest to something else.
        """
        for line in _find_rebinding_lines(self.tree.body):
            hint = "give that another name, or name another file with --output"
            raise DocumentError(
                "pytest is not the module pytest behind this line", origin=self.path, line=line, hint=hint
            )
        end = "\r\n" if "\r\n" in self.text else "\n"
        text = self._add_import(end)
        if text and not text.endswith(("\n", "\r")):
            text += end
        blank = len(text) - len(text.rstrip("\r\n"))
        missing = 3 - (blank // len(end)) if text else 0
        for lines in tests:
            text += end * max(0, missing) + end.join((*lines, ""))
            missing = 2
        try:
            made = text.encode(self.encoding)
        except UnicodeEncodeError as error:
            problem = f"its encoding {self.encoding} has no {error.object[error.start]!r}"
            raise DocumentError(problem, origin=self.path, hint="save it as UTF-8, or name another file") from None
        PythonSource.parse(self.path, made)
        return made

    def _add_import(self, end: str) -> str:
        """Return the text with `import pytest` behind the imports that it begins with, where it has none of its own."""
        if any(map(_imports_pytest, self.tree.body)):
            return self.text
        lines = _LINE_ENDS.split(self.text)
        behind, kind, following = _find_import_block(self.tree, lines)
        before, rest = "".join(lines[:behind]), "".join(lines[behind:])
        if before and not before.endswith(("\n", "\r")):
            before += end
        gap = end if before and kind is not _Block.IMPORTS else ""
        wanted = 0 if following is None else 2 if isinstance(following, _DEFINITIONS) else 1
        there = (len(rest) - len(rest.lstrip("\r\n"))) // len(end)
        return f"{before}{gap}import pytest{end}{end * max(0, wanted - there)}{rest}"


def _find_rebinding_lines(statements: Iterable[ast.AST]) -> Iterator[int]:
    """Yield the lines in which a module makes its name `pytest` something else; what an `except` does without it is
    none."""
    for node in statements:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                rebinds = node.name == "pytest"
            case ast.Name():
                rebinds = node.id == "pytest" and not isinstance(node.ctx, ast.Load)
            case ast.Import() | ast.ImportFrom():
                rebinds = any(_imports_other(alias, node) for alias in node.names)
            case ast.Lambda() | ast.ExceptHandler():
                continue
            case _:
                yield from _find_rebinding_lines(ast.iter_child_nodes(node))
                continue
        if rebinds:
            yield node.lineno


def _imports_pytest(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import) and any(
        alias.name == "pytest" and alias.asname in (None, "pytest") for alias in node.names
    )


def _imports_other(alias: ast.alias, node: ast.Import | ast.ImportFrom) -> bool:
    """Return whether an import gives the name `pytest` to anything but that package."""
    package = alias.name.partition(".")[0]
    return (alias.asname or package) == "pytest" and not (isinstance(node, ast.Import) and package == "pytest")


class _Block(Enum):
    """What the line before a new import is."""

    IMPORTS = "imports"
    OTHER = "docstring, comment, or an import of __future__"


def _find_import_block(tree: ast.Module, lines: list[str]) -> tuple[int, _Block, ast.stmt | None]:
    """Behind how many lines an import goes, what they end in, and the statement that follows, if any."""
    if not tree.body:
        return len(lines), _Block.OTHER, None
    behind, kind = 0, _Block.OTHER
    while behind < len(lines) and lines[behind].startswith("#"):
        behind += 1
    for place, node in enumerate(tree.body):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            kind = _Block.OTHER if getattr(node, "module", None) == "__future__" else _Block.IMPORTS
        elif place or not _is_docstring(node):
            return behind, kind, node
        behind = node.end_lineno or behind
    return behind, kind, None


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def are_annotated(trees: Iterable[ast.Module]) -> bool:
    """Return whether tests here say what they return; true where there are none."""
    tests = [
        node
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test")
    ]
    return not tests or any(node.returns is not None for node in tests)
