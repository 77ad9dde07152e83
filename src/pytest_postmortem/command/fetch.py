"""`postmortem fetch`."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pytest_postmortem.command.codes import EVIDENCE_UNUSABLE, NOT_MET, SOURCE_FAILED
from pytest_postmortem.command.showing import note, show_error
from pytest_postmortem.errors import ConfigError, EvidenceError, PostmortemError, SourceError
from pytest_postmortem.model.nearest import suggest
from pytest_postmortem.model.text import format_count
from pytest_postmortem.project import Project
from pytest_postmortem.reporting.escaping import for_terminal

if TYPE_CHECKING:
    from pytest_postmortem.config.remotes import Remote
    from pytest_postmortem.sources.remote.fetching import Fetched
    from pytest_postmortem.sources.snapshot import Snapshot

__all__ = ["fetch"]

_ALLOWED = "POSTMORTEM_ALLOW_HOSTS"


@click.command(
    epilog="\b\nFor example:\n  postmortem fetch\n  postmortem fetch shop --dry-run\n"
    "  postmortem fetch --allow-host github.example.org"
)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--allow-host", "hosts", multiple=True, metavar="HOST",
    help="A host that may get the token of its source: HOST or HOST:PORT. Also: POSTMORTEM_ALLOW_HOSTS.",
)  # fmt: skip
@click.option("--allow-empty", is_flag=True, help="Take it that there is no post-mortem.")
@click.option("--full", is_flag=True, help="Ask for everything, even where nothing has changed.")
@click.option("--dry-run", is_flag=True, help="Write nothing.")
@click.option("--check", is_flag=True, help="Write nothing, and end in 10 where a snapshot is not up to date.")
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), default=600.0, metavar="SECONDS",
    help="The time for one source. Default: 600.",
)  # fmt: skip
@click.pass_obj
def fetch(
    project: Project, names: tuple[str, ...], hosts: tuple[str, ...], allow_empty: bool, full: bool, dry_run: bool,
    check: bool, timeout: float,
) -> int:  # fmt: skip
    """Fetch the post-mortems that are kept elsewhere.

    Writes one snapshot for each remote source of the configuration, or for those named NAME. pytest and the other
    commands read snapshots like files and never open a connection. Runs no code of the project.

    Ends in 12 where a source failed: its snapshot stays as it was.
    """
    from pytest_postmortem.reading.syntax.data_file import read_values
    from pytest_postmortem.sources.http import Clock, Limits
    from pytest_postmortem.sources.remote.fetching import FetchOptions
    from pytest_postmortem.sources.remote.fetching import fetch as fetched_from

    chosen = _select_remotes(project.settings.remote, names)
    asking = FetchOptions(
        clock=Clock(time.monotonic, time.sleep, time.time),
        variables=os.environ,
        read_data=read_values,
        allowed_hosts=(*hosts, *re.split(r"[,\s]+", os.environ.get(_ALLOWED, ""))),
        limits=Limits(deadline_seconds=timeout),
        whole=full,
        allow_empty=allow_empty,
    )
    failed = unwritten = outdated = False
    for remote in chosen:
        try:
            previous = _read_previous(project.settings.base / remote.snapshot, remote)
            with _show_progress(remote.name) as progress:
                fetched = fetched_from(remote, previous, asking, progress, project.settings.base)
            if not (dry_run or check):
                _write(project, remote, fetched)
        except PostmortemError as error:
            show_error(SourceError(f"{remote.name}: {error}"))
            if isinstance(error, EvidenceError):
                unwritten = True
            else:
                failed = True
            continue
        outdated = outdated or not fetched.is_current
        _report(remote, fetched, kept=dry_run or check)
    if failed:
        return SOURCE_FAILED
    if unwritten:
        return EVIDENCE_UNUSABLE
    return NOT_MET if check and outdated else 0


def _report(remote: Remote, fetched: Fetched, *, kept: bool) -> None:
    """Print what came, and note if fewer post-mortems are left."""
    click.echo(for_terminal(_describe(remote, fetched, kept)))
    if fetched.fell and fetched.previous is not None:
        left, before = len(fetched.snapshot.records), len(fetched.previous.records)
        note(f"{remote.name}: {left} of {before} post-mortems are left: see that this is true before you commit it")


def _select_remotes(remotes: Sequence[Remote], names: Sequence[str]) -> Sequence[Remote]:
    """Return the sources of these names, or all of them. Raises ConfigError."""
    if not remotes:
        raise ConfigError("no remote source is configured", hint="write [[tool.pytest-postmortem.remote]]")
    known = [one.name for one in remotes]
    for name in names:
        if name not in known:
            hint = suggest(name, known, f"the names are {', '.join(known)}", show=repr)
            raise ConfigError(f"no remote source is named {name!r}", hint=hint)
    return [one for one in remotes if not names or one.name in names]


def _read_previous(path: Path, remote: Remote) -> Snapshot | None:
    """Return the existing snapshot, or None, with a note, if it is unreliable."""
    from pytest_postmortem.sources.snapshot import read_snapshot

    try:
        return read_snapshot(path, remote.snapshot, remote.name)
    except SourceError as error:
        note(f"{remote.snapshot} {error.problem}: everything is fetched anew")
        return None


def _write(project: Project, remote: Remote, fetched: Fetched) -> None:
    from pytest_postmortem.reporting.writing import write
    from pytest_postmortem.sources.snapshot import dump_snapshot

    base = project.settings.base
    write(base / remote.snapshot, dump_snapshot(remote.name, fetched.snapshot), base)


def _describe(remote: Remote, fetched: Fetched, kept: bool) -> str:
    """Return one line of what came."""
    number = len(fetched.snapshot.records)
    came = f"{remote.name}: {format_count(number, 'post-mortem')}"
    if not fetched.asked or fetched.is_current:
        what = "nothing has changed"
    else:
        changes = zip(fetched.changes, ("new", "changed", "gone"), strict=True)
        what = ", ".join(f"{count} {word}" for count, word in changes if count) or "another query"
    return f"{came} ({what}){'' if kept else f', in {remote.snapshot}'}"


@contextmanager
def _show_progress(name: str) -> Iterator[Callable[[int], None]]:
    """Show how many there are so far, on a terminal, after a second."""
    if not sys.stderr.isatty():
        yield lambda number: None
        return
    shown = 0.0
    begun = time.monotonic()

    def progress(number: int) -> None:
        nonlocal shown
        now = time.monotonic()
        if now - max(shown, begun + 0.9) > 0.1:
            shown = now
            click.echo(f"\r{name}: {number} so far", nl=False, err=True)

    try:
        yield progress
    finally:
        if shown:
            click.echo("\r\x1b[K", nl=False, err=True)
