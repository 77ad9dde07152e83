"""The command itself: its options, its exit codes, and how an error is told."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import click

from pytest_postmortem._version import __version__
from pytest_postmortem.command.codes import EVIDENCE_UNUSABLE, SOURCE_FAILED, USAGE
from pytest_postmortem.command.showing import show_error
from pytest_postmortem.errors import ConfigError, EvidenceError, PostmortemError
from pytest_postmortem.project import Project

__all__ = ["cli", "main"]


class _InOrderOfUse(click.Group):
    """Its commands are listed as they were added."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(
    cls=_InOrderOfUse,
    invoke_without_command=True,
    subcommand_metavar="COMMAND [ARGS]...",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="postmortem", message="%(prog)s %(version)s")
@click.option(
    "--config",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The configuration: a pyproject.toml or postmortem.toml. Default: the nearest one upward from here.",
)
@click.pass_context
def cli(context: click.Context, config: Path | None) -> None:
    """Ties tests to post-mortems, and tells when a tie is broken.

    \b
    For example, after a run with `pytest --incident-output=evidence.json`:
      postmortem check evidence.json
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help(), err=True)
        context.exit(USAGE)
    today = datetime.now(UTC).date()
    context.obj = Project(Path.cwd(), today, config, os.environ, as_pytest=True)


def main() -> None:
    """Run the command and end the process with one of the exit codes of docs/command.md."""
    from pytest_postmortem.command import subcommands

    subcommands.add_to(cli)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # what its encoding lacks, that of a console of Windows say, is escaped
            stream.reconfigure(errors="backslashreplace")
    sys.exit(_run_and_flush())


_READER_GONE = 141  # as a shell tells of a process that SIGPIPE has ended: no verdict, and no fault


def _run_and_flush() -> int:
    """Return the exit code after flushing the output; report output that failed, for every subcommand."""
    if sys.stdout is None:  # so Python has it where standard output is closed
        return _report_unprintable("it is closed")
    stdout = sys.stdout
    try:
        code = _run_command()
        sys.stdout.flush()
        return code
    except SystemExit:
        if sys.stdout is stdout:  # click puts another in its place where a reader has gone
            raise
        code = _READER_GONE
    except BrokenPipeError:
        code = _READER_GONE
    except OSError as error:
        if error.filename is not None:  # a file's, and not that of a stream
            raise
        code = _report_unprintable(error.strerror or str(error))
    _drop_what_is_left()
    return code


def _report_unprintable(why: str) -> int:
    with suppress(OSError):  # nor standard error then
        show_error(EvidenceError(f"cannot be written: {why}", origin="standard output", hint="send it elsewhere"))
    return EVIDENCE_UNUSABLE


def _drop_what_is_left() -> None:
    """Python flushes once more when it ends, and would tell that this failed too."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, AttributeError):
            stream.flush()
        with suppress(OSError, AttributeError):
            if not stream.isatty():
                os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _run_command() -> int:
    try:
        result: Any = cli(prog_name="postmortem", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        return USAGE
    except click.Abort:
        click.echo("interrupted", err=True)
        return 130
    except PostmortemError as error:
        show_error(error)
        return _get_exit_code(error)
    return result if isinstance(result, int) else 0


def _get_exit_code(error: PostmortemError) -> int:
    match error:
        case ConfigError():
            return USAGE
        case EvidenceError():
            return EVIDENCE_UNUSABLE
        case _:
            return SOURCE_FAILED
