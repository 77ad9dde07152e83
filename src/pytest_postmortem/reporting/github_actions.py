"""GitHub Actions: violations as annotations at the document's line, and the summary of the step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pytest_postmortem.errors import EvidenceError
from pytest_postmortem.judging.gate import Decision
from pytest_postmortem.reporting.escaping import for_command, for_command_property
from pytest_postmortem.reporting.interface import Finished
from pytest_postmortem.reporting.markdown import MOST_BYTES, Markdown

__all__ = ["MOST_ANNOTATIONS", "add_summary", "is_here", "render_annotation", "render_commands"]

MOST_ANNOTATIONS = 10
"""GitHub shows ten errors a step."""


def is_here(environ: Mapping[str, str]) -> bool:
    """Return whether this process runs in GitHub Actions."""
    return environ.get("GITHUB_ACTIONS") == "true"


def render_commands(decision: Decision, prefix: str = "") -> Iterator[str]:
    """Yield one workflow command a violation; `prefix` makes a document's path relative to the repository."""
    number = len(decision.violations)
    shown = number if number <= MOST_ANNOTATIONS else MOST_ANNOTATIONS - 1
    for one in decision.violations[:shown]:
        title = f"{one.postmortem}/{one.item}".rstrip("/")
        yield render_annotation(prefix + one.origin, one.line, title, f"{one.text}; {one.hint}")
    if number > shown:
        yield f"::error title=incidents::and {number - shown} more, see the summary"


def render_annotation(path: str, line: int, title: str, text: str) -> str:
    """Return the workflow command that shows `text` as an error at a line of a file; `path` is relative to the
    repository."""
    place = f"file={for_command_property(path)},line={line}"
    return f"::error {place},title={for_command_property(title)}::{for_command(text)}"


def add_summary(environ: Mapping[str, str], finished: Finished, option: str = "--no-incident-ci") -> None:
    """Append the Markdown report to the step summary, as far as it has room. Raises EvidenceError if it cannot."""
    name = environ.get("GITHUB_STEP_SUMMARY")
    if not name:
        return
    path = Path(name)
    text = Markdown().render(finished)
    try:
        there = path.stat().st_size if path.exists() else 0
        if there + len(text.encode("utf-8", "backslashreplace")) > MOST_BYTES + 100 * 1024:
            text = text.partition("\n### ")[0].partition("\n<details>")[0] + "\n"
        with open(path, "a", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(text)
    except OSError as error:
        problem = f"the step summary cannot be written: {error.strerror or error}"
        raise EvidenceError(problem, origin=name, hint=f"turn it off with {option}") from None
