"""Detect tests that are disabled by a decision rather than a condition, or whose body never runs."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
import unittest
from functools import lru_cache
from types import ModuleType
from typing import Any

import pytest

__all__ = ["find_idle_reason", "find_skip_reason"]


def find_skip_reason(item: pytest.Item) -> str | None:
    """Return the reason of a `mark.skip` or `unittest.skip` on the test or around it, or None."""
    for mark in item.iter_markers("skip"):
        reason = mark.kwargs.get("reason", mark.args[0] if mark.args else "")
        return str(reason) or "mark.skip"
    for holder in (getattr(item, "obj", None), getattr(item, "cls", None)):
        if getattr(holder, "__unittest_skip__", False) and _is_decided(inspect.unwrap(_find_skipped(holder))):
            return str(getattr(holder, "__unittest_skip_why__", "")) or "unittest.skip"
    return None


def find_idle_reason(item: pytest.Item) -> str | None:
    """Return why a method of a plain unittest.TestCase passes without its body being run, or None.

    unittest only calls it: what an `async def` or a generator returns is dropped. Frameworks that await it (Django,
    Twisted) replace one of the three methods below.
    """
    case = getattr(item, "cls", None)
    if not (isinstance(case, type) and issubclass(case, unittest.TestCase)):
        return None
    if any(getattr(case, name, None) is not getattr(unittest.TestCase, name, None) for name in _CALLING):
        return None
    method = getattr(case, getattr(item, "originalname", None) or item.name, None)
    method = inspect.unwrap(method) if callable(method) else method
    if inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method):
        return "an async method of a plain unittest.TestCase is never awaited; use unittest.IsolatedAsyncioTestCase"
    return "a generator method of a unittest.TestCase never runs" if inspect.isgeneratorfunction(method) else None


_CALLING = ("__call__", "run", "_callTestMethod")


def _find_skipped(holder: Any) -> Any:
    """Return the function or class that was skipped: of a class perhaps one that it inherits from."""
    if isinstance(holder, type):
        return next((base for base in holder.__mro__ if "__unittest_skip__" in vars(base)), holder)
    return getattr(holder, "__func__", holder)


@lru_cache(maxsize=1024)
def _is_decided(holder: Any) -> bool:
    """Whether `unittest.skip` decorates it: `skipIf`, `skipUnless` and decorators of others leave the same trace.

    A name is looked up in its module: `later = unittest.skip("later")`. Anything else counts as a condition.
    """
    tree = _parse(holder)
    decorators = getattr(tree.body[0], "decorator_list", []) if tree is not None and tree.body else []
    return any(
        _get_name(node) == "skip" or _is_assigned(node, sys.modules.get(holder.__module__)) for node in decorators
    )


def _parse(source: Any) -> ast.Module | None:
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(source)))
    except (OSError, TypeError, SyntaxError, ValueError):
        return None


_parse_module = lru_cache(maxsize=64)(_parse)


def _get_name(decorator: ast.expr) -> str:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return str(getattr(called, "attr", getattr(called, "id", "")))


def _is_assigned(decorator: ast.expr, module: ModuleType | None) -> bool:
    """Whether a decorator is a name that its module gives to a plain `skip(...)`."""
    if not isinstance(decorator, ast.Name) or module is None:
        return False
    tree = _parse_module(module)
    return tree is not None and any(
        isinstance(node, ast.Assign)
        and _get_name(node.value) == "skip"
        and any(isinstance(target, ast.Name) and target.id == decorator.id for target in node.targets)
        for node in tree.body
    )
