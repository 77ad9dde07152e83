"""`postmortem list`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pytest_postmortem.command.showing import (
    add_colour,
    asks_for_json,
    get_terminal_width,
    may_colour,
    note,
    write_or_echo,
)
from pytest_postmortem.project import Project

if TYPE_CHECKING:
    from pytest_postmortem.judging.report import PostmortemVerdict

__all__ = ["list_"]


def _parse_day(_ctx: click.Context, _param: click.Parameter, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        raise click.BadParameter(f"{value!r} is no date; write it as 2026-01-31") from None


@click.command(
    "list",
    epilog="\b\nFor example:\n"
    "  postmortem list --unguarded\n"
    "  postmortem list --overdue --owner payments\n"
    "  postmortem list --evidence evidence.json --severity SEV1 --format json",
)
@click.option("--evidence", multiple=True, metavar="EVIDENCE", help="Outcomes: files, folders or globs, as for check.")
@click.option("--unguarded", is_flag=True, help="Those that are unguarded, partly guarded or failing.")
@click.option("--overdue", is_flag=True, help="Those with an action item past its due date, shown by owner.")
@click.option("--waived", is_flag=True, help="Those with an action item whose test is waived, or was.")
@click.option("--owner", metavar="NAME", help="Those with an action item of this owner, or of this team.")
@click.option("--severity", metavar="SEVERITY", help="Those of this severity: SEV1 and sev-1 are one.")
@click.option("--service", metavar="SERVICE", help="Those that concern this service.")
@click.option("--since", metavar="DATE", callback=_parse_day, help="Those of this day and later, or without a date.")
@click.option(
    "--sort",
    type=click.Choice(["date", "id", "severity", "state"]),
    default="date",
    help="The newest (default), the first id, the severest or the worst first.",
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
@click.pass_obj
def list_(
    project: Project,
    evidence: tuple[str, ...],
    unguarded: bool,
    overdue: bool,
    waived: bool,
    owner: str | None,
    severity: str | None,
    service: str | None,
    since: date | None,
    sort: str,
    form: str | None,
    output: Path | None,
) -> None:
    """List the post-mortems, their states and their tests.

    Without evidence, the markers in the sources tell which tests there are, and nothing tells whether they pass.
    Filters may be combined: a post-mortem has to satisfy all of them.
    """
    from pytest_postmortem.command.offline_report import build_offline_report
    from pytest_postmortem.judging.filtering import Filter, sort_verdicts
    from pytest_postmortem.judging.marker_names import collect_names
    from pytest_postmortem.reporting.columns import plain
    from pytest_postmortem.reporting.listing import render_overdue, render_table

    filter_ = Filter(unguarded, overdue, waived, owner, severity, service, since)
    catalogue = project.require_catalogue(demanded=True)
    offline = build_offline_report(project, catalogue, collect_names(catalogue, project.today), evidence)
    every = offline.report.postmortems
    late = filter_.select_owned(offline.report.overdue)
    chosen = sort_verdicts([one for one in every if filter_.matches(one, late)], sort)
    _note_all(offline.notes)
    if not chosen:
        click.echo("no post-mortem matches", err=True)
        _note_all(filter_.find_unknown(every))
    width, paint = (get_terminal_width(), add_colour if may_colour() else plain) if output is None else (None, plain)
    if asks_for_json(form, output):
        text = _render_json(chosen)
    elif not chosen and output is None:
        return
    elif overdue:
        origins = {one.postmortem.origin for one in chosen}
        text = render_overdue([one for one in late if one.origin in origins], width, paint)
    else:
        text = render_table(chosen, len(every), width, paint)
    write_or_echo(output, text, project.settings.base)


def _note_all(texts: Iterable[str]) -> None:
    for text in texts:
        note(text)


def _render_json(verdicts: Iterable[PostmortemVerdict]) -> str:
    import json

    from pytest_postmortem.evidence.writing import build_postmortem_values
    from pytest_postmortem.reporting.escaping import for_json

    return for_json(json.dumps([build_postmortem_values(verdict) for verdict in verdicts], indent=2) + "\n")
