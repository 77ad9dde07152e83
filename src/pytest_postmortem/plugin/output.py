"""Files that a run writes: evidence as `running` at the start, all of them whole at the end."""

from __future__ import annotations

import os
import platform
import shlex
import uuid
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_postmortem._version import __version__
from pytest_postmortem.errors import ConfigError, PostmortemError
from pytest_postmortem.evidence import writing as evidence
from pytest_postmortem.plugins import gather
from pytest_postmortem.reporting import ci
from pytest_postmortem.reporting.evidence import Evidence
from pytest_postmortem.reporting.interface import Finished
from pytest_postmortem.reporting.outputs import choose_outputs, is_our_output, write_outputs
from pytest_postmortem.reporting.writing import remove, write

if TYPE_CHECKING:
    from pytest_postmortem.judging.gate import Decision
    from pytest_postmortem.judging.report import Report
    from pytest_postmortem.plugin.context import Context

__all__ = ["Outputs", "remove_stale_outputs"]

_OPTION = "--incident-output"


def remove_stale_outputs(context: Context) -> None:
    """Remove what earlier runs have left in the files of the built-in formats, whatever may end this run.

    Raises ConfigError for a file that is named in a way which makes pytest look for the tests beside it.
    """
    here = context.config.invocation_params.dir
    words = [*shlex.split(os.environ.get("PYTEST_ADDOPTS", "")), *map(str, context.config.invocation_params.args)]
    for name in context.options.outputs:
        path = Path(here, name)
        is_apart = any(word == _OPTION and value == name for word, value in pairwise(words))
        if is_apart and not Path(os.path.abspath(path)).is_relative_to(here):
            problem = (
                f"{_OPTION} {name}: pytest takes a separate word for a place of tests, and finds its rootdir there"
            )
            raise ConfigError(problem, hint=f"write {_OPTION}={name}")
        if is_our_output(path):
            remove(path, context.config.rootpath)


class Outputs:
    """The files of `--incident-output`. Paths are relative to where pytest was started."""

    def __init__(self, context: Context) -> None:
        config, options, project = context.config, context.options, context.project
        self._base = project.settings.base
        own = gather(config.hook.pytest_postmortem_reporters, project.settings, ("suffix", "render"))
        reporters = [*project.reporters, *own]
        self._files = choose_outputs(options.outputs, config.invocation_params.dir, reporters, _OPTION, self._base)
        self._here = config.invocation_params.dir
        self._written: list[Path] = []
        self.in_ci = not options.no_ci and os.environ.get("GITHUB_ACTIONS") == "true"
        self.prefix = ci.find_repository_path(project.settings.base) or ""
        self._link = project.settings.link or ci.get_link_pattern(os.environ, project.settings.base)
        self.meta = evidence.Meta(
            run_id=uuid.uuid4().hex,
            started=_format_now(),
            tool=__version__,
            pytest=pytest.__version__,
            python=platform.python_version(),
            commit=project.commit if self._files or self._link else None,
            configuration=project.settings.digest,
            shard=ci.get_shard(os.environ),
            attempt=ci.get_attempt(os.environ),
            ci_run=ci.get_run(os.environ),
        )

    def start(self) -> None:
        """Remove what earlier runs left, and mark the evidence as that of a running run. Raises EvidenceError."""
        for path, reporter in self._files:
            if isinstance(reporter, Evidence):
                remove(path, self._base)
                write(path, evidence.render_running(self.meta), self._base)
            else:
                remove(path, self._base)

    def finish(self, report: Report, decision: Decision, code: int) -> list[str]:
        """Write every file, and return the error of each that cannot be written."""
        finished = Finished(report, decision, self.meta, _format_now(), code, self._link)
        problems = []
        if self.in_ci:
            from pytest_postmortem.reporting import github_actions

            try:
                github_actions.add_summary(os.environ, finished)
            except PostmortemError as error:
                problems.append(str(error))
        for path, reporter in self._files:
            errors = write_outputs([(path, reporter)], finished, self._base)
            problems.extend(map(str, errors))
            if not errors:
                self._written.append(path)
        return problems

    def list_written(self) -> list[str]:
        """Return a line for each file that was written: `wrote evidence.json (12 kB)`."""
        return [
            f"wrote {os.path.relpath(path, self._here)} ({max(1, round(path.stat().st_size / 1000))} kB)"
            for path in self._written
        ]


def _format_now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
