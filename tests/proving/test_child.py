"""A child process: why it ended, and that all that it has started ends with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pytest_postmortem.proving.child import ended

pytestmark = pytest.mark.skipif(os.name == "nt", reason="speaks to a shell of POSIX")


def outcome(
    command: str | list[str], folder: Path, limit: float = 30, stopping: threading.Event | None = None
) -> int | str:
    return ended(command, folder, os.environ, folder / "output", limit, stopping or threading.Event())


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text() if sys.platform == "linux" else True


def read(path: Path) -> int:
    due = time.monotonic() + 20
    while not (path.is_file() and path.read_text().strip()):
        assert time.monotonic() < due
        time.sleep(0.01)
    return int(path.read_text())


def gone(process: int) -> bool:
    due = time.monotonic() + 2
    while is_alive(process) and time.monotonic() < due:
        time.sleep(0.01)
    return not is_alive(process)


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("exit 0", 0),
        ("exit 3", 3),
        ([sys.executable, "-c", "raise SystemExit(7)"], 7),
        ("kill -9 $$", "was killed by SIGKILL"),
        ("kill -SEGV $$", "was killed by SIGSEGV"),
        ("kill -INT $$", "was killed by SIGINT"),
        ("kill -PIPE $$", "was killed by SIGPIPE"),
    ],
)
def test_why(tmp_path: Path, command: str | list[str], why: int | str) -> None:
    """Its exit code, or the signal that has ended it."""
    assert outcome(command, tmp_path) == why


def test_output_and_input(tmp_path: Path) -> None:
    """What it prints is in one file; there is nothing on its standard input."""
    assert outcome("cat; echo out; echo err >&2; pwd", tmp_path) == 0
    assert tmp_path.joinpath("output").read_text().split() == ["out", "err", str(tmp_path)]


def test_limit(tmp_path: Path) -> None:
    """After its time it is ended, with what it has started."""
    assert outcome("sleep 60 & echo $! > inner; wait", tmp_path, limit=0.5) == "took longer than 0.5 s"
    assert gone(read(tmp_path / "inner"))


def test_left_behind(tmp_path: Path) -> None:
    """What it leaves running when it ends is ended, too."""
    assert outcome("sleep 60 & echo $! > inner", tmp_path) == 0
    assert gone(read(tmp_path / "inner"))


def test_interrupted(tmp_path: Path) -> None:
    """It ends when everything is to stop."""
    stopping = threading.Event()
    threading.Timer(0.3, stopping.set).start()
    assert outcome("sleep 60", tmp_path, stopping=stopping) == "was interrupted"


@pytest.mark.parametrize(
    "stuck", ["trap '' TERM INT HUP; sleep 60 & echo $! > inner; wait", "sleep 60 & echo $! > inner; kill -STOP $$"]
)
def test_parent_killed(tmp_path: Path, stuck: str) -> None:
    """It ends with all that it has started when this process is killed, whatever it does at the moment."""
    code = (
        "import os, threading\nfrom pathlib import Path\nfrom pytest_postmortem.proving.child import ended\n"
        f"ended({stuck!r}, Path({str(tmp_path)!r}), os.environ, Path('output'), 60, threading.Event())\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path)
    inner = read(tmp_path / "inner")
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert gone(inner)
