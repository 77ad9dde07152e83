"""Pages that are walked through: files are written and commands run as a reader would, and what is printed compared.

The line above a block says what it is:

- `` `PATH`: `` the content of a file;
- `` In `PATH`, in place of the line with `TEXT`: `` what takes its place;
- `<!-- exit CODE -->`, which nobody sees: the code that the last command of the block ends in, 0 without it.

Every `console` block is run, but for installations. The lines below a command are part of what it prints, in their order;
`...` stands for any lines, and within a line for any text.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

__all__ = ["walk"]

_STEP = re.compile(
    r"(?:^(?:`(?P<file>[^`\n]+)`:\n|In `(?P<within>[^`\n]+)`, in place of the line with `(?P<line>[^`\n]+)`:\n"
    r"|<!-- exit (?P<code>\d+) -->\n)\n)?^```(?P<language>\w+)\n(?P<block>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_CHANGES = (
    (re.compile(r"\d+ days?"), "N days"),
    (re.compile(r"\.\.\. days"), "N days"),
    (re.compile(r"\b[0-9a-f]{12}\b"), "COMMIT"),
    (re.compile(r"\d+\.\d\ds"), "0.00s"),
    (re.compile(r"\x1b\[[0-9;]*m"), ""),
    (re.compile(r"=+( .* )=+"), r"==\1=="),
)
"""What differs from day to day or from machine to machine."""


def walk(page: str, folder: Path, environ: dict[str, str]) -> int:
    """Do in `folder` what the page says; return the number of commands. Fails where something else is printed."""
    commands = 0
    for step in _STEP.finditer(page):
        block = step["block"]
        if step["file"]:
            path = folder / step["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block, encoding="utf-8")
        elif step["within"]:
            path = folder / step["within"]
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            (place,) = [number for number, line in enumerate(lines) if step["line"] in line]
            lines[place] = block
            path.write_text("".join(lines), encoding="utf-8")
        elif step["language"] == "console":
            commands += _run(block, folder, environ, int(step["code"] or 0))
    return commands


def _run(block: str, folder: Path, environ: dict[str, str], code: int) -> int:
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    for number, part in enumerate(parts, 1):
        command, *shown = part.splitlines()
        if command.startswith("pip install"):
            continue
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env={**environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{environ['PATH']}", "COLUMNS": "80"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        wanted = code if number == len(parts) else 0
        assert done.returncode == wanted, f"$ {command}\n{done.stdout}\nended in {done.returncode}, not {wanted}"
        printed = iter([_timeless(line) for line in done.stdout.splitlines()])
        for line in shown:
            if line.strip() and line.strip() != "...":
                wanted_line = re.compile(".*".join(map(re.escape, _timeless(line).split("..."))))
                assert any(map(wanted_line.fullmatch, printed)), (
                    f"$ {command}\n{done.stdout}\nshows no further {line!r}"
                )
    return len(parts)


def _timeless(line: str) -> str:
    for pattern, same in _CHANGES:
        line = pattern.sub(same, line)
    return line.rstrip()
