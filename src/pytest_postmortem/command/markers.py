"""`postmortem markers`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from pytest_postmortem.command.codes import NOT_MET, SOURCE_FAILED
from pytest_postmortem.command.showing import note
from pytest_postmortem.errors import ConfigError, DocumentError, PostmortemError, join_errors
from pytest_postmortem.model.text import format_count
from pytest_postmortem.project import Project
from pytest_postmortem.reporting.escaping import for_json, in_lines

__all__ = ["markers"]


class _Checks(NamedTuple):
    """What was found: the markers that could be checked, the files they stand in, and those that are computed."""

    problems: Sequence[DocumentError]
    markers: int
    files: int
    computed: int


@click.command(
    epilog="\b\nFor example:\n"
    "  postmortem markers\n"
    "  postmortem markers tests/test_queue.py\n"
    "  postmortem markers --format github"
)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    help="Text to read (default), JSON for programs, or annotations for GitHub Actions.",
)
@click.pass_obj
def markers(project: Project, paths: tuple[str, ...], form: str) -> int:
    """Check every marker without running a test.

    Every marker has to name a post-mortem, or action items of one, that there are. Looked at are all Python files below
    the configuration's folder, or the files and folders that are named.
    """
    from pytest_postmortem.model.names import Names
    from pytest_postmortem.scanning.project import check_marks, list_used_names, scan_project

    settings = project.settings
    scan = scan_project(settings.base, settings.marker, paths=_find_files(settings.base, paths) if paths else None)
    used = list_used_names(scan)
    names = project.resolve_names(used) if used else Names()
    problems = sorted(
        check_marks(scan, settings.marker, names), key=lambda one: (one.origin, one.line or 0, one.problem)
    )
    computed = sum(mark.dynamic for mark in scan.marks)
    if computed:
        are = format_count(computed, "marker is computed, and is", "markers are computed, and are")
        note(f"{are} checked only when tests are collected")
    files = {mark.path for mark in scan.marks if not mark.dynamic}
    checks = _Checks(problems, len(scan.marks) - computed, len(files), computed)
    click.echo(_render(checks, form, settings.base), nl=False)
    if any(names.ids.get(name) in names.faulty for name in used):
        return SOURCE_FAILED
    return NOT_MET if problems else 0


def _render(checks: _Checks, form: str, base: Path) -> str:
    if form == "json":
        return for_json(_render_json(checks))
    if form == "github":
        from pytest_postmortem.reporting import ci

        return _render_annotations(checks, ci.find_repository_path(base) or "") + _summarize(checks)
    return _render_text(checks.problems) + _summarize(checks)


def _find_files(base: Path, paths: Iterable[str]) -> list[str]:
    """Return the Python files that are named and those below the folders, relative to `base`. Raises ConfigError."""
    from pytest_postmortem.judging.files import find_python_files

    found: dict[str, None] = {}
    absent: list[PostmortemError] = []
    for path in paths:
        if os.path.isdir(path):
            found.update(dict.fromkeys(find_python_files(base, os.path.abspath(path))))
        elif not os.path.exists(path):
            absent.append(ConfigError("there is no such file or folder", origin=path))
        elif path.endswith(".py") and os.path.isfile(path):
            found[os.path.relpath(path, base).replace(os.sep, "/")] = None
    if absent:
        raise ConfigError(join_errors(absent))
    return list(found)


def _render_text(problems: Iterable[DocumentError]) -> str:
    return "".join(f"{in_lines(str(problem))}\n" for problem in problems)


def _render_annotations(checks: _Checks, prefix: str) -> str:
    """Return as many as GitHub shows; the others stand in the log."""
    from pytest_postmortem.reporting.github_actions import MOST_ANNOTATIONS, render_annotation

    shown = [
        render_annotation(prefix + one.origin, one.line or 1, "marker", _format_problem(one)) + "\n"
        for one in checks.problems[:MOST_ANNOTATIONS]
    ]
    return "".join(shown) + _render_text(checks.problems[MOST_ANNOTATIONS:])


def _render_json(checks: _Checks) -> str:
    problems = [{"path": one.origin, "line": one.line or 1, "problem": _format_problem(one)} for one in checks.problems]
    return json.dumps({**checks._asdict(), "problems": problems}, indent=2) + "\n"


def _format_problem(problem: DocumentError) -> str:
    return f"{problem.problem}; {problem.hint}" if problem.hint else problem.problem


def _summarize(checks: _Checks) -> str:
    number = format_count(checks.markers, "marker")
    if checks.problems:
        return f"{format_count(len(checks.problems), 'problem')}; {number} in {format_count(checks.files, 'file')}\n"
    if not checks.markers:
        return "no marker to check\n"
    name = "names a real post-mortem" if checks.markers == 1 else "name real post-mortems"
    return f"{number} in {format_count(checks.files, 'file')} {name}\n"
