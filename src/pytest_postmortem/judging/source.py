"""The digest of a test and of what it is made with: a proof is stale where it has changed."""

from __future__ import annotations

import ast
import hashlib
import warnings
from pathlib import Path

__all__ = ["digest"]


def digest(base: Path, node_id: str) -> str | None:
    """SHA-256 (hex) of the test function `node_id`, of everything in its file that is no other test, and of every
    conftest.py from its folder up to `base`. None where the test is not there.
    """
    path, _, inner = node_id.partition("::")
    try:
        source = (base / path).read_bytes()
    except OSError:
        return None
    kept = _without_others(source, inner.split("::")) if inner else source
    if kept is None:
        return None
    made = hashlib.sha256(kept)
    folder = (base / path).parent
    while folder.is_relative_to(base):
        conftest = folder / "conftest.py"
        if conftest.is_file():
            made.update(b"\0" + str(folder.relative_to(base)).encode() + b"\0" + conftest.read_bytes())
        folder = folder.parent
        if folder == folder.parent:
            break
    return made.hexdigest()


def _without_others(source: bytes, names: list[str]) -> bytes | None:
    """`source` without the tests other than the one called by `names`: class, inner class, function."""
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return source
    others: list[tuple[int, int]] = []
    found = False

    def look(body: list[ast.stmt], wanted: list[str]) -> None:
        nonlocal found
        for node in body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test"):
                if wanted == [node.name]:
                    found = True
                else:
                    others.append(_lines(node))
            elif isinstance(node, ast.ClassDef):
                if wanted[:1] == [node.name]:
                    look(node.body, wanted[1:])
                elif node.name.startswith("Test"):
                    others.append(_lines(node))

    look(tree.body, names)
    if not found:
        return None
    lines = source.splitlines(keepends=True)
    for first, last in others:
        lines[first - 1 : last] = [b""] * (last - first + 1)
    return b"".join(line for line in lines if line.strip())


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> tuple[int, int]:
    return min([node.lineno, *(one.lineno for one in node.decorator_list)]), node.end_lineno or node.lineno
