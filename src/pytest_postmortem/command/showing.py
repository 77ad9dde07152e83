"""What the command prints: coloured on a terminal, and never where NO_COLOR is set."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pytest_postmortem.errors import EvidenceError, PostmortemError
from pytest_postmortem.reporting.escaping import for_terminal, in_lines

if TYPE_CHECKING:
    from pytest_postmortem.reporting.headlines import Line

__all__ = [
    "add_colour",
    "asks_for_json",
    "get_terminal_width",
    "may_colour",
    "note",
    "show",
    "show_error",
    "write_or_echo",
]

_COLOURS = {"green": "\x1b[32m", "yellow": "\x1b[33m", "red": "\x1b[31m", "dim": "\x1b[2m"}


def asks_for_json(form: str | None, output: Path | None) -> bool:
    """Return whether `--format`, or without it the suffix of `--output`, says JSON."""
    return form == "json" or (form is None and output is not None and output.suffix == ".json")


def show(lines: Iterable[Line]) -> None:
    """Print the lines of a report."""
    colour = False if os.environ.get("NO_COLOR") else None
    for line in lines:
        end = line.coloured or len(line.text)
        begun = click.style(line.text[:end], fg=line.colour or None, bold=line.bold or None)
        click.echo(begun + line.text[end:], color=colour)


def show_error(error: PostmortemError) -> None:
    """Print an error to stderr, foreign text in it made harmless."""
    click.echo(in_lines(str(error)), err=True)


def note(text: str) -> None:
    """Print a note to stderr, foreign text in it made harmless."""
    click.echo(f"note: {for_terminal(text)}", err=True)


def may_colour() -> bool:
    """Return whether standard output is a terminal that shows colours."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def add_colour(text: str, colour: str) -> str:
    """Return `text` in one of the colours of a table."""
    return f"{_COLOURS[colour]}{text}\x1b[0m" if text else text


def get_terminal_width() -> int | None:
    """Return the columns of the terminal that standard output is; None if it is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


# How `list` and `history` begin, as text and as JSON.
_OUR_LISTING = re.compile(
    rb"post-mortem  |no post-mortem|\[\]\s*\Z|\[\s*\{\s*\"id\":[^\n]*\n\s*\"title\":|\{\s*\"version\": \d+,\s*\"tool\":"
)


def _read_head(path: Path) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(400)
    except OSError:
        return b""  # the writing says why


def write_or_echo(output: Path | None, text: str, root: Path) -> None:
    """Print `text`, or write it to a file, through no link of the project around `root`. Raises EvidenceError.

    A file that is there and does not begin as one of these texts is kept.
    """
    if output is None:
        click.echo(text, nl=False)
        return
    from pytest_postmortem.reporting.writing import write

    head = _read_head(output)
    if head and _OUR_LISTING.match(head) is None:
        problem = "is there, and no earlier call has written it"
        raise EvidenceError(problem, origin=str(output), hint="name another file, or remove that one")
    write(output, text, root)
