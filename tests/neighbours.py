"""Whether other projects' own tests come out the same with this plugin installed and unused: `tox run -e neighbours`.

Downloads the source distributions, runs each suite without and with the plugin, and compares the outcome of every test.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

NEIGHBOURS = (
    ("click==8.5.1", "tests", ()),
    ("pluggy==1.7.0", "testing", ("--ignore=testing/benchmark.py",)),
    ("pytest_mock==3.15.1", "tests", ()),
)
"""A command line tool, the hook library, and a pytest plugin that runs pytest in pytest: release, folder, options."""


def outcomes(project: Path, tests: str, *options: str) -> tuple[int, Counter[tuple[str, str]]]:
    """pytest's exit code, and how often each test came out how."""
    with tempfile.TemporaryDirectory() as folder:
        xml = Path(folder, "junit.xml")
        where = (f"--junitxml={xml}", f"--basetemp={Path(folder, 'tmp')}")
        command = [sys.executable, "-m", "pytest", tests, "-q", *where, *options]
        done = subprocess.run(command, cwd=project, capture_output=True, text=True)
        if not xml.exists():
            raise SystemExit(f"{' '.join(command)} wrote no results:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
        cases = ElementTree.parse(xml).iter("testcase")
        return done.returncode, Counter(
            (f"{case.get('classname')}::{case.get('name')}", "+".join(sorted(part.tag for part in case)) or "passed")
            for case in cases
        )


def main() -> None:
    """Compare all of them; exit 1 where one differs."""
    different = 0
    with tempfile.TemporaryDirectory() as folder:
        for release, tests, options in NEIGHBOURS:
            name = release.partition("==")[0]
            target = Path(folder, name)
            pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
            subprocess.run([*pip, "--dest", str(target), release], check=True)
            with tarfile.open(next(target.glob("*.tar.gz"))) as archive:
                if hasattr(tarfile, "data_filter"):  # not before Python 3.11.4
                    archive.extraction_filter = tarfile.data_filter
                archive.extractall(target)
            project = next(path for path in target.iterdir() if path.is_dir())
            without = outcomes(project, tests, "-p", "no:postmortem", *options)
            with_us = outcomes(project, tests, *options)
            same = without == with_us and without[1].total() > 50
            different += not same
            print(f"{release}: {without[1].total()} tests, {'the same' if same else 'DIFFERENT'} with the plugin")
            for one in sorted((without[1] - with_us[1]) + (with_us[1] - without[1])):
                print("  ", *one)
    sys.exit(bool(different))


if __name__ == "__main__":
    main()
