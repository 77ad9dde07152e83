"""Run a command under a supervisor, with a time limit."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

__all__ = ["run_supervised"]

_SUPERVISOR = str(Path(__file__).with_name("supervisor.py"))
_SHELL = ("cmd", "/c") if os.name == "nt" else ("/bin/sh", "-c")
_IGNORED = ",".join(str(int(getattr(signal, name))) for name in ("SIGPIPE", "SIGXFSZ") if hasattr(signal, name))
"""The signals that Python ignores, and what it starts does not."""
_PATIENCE = 0.005
"""Poll interval in seconds; adds latency to every run."""


def run_supervised(
    command: Sequence[str] | str, folder: Path, environ: Mapping[str, str], output: Path, limit: float,
    stopping: threading.Event,
) -> int | str:  # fmt: skip
    """Run `command` (by a shell where it is a text) and return its exit code, or why it was ended.

    It has `limit` seconds, and ends when `stopping` is set, or this process is gone. What it prints goes into `output`.
    """
    words = [*_SHELL, command] if isinstance(command, str) else command
    reading, writing = os.pipe()
    try:
        with output.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", _SUPERVISOR, _IGNORED, *words],
                cwd=folder,
                env=dict(environ),
                stdin=reading,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            return _wait(process, limit, stopping)
        finally:
            _end(process)
    finally:
        os.close(reading)
        os.close(writing)


def _wait(process: subprocess.Popen[bytes], limit: float, stopping: threading.Event) -> int | str:
    due = time.monotonic() + limit
    while not stopping.wait(_PATIENCE):
        code = process.poll()
        if code is not None:
            return code if code >= 0 else _describe_signal(-code)
        if time.monotonic() >= due:
            return f"took longer than {limit:g} s"
    return "was interrupted"


def _describe_signal(number: int) -> str:
    try:
        return f"was killed by {signal.Signals(number).name}"
    except ValueError:
        return f"was killed by signal {number}"


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it with everything that it has started."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        process.kill()
    process.wait()
