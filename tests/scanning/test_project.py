"""The scan of a project says what a run of pytest says, as far as a source can tell."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

import pytest_postmortem.plugin.judge
import pytest_postmortem.reading.postmortem  # noqa: F401 - nested runs in this process share these modules
from pytest_postmortem.judging.marker_names import collect_names
from pytest_postmortem.model.names import Names
from pytest_postmortem.project import Project
from pytest_postmortem.scanning.project import Scan, check_marks, list_used_names, scan_project
from tests.builders import TODAY
from tests.plugin.conftest import DOCUMENT

ROOT = Path(__file__).parents[2]
NAMES = Names(ids={"PM-1": "PM-1", "INC-1": "PM-1", "PM-2": "PM-2"}, items={"PM-1": ["AI-1"], "PM-2": []})
MARKED = 'import pytest\n\n@pytest.mark.incident("{}")\ndef test_it(): pass\n'
EVERY_FORM = '''\
"""Every form."""
import unittest

import pytest
from pytest import mark as m

pytestmark = pytest.mark.incident("INC-77")
guards = pytest.mark.incident
queue = m.incident("PM-123", action_item="AI-2")
CASES = [1, pytest.param(2, marks=guards("PM-123", action_item="AI-2"))]


@guards("PM-123", action_item=["AI-1", "AI-2"])
@m.skipif(False, reason="no")
def test_alias(): pass

@queue
async def test_whole(): pass

@m.parametrize("x", CASES)
def test_cases(x): pass

class Base:
    @guards("PM-123", action_item="AI-3")
    def test_inherited(self): pass

@m.incident("PM-123", action_item="AI-1")
class TestIt(Base):
    def test_own(self): pass

    class TestIn:
        pytestmark = [queue]
        def test_in(self): pass

class Queue(unittest.TestCase):
    @m.incident("PM-123", action_item="AI-1")
    def test_case(self): pass

if True:
    @m.incident("PM-123", action_item="AI-1")
    def test_below(): pass
'''


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def by_scan(base: Path) -> dict[str, Any]:
    """Each linked test with its line and its links, and no parameters."""
    project = Project(base, TODAY)
    names = collect_names(project.catalogue, TODAY)
    node_ids = [one for items in names.node_ids.values() for ones in items.values() for one in ones]
    run = scan_project(base, "incident", node_ids).run(names)
    return {one.node_id: (one.line, {(link.postmortem, link.item) for link in one.links}) for one in run.tests}


def by_pytest(evidence: Path) -> dict[str, Any]:
    """The same out of a run's evidence: what any of its parameters is linked to, a test is."""
    found: dict[str, Any] = {}
    for one in json.loads(evidence.read_text(encoding="utf-8"))["tests"]:
        node_id = re.sub(r"\[.*\]$", "", one["node_id"])
        links = {(link["postmortem"], link["item"]) for link in one["links"]}
        found[node_id] = (one["line"], links | found.get(node_id, (0, set()))[1])
    return found


def test_the_example_is_scanned_as_it_is_run(pytester: pytest.Pytester) -> None:
    """Equal node ids, lines and links."""
    shop = pytester.path / "shop"
    shutil.copytree(ROOT / "examples" / "shop", shop, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    assert pytester.runpytest_inprocess("--rootdir=shop", "--incident-output=e.json", "shop").ret == 0
    links = by_pytest(pytester.path / "e.json")
    assert len(links) >= 4
    assert by_scan(shop) == links


def test_every_form_is_scanned_as_it_is_run(pytester: pytest.Pytester) -> None:
    """And so are tests that only the document names, and files that nobody collects."""
    text = DOCUMENT.replace("| no |", "| tests/test_named.py::TestNamed |")
    write(
        pytester.path,
        {
            "docs/postmortems/PM-123-overflow.md": text,
            "tests/test_forms.py": EVERY_FORM,
            "tests/test_named.py": "class TestNamed:\n    def test_a(self): pass\n\ndef test_b(): pass\n",
            "venv/pyvenv.cfg": "",
            "venv/test_x.py": EVERY_FORM,
            "node_modules/test_y.py": EVERY_FORM,
            ".tox/test_z.py": EVERY_FORM,
        },
    )
    pytester.makeini("[pytest]\nfilterwarnings = ignore\n")
    pytester.runpytest_inprocess("--incident-output=e.json", "-p", "no:asyncio", "tests")
    links = by_pytest(pytester.path / "e.json")
    assert len(links) == 9
    assert by_scan(pytester.path) == links


def test_a_scan_of_some_files_reads_no_other(tmp_path: Path) -> None:
    """Those that are named; links are made of names that exist, by aliases too."""
    write(tmp_path, {"test_a.py": MARKED.format("INC-1"), "test_b.py": MARKED.format("PM-2"), "c.py": "x = 1\n"})
    scan = scan_project(tmp_path, "incident", paths=["test_a.py", "c.py"])
    assert (scan.files, list_used_names(scan)) == (("test_a.py", "c.py"), {"INC-1"})
    (test,) = scan.run(NAMES).tests
    assert [str(link) for link in test.links] == ["PM-1"]
    assert scan_project(tmp_path, "incident").files == ("c.py", "test_a.py", "test_b.py")


@pytest.mark.parametrize(
    ("argument", "told"),
    [
        ('"PM-3"', 'no post-mortem is named "PM-3"; did you mean PM-'),
        ('"PM-1", action_item="AI-2"', 'PM-1 has no action item "AI-2"; did you mean AI-1?'),
        ('"PM-2", action_item="AI-2"', "PM-2 has no action item"),
        ("", "the guards marker names no post-mortem; write @pytest.mark.guards("),
        ("7", "the guards marker takes strings, not 7"),
        ('"PM-1", item="AI-1"', "unknown keyword 'item' in the guards marker"),
        ('"PM-1", "PM-2", action_item="AI-1"', "action_item needs exactly one post-mortem"),
        ('"PM-1", action_item=[]', "action_item is an empty list"),
        ('"PM-1"', None),
        ("PM", None),
    ],
)
def test_a_marker_is_checked_by_the_words_of_pytest(tmp_path: Path, argument: str, told: str | None) -> None:
    """Each kind of fault, at its line; one that is computed is left to a run."""
    write(tmp_path, {"test_a.py": f"import pytest\n\n@pytest.mark.guards({argument})\ndef test_it(): pass\n"})
    problems = check_marks(scan_project(tmp_path, "guards"), "guards", NAMES)
    assert [(one.origin, one.line) for one in problems] == ([] if told is None else [("test_a.py", 3)])
    assert all(str(one).startswith(f"test_a.py:3: {told}") for one in problems)


def test_a_file_that_is_no_python_is_told_where_it_matters(tmp_path: Path) -> None:
    """Where the marker is written in it, or a document names a test of it; the run knows that it was withheld."""
    write(
        tmp_path,
        {
            "a.py": "@pytest.mark.incident('PM-1')\ndef test_it(:\n",
            "b.py": "print 'an incident'\n",
            "c.py": "def test_it(:\n",
            "d.py": "pytestmark = [incident('PM-1')\n",
        },
    )
    scan = scan_project(tmp_path, "incident", ["c.py::test_it"])
    assert [(one.origin, one.line) for one in scan.unread] == [("a.py", 2), ("c.py", 1), ("d.py", 1)]
    assert all(re.fullmatch(r"[acd]\.py:\d: is no Python: .*; mend its syntax", str(one)) for one in scan.unread)
    assert set(scan.run(NAMES).withheld) == {"a.py", "c.py", "d.py"}
    assert check_marks(scan, "incident", NAMES) == list(scan.unread)
    assert scan.files == ()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs a file that cannot be read")
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """With its reason."""
    write(tmp_path, {"test_a.py": MARKED.format("PM-1")})
    tmp_path.joinpath("test_a.py").chmod(0)
    (fault,) = scan_project(tmp_path, "incident").unread
    assert str(fault) == "test_a.py: cannot be read: Permission denied; mend its permissions"


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    """Between the listing and the opening."""
    (fault,) = scan_project(tmp_path, "incident", paths=["test_a.py"]).unread
    assert str(fault) == "test_a.py: cannot be read: No such file or directory; mend its permissions"


def test_nothing_is_a_run_of_nothing() -> None:
    """No file, no link."""
    run = Scan().run(NAMES)
    assert (run.tests, run.collected, run.collect_only) == ((), 0, True)
