"""The CI recipes are workflows whose commands run on the example, and the pages of the command say what it does."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from pytest_postmortem.command import codes, subcommands
from tests.docs.test_pages import FENCE, ROOT, page, table

*RECIPES, GITLAB = [yaml.load(block, yaml.SafeLoader) for kind, block in FENCE.findall(page("ci.md")) if kind == "yaml"]
NAMES = re.findall(r"^## (.*)$", page("ci.md"), re.MULTILINE)
MARK = '@pytest.mark.incident("PM-2026-001", action_item="AI-1")\n'


def jobs(recipe: dict[str, Any]) -> list[dict[str, Any]]:
    return list(recipe["jobs"].values())


def variants(job: dict[str, Any]) -> list[dict[str, str]]:
    """The values of the job's matrix, one after the other."""
    matrix = job.get("strategy", {}).get("matrix", {})
    if "include" in matrix:
        return [{name: str(value) for name, value in one.items()} for one in matrix["include"]]
    names = list(matrix)
    return [dict(zip(names, values, strict=True)) for values in itertools.product(*matrix.values())]


def filled(text: str, variant: dict[str, str]) -> str:
    for name, value in variant.items():
        text = text.replace(f"${{{{ matrix.{name} }}}}", value)
    assert "${{" not in text
    return text


@pytest.mark.parametrize("recipe", RECIPES, ids=NAMES[: len(RECIPES)])
def test_a_recipe_gives_nothing_away(recipe: dict[str, Any]) -> None:
    """It may read and no more, keeps no credentials, and judges also where tests failed."""
    assert recipe["permissions"] == {"contents": "read"}
    assert "pull_request_target" not in str(recipe)
    assert "secrets." not in str(recipe)
    steps = [step for job in jobs(recipe) for step in job["steps"]]
    for step in steps:
        if "checkout" in step.get("uses", ""):
            assert re.search(r"@[0-9a-f]{40}$", step["uses"])
            assert step["with"]["persist-credentials"] is False
        if "upload-artifact" in step.get("uses", ""):
            assert step["if"] == "always()"
    ((job, check),) = [
        (job, step)
        for job in jobs(recipe)
        for step in job["steps"]
        if step.get("run", "").startswith("postmortem check")
    ]
    assert "always()" in f"{job.get('if')} {check.get('if')}"
    for job in jobs(recipe):
        if "github.token" in str(job):
            assert "pytest --" not in str(job), "a token stays away from the code under test"


def example(folder: Path, broken: bool) -> Path:
    """A checkout of the example, whole or without one of its guarding tests."""
    shop = folder / "shop"
    shutil.copytree(ROOT / "examples" / "shop", shop, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    if broken:
        queue = shop / "tests" / "test_queue.py"
        text = queue.read_text(encoding="utf-8")
        start = text.index(MARK)
        queue.write_text(text[:start] + text[text.index('@pytest.mark.incident("PM-2026-002"') :], encoding="utf-8")
    git = ["git", "-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgSign=false"]
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x"]):
        subprocess.run([*git, *arguments], cwd=shop, check=True)
    return shop


@pytest.mark.parametrize("broken", [False, True], ids=["guarded", "deleted"])
@pytest.mark.parametrize("recipe", RECIPES, ids=NAMES[: len(RECIPES)])
def test_a_recipe_runs_on_the_example(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recipe: dict[str, Any], broken: bool
) -> None:
    """Its commands, in its environment, end in 0; and in 10 where somebody has deleted a guarding test."""
    shop = example(tmp_path, broken)
    summary = tmp_path / "summary.md"
    for name, value in {
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": "acme/shop",
    }.items():
        monkeypatch.setenv(name, value)
    code = None
    for job in jobs(recipe):
        for variant in variants(job):
            monkeypatch.delenv("POSTMORTEM_SHARD", raising=False)
            for name, value in job.get("env", {}).items():
                monkeypatch.setenv(name, filled(value, variant))
            for step in job["steps"]:
                command = filled(step.get("run", ""), variant)
                if command.startswith("pytest "):
                    run([sys.executable, "-m", *command.split()], shop)
                elif "gh run download" in command:
                    whole = example(tmp_path / "main", broken=False)
                    run([sys.executable, "-m", "pytest", f"--incident-output={shop}/baseline/tests.json"], whole)
                elif command.startswith("postmortem "):
                    code = run([sys.executable, "-m", "pytest_postmortem", *command.split()[1:]], shop)
    assert code == (10 if broken else 0)
    text = summary.read_text(encoding="utf-8")
    assert ("❌ Incidents" in text) == broken
    assert "https://github.com/acme/shop/blob/" in text


@pytest.mark.parametrize("broken", [False, True], ids=["guarded", "deleted"])
def test_the_gitlab_recipe_runs_on_the_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: bool) -> None:
    """Its links lead to GitLab, and the page is there whatever the verdict."""
    shop = example(tmp_path, broken)
    monkeypatch.setenv("GITLAB_CI", "true")
    monkeypatch.setenv("CI_PROJECT_URL", "https://gitlab.com/acme/shop")
    assert GITLAB["pages"]["when"] == GITLAB["tests"]["artifacts"]["when"] == "always"
    run([sys.executable, "-m", *GITLAB["tests"]["script"][-1].split()], shop)
    command = GITLAB["pages"]["script"][-1].split()[1:]
    assert run([sys.executable, "-m", "pytest_postmortem", *command], shop) == (10 if broken else 0)
    text = shop.joinpath(GITLAB["pages"]["artifacts"]["paths"][0], "index.html").read_text(encoding="utf-8")
    assert "https://gitlab.com/acme/shop/-/blob/" in text


def run(command: list[str], folder: Path) -> int:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode


def test_there_is_a_recipe_for_each_way() -> None:
    """One job, shards, a matrix, forks, a baseline, a page, another service."""
    assert NAMES[:4] == ["One job", "Shards", "Matrix", "Pull requests from forks"]
    assert NAMES[4:7] == ["Against the main branch", "The page on GitHub Pages", "GitLab"]
    assert len(RECIPES) == 6


COMMANDS = ["check", "fetch", "history", "lint", "list", "markers", "new", "prove", "scaffold-test", "show"]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_option_tables_are_those_of_the_command(name: str) -> None:
    """Every option, with its help."""
    group = click.Group()
    subcommands.add_to(group)
    options = [one for one in group.commands[name].params if isinstance(one, click.Option)]
    section = page("command.md").partition(f"\n## {name}\n")[2]
    assert table(section, "option") == [[f"`{one.opts[-1]}`", str(one.help)] for one in options]


def test_every_exit_code_has_its_row() -> None:
    """Those of codes.py, and 0."""
    known = {"0", *(str(getattr(codes, name)) for name in codes.__all__)}
    assert {row[0] for row in table(page("command.md"), "code")} == known
