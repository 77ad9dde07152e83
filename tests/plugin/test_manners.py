"""A guest in other people's test runs: nothing imported, written, warned of or changed that nobody asked for."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.plugin.conftest import Run

HEAVY = {
    "yaml", "pyromark", "requests", "jinja2", "click", "tomllib", "difflib", "pytest_postmortem.plugin.parts",
    "pytest_postmortem.plugin.context",
    "pytest_postmortem.catalogue", "pytest_postmortem.config.settings", "pytest_postmortem.judging", "pytest_postmortem.project",
    "pytest_postmortem.reading", "pytest_postmortem.reporting", "pytest_postmortem.sources",
}  # fmt: skip
SPY = """
import sys

def pytest_unconfigure(config):
    if not hasattr(config, "workerinput"):
        print("loaded:", *sorted(name for name in sys.modules))
"""


def loaded(pytester: pytest.Pytester, *args: str) -> set[str]:
    """The modules of a run in a process of its own, those aside that pytest loads without us."""
    pytester.makeconftest(SPY)
    modules = []
    for ours in (("-p", "no:postmortem"), args):
        command = [sys.executable, "-m", "pytest", "-s", *ours]
        told = subprocess.run(command, cwd=pytester.path, capture_output=True, text=True, check=False).stdout
        modules.append(set(next(line for line in told.splitlines() if line.startswith("loaded:")).split()))
    return modules[1] - modules[0]


def test_an_unused_plugin_imports_nothing_heavy(pytester: pytest.Pytester) -> None:
    """A run with no marker and no option of ours, in a project whose configuration is not ours."""
    pytester.makepyfile("def test_it(): pass")
    pytester.makefile(".toml", pyproject='[project]\nname = "shop"\n')
    extra = loaded(pytester)
    assert "pytest_postmortem.plugin" in extra
    assert not extra & HEAVY


def test_heavy_modules_are_seen_where_they_are_used(project: pytest.Pytester) -> None:
    """So that the test above can fail."""
    document = project.path / "docs" / "postmortems" / "PM-123-overflow.md"
    text = document.read_text(encoding="utf-8")
    document.write_text(text.replace("incidents: [INC-77]", "incidents:\n  - INC-77"), encoding="utf-8")
    extra = loaded(project, "--incident-report")
    assert {"yaml", "pyromark", "pytest_postmortem.judging"} <= extra


def test_a_marker_needs_no_judging_and_no_report(project: pytest.Pytester) -> None:
    """Ids are resolved without what only a report needs."""
    extra = loaded(project)
    assert "pytest_postmortem.reading.syntax.markdown" in extra
    assert not extra & {"pytest_postmortem.judging.report", "pytest_postmortem.judging.gate", "requests", "jinja2"}


def test_a_document_without_front_matter_needs_no_yaml(project: pytest.Pytester) -> None:
    """What reads it is imported when a block asks for it."""
    document = project.path / "docs" / "postmortems" / "PM-123-overflow.md"
    document.write_text(document.read_text(encoding="utf-8").rpartition("---\n#")[2], encoding="utf-8")
    extra = loaded(project)
    assert "pytest_postmortem.reading.syntax.front_matter" in extra
    assert "yaml" not in extra


@pytest.mark.parametrize("options", [(), ("--incident-report",)], ids=["marker", "report"])
def test_our_modules_are_loaded_as_installed_for_the_run_alone(
    project: pytest.Pytester, options: Sequence[str]
) -> None:
    """Not through pytest's rewriting of assertions; and what finds them is gone when pytest has ended."""
    program = """
import sys, pytest
before = list(sys.meta_path)
assert pytest.main(sys.argv[1:]) == 0
loaders = {name: type(module.__loader__).__name__ for name, module in sys.modules.items() if name.startswith("pytest_postmortem.")}
print("plain:", {loaders[f"pytest_postmortem.{name}"] for name in ("plugin.parts", "project", "reading.syntax.markdown")})
print("rewritten:", loaders["pytest_postmortem.plugin"])
print("left:", [one for one in sys.meta_path if one not in before])
"""
    command = [sys.executable, "-c", program, "-W", "error", *options]
    done = subprocess.run(command, cwd=project.path, capture_output=True, text=True, check=True)
    told = done.stdout.splitlines()[-3:]
    assert told[0] == "plain: {'SourceFileLoader'}"
    assert told[1] == "rewritten: AssertionRewritingHook"
    assert told[2] == "left: []"


@pytest.mark.parametrize("options", [(), ("--incident-report",), ("--incident=PM-123",), ("--collect-only",)])
def test_nothing_is_written_that_nobody_named(project: pytest.Pytester, run: Run, options: tuple[str, ...]) -> None:
    """The same files before and after, with and without a report."""

    def files() -> set[Path]:
        return {path for path in project.path.rglob("*") if "__pycache__" not in path.parts}

    before = files()
    assert run("-p", "no:cacheprovider", *options).ret == 0
    assert files() == before


def test_strict_settings_have_nothing_to_complain_of(project: pytest.Pytester, run: Run) -> None:
    """Under -W error, with strict markers and strict configuration."""
    result = run("--incident-report", "-W", "error", "--strict-markers", "--strict-config")
    assert result.ret == 0
    assert "warning" not in result.stdout.str().lower()


def test_no_terminal_is_needed(project: pytest.Pytester, run: Run) -> None:
    """Without a terminal reporter the run is judged, and its evidence written, all the same."""
    project.makepyfile(test_shop="def test_it(): pass")
    result = run("-p", "no:terminal", "--incident-report", "--incident-output=e.json")
    assert result.ret == 1
    assert '"verdict":"failed"' in project.path.joinpath("e.json").read_text(encoding="utf-8")


def test_without_the_plugin_its_option_is_an_error(project: pytest.Pytester) -> None:
    """A CI command that carries --incident-report cannot lose the gate in silence."""
    result = project.runpytest_subprocess("-p", "no:postmortem", "--incident-report")
    assert result.ret == 4
    assert "unrecognized arguments: --incident-report" in result.stderr.str()


def test_the_marker_is_listed(pytester: pytest.Pytester) -> None:
    """In `pytest --markers`, with its grammar."""
    lines = pytester.runpytest_inprocess("--markers").outlines
    assert any(line.startswith("@pytest.mark.incident(*ids, action_item=None): this test guards") for line in lines)


OUTCOMES = """
import pytest, unittest

def test_passes(): pass
def test_fails(): assert 1 == 2
@pytest.mark.skip(reason="x")
def test_skipped(): pass
@pytest.mark.xfail
def test_xfails(): assert 0
@pytest.fixture
def broken(): raise RuntimeError("setup")
def test_error(broken): pass
@pytest.mark.parametrize("a", [1, 2])
def test_parameters(a): assert a == 1
class TestCase(unittest.TestCase):
    def test_method(self): pass
    def test_sub(self):
        with self.subTest(a=1): self.fail()
"""


def test_a_suite_of_others_ends_the_same(pytester: pytest.Pytester) -> None:
    """The text of every line, apart from the list of plugins and the time, is that of a run without the plugin."""
    pytester.makepyfile(test_it=OUTCOMES)

    def told(*options: str) -> list[str]:
        result = pytester.runpytest_subprocess("-v", "-rA", "-p", "no:randomly", *options)
        return [line.rpartition(" in ")[0] or line for line in result.outlines if not line.startswith("plugins:")]

    assert told("-p", "no:postmortem") == told()
