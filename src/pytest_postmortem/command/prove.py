"""`postmortem prove`."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from pytest_postmortem.command.codes import EVIDENCE_UNUSABLE, NOT_MET
from pytest_postmortem.command.showing import note, show, show_error
from pytest_postmortem.errors import ConfigError, EvidenceError, PostmortemError, join_errors
from pytest_postmortem.judging.marker_names import collect_names
from pytest_postmortem.model.proof import Proof, ProofVerdict
from pytest_postmortem.project import Project

if TYPE_CHECKING:
    from pytest_postmortem.git import Git
    from pytest_postmortem.proving.planner import ProofPlanner
    from pytest_postmortem.proving.prover import ProofRequest, Prover

__all__ = ["count_usable_cpus", "prove"]


@click.command(
    epilog="\b\nFor example:\n"
    "  postmortem prove PM-2026-001\n"
    "  postmortem prove PM-2026-001 --action-item AI-1 --fix 4f2c1ab\n"
    "  postmortem prove --stale"
)
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--action-item", "items", multiple=True, metavar="AI", help="The tests of this action item alone.")
@click.option("--fix", "fixes", multiple=True, metavar="COMMIT", help="The fix: a commit, A..B, or a pull request #N.")
@click.option("--guess", is_flag=True, help="Take a commit for the fix whose subject holds the id.")
@click.option("--all", "everything", is_flag=True, help="Every linked test.")
@click.option("--stale", is_flag=True, help="What has no proof, or one that is stale.")
@click.option(
    "--samples", type=click.IntRange(min=1), default=3, metavar="N", help="Runs with and without the fix. Default: 3."
)
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Proofs at once. Default: the cores there are.")
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), default=300.0, metavar="SECONDS",
    help="The time for one run. Default: 300.",
)  # fmt: skip
@click.option(
    "--output", metavar="FILE", type=click.Path(path_type=Path), help="The ledger. Default: .postmortem/proofs.json."
)
@click.pass_obj
def prove(
    project: Project, ids: tuple[str, ...], items: tuple[str, ...], fixes: tuple[str, ...], guess: bool,
    everything: bool, stale: bool, samples: int, jobs: int | None, timeout: float, output: Path | None,
) -> int:  # fmt: skip
    """Prove that tests fail without the fix.

    Takes the fix out in a temporary copy (yours is not touched), runs the tests there with it and without it, and keeps
    what came out in .postmortem/proofs.json. The fix is what the document's `fix:` names, else the commits whose
    messages end in a line `Incident: ID`, else --fix.

    Ends in 0 where every test is proven, in 10 where one passes without the fix, in 11 where one is inconclusive.
    """
    from pytest_postmortem.evidence.ledger import PATH, dump_ledger, read_ledger
    from pytest_postmortem.git import Git
    from pytest_postmortem.proving.render_proofs import render_proofs
    from pytest_postmortem.reporting.writing import write

    _refuse_unclear(ids, items, everything=everything, stale=stale)
    settings = project.settings
    path = settings.base / PATH if output is None else output
    _remove_leftovers(path, settings.base)
    git = Git(settings.base, os.environ)
    head = git.resolve("HEAD")
    ledger = read_ledger(path, str(output or PATH))
    planner = _make_planner(project, git, head)
    requests, faults = planner.plan(ids, items, fixes, guess=guess, ledger=ledger if stale else None)
    proofs: list[Proof] = []
    if requests:
        from pytest_postmortem.proving.prover import ProofSettings, Prover
        from pytest_postmortem.proving.sample import build_environment

        tokens = {one.token_env for one in settings.remote}
        environ = build_environment(os.environ, git.find_top_folder(), settings.pass_env, tokens)
        proof_settings = ProofSettings(samples, jobs or count_usable_cpus(), timeout, settings.setup_command, environ)
        proofs = _run(Prover(git, head, planner.path_rules, proof_settings), requests)
    ledger = _update(ledger, proofs, linked=planner.linked if everything and not (ids or items) else None)
    if proofs or not faults:
        show(render_proofs(proofs, nothing_stale=stale and not requests, kept=planner.kept_unproven))
    if proofs:
        write(path, dump_ledger(ledger.values()), settings.base)
    if faults:
        show_error(EvidenceError(join_errors(faults)))
    return _get_exit_code(proofs, faults)


def _refuse_unclear(ids: Sequence[str], items: Sequence[str], *, everything: bool, stale: bool) -> None:
    """Raise ConfigError if the options do not say what to prove."""
    if not (ids or everything or stale):
        raise ConfigError("nothing is asked for", hint="name the ID of a post-mortem, or use --all or --stale")
    if items and len(ids) != 1:
        raise ConfigError(
            "--action-item needs the ID of one post-mortem", hint="write postmortem prove ID --action-item AI"
        )


def _remove_leftovers(ledger: Path, base: Path) -> None:
    """Remove what killed processes have left. Raises EvidenceError if a link of the project leads to the ledger."""
    from pytest_postmortem.proving.temporary_folder import remove_stale_folders
    from pytest_postmortem.reporting.writing import refuse_links, sweep

    remove_stale_folders()
    refuse_links(ledger, base)
    with suppress(OSError):
        sweep(ledger.parent)


def _make_planner(project: Project, git: Git, head: str) -> ProofPlanner:
    """Return the planner of the tests that the sources link; what they do not show is noted."""
    from pytest_postmortem.command.offline_report import scan_sources
    from pytest_postmortem.judging.report import make_report
    from pytest_postmortem.proving.planner import ProofPlanner

    catalogue = project.require_catalogue(demanded=True)
    run, unseen = scan_sources(project, collect_names(catalogue, project.today))
    planner = ProofPlanner(project, git, head, make_report(catalogue, run, project.settings, today=project.today))
    for text in (*unseen, *planner.notes):
        note(text)
    return planner


def _update(
    ledger: Mapping[tuple[str, str], Proof], proofs: Iterable[Proof], *, linked: Collection[tuple[str, str]] | None
) -> dict[tuple[str, str], Proof]:
    """Return the ledger with these proofs; if `linked` are given, without those of other tests."""
    updated = {**ledger, **{(proof.node_id, proof.postmortem): proof for proof in proofs}}
    return updated if linked is None else {key: proof for key, proof in updated.items() if key in linked}


def _run(prover: Prover, requests: Sequence[ProofRequest]) -> list[Proof]:
    with _show_progress(len(requests)) as progress:
        return [proof for proofs in prover.prove(requests, progress) for proof in proofs]


def _get_exit_code(proofs: Sequence[Proof], faults: Sequence[PostmortemError]) -> int:
    verdicts = {one.verdict for one in proofs}
    if faults or ProofVerdict.INCONCLUSIVE in verdicts:
        return EVIDENCE_UNUSABLE
    return NOT_MET if ProofVerdict.NOT_A_REGRESSION_TEST in verdicts else 0


class _Progress(Protocol):
    def __call__(self, request: ProofRequest, done: bool) -> None: ...


@contextmanager
def _show_progress(number: int) -> Iterator[_Progress]:
    """Show a bar with what is running and the time left, on a terminal."""
    if not sys.stderr.isatty():
        yield lambda request, done: None
        return
    running: dict[str, None] = {}

    def format_running(_: object) -> str:
        return ", ".join(running)[:40]

    with click.progressbar(length=number, label="proving", file=sys.stderr, item_show_func=format_running) as bar:

        def progress(request: ProofRequest, done: bool) -> None:
            if done:
                running.pop(request.postmortem, None)
                bar.update(1, request)
            else:
                running[request.postmortem] = None
                bar.current_item = request
                bar.render_progress()

        yield progress


def count_usable_cpus() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
