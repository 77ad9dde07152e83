"""`postmortem lint`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from pytest_postmortem.command.codes import NOT_MET, SOURCE_FAILED
from pytest_postmortem.command.showing import show, show_error
from pytest_postmortem.errors import ConfigError, DocumentError, PostmortemError, join_errors
from pytest_postmortem.linting.selecting import select_rules, sort_unique
from pytest_postmortem.model.document import Document
from pytest_postmortem.model.postmortem import Postmortem
from pytest_postmortem.project import Project
from pytest_postmortem.reporting.escaping import for_json

if TYPE_CHECKING:
    from pytest_postmortem.catalogue import Catalogue
    from pytest_postmortem.linting.interface import Rule
    from pytest_postmortem.linting.runner import Linted

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
        click.echo(render_findings.explain_rule(_find_rule(known, explain)), nl=False)
        return 0
    if list_rules:
        show(render_findings.render_rules(known))
        return 0
    rules = _select_rules(project, known, select, extend_select, ignore)
    catalogue = project.catalogue
    if not catalogue.postmortems and not catalogue.faults:
        project.require_catalogue(demanded=True)
    selection = _select_documents(project, paths)
    placeholders = Placeholders(DEFAULT.extend(project.settings.words))
    linted = lint_documents(selection.documents, rules, known, project.today, placeholders)
    for line in render_findings.describe_unchecked(selection.older, selection.unchecked):
        click.echo(line, err=True)
    _print(linted, form, statistics, project.settings.base)
    faults = _list_faults(catalogue, linted, None if not paths else selection)
    if faults:
        show_error(PostmortemError(join_errors(faults)))
        return SOURCE_FAILED
    return NOT_MET if linted.found else 0


def _find_rule(known: Sequence[Rule], selector: str) -> Rule:
    """Return the one rule to explain. Raises ConfigError."""
    (rule, *more) = select_rules(known, [selector])
    if more:
        raise ConfigError(f"--explain takes one rule, not {selector!r}", hint="write a whole code such as PM402")
    return rule


def _select_rules(
    project: Project, known: Sequence[Rule], select: Sequence[str], extend: Sequence[str], ignore: Sequence[str]
) -> list[Rule]:
    """Return the rules of the command line, on top of those of the configuration unless it selects its own."""
    if select:
        return select_rules(known, select, extend, ignore)
    configured = project.settings.lint
    return select_rules(
        known,
        configured.get("select", ()),
        (*configured.get("extend-select", ()), *extend),
        (*configured.get("ignore", ()), *ignore),
    )


def _print(linted: Linted, form: str, statistics: bool, base: Path) -> None:
    from pytest_postmortem.linting import render_findings

    if form == "json":
        click.echo(for_json(render_findings.render_json(linted)), nl=False)
    elif form == "github":
        from pytest_postmortem.reporting import ci

        for command in render_findings.render_annotations(linted, ci.find_repository_path(base) or ""):
            click.echo(command)
    elif statistics:
        show(render_findings.render_statistics(linted))
    else:
        show(render_findings.render_findings(linted))


class _Selection(NamedTuple):
    """Documents to lint, how many are older than `since`, and each PATH that is not a post-mortem, with the reason."""

    documents: list[tuple[Document, Postmortem]]
    older: int = 0
    unchecked: Sequence[tuple[str, str]] = ()


def _list_faults(catalogue: Catalogue, linted: Linted, selection: _Selection | None) -> list[PostmortemError]:
    """Return every fault, or those of the `selection` and of whatever may hide documents, such as a folder."""
    faults = list(catalogue.faults)
    if selection is not None:
        shown = {document.origin for document, _ in selection.documents}
        faults = [fault for fault in faults if fault.origin in shown or not isinstance(fault, DocumentError)]
    return faults + [fault for fault in linted.faults if fault not in faults]


def _select_documents(project: Project, paths: Iterable[str]) -> _Selection:
    """Return what to lint. Raises ConfigError for a PATH that is not there."""
    by_origin = {document.origin: document for document in project.listing.documents}
    everything = [(by_origin[one.origin], one) for one in project.catalogue.postmortems if one.origin in by_origin]
    if paths:
        return _select_below(project, everything, paths)
    recent = [pair for pair in everything if not pair[1].is_before(project.settings.since)]
    return _Selection(recent, len(everything) - len(recent))


def _select_below(
    project: Project, everything: Sequence[tuple[Document, Postmortem]], paths: Iterable[str]
) -> _Selection:
    selected: dict[str, tuple[Document, Postmortem]] = {}
    unchecked: list[tuple[str, str]] = []
    reasons = {skipped.origin: skipped.reason for skipped in project.catalogue.skipped}
    for path in paths:
        if not os.path.lexists(path):
            raise ConfigError(f"there is no {path}", hint="name a post-mortem, or a folder of them")
        place = os.path.relpath(Path.cwd() / path, project.settings.base).replace(os.sep, "/")
        inside = {pair[0].origin: pair for pair in everything if _is_at_or_below(pair[0].origin, place)}
        selected.update(inside)
        if not inside:
            unchecked.append((path, reasons.get(place, "no source holds it")))
    return _Selection([selected[origin] for origin in sorted(selected)], 0, unchecked)


def _is_at_or_below(origin: str, place: str) -> bool:
    return place in (".", origin) or origin.startswith(place + "/")
