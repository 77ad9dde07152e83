"""`postmortem lint`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import click

from pytest_postmortem.command.codes import NOT_MET, SOURCE_FAILED
from pytest_postmortem.command.showing import show, show_error
from pytest_postmortem.errors import ConfigError, DocumentError, PostmortemError, join_errors
from pytest_postmortem.linting.selecting import select_rules, sort_unique
from pytest_postmortem.model.document import Document
from pytest_postmortem.model.postmortem import Postmortem
from pytest_postmortem.project import Project
from pytest_postmortem.reporting.escaping import for_json

__all__ = ["lint"]


def _split_codes(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    codes = tuple(code.strip() for value in values for code in value.split(",") if code.strip())
    if values and not codes:
        raise click.BadParameter("no rule is named; write codes such as PM4,PM201, or leave the option out")
    return codes


@click.command(
    epilog="\b\nFor example:\n"
    "  postmortem lint\n"
    "  postmortem lint docs/postmortems/PM-2026-001-overflow.md\n"
    "  postmortem lint --extend-select PM3 --ignore PM404 --format github\n"
    "  postmortem lint --explain PM402"
)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--select", multiple=True, callback=_split_codes, metavar="CODES", help="These rules alone: PM4, PM201, ALL."
)
@click.option("--extend-select", multiple=True, callback=_split_codes, metavar="CODES", help="These rules too: PM3.")
@click.option("--ignore", multiple=True, callback=_split_codes, metavar="CODES", help="Not these rules.")
@click.option("--format", "form", type=click.Choice(["text", "json", "github"]), default="text", help="Default: text.")
@click.option("--statistics", is_flag=True, help="Count the findings of each rule, and list none.")
@click.option("--explain", metavar="CODE", help="Tell what a rule asks for and why, with an example.")
@click.option("--rules", "list_rules", is_flag=True, help="List every rule.")
@click.pass_obj
def lint(
    project: Project, paths: tuple[str, ...], select: tuple[str, ...], extend_select: tuple[str, ...],
    ignore: tuple[str, ...], form: str, statistics: bool, explain: str | None, list_rules: bool,
) -> int:  # fmt: skip
    """Tell where a post-mortem will not lead to learning.

    Checks the post-mortems of the configured sources, or those at or below each PATH. Those of incidents before `since`
    are checked only where a PATH names them.

    Ends in 10 where there are findings, in 12 where a document cannot be read.
    """
    from pytest_postmortem.linting import render_findings
    from pytest_postmortem.linting.runner import lint as lint_documents
    from pytest_postmortem.reading.vocabulary.default import DEFAULT
    from pytest_postmortem.reading.vocabulary.placeholders import Placeholders

    if statistics and form != "text":
        raise ConfigError(f"--statistics is text, and --format says {form}", hint="leave out one of them")
    known = sort_unique(project.rules)
    if explain is not None:
        (rule, *more) = select_rules(known, [explain])
        if more:
            raise ConfigError(f"--explain takes one rule, not {explain!r}", hint="write a whole code such as PM402")
        click.echo(render_findings.explain_rule(rule), nl=False)
        return 0
    if list_rules:
        show(render_findings.render_rules(known))
        return 0
    said = project.settings.lint
    rules = select_rules(
        known,
        select or said.get("select", ()),
        (*said.get("extend-select", ()), *extend_select) if not select else extend_select,
        (*said.get("ignore", ()), *ignore) if not select else ignore,
    )
    catalogue = project.catalogue
    if not catalogue.postmortems and not catalogue.faults:
        project.require_catalogue(demanded=True)
    documents, older, passed_over = _select_documents(project, paths)
    placeholders = Placeholders(DEFAULT.extend(project.settings.words))
    linted = lint_documents(documents, rules, known, project.today, placeholders)
    for line in render_findings.describe_unchecked(older, passed_over):
        click.echo(line, err=True)
    if form == "json":
        click.echo(for_json(render_findings.render_json(linted)), nl=False)
    elif form == "github":
        from pytest_postmortem.reporting import ci

        for command in render_findings.render_annotations(linted, ci.find_repository_path(project.settings.base) or ""):
            click.echo(command)
    else:
        show(render_findings.render_statistics(linted) if statistics else render_findings.render_findings(linted))
    shown = {document.origin for document, _ in documents}
    faults = [
        fault
        for fault in catalogue.faults
        if not paths or fault.origin in shown or not isinstance(fault, DocumentError)  # a folder may hide documents
    ]
    faults += (fault for fault in linted.faults if fault not in faults)
    if faults:
        show_error(PostmortemError(join_errors(faults)))
        return SOURCE_FAILED
    return NOT_MET if linted.found else 0


def _select_documents(
    project: Project, paths: Iterable[str]
) -> tuple[list[tuple[Document, Postmortem]], int, list[tuple[str, str]]]:
    """Return what to lint, how many are older than `since`, and each PATH that is no post-mortem, with the reason.

    Raises ConfigError for a PATH that is not there.
    """
    by_origin = {document.origin: document for document in project.listing.documents}
    everything = [(by_origin[one.origin], one) for one in project.catalogue.postmortems if one.origin in by_origin]
    if not paths:
        kept = [pair for pair in everything if not pair[1].is_before(project.settings.since)]
        return kept, len(everything) - len(kept), []
    wanted: dict[str, tuple[Document, Postmortem]] = {}
    passed_over: list[tuple[str, str]] = []
    reasons = {skipped.origin: skipped.reason for skipped in project.catalogue.skipped}
    for given in paths:
        if not os.path.lexists(given):
            raise ConfigError(f"there is no {given}", hint="name a post-mortem, or a folder of them")
        place = os.path.relpath(Path.cwd() / given, project.settings.base).replace(os.sep, "/")
        inside = [
            pair for pair in everything if place in (".", pair[0].origin) or pair[0].origin.startswith(place + "/")
        ]
        wanted.update((pair[0].origin, pair) for pair in inside)
        if not inside:
            passed_over.append((given, reasons.get(place, "no source holds it")))
    return [wanted[origin] for origin in sorted(wanted)], 0, passed_over
