"""`postmortem list`, `show` and `markers`, against reading the documents and collecting the tests."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from benchmarks import projects

DOCUMENTS, FILES = 1_000, 1_000


def project(folder: Path) -> None:
    """DOCUMENTS documents and FILES test files of 3 KB, a tenth of which hold a marker."""
    projects.documents(folder, DOCUMENTS)
    folder.joinpath("tests").mkdir()
    for number in range(FILES):
        lines = ["import pytest\n\n\n"]
        for test in range(20):
            if test == 0 and number % 10 == 0:
                lines.append(f'@pytest.mark.incident("PM-{number + 1}", action_item="AI-1")\n')
            lines.append(f"def test_case_{test}(shop):\n    order = shop.put(lines=[{test}])\n")
            lines.append(f'    assert order.status == "taken", order.text\n    assert shop.depth() == {test} + 1\n\n\n')
        folder.joinpath("tests", f"test_{number}.py").write_text("".join(lines), encoding="utf-8")


def reading(folder: Path) -> float:
    """Seconds of a process that reads every document."""
    return _timed([str(Path(__file__).with_name("reading.py")), "ours", str(folder)], folder)


def collecting(folder: Path) -> float:
    """Seconds of the collection that checks the same markers."""
    return _timed(["-m", "pytest", "--collect-only", "-qq", "-p", "no:cacheprovider", "-p", "no:xdist"], folder)


def command(folder: Path, *arguments: str) -> float:
    """Seconds of the command, from its start to its end."""
    return _timed(["-m", "pytest_postmortem", *arguments], folder)


def _timed(arguments: list[str], folder: Path) -> float:
    start = time.perf_counter()
    done = subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    took = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} ended in {done.returncode}:\n{done.stdout}{done.stderr}")
    return took
