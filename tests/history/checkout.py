"""A real git repository with post-mortems, made by real git commands with fixed days."""

from __future__ import annotations

import os
import subprocess
from datetime import date
from pathlib import Path

from pytest_postmortem.history.guards import Traced, trace
from pytest_postmortem.history.log import Repository
from pytest_postmortem.model.history import Guarding
from pytest_postmortem.project import Project

TODAY = date(2026, 6, 15)
IDENTITY = ("-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgSign=false")


def document(postmortem: str = "PM-1", day: str = "2026-02-11", extra: str = "", test: str = "required") -> str:
    return (
        f"---\nid: {postmortem}\ntitle: Title of {postmortem}\ndate: {day}\n{extra}---\n# Title\n\n## Action items\n\n"
        f"| ID | Action | Test |\n|----|--------|------|\n| AI-1 | Bound the queue | {test} |\n"
    )


def marked(*names: str, marker: str = "incident") -> str:
    """A test file with one test and one marker for each of `names`."""
    tests = [f'@pytest.mark.{marker}("{name}")\ndef test_{place}(): pass\n' for place, name in enumerate(names)]
    return "import pytest\n\n" + "\n".join(tests)


class Checkout:
    """A repository at `path`; `home` is where its user's own configuration of git is read from."""

    def __init__(self, path: Path, home: Path) -> None:
        self.path = path
        self.environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        self.environ |= {"HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), "GIT_CONFIG_NOSYSTEM": "1"}
        self.home = home
        home.mkdir(parents=True, exist_ok=True)
        path.mkdir(parents=True, exist_ok=True)

    @classmethod
    def made(cls, folder: Path, *postmortems: str) -> Checkout:
        """With the documents of `postmortems` committed on 2026-02-01."""
        one = cls(folder / "repo", folder / "home")
        one.git("init", "-q", "-b", "main")
        for postmortem in postmortems:
            one.write(f"docs/postmortems/{postmortem}.md", document(postmortem))
        one.commit("2026-02-01")
        return one

    def git(self, *arguments: str, day: str = "2026-01-01", **options: str) -> str:
        moment = day if "T" in day else f"{day}T12:00:00+00:00"
        environ = self.environ | {"GIT_COMMITTER_DATE": moment, "GIT_AUTHOR_DATE": "2019-01-01T00:00:00+00:00"}
        done = subprocess.run(
            ["git", *IDENTITY, *arguments], cwd=self.path, env=environ | options, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode("utf-8", "replace").strip()

    def write(self, path: str | bytes, text: str | bytes) -> None:
        file = Path(self.path, os.fsdecode(path))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)

    def remove(self, path: str) -> None:
        self.path.joinpath(path).unlink()

    def commit(self, day: str, path: str | bytes | None = None, text: str | bytes = "") -> str:
        """Commit everything on that day, after writing `text` to `path`; gives the commit's hash."""
        if path is not None:
            self.write(path, text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "change", day=day)
        return self.git("rev-parse", "HEAD")

    def trace(self, revision: str = "HEAD", below: str = ".") -> Traced:
        """The history of it all."""
        project = Project(self.path / below, TODAY)
        repository = Repository(project.settings.base, self.environ)
        return trace(repository, project.require_catalogue(demanded=True), project.settings, revision)

    def guarding(self, postmortem: str = "PM-1", revision: str = "HEAD", below: str = ".") -> Guarding:
        """The history of one post-mortem."""
        return next(one for one in self.trace(revision, below).history.guards if one.postmortem == postmortem)
