"""`--incident-output` from end to end: every format at once, what is refused before any test, and disks that fail."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., pytest.RunResult]
FILES = ("e.json", "p.html", "s.md")
OPTIONS = tuple(f"--incident-output={name}" for name in FILES)
BROKEN = "---\nid: PM-5\ndate: never\nid: PM-6\n---\n# Broken\n"


def left(path: Path) -> list[str]:
    """What a run has left beside the project's own files."""
    own = {"docs", "test_shop.py", "pytest.ini", "conftest.py", "__pycache__", ".pytest_cache"}
    return sorted(one.name for one in path.iterdir() if one.name not in own)


def told(result: pytest.RunResult) -> str:
    return result.stdout.str() + result.stderr.str()


def test_every_format_at_once(project: pytest.Pytester, run: Run) -> None:
    """All of one and the same report; nothing is left beside them, and the next run replaces them."""
    assert run(*OPTIONS).ret == 0
    assert run(*OPTIONS).ret == 0
    assert left(project.path) == sorted(FILES)
    evidence = json.loads(project.path.joinpath("e.json").read_text(encoding="utf-8"))
    assert (evidence["state"], evidence["decision"]["verdict"]) == ("finished", "passed")
    page = project.path.joinpath("p.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "gate passed, 1 of 1 post-mortem guarded" in page
    assert project.path.joinpath("s.md").read_text(encoding="utf-8").startswith("## ✅ Incidents\n")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("x.txt", "--incident-output: no format has the suffix of 'x.txt'; the suffix chooses the format: .html, .json, .md"),
        ("x", "--incident-output: no format has the suffix of 'x'; the suffix chooses the format: .html, .json, .md"),
        ("folder.json", "--incident-output: folder.json is a folder; name a file in it"),
        ("pipe.json", "--incident-output: pipe.json is no regular file; name another file"),
        ("device.json", "--incident-output: device.json is no regular file; name another file"),
        ("x" * 300 + ".json", f"--incident-output: {'x' * 77}...: File name too long; name another file"),
        ("p.html", "--incident-output: p.html is named twice; name it once"),
        ("./p.html", "--incident-output: ./p.html is named twice; name it once"),
        ("pytest.ini/e.json", "/pytest.ini/e.json: cannot be "),
    ],
)  # fmt: skip
def test_what_can_be_no_output_ends_the_run_before_any_test(
    project: pytest.Pytester, run: Run, name: str, message: str
) -> None:
    """With code 4 and what to do; no other output of this run is left, and none of an earlier one."""
    project.mkdir("folder.json")
    os.mkfifo(project.path / "pipe.json")
    project.path.joinpath("device.json").symlink_to("/dev/null")
    before = left(project.path)
    project.makepyfile(test_shop="def test_it(): open('ran', 'w')\n")
    project.path.joinpath("s.md").write_text("## ✅ Incidents\n", encoding="utf-8")
    result = run("--incident-output=p.html", f"--incident-output={name}", "--incident-output=s.md")
    assert result.ret == 4
    assert message in told(result)
    assert "Traceback" not in told(result)
    assert left(project.path) == before


def test_a_suffix_in_capitals_is_the_same_suffix(project: pytest.Pytester, run: Run) -> None:
    """The file keeps its name."""
    assert run("--incident-output=E.JSON").ret == 0
    assert json.loads(project.path.joinpath("E.JSON").read_text(encoding="utf-8"))["state"] == "finished"


def test_a_link_of_the_project_is_refused(project: pytest.Pytester, run: Run) -> None:
    """Dangling, to a file that looks like ours, or above the file: nothing behind it changes; outside of the project it is followed."""
    outside = project.path.parent / f"{project.path.name}-outside"
    outside.mkdir()
    old = outside / "old.json"
    old.write_text('{"$schema":"https://pytest-postmortem.readthedocs.io/evidence.schema.json"}', encoding="utf-8")
    project.path.joinpath("dangling.json").symlink_to(outside / "new.json")
    project.path.joinpath("old.json").symlink_to(old)
    project.path.joinpath("out").symlink_to(outside)
    for name in ("dangling.json", "old.json", "out/x.json"):
        result = run(f"--incident-output={name}")
        assert result.ret == 4
        assert "is a link, and links of the project are not followed" in result.stderr.str()
    assert [one.name for one in outside.iterdir()] == ["old.json"]
    assert old.read_text(encoding="utf-8").endswith('schema.json"}')
    outside.joinpath("theirs.json").symlink_to("new.json")
    assert run(f"--incident-output={outside / 'theirs.json'}").ret == 0
    assert json.loads(outside.joinpath("new.json").read_text(encoding="utf-8"))["state"] == "finished"


@pytest.mark.parametrize("breaks", ["a document", "the configuration", "an option", "collection"])
def test_old_outputs_are_gone_when_a_run_cannot_judge(project: pytest.Pytester, run: Run, breaks: str) -> None:
    """Nothing of yesterday can be taken for today's: not by a reader, not by `postmortem check`."""
    assert run(*OPTIONS).ret == 0
    old = json.loads(project.path.joinpath("e.json").read_text(encoding="utf-8"))
    arguments: tuple[str, ...] = ()
    if breaks == "a document":
        project.path.joinpath("docs", "postmortems", "PM-5.md").write_text(BROKEN, encoding="utf-8")
    elif breaks == "the configuration":
        project.path.joinpath("postmortem.toml").write_text("gates = 1\n", encoding="utf-8")
    elif breaks == "an option":
        arguments = ("--incident-gate=strict",)
    else:
        project.makepyfile(test_shop='import pytest\n@pytest.mark.incident("PM-9")\ndef test_it(): pass\n')
    result = run(*OPTIONS, *arguments)
    if breaks == "collection":
        assert result.ret in (1, 2)
        evidence = json.loads(project.path.joinpath("e.json").read_text(encoding="utf-8"))
        assert evidence["run_id"] != old["run_id"]
        assert (old["decision"]["verdict"], evidence["decision"]["verdict"]) == ("passed", "failed")
    else:
        assert result.ret == 4
        assert not [name for name in FILES if project.path.joinpath(name).exists()]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_must_not_be_written_ends_the_run(project: pytest.Pytester, run: Run) -> None:
    """Before any test."""
    folder = project.mkdir("sealed")
    folder.chmod(0o500)
    result = run("--incident-output=sealed/e.json")
    folder.chmod(0o700)
    assert result.ret == 4
    assert "/sealed/e.json: cannot be written: Permission denied; " in told(result)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EIO, errno.EDQUOT])
def test_a_disk_that_fails_at_the_start_ends_the_run(
    project: pytest.Pytester, run: Run, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """With its own words, before any test; no half file and no temporary one."""

    def fails(source: str, target: str) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "replace", fails)
    project.makepyfile(test_shop="def test_it(): open('ran', 'w')\n")
    result = run("--incident-output=e.json")
    assert result.ret == 4
    assert f"/e.json: cannot be written: {os.strerror(code)}; name a file in a folder that can be written" in told(
        result
    )
    assert left(project.path) == []


@pytest.mark.parametrize("failing", ["", "def test_more(): assert 0\n"])
def test_a_disk_that_is_full_at_the_end_fails_the_run(
    project: pytest.Pytester, run: Run, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    """The evidence says `running` still, the files that had room are whole, the report is printed."""
    replace, calls = os.replace, [0]

    def full(source: str, target: str) -> None:
        if str(target).endswith("e.json"):
            calls[0] += 1
            if calls[0] > 1:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        replace(source, target)

    monkeypatch.setattr(os, "replace", full)
    project.makepyfile(test_more=failing or "def test_more(): pass\n")
    result = run(*OPTIONS)
    assert result.ret == 1
    assert any(
        line.startswith("ERROR: ") and "/e.json: cannot be written: No space left" in line for line in result.outlines
    )
    assert any(line.startswith("incidents: 1 post-mortem, 1 guarded") for line in result.outlines)
    assert [name for name in left(project.path) if name != "test_more.py"] == sorted(FILES)
    assert json.loads(project.path.joinpath("e.json").read_text(encoding="utf-8"))["state"] == "running"
    assert project.path.joinpath("s.md").read_text(encoding="utf-8").endswith("\n")


def test_the_code_of_the_run_is_not_lowered_by_a_disk(
    project: pytest.Pytester, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of collection keeps its own."""
    replace = os.replace

    def full(source: str, target: str) -> None:
        if str(target).endswith("s.md"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        replace(source, target)

    monkeypatch.setattr(os, "replace", full)
    project.makepyfile(test_more="import nothing_of_that_name\n")
    plain = run()
    result = run("--incident-output=s.md")
    assert result.ret == plain.ret != 0
    assert "/s.md: cannot be written: No space left on device" in told(result)


def test_a_run_without_our_options_writes_and_removes_nothing(project: pytest.Pytester, run: Run) -> None:
    """Files of earlier runs stay as they are."""
    for name in FILES:
        project.path.joinpath(name).write_text("old", encoding="utf-8")
    assert run().ret == 0
    assert left(project.path) == sorted(FILES)
    assert {project.path.joinpath(name).read_text(encoding="utf-8") for name in FILES} == {"old"}


@pytest.mark.parametrize("name", ["docs/postmortems/PM-123-overflow.md", "package.json"])
@pytest.mark.parametrize("breaks", [False, True])
def test_a_file_of_somebody_else_is_left_alone(project: pytest.Pytester, run: Run, name: str, breaks: bool) -> None:
    """A post-mortem above all, which would be gone from the gate with it; whatever else ends the run."""
    path = project.path / name
    if not path.exists():
        path.write_text("{}", encoding="utf-8")
    before = path.read_bytes()
    if breaks:
        project.path.joinpath("postmortem.toml").write_text("gates = 1\n", encoding="utf-8")
    result = run(f"--incident-output={name}", "--incident-output=e.json")
    assert result.ret == 4
    assert path.read_bytes() == before
    assert not project.path.joinpath("e.json").exists()
    problem = (
        "unknown key 'gates'" if breaks else f"--incident-output: {name} is there, and no earlier run has written it"
    )
    assert problem in told(result)


@pytest.mark.parametrize("option", ["--version", "--help", "--markers", "--fixtures", "--fixtures-per-test"])
def test_a_run_that_only_lists_writes_nothing(project: pytest.Pytester, option: str) -> None:
    """No file is made."""
    result = project.runpytest_subprocess(option, "--incident-output=e.json", "--incident-gate=passed")
    assert result.ret == 0
    assert "INTERNALERROR" not in result.stdout.str() + result.stderr.str()
    assert not project.path.joinpath("e.json").exists()


def test_only_what_was_written_is_said_to_be(project: pytest.Pytester, run: Run) -> None:
    """With its size; a file that another program has put there meanwhile is an error and no success."""
    project.makeconftest("def pytest_runtest_setup():\n    open('b.md', 'w').write('# Ours\\n')\n")
    result = run("--incident-output=a.json", "--incident-output=b.md")
    assert result.ret == 1
    assert [line for line in result.outlines if line.startswith("wrote ")] == [
        line for line in result.outlines if line.startswith("wrote a.json (")
    ]
    assert any(line.startswith("wrote a.json (") for line in result.outlines)
    assert "b.md: was written meanwhile" in result.stdout.str()
    assert project.path.joinpath("b.md").read_text() == "# Ours\n"
