"""What a run says of that no gate judges: late action items, incidents nobody wrote about, and tests that cite one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Never

import pytest

from pytest_postmortem.plugin import citations  # nested runs in this process share it
from tests.plugin.conftest import DOCUMENT, Run

REGISTER = """\
incidents:
  - INC-77
  - {id: INC-90, date: 2025-12-31}
  - id: INC-91
    title: Card service down
    date: 2026-10-02
    severity: SEV1
"""


def hints(result: pytest.RunResult) -> list[str]:
    return [line.removeprefix("hint: ") for line in result.outlines if line.startswith("hint: ")]


def registered(project: pytest.Pytester, text: str = REGISTER, **keys: str) -> None:
    project.path.joinpath("docs", "incidents.yaml").write_text(text, encoding="utf-8")
    settings = "".join(f"{key} = {value}\n" for key, value in keys.items())
    project.makefile(".toml", postmortem=f'incidents = "docs/incidents.yaml"\n{settings}')


def test_both_are_told_and_change_nothing(
    project: pytest.Pytester, run: Run, evidence: Callable[[], dict[str, Any]]
) -> None:
    """An open item whose date is over, and the incidents of the register since `since` that no post-mortem names."""
    registered(project, since="2026-01-01")
    result = run("--incident-report", "-v", "--incident-output=e.json", "--incident-gate=passed")
    assert result.ret == 0
    place = result.outlines.index("past their due date: 1 action item of 1 owner")
    late = re.sub(r"\d+ days", "N days", result.outlines[place + 1])
    assert late == (
        "  platform: PM-123/AI-2 Bound every retry policy (due 2026-03-20, N days late) "
        "docs/postmortems/PM-123-overflow.md:19"
    )
    assert result.outlines[place + 2 : place + 4] == [
        "without a post-mortem: 1 of 2 incidents",
        "  INC-91 Card service down (SEV1, 2026-10-02) docs/incidents.yaml:4",
    ]
    assert any(line.endswith("gate passed") for line in result.outlines[place + 4 :])
    said = evidence()
    assert [(one["item"], one["owner"], one["line"]) for one in said["overdue"]] == [("AI-2", "platform", 19)]
    assert [one["id"] for one in said["unwritten"]] == ["INC-91"]


@pytest.mark.parametrize("option", ["--incident-report", "--incident-output=e.json", "--incident-gate=linked"])
def test_a_register_that_cannot_be_used_ends_the_run(project: pytest.Pytester, run: Run, option: str) -> None:
    """Exit 4 before any test, with the faults of the documents, all at once."""
    registered(project, "- id: A\n  date: soon\n- title: x\n")
    project.path.joinpath("docs/postmortems/PM-124.md").write_bytes(b"# caf\xe9\n")
    result = run(option)
    assert result.ret == 4
    assert [line for line in result.errlines if line][-5:] == [
        "ERROR: 1 fault in the post-mortems (leave a file or folder out with `exclude` in [tool.pytest-postmortem]):",
        "docs/postmortems/PM-124.md:1: not UTF-8; save it as UTF-8",
        "2 faults in the register of incidents:",
        "docs/incidents.yaml:2: the date of A is soon, which is no date; write it as YYYY-MM-DD, for example 2026-02-11",
        "docs/incidents.yaml:3: an incident without an id; write `- id: INC-77`",
    ]
    assert not project.path.joinpath("e.json").exists()


def test_a_register_that_is_not_there_ends_the_run(project: pytest.Pytester, run: Run) -> None:
    """With the key to mend."""
    project.makefile(".toml", postmortem='incidents = "docs/incidents.json"\n')
    result = run("--incident-report")
    assert result.ret == 4
    told = "docs/incidents.json: cannot be read: No such file or directory; mend it, or mend `incidents` in the configuration"
    assert told in result.errlines


@pytest.mark.parametrize("options", [(), ("--incident=PM-123",)])
def test_no_other_run_opens_the_register(project: pytest.Pytester, run: Run, options: tuple[str, ...]) -> None:
    """A fault in it is nobody's who asked for no report."""
    registered(project, "- title: x\n")
    assert run(*options).ret == 0


CITING = '''
import unittest
import pytest

def test_slot_leak():
    """A slot leaks no more (PM-123)."""

@pytest.mark.parametrize("size", [1, 2])
def test_pm_123_overflow(size): pass

@pytest.mark.parametrize("size", [1, pytest.param(2, marks=pytest.mark.incident("PM-123", action_item="AI-2"))])
def test_linked_by_one_of_them(size):
    """PM-123"""

@pytest.mark.incident("INC-77", action_item="AI-1")
def test_linked_by_its_alias():
    """PM-123, INC-77"""

def test_linked_by_the_document():
    """PM-123"""

class TestINC_77:
    """PM-123 is in the docstring of the class."""
    def test_in_a_class(self): pass

class TestOld(unittest.TestCase):
    def test_it(self):
        """INC-77."""

def test_another():
    """PM-1234, XPM-123, PM-123-4, pm-123; reads docs/postmortems/PM-9-x.md."""
'''
CITED = [
    'test_shop.py:4: test_slot_leak cites PM-123; add @pytest.mark.incident("PM-123")',
    'test_shop.py:7: test_pm_123_overflow cites PM-123; add @pytest.mark.incident("PM-123")',
    'test_shop.py:23: TestINC_77.test_in_a_class cites INC-77; add @pytest.mark.incident("INC-77")',
    'test_shop.py:26: TestOld.test_it cites INC-77; add @pytest.mark.incident("INC-77")',
]


@pytest.fixture
def citing(project: pytest.Pytester) -> pytest.Pytester:
    """The project, with tests that cite its post-mortem and some that guard it."""
    document = DOCUMENT.replace("| done | no |", "| done | test_shop.py::test_linked_by_the_document |")
    project.path.joinpath("docs/postmortems/PM-123-overflow.md").write_text(document, encoding="utf-8")
    project.makepyfile(test_shop=CITING)
    return project


@pytest.mark.parametrize("options", [(), ("-k", "another"), ("--collect-only",), ("--incident=PM-123",)])
def test_tests_that_cite_and_do_not_guard_are_hints(
    citing: pytest.Pytester, run: Run, options: tuple[str, ...], evidence: Callable[[], dict[str, Any]]
) -> None:
    """Each function once, whatever is deselected; a marker on one parameter, an alias or the document is a link."""
    assert hints(run("--incident-report", "--incident-output=e.json", *options)) == CITED
    assert [f"{one['origin']}:{one['line']}: {one['text']}" for one in evidence()["hints"]] == CITED


def test_a_post_mortem_outside_the_gate_is_cited_too(citing: pytest.Pytester, run: Run) -> None:
    """And the marker has the name that the configuration gives it."""
    citing.makepyfile(test_shop=CITING.replace("mark.incident", "mark.guards"))
    citing.makefile(".toml", postmortem='since = 2027-01-01\nmarker = "guards"\n')
    assert hints(run("--incident-report")) == [line.replace("mark.incident", "mark.guards") for line in CITED]


def test_a_part_of_a_project_tells_paths_of_the_whole(citing: pytest.Pytester, run: Run) -> None:
    """Where the configuration lies above pytest's rootdir."""
    citing.makefile(".toml", postmortem="")
    part = citing.mkdir("part")
    part.joinpath("pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    odd = part / "odd[1]"
    odd.mkdir()
    for name in ("test_a", "test_b"):
        odd.joinpath(f"{name}.py").write_text(f'def {name}():\n    "PM-123"\n', encoding="utf-8")
    assert hints(run("--incident-report", "--rootdir=part", "part")) == [
        f'part/odd[1]/{name}.py:1: {name} cites PM-123; add @pytest.mark.incident("PM-123")'
        for name in ("test_a", "test_b")
    ]


def test_what_is_no_function_is_passed_over(project: pytest.Pytester, run: Run) -> None:
    """Doctests, items of other plugins, docstrings that are no text."""
    project.makeconftest(
        """
        import pytest

        class Odd(pytest.Item):
            function = None
            def runtest(self): pass

        class Strange(Odd):
            obj = pytest.Session

        class OddFile(pytest.File):
            def collect(self):
                yield Odd.from_parent(self, name="pm_123")
                yield Strange.from_parent(self, name="strange_pm_123")

        def pytest_collect_file(file_path, parent):
            if file_path.suffix == ".odd":
                return OddFile.from_parent(parent, path=file_path)
        """
    )
    project.path.joinpath("pm_123.odd").touch()
    project.makepyfile(
        test_more="""
        def test_it(): pass
        test_it.__doc__ = ["PM-123"]

        def example():
            '''
            >>> "PM-123"[:2]
            'PM'
            '''

        def test_pm_123(): pass
        """
    )
    result = run("--incident-report", "--doctest-modules")
    assert result.ret == 0
    assert hints(result) == ['test_more.py:10: test_pm_123 cites PM-123; add @pytest.mark.incident("PM-123")']


def test_no_test_is_made_once_more(project: pytest.Pytester) -> None:
    """Its function is looked at while it is collected: later pytest would make the object anew."""
    project.makepyfile(
        test_more="""
        import unittest

        class TestMade(unittest.TestCase):
            def __init__(self, *args):
                super().__init__(*args)
                print("made")

            def test_pm_123(self): pass
        """
    )
    plain = project.runpytest_inprocess("-s").stdout.str().count("made")
    result = project.runpytest_inprocess("-s", "--incident-report")
    assert len(hints(result)) == 1
    assert result.stdout.str().count("made") == plain >= 1


@pytest.mark.parametrize("options", [(), ("--incident=PM-123",)])
def test_no_other_run_looks_for_citations(
    citing: pytest.Pytester, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would cost time for what nobody sees."""

    def looked(*_: object) -> Never:
        raise AssertionError("looked")

    monkeypatch.setattr(citations, "find_citing_tests", looked)
    assert citing.runpytest_inprocess(*options).ret == 0
    assert citing.runpytest_inprocess("--incident-report").ret != 0
