"""The small changes that a mutation run makes: each one alone, in the syntax tree of a module."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

__all__ = ["Mutant", "enum_members", "find_mutants", "render_mutant"]

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_CALLS = {"any": "all", "all": "any", "sorted": "list"}
_NOT_DECIDED = {"annotation", "returns", "decorator_list", "type_params"}
"""Parts of a definition that hold types or how a value is kept, and decide nothing."""

Enums = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of `file`: `number` is its place among the changes of that file, `before` the source line."""

    file: str
    line: int
    operator: str
    before: str
    after: str
    number: int

    @property
    def key(self) -> str:
        """What it is known by when lines are added above it."""
        return f"{self.file} [{self.operator}] {self.before}  ->  {self.after}"

    def __str__(self) -> str:
        return f"{self.file}:{self.line} [{self.operator}] {self.before}  ->  {self.after}"


def find_mutants(file: str, source: str, enums: Enums) -> list[Mutant]:
    """Find every change of a source, in the order of the syntax tree."""
    lines = source.splitlines()
    return [
        Mutant(file, line, operator, lines[line - 1].strip(), after, number)
        for number, (line, operator, after) in enumerate(_changes(ast.parse(source), enums))
    ]


def render_mutant(source: str, number: int, enums: Enums) -> str:
    """Render the source with one change."""
    tree = ast.parse(source)
    next(islice(_changes(tree, enums), number, None))
    return ast.unparse(tree)


def enum_members(folder: Path) -> dict[str, list[str]]:
    """Find the members of every enum that a module below `folder` defines."""
    return {
        node.name: [target.id for one in node.body if isinstance(one, ast.Assign) for target in _names(one.targets)]
        for path in sorted(folder.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base).endswith("Enum") for base in node.bases)
    }


def _names(targets: Sequence[ast.expr]) -> list[ast.Name]:
    return [target for target in targets if isinstance(target, ast.Name)]


def _changes(tree: ast.Module, enums: Enums) -> Iterator[tuple[int, str, str]]:
    """Make each change in `tree` while it is yielded, and take it back after."""
    for parent, field, node in list(_nodes(tree)):
        held = getattr(parent, field)
        for operator, changed, dropped in _variants(node, enums):
            new = [changed if one is node else one for one in held] if isinstance(held, list) else changed
            setattr(parent, field, new)
            after = ast.unparse(changed) if dropped is None else f"without {ast.unparse(dropped)}"
            yield getattr(dropped or node, "lineno", 0), operator, after
            setattr(parent, field, held)


def _nodes(parent: ast.AST) -> Iterator[tuple[ast.AST, str, ast.AST]]:
    """Every node that decides something, with the node and the field that hold it."""
    for field, value in ast.iter_fields(parent):
        for node in value if isinstance(value, list) else [value]:
            if field in _NOT_DECIDED or not isinstance(node, ast.AST) or _is_no_decision(node):
                continue
            yield parent, field, node
            yield from _nodes(node)


def _is_no_decision(node: ast.AST) -> bool:
    """Whether a statement is for a type checker or an importer."""
    if isinstance(node, ast.If):
        return ast.unparse(node.test) == "TYPE_CHECKING"
    names = _names(node.targets) if isinstance(node, ast.Assign) else []
    return any(name.id in ("__all__", "__slots__") for name in names)


def _variants(node: ast.AST, enums: Enums) -> Iterator[tuple[str, ast.AST, ast.AST | None]]:
    """Each operator that fits a node, what it makes of it, and the part that it drops, if it drops one."""
    match node:
        case ast.BoolOp(op, values):
            for dropped, rest in _dropped(values):
                yield "operand", rest[0] if len(rest) == 1 else ast.BoolOp(op, rest), dropped
            yield "and/or", ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values), None
        case ast.Compare(left, ops, comparators):
            for place, one in enumerate(ops):
                other = _COMPARISONS[type(one)]()
                yield "compare", ast.Compare(left, [*ops[:place], other, *ops[place + 1 :]], comparators), None
        case ast.Constant(bool(value)):
            yield "bool", ast.Constant(not value), None
        case ast.Constant(int(value)):
            yield "int", ast.Constant(value + 1), None
        case ast.Call(ast.Name(name), args, _) if name in _CALLS:
            yield "call", ast.Call(ast.Name(_CALLS[name]), args, []), None
        case ast.Continue():
            yield "continue", ast.Break(), None
        case ast.Expr(ast.Call()):
            yield "statement", ast.Pass(), None
        case ast.Return(value) if value is not None and ast.unparse(value) != "None":
            yield "return", ast.Return(ast.Constant(None)), None
        case ast.Attribute(ast.Name(name), member, ast.Load()) if member in enums.get(name, ()):
            members = list(enums[name])
            neighbour = members[(members.index(member) + 1) % len(members)]
            yield "enum", ast.Attribute(ast.Name(name), neighbour), None
        case ast.Set(elements) | ast.Tuple(elements, ast.Load()) if len(elements) > 1:
            for dropped, rest in _dropped(elements):
                yield "element", ast.Set(rest) if isinstance(node, ast.Set) else ast.Tuple(rest, ast.Load()), dropped
        case ast.comprehension(target, iterated, ifs, is_async):
            for dropped, rest in _dropped(ifs):
                yield "filter", ast.comprehension(target, iterated, rest, is_async), dropped


def _dropped(nodes: Sequence[ast.expr]) -> Iterator[tuple[ast.expr, list[ast.expr]]]:
    """Each of the nodes, with the others."""
    for place, node in enumerate(nodes):
        yield node, [*nodes[:place], *nodes[place + 1 :]]
