"""`postmortem lint`: what it checks, what it prints, how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pytest_postmortem.command import lint as command
from pytest_postmortem.errors import ConfigError
from pytest_postmortem.linting.builtin import RULES
from pytest_postmortem.linting.interface import Finding
from pytest_postmortem.project import Project
from tests.reporting.hostile import PAYLOADS

Lint = Callable[..., tuple[int, str, str]]
BARE = "# PM-1: Checkout down\n\n**Date:** 2026-02-11\n"
GOOD = next(rule.good for rule in RULES if rule.code == "PM402").replace(
    "## Action", "## Root cause\n\nThe queue had no upper bound.\n\n## Action"
)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """The folder of post-mortems."""
    folder = tmp_path / "docs" / "postmortems"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def lint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lint:
    """The command in this process and folder: its code, its output and its errors."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        project = Project(Path.cwd(), date(2026, 6, 15))
        done = CliRunner().invoke(command.lint, arguments, obj=project, standalone_mode=False)
        if done.exception is not None:
            raise done.exception
        return int(done.return_value), done.stdout, done.stderr

    return run


def in_process(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest_postmortem", "lint", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environ},
        capture_output=True,
        encoding="utf-8",
    )


def test_findings_are_lines_with_a_place(docs: Path, lint: Lint) -> None:
    """And the number of them; a document without any is counted too."""
    docs.joinpath("PM-1.md").write_text(BARE, encoding="utf-8")
    docs.joinpath("PM-2026-001.md").write_text(GOOD, encoding="utf-8")
    code, out, err = lint("--ignore", "PM407")
    assert (code, err) == (10, "")
    first, second, last = out.splitlines()
    assert first.startswith("docs/postmortems/PM-1.md:1: PM201 no root cause: ")
    assert second.startswith("docs/postmortems/PM-1.md:1: PM401 no action item: ")
    assert last.startswith("lint: 2 findings in 1 of 2 post-mortems")
    assert lint("--select", "PM1")[:2] == (0, "lint: 2 post-mortems, nothing found\n")


def test_json_and_statistics(docs: Path, lint: Lint) -> None:
    """For programs, and for an overview."""
    docs.joinpath("PM-1.md").write_text(BARE, encoding="utf-8")
    code, out, _ = lint("--format", "json")
    found = json.loads(out)
    assert code == 10
    assert [(one["code"], one["origin"], one["line"]) for one in found] == [
        ("PM201", "docs/postmortems/PM-1.md", 1),
        ("PM401", "docs/postmortems/PM-1.md", 1),
    ]
    assert set(found[0]) == {"code", "name", "origin", "line", "text"}
    assert lint("--statistics")[1].splitlines()[:2] == ["1 PM201 no root cause", "1 PM401 no action item"]
    assert json.loads(lint("--format", "json", "--select", "PM1")[1]) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--statistics", "--format", "json"), "--statistics is text, and --format says json; leave out one of them"),
        (("--statistics", "--format", "github"), "--statistics is text, and --format says github; leave out one"),
        (("--select", ""), "no rule is named; write codes such as PM4,PM201"),
        (("--ignore", ","), "no rule is named; write codes such as PM4,PM201"),
    ],
)
def test_options_that_ask_for_nothing_are_refused(
    docs: Path, lint: Lint, arguments: tuple[str, ...], told: str
) -> None:
    """Rather than passed over: an empty selection is none of the default rules."""
    docs.joinpath("PM-1.md").write_text(BARE, encoding="utf-8")
    with pytest.raises((ConfigError, click.BadParameter)) as caught:
        lint(*arguments)
    assert told in str(caught.value)


def test_annotations_stand_at_the_path_in_the_repository(tmp_path: Path) -> None:
    """Of a package in a monorepo too; foreign text is no command."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    folder = tmp_path / "shop" / "docs" / "postmortems"
    folder.mkdir(parents=True)
    text = BARE + "\n## Root cause\n\n::error::x%0A went down\n"
    folder.joinpath("PM-1.md").write_text(text, encoding="utf-8")
    tmp_path.joinpath("shop", "postmortem.toml").write_text('sources = ["docs/postmortems"]\n', encoding="utf-8")
    done = in_process(tmp_path / "shop", "--format", "github", "--select", "PM401")
    assert done.returncode == 10
    place = "file=shop/docs/postmortems/PM-1.md,line=1,title=PM401 no action item"
    (line,) = done.stdout.splitlines()
    assert line.startswith(f"::error {place}::no action item")


@pytest.mark.parametrize("kind", ["text", "github"])
def test_foreign_text_gives_no_command(docs: Path, lint: Lint, kind: str) -> None:
    """Ids, texts of action items and left-overs of templates, in what a terminal or a CI log shows."""
    rows = "".join(
        f"| Improve {' '.join(text.split())[:30].replace('|', ' ')} | {{{{ {text[:20]} }}}} |\n" for text in PAYLOADS
    )
    text = f"{BARE}\n## Action items\n\n| Action | Owner |\n|---|---|\n{rows}"
    docs.joinpath("PM-1.md").write_text(text.replace("\0", ""), encoding="utf-8", errors="replace")
    _, out, _ = lint("--format", kind, "--select", "ALL")
    assert len(out.splitlines()) > 20
    assert not any(character < " " or "\x7f" <= character < "\xa0" for character in out.replace("\n", ""))
    for line in out.splitlines():
        assert line.startswith(("docs/postmortems/PM-1.md:", "lint: ") if kind == "text" else "::error file=docs")


def test_paths_narrow_it(docs: Path, lint: Lint) -> None:
    """Files, folders; what is no post-mortem is said, what is not there is an error."""
    for name in ("PM-1.md", "PM-2.md", "README.md"):
        docs.joinpath(name).write_text(BARE.replace("PM-1", name[:-3]), encoding="utf-8")
    assert "in 1 of 1 post-mortem " in lint("docs/postmortems/PM-2.md")[1]
    assert "in 2 of 2 post-mortems " in lint("docs")[1]
    assert "in 2 of 2 post-mortems " in lint(".", "docs/postmortems/PM-1.md")[1]
    code, out, err = lint("docs/postmortems/README.md")
    assert (code, out) == (0, "lint: 0 post-mortems, nothing found\n")
    assert err == "note: docs/postmortems/README.md is no post-mortem here (README, index, summary or tags)\n"
    with pytest.raises(Exception, match="there is no docs"):
        lint("docs/PM-3.md")


def test_what_is_older_than_since_is_left_alone(docs: Path, lint: Lint, tmp_path: Path) -> None:
    """Unless it is named."""
    tmp_path.joinpath("postmortem.toml").write_text("since = 2026-03-01\n", encoding="utf-8")
    docs.joinpath("PM-1.md").write_text(BARE, encoding="utf-8")
    code, out, err = lint()
    assert (code, out) == (0, "lint: 0 post-mortems, nothing found\n")
    assert err == "note: 1 post-mortem older than `since` not checked; name a PATH to check them\n"
    assert lint("docs/postmortems/PM-1.md")[0] == 10


def test_the_configuration_chooses_rules(docs: Path, lint: Lint, tmp_path: Path) -> None:
    """And the command line adds to it, or takes its place."""
    docs.joinpath("PM-1.md").write_text(BARE + "\nCaused by human error.\n", encoding="utf-8")
    table = '[lint]\nextend-select = ["PM301"]\nignore = ["PM4"]\n'
    tmp_path.joinpath("postmortem.toml").write_text(table, encoding="utf-8")

    def codes(*arguments: str) -> list[str]:
        return [one["code"] for one in json.loads(lint("--format", "json", *arguments)[1])]

    assert codes() == ["PM201", "PM301"]
    assert codes("--ignore", "PM201") == ["PM301"]
    assert codes("--extend-select", "PM401") == ["PM201", "PM401", "PM301"]
    assert codes("--select", "PM4,PM1") == ["PM401"]


def test_a_placeholder_of_the_team_is_no_root_cause(docs: Path, lint: Lint, tmp_path: Path) -> None:
    """Neither for the reader nor for the rule."""
    docs.joinpath("PM-1.md").write_text(BARE + "\n## Root cause\n\nAsk Kim\n", encoding="utf-8")
    assert lint("--select", "PM201")[0] == 0
    tmp_path.joinpath("postmortem.toml").write_text('[words]\nplaceholders = ["ask kim"]\n', encoding="utf-8")
    assert lint("--select", "PM201")[0] == 10


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('lint = ["PM4"]', "postmortem.toml:1: lint: a table is needed"),
        ('[lint]\nselekt = ["PM4"]', "postmortem.toml:1: lint: unknown key 'selekt'; did you mean 'select'?"),
        ('[lint]\nselect = "PM4"', "postmortem.toml:1: lint: a list is needed, not one string"),
        ('[lint]\nignore = ["PM9"]', "no rule is called 'PM9'"),
    ],
)
def test_a_wrong_configuration_is_one_line(docs: Path, tmp_path: Path, text: str, told: str) -> None:
    """With the exit code for it."""
    docs.joinpath("PM-1.md").write_text(BARE, encoding="utf-8")
    tmp_path.joinpath("postmortem.toml").write_text(text + "\n", encoding="utf-8")
    done = in_process(tmp_path)
    assert (done.returncode, done.stdout) == (13, "")
    assert done.stderr.startswith(told)
    assert done.stderr.count("\n") == 1


def test_what_cannot_be_read_is_an_error_beside_the_findings(docs: Path, tmp_path: Path) -> None:
    """Of the documents that are checked; nothing is passed over in silence."""
    docs.joinpath("PM-1.md").write_text(BARE, encoding="utf-8")
    docs.joinpath("PM-2.md").write_text("---\nid: [\n---\n" + BARE, encoding="utf-8")
    docs.joinpath("PM-3.md").write_text(
        BARE.replace("-1", "-3") + "<!-- postmortem: ignore PM4O1 -->", encoding="utf-8"
    )
    docs.joinpath("PM-4.md").write_bytes(b"\xff\xfe")
    done = in_process(tmp_path)
    assert done.returncode == 12
    assert "PM-1.md:1: PM201" in done.stdout
    places = [line.partition(": ")[0].rpartition("/")[2] for line in done.stderr.splitlines()]
    assert places == ["PM-2.md:3", "PM-3.md:4", "PM-4.md:1"]
    assert in_process(tmp_path, "docs/postmortems/PM-1.md").returncode == 10


def test_no_post_mortem_at_all(tmp_path: Path) -> None:
    """An empty folder is not a good one."""
    done = in_process(tmp_path)
    assert done.returncode == 13
    assert "no post-mortem found in" in done.stderr


def test_explain_and_rules(lint: Lint) -> None:
    """What a rule asks for; a family is no rule."""
    code, out, _ = lint("--explain", "PM402")
    assert code == 0
    assert out.startswith("# PM402: no test required\n")
    assert "## Why it matters" in out
    assert lint("--rules")[1].splitlines()[0] == "PM101 no id"
    assert "PM301 human error as cause (opt-in)" in lint("--rules")[1]
    with pytest.raises(Exception, match="--explain takes one rule, not 'PM4'"):
        lint("--explain", "PM4")
    with pytest.raises(Exception, match="did you mean PM402"):
        lint("--explain", "PM4O2")


def test_rules_of_a_package(docs: Path, tmp_path: Path) -> None:
    """From the entry points; one that fails is told, and never passes for success."""
    site = tmp_path / "site"
    info = site / "acme-1.dist-info"
    info.mkdir(parents=True)
    info.joinpath("METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1\n", encoding="utf-8")
    info.joinpath("entry_points.txt").write_text("[pytest_postmortem]\nacme = acme\n", encoding="utf-8")
    page = Path(__file__).parents[2].joinpath("docs", "extending.md").read_text(encoding="utf-8")
    block = next(part for part in page.split("```python\n")[1:] if "lint_rules" in part).partition("```")[0]
    site.joinpath("acme.py").write_text(block, encoding="utf-8")
    docs.joinpath("PM-1.md").write_text(BARE, encoding="utf-8")
    done = in_process(tmp_path, "--select", "ACME", PYTHONPATH=str(site))
    assert done.returncode == 10
    assert "PM-1.md:1: ACME101 no services; name those" in done.stdout
    site.joinpath("acme.py").write_text(block.replace("ACME101", "PM101"), encoding="utf-8")
    done = in_process(tmp_path, PYTHONPATH=str(site))
    assert (done.returncode, done.stdout) == (12, "")
    assert "two lint rules have the code PM101" in done.stderr
    site.joinpath("acme.py").write_text(
        block.replace("if not subject.postmortem.services", "if subject.x"), encoding="utf-8"
    )
    done = in_process(tmp_path, PYTHONPATH=str(site))
    assert (done.returncode, done.stdout) == (12, "")
    assert "lint rule ACME101 on docs/postmortems/PM-1.md failed: AttributeError" in done.stderr


def test_the_public_names_make_a_rule() -> None:
    """As the documentation uses them."""
    import pytest_postmortem

    assert pytest_postmortem.Finding is Finding
    assert {"Finding", "Rule", "Subject"} <= set(pytest_postmortem.__all__)


def test_a_source_that_cannot_be_listed_is_a_fault_whatever_path_is_named(docs: Path, tmp_path: Path) -> None:
    """What lies in it may be what was meant."""
    docs.joinpath("PM-1.md").write_text(GOOD, encoding="utf-8")
    tmp_path.joinpath("postmortem.toml").write_text('sources = ["docs/postmortems", "gone"]\n', encoding="utf-8")
    done = in_process(tmp_path, "--ignore", "PM407", "docs/postmortems/PM-1.md")
    assert done.returncode == 12
    assert "the source 'gone' matches no folder and no file" in done.stderr
