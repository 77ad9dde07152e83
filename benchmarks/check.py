"""`postmortem check` and the page, against `json.loads` of the same evidence and reading the documents."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import projects

SHARDS, TESTS, DOCUMENTS = 20, 50_000, 2_000


def evidence(folder: Path) -> list[Path]:
    """Evidence of SHARDS runs that share TESTS tests, a tenth of them linked, on DOCUMENTS documents."""
    from pytest_postmortem.config.settings import Settings
    from pytest_postmortem.evidence.writing import Meta, render_finished
    from pytest_postmortem.judging.gate import decide
    from pytest_postmortem.judging.report import make_report
    from pytest_postmortem.model.link import Link, LinkedTest, Result
    from pytest_postmortem.model.run import Run
    from pytest_postmortem.model.state import Outcome, Policy
    from pytest_postmortem.project import Project

    projects.documents(folder, DOCUMENTS)
    today = datetime.now(UTC).date()
    catalogue = Project(folder, today).catalogue
    settings = Settings(base=folder)
    each = TESTS // SHARDS
    paths = []
    for shard in range(SHARDS):
        tests = tuple(
            LinkedTest(
                f"tests/test_{number}.py::test_it",
                f"tests/test_{number}.py",
                3,
                (Link(f"PM-{number % DOCUMENTS + 1}"),),
            )
            for number in range(shard * each, (shard + 1) * each, 10)
        )
        run = Run(
            tests=tests,
            results={test.node_id: Result(Outcome.PASSED) for test in tests},
            files=frozenset(test.path for test in tests),
            narrowed=(f"only tests/{shard} was asked for",),
            collected=each,
            finished=each,
        )
        now = datetime.now(UTC).isoformat(timespec="seconds")
        meta = Meta(f"{shard:032x}", now, "1", "9", "3.13", None, settings.digest, f"{shard + 1}/{SHARDS}")
        report = make_report(catalogue, run, settings, today=today)
        path = folder / "evidence" / f"{shard}.json"
        path.parent.mkdir(exist_ok=True)
        told = render_finished(report, decide(report, Policy.LINKED), meta, ended=now, exit_status=0)
        path.write_text(told, encoding="utf-8")
        paths.append(path)
    return paths


def bare(folder: Path) -> float:
    """Seconds of `json.loads` of every piece of evidence and reading every document, in this process."""
    from pytest_postmortem.project import Project

    start = time.perf_counter()
    for path in sorted(folder.joinpath("evidence").iterdir()):
        json.loads(path.read_text(encoding="utf-8"))
    assert len(Project(folder, datetime.now(UTC).date()).catalogue.postmortems) == DOCUMENTS
    return time.perf_counter() - start


def check(folder: Path, *options: str) -> float:
    """Seconds of the command, from its start to its end."""
    command = [sys.executable, "-m", "pytest_postmortem", "check", "evidence", "-q", "--gate", "linked", *options]
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    took = time.perf_counter() - start
    if done.returncode not in (0, 10, 11):
        raise SystemExit(f"{' '.join(command)} ended in {done.returncode}:\n{done.stdout}{done.stderr}")
    return took


def page(folder: Path) -> tuple[float, float]:
    """Seconds that the page takes beyond the check itself, and its size in MB."""
    plain = min(check(folder) for _ in range(3))
    with_page = min(check(folder, "--output", "page.html") for _ in range(3))
    return with_page - plain, folder.joinpath("page.html").stat().st_size / 1e6
