"""`postmortem show`."""

from __future__ import annotations

import os

import click

from pytest_postmortem.command.showing import get_terminal_width, note
from pytest_postmortem.command.showing import show as show_lines
from pytest_postmortem.errors import ConfigError, DocumentError
from pytest_postmortem.project import Project

__all__ = ["show"]


@click.command(
    epilog="\b\nFor example:\n  postmortem show PM-123\n  postmortem show PM-123 --evidence evidence.json --format json"
)
@click.argument("name", metavar="ID")
@click.option("--evidence", multiple=True, metavar="EVIDENCE", help="Outcomes: files, folders or globs, as for check.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="Text to read (default) or JSON for programs.",
)
@click.pass_obj
def show(project: Project, name: str, evidence: tuple[str, ...], form: str) -> None:
    """Show one post-mortem in full.

    What happened, why, what was promised, and which tests guard it. ID is whatever a marker may
    name it by: its id, an alias, or the name of its file.
    """
    from pytest_postmortem.catalogue import Catalogue
    from pytest_postmortem.command.offline_report import build_offline_report
    from pytest_postmortem.model.marker import parse_request, resolve_request
    from pytest_postmortem.reporting import ci
    from pytest_postmortem.reporting.detail import Account, Ran, render_json, render_lines
    from pytest_postmortem.reporting.escaping import for_json
    from pytest_postmortem.reporting.links import Places

    names = project.resolve_names({name})
    postmortem = project.find(names.ids[name]) if name in names.ids else None
    _, problems = resolve_request(parse_request((name,), {}, ""), names)
    if postmortem is None or problems:
        raise (ConfigError if postmortem is None else DocumentError)(problems[0])
    offline = build_offline_report(project, Catalogue((postmortem,)), names, evidence)
    (verdict,) = offline.report.postmortems
    pattern = project.settings.link or ci.get_link_pattern(os.environ, project.settings.base)
    commit = project.commit if "{commit}" in pattern else None
    addresses = {postmortem.origin: postmortem.url} if postmortem.url else {}
    account = Account(
        verdict,
        {one.item.id: one.days for one in offline.report.overdue},
        Places(pattern, commit, addresses).document(postmortem.origin, postmortem.line),
        offline.report.hints,
        tuple(
            Ran(shard.origin, shard.finished.isoformat(timespec="seconds"), shard.commit) for shard in offline.shards
        ),
    )
    for told in offline.notes:
        note(told)
    if form == "json":
        click.echo(for_json(render_json(account)), nl=False)
    else:
        show_lines(render_lines(account, get_terminal_width()))
