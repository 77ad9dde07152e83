"""What the command prints: coloured on a terminal, and never where NO_COLOR is set."""

from __future__ import annotations

import os
from collections.abc import Iterable

import click

from pytest_postmortem.errors import PostmortemError
from pytest_postmortem.reporting.escaping import in_lines
from pytest_postmortem.reporting.terminal import Line

__all__ = ["show", "show_error"]


def show(lines: Iterable[Line]) -> None:
    """Print the lines of a report."""
    colour = False if os.environ.get("NO_COLOR") else None
    for line in lines:
        click.echo(click.style(line.text, fg=line.colour or None, bold=line.bold or None), color=colour)


def show_error(error: PostmortemError) -> None:
    """Print an error to stderr, foreign text in it made harmless."""
    click.echo(in_lines(str(error)), err=True)
