"""`postmortem new`: what it prints, its exit codes, and two people at once."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pytest_postmortem.command import new as command
from pytest_postmortem.errors import ConfigError, EvidenceError
from pytest_postmortem.project import Project
from pytest_postmortem.scaffolding import files, postmortem
from tests.scaffolding.repository import TODAY, named, repository, written
from tests.waiting import PATIENCE, wait_until


def run(path: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if name not in ("VISUAL", "EDITOR")} | environ
    return subprocess.run(
        [sys.executable, "-m", "pytest_postmortem", "new", *arguments],
        cwd=path,
        env=environment | {"PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
    )


def in_process(path: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    monkeypatch.chdir(path)
    return CliRunner().invoke(command.new, arguments, obj=Project(path, TODAY), standalone_mode=False)


def test_the_path_alone_is_printed(tmp_path: Path) -> None:
    """On standard output, from where one is; notes go to standard error."""
    repository(tmp_path, {"shop/x.py": "", "postmortem.toml": ""})
    done = run(tmp_path, "Disk full", "--date=2026-02-11", "--severity=SEV1", "--service=a", "--service=b")
    assert (done.returncode, done.stdout) == (0, "docs/postmortems/PM-2026-001-disk-full.md\n")
    assert done.stderr == "note: the folder docs/postmortems was made\n"
    done = run(tmp_path / "shop", "Disk full", "--date=2026-02-11")
    path = "docs/postmortems/PM-2026-001-disk-full.md"
    assert (done.returncode, done.stdout) == (0, "../docs/postmortems/PM-2026-002-disk-full.md\n")
    assert done.stderr == f"note: ../{path} tells of the same day, and of nearly the same: Disk full\n"
    assert "\nseverity: SEV1\nstatus: draft\nservices: [a, b]\n" in tmp_path.joinpath(path).read_text(encoding="utf-8")


def test_notes_are_relative_to_where_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the path is."""
    folder = "docs/postmortems"
    repository(tmp_path, named("PM-2026-001-a") | {f"{folder}/template.md": "# {{ title }}\n", "postmortem.toml": ""})
    done = in_process(tmp_path / folder, monkeypatch, "Disk full", "--folder=../stories")
    path = "../stories/PM-2026-002-disk-full.md"
    assert (done.stdout, done.stderr.splitlines()) == (
        f"{path}\n",
        [
            "note: the folder ../stories was made",
            "note: the template is template.md",
            "note: template.md has no place for id and date: they are in the front matter now; "
            "{{ id }} and {{ date }} would place them",
            f"note: {path} is in no source: add 'docs/stories' to `sources` in the configuration",
        ],
    )


def test_nearly_the_same_title_on_the_same_day_is_noted(tmp_path: Path) -> None:
    """On another day, or with another title, nothing is."""
    project = repository(tmp_path, {"incidents/a.md": f"---\ndate: {TODAY}\n---\n# Checkout queue overflows\n"})
    assert len(written(project).notes) == 1
    assert written(project, "Something else altogether").notes == []
    assert written(project, day=TODAY.replace(day=1)).notes == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["  "], 'the title is empty; write one, such as `postmortem new "Checkout queue overflow"`'),
        (["\x07\n"], "the title is empty"),
        (["x", "--date", "11.2.2026"], "'11.2.2026' is no date; write it as YYYY-MM-DD, for example 2026-02-11"),
        (["x", "--date", "20260211"], "'20260211' is no date"),
        (["x", "--date", "2026-02-30"], "'2026-02-30' is no date"),
        (["x", "--date", "0001-01-01"], "'0001-01-01' is no day of a post-mortem; years from 1970 to 2200 are read"),
        (["x", "--date", "2201-01-01"], "'2201-01-01' is no day of a post-mortem; years from 1970 to 2200 are read"),
        (["x", "--folder", "../y"], "../y: the folder leads out of "),
        (["x", "--template", "none.md"], "none.md: there is no such file"),
        ([], "Missing argument 'TITLE'"),
    ],
)
def test_a_wrong_command_line(tmp_path: Path, arguments: list[str], told: str) -> None:
    """Ends in 13, and nothing is written."""
    done = run(tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (13, "")
    assert told.replace("../y", str(tmp_path.parent / "y")) in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("day", ["1970-01-01", "2200-12-31"])
def test_the_first_and_the_last_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    """Are read as every other one."""
    repository(tmp_path, {})
    assert f"/PM-{day[:4]}-001-x.md\n" in in_process(tmp_path, monkeypatch, "x", "--date", day).stdout


def test_a_template_that_would_be_read_as_something_else(tmp_path: Path) -> None:
    """Ends in 12, and nothing is written."""
    repository(tmp_path, {"t.md": "---\nid: PM-1\n---\n# X\n"})
    done = run(tmp_path, "Disk full", "--template=t.md")
    assert (done.returncode, done.stdout) == (12, "")
    assert "t.md: the document would not be read as PM-" in done.stderr
    assert not tmp_path.joinpath("docs").exists()


def test_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is called from where one is; where it is in no source a note tells."""
    repository(tmp_path, named("PM-2026-001-a"))
    tmp_path.joinpath("services").mkdir()
    done = in_process(tmp_path / "services", monkeypatch, "Disk full", "--folder=stories")
    assert done.return_value is None
    assert done.stdout == f"{Path('../services/stories/PM-2026-001-disk-full.md')}\n".replace("../services/", "")
    done = in_process(tmp_path, monkeypatch, "Disk full", "--folder", "services/stories")
    assert done.stdout == "services/stories/PM-2026-002-disk-full.md\n"
    note = "services/stories/PM-2026-002-disk-full.md is in no source: add 'services/stories' to `sources` in the"
    assert done.stderr.startswith(f"note: {note}")


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands in for the editor")
def test_the_editor_is_opened(tmp_path: Path) -> None:
    """That of VISUAL, else of EDITOR, with its options; without one, or where it fails, a note tells."""
    editor = tmp_path / "my editor"
    editor.write_text('#!/bin/sh\necho "$1:$(head -1 "$2")" > opened\nexit ${CODE:-0}\n', encoding="utf-8")
    editor.chmod(0o755)
    line = shlex.join([str(editor), "--wait"])
    done = run(tmp_path, "Disk full", "--edit", VISUAL=line, EDITOR="none")
    assert (done.returncode, tmp_path.joinpath("opened").read_text(encoding="utf-8")) == (0, "--wait:---\n")
    done = run(tmp_path, "Queue stuck", "--edit", EDITOR=line, CODE="3")
    assert (done.returncode, done.stderr) == (0, f"note: the editor {line} ended in 3\n")
    done = run(tmp_path, "Api down", "--edit")
    assert done.stderr == "note: there is no editor to open it in: set VISUAL or EDITOR\n"
    for wrong, told in (("no-such-editor", "No such file or directory"), ("'open", "No closing quotation")):
        done = run(tmp_path, "Once more", "--edit", EDITOR=wrong)
        assert (done.returncode, done.stdout.count("\n")) == (0, 1)
        assert f"note: the editor {wrong} cannot be started: {told}\n" in done.stderr


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """Ends in 11 as every output does that cannot be written, in one line."""
    repository(tmp_path, {"docs": "a file"})
    done = run(tmp_path, "Disk full")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (11, "", 1)
    assert ": cannot be written: " in done.stderr
    assert tmp_path.joinpath("docs").read_text(encoding="utf-8") == "a file"


def test_a_file_in_place_of_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is left as it is, and told; a folder can be named, and one that is there is taken."""
    project = repository(tmp_path, {"docs/postmortems": "# Postmortems\n"})
    with pytest.raises(ConfigError, match=r"^docs/postmortems: is a file, and .*; make a folder of that name, or name"):
        written(project)
    assert [path.name for path in tmp_path.joinpath("docs").iterdir()] == ["postmortems"]
    done = in_process(tmp_path, monkeypatch, "Disk full", "--folder=incidents")
    assert done.stdout == "incidents/PM-2026-001-disk-full.md\n"
    assert written(project.reopen(), "Queue stuck").name.origin == "incidents/PM-2026-002-queue-stuck.md"


@pytest.mark.skipif(os.name == "nt" or os.getuid() == 0, reason="needs a user whom permissions bind")
def test_a_folder_that_must_not_be_written(tmp_path: Path) -> None:
    """Ends in 11, and leaves nothing."""
    repository(tmp_path, named("PM-2026-001-a"))
    folder = tmp_path / "docs/postmortems"
    folder.chmod(0o555)
    done = run(tmp_path, "Disk full")
    folder.chmod(0o755)
    assert (done.returncode, len(list(folder.iterdir()))) == (11, 1)


@pytest.mark.skipif(os.name == "nt" or sys.platform == "darwin", reason="has no locale C")
def test_the_locale_c(tmp_path: Path) -> None:
    """Titles arrive whole; where it has no letters for the file name, a message tells."""
    repository(tmp_path, {})
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = run(tmp_path, "Caf\u00e9 \u505c\u6b62", **plain)
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (11, "", False)
    assert done.stderr.endswith(": cannot be written: file names are ascii here; set PYTHONUTF8=1\n")
    done = run(tmp_path, "\u201cDisk\u201d full", **plain)
    assert (done.returncode, done.stdout) == (0, "docs/postmortems/PM-2026-001-disk-full.md\n")
    assert "\n# \u201cDisk\u201d full\n" in tmp_path.joinpath(done.stdout.strip()).read_text(encoding="utf-8")


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where there are no hard links, and never in place of another."""
    path = tmp_path / "x.md"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError):
        files.create(path, b"other", tmp_path)

    def refused(*_: object) -> None:
        raise OSError(1, "no hard links here")

    monkeypatch.setattr(os, "link", refused)
    with pytest.raises(FileExistsError):
        files.create(path, b"other", tmp_path)
    files.create(tmp_path / "y.md", b"new", tmp_path)
    monkeypatch.setattr(os, "fsync", refused)
    with pytest.raises(EvidenceError, match=r"z\.md: cannot be written: no hard links here; name a folder"):
        files.create(tmp_path / "z.md", b"new", tmp_path)
    assert {one.name: one.read_text(encoding="utf-8") for one in tmp_path.iterdir()} == {"x.md": "mine", "y.md": "new"}


@pytest.mark.parametrize("name", ["PM-2026-002-a", "PM-2026-002-other"])
def test_an_id_that_somebody_else_took_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Stays theirs: this document has the next one, and a note says so."""
    repository(tmp_path, named("PM-2026-001-a"))
    other = tmp_path / f"docs/postmortems/{name}.md"

    def beaten(path: Path, content: bytes, root: Path) -> None:
        other.write_text("# Other\n", encoding="utf-8")
        files.create(path, content, root)

    monkeypatch.setattr(postmortem, "create", beaten)
    monkeypatch.setattr(postmortem, "_FIRST_GOES_LAST", 0)
    done = in_process(tmp_path, monkeypatch, "Disk full")
    assert (done.return_value, done.stdout) == (None, "docs/postmortems/PM-2026-003-disk-full.md\n")
    taken = f"docs/postmortems/{name}.md took the id PM-2026-002 at the same time: this one is PM-2026-003"
    assert done.stderr == f"note: {taken}\n"
    assert other.read_text(encoding="utf-8") == "# Other\n"
    catalogue = Project(tmp_path, TODAY).require_catalogue(demanded=True)
    assert [one.id for one in catalogue.postmortems] == ["PM-2026-001", "PM-2026-002", "PM-2026-003"]


def test_an_id_that_is_no_part_of_the_file_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is changed in the document, which keeps its name."""
    folder = "docs/postmortems"
    repository(tmp_path, {f"{folder}/disk.md": "---\nid: INC-1\n---\n# Disk\n"})
    other = tmp_path / folder / "api.md"

    def beaten(path: Path, content: bytes, root: Path) -> None:
        other.write_text("---\nid: INC-2\n---\n# Api\n", encoding="utf-8")
        files.create(path, content, root)

    monkeypatch.setattr(postmortem, "create", beaten)
    done = in_process(tmp_path, monkeypatch, "Queue stuck")
    assert done.stdout == f"{folder}/queue-stuck.md\n"
    assert [one.id for one in Project(tmp_path, TODAY).catalogue.postmortems] == ["INC-2", "INC-1", "INC-3"]


RACE = """
import sys
from pathlib import Path
from tests.scaffolding.repository import TODAY, written
from pytest_postmortem.project import Project
from pytest_postmortem.scaffolding import files
from tests.waiting import wait_until
if sys.argv[3] == "unlocked":
    files._wait_for = lambda descriptor: None
Path(sys.argv[1] + ".ready").touch()
wait_until(Path("go").exists)
for number in range(6):
    made = written(Project(Path.cwd(), TODAY), sys.argv[2])
    moved = sum("took the id" in note for note in made.notes)
    print(made.name.id, moved, made.name.origin)
"""


@pytest.mark.parametrize("locked", ["locked", "unlocked"])
@pytest.mark.parametrize("titles", [("Disk full", "Disk full"), ("Disk full", "Queue stuck")])
def test_two_at_once(tmp_path: Path, titles: tuple[str, str], locked: str) -> None:
    """Every document survives, and has an id of its own, whether or not the system lets one wait for the other."""
    repository(tmp_path, named("PM-2026-001-a"))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])}
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACE, str(number), title, locked],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number, title in enumerate(titles)
    ]

    def are_ready() -> bool:
        assert all(racer.poll() is None for racer in racers)
        return all(tmp_path.joinpath(f"{number}.ready").exists() for number in range(2))

    wait_until(are_ready, "both start")
    tmp_path.joinpath("go").touch()
    told = [line.split(maxsplit=2) for racer in racers for line in racer.communicate(timeout=PATIENCE)[0].splitlines()]
    assert [racer.returncode for racer in racers] == [0, 0]
    there = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.joinpath("docs/postmortems").iterdir())
    assert there == sorted(["docs/postmortems/PM-2026-001-a.md", *(origin for _, _, origin in told)])
    ids = [one.id for one in Project(tmp_path, TODAY).require_catalogue(demanded=True).postmortems]
    assert len(there) == len(set(ids)) == 13
    assert sorted(ids[1:]) == sorted(name for name, _, _ in told)
    if locked == "locked" and os.name != "nt":
        assert ids == [f"PM-2026-{number:03}" for number in range(1, 14)]
        assert {moved for _, moved, _ in told} == {"0"}
