"""The files of .github and the hooks of this repository: valid, pinned, without secrets; the release checks its tag."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from pytest_postmortem._version import __version__
from tests.docs.test_pages import ROOT

FILES = sorted([*ROOT.glob(".github/**/*.yml"), *ROOT.glob(".pre-commit*.yaml")])
WORKFLOWS = [path for path in FILES if path.parent.name == "workflows"]


def load(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), yaml.SafeLoader)


def steps(workflow: Any) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def test_every_kind_is_there() -> None:
    """So that the tests below look at something."""
    names = {path.relative_to(ROOT).as_posix() for path in FILES}
    assert {".github/workflows/ci.yml", ".github/workflows/release.yml", ".github/dependabot.yml"} <= names
    assert {".pre-commit-config.yaml", ".pre-commit-hooks.yaml", ".github/ISSUE_TEMPLATE/bug.yml"} <= names


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_is_yaml_of_its_kind(path: Path) -> None:
    """With the keys that GitHub or pre-commit requires."""
    there = load(path)
    if path in WORKFLOWS:
        assert {"name", True, "permissions", "jobs"} <= there.keys()  # YAML 1.1 reads `on` as true
        assert there["permissions"] == {"contents": "read"}
        assert all({"runs-on", "timeout-minutes", "steps"} <= job.keys() for job in there["jobs"].values())
        assert "secrets." not in path.read_text(encoding="utf-8")
    elif path.name == "dependabot.yml":
        assert there["version"] == 2
        assert {one["package-ecosystem"] for one in there["updates"]} == {"github-actions", "pip"}
    elif path.name == "config.yml":
        assert there == {"blank_issues_enabled": True}
    elif path.parent.name == "ISSUE_TEMPLATE":
        assert {"name", "description", "body"} <= there.keys()
        ids = [field["id"] for field in there["body"] if field["type"] != "markdown"]
        assert len(ids) == len(set(ids)) >= 2
        assert all(field["attributes"].get("label") for field in there["body"] if field["type"] != "markdown")
    else:
        hooks = [hook for repo in there["repos"] for hook in repo["hooks"]] if "repos" in there else there
        assert all({"id", "name", "entry", "language"} <= hook.keys() for hook in hooks)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_and_the_same_everywhere(path: Path) -> None:
    """By commit, with the version beside it; the same action in the same version in every workflow."""
    pins = re.findall(r"uses: (\S+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(pins) == sum("uses" in step for step in steps(load(path)))
    everywhere = {pin for one in WORKFLOWS for pin in re.findall(r"uses: (\S+@[0-9a-f]{40})", one.read_text("utf-8"))}
    assert len(everywhere) == len({pin.partition("@")[0] for pin in everywhere})
    for step in steps(load(path)):
        if "checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False


def test_only_the_publishing_job_may_write() -> None:
    """It has the one permission that trusted publishing needs, and neither a checkout nor a command of ours."""
    jobs = load(ROOT / ".github/workflows/release.yml")["jobs"]
    assert {name: job["permissions"] for name, job in jobs.items() if "permissions" in job} == {
        "publish": {"id-token": "write"}
    }
    publish = jobs["publish"]
    assert [step["uses"].partition("@")[0] for step in publish["steps"]] == [
        "actions/download-artifact",
        "pypa/gh-action-pypi-publish",
    ]
    assert publish["steps"][1]["with"] == {"attestations": True}
    assert set(publish["needs"]) == {"build", "tests"}
    assert publish["environment"]["name"] == "pypi"


@pytest.mark.skipif(os.name == "nt" or shutil.which("bash") is None, reason="GitHub runs the step with bash on Linux")
@pytest.mark.parametrize(
    ("tag", "version", "heading", "code"),
    [
        ("v1.2.3", "1.2.3", "## [1.2.3] - 2026-12-01", 0),
        ("v1.2.4", "1.2.3", "## [1.2.3] - 2026-12-01", 1),
        ("1.2.3", "1.2.3", "## [1.2.3] - 2026-12-01", 1),
        ("v", "", "## [] - 2026-12-01", 1),
        ("v1.2.3", "1.2.3", "## [Unreleased]", 1),
        ("v1.2.3", "1.2.3", "## [1.2.3]", 1),
    ],
)
def test_a_tag_that_is_not_the_version_is_refused(
    tmp_path: Path, tag: str, version: str, heading: str, code: int
) -> None:
    """The step of the workflow itself, as GitHub runs it; also a version without its section in the changelog."""
    package = tmp_path / "src" / "pytest_postmortem"
    package.mkdir(parents=True)
    real = ROOT.joinpath("src", "pytest_postmortem", "_version.py").read_text(encoding="utf-8")
    package.joinpath("_version.py").write_text(real.replace(__version__, version), encoding="utf-8")
    tmp_path.joinpath("CHANGELOG.md").write_text(f"# Changelog\n\n{heading}\n", encoding="utf-8")
    build = load(ROOT / ".github/workflows/release.yml")["jobs"]["build"]["steps"]
    names = [step.get("name") for step in build]
    assert names.index("the tag is the version") < [step.get("run") for step in build].index("python -m build")
    script = build[names.index("the tag is the version")]["run"]
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "GITHUB_REF_NAME": tag},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (code, "")
    assert done.stdout.startswith("::error::") == (code != 0)


def test_the_hooks_check_what_ci_checks() -> None:
    """With the requirement of the group `lint`, and the environment `types`."""
    hooks = {hook["id"]: hook for repo in load(ROOT / ".pre-commit-config.yaml")["repos"] for hook in repo["hooks"]}
    groups = tomllib.loads(ROOT.joinpath("pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    assert hooks["ruff-check"]["additional_dependencies"] == groups["lint"]
    assert hooks["ruff-format"]["additional_dependencies"] == groups["lint"]
    assert hooks["mypy"]["entry"].endswith("-e types")
