"""`postmortem history`."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from pytest_postmortem._version import __version__
from pytest_postmortem.command.showing import add_colour, asks_for_json, may_colour, note, write_or_echo
from pytest_postmortem.project import Project

__all__ = ["history"]

_PATIENCE = 1.0
"""Seconds before progress is shown."""


@click.command(
    epilog="\b\nFor example, in a checkout with its whole history:\n"
    "  postmortem history\n"
    "  postmortem history --rev origin/main --format json --output history.json"
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    help="A table to read or JSON for programs. Default: table, or json where FILE ends in .json.",
)
@click.option(
    "--output", metavar="FILE", type=click.Path(path_type=Path), help="Write it to FILE. Default: standard output."
)
@click.option("--rev", "revision", metavar="REV", default="HEAD", help="The main line that ends in REV. Default: HEAD.")
@click.pass_obj
def history(project: Project, form: str | None, output: Path | None, revision: str) -> None:
    """Tell when each incident was first guarded.

    Out of git: when it happened, and when its first guard was merged. A guard is a marker that names the post-mortem,
    or a test that its document names. The main line counts: what a branch brought counts on the day of its merge.
    Post-mortems are those of the working tree.
    """
    from pytest_postmortem.history.guards import trace
    from pytest_postmortem.history.log import Repository
    from pytest_postmortem.history.render_history import render_json, render_table
    from pytest_postmortem.reporting.columns import plain

    repository = Repository(project.settings.base, os.environ)
    catalogue = project.require_catalogue(demanded=True)
    if repository.is_partial():
        note("this clone leaves contents out, git fetches each that is looked at; clone without a filter to be faster")
    with _show_progress() as progress:
        traced = trace(repository, catalogue, project.settings, revision, progress)
    for told in traced.history.notes:
        note(told)
    if asks_for_json(form, output):
        from pytest_postmortem.reporting.escaping import for_json

        text = for_json(render_json(traced, catalogue, __version__))
    else:
        coloured = output is None and may_colour()
        text = render_table(traced, project.today, add_colour if coloured else plain)
    write_or_echo(output, text, project.settings.base)


@contextmanager
def _show_progress() -> Iterator[Callable[[int], None]]:
    """Show how many commits are done, on a terminal, once it takes long."""
    if not sys.stderr.isatty():
        yield lambda commits: None
        return
    due = time.monotonic() + _PATIENCE
    shown = False

    def progress(commits: int) -> None:
        nonlocal due, shown
        if commits % 64 == 0 and time.monotonic() >= due:
            click.echo(f"\r{commits:,} commits read", err=True, nl=False)
            due = time.monotonic() + 0.1
            shown = True

    try:
        yield progress
    finally:
        if shown:
            click.echo("\r\x1b[K", err=True, nl=False)
