"""Runs killed at random times: `python -m benchmarks.kills [--number 500] [--seed N]`.

Each run writes evidence and is ended by SIGKILL after a random time, plain and with two workers in turn. Evidence must
be absent, `running`, or whole: never half a file, and never finished with a test missing or without its result.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks import projects

TESTS = 40


def project(folder: Path) -> None:
    """Forty tests that take a moment each, every one guarding the same incident."""
    projects.documents(folder, 1)
    folder.joinpath("pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    lines = ["import time, pytest\n", 'pytestmark = pytest.mark.incident("PM-1", action_item="AI-1")\n']
    lines += [f"def test_{number}(): time.sleep(0.005)\n" for number in range(TESTS)]
    folder.joinpath("test_it.py").write_text("".join(lines), encoding="utf-8")


def killed_run(folder: Path, workers: bool, seconds: float) -> bool:
    """Whether the run was killed before its end. The whole group goes, workers included."""
    options = ("-n", "2") if workers else ("-p", "no:xdist")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--incident-output=e.json", *options]
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


def verdict(folder: Path) -> str:
    """What the evidence is: absent, running, finished, or a fault in words."""
    path = folder / "e.json"
    if not path.exists():
        return "absent"
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return "FAULT: half a file"
    if said["state"] == "running":
        return "running"
    outcomes = Counter(test["outcome"] for test in said["tests"])
    if said["completeness"]["complete"] and outcomes != {"passed": TESTS}:
        return f"FAULT: complete with {dict(outcomes)}"
    return "finished"


def main() -> None:
    """Kill that many runs; exit 1 where one left what must not be."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills", description=__doc__)
    parser.add_argument("--number", type=int, default=500, help="runs to kill (default 500)")
    parser.add_argument("--seed", type=int, default=None, help="of the random times (default: another each time)")
    asked = parser.parse_args()
    seed = asked.seed if asked.seed is not None else random.randrange(1 << 32)
    times = random.Random(seed)
    print(f"seed {seed}")
    seen: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project(folder)
        longest = {}
        for workers in (False, True):
            start = time.perf_counter()
            killed_run(folder, workers, 120)
            longest[workers] = (time.perf_counter() - start) * 1.1
        done = 0
        while done < asked.number:
            workers = done % 2 == 1
            folder.joinpath("e.json").unlink(missing_ok=True)
            if killed_run(folder, workers, times.uniform(0.05, longest[workers])):
                done += 1
                seen[f"{'-n 2' if workers else 'plain'}: {verdict(folder)}"] += 1
        killed_run(folder, False, 120)
        left = [path.name for path in folder.iterdir() if path.name.endswith(".postmortem-tmp")]
        if left:
            seen[f"FAULT: left behind after the next run: {left}"] += 1
        shutil.rmtree(folder / "__pycache__", ignore_errors=True)
    for told, number in sorted(seen.items()):
        print(f"{number:>5}  {told}")
    sys.exit(any("FAULT" in told for told in seen))


if __name__ == "__main__":
    main()
