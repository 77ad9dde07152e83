"""Pages that are walked through: files are written and commands run as a reader would, and what is printed is compared.

Comments in the page, which nobody sees, say what the block below them is:

- `<!-- file PATH -->`: the content of a file;
- `<!-- in PATH: TEXT -->`: what takes the place of the line that holds TEXT;
- `<!-- below PATH -->`: what is added at the end of a file;
- `<!-- exit CODE -->`: the code that the last command of the block ends in, 0 without it.

Every `console` block is run, but for the installation. The lines below a command are part of what it prints, in their
order; `...` stands for any lines, and within a line for any text.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

__all__ = ["walk"]

_STEP = re.compile(r"(?:^<!-- (file|in|below|exit) (.+?) -->\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CHANGES = (
    (re.compile(r"\d+ days?"), "N days"),
    (re.compile(r"\b[0-9a-f]{12}\b"), "COMMIT"),
    (re.compile(r"\d+\.\d\ds"), "0.00s"),
    (re.compile(r"\x1b\[[0-9;]*m"), ""),
    (re.compile(r"=+( .* )=+"), r"==\1=="),
)
"""What differs from day to day or from machine to machine."""


def walk(page: str, folder: Path, environ: dict[str, str]) -> int:
    """Do in `folder` what the page says; return the number of commands. Fails where something else is printed."""
    commands = 0
    for what, said, language, block in _STEP.findall(page):
        if what == "file":
            path = folder / said
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block, encoding="utf-8")
        elif what == "below":
            path = folder / said
            path.write_text(path.read_text(encoding="utf-8") + block, encoding="utf-8")
        elif what == "in":
            name, _, text = said.partition(": ")
            path = folder / name
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            (place,) = [number for number, line in enumerate(lines) if text in line]
            lines[place] = block
            path.write_text("".join(lines), encoding="utf-8")
        elif language == "console":
            commands += _run(block, folder, environ, int(said) if what == "exit" else 0)
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
