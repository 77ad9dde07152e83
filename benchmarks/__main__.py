"""Side-by-side measurements: `python -m benchmarks [--rounds N] [NAME...]`. Ratios within one run, printed as a table.

Each pair is measured in turn, A B A B ..., and compared by the median of the pairs, so that a machine that is busy
slows both.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks import check, fetching, listing, projects, proofs
from benchmarks.measure import OFF, pairs, pytest_run, row


def startup(folder: Path, rounds: int) -> None:
    """A run of one test that uses nothing of the plugin, against the run without it."""
    projects.tests(folder, 1, 0, 1)

    def timed(*options: str) -> float:
        return pytest_run(folder, *options)[0]

    bare, ours, _ = pairs(lambda: timed(*OFF), timed, rounds * 5)
    row("start of a one-test run, unused", f"{bare * 1e3:.0f} ms", f"+{(ours - bare) * 1e3:.1f} ms", "+3 ms")


def tests(folder: Path, rounds: int, number: int = 10_000, incidents: int = 1) -> None:
    """Trivial tests, a tenth of them linked, with the report, against the bare run.

    With one document the time of the documents is left out: the bare run reads them, too.
    """
    projects.tests(folder, number, number // 10, incidents)
    projects.documents(folder, incidents)
    peaks: dict[str, float] = {}

    def timed(name: str, *options: str) -> float:
        took, peaks[name] = pytest_run(folder, *options)
        return took

    marker = ("-p", "benchmarks.no_marker")
    reads = ("-p", "benchmarks.documents_read") if incidents == 1 else ()
    bare, ours, ratio = pairs(
        lambda: timed("bare", *OFF, *marker, *reads), lambda: timed("ours", "--incident-report"), rounds
    )
    row(
        f"{number:,} tests, {incidents:,} documents, --incident-report",
        f"{bare:.2f} s",
        f"{ratio:.3f} ({ours:.2f} s)",
        "1.04" if reads else "1.10",
    )
    timed("bare", *OFF, *marker)
    row(
        "  memory over the bare run", f"{peaks['bare']:.0f} MiB", f"+{peaks['ours'] - peaks['bare']:.1f} MiB", "+30 MiB"
    )


def violations(folder: Path, rounds: int, number: int = 10_000, documents: int = 1_000) -> None:
    """The same run with three violations a document, whose tests are not there, against one that requires no test."""
    fine, broken = folder / "fine", folder / "broken"
    outputs = [f"--incident-output={folder / f'report.{suffix}'}" for suffix in ("json", "html", "md")]
    for place, required in ((fine, False), (broken, True)):
        place.mkdir()
        projects.tests(place, number, number // 10, documents)
        projects.demanding_documents(place, documents, number // 500, required=required)

    def timed(place: Path, *options: str, code: int = 0) -> float:
        return pytest_run(place, "--incident-report", *options, code=code)[0]

    for name, options in (("", ()), (", with a page, a summary and evidence", outputs)):
        base, took, _ = pairs(
            partial(timed, fine, *options), partial(timed, broken, *options, code=1), max(1, rounds // 2)
        )
        row(f"{3 * documents:,} violations{name}", f"{base:.2f} s", f"+{took - base:.2f} s", "+1 s")


def markers(folder: Path, rounds: int, number: int = 10_000) -> None:
    """Ten markers among many documents, without the report, against the same run without markers."""
    plain, marked = folder / "plain", folder / "marked"
    for tests, linked in ((plain, 0), (marked, 10)):
        tests.mkdir()
        projects.tests(tests, 10, linked, 10)
    projects.documents(folder, number)
    where = ("--rootdir", str(folder))
    without, ours, _ = pairs(lambda: pytest_run(plain, *where)[0], lambda: pytest_run(marked, *where)[0], rounds * 3)
    row(
        f"10 markers, {number:,} documents, no report",
        f"{without * 1e3:.0f} ms",
        f"+{(ours - without) * 1e3:.0f} ms",
        "+60 ms",
    )


def reading(folder: Path, rounds: int, number: int = 10_000) -> None:
    """Reading every document, against one bare pass of the Markdown parser and the YAML events over the same texts.

    Few documents have no limit here: what is imported before the first one is most of their time.
    """
    projects.documents(folder, number)
    peaks: list[float] = []

    def ours() -> float:
        seconds, peak = _read(folder, "ours")
        peaks.append(peak)
        return seconds

    bare, took, ratio = pairs(lambda: _read(folder, "bare")[0], ours, rounds)
    name = f"reading {number:,} documents of 4 KB"
    row(name, f"{bare:.2f} s", f"{ratio:.2f} ({took:.2f} s)", "2.5" if number >= 10_000 else "")
    row("  peak memory", "", f"{max(peaks):.0f} MiB", "200 MiB")


def doorstop(folder: Path, rounds: int, number: int = 1000) -> None:
    """Reading every document, against doorstop, which reads the same texts as its own Markdown items."""
    name = f"reading {number:,} documents, against doorstop"
    if importlib.util.find_spec("doorstop") is None:
        row(name, "", "not installed", "1")
        return
    projects.documents(folder, number)
    projects.items(folder / "items", folder)
    base, took, ratio = pairs(lambda: _read(folder / "items", "doorstop")[0], lambda: _read(folder, "ours")[0], rounds)
    row(name, f"{base:.2f} s", f"{ratio:.2f} ({took:.2f} s)", "1")


def _read(folder: Path, what: str) -> tuple[float, float]:
    """Seconds and peak memory (MiB) of one way of `reading.py`."""
    program = Path(__file__).with_name("reading.py")
    done = subprocess.run([sys.executable, program, what, folder], capture_output=True, text=True, check=True)
    seconds, peak = done.stdout.split()
    return float(seconds), float(peak)


def checking(folder: Path, rounds: int) -> None:
    """`postmortem check` of many shards, against reading the same files and documents; and the page of it."""
    check.evidence(folder)
    bare, took, ratio = pairs(lambda: check.bare(folder), lambda: check.check(folder), rounds)
    name = f"check: {check.SHARDS} shards, {check.TESTS:,} tests, {check.DOCUMENTS:,} documents"
    row(name, f"{bare:.2f} s", f"{ratio:.2f} ({took:.2f} s)", "3")
    seconds, size = check.page(folder)
    row("  the page of it", "", f"{seconds:.2f} s, {size:.1f} MB", "2 s, 6 MB")


def listed(folder: Path, rounds: int) -> None:
    """`postmortem list` and `show`, against reading the documents; `markers`, against `pytest --collect-only`."""
    projects.documents(folder, listing.DOCUMENTS)
    for name, *arguments in (("list", "list"), ("show", "show", "PM-7")):
        base, took, ratio = pairs(
            partial(listing.reading, folder), partial(listing.command, folder, *arguments), rounds
        )
        row(f"{name}: {listing.DOCUMENTS:,} documents", f"{base:.2f} s", f"{ratio:.2f} ({took:.2f} s)", "3")
    listing.project(folder)
    base, took, ratio = pairs(
        partial(listing.collecting, folder), partial(listing.command, folder, "markers"), max(1, rounds // 3)
    )
    name = f"markers: {listing.FILES:,} test files, a tenth with one"
    row(name, f"{base:.2f} s", f"{ratio:.2f} ({took:.2f} s)", "0.5")


def written(folder: Path, rounds: int) -> None:
    """`postmortem new` and `lint`, against reading the documents."""
    projects.documents(folder, listing.DOCUMENTS)

    def new() -> float:
        took = listing.command(folder, "new", "One more overflow", "--date", "2026-03-04")
        folder.joinpath("docs", "postmortems", f"PM-{listing.DOCUMENTS + 1}-one-more-overflow.md").unlink()
        return took

    def lint() -> float:
        return listing.command(folder, "lint", "--select", "ALL", "--ignore", "PM405,PM407")

    for name, ours in (("new", new), ("lint", lint)):
        base, took, ratio = pairs(partial(listing.reading, folder), ours, rounds)
        row(f"{name}: {listing.DOCUMENTS:,} documents", f"{base:.2f} s", f"{ratio:.2f} ({took:.2f} s)", "3")


def proven(folder: Path, rounds: int) -> None:
    """`postmortem prove`, against the test runs themselves; and side by side against one after the other."""
    proofs.repository(folder)
    base, took, _ = pairs(partial(proofs.runs, folder, 1), partial(proofs.prove, folder, "PM-0"), rounds)
    name = f"prove: 1 proof, {proofs.FILES:,} files, over its two runs"
    row(name, f"{base:.2f} s", f"+{took - base:.2f} s", "+1.5 s")
    base, more = _each_further(folder, rounds)
    row("  each further one", f"{base:.2f} s", f"+{more:.2f} s", "+0.3 s")
    few = max(1, rounds // 3)
    base, took, ratio = pairs(
        partial(proofs.prove, folder, "--all", "--jobs", "1"),
        partial(proofs.prove, folder, "--all", "--jobs", "2"),
        few,
    )
    row(f"  {proofs.PROOFS} of them, two at once", f"{base:.2f} s", f"{ratio:.2f} ({took:.2f} s)", "0.6")


def fetched(folder: Path, rounds: int) -> None:
    """`postmortem fetch` of 1,000 issues over 10 pages, against the bare requests; and of 10,000, for its memory."""
    with fetching.service(1_000) as (origin, asked):
        fetching.project(folder, origin)
        base, took, ratio = pairs(
            lambda: fetching.run(folder, "bare")[0], lambda: fetching.run(folder, "first")[0], rounds
        )
        row("fetch: 1,000 issues, 10 pages of 50 ms", f"{base:.2f} s", f"{ratio:.2f} ({took:.2f} s)", "1.3")
        asked.clear()
        seconds, _ = fetching.run(folder, "again")
        row("  again, nothing has changed", "", f"{seconds:.2f} s, {len(asked)} request", "1 request")
    with fetching.service(10_000) as (origin, _):
        fetching.project(folder, origin)
        seconds, peak = fetching.run(folder, "first")
        row("  10,000 issues", "", f"{seconds:.2f} s, {peak:.0f} MiB", "150 MiB")


def _each_further(folder: Path, rounds: int, number: int = 5) -> tuple[float, float]:
    """Seconds of the two runs of one proof, and what a further proof takes over them: in turn, as machines drift."""
    ids = [f"PM-{place}" for place in range(number)]
    measured = []
    for _ in range(rounds):
        one = proofs.prove(folder, "--jobs", "1", ids[0])
        runs = proofs.runs(folder, number) * (number - 1) / number
        several = proofs.prove(folder, "--jobs", "1", *ids)
        measured.append((runs / (number - 1), (several - one - runs) / (number - 1)))
    return statistics.median(base for base, _ in measured), statistics.median(more for _, more in measured)


def history(folder: Path, rounds: int) -> None:
    """`postmortem history`, against one `git log -p` of the test folders."""
    importlib.import_module("benchmarks.history").history(folder, rounds)


BENCHMARKS: dict[str, Callable[[Path, int], None]] = {
    "startup": startup,
    "tests": tests,
    "tests-1000-documents": lambda folder, rounds: tests(folder, rounds, incidents=1000),
    "tests-50000": lambda folder, rounds: tests(folder, max(1, rounds // 3), number=50_000),
    "markers": markers,
    "violations": violations,
    "reading-1000": lambda folder, rounds: reading(folder, rounds, number=1000),
    "doorstop": doorstop,
    "check": checking,
    "fetch": fetched,
    "history": history,
    "list": listed,
    "new": written,
    "prove": proven,
    "reading": lambda folder, rounds: reading(folder, max(1, rounds // 2)),
}


def main() -> None:
    """Run the benchmarks that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="pairs a benchmark (default 5)")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which ones (default all): {', '.join(BENCHMARKS)}")
    asked = parser.parse_args()
    unknown = [name for name in asked.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark is named {unknown[0]!r}; there are {', '.join(BENCHMARKS)}")
    row("what", "base", "ours", "limit")
    for name in asked.names or BENCHMARKS:
        with tempfile.TemporaryDirectory() as folder:
            BENCHMARKS[name](Path(folder), asked.rounds)


if __name__ == "__main__":
    main()
