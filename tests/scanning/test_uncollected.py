"""Why pytest collected no test for a marker that is in the sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_postmortem.scanning.uncollected import Rules, find_strays
from tests.builders import run

MARK = '@pytest.mark.incident("PM-1", action_item="AI-1")\n'
RULES = Rules(norecursedirs=("build", "*.egg"), testpaths=("tests",))


def strays(base: Path, path: str, text: str, *, collected: bool = True, **fields: object) -> list[str]:
    """The reason of each stray in a file."""
    file = base / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("import pytest\n" + text, encoding="utf-8")
    the_run = run(files=frozenset({path} if collected else ()), **fields)
    found = list(find_strays(base, "incident", RULES, the_run))
    assert {one.path for one in found} <= {path}
    return [one.why for one in found]


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("tests/build/test_a.py", "pytest does not look into build/ (norecursedirs)"),
        ("tests/x.egg/test_a.py", "pytest does not look into x.egg/ (norecursedirs)"),
        ("tests/checks.py", "the file's name does not match python_files (test_*.py, *_test.py)"),
        ("tests/tset_a.py", "the file's name does not match python_files (test_*.py, *_test.py)"),
        ("tests/conftest.py", "a marker in a conftest.py reaches no test"),
        ("tests/__init__.py", "a marker in a __init__.py reaches no test"),
        ("more/test_a.py", "the file is outside of testpaths (tests)"),
        ("tests/test_a.py", "pytest collected nothing from this file"),
    ],
)
def test_a_file_that_pytest_does_not_collect(tmp_path: Path, path: str, why: str) -> None:
    """By its folder, its name or its kind."""
    assert strays(tmp_path, path, MARK + "def test_a(): pass\n", collected=False) == [why]


def test_a_file_that_was_withheld(tmp_path: Path) -> None:
    """With what happened to it."""
    withheld = {"tests/api": "is left out by a conftest.py or a plugin"}
    assert strays(tmp_path, "tests/api/test_a.py", MARK + "def test_a(): pass", collected=False, withheld=withheld) == [
        "tests/api is left out by a conftest.py or a plugin"
    ]


def test_a_pattern_may_be_a_path(tmp_path: Path) -> None:
    """As in pytest."""
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "a.py").write_text("import pytest\n" + MARK + "def test_a(): pass\n")
    rules = Rules(python_files=("checks/*.py",))
    (found,) = find_strays(tmp_path, "incident", rules, run())
    assert (found.why, found.line) == ("pytest collected nothing from this file", 2)


CASES = {
    "the name tset_a does not match python_functions (test)": MARK + "def tset_a(): pass",
    "the name helper does not match python_functions (test)": MARK + "async def helper(): pass",
    "queue is a fixture, and markers on fixtures have no effect": "@pytest.fixture\n" + MARK + "def queue(): pass",
    "test_a is replaced by another definition of that name in line 4": MARK + "def test_a(): pass\ndef test_a(): pass",
    "test_b is replaced by another definition of that name in line 4": MARK + "def test_b(): pass\ntest_b = None",
    "test_a is defined inside of the function outer": "def outer():\n    " + MARK + "    def test_a(): pass",
    "test_a is defined under a condition that was not met": "if x:\n    " + MARK + "    def test_a(): pass",
    "the name of class Checks does not match python_classes (Test)": MARK + "class Checks:\n    def test_a(self): pass",
    "class TestA has an __init__, and pytest collects no such class": MARK
    + "class TestA:\n    def __init__(self): pass\n    def test_a(self): pass",
    "class TestB has an __init__, and pytest collects no such class": "class TestB:\n    def __init__(self): pass\n    "
    + MARK
    + "    def test_a(self): pass",
    "the name of class Base does not match python_classes (Test)": "class Base:\n    pytestmark = pytest.mark.incident('PM-1')\n",
    "the name check does not start with test": "class Shop(unittest.TestCase):\n    "
    + MARK
    + "    def check(self): pass",
    "pytest collected no test from test_c": MARK + "def test_c(): pass",
    "pytest collected no test from TestC": MARK + "class TestC(Base): pass",
    "no collected test carries it": "bound = pytest.mark.incident('PM-1')",
    "it is written inside of test_d: a marker that is added by code has to be there at collection": "def test_d(request):\n    request.node.add_marker(pytest.mark.incident('PM-1'))",
    "it is written inside of a lambda: a marker that is added by code has to be there at collection": "guards = lambda: pytest.mark.incident('PM-1')",
}


@pytest.mark.parametrize("why", CASES)
def test_a_test_that_pytest_does_not_collect(tmp_path: Path, why: str) -> None:
    """By its name, its class, or where it is defined."""
    assert strays(tmp_path, "tests/test_a.py", CASES[why] + "\n") == [why]


def test_only_what_names_a_postmortem_in_plain_text(tmp_path: Path) -> None:
    """And what can be read and parsed."""
    for name, text in {
        "a": "incident(PM)",
        "b": "mark.incident()",
        "c": "mark.incident('x'",
        "d": "incident(1)",
    }.items():
        (tmp_path / f"test_{name}.py").write_text(text)
    (tmp_path / "test_e.py").write_text("incident('PM-1')")
    (tmp_path / "test_e.py").chmod(0)
    try:
        found = {one.path for one in find_strays(tmp_path, "incident", Rules(), run())}
        assert found <= {"test_e.py"}  # root may read it
    finally:
        (tmp_path / "test_e.py").chmod(0o600)


def test_names_and_items_are_kept(tmp_path: Path) -> None:
    """With the line of the call."""
    (tmp_path / "test_a.py").write_text("\nincident('PM-1', action_item=['AI-1', 'AI-2'])\nincident('PM-1', 'PM-2')\n")
    first, second = find_strays(tmp_path, "incident", Rules(), run())
    assert (first.names, first.items, first.line) == (("PM-1",), ("AI-1", "AI-2"), 2)
    assert (second.names, second.items) == (("PM-1", "PM-2"), ())
