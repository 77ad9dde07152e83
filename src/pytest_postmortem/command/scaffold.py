"""`postmortem scaffold-test`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from pytest_postmortem.project import Project

__all__ = ["scaffold_test"]


@click.command(
    "scaffold-test",
    epilog="\b\nFor example:\n"
    "  postmortem scaffold-test PM-123\n"
    "  postmortem scaffold-test PM-123 --action-item AI-1 --output tests/test_queue.py",
)
@click.argument("postmortem", metavar="ID")
@click.option("--action-item", "items", multiple=True, metavar="AI", help="Only for this item; may be repeated.")
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Where the tests go. Default: to the linked tests that there are.",
)
@click.pass_obj
def scaffold_test(project: Project, postmortem: str, items: tuple[str, ...], output: Path | None) -> None:
    """Write failing tests for action items.

    One for each action item of ID that requires a test and has none, marked so that it guards the item. Prints
    `path::test` for each. What is in the file stays as it is.
    """
    from pytest_postmortem.command.showing import note
    from pytest_postmortem.scaffolding.guard import scaffold

    place = None if output is None else (Path(os.path.abspath(output)), output.as_posix())
    tests = scaffold(project, postmortem, items, place)
    for path, names in tests.files.items():
        for name in names:
            click.echo(f"{os.path.relpath(path).replace(os.sep, '/')}::{name}")
    for text in tests.notes:
        note(text)
