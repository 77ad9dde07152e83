"""A child process that is never outlived by what it has started."""

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

__all__ = ["ended"]

_LEASH = str(Path(__file__).with_name("leash.py"))
_SHELL = ("cmd", "/c") if os.name == "nt" else ("/bin/sh", "-c")
_PATIENCE = 0.1
"""Seconds between two looks at whether everything is to stop."""


def ended(
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
                [sys.executable, "-I", "-S", _LEASH, *words],
                cwd=folder,
                env=dict(environ),
                stdin=reading,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            return _waited(process, limit, stopping)
        finally:
            _end(process)
    finally:
        os.close(reading)
        os.close(writing)


def _waited(process: subprocess.Popen[bytes], limit: float, stopping: threading.Event) -> int | str:
    due = time.monotonic() + limit
    while not stopping.is_set():
        try:
            code = process.wait(max(0.0, min(_PATIENCE, due - time.monotonic())))
        except subprocess.TimeoutExpired:
            if time.monotonic() >= due:
                return f"took longer than {limit:g} s"
            continue
        if code >= 0:
            return code
        try:
            return f"was killed by {signal.Signals(-code).name}"
        except ValueError:
            return f"was killed by signal {-code}"
    return "was interrupted"


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it with everything that it has started."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        process.kill()
    process.wait()
