"""Whether a test is switched off by its own decision, and not by a condition."""

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

__all__ = ["never_runs", "switched_off"]


def switched_off(item: pytest.Item) -> str | None:
    """The reason of a `mark.skip` or `unittest.skip` on the test or around it, or None."""
    for mark in item.iter_markers("skip"):
        reason = mark.kwargs.get("reason", mark.args[0] if mark.args else "")
        return str(reason) or "mark.skip"
    for holder in (getattr(item, "obj", None), getattr(item, "cls", None)):
        if getattr(holder, "__unittest_skip__", False) and _by_decision(inspect.unwrap(_said_by(holder))):
            return str(getattr(holder, "__unittest_skip_why__", "")) or "unittest.skip"
    return None


def never_runs(item: pytest.Item) -> str | None:
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


def _said_by(holder: Any) -> Any:
    """The function or class that was skipped: of a class perhaps one that it inherits from."""
    if isinstance(holder, type):
        return next((one for one in holder.__mro__ if "__unittest_skip__" in vars(one)), holder)
    return getattr(holder, "__func__", holder)


@lru_cache(maxsize=1024)
def _by_decision(holder: Any) -> bool:
    """Whether `unittest.skip` stands on it: `skipIf`, `skipUnless` and decorators of others leave the same trace.

    A name is looked up in its module: `later = unittest.skip("later")`. What cannot be told counts as a condition.
    """
    tree = _parsed(holder)
    decorators = getattr(tree.body[0], "decorator_list", []) if tree is not None and tree.body else []
    return any(_name(one) == "skip" or _assigned(one, sys.modules.get(holder.__module__)) for one in decorators)


def _parsed(source: Any) -> ast.Module | None:
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(source)))
    except (OSError, TypeError, SyntaxError, ValueError):
        return None


_parsed_module = lru_cache(maxsize=64)(_parsed)


def _name(decorator: ast.expr) -> str:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return str(getattr(called, "attr", getattr(called, "id", "")))


def _assigned(decorator: ast.expr, module: ModuleType | None) -> bool:
    """Whether a decorator is a name that its module gives to a plain `skip(...)`."""
    if not isinstance(decorator, ast.Name) or module is None:
        return False
    tree = _parsed_module(module)
    return tree is not None and any(
        isinstance(node, ast.Assign)
        and _name(node.value) == "skip"
        and any(isinstance(target, ast.Name) and target.id == decorator.id for target in node.targets)
        for node in tree.body
    )
