"""The markers in one Python source, and the tests that carry them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pytest_postmortem.scanning.functions import Module, Scope, TestFunction, make_test, walk_statements

__all__ = ["Mark", "find_marks"]


@dataclass(frozen=True, slots=True)
class Mark:
    """One use of the marker: its 1-based line, its arguments, and the tests that carry it.

    `args` and `kwargs` are what literals say. `dynamic` is true where an argument is computed, so that only a run
    knows what the marker names. `tests` are those that are seen to carry it: none where it is put on them in another
    file, or by a function.
    """

    path: str
    line: int
    tests: tuple[TestFunction, ...]
    args: tuple[object, ...] = ()
    kwargs: Mapping[str, object] | None = None
    dynamic: bool = False


def find_marks(source: bytes, path: str, marker: str) -> list[Mark]:
    """Return every use of `marker` in a source, in reading order. Raises SyntaxError or ValueError where it is no
    Python.

    Seen are decorators, `pytestmark` and `marks=` of a parameter, and what is bound to a name that stands there;
    written `pytest.mark.NAME`, `mark.NAME`, or by a name that the module gives to one of them. A call of the marker
    anywhere else is a use that no test is seen to carry.
    """
    module = Module(source, path)
    spelling = _Spelling(module.tree, marker)
    found: dict[ast.expr, dict[TestFunction, None]] = {}
    for expressions, tests in _walk_carried(module, module.tree, path):
        for use in spelling.uses(expressions):
            found.setdefault(use, {}).update(dict.fromkeys(tests))
    if spelling.aliased or len(re.findall(rb"\b%b\b" % re.escape(marker.encode()), source)) > len(found):
        for use in spelling.calls():  # the whole tree is walked only where there may be more
            found.setdefault(use, {})
    marks = [(use.lineno, use.col_offset, _make_mark(use, path, tuple(tests))) for use, tests in found.items()]
    return [mark for _, _, mark in sorted(marks, key=lambda one: one[:2])]


def _walk_carried(
    module: Module, scope: Scope, prefix: str, around: tuple[Scope, ...] = ()
) -> Iterator[tuple[Sequence[ast.expr], Sequence[TestFunction]]]:
    """Yield each place where marks may stand, with the tests that carry what stands there."""
    everything = module.find_tests(scope, prefix, around)
    for one in module.lineage(scope):
        if isinstance(one, ast.ClassDef):
            yield one.decorator_list, everything
        yield [value for name, value in _find_bindings(one) if name == "pytestmark"], everything
    for node in module.members(scope):
        if isinstance(node, ast.ClassDef):
            if node not in around and module.collects(node):
                yield from _walk_carried(module, node, f"{prefix}::{node.name}", (*around, scope, node))
        elif node.name.startswith("test"):
            yield node.decorator_list, [make_test(node, prefix)]


def _find_bindings(scope: Scope) -> Iterator[tuple[str, ast.expr]]:
    """Yield each name that a module or class binds to a value, with the value."""
    for node in walk_statements(scope):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from ((target.id, node.value) for target in targets if isinstance(target, ast.Name))


class _Spelling:
    """How one source writes the marker."""

    def __init__(self, tree: ast.Module, marker: str) -> None:
        self._marker = marker
        self._mark_names = {"mark"}
        self._imported: set[str] = set()
        self._own: set[str] = set()
        self._values: dict[str, list[ast.expr]] = {}
        self._tree = tree
        bindings = self._read_scopes()
        self._mark_names |= {
            name for name, value in bindings if isinstance(value, ast.Attribute) and value.attr == "mark"
        }
        self._own |= {name for name, value in bindings if self._is_marker(value)}
        for name, value in bindings:
            if name not in self._own:
                self._values.setdefault(name, []).append(value)

    def _read_scopes(self) -> list[tuple[str, ast.expr]]:
        """Take in the imports of the module and its classes; return what they bind, but for `pytestmark`."""
        bindings: list[tuple[str, ast.expr]] = []
        waiting: list[Scope] = [self._tree]
        for scope in waiting:
            for node in walk_statements(scope):
                if isinstance(node, ast.ImportFrom):
                    self._import(node)
                elif isinstance(node, ast.ClassDef):
                    waiting.append(node)
            bindings += [pair for pair in _find_bindings(scope) if pair[0] != "pytestmark"]
        return bindings

    @property
    def aliased(self) -> bool:
        """Whether the marker may stand under another name."""
        return bool(self._own)

    def calls(self) -> Iterator[ast.expr]:
        """Yield every call of the marker, wherever it stands."""
        return (node for node in ast.walk(self._tree) if isinstance(node, ast.Call) and self._is_call(node))

    def _import(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            name = alias.asname or alias.name
            if alias.name == "mark" and node.module == "pytest":
                self._mark_names.add(name)
            elif alias.name == self._marker:
                self._imported.add(name)

    def uses(self, expressions: Iterable[ast.expr]) -> Iterator[ast.expr]:
        """Yield the uses of the marker in these: themselves, in lists, in `marks=`, and behind a name."""
        seen: set[str] = set()
        waiting = list(expressions)
        while waiting:
            passed: set[ast.expr] = set()
            for node in ast.walk(waiting.pop()):
                if isinstance(node, ast.Call) and self._is_call(node, carried=True):
                    passed.add(_get_callee(node))
                    yield node
                elif isinstance(node, ast.expr) and node not in passed and self._is_marker(node, carried=True):
                    yield node
                elif isinstance(node, ast.Name) and node.id in self._values and node.id not in seen:
                    seen.add(node.id)
                    waiting += self._values[node.id]

    def _is_call(self, node: ast.Call, *, carried: bool = False) -> bool:
        return self._is_marker(_get_callee(node), carried=carried)

    def _is_marker(self, node: ast.expr, *, carried: bool = False) -> bool:
        """Return whether this is the marker. A name that was imported from elsewhere is it only where marks are
        `carried`."""
        if isinstance(node, ast.Attribute) and node.attr == self._marker:
            value = node.value
            return (isinstance(value, ast.Attribute) and value.attr == "mark") or (
                isinstance(value, ast.Name) and value.id in self._mark_names
            )
        return isinstance(node, ast.Name) and (node.id in self._own or (carried and node.id in self._imported))


def _get_callee(node: ast.Call) -> ast.expr:
    """Return what is called: of `marker.with_args(...)` the marker."""
    func = node.func
    return func.value if isinstance(func, ast.Attribute) and func.attr == "with_args" else func


def _make_mark(use: ast.expr, path: str, tests: tuple[TestFunction, ...]) -> Mark:
    if not isinstance(use, ast.Call):
        return Mark(path, use.lineno, tests, kwargs={})
    try:
        args = tuple(ast.literal_eval(argument) for argument in use.args)
        kwargs = {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in use.keywords if keyword.arg}
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return Mark(path, use.lineno, tests, kwargs={}, dynamic=True)
    dynamic = any(keyword.arg is None for keyword in use.keywords)
    return Mark(path, use.lineno, tests, args, kwargs, dynamic)
