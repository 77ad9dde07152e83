"""The pages for contributors: every room, file and command that they name exists."""

from __future__ import annotations

import configparser
import re
import tomllib
from pathlib import Path

import pytest

import pytest_postmortem
from tests.docs.test_pages import ROOT, table

SOURCE = Path(pytest_postmortem.__file__).parent
PAGES = [ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/contributing/*.md"))]
ROOMS = [row[0].strip("`") for row in table(PAGES[1].read_text(encoding="utf-8"), "room")]
PATH = re.compile(r"`((?:src|tests|docs|benchmarks|\.ci|\.github)/[\w./-]*)`")
IN_THE_PACKAGE = re.compile(r"`([a-z_]+(?:/[a-z_]+)*/[a-z_]*\.py)`")


def find_missing(rooms: list[str], source: Path) -> list[str]:
    """Return what the table and the folder do not have in common."""
    there = {f"{path.name}/" for path in source.iterdir() if path.joinpath("__init__.py").exists()}
    there |= {path.stem for path in source.glob("*.py")}
    return [f"no such room: {room}" for room in rooms if room not in there] + [
        f"no row for {room}" for room in sorted(there - set(rooms))
    ]


def test_every_room_has_a_row_and_every_row_a_room() -> None:
    """In docs/contributing/architecture.md, each once, with what is inside."""
    assert find_missing(ROOMS, SOURCE) == []
    assert len(ROOMS) == len(set(ROOMS))
    assert all(row[1] for row in table(PAGES[1].read_text(encoding="utf-8"), "room"))


def test_a_missing_row_and_a_row_too_many_are_found(tmp_path: Path) -> None:
    """So that the test above can fail."""
    for name in ("model/__init__.py", "git.py", "newroom.py", "left/over.txt"):
        tmp_path.joinpath(name).parent.mkdir(exist_ok=True)
        tmp_path.joinpath(name).touch()
    assert find_missing(["model/", "git", "gone/"], tmp_path) == ["no such room: gone/", "no row for newroom"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_file_that_is_named_exists(page: Path) -> None:
    """From the root, or as `room/file.py` from the package; in capitals is what the reader is to fill in."""
    text = page.read_text(encoding="utf-8")
    named = [name for name in PATH.findall(text) if not re.search("[A-Z]{4}", name)]
    assert [name for name in named if not ROOT.joinpath(name).exists()] == []
    modules = [name for name in IN_THE_PACKAGE.findall(text) if not name.startswith(("src/", "tests/"))]
    assert [name for name in modules if not SOURCE.joinpath(name).exists()] == []
    assert len(named) + len(modules) + (page.stem == "style") >= 2


def test_every_environment_and_group_that_is_named_exists() -> None:
    """Of tox.ini and pyproject.toml."""
    text = PAGES[0].read_text(encoding="utf-8")
    tox = configparser.ConfigParser()
    tox.read(ROOT / "tox.ini", encoding="utf-8")
    environments = {name.removeprefix("testenv:") for name in tox.sections()} | {"py"}
    assert set(re.findall(r"tox run -e ([a-z0-9]+)", text)) <= environments
    groups = tomllib.loads(ROOT.joinpath("pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    named = set(re.findall(r"--group ([a-z]+)", text))
    assert {"test", "lint", "types"} <= named <= set(groups)


def test_every_quick_test_exists() -> None:
    """In tests/quick.txt, which `tox run -e quick` and CONTRIBUTING name."""
    names = ROOT.joinpath("tests", "quick.txt").read_text(encoding="utf-8").splitlines()
    assert [name for name in names if not ROOT.joinpath(name).exists()] == []
    assert {"tests/reading", "tests/judging"} <= set(names)
    assert "@tests/quick.txt" in PAGES[0].read_text(encoding="utf-8")
    assert "@tests/quick.txt" in ROOT.joinpath("tox.ini").read_text(encoding="utf-8")
