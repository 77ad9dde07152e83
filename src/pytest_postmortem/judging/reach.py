"""The sources from which a test module may take its markers: what it imports, and the conftest.py files above it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pytest_postmortem.judging.files import find_python_files

__all__ = ["Reach"]

_IMPORTS = re.compile(
    rb"^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)|import[ \t]+([^\n]*))", re.MULTILINE
)
_CALLS = re.compile(rb"\b(?:importorskip|import_module|__import__)\(\s*[\"']([.\w]+)")
_QUOTED = re.compile(rb"[\"']([.\w]+)[\"']")


class Reach:
    """Follows imports by the last words of their names, which finds too much rather than too little."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self._by_name: dict[str, list[str]] | None = None

    def follow(self, path: str, source: bytes) -> Iterator[tuple[str, bytes]]:
        """Yield every other source that the module `path` may take markers from, with its text. Raises OSError."""
        parts = path.split("/")[:-1]
        conftests = ["/".join((*parts[:count], "conftest.py")) for count in range(len(parts), -1, -1)]
        waiting = [one for one in conftests if (self._base / one).is_file()] + self._find_imported(source)
        known = {path}
        for one in waiting:
            if one not in known:
                known.add(one)
                text = (self._base / one).read_bytes()
                yield one, text
                waiting += self._find_imported(text)

    def _find_imported(self, source: bytes) -> list[str]:
        if self._by_name is None:
            self._by_name = {}
            for path in find_python_files(self._base, ""):
                folder, _, name = path.rpartition("/")
                stem = folder.rpartition("/")[2] if name == "__init__.py" else name.removesuffix(".py")
                self._by_name.setdefault(stem, []).append(path)
        names = [b" ".join(found) for found in _IMPORTS.findall(source)] + _CALLS.findall(source)
        if b"pytest_plugins" in source:
            names += _QUOTED.findall(source)
        words = {word.decode("utf-8", "replace") for name in names for word in re.findall(rb"\w+", name)}
        return [path for word in sorted(words) for path in self._by_name.get(word, ())]
