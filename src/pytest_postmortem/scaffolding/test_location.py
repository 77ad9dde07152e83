"""Choose where a new test goes: to the tests that are linked already."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from pytest_postmortem.scaffolding.words import find_words
from pytest_postmortem.scanning.project import Scan

__all__ = ["choose_test_file", "is_collected", "parse_test_files"]

_NAMED_FOR_INCIDENTS = re.compile(r"incident|regression|post_?mortem", re.IGNORECASE)
_TEST_FILE = re.compile(r"\A(?:test_.*\.py$|.*_test\.py$)")
_ENOUGH = 20


def choose_test_file(postmortem_id: str, linked: Iterable[str], scan: Scan, base: Path) -> str:
    """Return the file for new tests of this post-mortem, relative to `base`.

    `linked` are the files of its tests that there are, one entry a test. Else it is the file named for incidents that
    holds most linked tests of all post-mortems, where most are in such files; else one of its own beside them.
    """
    own = _keep_collected(Counter(linked))
    if own:
        return _find_most_frequent(own)
    tests = {test.node_id: mark.path for mark in scan.marks for test in mark.tests}
    files = _keep_collected(Counter(tests.values()))
    for_incidents = Counter({path: files[path] for path in files if _NAMED_FOR_INCIDENTS.search(_get_file_name(path))})
    most_are_for_incidents = 2 * for_incidents.total() > files.total()
    if len(for_incidents) == 1 and most_are_for_incidents:
        return _find_most_frequent(for_incidents)
    folder = _choose_test_folder(for_incidents if most_are_for_incidents else files, scan, base)
    name = f"test_{'_'.join(find_words(postmortem_id)).lower()}.py"
    return f"{folder}/{name}" if folder else name


def _choose_test_folder(linked: Counter[str], scan: Scan, base: Path) -> str:
    """Return the folder of most `linked` tests, or else `tests`, `test`, or that of most test files; "" for `base`."""
    present = [name for name in ("tests", "test") if Path(base, name).is_dir()]
    folders = _count_by_folder(linked)
    if not folders and not present:
        folders = _count_by_folder(Counter(path for path in scan.files if is_collected(path)))
    return _find_most_frequent(folders) if folders else (present or ["tests"])[0]


def is_collected(path: str) -> bool:
    """Return whether pytest collects a file of this name where it is not configured otherwise."""
    return _TEST_FILE.match(_get_file_name(path)) is not None


def parse_test_files(scan: Scan, base: Path) -> list[ast.Module]:
    """Return some of the project's test files, those with linked tests before others."""
    marked = dict.fromkeys(mark.path for mark in scan.marks)
    paths = list(marked) or [path for path in scan.files if is_collected(path)]
    trees = []
    for path in paths[:_ENOUGH]:
        with suppress(OSError, SyntaxError, ValueError, RecursionError):
            trees.append(ast.parse(Path(base, path).read_bytes()))
    return trees


def _keep_collected(files: Counter[str]) -> Counter[str]:
    """Return those that pytest collects by their names; where it is configured otherwise, all but the `conftest.py`."""
    kept = {path: number for path, number in files.items() if is_collected(path)}
    return Counter(kept or {path: number for path, number in files.items() if _get_file_name(path) != "conftest.py"})


def _count_by_folder(files: Counter[str]) -> Counter[str]:
    folders: Counter[str] = Counter()
    for path, number in files.items():
        folders[path.rpartition("/")[0]] += number
    return folders


def _find_most_frequent(counted: Counter[str]) -> str:
    return min(counted, key=lambda name: (-counted[name], name))


def _get_file_name(path: str) -> str:
    return path.rpartition("/")[2]
