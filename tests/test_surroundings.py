"""What is around the project changes nothing: git's variables, its filters, folders, names and logs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from pytest_postmortem.config.pytest_root import find_pytest_root
from pytest_postmortem.errors import ConfigError
from pytest_postmortem.git import Git
from pytest_postmortem.project import Project
from pytest_postmortem.proving.sample import build_environment
from pytest_postmortem.reporting.escaping import for_json
from tests.reading.texts import read

IDENTITY = ("-c", "user.name=x", "-c", "user.email=x@example.test", "-c", "commit.gpgsign=false")


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *IDENTITY, *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


def make_repository(folder: Path) -> str:
    """A repository with one commit; return the commit."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q")
    git(folder, "commit", "-q", "--allow-empty", "-m", folder.name)
    return git(folder, "rev-parse", "HEAD")


def test_the_variables_of_git_lead_to_no_other_repository(tmp_path: Path) -> None:
    """As in a hook of another repository."""
    commit = make_repository(tmp_path / "ours")
    assert make_repository(tmp_path / "theirs") != commit
    theirs = tmp_path / "theirs"
    environ = {
        **os.environ,
        "GIT_DIR": str(theirs / ".git"),
        "GIT_WORK_TREE": str(theirs),
        "GIT_INDEX_FILE": str(theirs / ".git" / "index"),
        "GIT_CEILING_DIRECTORIES": str(tmp_path / "ours"),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.worktree",
        "GIT_CONFIG_VALUE_0": str(theirs),
    }
    assert Project(tmp_path / "ours", date(2026, 6, 15), environ=environ).commit == commit
    assert Git(tmp_path / "ours", environ).resolve("HEAD") == commit


def test_filters_of_the_configuration_do_not_run(tmp_path: Path) -> None:
    """Neither clean nor smudge nor a process, required or not."""
    make_repository(tmp_path / "ours")
    ours = tmp_path / "ours"
    ours.joinpath(".gitattributes").write_text("*.txt filter=evil\n*.dat filter=worse\n", encoding="utf-8")
    ours.joinpath("a.txt").write_text("a\n", encoding="utf-8")
    ours.joinpath("b.dat").write_text("b\n", encoding="utf-8")
    git(ours, "add", ".")
    git(ours, "commit", "-q", "-m", "files")
    mark = tmp_path / "ran"
    for key in ("evil.smudge", "evil.clean", "worse.process"):
        git(ours, "config", f"filter.{key}", f"touch {mark}; cat")
    git(ours, "config", "filter.evil.required", "true")
    asked = Git(ours, os.environ)
    for name in ("a.txt", "b.dat"):
        ours.joinpath(name).unlink()
    assert asked.ask("checkout-index", "--all", "--force")[0] == 0
    assert ours.joinpath("a.txt").read_text(encoding="utf-8") == "a\n"
    asked.ask("hash-object", "-w", "a.txt")
    assert not mark.exists()


def test_a_refusal_of_git_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout of another user."""
    make_repository(tmp_path / "ours")
    environ = {**os.environ, "HOME": str(tmp_path)}
    real = Git.ask

    def refused(self: Git, *arguments: str, **options: object) -> tuple[int, bytes, bytes]:
        if arguments[0] == "rev-parse":
            return 128, b"", b"fatal: detected dubious ownership in repository at '/x'\n"
        return real(self, *arguments)

    monkeypatch.setattr(Git, "ask", refused)
    with pytest.raises(
        ConfigError, match=r"belongs to another user \(dubious ownership\); run this as its owner, or `git config"
    ):
        Git(tmp_path / "ours", environ)


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({}, "a/b"),
        ({"pytest.ini": ""}, "."),
        ({"pyproject.toml": "[tool.pytest.ini_options]\n"}, "."),
        ({"a/pyproject.toml": "[project]\n"}, "a"),
        ({"a/pyproject.toml": "[project]\n", "tox.ini": "[pytest]\n"}, "."),
        ({"setup.cfg": "[metadata]\n"}, "a/b"),
        ({"setup.cfg": "[tool:pytest]\n"}, "."),
        ({"setup.py": ""}, "."),
    ],
)
def test_the_command_starts_where_pytest_does(pytester: pytest.Pytester, files: dict[str, str], found: str) -> None:
    """Compared with pytest itself."""
    top = pytester.path
    folder = top / "a" / "b"
    folder.mkdir(parents=True)
    for name, text in files.items():
        top.joinpath(name).write_text(text, encoding="utf-8")
    assert find_pytest_root(folder) == (top / found).resolve()
    os.chdir(folder)
    pytester.runpytest_inprocess("--collect-only").stdout.fnmatch_lines([f"rootdir: {(top / found).resolve()}"])


def test_an_unconfigured_command_in_a_subfolder_sees_what_pytest_sees(tmp_path: Path) -> None:
    """The documents of the repository."""
    tmp_path.joinpath("pytest.ini").write_text("", encoding="utf-8")
    documents = tmp_path / "docs" / "postmortems"
    documents.mkdir(parents=True)
    documents.joinpath("PM-1.md").write_text("# PM-1: Outage\n", encoding="utf-8")
    below = tmp_path / "src" / "shop"
    below.mkdir(parents=True)
    project = Project(below, date(2026, 6, 15), as_pytest=True)
    assert [one.id for one in project.catalogue.postmortems] == ["PM-1"]
    assert not Project(below, date(2026, 6, 15)).catalogue.postmortems


@pytest.mark.parametrize(
    ("written", "aliases", "faults"),
    [
        ("[[INC-77]]", ("INC-77",), 0),
        ("{id: INC-77}", ("INC-77",), 0),
        ("[{id: INC-77}, INC-78, [INC-79, INC-80]]", ("INC-77", "INC-78", "INC-79", "INC-80"), 0),
        ("INC-77, INC-78", ("INC-77", "INC-78"), 0),
        ("[]", (), 0),
        ("{number: 77}", (), 1),
        ("[{name: x}, INC-78]", ("INC-78",), 1),
    ],
)
def test_aliases_are_read_or_refused(written: str, aliases: tuple[str, ...], faults: int) -> None:
    """Never dropped."""
    found = read(f"---\nid: PM-1\nincidents: {written}\n---\n# Outage\n")
    assert found.aliases == aliases
    assert len(found.faults) == faults
    assert all("has an entry that is not an id; write it as `incidents: [INC-77]`" in str(one) for one in found.faults)


def test_secrets_do_not_reach_the_tests_of_a_proof(tmp_path: Path) -> None:
    """By their names, or as a URL with a password; what holds a token of the configuration never, what tests need always."""
    secret = [
        *(
            "MY_PASS",
            "DBPWD",
            "JWT",
            "SENTRY_DSN",
            "SLACK_WEBHOOK",
            "CONNECTION_STRING",
            "AZURE_CONNSTR",
            "SIGNING_KEY",
        ),
        *("GH_TOKEN", "A_SECRET", "AWS_CREDENTIALS", "NPM_AUTH", "DB_PASSWORD"),
    ]
    kept = {
        "PATH": "/bin",
        "HOME": "/h",
        "PWD": "/h",
        "OLDPWD": "/",
        "LANG": "C",
        "URL": "https://a.test:8/x@y",
        "TZ": "UTC",
    }
    environ = dict.fromkeys(secret, "x") | kept | {"BROKER": "amqp://me:word@host/", "JIRA": "x", "ALLOWED_PWD": "x"}
    given = build_environment(environ, tmp_path, ["ALLOWED_PWD", "JIRA"], ["JIRA"])
    assert {name for name in environ if name in given} == {*kept, "ALLOWED_PWD"}


def test_json_holds_no_workflow_command() -> None:
    """And means the same."""
    values = [
        "::error::x",
        "::stop-commands::x",
        "##[error]",
        "##vso[task]",
        "tests/a.py::test_b",
        "a ::set-output name=x::y",
    ]
    shown = for_json(json.dumps(values))
    assert json.loads(shown) == values
    assert "::error" not in shown
    assert "##[" not in shown
    assert "##vso" not in shown
    assert "tests/a.py::test_b" in shown


@pytest.mark.parametrize("link", [".postmortem/shop.json", ".postmortem"])
@pytest.mark.parametrize("target", ["there", "dangling"])
def test_fetch_writes_through_no_link(tmp_path: Path, link: str, target: str) -> None:
    """As a pull request may bring one: to somebody's file, to none, and for the folder."""
    project, outside = tmp_path / "project", tmp_path / "outside"
    project.mkdir()
    outside.mkdir()
    theirs = outside / "theirs"
    if link.endswith(".json"):
        project.joinpath(".postmortem").mkdir()
        if target == "there":
            theirs.write_text("keep", encoding="utf-8")
    elif target == "there":
        theirs.mkdir()
    project.joinpath(link).symlink_to(theirs)
    project.joinpath("feed.json").write_text('[{"id": "1", "title": "Down", "text": "# PM-1: Down"}]', encoding="utf-8")
    project.joinpath("postmortem.toml").write_text(
        '[[remote]]\nname = "shop"\ntype = "feed"\nfile = "feed.json"\n'
        'map = {key = "id", title = "title", body = "text"}\n',
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest_postmortem", "fetch"], cwd=project, capture_output=True, text=True, check=False
    )
    assert done.returncode == 11
    assert f"{link} is a link, and links of the project are not followed" in done.stderr
    if target == "dangling":
        assert not theirs.exists()
    else:
        assert theirs.read_text(encoding="utf-8") == "keep" if theirs.is_file() else not list(theirs.iterdir())
