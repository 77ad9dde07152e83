"""The post-mortems that the markers of a Python source name, in plain text or computed."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

__all__ = ["ComputedMark", "MarkerUses", "find_uses"]

_ANYTHING = re.compile(".*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ComputedMark:
    """A marker whose ids only a run knows. `ids` is what they must match.

    `items` are the action items that it names in plain text, None if it may cover any.
    """

    ids: re.Pattern[str] = _ANYTHING
    items: frozenset[str] | None = None

    def may_cover(self, names: Iterable[str], item: str) -> bool:
        """Whether it may stand for one of `names`, and cover its action item `item`."""
        return any(map(self.ids.fullmatch, names)) and (self.items is None or item in self.items)


@dataclass(frozen=True, slots=True)
class MarkerUses:
    """The ids that are plain text, the markers whose ids are computed, and those that other sources may fill in."""

    ids: frozenset[str] = frozenset()
    computed: tuple[ComputedMark, ...] = ()
    lent: tuple[ComputedMark, ...] = ()


def find_uses(source: bytes, marker: str) -> MarkerUses:
    """Return the uses of `marker` in a source; one that is not valid Python is searched as text."""
    if marker.encode() not in source:
        return MarkerUses()
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        word = re.escape(marker.encode())
        every = len(re.findall(rb"\bmark\s*\.\s*%b\b" % word, source))
        plain = len(re.findall(rb"\bmark\s*\.\s*%b\s*\(\s*[\"'][^\"'\\()]*[\"']\s*[,)]" % word, source))
        return MarkerUses(computed=(ComputedMark(),) if every > plain else ())
    return _Source(tree, marker).uses()


class _Source:
    """One parsed source, and how it writes the marker."""

    def __init__(self, tree: ast.Module, marker: str) -> None:
        self._marker = marker
        self._nodes = list(ast.walk(tree))
        imported = [alias for node in self._nodes if isinstance(node, ast.ImportFrom) for alias in node.names]
        bound = list(self._bindings())
        self._mark_names = {"mark"} | {one.asname or one.name for one in imported if one.name == "mark"}
        self._mark_names |= {name for name, value in bound if isinstance(value, ast.Attribute) and value.attr == "mark"}
        self._own = {one.asname or one.name for one in imported if one.name == marker}
        self._lent = [value for _, value in bound if self._is_marker(value)]
        self._own |= {name for name, value in bound if self._is_marker(value)}
        names = [name for name, _ in bound]
        self._constants = {
            name: value.value
            for name, value in bound
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and names.count(name) == 1
        }

    def _bindings(self) -> Iterator[tuple[str, ast.expr]]:
        for node in self._nodes:
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                yield from ((target.id, node.value) for target in targets if isinstance(target, ast.Name))

    def uses(self) -> MarkerUses:
        ids: set[str] = set()
        computed: list[ComputedMark] = []
        known: set[ast.AST] = set(self._lent)
        for node in self._nodes:
            if isinstance(node, ast.Call):
                func = node.func
                called = func.value if isinstance(func, ast.Attribute) and func.attr == "with_args" else func
                if self._is_marker(called):
                    known.add(called)
                    computed += self._arguments(node, ids)
                elif self._makes_marker(node):
                    computed.append(ComputedMark())
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                known.update(node.decorator_list)
        computed += [ComputedMark() for node in self._nodes if self._is_marker(node) and node not in known]
        return MarkerUses(frozenset(ids), tuple(computed), tuple(ComputedMark() for _ in self._lent))

    def _is_marker(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Attribute) and node.attr == self._marker:
            return self._is_mark(node.value)
        return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in self._own

    def _is_mark(self, node: ast.expr) -> bool:
        return (isinstance(node, ast.Attribute) and node.attr == "mark") or (
            isinstance(node, ast.Name) and node.id in self._mark_names
        )

    def _makes_marker(self, node: ast.Call) -> bool:
        """Whether a call makes the marker by its name: `getattr(pytest.mark, "incident")`, `Mark("incident", ...)`."""
        func, args = node.func, node.args
        name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
        place = {"getattr": 1, "Mark": 0}.get(name)
        if place is None or len(args) <= place or (name == "getattr" and not self._is_mark(args[0])):
            return False
        text = args[place]
        return not isinstance(text, ast.Constant) or text.value == self._marker

    def _arguments(self, call: ast.Call, ids: set[str]) -> Iterator[ComputedMark]:
        """Add the ids in plain text to `ids`; yield a mark for each that is computed."""
        items = self._items(call)
        for argument in call.args:
            parts = self._parts(argument)
            if None not in parts:
                ids.add("".join(filter(None, parts)))
            else:
                pattern = "".join(".*" if part is None else re.escape(part) for part in parts)
                yield ComputedMark(re.compile(pattern, re.DOTALL), items)

    def _items(self, call: ast.Call) -> frozenset[str] | None:
        if any(keyword.arg is None for keyword in call.keywords):
            return None
        given = next((keyword.value for keyword in call.keywords if keyword.arg == "action_item"), None)
        written = given.elts if isinstance(given, ast.List | ast.Tuple) else [] if given is None else [given]
        parts = [self._parts(one) for one in written]
        if any(None in one for one in parts):
            return None
        return frozenset("".join(filter(None, one)) for one in parts) or None

    def _parts(self, node: ast.expr) -> list[str | None]:
        """The text of an expression in parts; None stands for what is computed."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return [node.value]
        if isinstance(node, ast.Name):
            return [self._constants.get(node.id)]
        if isinstance(node, ast.JoinedStr):
            return [part for value in node.values for part in self._parts(value)]
        if isinstance(node, ast.FormattedValue) and node.conversion == -1 and node.format_spec is None:
            return self._parts(node.value)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return [*self._parts(node.left), *self._parts(node.right)]
        return [None]
