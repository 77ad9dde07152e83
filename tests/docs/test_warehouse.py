"""The queries of docs/warehouse.md, on evidence and histories of real repositories."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.docs.test_pages import FENCE, page

BLOCKS = [block for language, block in FENCE.findall(page("warehouse.md")) if language == "python"]
GIT = ["git", "-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgSign=false"]


def repository(folder: Path, team: str, guarded: list[str], bare: list[str]) -> Path:
    """Post-mortems of one team in a repository, some of them guarded."""
    documents = folder / "docs" / "postmortems"
    documents.mkdir(parents=True)
    for name in (*guarded, *bare):
        text = f"---\nid: {name}\ndate: 2026-01-01\nteam: {team}\n---\n# Title of {name}\n"
        documents.joinpath(f"{name}-x.md").write_text(text, encoding="utf-8")
    folder.joinpath("pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    tests = (f'@pytest.mark.incident("{name}")\ndef test_{place}(): pass\n' for place, name in enumerate(guarded))
    folder.joinpath("test_it.py").write_text(
        "import pytest\n" + "".join(tests) + "def test_x(): pass\n", encoding="utf-8"
    )
    run(folder, *GIT, "init", "-q")
    run(folder, *GIT, "add", "-A")
    when = "2026-01-11T12:00:00+00:00"
    run(folder, *GIT, "commit", "-qm", "x", "--date", when, environment={"GIT_COMMITTER_DATE": when})
    return folder


def run(folder: Path, *command: str, environment: dict[str, str] | None = None) -> None:
    env = {**os.environ, **(environment or {})}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def evidence(folder: Path, output: Path) -> None:
    output.parent.mkdir(parents=True, exist_ok=True)
    run(folder, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--incident-output={output}")


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What each block of the page prints."""
    top = tmp_path_factory.mktemp("warehouse")
    place = top / "place"
    shop = repository(top / "shop", "payments", ["PM-1", "PM-2"], ["PM-3", "PM-4"])
    billing = repository(top / "billing", "billing", ["PM-1"], [])
    for name, folder in (("shop", shop), ("billing", billing)):
        evidence(folder, place / "last-week" / name / "main.json")
        output = str(place / "history" / f"{name}.json")
        run(folder, sys.executable, "-m", "pytest_postmortem", "history", "--output", output)
    text = shop.joinpath("test_it.py").read_text(encoding="utf-8")
    shop.joinpath("test_it.py").write_text(text.replace('@pytest.mark.incident("PM-2")\n', ""), encoding="utf-8")
    billing.joinpath("docs", "postmortems", "PM-1-x.md").rename(billing / "docs" / "postmortems" / "PM-9-x.md")
    billing.joinpath("docs", "postmortems", "PM-9-x.md").write_text("---\nid: PM-9\n---\n# Other\n", encoding="utf-8")
    billing.joinpath("test_it.py").write_text("def test_it(): pass\n", encoding="utf-8")
    for name, folder in (("shop", shop), ("billing", billing)):
        evidence(folder, place / "evidence" / name / "main.json")
    printed = []
    for block in BLOCKS:
        done = subprocess.run([sys.executable, "-c", block], cwd=place, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        printed.append(ast.literal_eval(done.stdout))
    return printed


def test_the_share_of_guarded_incidents_by_team(answers: list[Any]) -> None:
    """One of four, and a team that is not named."""
    assert answers[0] == [("no team", 1, 0.0), ("payments", 4, 0.25)]


def test_the_median_of_days_to_the_first_guard(answers: list[Any]) -> None:
    """Ten days in both."""
    assert answers[1] == [("billing", 10.0), ("shop", 10.0)]


def test_what_lost_its_guard_this_week(answers: list[Any]) -> None:
    """A marker that went away, and a document."""
    assert answers[2] == [("billing", "PM-1", "document gone"), ("shop", "PM-2", "unguarded")]
