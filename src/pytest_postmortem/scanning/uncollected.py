"""Why pytest collected no test that carries a marker which is written in the sources."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from itertools import pairwise
from pathlib import Path

from pytest_postmortem.judging.files import find_python_files
from pytest_postmortem.model.link import Stray
from pytest_postmortem.model.marker import parse_request
from pytest_postmortem.model.run import Run
from pytest_postmortem.scanning.functions import Function, Module

__all__ = ["Rules", "find_strays"]

Parents = dict[ast.AST, ast.AST]


@dataclass(frozen=True, slots=True)
class Rules:
    """By which names pytest collects: its ini options of the same names. `testpaths` are relative, "" for all."""

    python_files: Sequence[str] = ("test_*.py", "*_test.py")
    python_classes: Sequence[str] = ("Test",)
    python_functions: Sequence[str] = ("test",)
    norecursedirs: Sequence[str] = ()
    testpaths: Sequence[str] = ()


def find_strays(base: Path, marker: str, rules: Rules, run: Run) -> Iterator[Stray]:
    """Yield every marker in the sources below `base` that names its post-mortem in plain text, with why no test carries
    it.

    To be asked for an action item that no collected test is linked to. What cannot be read or parsed is passed over:
    pytest reports it where it collects it.
    """
    word = re.compile(rb"\b%b\b" % re.escape(marker.encode()))
    for path in find_python_files(base, run.scope):
        try:
            source = (base / path).read_bytes()
            if not word.search(source):
                continue
            module = Module(source, path)
        except (OSError, SyntaxError, ValueError):
            continue
        why_file = None if path in run.files else _explain_file(path, rules, run)
        parents = {child: node for node in ast.walk(module.tree) for child in ast.iter_child_nodes(node)}
        for call in parents:
            if isinstance(call, ast.Call) and _is_marker(call.func, marker):
                names, items = _evaluate_names(call, marker)
                if names:
                    why = why_file or _explain_call(call, parents, module, rules)
                    yield Stray(path, call.lineno, names, items, why)


def _is_marker(func: ast.expr, marker: str) -> bool:
    return (isinstance(func, ast.Attribute) and func.attr == marker) or (
        isinstance(func, ast.Name) and func.id == marker
    )


def _evaluate_names(call: ast.Call, marker: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    try:
        args = [ast.literal_eval(argument) for argument in call.args]
        kwargs = {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call.keywords}
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return (), ()
    request = parse_request(args, kwargs, marker)
    return request.names, request.items


def _explain_file(path: str, rules: Rules, run: Run) -> str:
    """Return why pytest took no test from a file."""
    if withheld := _explain_withheld(path, run):
        return withheld
    *folders, name = path.removeprefix(f"{run.scope}/" if run.scope else "").split("/")
    if name in ("conftest.py", "__init__.py"):
        return f"a marker in a {name} reaches no test"
    closed = next((folder for folder in folders if _matches_any(folder, rules.norecursedirs)), None)
    if closed is not None:
        return f"pytest does not look into {closed}/ (norecursedirs)"
    if not any(_is_file_of(path, pattern) for pattern in rules.python_files):
        return f"the file's name does not match python_files ({', '.join(rules.python_files)})"
    if rules.testpaths and not _matches_any(path, (*rules.testpaths, *(f"{one}/*" for one in rules.testpaths))):
        return f"the file is outside of testpaths ({', '.join(rules.testpaths)})"
    return "pytest collected nothing from this file"


def _explain_withheld(path: str, run: Run) -> str:
    """Return why pytest took nothing from this file or a folder around it, or ""."""
    places = (place for place in run.withheld if path == place or path.startswith(f"{place}/"))
    return next((f"{place} {run.withheld[place]}" for place in places), "")


def _is_file_of(path: str, pattern: str) -> bool:
    """Return whether a file matches a pattern of `python_files`: its path if there is a slash in it, else its name."""
    return fnmatch(f"/{path}", f"*/{pattern}") if "/" in pattern else fnmatch(path.rpartition("/")[2], pattern)


def _matches_any(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)


def _explain_call(call: ast.Call, parents: Parents, module: Module, rules: Rules) -> str:
    """Return why no test carries a marker in a file that pytest collected."""
    within = [call, *_walk_ancestors(call, parents)]
    for inner, node in pairwise(within):
        if isinstance(node, Function | ast.ClassDef) and inner in node.decorator_list:
            return _explain_test(node, parents, module, rules)
        if isinstance(node, Function | ast.Lambda):
            name = getattr(node, "name", "a lambda")
            return f"it is written inside of {name}: a marker that is added by code has to be there at collection"
        if isinstance(node, ast.ClassDef):
            return _explain_test(node, parents, module, rules)
    return "no collected test carries it"


def _explain_test(node: ast.stmt, parents: Parents, module: Module, rules: Rules) -> str:
    """Return why pytest took no test from a function or class, or from one of those around it."""
    around = [node, *(one for one in _walk_ancestors(node, parents) if isinstance(one, Function | ast.ClassDef))]
    for definition, outer in zip(around, [*around[1:], module.tree], strict=True):
        if isinstance(outer, Function):
            return f"{_get_name(definition)} is defined inside of the function {outer.name}"
        assert isinstance(outer, ast.ClassDef | ast.Module)
        reason = _explain_definition(definition, outer, module, rules)
        if reason is None and not isinstance(parents[definition], ast.ClassDef | ast.Module):
            reason = f"{_get_name(definition)} is defined under a condition that was not met"
        if reason is not None:
            return reason
    return f"pytest collected no test from {_get_name(node)}"


def _explain_definition(
    definition: ast.stmt, outer: ast.ClassDef | ast.Module, module: Module, rules: Rules
) -> str | None:
    """Return why pytest takes no test from this function or class itself; None if it may."""
    if isinstance(definition, ast.ClassDef):
        reason = _explain_class(definition, module, rules)
    else:
        reason = _explain_function(definition, outer, module, rules)
    name = _get_name(definition)
    later = [line for line in module.bindings(outer).get(name, ()) if line > definition.lineno]
    if reason is None and later:
        return f"{name} is replaced by another definition of that name in line {later[-1]}"
    return reason


def _explain_function(node: ast.stmt, outer: ast.ClassDef | ast.Module, module: Module, rules: Rules) -> str | None:
    assert isinstance(node, Function)
    if any("fixture" in ast.unparse(one) for one in node.decorator_list):
        return f"{node.name} is a fixture, and markers on fixtures have no effect"
    if isinstance(outer, ast.ClassDef) and _is_case(outer, module):
        return None if node.name.startswith("test") else f"the name {node.name} does not start with test"
    if not _fits(node.name, rules.python_functions):
        return f"the name {node.name} does not match python_functions ({', '.join(rules.python_functions)})"
    return None


def _explain_class(node: ast.ClassDef, module: Module, rules: Rules) -> str | None:
    if _is_case(node, module):
        return None
    if not _fits(node.name, rules.python_classes):
        return f"the name of class {node.name} does not match python_classes ({', '.join(rules.python_classes)})"
    made = next((one.name for one in module.members(node) if one.name in ("__init__", "__new__")), None)
    return None if made is None else f"class {node.name} has an {made}, and pytest collects no such class"


def _is_case(node: ast.ClassDef, module: Module) -> bool:
    """Return whether a class may be a unittest.TestCase: one of its bases is not of this source."""
    own = {one.name for one in ast.walk(module.tree) if isinstance(one, ast.ClassDef)} | {"object"}
    lineage = [one for one in module.lineage(node) if isinstance(one, ast.ClassDef)]
    return any(not (isinstance(base, ast.Name) and base.id in own) for one in lineage for base in one.bases)


def _fits(name: str, patterns: Sequence[str]) -> bool:
    """Return whether a name begins with one of the patterns, or matches one that is a glob."""
    return any(
        name.startswith(pattern) or (any(sign in pattern for sign in "*?[") and fnmatch(name, pattern))
        for pattern in patterns
    )


def _get_name(node: ast.stmt) -> str:
    return str(getattr(node, "name", ""))


def _walk_ancestors(node: ast.AST, parents: Parents) -> Iterator[ast.AST]:
    while node in parents:
        node = parents[node]
        yield node
