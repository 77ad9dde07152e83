"""The tests in one Python source, by the default names of pytest, inherited ones too."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Function", "Module", "Scope", "TestFunction", "find_functions", "make_test", "walk_statements"]

Scope = ast.Module | ast.ClassDef
Function = ast.FunctionDef | ast.AsyncFunctionDef
_BLOCKS = (ast.If, ast.Try, ast.TryStar, ast.With, ast.For, ast.While, ast.Match)


@dataclass(frozen=True, slots=True)
class TestFunction:
    """A function that pytest takes for a test by its default names: `path::Class::test`, and its first 1-based line."""

    __test__ = False

    node_id: str
    line: int


def find_functions(source: bytes, path: str) -> list[TestFunction]:
    """Return the tests of a source. Raises SyntaxError or ValueError where it is no Python."""
    return Module(source, path).tests()


class Module:
    """A parsed source. Raises SyntaxError or ValueError where it is no Python."""

    def __init__(self, source: bytes, path: str) -> None:
        self.path = path
        with warnings.catch_warnings(action="ignore"):
            try:
                self.tree = ast.parse(source)
            except (RecursionError, MemoryError):
                raise ValueError("nested too deeply") from None
        self._classes = {node.name: node for node in walk_statements(self.tree) if isinstance(node, ast.ClassDef)}
        self._bindings: dict[Scope, dict[str, list[int]]] = {}

    def tests(self) -> list[TestFunction]:
        """Return every test, in reading order."""
        return self.find_tests(self.tree, self.path)

    def find_tests(self, scope: Scope, prefix: str, around: tuple[Scope, ...] = ()) -> list[TestFunction]:
        """Return the tests of a module or class whose node id is `prefix`."""
        tests: list[TestFunction] = []
        for node in self.members(scope):
            if isinstance(node, ast.ClassDef):
                if node not in around and self.collects(node):
                    tests += self.find_tests(node, f"{prefix}::{node.name}", (*around, scope, node))
            elif node.name.startswith("test"):
                tests.append(make_test(node, prefix))
        return tests

    def members(self, scope: Scope) -> Iterator[Function | ast.ClassDef]:
        """Yield the functions and classes of a module or class, with those that it inherits within this source."""
        known: set[str] = set()
        for one in self.lineage(scope):
            own = [node for node in walk_statements(one) if isinstance(node, Function | ast.ClassDef)]
            yield from (node for node in own if node.name not in known)
            known.update(node.name for node in own)

    def bindings(self, scope: Scope) -> dict[str, list[int]]:
        """Return the lines of a module or class that bind or delete each name, found once."""
        if scope not in self._bindings:
            lines = self._bindings[scope] = {}
            for node in walk_statements(scope):
                for name in _find_bound_names(node):
                    lines.setdefault(name, []).append(node.lineno)
        return self._bindings[scope]

    def lineage(self, scope: Scope) -> list[Scope]:
        """Return a class with its bases in this source, itself first; of a module itself."""
        found: dict[Scope, None] = {}
        waiting = [scope]
        while waiting:
            one = waiting.pop(0)
            if one in found:
                continue
            found[one] = None
            if isinstance(one, ast.ClassDef):
                waiting += [self._classes[name] for name in _bases(one) if name in self._classes]
        return list(found)

    def collects(self, node: ast.ClassDef) -> bool:
        """Return whether pytest may look for tests in a class: by its name, or as a base from elsewhere may be a
        TestCase."""
        lineage = [one for one in self.lineage(node) if isinstance(one, ast.ClassDef)]
        if any(name not in self._classes and name != "object" for one in lineage for name in _bases(one)):
            return True
        made = any(isinstance(inner, Function) and inner.name == "__init__" for inner in self.members(node))
        return node.name.startswith("Test") and not made


def make_test(node: Function, prefix: str) -> TestFunction:
    """Return the test that is this function; its line is that of its first decorator, as pytest counts."""
    return TestFunction(f"{prefix}::{node.name}", min([node.lineno, *(one.lineno for one in node.decorator_list)]))


def walk_statements(scope: Scope) -> Iterator[ast.stmt]:
    """Yield the statements of a module or class, those below an `if`, `try`, `with` or `match` too."""
    waiting = list(reversed(scope.body))
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, _BLOCKS):
            inner = [*getattr(node, "body", ())]
            for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
                inner += part.body
            inner += [*getattr(node, "orelse", ()), *getattr(node, "finalbody", ())]
            waiting += reversed(inner)


def _find_bound_names(node: ast.stmt) -> set[str]:
    if isinstance(node, Function | ast.ClassDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign | ast.Delete) else []
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _bases(node: ast.ClassDef) -> list[str]:
    return [
        base.id if isinstance(base, ast.Name) else base.attr if isinstance(base, ast.Attribute) else "?"
        for base in node.bases
    ]
