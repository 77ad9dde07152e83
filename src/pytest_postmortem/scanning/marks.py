"""The markers in one Python source, and the tests that carry them."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Mark", "TestFunction", "functions_in", "marks_in"]

_Scope = ast.Module | ast.ClassDef
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class TestFunction:
    """A function that pytest takes for a test by its default names: `path::Class::test`, and its first 1-based line."""

    __test__ = False

    node_id: str
    line: int


@dataclass(frozen=True, slots=True)
class Mark:
    """One use of the marker: its 1-based line, its arguments, and the tests that carry it.

    `args` and `kwargs` are what literals say. `dynamic` is true where an argument is computed, so that only a run
    knows what the marker names.
    """

    path: str
    line: int
    tests: tuple[TestFunction, ...]
    args: tuple[object, ...] = ()
    kwargs: Mapping[str, object] | None = None
    dynamic: bool = False


def marks_in(source: bytes, path: str, marker: str) -> list[Mark]:
    """Every use of `marker` in a source, in reading order. Raises SyntaxError or ValueError where it is no Python.

    Seen are decorators, `pytestmark` and `marks=` of a parameter; written `pytest.mark.NAME`, `mark.NAME`, or by a
    name that the module binds to one of them.
    """
    tree = _parsed(source)
    bound = {"mark"} | _names_of_mark(tree)
    found = [
        _mark(expression, path, tests)
        for expressions, tests in _carried(tree, path)
        for expression in _markers(expressions, marker, bound, tree)
    ]
    return sorted(found, key=lambda mark: mark.line)


def functions_in(source: bytes, path: str) -> list[TestFunction]:
    """The tests of a source. Raises SyntaxError or ValueError where it is no Python."""
    return _tests(_parsed(source), path)


def _parsed(source: bytes) -> ast.Module:
    with warnings.catch_warnings(action="ignore"):
        try:
            return ast.parse(source)
        except RecursionError:
            raise ValueError("nested too deeply") from None


def _tests(scope: _Scope, prefix: str) -> list[TestFunction]:
    """The tests below a module or class whose node id is `prefix`."""
    tests: list[TestFunction] = []
    for node in _statements(scope):
        if isinstance(node, _Function) and node.name.startswith("test"):
            tests.append(_test(node, prefix))
        elif isinstance(node, ast.ClassDef):
            tests += _tests(node, f"{prefix}::{node.name}")
    return tests


def _test(node: _Function, prefix: str) -> TestFunction:
    """The test that is this function; its line is that of its first decorator, as pytest counts."""
    return TestFunction(f"{prefix}::{node.name}", min([node.lineno, *(one.lineno for one in node.decorator_list)]))


def _statements(scope: _Scope) -> Iterator[ast.stmt]:
    """The statements of a module or class, those below an `if`, `try` or `with` too."""
    waiting = list(reversed(scope.body))
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, (ast.If, ast.Try, ast.With, ast.For, ast.While)):
            inner = [*node.body, *getattr(node, "orelse", ()), *getattr(node, "finalbody", ())]
            inner += [one for handler in getattr(node, "handlers", ()) for one in handler.body]
            waiting += reversed(inner)


def _carried(scope: _Scope, prefix: str) -> Iterator[tuple[Sequence[ast.expr], tuple[TestFunction, ...]]]:
    """Each place where marks may stand, with the tests that carry what stands there."""
    for node in _statements(scope):
        if isinstance(node, ast.ClassDef):
            inner = f"{prefix}::{node.name}"
            yield node.decorator_list, tuple(_tests(node, inner))
            yield from _carried(node, inner)
        elif isinstance(node, _Function):
            test = (_test(node, prefix),) if node.name.startswith("test") else ()
            yield node.decorator_list, test
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in targets):
                yield [node.value], tuple(_tests(scope, prefix))


def _markers(expressions: Iterable[ast.expr], marker: str, bound: set[str], tree: ast.Module) -> Iterator[ast.expr]:
    """The uses of the marker in these expressions: themselves, in lists, and in `marks=` of a parameter."""
    own_names = _names_of_marker(tree, marker, bound)

    def is_marker(node: ast.expr) -> bool:
        if isinstance(node, ast.Attribute) and node.attr == marker:
            value = node.value
            return (isinstance(value, ast.Attribute) and value.attr == "mark") or (
                isinstance(value, ast.Name) and value.id in bound
            )
        return isinstance(node, ast.Name) and node.id in own_names

    for expression in expressions:
        called: set[ast.expr] = set()
        for node in ast.walk(expression):
            if isinstance(node, ast.Call) and is_marker(node.func):
                called.add(node.func)
                yield node
            elif isinstance(node, ast.expr) and node not in called and is_marker(node):
                yield node


def _names_of_mark(tree: ast.Module) -> set[str]:
    """The names by which this module calls `pytest.mark`: those of `from pytest import mark as m`."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "pytest"
        for alias in node.names
        if alias.name == "mark"
    }


def _names_of_marker(tree: ast.Module, marker: str, bound: set[str]) -> set[str]:
    """The names that this module binds to the marker itself: those of `incident = pytest.mark.incident`."""
    return {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute) and node.value.attr == marker
        for target in node.targets
        if isinstance(target, ast.Name) and target.id != "pytestmark"
        if (isinstance(node.value.value, ast.Attribute) and node.value.value.attr == "mark")
        or (isinstance(node.value.value, ast.Name) and node.value.value.id in bound)
    }


def _mark(expression: ast.expr, path: str, tests: tuple[TestFunction, ...]) -> Mark:
    if not isinstance(expression, ast.Call):
        return Mark(path, expression.lineno, tests, kwargs={})
    try:
        args = tuple(ast.literal_eval(argument) for argument in expression.args)
        kwargs = {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in expression.keywords if keyword.arg}
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return Mark(path, expression.lineno, tests, kwargs={}, dynamic=True)
    dynamic = any(keyword.arg is None for keyword in expression.keywords)
    return Mark(path, expression.lineno, tests, args, kwargs, dynamic)
