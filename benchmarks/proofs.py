"""A repository with many files and a fix for each post-mortem, and the time that proofs take in it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

FILES, PROOFS = 5_000, 20
_BEFORE = "def limited(number):\n    return number\n"
_AFTER = "def limited(number):\n    return min(number, 10)\n"


def repository(folder: Path) -> None:
    """FILES files, PROOFS commits that each mend one of them, and a test for each."""
    package = folder / "shop"
    for number in range(FILES // 100):
        part = package / f"part{number}"
        part.mkdir(parents=True)
        for file in range(100):
            part.joinpath(f"module{file}.py").write_text(f"VALUE = {file}\n" * 20, encoding="utf-8")
    for number in range(PROOFS):
        package.joinpath(f"queue{number}.py").write_text(_BEFORE, encoding="utf-8")
    package.joinpath("__init__.py").touch()
    folder.joinpath("pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n', encoding="utf-8")
    _git(folder, "init", "--quiet")
    _commit(folder, "The shop")
    for number in range(PROOFS):
        package.joinpath(f"queue{number}.py").write_text(_AFTER, encoding="utf-8")
        _commit(folder, f"Mend queue {number}\n\nIncident: PM-{number}")
    documents = folder / "docs" / "postmortems"
    documents.mkdir(parents=True)
    folder.joinpath("tests").mkdir()
    for number in range(PROOFS):
        text = (
            f"---\nid: PM-{number}\ndate: 2026-02-02\n---\n# Overflow\n\n## Action items\n\n- Limit [test required]\n"
        )
        documents.joinpath(f"PM-{number}.md").write_text(text, encoding="utf-8")
        test = (
            f"import pytest\nfrom shop.queue{number} import limited\n\n\n"
            f'@pytest.mark.incident("PM-{number}")\ndef test_it():\n    assert limited(20) == 10\n'
        )
        folder.joinpath("tests", f"test_queue{number}.py").write_text(test, encoding="utf-8")
    _commit(folder, "Tests and post-mortems")


def runs(folder: Path, number: int) -> float:
    """Seconds of the test runs themselves: each of `number` tests twice, in processes of their own."""
    start = time.perf_counter()
    for place in range(number):
        for _ in range(2):
            command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", f"tests/test_queue{place}.py::test_it"]
            _run(folder, *command)
    return time.perf_counter() - start


def prove(folder: Path, *arguments: str) -> float:
    """Seconds of `postmortem prove`, one sample a side."""
    start = time.perf_counter()
    _run(folder, "-m", "pytest_postmortem", "prove", "--samples", "1", "--output", str(folder / "p.json"), *arguments)
    return time.perf_counter() - start


def _run(folder: Path, *arguments: str) -> None:
    environ = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    done = subprocess.run([sys.executable, *arguments], cwd=folder, env=environ, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} ended in {done.returncode}:\n{done.stdout}{done.stderr}")


def _commit(folder: Path, message: str) -> None:
    _git(folder, "add", "--all")
    _git(folder, "-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "--quiet", "--message", message)


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-c", "commit.gpgSign=false", *arguments], cwd=folder, check=True)
