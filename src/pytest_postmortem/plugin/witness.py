"""In the child of a proof: what became of each test, and where the code that ran came from.

Loaded by `-p` in the runs of `postmortem prove` alone. Ends the process when its parent is gone.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

__all__ = ["Witness"]

_VARIABLE = "PYTEST_POSTMORTEM_WITNESS"
_PARENT = os.dup(0) if _VARIABLE in os.environ else -1
"""The pipe that the parent holds, taken before pytest's capturing puts something else in its place."""
_MOST = 300


def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """One process, and one try for each test, whatever the project's options say."""
    if early_config.pluginmanager.hasplugin("xdist"):
        args.append("-n0")
    if early_config.pluginmanager.hasplugin("rerunfailures"):
        args.extend(("--reruns", "0"))


def pytest_configure(config: pytest.Config) -> None:
    """Begin to watch; the variable is taken away, so that no child of the tests is taken for one of ours."""
    said = os.environ.pop(_VARIABLE, None)
    if said is not None:
        config.pluginmanager.register(Witness(json.loads(said)), "postmortem-witness")
        threading.Thread(target=_end_with_parent, args=(_PARENT,), daemon=True).start()


def _end_with_parent(descriptor: int) -> None:
    """Wait for the end of the pipe that the parent holds; nothing is ever written into it."""
    try:
        os.read(descriptor, 1)
    finally:
        if hasattr(os, "killpg"):
            os.killpg(os.getpgid(0), 9)
        os._exit(1)


class Witness:
    """Writes one JSON file at the end of the run."""

    def __init__(self, said: dict[str, Any]) -> None:
        self._result = Path(said["result"])
        self._folder = Path(said["folder"])
        self._top = Path(said["top"])
        self._repository = Path(said["repository"])
        self._changed: list[str] = said["changed"]
        self._names: dict[str, str] = {}
        self._tests: dict[str, tuple[str, str]] = {}
        self._collection: dict[str, str] = {}

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be collected."""
        if report.outcome != "passed" and report.nodeid:
            self._collection[report.nodeid.partition("::")[0]] = _first(str(report.longrepr or ""))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """The names by which the parent knows the tests."""
        for item in session.items:
            path = os.path.relpath(item.path, self._folder).replace(os.sep, "/")
            inner = item.nodeid.partition("::")[2].partition("[")[0]
            self._names[item.nodeid] = f"{path}::{inner}" if inner else path

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Worst first: an error in its set-up, a failure of its call, an xfail, a pass, a skip."""
        name = self._names.get(report.nodeid)
        if name is None:
            return
        outcome = _outcome(report)
        if outcome is None:
            return
        known = self._tests.get(name)
        if known is None or _RANK[outcome] < _RANK[known[0]]:
            self._tests[name] = (outcome, _message(report) if outcome != "passed" else "")

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write everything down."""
        tests: dict[str, tuple[str, str]] = dict(self._tests)
        root = session.config.rootpath
        for place, message in self._collection.items():
            path = os.path.relpath(root / place, self._folder).replace(os.sep, "/")
            tests.setdefault(path, ("error", message))
        self._result.write_text(json.dumps({"tests": tests, "elsewhere": self._elsewhere()}), encoding="utf-8")

    def _elsewhere(self) -> dict[str, str]:
        """The changed modules that were loaded from another place than the tree, with that place."""
        wanted: dict[str, str] = {}
        for path in self._changed:
            if path.endswith(".py"):
                parts = path[:-3].split("/")
                if parts[-1] == "__init__":
                    parts.pop()
                for start in range(len(parts)):
                    if start == len(parts) - 1 and start and not self._is_top_level(path, parts):
                        continue
                    wanted.setdefault(".".join(parts[start:]), path)
        found = {}
        changed = {os.path.realpath(self._repository / path) for path in self._changed}
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if not isinstance(file, str):
                continue
            real = os.path.realpath(file)
            outside = not Path(real).is_relative_to(self._top)
            if outside and (real in changed or (name in wanted and "stdlib" not in _kind(real))):
                found[name] = real
        return found

    def _is_top_level(self, path: str, parts: list[str]) -> bool:
        """Whether a module of one name alone is this file: it lies in no package, in a folder such as src."""
        folder = (self._top / path).parent
        return not (folder / "__init__.py").is_file() and len(parts) <= 2


def _kind(path: str) -> str:
    import sysconfig

    inside = Path(path).is_relative_to(os.path.realpath(sysconfig.get_path("stdlib")))
    return "stdlib" if inside and "site-packages" not in path else ""


_RANK = {"error": 0, "failed": 1, "xfailed": 2, "passed": 3, "skipped": 4}


def _outcome(report: pytest.TestReport) -> str | None:
    if hasattr(report, "wasxfail"):
        return "xfailed"
    if report.outcome == "failed":
        return "failed" if report.when == "call" else "error"
    if report.outcome == "skipped":
        return "skipped"
    if report.outcome == "passed":
        return "passed" if report.when == "call" else None
    return "xfailed"  # a rerun, or what another plugin makes of it: no proof


def _message(report: pytest.TestReport) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is not None:
        return _first(str(crash.message))
    if isinstance(report.longrepr, tuple):
        return _first(str(report.longrepr[2]))
    return _first(report.longreprtext)


def _first(text: str) -> str:
    """The line that says what went wrong: the last one that pytest marks as an error, else the first."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    marked = [line[1:].strip() for line in lines if line.startswith("E ")]
    told = (marked or lines or [""])[-1 if marked else 0]
    return told if len(told) <= _MOST else told[: _MOST - 1] + "…"
