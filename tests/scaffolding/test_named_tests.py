"""Tests that are not there yet and that the document names: by a class, by what pytest does not collect, wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_postmortem.errors import DocumentError
from pytest_postmortem.scanning.functions import find_functions
from tests.scaffolding.repository import postmortem
from tests.scaffolding.test_guard import DOCUMENT, made, names, places


def test_a_class_that_the_document_names_is_written(tmp_path: Path) -> None:
    """With a method for each item that names it; a second run finds them, also where the item is named."""
    rows = ["AI-1 | Reject | tests/test_q.py::TestQueue", "AI-2 | Retry | tests/test_q.py::TestQueue"]
    tests = made(tmp_path, {DOCUMENT: postmortem(*rows)})
    path = tmp_path / "tests/test_q.py"
    assert places(tmp_path, tests) == {"tests/test_q.py": ["TestQueue::test_reject", "TestQueue::test_retry"]}
    assert tests.notes == []
    before = path.read_bytes()
    assert [one.node_id.partition("::")[2] for one in find_functions(before, "q")] == names(tests)
    lines = before.decode().splitlines()
    assert lines[:6] == [
        "import pytest", "", "", "class TestQueue:", '    @pytest.mark.incident("PM-123", action_item="AI-1")',
        "    def test_reject(self) -> None:",
    ]  # fmt: skip
    assert made(tmp_path, {}).files == {}
    again = made(tmp_path, {}, items=("AI-1",))
    assert again.files == {}
    assert again.notes == ["tests/test_q.py::TestQueue::test_reject is there already, with this marker"]
    assert path.read_bytes() == before


def test_a_class_that_is_there_stays(tmp_path: Path) -> None:
    """The new test is a function, and a note says what to write; a second run finds it."""
    files = {
        DOCUMENT: postmortem("AI-1 | Reject | test_q.py::TestQueue"),
        "test_q.py": "class TestQueue:\n    limit = 3\n",
    }
    tests = made(tmp_path, files)
    assert places(tmp_path, tests) == {"test_q.py": ["test_reject"]}
    assert tests.notes == [
        "test_q.py::TestQueue is there already, without this marker; the new test has another name: write its node id"
    ]
    assert made(tmp_path, {}).files == {}


@pytest.mark.parametrize("name", ["check_x", "Queue", "import", "None"])
def test_a_name_that_pytest_does_not_collect(tmp_path: Path, name: str) -> None:
    """Is noted, and the test has another one in the same file; a second run finds it."""
    tests = made(tmp_path, {DOCUMENT: postmortem(f"AI-1 | Reject | tests/test_q.py::{name}")})
    assert places(tmp_path, tests) == {"tests/test_q.py": ["test_reject"]}
    assert tests.notes == [
        f"{DOCUMENT}:12 names tests/test_q.py::{name}, which is not there, and pytest collects no test of that name; "
        "write the node id of the new one"
    ]
    assert made(tmp_path, {}).files == {}


def test_a_node_id_with_backslashes(tmp_path: Path) -> None:
    """Is refused: no test will ever have it."""
    told = f"{DOCUMENT}:12: action item AI-1 names tests\\test_q.py::test_a, and no node id has a backslash in its path"
    with pytest.raises(DocumentError) as caught:
        made(tmp_path, {DOCUMENT: postmortem("AI-1 | Reject | tests\\test_q.py::test_a")})
    assert str(caught.value) == f"{told}; write tests/test_q.py::test_a"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".git", "docs"]


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("import pytest\ndel pytest\n", 2),
        ("pytest = None\n", 1),
        ("import pytest\nif True:\n    pytest = None\n", 3),
        ("import unittest as pytest\n", 1),
        ("from x import pytest\n", 1),
        ("def pytest(): pass\n", 1),
        ("for pytest in (): pass\n", 1),
        ("try:\n    import pytest\nexcept ImportError:\n    pytest = None\n", None),
        ("def f():\n    pytest = None\n", None),
        ("import pytest.mark\n", None),
    ],
)
def test_a_file_in_which_pytest_is_something_else(tmp_path: Path, source: str, line: int | None) -> None:
    """Is left as it is: the tests could not be run there."""
    files = {DOCUMENT: postmortem("AI-1 | Reject | required"), "test_q.py": source}
    if line is None:
        assert names(made(tmp_path, files, output="test_q.py")) == ["test_reject"]
        return
    with pytest.raises(DocumentError) as caught:
        made(tmp_path, files, output="test_q.py")
    told = (
        "pytest is not the module pytest behind this line; give that another name, or name another file with --output"
    )
    assert str(caught.value) == f"test_q.py:{line}: {told}"
    assert tmp_path.joinpath("test_q.py").read_text(encoding="utf-8") == source
