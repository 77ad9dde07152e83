"""Functions that measure: one pytest run, two ways in turn, and the line of the table for them."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

__all__ = ["OFF", "pairs", "pytest_run", "row"]

QUIET = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:rerunfailures", "-p", "no:hypothesispytest")
OFF = ("-p", "no:postmortem")


def pytest_run(folder: Path, *options: str, code: int = 0) -> tuple[float, float]:
    """Seconds and peak memory (MiB) of one pytest run in a process of its own, which has to end in `code`."""
    program = (
        "import sys, resource, pytest\n"
        "code = pytest.main(sys.argv[1:])\n"
        "print('peak', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)\n"
        "sys.exit(code)\n"
    )
    unwanted = ("PYTEST_ADDOPTS", "PYTHONDONTWRITEBYTECODE")
    environment = {name: value for name, value in os.environ.items() if name not in unwanted}
    environment["PYTHONPATH"] = str(Path(__file__).parents[1])  # for benchmarks.no_marker
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", program, *QUIET, *options], cwd=folder, env=environment, capture_output=True, text=True
    )
    took = time.perf_counter() - start
    if done.returncode != code:
        raise SystemExit(
            f"pytest {' '.join(options)} in {folder} ended in {done.returncode}:\n{done.stdout}{done.stderr}"
        )
    return took, int(done.stderr.rsplit("peak ", 1)[1]) / 1024


def pairs(first: Callable[[], float], second: Callable[[], float], rounds: int) -> tuple[float, float, float]:
    """Median seconds of each, and the median of the ratios second / first, pair by pair."""
    first(), second()
    measured = [(first(), second()) for _ in range(rounds)]
    ratio = statistics.median(after / before for before, after in measured)
    return statistics.median(a for a, _ in measured), statistics.median(b for _, b in measured), ratio


def row(name: str, base: str, figure: str, limit: str) -> None:
    """One line of the table."""
    print(f"{name:<58} {base:>12} {figure:>24} {limit:>16}", flush=True)
