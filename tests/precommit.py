"""Whether pre-commit itself runs both hooks of this repository: `tox run -e precommit`.

Installs them as a user does, from a commit of this repository, into a project that changes a document and its tests.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCUMENT = """\
---
id: PM-1
date: 2026-02-11
---
# Checkout queue overflow

## Root cause

The order queue had no upper bound.

## Action items

| ID | Action | Scope | Owner | Due | Status | Test |
|----|--------|-------|-------|-----|--------|------|
| AI-1 | Reject orders when the queue is full | systemic | payments | 2099-03-01 | open | required |
"""
TEST = 'import pytest\n\n\n@pytest.mark.incident("PM-1", action_item="AI-1")\ndef test_it():\n    pass\n'
CONFIGURATION = """\
repos:
  - repo: {repository}
    rev: {commit}
    hooks:
      - id: postmortem-markers
      - id: postmortem-lint
"""


class Project:
    """A project with the hooks installed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "shop"
        self.folder.mkdir()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
        who = {f"GIT_{who}_{what}": "t@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        self.environ = {**kept, **who, "PRE_COMMIT_HOME": str(folder / "home"), "PRE_COMMIT_COLOR": "never"}

    def run(self, *command: str) -> tuple[int, str]:
        """A command in the project: its code, and all that it prints."""
        done = subprocess.run(
            command, cwd=self.folder, env=self.environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        return done.returncode, done.stdout

    def write(self, path: str, text: str) -> None:
        """Write a file and stage everything."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        self.run("git", "add", "--all")

    def commit(self, fails: bool, *told: str) -> None:
        """Commit what is staged; the hooks let it through or not, and say why."""
        code, printed = self.run("git", "commit", "--message", "change")
        if bool(code) is not fails or not all(text in printed for text in told):
            raise SystemExit(f"the commit ended in {code}, and not all of {told} is in:\n{printed}")
        print(f"a commit ended in {code}, as it should: {told[0]}")


def main() -> None:
    """Good documents and markers pass; a worse document and a marker without one do not."""
    commit = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=ROOT, text=True).strip()
    folder = Path(tempfile.mkdtemp(prefix="postmortem-hooks-"))
    try:
        project = Project(folder)
        project.run("git", "init", "--quiet")
        project.write(".pre-commit-config.yaml", CONFIGURATION.format(repository=ROOT, commit=commit))
        project.write("docs/postmortems/PM-1.md", DOCUMENT)
        project.write("tests/test_it.py", TEST)
        code, printed = project.run(sys.executable, "-m", "pre_commit", "install")
        if code:
            raise SystemExit(printed)
        project.commit(False, "incident markers name real post-mortems", "post-mortems will lead to learning", "Passed")
        project.write("docs/postmortems/PM-1.md", DOCUMENT.replace("payments", ""))
        project.commit(True, "PM403 action item AI-1 has no owner", "docs/postmortems/PM-1.md:15")
        project.write("docs/postmortems/PM-1.md", DOCUMENT.replace("AI-1", "AI-2"))
        project.commit(True, 'tests/test_it.py:4: PM-1 has no action item "AI-1"', "did you mean AI-2?")
        project.write("docs/postmortems/PM-1.md", DOCUMENT.replace("payments", "checkout"))
        project.commit(False, "Passed")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
