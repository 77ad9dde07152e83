"""Twelve ways to lose a guard, held against the CI commands of this tool and of two peers:
`python -m benchmarks.lost_guards [FAULT...]`.

Each tool has the same project: one requirement, guarded by one test that passes, and one test beside it. It is set up
as the tool's README says, with every check that fails CI switched on (`reqcov as init`: the rules that `reqcov init`
writes); everything is installed into a temporary virtual environment. Each fault runs plain and with two workers
(`-n 2`). Exit 1 if this tool leaves a fault green.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOREIGN = ("GITHUB", "GITLAB", "CI", "PYTEST", "POSTMORTEM", "PYTHONPATH", "TOX", "VIRTUAL_ENV")
RED, NOT_JUDGED, GREEN = "red", "not judged", "GREEN"
PATH = "tests/test_guard.py"
GUARD = "MARK\ndef test_guard(): assert shop.limit == 10\n"


@dataclass(frozen=True, slots=True)
class Fault:
    """A way to lose the guard: the text of the test file, in which MARK and MISTYPED are the tool's markers."""

    name: str
    test: str = GUARD
    files: Mapping[str, str] = field(default_factory=dict)
    args: tuple[str, ...] = ()


HEALTHY = Fault("(no fault)")
FAULTS = (
    Fault("guard deleted", ""),
    Fault("mark.skip", "@pytest.mark.skip(reason='later')\n" + GUARD),
    Fault("pytest.skip() in the body", "MARK\ndef test_guard(): pytest.skip('no')\n"),
    Fault("xfail that xpasses", "@pytest.mark.xfail\n" + GUARD),
    Fault("id mistyped", GUARD.replace("MARK", "MISTYPED")),
    Fault("a second test mistyped", GUARD + "MISTYPED\ndef test_second(): assert shop.limit\n"),
    Fault("marker removed", GUARD.replace("MARK\n", "")),
    Fault("name no longer collected", GUARD.replace("test_guard", "tset_guard")),
    Fault("collect_ignore", files={"tests/conftest.py": "collect_ignore = ['test_guard.py']\n"}),
    Fault("importorskip of a typo", "pytest.importorskip('shpo')\n" + GUARD),
    Fault("code regressed", files={"shop.py": "limit = 11\n"}),
    Fault("--deselect", args=("--deselect", f"{PATH}::test_guard")),
)


@dataclass(frozen=True, slots=True)
class Tool:
    """How a tool is set up: its own files, its marker with the id as `{}`, and the commands of its CI job.

    The arguments of a fault, and `-n 2`, go to the first command, which is pytest. If `last_only`, only the last
    command has to notice; otherwise it is enough that any does.
    """

    name: str
    marker: str
    ids: tuple[str, str]
    files: Mapping[str, str]
    commands: tuple[tuple[str, ...], ...]
    imports: str = ""
    last_only: bool = False


DOCUMENT = """\
---
id: PM-1
---
# Overflow

## Action items

| ID | Action | Status | Test |
|----|--------|--------|------|
| AI-1 | Bound the queue | open | required |
"""
REQUIREMENT = "## REQ-1 - Bound the queue\nThe queue shall be bounded.\nVerification: test\n"
REQCOV = """\
requirements: [docs/requirements/**/*.md]
tests: [tests/**/*]
junit: [reports/*.xml]
rules:
  min_test_coverage: 100
  fail_on_unknown_ids: true
  fail_on_failing_tests: true
"""
JUNIT = ("pytest", "--junitxml=reports/junit.xml")


def _ours(name: str, *commands: tuple[str, ...], last_only: bool = False) -> Tool:
    marker = '@pytest.mark.incident("{}", action_item="AI-1")'
    return Tool(name, marker, ("PM-1", "PM-11"), {"docs/postmortems/PM-1.md": DOCUMENT}, commands, last_only=last_only)


def _reqcov(name: str, rules: str) -> Tool:
    files = {"docs/requirements/queue.md": REQUIREMENT, "reqcov.yml": REQCOV + rules}
    return Tool(name, '@pytest.mark.req("{}")', ("REQ-1", "REQ-11"), files, (JUNIT, ("reqcov", "check")))


TOOLS = (
    _ours("--incident-gate=passed", ("pytest", "--incident-gate=passed")),
    _ours("--incident-report", ("pytest", "--incident-report")),
    _ours("check", ("pytest", "--incident-output=e.json"), ("postmortem", "check", "e.json"), last_only=True),
    Tool(
        "pytest-verifies",
        '@verifies("{}")',
        ("REQ-1", "REQ-11"),
        {"requirements.json": '{"requirements": [{"id": "REQ-1", "text": "The queue shall be bounded"}]}\n'},
        (
            (
                "pytest",
                "--verifies-baseline=requirements.json",
                "--verifies-disallow-orphans",
                "--verifies-fail-under=100",
            ),
        ),
        imports="from pytest_verifies import verifies\n",
    ),
    _reqcov("reqcov", "  min_verified: 100\n"),
    _reqcov("reqcov as init", ""),
)
OURS = TOOLS[:3]


def install(folder: Path) -> Path:
    """Install this project and its peers into a new virtual environment, and return the folder of its programs."""
    groups = tomllib.loads(ROOT.joinpath("pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    pip = [str(programs / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, str(ROOT), *groups["peers"]], check=True)
    return programs


def judge(tool: Tool, fault: Fault, programs: Path, workers: bool) -> str:
    """What the tool's CI job makes of the fault: RED, NOT_JUDGED or GREEN."""
    right, wrong = (tool.marker.format(name) for name in tool.ids)
    head = "import pytest\nimport shop\n" + tool.imports
    files = {
        "pytest.ini": "[pytest]\npythonpath = .\nmarkers =\n    req: requirement\n",
        "shop.py": "limit = 10\n",
        "tests/test_other.py": "def test_other(): pass\n",
        PATH: head + fault.test.replace("MARK", right).replace("MISTYPED", wrong),
        **tool.files,
        **fault.files,
    }
    environ = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    environ["PATH"] = f"{programs}{os.pathsep}{environ['PATH']}"
    done = []
    with tempfile.TemporaryDirectory() as name:
        for path, text in files.items():
            place = Path(name, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        for number, (program, *rest) in enumerate(tool.commands):
            extra = () if number else (*(("-n", "2") if workers else ()), *fault.args)
            command = [programs / program, *rest, *extra]
            done.append(subprocess.run(command, cwd=name, env=environ, capture_output=True, text=True, check=False))
    counted = done[-1:] if tool.last_only else done
    if tool in OURS and "gate passed" in counted[-1].stdout:
        return GREEN
    if any(one.returncode for one in counted):
        return RED
    return NOT_JUDGED if "gate not judged" in counted[-1].stdout else GREEN


def print_row(name: str, cells: Sequence[str]) -> None:
    """Print one line of the table."""
    print(f"{name:<26}" + "".join(f"{cell:>26}" for cell in cells), flush=True)


def main() -> None:
    """Print the table, and count what each tool leaves green."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lost_guards", description=__doc__)
    parser.add_argument("faults", nargs="*", metavar="FAULT", help="which ones, by name (default: all)")
    asked = parser.parse_args()
    unknown = set(asked.faults) - {fault.name for fault in FAULTS}
    if unknown:
        parser.error(f"no fault is named {sorted(unknown)[0]!r}; there are {', '.join(one.name for one in FAULTS)}")
    green: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        programs = install(Path(folder, "venv"))
        print("each cell: a plain run / a run with -n 2")
        print_row("", [tool.name for tool in TOOLS])
        for fault in (HEALTHY, *(one for one in FAULTS if not asked.faults or one.name in asked.faults)):
            cells = []
            for tool in TOOLS:
                found = [judge(tool, fault, programs, workers) for workers in (False, True)]
                cells.append(" / ".join(found))
                if fault is HEALTHY and found != [GREEN, GREEN]:
                    raise SystemExit(f"{tool.name} is {cells[-1]} without a fault: the table would show nothing")
                green[tool.name] += fault is not HEALTHY and GREEN in found
            print_row(fault.name, cells)
        print_row("left green", [str(green[tool.name]) for tool in TOOLS])
    sys.exit(any(green[tool.name] for tool in OURS))


if __name__ == "__main__":
    main()
