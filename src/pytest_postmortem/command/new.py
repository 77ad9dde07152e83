"""`postmortem new`."""

from __future__ import annotations

import os
import shlex
from datetime import date
from pathlib import Path

import click

from pytest_postmortem.errors import ConfigError
from pytest_postmortem.project import Project

__all__ = ["new"]


def _parse_day(_ctx: click.Context, _param: click.Parameter, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        if len(value.strip()) == len("2026-02-11"):
            day = date.fromisoformat(value.strip())
            if not 1970 <= day.year <= 2200:
                raise click.BadParameter(f"{value!r} is no day of a post-mortem; years from 1970 to 2200 are read")
            return day
    except ValueError:
        pass
    raise click.BadParameter(f"{value!r} is no date; write it as YYYY-MM-DD, for example 2026-02-11")


@click.command(
    epilog="\b\nFor example:\n"
    '  postmortem new "Checkout queue overflow"\n'
    '  postmortem new "Double orders" --date 2026-02-11 --severity SEV2 --service checkout --edit'
)
@click.argument("title")
@click.option("--severity", metavar="S", default="", help="The severity, such as SEV1.")
@click.option(
    "--date", "day", callback=_parse_day, metavar="YYYY-MM-DD", help="When it happened. Default: today, in UTC."
)
@click.option("--service", "services", multiple=True, metavar="NAME", help="A service it reached; may be repeated.")
@click.option(
    "--template",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The template. Default: that of the configuration, else one beside the documents, else ours.",
)
@click.option(
    "--folder",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Where it goes. Default: beside the newest document.",
)
@click.option("--edit", is_flag=True, help="Open it in the editor of VISUAL or EDITOR.")
@click.pass_obj
def new(
    project: Project, title: str, severity: str, day: date | None, services: tuple[str, ...], template: Path | None,
    folder: Path | None, edit: bool,
) -> None:  # fmt: skip
    """Write the next post-mortem.

    Prints its path. Id and file name continue the form that the documents of this repository have; nothing is
    overwritten.
    """
    from pytest_postmortem.command.showing import note
    from pytest_postmortem.scaffolding.postmortem import Order, write

    place = None if folder is None else _resolve_folder(Path(os.path.abspath(folder)), project.settings.base)
    source = None if template is None else (template, str(template))
    written = write(project, Order(title, day or project.today, severity, services, place, source, Path.cwd()))
    shown = os.path.relpath(written.path)
    click.echo(shown)
    for text in written.notes:
        note(text)
    if edit:
        _edit(shown)


def _resolve_folder(folder: Path, base: Path) -> str:
    """Return `folder` as it is called in origins. Raises ConfigError if it is outside `base`."""
    from pytest_postmortem.scaffolding.folders import find_origin

    place = find_origin(base, folder)
    if place is None:
        raise ConfigError(f"the folder leads out of {base}", origin=str(folder), hint="name a folder of this project")
    return "" if place == "." else place


def _edit(path: str) -> None:
    import subprocess

    from pytest_postmortem.command.showing import note

    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    try:
        command = shlex.split(editor, posix=os.name != "nt")
        if not command:
            note("there is no editor to open it in: set VISUAL or EDITOR")
            return
        code = subprocess.run([*command, path], check=False).returncode
        if code:
            note(f"the editor {editor} ended in {code}")
    except (OSError, ValueError) as error:
        note(f"the editor {editor} cannot be started: {getattr(error, 'strerror', None) or error}")
