"""Classify repository paths: tests, configuration and documents are not reverted with a fix."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

__all__ = ["PathRules"]

_TEST = re.compile(r"\A(?:.*/)?(?:tests?/.*|test_[^/]*\.py|[^/]*_test\.py|conftest\.py)", re.DOTALL)
_PROSE = re.compile(
    r"\A(?:.*/)?(?:docs?/.*|__pycache__/.*|[^/]*\.py[co]|[^/]*\.(?:md|rst|adoc|markdown)|(?:CHANGES|CHANGELOG|NEWS|HISTORY|AUTHORS|LICEN[CS]E)[^/]*)",
    re.DOTALL | re.IGNORECASE,
)
_CONFIGURATION = frozenset(
    (
        "pytest.ini",
        ".pytest.ini",
        "pytest.toml",
        ".pytest.toml",
        "tox.ini",
        "setup.cfg",
        "pyproject.toml",
        "postmortem.toml",
    )
)
"""Without what a fix has written into these, its test would fail for another reason."""


class PathRules:
    """Tells the paths of a repository (relative to its top, with `/`) apart.

    Tests are `tests` and `test` folders, files with test names, and `tests`, the files of linked tests.
    `documents` are the post-mortems and whatever else belongs to this project.
    """

    def __init__(self, tests: Iterable[str], documents: Iterable[str]) -> None:
        self._tests = frozenset(tests)
        self._documents = frozenset(documents)

    def is_test(self, path: str) -> bool:
        """Return whether `path` is a test or stands beside the tests."""
        return path in self._tests or _TEST.fullmatch(path) is not None

    def stays(self, path: str) -> bool:
        """Return whether a fix's change to `path` is left in."""
        return self.is_test(path) or path in self._documents or path.rpartition("/")[2] in _CONFIGURATION

    @staticmethod
    def is_prose(path: str) -> bool:
        """Return whether `path` is read by people, or made by Python: taking it out is tried, and no reason to give
        up."""
        return _PROSE.fullmatch(path) is not None

    def select_code(self, paths: Collection[str]) -> list[str]:
        """Return those of `paths` that have to be taken out."""
        return [path for path in paths if not self.stays(path) and not self.is_prose(path)]
