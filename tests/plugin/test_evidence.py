"""The files a run writes: there whole, or saying that the run is under way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.evidence.test_writing import validate
from tests.plugin.conftest import Run
from tests.waiting import PATIENCE, wait_until
from tests.workers import TWO_WORKERS

Read = Callable[[], dict[str, Any]]


def test_a_run_writes_evidence(project: pytest.Pytester, run: Run, evidence: Read) -> None:
    """By the schema, with the commit that is checked out."""
    git = ["git", "-c", "user.name=T", "-c", "user.email=t@example.org"]
    subprocess.run(["git", "init", "--quiet"], cwd=project.path, check=True)
    subprocess.run([*git, "commit", "--quiet", "--allow-empty", "-m", "x"], cwd=project.path, check=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=project.path, check=True, capture_output=True, text=True)
    assert run("--incident-output", "e.json").ret == 0
    said = validate(project.path.joinpath("e.json").read_text(encoding="utf-8"))
    assert said["commit"] == head.stdout.strip()
    assert said["inventory"]["files"] == ["test_shop.py"]
    assert (said["inventory"]["collected"], said["inventory"]["finished"]) == (3, 3)
    assert [(one["node_id"], one["line"], one["outcome"]) for one in said["tests"]] == [
        ("test_shop.py::test_rejects", 3, "passed"),
        ("test_shop.py::test_bound", 6, "passed"),
    ][::-1]


def test_the_report_is_implied(project: pytest.Pytester, run: Run) -> None:
    """--incident-output alone judges and prints."""
    result = run("--incident-output=e.json")
    assert (
        "incidents: 1 post-mortem, 1 guarded; 2 of 2 required action items have a test; gate passed" in result.outlines
    )


def test_folders_are_made_and_several_files_written(project: pytest.Pytester, run: Run) -> None:
    """Relative to where pytest was started."""
    assert run("--incident-output=a/b/e.json", "--incident-output", "f.json").ret == 0
    first = json.loads(project.path.joinpath("a/b/e.json").read_text(encoding="utf-8"))
    assert first == json.loads(project.path.joinpath("f.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("output", "told"),
    [
        (
            "e.txt",
            "--incident-output: no format has the suffix of 'e.txt'; the suffix chooses the format: .html, .json, .md",
        ),
        ("evidence", "no format has the suffix of 'evidence'"),
        ("docs", "no format has the suffix of 'docs'"),
        ("test_shop.py/e.json", "cannot be"),
    ],
)
def test_a_file_that_cannot_be_written_ends_the_run_before_any_test(
    project: pytest.Pytester, run: Run, output: str, told: str
) -> None:
    """Exit 4 with what to do."""
    result = run("--incident-output", output)
    assert result.ret == 4
    assert told in result.stderr.str()
    assert "Traceback" not in result.stderr.str()


def test_a_folder_of_that_name_is_refused(project: pytest.Pytester) -> None:
    """It is not a file to replace."""
    project.mkdir("e.json")
    result = project.runpytest_inprocess("--incident-output=e.json")
    assert result.ret == 4
    assert "--incident-output: e.json is a folder; name a file in it" in result.stderr.str()


def test_a_file_that_cannot_be_replaced_at_the_end_fails_the_run(project: pytest.Pytester, run: Run) -> None:
    """The message is printed, no half file is left."""
    project.makepyfile(
        test_shop="""
        import pathlib, pytest

        @pytest.mark.incident("PM-123", action_item=["AI-1", "AI-2"])
        def test_it():
            path = pathlib.Path("out/e.json")
            path.unlink()
            path.parent.rmdir()
            path.parent.write_text("in the way")
        """
    )
    result = run("--incident-output=out/e.json")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*e.json: cannot be written: *; name a file in a folder that can be written"])


def started(project: pytest.Pytester, *args: str) -> subprocess.Popen[bytes]:
    """pytest in a process of its own, once the slow test is running."""
    project.makepyfile(
        test_shop="""
        import pathlib, time, pytest

        @pytest.mark.incident("PM-123", action_item=["AI-1", "AI-2"])
        def test_slow():
            pathlib.Path("started").touch()
            time.sleep(600)
        """
    )
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--incident-output=e.json", *args]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=project.path, **silent)

    def is_started() -> bool:
        assert process.poll() is None, "pytest ended early"
        return project.path.joinpath("started").exists()

    wait_until(is_started, "the test starts")
    return process


@pytest.mark.parametrize("workers", [("-p", "no:xdist"), TWO_WORKERS], ids=["plain", "xdist"])
def test_a_killed_run_leaves_running_evidence(project: pytest.Pytester, workers: tuple[str, ...]) -> None:
    """Whatever an earlier run wrote there."""
    schema = "https://pytest-postmortem.readthedocs.io/evidence.schema.json"
    project.path.joinpath("e.json").write_text(f'{{"$schema":"{schema}","state":"finished"}}', encoding="utf-8")
    process = started(project, *workers)
    said = validate(project.path.joinpath("e.json").read_text(encoding="utf-8"))
    process.kill()
    process.wait()
    assert said["state"] == "running"
    assert validate(project.path.joinpath("e.json").read_text(encoding="utf-8")) == said


def test_ctrl_c_leaves_finished_and_incomplete_evidence(project: pytest.Pytester) -> None:
    """The exit code is that of an interrupted run."""
    process = started(project)
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 2
    said = validate(project.path.joinpath("e.json").read_text(encoding="utf-8"))
    assert (said["state"], said["completeness"]["complete"], said["decision"]["verdict"]) == (
        "finished",
        False,
        "not judged",
    )
    assert said["tests"][0]["outcome"] == "not run"


def test_a_process_that_leaves_by_itself_leaves_running_evidence(project: pytest.Pytester) -> None:
    """`os._exit(0)` in a test: exit code 0, and no evidence that says finished."""
    project.makepyfile(test_shop="import os\ndef test_it(): os._exit(0)\n")
    result = project.runpytest_subprocess("-p", "no:xdist", "--incident-output=e.json")
    assert result.ret == 0
    assert validate(project.path.joinpath("e.json").read_text(encoding="utf-8"))["state"] == "running"


def test_what_a_killed_writer_left_is_swept(project: pytest.Pytester, run: Run) -> None:
    """Ours alone."""
    ours, theirs = project.path / ".0123456789abcdef.postmortem-tmp", project.path / ".f.json.0123.postmortem-tmp"
    ours.touch()
    theirs.touch()
    run("--incident-output=e.json")
    assert (ours.exists(), theirs.exists()) == (False, True)
    assert sorted(path.name for path in project.path.glob(".*tmp")) == [theirs.name]


def test_nothing_is_written_when_not_asked(project: pytest.Pytester, run: Run) -> None:
    """A report on the terminal leaves no file."""
    before = {path for path in project.path.rglob("*") if "__pycache__" not in path.parts}
    run("--incident-report", "-p", "no:cacheprovider")
    assert {path for path in project.path.rglob("*") if "__pycache__" not in path.parts} == before


def test_a_reporter_of_a_conftest_brings_its_suffix(project: pytest.Pytester, run: Run) -> None:
    """It is given the report and the decision; `finished` comes last and is called once."""
    project.makeconftest(
        """
        import pathlib

        class Ids:
            suffix = ".ids"

            def render(self, finished):
                ids = [verdict.postmortem.id for verdict in finished.report.postmortems]
                return f"{finished.decision.verdict.value} {' '.join(ids)}\\n"

        def pytest_postmortem_reporters(settings):
            return [Ids()]

        def pytest_postmortem_finished(report, decision):
            with open("done", "a") as file:
                file.write(f"{decision.verdict.value} {pathlib.Path('x.ids').exists()}\\n")
        """
    )
    assert run("--incident-output=x.ids").ret == 0
    assert project.path.joinpath("x.ids").read_text(encoding="utf-8") == "passed PM-123\n"
    assert project.path.joinpath("done").read_text(encoding="utf-8") == "passed True\n"


def test_two_reporters_of_one_suffix_are_an_error(project: pytest.Pytester) -> None:
    """Both are named."""
    project.makeconftest(
        """
        class Mine:
            suffix = ".json"

            def render(self, finished): return ""

        def pytest_postmortem_reporters(settings):
            return [Mine()]
        """
    )
    result = project.runpytest_inprocess("--incident-report")
    assert result.ret == 4
    assert "two reporters write .json files: " in result.stderr.str()


def test_secrets_of_the_environment_are_not_in_the_evidence(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of it is read."""
    monkeypatch.setenv("GITHUB_TOKEN", "canary-0123456789")
    project.runpytest_inprocess("--incident-output=e.json")
    assert "canary" not in Path(project.path, "e.json").read_text(encoding="utf-8")
    assert os.environ["GITHUB_TOKEN"] == "canary-0123456789"
