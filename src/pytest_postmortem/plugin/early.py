"""Evidence that is marked as `running` before any conftest.py is loaded, which may end the run."""

from __future__ import annotations

import os
import sys
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pytest_postmortem._version import __version__
from pytest_postmortem.errors import EvidenceError
from pytest_postmortem.evidence import writing as evidence
from pytest_postmortem.plugin.options import is_only_printing
from pytest_postmortem.reporting import ci
from pytest_postmortem.reporting.outputs import is_our_output
from pytest_postmortem.reporting.writing import write

__all__ = ["mark_running"]

_WITNESS = "pytest_postmortem.plugin.prove.witness"
"""Loaded in a child of a proof, which writes no evidence."""


def mark_running(config: pytest.Config) -> None:
    """Write the evidence that this run is to write as `running`, but never over a file that no run has written.

    A run that dies from here on leaves no older evidence in its place. What cannot be written is an error later, when
    the run starts.
    """
    options = config.known_args_namespace
    if is_only_printing(options) or _is_worker() or config.pluginmanager.hasplugin(_WITNESS):
        return
    text = evidence.render_running(
        evidence.Meta(
            run_id=uuid.uuid4().hex,
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            tool=__version__,
            pytest=pytest.__version__,
            python=".".join(map(str, sys.version_info[:3])),
            commit=None,
            configuration=None,
            shard=ci.get_shard(os.environ),
            attempt=ci.get_attempt(os.environ),
            ci_run=ci.get_run(os.environ),
        )
    )
    for name in options.incident_output:
        path = Path(config.invocation_params.dir, name)
        if path.suffix.lower() == ".json" and (is_our_output(path) or not os.path.lexists(path)):
            with suppress(EvidenceError, ValueError):
                write(path, text, config.rootpath)


def _is_worker() -> bool:
    """Whether this process is a worker of pytest-xdist, and not a run of pytest that a test in a worker has started."""
    return "PYTEST_XDIST_WORKER" in os.environ and sys.argv[:1] == ["-c"]
