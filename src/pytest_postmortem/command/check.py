"""`postmortem check`: a second process reads the documents again, merges the evidence of all shards, and decides."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from pytest_postmortem._version import __version__
from pytest_postmortem.catalogue import Catalogue
from pytest_postmortem.command.codes import EVIDENCE_UNUSABLE, NOT_MET
from pytest_postmortem.command.evidence_files import read_evidence
from pytest_postmortem.command.showing import get_terminal_width, show, show_error
from pytest_postmortem.config.settings import parse_gate_policy
from pytest_postmortem.errors import ConfigError, EvidenceError, PostmortemError, join_errors
from pytest_postmortem.evidence.baseline import find_lost_guards
from pytest_postmortem.evidence.merging import (
    Expected,
    find_refusals,
    list_runs,
    merge_shards,
    select_current,
)
from pytest_postmortem.evidence.reading import Guarded, Shard
from pytest_postmortem.evidence.writing import Meta
from pytest_postmortem.judging.gate import Decision, decide
from pytest_postmortem.judging.report import make_report
from pytest_postmortem.judging.source import FileDigests
from pytest_postmortem.model.history import History
from pytest_postmortem.model.state import Policy, Verdict
from pytest_postmortem.project import Project
from pytest_postmortem.reporting import ci
from pytest_postmortem.reporting.interface import Finished
from pytest_postmortem.reporting.outputs import choose_outputs, write_outputs
from pytest_postmortem.reporting.terminal import lines
from pytest_postmortem.reporting.writing import remove

__all__ = ["check"]

_AGE = re.compile(r"(\d{1,6})\s*(m|h|d|w)", re.IGNORECASE)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _parse_age(_ctx: click.Context, _param: click.Parameter, value: str | None) -> timedelta | None:
    if value is None:
        return None
    found = _AGE.fullmatch(value.strip())
    if found is None:
        raise click.BadParameter(f"{value!r} is no age; write 90m, 24h, 7d or 2w")
    return timedelta(**{_UNITS[found.group(2).lower()]: int(found.group(1))})


@click.command()
@click.argument("evidence", nargs=-1, required=True, metavar="EVIDENCE...")
@click.option(
    "--gate", metavar="POLICY",
    help="Gate policy: passed (default), linked, proven (default if configured) or off.",
)  # fmt: skip
@click.option("--expect-shards", type=click.IntRange(min=1), metavar="N", help="Refuse evidence of other than N runs.")
@click.option("--max-age", callback=_parse_age, metavar="AGE", help="Refuse evidence that is older: 90m, 24h, 7d.")
@click.option(
    "--baseline",
    multiple=True,
    metavar="EVIDENCE",
    help="Evidence of the main branch, say: what was guarded there and is not now has lost its guard.",
)
@click.option("--output", multiple=True, metavar="PATH", help="Write the merged report: .json, .html or .md.")
@click.option(
    "--history", "with_history", is_flag=True, help="Ask git when each incident was first guarded, for the page."
)
@click.option("--no-ci", is_flag=True, help="Write no summary and no annotations in GitHub Actions.")
@click.option("-v", "--verbose", is_flag=True, help="Show what is guarded, too.")
@click.option("-q", "--quiet", is_flag=True, help="Show the verdict alone.")
@click.pass_obj
def check(
    project: Project, evidence: tuple[str, ...], gate: str | None, expect_shards: int | None, max_age: timedelta | None,
    baseline: tuple[str, ...], output: tuple[str, ...], with_history: bool, no_ci: bool, verbose: bool, quiet: bool,
) -> int:  # fmt: skip
    """Judge evidence, and fail where a promise is broken.

    Reads the documents as they are now, and the evidence of all shards.

    EVIDENCE are files that `pytest --incident-output=NAME.json` has written, folders of them, or globs.

    \b
    For example:
      postmortem check evidence.json
      postmortem check --expect-shards 4 --max-age 24h artifacts/
      postmortem check --baseline main.json --output report.html "shards/*.json"

    Ends in 0 when the gate passes, 10 when it fails, and 11 when the evidence is absent, unfinished, stale, incomplete,
    or of another commit or configuration.
    """
    policy = _parse_policy(gate) if gate is not None else _choose_default_policy(project.settings.gate)
    files = choose_outputs(output, Path.cwd(), project.reporters, "--output", project.settings.base)
    catalogue = project.require_catalogue(demanded=False, reported=True)
    shards: tuple[Shard, ...] = ()
    try:
        shards = select_current(read_evidence(evidence))
        before = _read_baseline(baseline)
        _refuse(shards, _expect(project, catalogue, max_age, expect_shards))
    except EvidenceError:
        _remove_stale_outputs([path for path, _ in files], (*evidence, *baseline), project.settings.base)
        if not shards:
            project.require_catalogue(demanded=True)
        raise
    project.require_catalogue(demanded=True)
    report = make_report(
        catalogue,
        merge_shards(shards),
        project.settings,
        today=project.today,
        incidents=project.incidents,
        proofs=project.proofs(demanded=policy is Policy.PROVEN),
    )
    decision = decide(report, policy, lost=find_lost_guards(report, before))
    code = _get_exit_code(decision)
    finished = Finished(
        report,
        decision,
        _build_meta(shards, project),
        min(shard.finished for shard in shards).isoformat(timespec="seconds"),
        code,
        project.settings.link or ci.get_link_pattern(os.environ, project.settings.base),
        _trace_history(project, catalogue) if with_history else None,
    )
    problems = write_outputs(files, finished, project.settings.base)
    show(lines(report, decision, verbosity=1 if verbose else -2 if quiet else 0, width=get_terminal_width()))
    if not no_ci:
        problems += _report_to_github(finished, project.settings.base)
    if problems:
        show_error(EvidenceError(join_errors(problems)))
    return code or (EVIDENCE_UNUSABLE if problems else 0)


def _refuse(shards: Sequence[Shard], expected: Expected) -> None:
    """Raise EvidenceError with all reasons why these cannot be used."""
    if reasons := find_refusals(shards, expected):
        raise EvidenceError(join_errors(tuple(reasons)))


def _expect(project: Project, catalogue: Catalogue, max_age: timedelta | None, shards: int | None) -> Expected:
    """Return what evidence has to agree with."""
    return Expected(
        project.commit,
        project.settings.digest,
        datetime.now(UTC),
        max_age,
        shards,
        ci.get_run(os.environ),
        FileDigests(project.settings.base),
        _collect_item_ids(catalogue),
    )


def _report_to_github(finished: Finished, base: Path) -> list[PostmortemError]:
    """In GitHub Actions, print annotations and append to the summary; return what could not be written."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return []
    from pytest_postmortem.reporting.github_actions import add_summary, render_commands

    for command in render_commands(finished.decision, ci.find_repository_path(base) or ""):
        click.echo(command)
    try:
        add_summary(os.environ, finished, "--no-ci")
    except EvidenceError as error:
        return [error]
    return []


def _remove_stale_outputs(outputs: Sequence[Path], inputs: Sequence[str], root: Path) -> None:
    """Remove what an earlier check has left: it is not the result of this one."""
    given = {os.path.realpath(name) for name in inputs}
    for path in outputs:
        if os.path.realpath(path) not in given:
            remove(path, root)


def _collect_item_ids(catalogue: Catalogue) -> dict[str, set[str]]:
    """Return the ids of the action items that a name of a post-mortem may stand before."""
    return {
        name: {item.id for postmortem in postmortems for item in postmortem.action_items}
        for name, postmortems in catalogue.index_names().items()
    }


def _trace_history(project: Project, catalogue: Catalogue) -> History:
    from pytest_postmortem.history.guards import trace
    from pytest_postmortem.history.log import Repository

    return trace(Repository(project.settings.base, os.environ), catalogue, project.settings).history


def _choose_default_policy(configured: Policy) -> Policy:
    """Return what the promise is: a test that passed, and its proof where the configuration asks for proofs."""
    return Policy.PROVEN if configured is Policy.PROVEN else Policy.PASSED


def _parse_policy(name: str) -> Policy:
    try:
        return parse_gate_policy(name)
    except ConfigError as error:
        raise error.add_prefix("--gate: ") from None


def _get_exit_code(decision: Decision) -> int:
    if decision.policy is Policy.OFF:
        return NOT_MET if decision.violations else 0
    if decision.reasons:
        return EVIDENCE_UNUSABLE
    return NOT_MET if decision.verdict is Verdict.FAIL else 0


def _build_meta(shards: Sequence[Shard], project: Project) -> Meta:
    runs = list_runs(shards)
    runs_in_ci = {shard.ci_run for shard in shards}
    return Meta(
        run_id=runs[0] if len(runs) == 1 else hashlib.sha256("\n".join(runs).encode()).hexdigest()[:32],
        started=min(shard.started for shard in shards),
        tool=__version__,
        pytest=max(shard.pytest for shard in shards),
        python=max(shard.python for shard in shards),
        commit=project.commit,
        configuration=project.settings.digest,
        ci_run=runs_in_ci.pop() if len(runs_in_ci) == 1 else None,
        merged=runs,
    )


def _read_baseline(arguments: tuple[str, ...]) -> list[Guarded]:
    """Return what was guarded in any of these pieces of evidence, an incident once."""
    guarded: dict[str, Guarded] = {}
    for shard in select_current(read_evidence(arguments)) if arguments else ():
        for one in shard.guarded:
            known = guarded.get(one.postmortem)
            items = tuple(dict.fromkeys((*known.items, *one.items))) if known is not None else one.items
            guarded[one.postmortem] = replace(one, items=items)
    return [guarded[name] for name in sorted(guarded)]
