"""A mutation run over the deciding code: `python -m benchmarks.mutation [--sample N --seed S] [--file NAME]`.

Makes one small change at a time in `judging/` and `plugin/results.py`, in a copy of the package and never in the
checkout, and runs their tests. Prints each change that no test noticed as `file:line [operator] before -> after`. Exits
with 1 if fewer than 95 % of those not listed in `equivalent_mutants.txt` were noticed.

One process imports pytest and forks for each mutant. Property tests and tests with workers are left out, because they
are slow or random: the share is that of the fast examples only.
"""

from __future__ import annotations

import argparse
import compileall
import importlib
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from benchmarks.mutants import Mutant, enum_members, find_mutants, render_mutant

__all__ = ["Subject", "main", "read_equivalents"]

ROOT = Path(__file__).resolve().parents[1]
FLOOR = 95.0
SECONDS = 20
"""CPU time limit of the tests of a mutant (six times that on the clock). Beyond it the mutant counts as noticed."""
_BROKEN = 99
"""The exit code of a child whose tests do not run on the copy."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is mutated: `files` of the package at `package`; and by which tests of `root`.

    `tests` maps the beginning of a file's path to its tests; those that import the file run first.
    """

    root: Path
    package: Path
    files: tuple[str, ...]
    tests: dict[str, tuple[str, ...]]
    equivalents: Path
    options: tuple[str, ...] = ()
    warm: tuple[str, ...] = ()

    def mutants(self) -> list[Mutant]:
        """Every mutant of every file."""
        enums = enum_members(self.package)
        return [
            mutant
            for pattern in self.files
            for path in sorted(self.package.glob(pattern))
            for mutant in find_mutants(
                path.relative_to(self.package).as_posix(), path.read_text(encoding="utf-8"), enums
            )
        ]

    def passes(self, file: str) -> tuple[list[str], list[str]]:
        """The test files that import a file, or are named after it; and the others."""
        places = next(tests for prefix, tests in self.tests.items() if file.startswith(prefix))
        found = [one for place in places for one in sorted(self.root.glob(place))]
        module = f"{self.package.name}.{file.removesuffix('.py').replace('/', '.')}"
        stem = Path(file).stem
        first = [path for path in found if path.stem == f"test_{stem}" or module in path.read_text(encoding="utf-8")]
        return [str(path) for path in first], [str(path) for path in found if path not in first]


_DECIDING = ("tests/judging/test_*.py", "tests/evidence/test_*.py", "tests/model/test_*.py")
SUBJECT = Subject(
    root=ROOT,
    package=ROOT / "src" / "pytest_postmortem",
    files=("judging/*.py", "plugin/results.py"),
    tests={
        "judging/": (
            "tests/judging/test_*.py",
            "tests/evidence/test_*.py",
        ),
        "plugin/results.py": ("tests/plugin/test_results.py",),
    },
    equivalents=Path(__file__).with_name("equivalent_mutants.txt"),
    options=(
        "-W",
        "ignore::pytest.PytestAssertRewriteWarning",
        "-p",
        "no:postmortem",
        "-m",
        "not hypothesis",
        "-k",
        "not xdist",
    ),
    warm=("hypothesis", "jsonschema", "yaml"),
)


class Runner:
    """Runs the tests on mutants, `jobs` at a time, each job with its own copy of the package in `folder`."""

    def __init__(self, subject: Subject, folder: Path, jobs: int) -> None:
        self._subject = subject
        self._enums = enum_members(subject.package)
        self._running: dict[int, tuple[Mutant, Path]] = {}
        self._free = [folder / f"copy-{number}" for number in range(jobs)]
        sys.pycache_prefix = str(folder / "compiled")
        for module in ("pytest", *subject.warm):
            importlib.import_module(module)
        for copy in self._free:
            shutil.copytree(subject.package, copy / subject.package.name, ignore=shutil.ignore_patterns("__pycache__"))
            compileall.compile_dir(copy, quiet=1)

    def check(self) -> None:
        """Run the tests on the code as it is: they must pass. What they compile is there for the mutants' runs."""
        for prefix, places in self._subject.tests.items():
            self._start(next(one for one in self._subject.mutants() if one.file.startswith(prefix)), unchanged=True)
            if not self._wait()[1]:
                output = self._free[-1].joinpath("output").read_text(encoding="utf-8", errors="replace")
                sys.exit(f"{output}error: the tests do not pass on the code as it is: {' '.join(places)}")

    def survivors(self, mutants: Sequence[Mutant]) -> Iterator[Mutant]:
        """Run the tests on each mutant, and yield those that no test notices, as they are found."""
        waiting = list(reversed(mutants))
        while waiting or self._running:
            while waiting and self._free:
                self._start(waiting.pop())
            mutant, passed = self._wait()
            if passed:
                yield mutant

    def _start(self, mutant: Mutant, *, unchanged: bool = False) -> None:
        """Fork a child that runs the tests on the mutant in a copy that is free."""
        copy = self._free.pop()
        source = (self._subject.package / mutant.file).read_text(encoding="utf-8")
        if not unchanged:
            path = copy / self._subject.package.name / mutant.file
            path.write_text(render_mutant(source, mutant.number, self._enums), encoding="utf-8")
            os.utime(path, (mutant.number, mutant.number))  # not that of the compiled module
        child = os.fork()
        if child == 0:
            self._run_tests(copy, self._subject.passes(mutant.file), write=unchanged)
        self._running[child] = mutant, copy

    def _wait(self) -> tuple[Mutant, bool]:
        """Wait for a child: return its mutant, and whether every test passed."""
        child, status = os.wait()
        mutant, copy = self._running.pop(child)
        shutil.copy2(self._subject.package / mutant.file, copy / self._subject.package.name / mutant.file)
        self._free.append(copy)
        code = os.waitstatus_to_exitcode(status)
        if code == _BROKEN:
            sys.exit("error: the tests do not run on the copy of the package")
        return mutant, code == 0

    def _run_tests(self, copy: Path, passes: Sequence[Sequence[str]], *, write: bool) -> NoReturn:
        """Run the tests on the copy, in the child; end with 0 if all of them pass."""
        code = 1
        try:
            import pytest

            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
            signal.alarm(6 * SECONDS)
            output = os.open(copy / "output", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(output, 1)
            os.dup2(output, 2)
            sys.dont_write_bytecode = not write
            os.environ |= {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
            sys.path.insert(0, str(copy))
            os.chdir(self._subject.root)
            options = ("-x", "-q", "-p", "no:cacheprovider", f"--basetemp={copy / 'temporary'}", *self._subject.options)
            for tests in filter(None, passes):
                code = int(pytest.main([*options, *tests]))
                if code:
                    break
            module = sys.modules.get(self._subject.package.name)
            if code == pytest.ExitCode.NO_TESTS_COLLECTED or (
                module and copy not in Path(str(module.__file__)).parents
            ):
                code = _BROKEN
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(code)


def read_equivalents(path: Path) -> dict[str, str]:
    """Read the mutants that change nothing that can be seen, each with its reason in the indented lines below it."""
    reasons: dict[str, str] = {}
    key = ""
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        if line.startswith((" ", "\t")) and key:
            reasons[key] = f"{reasons[key]} {line.strip()}".strip()
        elif line.strip() and not line.startswith("#"):
            key = line.strip()
            reasons[key] = ""
    return reasons


def main(subject: Subject = SUBJECT) -> None:
    """Run the tests on every mutant, or on a sample; exit 1 under the floor."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutation", description=__doc__)
    parser.add_argument("--sample", type=int, metavar="N", help="only N mutants (default: all)")
    parser.add_argument("--seed", type=int, help="of the sample (default: another each time)")
    parser.add_argument("--file", action="append", metavar="NAME", help="only those of this file, such as gate.py")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="mutants at a time (default 2)")
    options = parser.parse_args()
    mutants = subject.mutants()
    equivalents = read_equivalents(subject.equivalents)
    stale = [key for key, reason in equivalents.items() if not reason or key not in {one.key for one in mutants}]
    if stale:
        sys.exit("\n".join(f"error: {subject.equivalents.name}: without a reason or a mutant: {key}" for key in stale))
    chosen = [
        one
        for one in mutants
        if not options.file or f"/{one.file}".endswith(tuple(f"/{name}" for name in options.file))
    ]
    listed = sum(one.key in equivalents for one in chosen)
    chosen = [one for one in chosen if one.key not in equivalents]
    if not chosen:
        sys.exit(f"error: no mutants to run in {' '.join(options.file or ['any file'])}")
    if options.sample is not None:
        seed = options.seed if options.seed is not None else random.randrange(1 << 32)
        print(f"seed {seed}", flush=True)
        chosen = random.Random(seed).sample(chosen, min(options.sample, len(chosen)))
    start = time.monotonic()
    survivors = 0
    with tempfile.TemporaryDirectory() as name:
        runner = Runner(subject, Path(name), max(1, options.jobs))
        runner.check()
        for mutant in runner.survivors(chosen):
            survivors += 1
            print(mutant, flush=True)
        runner.check()  # the tests were not changed meanwhile
    share = 100 * (len(chosen) - survivors) / len(chosen)
    print(
        f"{len(chosen) - survivors} of {len(chosen)} mutants were noticed ({share:.1f} %) in"
        f" {time.monotonic() - start:.0f} s; {listed} more are listed as equivalent"
    )
    sys.exit(share < FLOOR)


if __name__ == "__main__":
    main()
