"""Find the post-mortems that the markers of a Python source name, in plain text or computed."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
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
        """Return whether it may name one of `names`, and cover its action item `item`."""
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
    return _Source(tree, marker).find_uses()


class _Source:
    """One parsed source, and how it writes the marker."""

    def __init__(self, tree: ast.Module, marker: str) -> None:
        self._marker = marker
        self._nodes = list(ast.walk(tree))
        bound = list(self._list_bindings())
        self._mark_names = {"mark"} | self._list_imported("mark")
        self._mark_names |= {name for name, value in bound if isinstance(value, ast.Attribute) and value.attr == "mark"}
        self._own = self._list_imported(marker)
        self._lent = [value for _, value in bound if self._is_marker(value)]
        self._own |= {name for name, value in bound if self._is_marker(value)}
        self._constants = _find_constants(bound)

    def _list_imported(self, name: str) -> set[str]:
        """Return the names under which `name` is imported from a module."""
        imported = [alias for node in self._nodes if isinstance(node, ast.ImportFrom) for alias in node.names]
        return {alias.asname or alias.name for alias in imported if alias.name == name}

    def _list_bindings(self) -> Iterator[tuple[str, ast.expr]]:
        for node in self._nodes:
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                yield from ((target.id, node.value) for target in targets if isinstance(target, ast.Name))

    def find_uses(self) -> MarkerUses:
        """Return the uses of the marker in this source."""
        ids: set[str] = set()
        computed: list[ComputedMark] = []
        known: set[ast.AST] = set(self._lent)
        for node in self._nodes:
            if isinstance(node, ast.Call):
                marker = _strip_with_args(node.func)
                if self._is_marker(marker):
                    known.add(marker)
                    computed += self._parse_arguments(node, ids)
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
        """Return whether a call makes the marker by name: `getattr(pytest.mark, "incident")`, `Mark("incident")`."""
        func, args = node.func, node.args
        name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
        place = {"getattr": 1, "Mark": 0}.get(name)
        if place is None or len(args) <= place or (name == "getattr" and not self._is_mark(args[0])):
            return False
        text = args[place]
        return not isinstance(text, ast.Constant) or text.value == self._marker

    def _parse_arguments(self, call: ast.Call, ids: set[str]) -> Iterator[ComputedMark]:
        """Add the ids in plain text to `ids`; yield a mark for each that is computed."""
        items = self._parse_items(call)
        for argument in call.args:
            parts = self._split_text(argument)
            if None not in parts:
                ids.add("".join(filter(None, parts)))
            else:
                pattern = "".join(".*" if part is None else re.escape(part) for part in parts)
                yield ComputedMark(re.compile(pattern, re.DOTALL), items)

    def _parse_items(self, call: ast.Call) -> frozenset[str] | None:
        """Return the action items that a marker names in plain text, or None if it may cover any."""
        keywords = {keyword.arg: keyword.value for keyword in call.keywords}
        value = keywords.get("action_item")
        if value is None or None in keywords:
            return None
        texts = [self._split_text(one) for one in (value.elts if isinstance(value, ast.List | ast.Tuple) else [value])]
        if any(None in parts for parts in texts):
            return None
        return frozenset("".join(filter(None, parts)) for parts in texts) or None

    def _split_text(self, node: ast.expr) -> list[str | None]:
        """Return the text of an expression in parts; None stands for what is computed."""
        match node:
            case ast.Constant(value=str() as text):
                return [text]
            case ast.Name(id=name):
                return [self._constants.get(name)]
            case ast.JoinedStr(values=values):
                return [part for value in values for part in self._split_text(value)]
            case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
                return self._split_text(value)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return [*self._split_text(left), *self._split_text(right)]
        return [None]


def _find_constants(bound: Sequence[tuple[str, ast.expr]]) -> dict[str, str]:
    """Return the texts of the names that are bound once, to a text."""
    names = [name for name, _ in bound]
    return {
        name: value.value
        for name, value in bound
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and names.count(name) == 1
    }


def _strip_with_args(func: ast.expr) -> ast.expr:
    """Return the marker of `marker.with_args`; anything else as it is."""
    return func.value if isinstance(func, ast.Attribute) and func.attr == "with_args" else func
