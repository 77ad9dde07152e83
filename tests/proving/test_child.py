"""A child process: why it ended, and that all that it has started ends with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from pytest_postmortem.proving import child
from pytest_postmortem.proving.child import run_supervised
from tests.waiting import wait_until

pytestmark = pytest.mark.skipif(os.name == "nt", reason="speaks to a shell of POSIX")


def outcome(
    command: str | list[str], folder: Path, limit: float = 600, stopping: threading.Event | None = None
) -> int | str:
    return run_supervised(command, folder, os.environ, folder / "output", limit, stopping or threading.Event())


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text() if sys.platform == "linux" else True


def is_written(path: Path) -> bool:
    return path.is_file() and path.read_text().endswith("\n")


def read(path: Path) -> int:
    wait_until(lambda: is_written(path), "the inner process starts")
    return int(path.read_text())


def wait_for_end(process: int) -> None:
    """Wait until it is gone; by itself it would sleep longer than that."""
    wait_until(lambda: not is_alive(process), "the inner process ends")


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


def test_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its time it is ended, with what it has started. Its time is up here as soon as it has started that."""
    inner = tmp_path / "inner"
    monkeypatch.setattr(child, "time", SimpleNamespace(monotonic=lambda: 10.5 if is_written(inner) else 10))
    assert outcome("sleep 600 & echo $! > inner; wait", tmp_path, limit=0.5) == "took longer than 0.5 s"
    wait_for_end(read(inner))


def test_left_behind(tmp_path: Path) -> None:
    """What it leaves running when it ends is ended, too."""
    assert outcome("sleep 600 & echo $! > inner", tmp_path) == 0
    wait_for_end(read(tmp_path / "inner"))


def test_interrupted(tmp_path: Path) -> None:
    """It ends when everything is to stop."""
    inner = tmp_path / "inner"

    class Stopping(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            return super().wait(timeout) or is_written(inner)

    assert outcome("sleep 600 & echo $! > inner; wait", tmp_path, stopping=Stopping()) == "was interrupted"
    wait_for_end(read(inner))


@pytest.mark.parametrize(
    "stuck", ["trap '' TERM INT HUP; sleep 600 & echo $! > inner; wait", "sleep 600 & echo $! > inner; kill -STOP $$"]
)
def test_parent_killed(tmp_path: Path, stuck: str) -> None:
    """It ends with all that it has started when this process is killed, whatever it does at the moment."""
    code = (
        "import os, threading\nfrom pathlib import Path\nfrom pytest_postmortem.proving.child import run_supervised\n"
        f"run_supervised({stuck!r}, Path({str(tmp_path)!r}), os.environ, Path('output'), 600, threading.Event())\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path)
    inner = read(tmp_path / "inner")
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    wait_for_end(inner)
