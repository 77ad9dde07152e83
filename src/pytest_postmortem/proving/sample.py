"""One run of linked tests in a tree: what became of each, and where the code that ran came from."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from pytest_postmortem.proving.child import run_supervised

__all__ = ["Sample", "SampleOutcome", "Seen", "Where", "build_environment", "find_import_roots", "run_sample"]

WITNESS = "PYTEST_POSTMORTEM_WITNESS"
"""The variable that tells the witness in the child what to write where."""

_SECRET = re.compile(
    r"TOKEN|SECRET|PASS|PWD|CREDENTIAL|(?<!MON)KEY(?!BOARD|WORD)|JWT|DSN|WEBHOOK|CONN(?:ECTION)?_?STR|AUTH|COOKIE|SESSION|_PAT$",
    re.IGNORECASE,
)
_NO_SECRETS = frozenset({"PWD", "OLDPWD"})
_URL_WITH_PASSWORD = re.compile(r"://[^\s/@:]*:[^\s/@]+@")
_OF_A_RUN = re.compile(
    r"GIT_|PYTEST_XDIST_|PYTEST_CURRENT_TEST$|COV_CORE_|COVERAGE_|POSTMORTEM_|PYTHONPYCACHEPREFIX$"
    r"|GITHUB_(?:STEP_SUMMARY|ENV|OUTPUT|PATH|STATE)$"
)
_MOST_OUTPUT = 4000
_PYTEST_CODES = range(6)


class SampleOutcome(Enum):
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

    outcome: SampleOutcome
    message: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """One run: each test's outcome by its node id, and why it ended early.

    `elsewhere` are the modules that came from another place than the tree; `aside` is that of code which a process
    that a test has started may have run instead.
    """

    seen: Mapping[str, Seen] = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    aside: str = ""
    broken: str = ""

    def get(self, node_id: str) -> Seen:
        """Return what became of a test; where its file could not be collected, that."""
        found = self.seen.get(node_id) or self.seen.get(node_id.partition("::")[0])
        return found or Seen(SampleOutcome.NOT_RUN, self.broken or "pytest did not run it")

    def replace_one(self, node_id: str, alone: Sample) -> Sample:
        """Return this sample with what became of one test in a run of its own."""
        seen = {**self.seen, node_id: alone.get(node_id)}
        return Sample(seen, {**self.elsewhere, **alone.elsewhere}, self.aside or alone.aside)


def build_environment(
    environ: Mapping[str, str], repository: Path, passed: Collection[str], tokens: Collection[str] = ()
) -> dict[str, str]:
    """Return the child's environment: without secrets (unless `passed`), git's variables, and code of `repository`.

    A variable is a secret by its name, or if its value is a URL with a password. `tokens`, which hold the tokens of
    remote sources, are left out even if `passed`.

    Byte code is never written: two trees that follow each other within a second would be taken for one.
    """
    kept = {
        name: value
        for name, value in environ.items()
        if not _OF_A_RUN.match(name) and name not in tokens and (name in passed or not _is_secret(name, value))
    }
    entries = [Path(entry).absolute() for entry in environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    kept["PYTHONPATH"] = os.pathsep.join(
        str(entry) for entry in entries if not entry.resolve().is_relative_to(repository)
    )
    kept["PYTHONDONTWRITEBYTECODE"] = "1"
    return kept


def _is_secret(name: str, value: str) -> bool:
    return name not in _NO_SECRETS and (
        _SECRET.search(name) is not None or _URL_WITH_PASSWORD.search(value) is not None
    )


@dataclass(frozen=True, slots=True)
class Where:
    """Where a test runs: in `folder`, a part of the tree `top`; `home` is for files of the run.

    `changed` are the paths that the fix changes, relative to `top`; `roots` are the folders to import from before all
    others; `repository` is the user's checkout, whose code must not be what runs.
    """

    folder: Path
    home: Path
    top: Path
    repository: Path
    changed: tuple[str, ...]
    roots: tuple[str, ...]


def find_import_roots(top: Path, folder: Path, repository: Path, changed: Collection[str]) -> list[str]:
    """Return the folders of the tree `top` from which its modules are imported; `folder` is that of the configuration.

    They come before every other place, so that the tree's modules win over an installation that leads to the user's
    checkout: where this process imports from, the folders of the changed packages, and the usual ones. A folder that
    would hide a module of Python itself is no such place.
    """
    roots = dict.fromkeys([*_list_own_roots(top, repository), *_list_changed_roots(top, changed)])
    for base in (folder, top):
        roots |= dict.fromkeys(base / name for name in ("src", "lib", ""))
    return [str(root) for root in roots if root.is_dir() and (root in (folder, top) or not _hides(root))]


def _list_own_roots(top: Path, repository: Path) -> Iterator[Path]:
    """Yield the folders of the tree that are those of `repository` which this process imports from."""
    for entry in sys.path:
        path = Path(entry).resolve()
        if entry and path.is_relative_to(repository) and "site-packages" not in path.parts:
            yield top / path.relative_to(repository)


def _list_changed_roots(top: Path, changed: Iterable[str]) -> Iterator[Path]:
    """Yield the folders around the packages of changed modules."""
    for name in changed:
        package = (top / name).parent
        if name.endswith(".py") and package != top and _is_package(package):
            while package != top and _is_package(package):
                package = package.parent
            if not _is_package(package):
                yield package


def _is_package(folder: Path) -> bool:
    return (folder / "__init__.py").is_file()


def _hides(folder: Path) -> bool:
    return any(
        entry.stem in sys.stdlib_module_names and (entry.suffix == ".py" or (entry / "__init__.py").is_file())
        for entry in folder.iterdir()
    )


def run_sample(
    where: Where, node_ids: Sequence[str], environ: Mapping[str, str], limit: float, stopping: threading.Event
) -> Sample:
    """Run the tests for at most `limit` seconds, or until `stopping` is set."""
    result = where.home / "result.json"
    result.unlink(missing_ok=True)
    cache = where.home / "cache"
    shutil.rmtree(cache, ignore_errors=True)  # no run knows what failed in another
    assignment = {
        "result": str(result),
        "folder": str(where.folder),
        "top": str(where.top),
        "repository": str(where.repository),
        "changed": sorted(where.changed),
        "roots": where.roots,
    }
    before = environ.get("PYTHONPATH", "")
    child = {
        **environ,
        WITNESS: json.dumps(assignment),
        "PYTHONPATH": os.pathsep.join([*where.roots, before] if before else where.roots),
    }
    command = [
        *(sys.executable, "-m", "pytest", "-p", "pytest_postmortem.plugin.prove.witness"),
        *("-o", f"cache_dir={cache}", "-q", "--maxfail=0", "--continue-on-collection-errors"),
        *("-m", "", "-k", "", *node_ids),
    ]
    output = where.home / "output.txt"
    code = run_supervised(command, where.folder, child, output, limit, stopping)
    if isinstance(code, str):
        return Sample(broken=f"its process {code}")
    reported = _read_result(result)
    if reported is None or not reported["tests"]:
        return Sample(broken=_explain_no_test(code, output))
    return Sample(
        {name: Seen(SampleOutcome(outcome), message) for name, (outcome, message) in reported["tests"].items()},
        reported["elsewhere"],
        reported["aside"],
    )


def _explain_no_test(code: int, output: Path) -> str:
    """Return why a run whose process ended in `code` has reported no test."""
    if code not in _PYTEST_CODES:
        return f"its process ended in {code}"
    tail = output.read_bytes()[-_MOST_OUTPUT:].decode("utf-8", "replace").strip().splitlines()
    errors = [line for line in tail if line.startswith(("ERROR", "E  "))] or tail[-1:]
    return f"pytest ended early: {' '.join(errors[:1]) or 'it printed nothing'}"


def _read_result(result: Path) -> dict[str, Any] | None:
    """Return what the witness has written, if it came to that."""
    try:
        result_values: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return result_values
