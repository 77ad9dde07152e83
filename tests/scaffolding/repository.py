"""Repositories with post-mortems in files, for the tests of what is written next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from pytest_postmortem.project import Project
from pytest_postmortem.scaffolding.postmortem import Order, Written, write

TODAY = date(2026, 6, 15)
TABLE = "| ID | Action | Test |\n|----|--------|------|\n"


def repository(path: Path, files: Mapping[str, str]) -> Project:
    """A project of these files; nothing but a name is needed, a text that ends in `/` is a folder."""
    path.joinpath(".git").mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        path.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
        path.joinpath(name).write_bytes(text.encode())
    return Project(path, TODAY)


def named(*stems: str, folder: str = "docs/postmortems", extension: str = ".md") -> dict[str, str]:
    """Documents that say nothing but a heading."""
    return {f"{folder}/{stem}{extension}": "# Something else\n" for stem in stems}


def written(project: Project, title: str = "Checkout queue overflow", **fields: object) -> Written:
    """The next post-mortem, written on TODAY unless `day` says otherwise."""
    return write(project, Order(title, **{"day": TODAY, **fields}))  # type: ignore[arg-type]


def postmortem(*rows: str, more: str = "", postmortem_id: str = "PM-123") -> str:
    """A post-mortem with these rows of ID, action and test requirement."""
    head = (
        f"---\nid: {postmortem_id}\ntitle: Checkout queue overflow\ndate: 2026-02-11\n---\n# Checkout queue overflow\n"
    )
    root_cause = "## Root cause\nThe queue had no upper bound. It grew.\n"
    return head + root_cause + "## Action items\n" + TABLE + "".join(f"| {row} |\n" for row in rows) + more
