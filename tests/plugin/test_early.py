"""The evidence says `running` before any conftest.py is loaded: a run that dies early leaves no older one standing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.evidence.test_writing import validate
from tests.workers import TWO_WORKERS

OLD: dict[str, Any] = {"$schema": "https://pytest-postmortem.readthedocs.io/evidence.schema.json", "state": "finished"}


def run(project: pytest.Pytester, *arguments: str, **environ: str) -> int:
    """The exit code of pytest in a process of its own."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(
        command, cwd=project.path, env=os.environ | environ, capture_output=True, check=False
    ).returncode


def old(project: pytest.Pytester, name: str = "e.json") -> Path:
    path = project.path / name
    path.write_text(json.dumps(OLD), encoding="utf-8")
    return path


def state(path: Path) -> str:
    return str(json.loads(path.read_text(encoding="utf-8"))["state"])


@pytest.mark.parametrize(
    ("files", "options"),
    [
        ({"conftest.py": "raise SystemExit(0)"}, ()),
        ({"conftest.py": "import os; os._exit(0)"}, ()),
        ({"conftest.py": "import nothing_of_that_name"}, ()),
        ({"conftest.py": "def pytest_configure(): import os; os._exit(0)"}, ()),
        ({"conftest.py": "raise SystemExit(0)"}, TWO_WORKERS),
        ({"conftest.py": "raise SystemExit(0)", "pytest.ini": "[pytest]\naddopts = --incident-output=e.json"}, ("-q",)),
        ({}, ("--no-such-option",)),
    ],
    ids=["exit", "os._exit", "import error", "configure", "workers", "addopts", "usage"],
)
def test_a_run_that_dies_early_leaves_no_older_evidence(
    project: pytest.Pytester, files: dict[str, str], options: tuple[str, ...]
) -> None:
    """By the schema, of this run, also in a folder that is not there yet."""
    for name, text in files.items():
        project.path.joinpath(name).write_text(text, encoding="utf-8")
    path = old(project)
    outputs = () if "pytest.ini" in files else ("--incident-output=e.json", "--incident-output=new/f.json")
    run(project, *options, *outputs)
    said = validate(path.read_text(encoding="utf-8"))
    assert (said["state"], said["configuration"]) == ("running", None)
    assert not outputs or state(project.path / "new" / "f.json") == "running"


@pytest.mark.parametrize("options", [(), TWO_WORKERS], ids=["plain", "workers"])
def test_a_run_that_goes_on_replaces_it(project: pytest.Pytester, options: tuple[str, ...]) -> None:
    """Workers do not write it again."""
    project.makeconftest(
        "import json, os\n"
        "def pytest_sessionstart(session):\n"
        "    said = json.load(open('e.json'))\n"
        "    open(f'seen-{os.getpid()}', 'w').write(said['state'] + str(said['configuration'] is not None))\n"
    )
    path = old(project)
    assert run(project, *options, "--incident-output=e.json") == 0
    assert state(path) == "finished"
    seen = {one.read_text(encoding="utf-8") for one in project.path.glob("seen-*")}
    assert seen == {"runningTrue"}


@pytest.mark.parametrize(
    "option", ["--help", "--version", "--markers", "--fixtures", "--fixtures-per-test", "--cache-show"]
)
def test_what_only_prints_something_changes_nothing(project: pytest.Pytester, option: str) -> None:
    """Neither an older evidence nor a file that is not there."""
    path = old(project)
    arguments = [sys.executable, "-m", "pytest", option, "--incident-output=e.json", "--incident-output=f.json"]
    subprocess.run(arguments, cwd=project.path, capture_output=True, check=True)
    assert state(path) == "finished"
    assert not project.path.joinpath("f.json").exists()


def test_a_file_of_somebody_else_is_left_alone(project: pytest.Pytester) -> None:
    """Other JSON, a folder and other formats, in a run that dies; what cannot be written is no error yet."""
    project.makeconftest("raise SystemExit(7)")
    names = ("package.json", "report.html", "folder.json", "package.json/x.json", "long" * 100 + ".json")
    project.path.joinpath("package.json").write_text('{"name": "shop"}', encoding="utf-8")
    project.path.joinpath("folder.json").mkdir()
    run(project, *(f"--incident-output={name}" for name in names))
    assert project.path.joinpath("package.json").read_text(encoding="utf-8") == '{"name": "shop"}'
    assert not project.path.joinpath("report.html").exists()
    assert list(project.path.joinpath("folder.json").iterdir()) == []
