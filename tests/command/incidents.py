"""A project of a few post-mortems and tests, and the command run in it."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import click

from pytest_postmortem.command import subcommands
from pytest_postmortem.errors import PostmortemError
from pytest_postmortem.project import Project
from tests.builders import TODAY

QUEUE = """\
---
id: PM-9
title: Checkout queue overflow
date: 2026-02-11
severity: SEV1
status: final
services: [checkout, payments]
team: shop
incidents: [INC-77]
fix: 4f2c1ab
---
# Checkout queue overflow

## Root cause

The queue had no upper bound. Retries made it worse.

### Five whys

1. Why? Memory.
2. Why? No bound.

## Action items

| ID | Action | Scope | Owner | Due | Status | Test |
|----|--------|-------|-------|-----|--------|------|
| AI-1 | Reject orders when the queue is deep | specific | @payments | 2026-03-01 | done | required |
| AI-2 | Bound every retry policy | systemic | platform, ann | 2026-05-16 | open | required |
| AI-3 | Alert on queue depth | specific | platform | 2026-06-15 | open | no |
"""
MAIL = """\
---
id: PM-10
title: Mails sent twice
date: 2026-04-01
severity: sev-2
services: [mail]
team: mail
---
# Mails sent twice

## Action items

| ID | Action | Due | Status | Test |
|----|--------|-----|--------|------|
| AI-1 | Survive a restart | 2026-06-01 | open | waived until 2026-12-01: vendor code |
| AI-2 | Add a regression test | 2026-06-14 | open |  |
"""
DISK = "---\nid: PM-2\ntitle: 障害 disk full\ndate: 2026-05-01\n---\n# Disk full\n\n## Action items\n\n- [ ] Rotate logs [test: tests/test_disk.py::test_rotates]\n"
UNDATED = "---\nid: PM-3\ntitle: No day\nseverity: critical\n---\n# No day\n"
TESTS = """\
import pytest

PM = "PM-9"

@pytest.mark.incident("INC-77", action_item="AI-1")
def test_rejects(): pass

@pytest.mark.incident("PM-9")
@pytest.mark.parametrize("depth", [1, 2])
def test_depth(depth): assert depth

@pytest.mark.incident(PM, action_item="AI-2")
def test_computed(): pass
"""


def read_to_the_end(controller: int) -> bytes:
    """All that is shown on a pseudo-terminal, until its other side is closed."""
    shown = b""
    while True:
        try:
            part = os.read(controller, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(controller)
    return shown


@dataclass
class Done:
    """What the command has said, and its code."""

    code: int
    out: str
    err: str


@dataclass
class Incidents:
    """A folder with documents and tests."""

    path: Path

    def write(self, name: str, text: str | bytes) -> None:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))

    def run(self, *arguments: str) -> Done:
        """The command in this process, on TODAY. An error that is told ends in -1."""
        group = click.Group()
        subcommands.add_to(group)
        name, *rest = arguments
        before = Path.cwd()
        out, err = StringIO(), StringIO()
        code: object = 0
        os.chdir(self.path)
        try:
            with redirect_stdout(out), redirect_stderr(err):
                code = group.commands[name].main(rest, name, obj=Project(self.path, TODAY), standalone_mode=False)
        except PostmortemError as error:
            return Done(-1, out.getvalue(), f"{err.getvalue()}{error}")
        finally:
            os.chdir(before)
        return Done(code if isinstance(code, int) else 0, out.getvalue(), err.getvalue())

    def process(self, *arguments: str, **environ: str) -> Done:
        """The command in a process of its own, its output not on a terminal."""
        done = subprocess.run(
            [sys.executable, "-m", "pytest_postmortem", *arguments],
            cwd=self.path,
            env={**os.environ, "PYTHONIOENCODING": "utf-8", **environ},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert "Traceback" not in done.stderr
        return Done(done.returncode, done.stdout, done.stderr)

    def on_terminal(self, columns: int, *arguments: str, **environ: str) -> str:
        """What a terminal of that many columns shows on standard output."""
        import fcntl
        import pty
        import struct
        import termios

        controller, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest_postmortem", *arguments],
            cwd=self.path,
            env={**{n: v for n, v in os.environ.items() if n != "COLUMNS"}, "TERM": "xterm", **environ},
            stdout=terminal,
            stderr=subprocess.DEVNULL,
        )
        os.close(terminal)
        shown = read_to_the_end(controller)
        assert process.wait() == 0
        return shown.decode().replace("\r\n", "\n")

    def evidence(self, *arguments: str, name: str = "e.json") -> None:
        """The evidence of a run."""
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-p",
                "no:cacheprovider",
                "-p",
                "no:xdist",
                f"--incident-output={name}",
                *arguments,
            ],
            cwd=self.path,
            capture_output=True,
            check=False,
        )
        assert self.path.joinpath(name).exists()


def made(path: Path) -> Incidents:
    """Four post-mortems, three tests."""
    one = Incidents(path)
    one.write("pytest.ini", "[pytest]\n")
    for name, text in (("9-queue", QUEUE), ("10-mail", MAIL), ("2-disk", DISK), ("3-undated", UNDATED)):
        one.write(f"docs/postmortems/PM-{name}.md", text)
    one.write("tests/test_shop.py", TESTS)
    return one
