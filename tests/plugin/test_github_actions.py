"""A run in GitHub Actions writes a summary and annotations, and nothing of both where it was not asked to judge."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.reporting.test_escaping import obeyed

Run = Callable[..., pytest.RunResult]

LOST = 'import pytest\n@pytest.mark.incident("PM-123", action_item="AI-1")\ndef test_it(): pass\n'
DOC = "docs/postmortems/PM-123-overflow.md"


@pytest.fixture
def summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The environment of a step, whose summary already holds something."""
    path = tmp_path / "summary.md"
    path.write_text("# Build\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.com")
    monkeypatch.setenv("GITHUB_REPOSITORY", "acme/shop")
    return path


def errors(result: pytest.RunResult) -> list[str]:
    return [line for line in result.outlines if line.startswith("::")]


def test_a_violation_is_annotated_and_in_the_summary(project: pytest.Pytester, run: Run, summary: Path) -> None:
    """At the line of the item in its document; what stood in the summary stays."""
    project.makepyfile(test_shop=LOST)
    result = run("--incident-report")
    assert result.ret == 1
    line = next(
        place
        for place, text in enumerate(project.path.joinpath(DOC).read_text("utf-8").splitlines(), 1)
        if "AI-2" in text
    )
    (command,) = errors(result)
    assert command.startswith(
        f"::error file={DOC},line={line},title=PM-123/AI-2::PM-123/AI-2 requires a test and has none: no test is linked "
    )
    text = summary.read_text(encoding="utf-8")
    assert text.startswith(
        "# Build\n## ❌ Incidents\n\n1 post-mortem, 0 guarded; 1 of 2 required action items have a test; "
    )
    assert text.count("## ❌ Incidents") == 1
    assert "| PM-123/AI-2 | PM-123/AI-2 requires a test and has none&#58; " in text


def test_a_run_that_is_fine_has_a_summary_alone(project: pytest.Pytester, run: Run, summary: Path) -> None:
    """No annotation."""
    result = run("--incident-report")
    assert (result.ret, errors(result)) == (0, [])
    assert summary.read_text(encoding="utf-8").startswith("# Build\n## ✅ Incidents\n\n1 post-mortem, 1 guarded; ")


@pytest.mark.parametrize("option", ["--incident-output=e.json", "--incident-gate=linked"])
def test_every_run_that_judges_has_one(project: pytest.Pytester, run: Run, summary: Path, option: str) -> None:
    """Also one that was asked for a file or a gate alone."""
    assert run(option).ret == 0
    assert "✅ Incidents" in summary.read_text(encoding="utf-8")


def test_it_can_be_turned_off(project: pytest.Pytester, run: Run, summary: Path) -> None:
    """The report and the exit code are the same."""
    project.makepyfile(test_shop=LOST)
    result = run("--incident-report", "--no-incident-ci")
    assert (result.ret, errors(result)) == (1, [])
    assert any(line.endswith("gate failed: 1 violation") for line in result.outlines)
    assert summary.read_text(encoding="utf-8") == "# Build\n"


@pytest.mark.parametrize("arguments", [(), ("--incident", "PM-123"), ("--collect-only",)])
def test_a_run_that_does_not_judge_writes_nothing(
    project: pytest.Pytester, run: Run, summary: Path, arguments: tuple[str, ...]
) -> None:
    """Neither here nor there."""
    project.makepyfile(test_shop=LOST)
    result = run(*arguments)
    assert (result.ret, errors(result)) == (0, [])
    assert summary.read_text(encoding="utf-8") == "# Build\n"


def test_elsewhere_nothing_is_written(
    project: pytest.Pytester, run: Run, summary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where GitHub does not say that it is there."""
    monkeypatch.delenv("GITHUB_ACTIONS")
    project.makepyfile(test_shop=LOST)
    result = run("--incident-report")
    assert (result.ret, errors(result)) == (1, [])
    assert summary.read_text(encoding="utf-8") == "# Build\n"


def test_links_lead_to_the_repository(
    project: pytest.Pytester, run: Run, summary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the commit; a package within the repository is found there, in annotations too."""
    project.makepyfile(test_shop=LOST)
    shop = project.path / "services" / "shop"
    shop.mkdir(parents=True)
    for name in ("docs", "test_shop.py", "pytest.ini"):
        project.path.joinpath(name).rename(shop / name)
    git = ["git", "-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgSign=false"]
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *arguments], cwd=project.path, check=True, capture_output=True)
    head = [*git, "rev-parse", "HEAD"]
    commit = subprocess.run(head, cwd=project.path, check=True, capture_output=True, text=True).stdout.strip()
    monkeypatch.chdir(shop)
    result = run("--incident-report")
    (command,) = errors(result)
    assert command.startswith(f"::error file=services/shop/{DOC},line=")
    link = f"[PM-123/AI-2](<https://github.com/acme/shop/blob/{commit}/services/shop/{DOC}#L"
    assert link in summary.read_text(encoding="utf-8")


@pytest.mark.parametrize("place", ["a folder", "a full disk"])
def test_a_summary_that_cannot_be_written_loses_nothing_else(
    project: pytest.Pytester, run: Run, summary: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """The run fails and says so; evidence, report and annotations are there."""
    if place == "a full disk" and not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    path = summary.parent if place == "a folder" else Path("/dev/full")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
    result = run("--incident-report", "--incident-output=e.json")
    assert result.ret == 1
    reason = "Is a directory" if place == "a folder" else "No space left on device"
    told = f"ERROR: {path}: the step summary cannot be written: {reason}; turn it off with --no-incident-ci"
    assert told in result.outlines
    assert '"state":"finished"' in project.path.joinpath("e.json").read_text(encoding="utf-8")
    project.makepyfile(test_shop=LOST)
    result = run("--incident-report")
    assert (result.ret, len(errors(result))) == (1, 1)
    assert told in result.outlines


def test_ten_annotations_at_most_for_many_violations(project: pytest.Pytester, run: Run, summary: Path) -> None:
    """The last one counts what is left."""
    rows = "".join(f"| AI-{number} | Do {number} | required |\n" for number in range(30))
    project.path.joinpath(DOC).write_text(
        f"---\nid: PM-123\n---\n# T\n\n## Action items\n\n| ID | Action | Test |\n|---|---|---|\n{rows}",
        encoding="utf-8",
    )
    project.makepyfile(test_shop="def test_it(): pass\n")
    result = run("--incident-report")
    assert result.ret == 1
    assert len(errors(result)) == 10
    assert errors(result)[-1] == "::error title=incidents::and 21 more, see the summary"


def test_foreign_text_gives_no_command_of_its_own(project: pytest.Pytester, run: Run, summary: Path) -> None:
    """A title, an item, a reason and a file name that try to: every command in the log is ours."""
    hostile = "x ##[error]mine ::error::mine"
    project.path.joinpath(DOC).unlink()
    project.path.joinpath("docs", "postmortems", "PM-124 ##[error]x,line=9%0A.md").write_text(
        f'---\nid: PM-123\ntitle: "::error::mine\\n::warning::{hostile}"\n---\n# T\n\n## Action items\n\n'
        f"| ID | Action | Test |\n|---|---|---|\n| AI-1 | ::error::mine {hostile} | required |\n"
        f"| AI-2 | {hostile} | required |\n",
        encoding="utf-8",
    )
    project.makepyfile(
        test_shop='import pytest\n@pytest.mark.incident("PM-123", action_item="AI-1")\n'
        f'@pytest.mark.skip(reason="::error::mine\\n##[error]{hostile}")\ndef test_it(): pass\n'
    )
    result = run("--incident-report", "-v")
    assert result.ret == 1
    section = result.outlines[
        result.outlines.index(next(one for one in result.outlines if " incidents: " in one and "=" in one)) :
    ]
    commands = obeyed("\n".join(section))
    assert len(commands) == 2
    for command in commands:
        assert re.match(
            r"::error file=docs/postmortems/PM-124 # #\[error\]x%2Cline=9%250A\.md,line=\d+,title=PM-123/AI-", command
        )
        assert "##[" not in command
    assert not obeyed(summary.read_text(encoding="utf-8"))
