"""`postmortem markers`: the markers are checked without running a test."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
import yaml

from pytest_postmortem.command import subcommands
from tests.command.incidents import TESTS, Incidents, made

ROOT = Path(__file__).parents[2]
GOOD = "2 markers in 1 file name real post-mortems\n"
NOTE = "note: 1 marker is computed, and is checked only when tests are collected\n"
BAD = """\
import pytest

@pytest.mark.incident("PM-90")
def test_unknown(): pass

@pytest.mark.incident("PM-9", action_item="AI-7")
def test_item(): pass

@pytest.mark.incident
def test_bare(): pass
"""
TOLD = """\
tests/test_bad.py:3: no post-mortem is named "PM-90"; did you mean PM-9 or PM-10 or PM-3?
tests/test_bad.py:6: PM-9 has no action item "AI-7"; did you mean AI-3 or AI-2 or AI-1?
tests/test_bad.py:9: the incident marker names no post-mortem; write @pytest.mark.incident("PM-123") or @pytest.mark.incident("PM-123", action_item="AI-1")
"""


@pytest.fixture
def project(tmp_path: Path) -> Incidents:
    return made(tmp_path)


def test_good_markers(project: Incidents) -> None:
    """One line; a computed marker is counted, never passed over."""
    told = project.run("markers")
    assert (told.code, told.out, told.err) == (0, GOOD, NOTE)
    project.write("tests/test_more.py", "import pytest\n@pytest.mark.incident(*X)\ndef test_x(): pass\n")
    assert project.run("markers").err == "note: 2 markers are computed, and are checked only when tests are collected\n"


def test_bad_markers_are_told_in_the_words_of_pytest(project: Incidents) -> None:
    """All of them, by file and line, and the exit code is 10; pytest says the same at collection."""
    project.write("tests/test_bad.py", BAD)
    told = project.run("markers")
    assert (told.code, told.err) == (10, NOTE)
    *lines, last = told.out.splitlines()
    assert last == "3 problems; 5 markers in 2 files"
    by_pytest = project_pytest(project)
    for line, want in zip(lines, TOLD.splitlines(), strict=True):
        assert line == want
        place, _, problem = line.partition(": ")
        assert [one for one in by_pytest if one.startswith(place) and one.endswith(problem)], line


def project_pytest(project: Incidents) -> list[str]:
    import subprocess

    command = [sys.executable, "-m", "pytest", "--collect-only", "-p", "no:cacheprovider", "-p", "no:xdist"]
    done = subprocess.run(command, cwd=project.path, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 2
    return done.stdout.splitlines()


def test_the_counts_are_written_out(project: Incidents) -> None:
    """One of each, and none."""
    project.write("tests/test_shop.py", "import pytest\n@pytest.mark.incident('PM-3')\ndef test_x(): pass\n")
    assert project.run("markers").out == "1 marker in 1 file names a real post-mortem\n"
    project.write("tests/test_shop.py", "import pytest\n@pytest.mark.incident('PM-4')\ndef test_x(): pass\n")
    assert project.run("markers").out.splitlines()[-1] == "1 problem; 1 marker in 1 file"
    project.write("tests/test_shop.py", "")
    told = project.run("markers")
    assert (told.code, told.out, told.err) == (0, "no marker to check\n", "")


@pytest.mark.parametrize(
    ("paths", "code", "last"),
    [
        (["tests/test_shop.py"], 0, GOOD),
        (["tests"], 10, "3 problems; 5 markers in 2 files\n"),
        (["."], 10, "3 problems; 5 markers in 2 files\n"),
        (["tests/../tests/test_shop.py", "tests/test_shop.py"], 0, GOOD),
        (["docs/postmortems/PM-9-queue.md"], 0, "no marker to check\n"),
        (["docs", "pytest.ini", "tests/empty.py"], 0, "no marker to check\n"),
        (["tests/test_bad.py", "docs"], 10, "3 problems; 3 markers in 1 file\n"),
    ],
)
def test_only_what_is_named_is_looked_at(project: Incidents, paths: list[str], code: int, last: str) -> None:
    """Files and folders; a file that is no Python source, or holds no marker, is fine."""
    project.write("tests/test_bad.py", BAD)
    project.write("tests/empty.py", "")
    told = project.run("markers", *paths)
    assert (told.code, told.out.splitlines(keepends=True)[-1]) == (code, last)


def test_a_file_of_another_kind_is_not_read(project: Incidents) -> None:
    """Whatever stands in it."""
    project.write("notes.txt", BAD)
    told = project.run("markers", "notes.txt")
    assert (told.code, told.out) == (0, "no marker to check\n")


def test_a_path_that_is_not_there_ends_in_13(project: Incidents) -> None:
    """All of them are told."""
    done = project.process("markers", "none.py", "tests", "tests/no\x1b.py")
    assert (done.code, done.out) == (13, "")
    assert done.err == "none.py: there is no such file or folder\ntests/no\\x1b.py: there is no such file or folder\n"


def test_places_are_relative_to_the_configuration(project: Incidents) -> None:
    """From whichever folder it is called, paths to the named files from there."""
    project.write("tests/test_bad.py", BAD)
    project.write("postmortem.toml", "")
    tests = Incidents(project.path / "tests")
    done = tests.process("markers", "test_bad.py")
    assert (done.code, done.out.splitlines()[0]) == (10, TOLD.splitlines()[0])
    assert tests.process("markers").out.splitlines()[-1] == "3 problems; 5 markers in 2 files"
    elsewhere = Incidents(project.path.parent)
    done = elsewhere.process("--config", f"{project.path.name}/postmortem.toml", "markers")
    assert done.out.splitlines()[0] == TOLD.splitlines()[0]


def test_what_cannot_be_parsed_is_a_problem(project: Incidents) -> None:
    """Where the marker is written in it; other files are none of ours."""
    project.write("tests/test_bad.py", b"import pytest\n@pytest.mark.incident('PM-9')\ndef (:\n")
    project.write("tests/test_null.py", b"@pytest.mark.incident('PM-9')\nx = '\0'\n")
    project.write("tests/test_other.py", b"an incident\n")
    told = project.run("markers")
    assert told.code == 10
    assert told.out.splitlines()[0] == "tests/test_bad.py:3: is no Python: invalid syntax; mend its syntax"
    assert told.out.splitlines()[1].startswith("tests/test_null.py")
    assert told.out.splitlines()[-1] == "2 problems; 2 markers in 1 file"


def test_documents_that_cannot_be_used_end_in_12(project: Incidents) -> None:
    """Those that a marker names; faults elsewhere are not looked for."""
    project.write("docs/postmortems/PM-1.md", "---\nid: [\n---\n")
    assert project.process("markers").code == 0
    project.write("tests/test_one.py", 'import pytest\n@pytest.mark.incident("PM-1")\ndef test_x(): pass\n')
    done = project.process("markers")
    assert done.code == 12
    assert done.out.startswith("tests/test_one.py:2: the document of PM-1 cannot be used:\ndocs/postmortems/PM-1.md:")
    project.write("postmortem.toml", "sources = [1]\n")
    assert project.process("markers").code == 13


def test_no_document_is_read_without_a_marker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And none but those that are named."""
    project = made(tmp_path)
    project.write("tests/test_shop.py", 'import pytest\n@pytest.mark.incident("PM-3")\ndef test_x(): pass\n')
    read = []
    from pytest_postmortem.project import Project

    monkeypatch.setattr(
        Project, "read", lambda self, document, old=Project.read: read.append(document.stem) or old(self, document)
    )
    assert project.run("markers").code == 0
    assert read == ["PM-3-undated"]
    monkeypatch.delattr(Project, "resolve_names")
    assert project.run("markers", "docs").code == 0


def test_the_json(project: Incidents) -> None:
    """The numbers, and a place and a text for each problem."""
    project.write("tests/test_bad.py", BAD)
    told = project.run("markers", "--format=json")
    said = json.loads(told.out)
    assert told.code == 10
    assert [
        f"{one.pop('path')}:{one.pop('line')}: {one.pop('problem')}" for one in said["problems"]
    ] == TOLD.splitlines()
    assert said == {"problems": [{}, {}, {}], "markers": 5, "files": 2, "computed": 1}
    assert json.loads(project.run("markers", "tests/test_shop.py", "--format=json").out)["problems"] == []


def test_annotations(project: Incidents) -> None:
    """Relative to the repository; ten are shown, the rest stands in the log."""
    shop = made(project.path / "services" / "shop")
    project.write(".git/x", "")
    shop.write("tests/test_bad.py", BAD.replace("PM-90", "PM-9%,:0"))
    told = shop.run("markers", "--format=github")
    first = told.out.splitlines()[0]
    assert first.startswith("::error file=services/shop/tests/test_bad.py,line=3,title=marker::no post-mortem is named")
    assert '"PM-9%25,:0"' in first
    assert (told.code, told.out.splitlines()[-1]) == (10, "3 problems; 5 markers in 2 files")
    shop.write("tests/test_bad.py", BAD * 5)
    lines = shop.run("markers", "--format=github").out.splitlines()
    assert [line.startswith("::error ") for line in lines] == [True] * 10 + [False] * 6


def test_foreign_text_commands_nothing(project: Incidents) -> None:
    """In names, and in names of files."""
    name = "tests/test_\x1b[31m\n::error::x.py" if os.name == "posix" else "tests/test_x.py"
    project.write(
        name, 'import pytest\n@pytest.mark.incident("\\x1b[31m\\u202e\\n::error::x ##[error]y")\ndef test_x(): pass\n'
    )
    for form in ("text", "github"):
        told = project.process("markers", f"--format={form}")
        live = [line for line in told.out.splitlines() if line.lstrip().startswith("::") or "##[" in line]
        assert not set(told.out) & set("\x1b\u202e\r")
        assert len(live) == (form == "github")


def test_another_name_of_the_marker(project: Incidents) -> None:
    """The configured one."""
    project.write("postmortem.toml", 'marker = "guards"\n')
    project.write("tests/test_bad.py", BAD.replace("mark.incident", "mark.guards"))
    assert project.run("markers").out.splitlines()[-1] == "3 problems; 3 markers in 1 file"


def test_pytest_is_not_imported(project: Incidents) -> None:
    """Nor is anything of the project: a source that would end the process is read."""
    project.write("tests/test_exit.py", "raise SystemExit(3)  # incident\n")
    project.write("tests/test_shop.py", TESTS + "raise SystemExit(3)\n")
    assert project.process("markers").out == GOOD


# --- the hooks of pre-commit ---------------------------------------------------------------------------------------


def hooks() -> dict[str, dict[str, object]]:
    text = ROOT.joinpath(".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    return {hook["id"]: hook for hook in yaml.load(text, yaml.SafeLoader)}


def test_the_hooks_are_commands_that_there_are() -> None:
    """Each with what pre-commit needs; none is run several times side by side."""
    import click

    group = click.Group()
    subcommands.add_to(group)
    assert list(hooks()) == ["postmortem-markers", "postmortem-lint"]
    for hook in hooks().values():
        program, name = str(hook["entry"]).split()
        assert (program, name in group.commands) == ("postmortem", True)
        assert (hook["language"], hook["require_serial"]) == ("python", True)
        assert hook["description"]


def test_the_marker_hook_looks_at_everything() -> None:
    """A document that is changed, renamed or deleted makes markers wrong in files that nobody has touched."""
    hook = hooks()["postmortem-markers"]
    assert (hook["always_run"], hook["pass_filenames"]) == (True, False)
