"""Whether a test is switched off by its own decision, and not by a condition."""

from __future__ import annotations

import ast
import inspect
import textwrap

import pytest

__all__ = ["switched_off"]


def switched_off(item: pytest.Item) -> str | None:
    """The reason of a `mark.skip` or `unittest.skip` on the test or around it, or None."""
    for mark in item.iter_markers("skip"):
        reason = mark.kwargs.get("reason", mark.args[0] if mark.args else "")
        return str(reason) or "mark.skip"
    for holder in (getattr(item, "obj", None), getattr(item, "cls", None)):
        if getattr(holder, "__unittest_skip__", False) and not _by_condition(holder):
            return str(getattr(holder, "__unittest_skip_why__", "")) or "unittest.skip"
    return None


def _by_condition(holder: object) -> bool:
    """Whether `unittest.skipIf` or `skipUnless` switched it off: both leave the same trace as `unittest.skip`."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(holder))))  # type: ignore[arg-type]
    except (OSError, TypeError, SyntaxError, ValueError):
        return False
    decorators = getattr(tree.body[0], "decorator_list", []) if tree.body else []
    names = {
        getattr(call, "attr", getattr(call, "id", ""))
        for call in (one.func if isinstance(one, ast.Call) else one for one in decorators)
    }
    return "skip" not in names and bool(names & {"skipIf", "skipUnless"})
