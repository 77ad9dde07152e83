"""The files a run writes: evidence as `running` at the start, everything whole at the end."""

from __future__ import annotations

import platform
import subprocess
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_postmortem._version import __version__
from pytest_postmortem.errors import ConfigError, PostmortemError
from pytest_postmortem.judging import evidence
from pytest_postmortem.reporting.evidence import Evidence
from pytest_postmortem.reporting.interface import Finished, Reporter
from pytest_postmortem.reporting.writing import remove, write

if TYPE_CHECKING:
    from pytest_postmortem.judging.gate import Decision
    from pytest_postmortem.judging.report import Report
    from pytest_postmortem.plugin.session import Session

__all__ = ["BuiltInReporters", "Outputs"]


class BuiltInReporters:
    """The formats this package brings, registered like anybody's."""

    def pytest_postmortem_reporters(self) -> list[Reporter]:
        """JSON."""
        return [Evidence()]


class Outputs:
    """The files of `--incident-output`. Paths are relative to where pytest was started."""

    def __init__(self, session: Session) -> None:
        config = session.config
        config.pluginmanager.register(BuiltInReporters(), "postmortem-reporters")
        known: dict[str, Reporter] = {}
        for reporters in config.hook.pytest_postmortem_reporters(settings=session.project.settings):
            for reporter in reporters or ():
                other = known.setdefault(reporter.suffix, reporter)
                if other is not reporter:
                    kinds = f"{type(other).__qualname__} and {type(reporter).__qualname__}"
                    raise ConfigError(
                        f"two reporters write {reporter.suffix} files: {kinds}", hint="remove one of them"
                    )
        self._files: list[tuple[Path, Reporter]] = []
        for given in session.asked.outputs:
            path = Path(config.invocation_params.dir, given)
            chosen = known.get(path.suffix)
            if chosen is None:
                suffixes = ", ".join(sorted(known))
                problem = f"--incident-output: no format has the suffix of {given!r}"
                raise ConfigError(problem, hint=f"the suffix chooses the format: {suffixes}")
            if path.is_dir():
                raise ConfigError(f"--incident-output: {given} is a folder", hint="name a file in it")
            self._files.append((path, chosen))
        self.meta = evidence.Meta(
            run_id=uuid.uuid4().hex,
            started=_now(),
            tool=__version__,
            pytest=pytest.__version__,
            python=platform.python_version(),
            commit=_commit(session.project.settings.base) if self._files else None,
            configuration=session.project.settings.digest,
        )

    def start(self) -> None:
        """Take away what earlier runs left, and say in the evidence that a run is under way. Raises EvidenceError."""
        for path, reporter in self._files:
            if isinstance(reporter, Evidence):
                remove(path)
                write(path, evidence.running(self.meta))
            else:
                remove(path)

    def finish(self, report: Report, decision: Decision, code: int) -> list[str]:
        """Write every file; what cannot be written comes back in words."""
        finished = Finished(report, decision, self.meta, _now(), code)
        problems = []
        for path, reporter in self._files:
            try:
                write(path, reporter.render(finished))
            except PostmortemError as error:
                problems.append(str(error))
        return problems


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _commit(base: Path) -> str | None:
    """The commit that is checked out at `base`, or None where git cannot tell."""
    try:
        told = subprocess.run(
            ["git", "rev-parse", "--verify", "--quiet", "HEAD"], cwd=base, capture_output=True, text=True, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return told.stdout.strip() or None if told.returncode == 0 else None
