"""The workflow of docs/proof.md, on the example with its history."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import yaml

from tests.docs.test_pages import FENCE, ROOT, page

IDENTITY = ("-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgSign=false")


def test_a_pull_request_proves_what_it_changes(tmp_path: Path) -> None:
    """By the ledger of the main branch: what the pull request says of itself is not believed."""
    (block,) = [block for language, block in FENCE.findall(page("proof.md")) if language == "yaml"]
    steps = [step["run"] for step in yaml.safe_load(block)["jobs"]["prove"]["steps"] if "run" in step]
    commands = [step for step in steps if not step.startswith("pip install")]
    assert commands[-1].startswith("postmortem prove --stale")
    main, work = tmp_path / "main", tmp_path / "work"
    environ = {**os.environ, "GITHUB_BASE_REF": "main"}
    environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environ['PATH']}"

    def run(folder: Path, *command: str) -> tuple[int, str]:
        done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True)
        return done.returncode, done.stdout

    def git(folder: Path, *arguments: str) -> None:
        subprocess.run(["git", *IDENTITY, *arguments], cwd=folder, check=True, capture_output=True)

    run(tmp_path, sys.executable, str(ROOT / "examples" / "shop" / "history.py"), str(main))
    assert run(main, "postmortem", "prove", "--all", "--samples", "1")[0] == 10
    git(main, "add", "--all")
    git(main, "commit", "--quiet", "--message", "The proofs")
    git(tmp_path, "clone", "--quiet", str(main), str(work))
    code, told = run(work, "bash", "-euc", "\n".join(commands))
    assert (code, told.splitlines()[-1]) == (0, "proofs: none is stale or new")
    assert "kept: PM-2026-001 tests/test_retry.py::test_every_policy_has_an_upper_bound: not a regression test" in told
    test = work / "tests" / "test_queue.py"
    lines = test.read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(number for number, line in enumerate(lines) if "def test_the_same_click_is_one_order" in line)
    test.write_text("".join(lines[: place + 1]) + "    assert OrderQueue() is not None\n", encoding="utf-8")
    git(work, "commit", "--quiet", "--all", "--message", "An easier test")
    code, told = run(work, "bash", "-euc", "\n".join(commands))
    assert code == 10
    assert "tests/test_queue.py::test_the_same_click_is_one_order: not a regression test" in told
    assert "test_a_full_queue_takes_no_further_order" not in told
