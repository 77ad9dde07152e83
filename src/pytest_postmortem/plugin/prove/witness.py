"""Plugin that `postmortem prove` loads in its child processes: records outcomes and the origin of modules."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from pytest_postmortem.model.text import shorten
from pytest_postmortem.plugin.prove.provenance import Provenance

__all__ = ["Witness"]

_VARIABLE = "PYTEST_POSTMORTEM_WITNESS"
_MOST = 300


def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Use one process, and one try for each test, whatever the project's options say."""
    if early_config.pluginmanager.hasplugin("xdist"):
        args.append("-n0")
    if early_config.pluginmanager.hasplugin("rerunfailures"):
        args.extend(("--reruns", "0"))


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Begin to watch; the variable is taken away, so that no child of the tests is taken for one of ours.

    Whatever the project's options say, this run judges nothing and writes no evidence.
    """
    vars(config.option).update(incident_report=False, incident_output=[], incident_gate=None, no_incident_ci=True)
    order = os.environ.pop(_VARIABLE, None)
    if order is not None:
        config.pluginmanager.register(Witness(json.loads(order)), "postmortem-witness")


class Witness:
    """Writes one JSON file at the end of the run."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._result = Path(order["result"])
        self._folder = Path(order["folder"])
        self._provenance = Provenance(Path(order["top"]), Path(order["repository"]), order["changed"], order["roots"])
        self._names: dict[str, str] = {}
        self._tests: dict[str, tuple[str, str]] = {}
        self._collection: dict[str, str] = {}

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Record a file that cannot be collected."""
        if report.outcome != "passed" and report.nodeid:
            self._collection[report.nodeid.partition("::")[0]] = _get_error_line(str(report.longrepr or ""))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Record the names by which the parent knows the tests."""
        for item in session.items:
            path = os.path.relpath(item.path, self._folder).replace(os.sep, "/")
            inner = item.nodeid.partition("::")[2].partition("[")[0]
            self._names[item.nodeid] = f"{path}::{inner}" if inner else path

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Record the worst outcome: a failure of its call, an error outside of it, an xfail, a pass, a skip."""
        name = self._names.get(report.nodeid)
        if name is None:
            return
        outcome = _get_outcome(report)
        if outcome is None:
            return
        known = self._tests.get(name)
        if known is None or _RANK[outcome] < _RANK[known[0]]:
            self._tests[name] = (outcome, _get_message(report) if outcome != "passed" else "")

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write everything down."""
        tests: dict[str, tuple[str, str]] = dict(self._tests)
        root = session.config.rootpath
        for place, message in self._collection.items():
            path = os.path.relpath(root / place, self._folder).replace(os.sep, "/")
            tests.setdefault(path, ("error", message))
        record = {
            "tests": tests,
            "elsewhere": self._provenance.find_elsewhere(),
            "aside": self._provenance.find_aside(),
        }
        self._result.write_text(json.dumps(record), encoding="utf-8")


_RANK = {"failed": 0, "error": 1, "xfailed": 2, "passed": 3, "skipped": 4}


def _get_outcome(report: pytest.TestReport) -> str | None:
    if hasattr(report, "wasxfail"):
        return "xfailed"
    if report.outcome == "failed":
        return "failed" if report.when == "call" else "error"
    if report.outcome == "skipped":
        return "skipped"
    if report.outcome == "passed":
        return "passed" if report.when == "call" else None
    return "xfailed"  # a rerun, or what another plugin makes of it: no proof


def _get_message(report: pytest.TestReport) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is not None:
        return _get_error_line(str(crash.message))
    if isinstance(report.longrepr, tuple):
        return _get_error_line(str(report.longrepr[2]))
    return _get_error_line(report.longreprtext)


def _get_error_line(text: str) -> str:
    """Return the line that reports what went wrong: the last one that pytest marks as an error, else the first."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    marked = [line[1:].strip() for line in lines if line.startswith("E ")]
    return shorten((marked or lines or [""])[-1 if marked else 0], _MOST, "…")
