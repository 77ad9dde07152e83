"""One run of linked tests in a tree: what became of each, and where the code that ran came from."""

from __future__ import annotations

import json
import os
import re
import sys
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from pytest_postmortem.proving.child import ended

__all__ = ["Outcome", "Sample", "Seen", "environment", "run"]

WITNESS = "PYTEST_POSTMORTEM_WITNESS"
"""The variable that tells the witness in the child what to write where."""

_SECRET = re.compile(
    r"TOKEN|SECRET|PASSW|CREDENTIAL|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|AUTH|COOKIE|SESSION", re.IGNORECASE
)
_OF_A_RUN = re.compile(
    r"GIT_|PYTEST_XDIST_|PYTEST_CURRENT_TEST$|COV_CORE_|COVERAGE_|POSTMORTEM_|PYTHONDONTWRITEBYTECODE$"
)
_MOST_OUTPUT = 4000
_PYTEST_CODES = range(6)


class Outcome(Enum):
    """What became of a test function, all its parameters together."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"
    XFAILED = "xfailed"
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class Seen:
    """The outcome of one test in one run, with the first line of the failure or the reason."""

    outcome: Outcome
    message: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """One run: each test's outcome by its node id, the changed modules that came from elsewhere, why it ended early."""

    seen: Mapping[str, Seen] = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    broken: str = ""

    def of(self, node_id: str) -> Seen:
        """What became of a test."""
        return self.seen.get(node_id) or Seen(Outcome.NOT_RUN, self.broken or "pytest did not run it")


def environment(environ: Mapping[str, str], repository: Path, passed: Collection[str]) -> dict[str, str]:
    """The child's environment: without secrets (unless `passed`), git's variables, and code out of `repository`.

    Byte code is never written: two trees that follow each other within a second would be taken for one.
    """
    kept = {
        name: value
        for name, value in environ.items()
        if not _OF_A_RUN.match(name) and (name in passed or not _SECRET.search(name))
    }
    entries = [entry for entry in environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    outside = [entry for entry in entries if not Path(entry).resolve().is_relative_to(repository)]
    kept["PYTHONPATH"] = os.pathsep.join(outside)
    kept["PYTHONDONTWRITEBYTECODE"] = "1"
    return kept


def import_roots(root: Path, repository: Path, changed: Collection[str]) -> list[str]:
    """The folders of the tree from which its modules are imported: those of the changed files first.

    They come before every other place, so that the tree's modules win over an installation that leads to the user's
    checkout.
    """
    roots: dict[str, None] = {}
    for path in changed:
        if path.endswith(".py"):
            folder = (root / path).parent
            while folder != root and (folder / "__init__.py").is_file():
                folder = folder.parent
            roots[str(folder)] = None
    for entry in sys.path:
        if entry and Path(entry).resolve().is_relative_to(repository) and "site-packages" not in Path(entry).parts:
            roots[_moved(entry, repository, root)] = None
    for name in ("src", "lib", ""):
        if (root / name).is_dir():
            roots[str(root / name)] = None
    return [entry for entry in roots if os.path.isdir(entry)]


def _moved(entry: str, repository: Path, root: Path) -> str:
    path = Path(entry).resolve()
    return str(root / path.relative_to(repository)) if path.is_relative_to(repository) else entry


def run(
    folder: Path, home: Path, node_ids: Sequence[str], changed: Collection[str], top: Path, repository: Path,
    environ: Mapping[str, str], limit: float, stopping: threading.Event,
) -> Sample:  # fmt: skip
    """Run the tests in `folder`, a part of the tree `top`, for at most `limit` seconds, or until `stopping` is set.

    `home` is for files of the run, `changed` are the paths that the fix changes, relative to `top`; `repository` is the
    user's checkout, whose code must not be what runs.
    """
    result = home / "result.json"
    result.unlink(missing_ok=True)
    said = {
        "result": str(result),
        "folder": str(folder),
        "top": str(top),
        "repository": str(repository),
        "changed": sorted(changed),
    }
    roots = import_roots(top, repository, changed)
    before = environ.get("PYTHONPATH", "")
    child = {
        **environ,
        WITNESS: json.dumps(said),
        "PYTHONPATH": os.pathsep.join([*roots, before] if before else roots),
    }
    command = [sys.executable, "-m", "pytest", "-p", "pytest_postmortem.plugin.witness"]
    command += ["-o", f"cache_dir={home / 'cache'}", "-q", "--maxfail=0", "-m", "", "-k", "", *node_ids]
    output = home / "output.txt"
    code = ended(command, folder, child, output, limit, stopping)
    broken = f"its process {code}" if isinstance(code, str) else "" if code in _PYTEST_CODES else _ended_in(code)
    try:
        told: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        tail = output.read_bytes()[-_MOST_OUTPUT:].decode("utf-8", "replace").strip().splitlines()
        errors = [line for line in tail if line.startswith(("ERROR", "E  "))] or tail[-1:]
        return Sample(broken=broken or f"pytest ended early: {' '.join(errors[:1]) or 'it printed nothing'}")
    seen = {name: Seen(Outcome(outcome), message) for name, (outcome, message) in told["tests"].items()}
    return Sample(seen, told["elsewhere"], broken)


def _ended_in(code: int) -> str:
    return f"its process ended in {code}"
