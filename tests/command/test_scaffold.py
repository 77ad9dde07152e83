"""`postmortem scaffold-test`: what it prints, its exit codes, and what pytest makes of the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_postmortem.errors import EvidenceError
from pytest_postmortem.scaffolding import files
from pytest_postmortem.scaffolding.guard import MESSAGE
from tests.scaffolding.repository import postmortem, repository

ROWS = (
    "AI-1 | Reject orders when the queue is full | required",
    "AI-2 | Alert | no",
    "AI-3 | Bound retries | required",
)
DOCUMENT = {"docs/postmortems/PM-123.md": postmortem(*ROWS), "postmortem.toml": ""}


def run(path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A module in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=path,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
    )


def scaffold(path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(path, "pytest_postmortem", "scaffold-test", *arguments)


def test_the_tests_fail_and_are_linked(tmp_path: Path) -> None:
    """Their node ids alone are printed; there is nothing left to do then."""
    repository(tmp_path, DOCUMENT)
    tests = ["test_reject_orders_when_the_queue_is_full", "test_bound_retries"]
    done = scaffold(tmp_path, "PM-123")
    node_ids = [f"tests/test_pm_123.py::{test}" for test in tests]
    assert (done.returncode, done.stdout.splitlines(), done.stderr) == (0, node_ids, "")
    ran = run(tmp_path, "pytest", "--strict-markers", "-p", "no:cacheprovider", "--incident-report", *["-rf"])
    assert ran.returncode == 1
    assert ran.stdout.count(f"E       Failed: {MESSAGE}") == 2
    assert "failing  PM-" in ran.stdout
    assert "2 of 2 required action items have a test; gate failed: 2 violations" in ran.stdout
    ran = run(tmp_path, "pytest", "-q", "-p", "no:cacheprovider", "--collect-only", "-W", "error", *node_ids)
    assert ran.returncode == 0
    done = scaffold(tmp_path, "PM-123")
    told = "note: every action item of PM-123 that requires a test has one\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, "", told)


def test_another_marker_and_another_place(tmp_path: Path) -> None:
    """The name of the marker is that of the configuration; paths are those from where one is."""
    repository(tmp_path, DOCUMENT | {"postmortem.toml": 'marker = "story"\n', "checks/x.txt": ""})
    done = scaffold(tmp_path / "checks", "PM-123", "--action-item=AI-3", "--action-item=AI-2", "--output=test_x.py")
    assert (done.returncode, done.stdout) == (0, "test_x.py::test_alert\ntest_x.py::test_bound_retries\n")
    assert '\n@pytest.mark.story("PM-123", action_item="AI-2")\n' in tmp_path.joinpath("checks/test_x.py").read_text(
        "utf-8"
    )
    done = scaffold(tmp_path / "checks", "PM-123")
    node_id = "test_x.py::test_reject_orders_when_the_queue_is_full\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, node_id, "")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["PM-1"], 13, 'no post-mortem is named "PM-1"; did you mean PM-123?'),
        (["PM-123", "--action-item=AI-9"], 13, 'PM-123 has no action item "AI-9"; did you mean '),
        (["PM-123", "--output=x.txt"], 13, "x.txt: is no Python file; name a file such as tests/test_incidents.py"),
        (["PM-123", "--output=broken.py"], 12, "broken.py:1: is no Python: "),
        (["PM-123", "--output=broken.py/x.py"], 11, "cannot be written: there is a file in place of the folder"),
        (["PM-123", "--output=../x.py"], 13, "../x.py: leads out of "),
        (["PM-123", "--output=/etc/x.py"], 13, "/etc/x.py: leads out of "),
        (["PM-123", "--output=away/x.py"], 13, "and links are read below it alone; name a file of this project"),
        ([], 13, "Missing argument 'ID'"),
    ],
)
def test_what_cannot_be_done(tmp_path: Path, arguments: list[str], code: int, told: str) -> None:
    """Ends in the code of its kind, without a traceback."""
    tmp_path, outside = tmp_path / "project", tmp_path / "away"
    repository(tmp_path, DOCUMENT | {"broken.py": "def ("})
    outside.mkdir()
    tmp_path.joinpath("away").symlink_to(outside)
    done = scaffold(tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert tmp_path.joinpath("broken.py").read_text(encoding="utf-8") == "def ("
    assert not tmp_path.joinpath("tests").exists()
    assert list(outside.iterdir()) == []
    assert sorted(path.name for path in tmp_path.parent.iterdir()) == ["away", "project"]


def test_a_file_that_was_changed_meanwhile(tmp_path: Path) -> None:
    """Is left as somebody else has made it; permissions are kept, links refused."""
    path, link = tmp_path / "test_x.py", tmp_path / "link.py"
    path.write_bytes(b"theirs")
    path.chmod(0o640)
    with pytest.raises(EvidenceError, match=r"test_x\.py: was changed meanwhile; run the command again"):
        files.replace(path, b"before", b"mine", tmp_path)
    assert path.read_bytes() == b"theirs"
    link.symlink_to(path)
    with pytest.raises(EvidenceError, match="links of the project are not followed"):
        files.replace(link, b"theirs", b"mine", tmp_path)
    files.replace(path, b"theirs", b"mine", tmp_path)
    assert (path.read_bytes(), link.is_symlink()) == (b"mine", True)
    assert os.name == "nt" or path.stat().st_mode & 0o777 == 0o640
    assert sorted(one.name for one in tmp_path.iterdir()) == ["link.py", "test_x.py"]
    with pytest.raises(EvidenceError, match="cannot be written: "):
        files.replace(tmp_path / "none" / "x.py", b"", b"mine", tmp_path)
