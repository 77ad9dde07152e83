"""What a run cannot know is unknown: never fine, and never missing."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from tests.plugin.conftest import Run
from tests.workers import TWO_WORKERS

Read = Callable[[], dict[str, Any]]

ONE = """\
---
id: PM-1
---
# Overflow

## Action items

| ID | Action | Due | Status | Test |
|----|--------|-----|--------|------|
| AI-1 | Bound it | 2026-03-01 | open | {test} |
"""
LINKED = """
import pytest

@pytest.mark.incident("PM-1", action_item="AI-1")
def test_it(): pass
"""


BREAKS_OFF = pytest.mark.skipif(
    pytest.version_tuple < (8, 3),
    reason="before pytest 8.3 this was an error of one file, and the others were collected",
)


@pytest.fixture
def shop(pytester: pytest.Pytester) -> pytest.Pytester:
    """One post-mortem whose action item is guarded by tests/test_it.py."""
    document(pytester)
    pytester.makeini("[pytest]\n")
    write(pytester, "tests/test_it.py", LINKED)
    return pytester


def document(pytester: pytest.Pytester, test: str = "required", name: str = "PM-1-overflow.md") -> None:
    write(pytester, f"docs/postmortems/{name}", ONE.format(test=test))


def write(pytester: pytest.Pytester, name: str, text: str) -> None:
    path = pytester.path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def state(evidence: dict[str, Any]) -> tuple[str, str]:
    """The state of the only action item, and the verdict."""
    ((item,),) = [one["items"] for one in evidence["postmortems"]]
    return item["state"], evidence["decision"]["verdict"]


@pytest.mark.parametrize(
    ("name", "text", "options"),
    [
        ("tests/test_a.py", "import nope", ("-x",)),
        ("tests/test_a.py", "import nope", ("--maxfail=1",)),
        ("conftest.py", "import pytest\ndef pytest_itemcollected(item): pytest.exit('x', returncode=0)", ()),
        ("conftest.py", "import pytest\ndef pytest_collection(session): pytest.exit('x', returncode=0)", ()),
        pytest.param("tests/test_z.py", "raise KeyboardInterrupt", (), marks=BREAKS_OFF),
    ],
)
@pytest.mark.parametrize("workers", [("-p", "no:xdist"), TWO_WORKERS])
def test_a_collection_that_is_broken_off_leaves_everything_unknown(
    shop: pytest.Pytester, evidence: Read, workers: tuple[str, ...], name: str, text: str, options: tuple[str, ...]
) -> None:
    """Its links are not known, so that nothing is missing."""
    write(shop, name, text)
    run = shop.runpytest_subprocess if "Interrupt" in text else shop.runpytest_inprocess
    run(*workers, "--incident-output=e.json", *options)
    said = evidence()
    assert said["state"] == "finished"
    assert state(said) == ("unknown", "not judged")
    assert not said["completeness"]["links"]
    assert said["completeness"]["reasons"]


def test_a_last_failed_run_that_mends_everything_is_partial(shop: pytest.Pytester, run: Run, evidence: Read) -> None:
    """What failed last time is forgotten at its end, and must be asked for at its start."""
    write(shop, "tests/test_a.py", "import os\ndef test_a(): assert os.path.exists('mended')\n")
    assert run("-q").ret == 1
    write(shop, "mended", "")
    result = run("--lf", "--incident-output=e.json")
    assert result.ret == 0
    assert state(evidence()) == ("unknown", "not judged")
    assert any("--lf withholds" in line for line in result.outlines)


@pytest.mark.parametrize(
    "ignored", ["collect_ignore = ['test_it.py', 'inner']", "collect_ignore_glob = ['*_it.py', 'in*']"]
)
def test_what_a_conftest_ignores_is_unknown(shop: pytest.Pytester, run: Run, evidence: Read, ignored: str) -> None:
    """A file or folder that is for another platform holds the link; the item is not missing here."""
    write(shop, "tests/inner/test_more.py", LINKED)
    write(shop, "tests/conftest.py", ignored)
    assert run("--incident-output=e.json").ret == 5
    assert state(evidence()) == ("unknown", "not judged")


def test_what_pytest_itself_passes_over_is_no_gap(shop: pytest.Pytester, run: Run, evidence: Read) -> None:
    """Folders of norecursedirs, caches and environments leave the run complete."""
    for name in ("build/test_x.py", "node_modules/test_x.py", "env/test_x.py", "env/pyvenv.cfg", "a.egg/x.py"):
        write(shop, name, "")
    write(shop, "pytest.ini", "[pytest]\naddopts = --ignore=old\n")
    write(shop, "old/test_old.py", "import nope\n")
    assert run("--incident-output=e.json").ret == 0
    assert evidence()["completeness"] == {"complete": True, "links": True, "outcomes": True, "reasons": []}


def test_a_partial_run_looks_through_links_and_into_unusual_folders(
    shop: pytest.Pytester, run: Run, evidence: Read
) -> None:
    """pytest follows links to folders, and collects from `build` where the ini file says so."""
    (shop.path / "tests" / "test_it.py").unlink()
    write(shop, "elsewhere/test_it.py", LINKED)
    write(shop, "tests/unit/test_unit.py", "def test_unit(): pass")
    (shop.path / "tests" / "linked").symlink_to(shop.path / "elsewhere")
    run("tests/unit", "--incident-output=e.json")
    assert state(evidence())[0] == "unknown"
    (shop.path / "tests" / "linked").unlink()
    (shop.path / "elsewhere").rename(shop.path / "tests" / "build")
    run("tests/unit", "--incident-output=e.json")
    assert state(evidence())[0] == "unknown"


def test_what_is_no_file_holds_no_link(shop: pytest.Pytester, run: Run, evidence: Read) -> None:
    """The lock of an editor, a link in a circle, a pipe: pytest collects nothing from them."""
    (shop.path / "tests" / "test_it.py").unlink()
    write(shop, "tests/unit/test_unit.py", "def test_unit(): pass")
    (shop.path / "tests" / ".#test_o.py").symlink_to("user@host.1:2")
    (shop.path / "tests" / "round").symlink_to(shop.path / "tests")
    os.mkfifo(shop.path / "tests" / "test_pipe.py")
    result = run("tests/unit", "--incident-output=e.json")
    assert state(evidence()) == ("missing", "failed")
    assert result.ret == 1


@pytest.mark.parametrize("option", ["--setup-plan", "--setup-only"])
def test_a_run_that_calls_no_test_gives_no_verdict(shop: pytest.Pytester, evidence: Read, option: str) -> None:
    """Setting up is not passing."""
    result = shop.runpytest_inprocess("-p", "no:xdist", option, "--incident-output=e.json")
    assert state(evidence()) == ("not run", "not judged")
    assert f"partial: {option} runs no test" in result.outlines


def test_an_incident_older_than_the_gate_does_not_keep_it_from_judging(shop: pytest.Pytester, evidence: Read) -> None:
    """Only what is inside the gate has to be reached."""
    write(shop, "postmortem.toml", "since = 2026-06-01\n")
    old = ONE.replace("id: PM-1", "id: PM-0\ndate: 2026-01-01").format(test="required")
    write(shop, "docs/postmortems/PM-0-old.md", old)
    text = LINKED.replace("PM-1", "PM-0").replace("test_it", "test_old")
    write(shop, "tests/test_z.py", f"def test_a():\n    import pytest\n    pytest.exit('enough', returncode=0)\n{text}")
    shop.runpytest_inprocess("-p", "no:xdist", "--incident-output=e.json")
    assert evidence()["decision"]["verdict"] == "passed"


@pytest.mark.parametrize("written", ["./tests/test_it.py::test_it", "tests//test_it.py::test_it"])
def test_a_node_id_may_be_written_with_a_dot(shop: pytest.Pytester, run: Run, evidence: Read, written: str) -> None:
    """It is the same test."""
    document(shop, written)
    write(shop, "tests/test_it.py", "def test_it(): pass\n")
    assert run("--incident-output=e.json").ret == 0
    assert state(evidence()) == ("guarded", "passed")


CONDITIONS = """
import os, pytest, unittest

needs_net = unittest.skipUnless(os.environ.get("NO_SUCH_VARIABLE"), "no network")

@unittest.skipUnless(False, "no database")
class Base(unittest.TestCase):
    pass

@pytest.mark.incident("PM-1", action_item="AI-1")
class TestNet({base}):
    {decorator}
    def test_it(self): pass
"""


@pytest.mark.parametrize(
    ("base", "decorator", "want"),
    [
        ("unittest.TestCase", "@needs_net", "skipped here"),
        ("Base", "", "skipped here"),
        ("unittest.TestCase", "@unittest.skip('later')", "disabled"),
        ("unittest.TestCase", "@later", "disabled"),
    ],
)
def test_a_condition_under_another_name_is_a_condition(
    shop: pytest.Pytester, run: Run, evidence: Read, base: str, decorator: str, want: str
) -> None:
    """And a plain skip under another name is still a skip."""
    text = CONDITIONS.format(base=base, decorator=decorator) + "\n"
    write(shop, "tests/test_it.py", text.replace("needs_net =", "later = unittest.skip('later')\nneeds_net ="))
    run("--incident-output=e.json")
    assert state(evidence())[0] == want


@pytest.mark.skipif(pytest.version_tuple < (8, 2), reason="pytest reads arguments from @FILE since 8.2")
def test_a_gate_in_a_file_of_arguments_is_explicit(shop: pytest.Pytester) -> None:
    """It stands on the command line as if it were written there: what cannot be told fails."""
    shop.mkdir("more")
    shop.makefile("", arguments="--incident-gate=linked\nmore\n")
    assert shop.runpytest("--incident-gate=linked", "more").ret == 1
    result = shop.runpytest("@arguments")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["incidents: *gate failed*"])
    assert shop.runpytest("--incident-report", "more").ret == pytest.ExitCode.NO_TESTS_COLLECTED


MARKED = "import pytest\n@pytest.mark.incident({}, action_item='AI-1')\ndef test_it(): pass\n"
SKIPPED = "import pytest\npytest.importorskip('no_such_module')\n"
CONFTEST = """
import pytest
def pytest_itemcollected(item):
    if item.name == "test_it":
        item.add_marker(pytest.mark.incident({}))
"""
COLLECTOR = """
import pytest
def pytest_collect_file(parent, file_path):
    if file_path.suffix == ".case":
        return Cases.from_parent(parent, path=file_path)
class Cases(pytest.File):
    def collect(self):
        case = Case.from_parent(self, name="case")
        case.add_marker(pytest.mark.incident(self.path.read_text().strip(), action_item="AI-1"))
        yield case
class Case(pytest.Item):
    def runtest(self): pass
"""
ELSEWHERE = {
    "a constant of another module": (
        (),
        {"tests/test_it.py": "import ids\n" + SKIPPED + MARKED.format("ids.PM"), "tests/ids.py": "PM = 'PM-1'"},
    ),
    "a hook above a skipped module": ((), {"tests/test_it.py": SKIPPED, "conftest.py": CONFTEST.format("'PM-1'")}),
    "an f-string": (("tests/unit",), {"tests/test_it.py": "N = 1\n" + MARKED.format('f"PM-{N}"')}),
    "a file of another kind": (("tests/unit",), {"tests/one.case": "PM-1", "conftest.py": COLLECTOR}),
}


@pytest.mark.parametrize("kind", ELSEWHERE)
def test_a_link_that_may_be_made_elsewhere_is_unknown(
    shop: pytest.Pytester, run: Run, evidence: Read, kind: str
) -> None:
    """Not missing; and where nothing was left out, the deleted test is."""
    arguments, files = ELSEWHERE[kind]
    (shop.path / "tests" / "test_it.py").unlink()
    write(shop, "pytest.ini", "[pytest]\npythonpath = tests\n")
    write(shop, "tests/unit/test_unit.py", "def test_unit(): pass")
    for name, text in files.items():
        write(shop, name, text)
    run(*arguments, "--incident-output=e.json")
    assert state(evidence()) == ("unknown", "not judged")
    for name in files:
        (shop.path / name).unlink()
    run("--incident-output=e.json")
    assert state(evidence())[0] == "missing"


def test_a_marker_that_is_added_while_a_test_runs_is_a_hint(shop: pytest.Pytester, run: Run, evidence: Read) -> None:
    """Also if another test guards the item: this one does not."""
    text = "\n\ndef test_late(request): request.node.add_marker(pytest.mark.incident('PM-1'))\n"
    write(shop, "tests/test_it.py", LINKED + text)
    assert run("--incident-output=e.json").ret == 0
    assert evidence()["hints"] == [
        {
            "origin": "tests/test_it.py",
            "line": 8,
            "text": "the incident marker for PM-1 does not count: "
            "test_late got it while tests ran, which is too late; write it on the test",
        }
    ]
