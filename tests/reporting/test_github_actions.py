"""GitHub Actions: annotations at the document's line, and the summary of the step."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_postmortem.errors import EvidenceError
from pytest_postmortem.judging.gate import Decision, Violation, decide
from pytest_postmortem.model.state import Policy, Verdict
from pytest_postmortem.reporting.escaping import for_terminal
from pytest_postmortem.reporting.github_actions import add_summary, is_here, render_commands
from pytest_postmortem.reporting.interface import Finished
from pytest_postmortem.reporting.markdown import MOST_BYTES, Markdown
from tests.builders import META, item, postmortem, report
from tests.reporting.hostile import NUMBERS, PAYLOADS
from tests.reporting.test_escaping import obeyed, odd, unescaped


def violation(number: int = 1, **fields: str) -> Violation:
    told = {
        "postmortem": "PM-1",
        "item": f"AI-{number}",
        "origin": "docs/a.md",
        "text": "is missing",
        "hint": "mark it",
    }
    told |= fields
    return Violation(state="missing", line=number, **told)


def decision(*violations: Violation) -> Decision:
    return Decision(Verdict.FAIL, Policy.LINKED, violations=violations)


def parsed(line: str) -> tuple[str, dict[str, str], str]:
    """A command as the runner reads it: its name, its properties, its message."""
    assert line.startswith("::")
    head, _, message = line[2:].partition("::")
    name, _, properties = head.partition(" ")
    pairs = [pair.partition("=")[::2] for pair in properties.split(",")]
    told = {key: unescaped(value, prop=True) for key, value in pairs}
    assert len(told) == len(pairs)
    return name, told, unescaped(message, prop=False)


def finished(number: int = 1) -> Finished:
    made = report([postmortem(f"PM-{place}", item()) for place in range(number)])
    return Finished(made, decide(made, Policy.LINKED), META, "2026-06-15T08:04:12+00:00", 1)


@pytest.mark.parametrize(
    ("value", "here"), [("true", True), ("false", False), ("", False), ("1", False), (None, False)]
)
def test_github_says_that_it_is_there(value: str | None, here: bool) -> None:
    """By one variable."""
    assert is_here({} if value is None else {"GITHUB_ACTIONS": value}) is here


def test_a_violation_is_annotated_at_its_line() -> None:
    """Relative to the repository, with what to do."""
    assert list(render_commands(decision(violation(7)), "services/shop/")) == [
        "::error file=services/shop/docs/a.md,line=7,title=PM-1/AI-7::is missing; mark it"
    ]
    (line,) = render_commands(decision(violation(3, item="")))
    assert parsed(line) == ("error", {"file": "docs/a.md", "line": "3", "title": "PM-1"}, "is missing; mark it")


def test_without_a_violation_nothing_is_annotated() -> None:
    """Whatever the verdict."""
    assert not list(render_commands(decision()))


@pytest.mark.parametrize("number", [1, 9, 10, 11, 12, 500])
def test_at_most_ten_lines_are_written(number: int) -> None:
    """GitHub shows ten of a step: the one that counts the rest must be among them."""
    made = list(render_commands(decision(*map(violation, range(1, number + 1)))))
    assert len(made) == min(number, 10)
    told = [parsed(line) for line in made]
    if number > 10:
        assert told[-1][0] == "error"
        assert told[-1][2] == f"and {number - 9} more, see the summary"
        told.pop()
    assert [properties["title"] for _, properties, _ in told] == [f"PM-1/AI-{place + 1}" for place in range(len(told))]


@pytest.mark.parametrize("field", ["postmortem", "item", "origin", "text", "hint"])
@pytest.mark.parametrize("payload", PAYLOADS, ids=NUMBERS)
def test_foreign_text_adds_no_command_and_no_property(payload: str, field: str) -> None:
    """The runner reads back the same fields, and the text as a terminal would show it."""
    (line,) = render_commands(decision(violation(7, **{field: payload})), "shop/")
    assert obeyed(line) == [line]
    assert "##[" not in line
    assert not odd(line)
    name, properties, message = parsed(line)
    assert (name, list(properties), properties["line"]) == ("error", ["file", "line", "title"], "7")
    told = {"postmortem": "PM-1", "item": "AI-7", "origin": "docs/a.md", "text": "is missing", "hint": "mark it"}
    told |= {field: payload}
    assert properties["file"] == for_terminal(f"shop/{told['origin']}")
    assert properties["title"] == for_terminal(f"{told['postmortem']}/{told['item']}".rstrip("/"))
    assert message == for_terminal(f"{told['text']}; {told['hint']}")


# --- the summary -----------------------------------------------------------------------------------------------------


def test_the_summary_is_appended(tmp_path: Path) -> None:
    """What other steps wrote stays, a second run adds its own."""
    path = tmp_path / "summary.md"
    path.write_text("# Build\n", encoding="utf-8")
    environ = {"GITHUB_STEP_SUMMARY": str(path)}
    add_summary(environ, finished())
    text = Markdown().render(finished())
    assert path.read_text(encoding="utf-8") == f"# Build\n{text}"
    add_summary(environ, finished())
    assert path.read_text(encoding="utf-8") == f"# Build\n{text}{text}"


def test_a_summary_that_is_not_there_yet_is_made(tmp_path: Path) -> None:
    """With line feeds alone."""
    add_summary({"GITHUB_STEP_SUMMARY": str(tmp_path / "new.md")}, finished())
    assert tmp_path.joinpath("new.md").read_bytes() == Markdown().render(finished()).encode()


@pytest.mark.parametrize("environ", [{}, {"GITHUB_STEP_SUMMARY": ""}])
def test_without_a_place_for_it_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]
) -> None:
    """Such as on a server that knows no summaries."""
    monkeypatch.chdir(tmp_path)
    add_summary(environ, finished())
    assert not list(tmp_path.iterdir())


def test_a_summary_that_is_nearly_full_gets_the_verdict_alone(tmp_path: Path) -> None:
    """One of over 1 MiB would be dropped whole, with what other steps wrote."""
    path = tmp_path / "summary.md"
    path.write_text("x\n" * 300_000, encoding="utf-8")
    add_summary({"GITHUB_STEP_SUMMARY": str(path)}, finished(5000))
    text = path.read_text(encoding="utf-8")
    assert len(text.encode()) < 1024 * 1024
    assert text.startswith("x\nx\n")
    assert text.replace("x\n", "").splitlines() == [
        "## ❌ Incidents",
        "",
        "5000 post-mortems, 0 guarded; 0 of 5000 required action items have a test; gate failed&#58; 5000 violations",
        "",
    ]


def test_a_long_report_alone_fits(tmp_path: Path) -> None:
    """Cut at its own limit."""
    path = tmp_path / "summary.md"
    add_summary({"GITHUB_STEP_SUMMARY": str(path)}, finished(5000))
    assert 800 * 1024 < path.stat().st_size <= MOST_BYTES
    assert "*Cut here" in path.read_text(encoding="utf-8")


def test_a_summary_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A folder, a file that is no folder, a full disk: with the way out."""
    tmp_path.joinpath("file").write_text("kept", encoding="utf-8")
    full = [("/dev/full", "No space left on device")] if Path("/dev/full").exists() else []
    for path, reason in [(tmp_path, "Is a directory"), (tmp_path / "file" / "s.md", "Not a directory"), *full]:
        with pytest.raises(EvidenceError) as caught:
            add_summary({"GITHUB_STEP_SUMMARY": str(path)}, finished())
        assert str(caught.value) == (
            f"{path}: the step summary cannot be written: {reason}; turn it off with --no-incident-ci"
        )
    assert tmp_path.joinpath("file").read_text(encoding="utf-8") == "kept"
