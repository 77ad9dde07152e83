"""The files a run writes: evidence as `running` at the start, everything whole at the end."""

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
from pytest_postmortem.project import gathered
from pytest_postmortem.reporting import ci
from pytest_postmortem.reporting.evidence import Evidence
from pytest_postmortem.reporting.interface import Finished
from pytest_postmortem.reporting.outputs import chosen, is_left, written
from pytest_postmortem.reporting.writing import remove, write

if TYPE_CHECKING:
    from pytest_postmortem.judging.gate import Decision
    from pytest_postmortem.judging.report import Report
    from pytest_postmortem.plugin.session import Session

__all__ = ["Outputs", "take_away"]

_OPTION = "--incident-output"


def take_away(session: Session) -> None:
    """Remove what earlier runs have left in the files of the built-in formats, whatever may end this run.

    Raises ConfigError for a file that is named in a way which makes pytest look for the tests beside it.
    """
    here = session.config.invocation_params.dir
    words = [*shlex.split(os.environ.get("PYTEST_ADDOPTS", "")), *map(str, session.config.invocation_params.args)]
    for given in session.asked.outputs:
        path = Path(here, given)
        apart = any(word == _OPTION and value == given for word, value in pairwise(words))
        if apart and not Path(os.path.abspath(path)).is_relative_to(here):
            problem = (
                f"{_OPTION} {given}: pytest takes a separate word for a place of tests, and finds its rootdir there"
            )
            raise ConfigError(problem, hint=f"write {_OPTION}={given}")
        if is_left(path):
            remove(path, session.config.rootpath)


class Outputs:
    """The files of `--incident-output`. Paths are relative to where pytest was started."""

    def __init__(self, session: Session) -> None:
        config, project = session.config, session.project
        self._base = project.settings.base
        own = gathered(config.hook.pytest_postmortem_reporters, project.settings, ("suffix", "render"))
        reporters = [*project.reporters, *own]
        self._files = chosen(session.asked.outputs, config.invocation_params.dir, reporters, _OPTION, self._base)
        self.in_ci = not session.asked.no_ci and os.environ.get("GITHUB_ACTIONS") == "true"
        self.prefix = ci.inside_repository(project.settings.base) or ""
        self._link = project.settings.link or ci.link(os.environ, project.settings.base)
        self.meta = evidence.Meta(
            run_id=uuid.uuid4().hex,
            started=_now(),
            tool=__version__,
            pytest=pytest.__version__,
            python=platform.python_version(),
            commit=project.commit if self._files or self._link else None,
            configuration=project.settings.digest,
            shard=ci.shard(os.environ),
            attempt=ci.attempt(os.environ),
            ci_run=ci.run(os.environ),
        )

    def start(self) -> None:
        """Take away what earlier runs left, and say in the evidence that a run is under way. Raises EvidenceError."""
        for path, reporter in self._files:
            if isinstance(reporter, Evidence):
                remove(path, self._base)
                write(path, evidence.running(self.meta), self._base)
            else:
                remove(path, self._base)

    def finish(self, report: Report, decision: Decision, code: int) -> list[str]:
        """Write every file; what cannot be written comes back in words."""
        finished = Finished(report, decision, self.meta, _now(), code, self._link)
        problems = []
        if self.in_ci:
            from pytest_postmortem.reporting import github_actions

            try:
                github_actions.add_summary(os.environ, finished)
            except PostmortemError as error:
                problems.append(str(error))
        problems.extend(map(str, written(self._files, finished, self._base)))
        return problems


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
