"""`python -m benchmarks.history [--rounds N] [--commits N]`: `postmortem history` against one `git log -p`.

The repository is made with `git fast-import`: 20,000 commits on the main line (every tenth a merge), 200 test files
that grow, 500 post-mortems, guards that come and go, changes outside the tests. The base is one plain `git log -p` over
the test folder, piped to a reader that only counts lines. With twice as many `--commits`, both take twice as long.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

from benchmarks.measure import pairs, row
from benchmarks.projects import document

LIMIT = 3.0
_START = 1_600_000_000


def repository(folder: Path, commits: int = 20_000, files: int = 200, postmortems: int = 500) -> None:
    """A checkout in `folder`, packed as a clone of it would be."""
    subprocess.run(["git", "init", "-q", "-b", "main", folder], check=True)
    with subprocess.Popen(["git", "fast-import", "--quiet"], cwd=folder, stdin=subprocess.PIPE) as importer:
        assert importer.stdin is not None
        _write(importer.stdin, commits, files, postmortems)
        importer.stdin.close()
    assert importer.returncode == 0
    for command in (("reset", "-q", "--hard"), ("repack", "-adfq")):
        subprocess.run(["git", *command], cwd=folder, check=True)


def _write(out: IO[bytes], commits: int, files: int, postmortems: int) -> None:
    chance = random.Random(1)
    tests: list[list[tuple[str, int]]] = [[("", place) for place in range(40)] for _ in range(files)]
    for number in range(commits):
        when = _START + number * 3600
        if number % 10 == 9:  # a side branch of one commit, merged by the next
            _commit(out, f":{number}", "refs/heads/side", when - 60)
            _file(out, f"src/shop/side_{number % 50}.py", f"SIDE = {number}\n")
        _commit(out, f":{number}" if number else "", "refs/heads/main", when, number + 1, side=number % 10 == 9)
        if not number:
            for file, test in enumerate(tests):
                _file(out, f"tests/test_{file}.py", _tests(test))
            for one in range(1, postmortems + 1):
                _file(out, f"docs/postmortems/PM-{one}-overflow.md", document(one))
            continue
        file = chance.randrange(files)
        test = tests[file]
        place = chance.randrange(len(test))
        marker, _ = test[place]
        if number % 20 == 0:
            marker = f'@pytest.mark.incident("PM-{number // 20 % postmortems + 1}")\n'
        elif number % 37 == 0:
            marker = ""
        test[place] = (marker, number)
        if number % 50 == 0:
            test.append(("", number))
        _file(out, f"tests/test_{file}.py", _tests(test))
        if number % 2:
            _file(out, f"src/shop/module_{file}.py", f"VALUE = {number}\n" + "def f(): return VALUE\n" * 200)


def _commit(out: IO[bytes], parent: str, branch: str, when: int, mark: int = 0, *, side: bool = False) -> None:
    lines = [f"commit {branch}", *([f"mark :{mark}"] if mark else []), f"committer T <t@example.org> {when} +0000"]
    lines += ["data 1", "c", *([f"from {parent}"] if parent else []), *(["merge refs/heads/side"] if side else [])]
    out.write(("\n".join(lines) + "\n").encode())


def _file(out: IO[bytes], path: str, text: str) -> None:
    data = text.encode()
    out.write(f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n")


def _tests(tests: list[tuple[str, int]]) -> str:
    parts = ["import pytest\n\nfrom shop import queue\n"]
    for place, (marker, value) in enumerate(tests):
        parts.append(
            f'\n\n{marker}def test_{place}():\n    """Orders are not lost, case {place}."""\n'
            f'    order = queue.order({value}, "blue")  # as before\n    assert queue.put(order) == {value}\n'
        )
    return "".join(parts)


def base(folder: Path) -> float:
    """Seconds of one plain `git log -p` over the tests, its lines counted."""
    start = time.perf_counter()
    with subprocess.Popen(["git", "log", "-p", "--", "tests"], cwd=folder, stdout=subprocess.PIPE) as log:
        assert log.stdout is not None
        lines = 0
        while chunk := log.stdout.read(1 << 16):
            lines += chunk.count(b"\n")
    assert lines
    assert log.returncode == 0
    return time.perf_counter() - start


def ours(folder: Path) -> tuple[float, float]:
    """Seconds and peak MiB of the whole command in a process of its own, start and documents included."""
    code = (
        "import sys, resource\nfrom pytest_postmortem.command.main import main\n"
        "try:\n    main()\nfinally:\n"
        "    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)\n"
    )
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, "history"], cwd=folder, env=environ, capture_output=True, text=True, check=True
    )
    took = time.perf_counter() - start
    assert " guarded; median " in done.stdout.splitlines()[-1]
    return took, int(done.stderr.splitlines()[-1]) / 1024


def history(folder: Path, rounds: int, commits: int = 20_000) -> None:
    """The command against the base, in turn."""
    repository(folder, commits)
    peaks: list[float] = []

    def measured() -> float:
        took, peak = ours(folder)
        peaks.append(peak)
        return took

    before, after, ratio = pairs(lambda: base(folder), measured, rounds)
    figure = f"{ratio:.2f} ({after:.2f} s)"
    row(f"history of {commits:,} commits, git log -p", f"{before:.2f} s", figure, f"{LIMIT}")
    row("  peak memory", "", f"{max(peaks):.0f} MiB", "100 MiB")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.history", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="pairs (default 5)")
    parser.add_argument("--commits", type=int, default=20_000, help="commits on the main line (default 20000)")
    asked = parser.parse_args()
    row("what", "base", "ours", "limit")
    with tempfile.TemporaryDirectory() as folder:
        history(Path(folder), asked.rounds, asked.commits)


if __name__ == "__main__":
    main()
