"""Proofs killed at random times: `python -m benchmarks.proof_kills [--number 50] [--seed N]`.

Each run of `postmortem prove` is ended by SIGKILL after a random time, itself alone. The user's files, index, refs,
stashes and work trees must be as they were, no process of the run may be left a second later, the ledger must be
absent or whole, and the next start must remove the temporary folders. Needs /proc.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from pytest_postmortem.evidence import ledger
from pytest_postmortem.proving.temporary_folder import PREFIX

MARK = "PROOF_KILLS_RUN"
"""A variable that every process of a run inherits; the look for those that are left goes by it."""
ASK = ("prove", "--all", "--samples", "2", "--jobs", "2")
AGAIN = ("prove", "no-such-id")
"""A start that removes what is left, and does no more."""
IDENTITY = ("-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgSign=false")
TEST = """\
import subprocess, time
import pytest
import line

@pytest.mark.incident("PM-{number}")
def test_{number}():
    subprocess.Popen(["sleep", "30"])
    time.sleep(0.2)
    assert not line.push([1] * 10)
"""


class Shop:
    """A repository in `folder` whose queue once overflowed, with a change that is not committed, a stash and a work
    tree; `temporary` is where proofs have their folders.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "shop"
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self.environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        self.environ |= {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "TMPDIR": str(self.temporary)}
        files = {"line.py": "def push(queue):\n    return True\n", "pytest.ini": "[pytest]\n"}
        files |= {
            f"docs/postmortems/PM-{number}.md": f"---\nid: PM-{number}\ntitle: Title\ndate: 2026-02-11\n---\n# Title\n"
            for number in (1, 2)
        }
        files["postmortem.toml"] = "setup-command = 'sleep 0.1; echo > made'\n"
        self.path.mkdir()
        self.git("init", "-q", "-b", "main")
        self._write(files)
        self.git("add", "-A")
        self.git("commit", "-qm", "first")
        tests = {f"tests/test_{number}.py": TEST.format(number=number) for number in (1, 2)}
        self._write({"line.py": "def push(queue):\n    return len(queue) < 10\n", **tests})
        self.git("add", "-A")
        self.git("commit", "-qm", "Bound it\n\nIncident: PM-1\nIncident: PM-2")
        self._write({"line.py": "stashed"})
        self.git("stash", "-q")
        self.git("worktree", "add", "-q", str(folder / "linked"), "HEAD^")
        self._write({"line.py": "broken(", "new.txt": ""})

    def _write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def git(self, *arguments: str) -> str:
        """What git tells."""
        command = ["git", "--no-optional-locks", *IDENTITY, *arguments]
        return subprocess.run(command, cwd=self.path, env=self.environ, capture_output=True, check=True).stdout.decode()

    def state(self) -> dict[str, str]:
        """Everything of the user's: each file with its digest (those of git, too), and what git makes of it."""
        found = {
            str(path.relative_to(self.path)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in self.path.rglob("*")
            if path.is_file() and ".postmortem" not in path.parts and "__pycache__" not in path.parts
        }
        status = [line for line in self.git("status", "--porcelain").splitlines() if ".postmortem/" not in line]
        found["git status"] = "\n".join(status)
        found["git worktree list"] = self.git("worktree", "list")
        found["git stash list"] = self.git("stash", "list")
        found["git for-each-ref"] = self.git("for-each-ref")
        return found

    def start(self, *arguments: str, run: str = "-") -> subprocess.Popen[bytes]:
        """Start the command; every process of it carries `run`."""
        command = [sys.executable, "-m", "pytest_postmortem", *arguments]
        environ = {**self.environ, MARK: run}
        return subprocess.Popen(command, cwd=self.path, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def folders(self) -> int:
        """How many temporary folders there are."""
        return sum(path.name.startswith(PREFIX) for path in self.temporary.iterdir())

    def faults(self, before: dict[str, str], run: str) -> list[str]:
        """What a run that was ended a moment ago has left that it must not, and its next start does not remove."""
        due = time.monotonic() + 1
        while (left := processes(run)) and time.monotonic() < due:
            time.sleep(0.02)
        told = [f"a process is left: {one}" for one in left]
        now = self.state()
        told += [f"{name} is another" for name in sorted(before.keys() | now) if before.get(name) != now.get(name)]
        path = self.path / ledger.PATH
        if path.exists():
            with suppress(FileNotFoundError):
                told += [] if ledger.read_ledger(path) or json.loads(path.read_bytes()) else ["no ledger"]
        again = self.start(*AGAIN)
        again.communicate()
        if again.returncode != 13:
            told.append(f"the next start ended in {again.returncode}")
        if self.folders():
            told.append("a temporary folder is left")
        if path.parent.exists() and [one.name for one in path.parent.iterdir()] not in ([], [path.name]):
            told.append("something is left beside the ledger")
        return told


def processes(run: str) -> list[str]:
    """The commands of the processes of a run that are alive."""
    wanted = f"{MARK}={run}".encode()
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                if wanted in folder.joinpath("environ").read_bytes().split(b"\0"):
                    found.append(folder.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return found


def killed(shop: Shop, seconds: float, run: str) -> bool:
    """Whether the run was killed before its end; it is ended alone, not with its children."""
    process = shop.start(*ASK, run=run)
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return True
    return False


def main() -> None:
    """Kill that many runs; exit 1 where one left what must not be."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.proof_kills", description=__doc__)
    parser.add_argument("--number", type=int, default=50, help="runs to kill (default 50)")
    parser.add_argument("--seed", type=int, default=None, help="of the random times (default: another each time)")
    asked = parser.parse_args()
    seed = asked.seed if asked.seed is not None else random.randrange(1 << 32)
    times = random.Random(seed)
    print(f"seed {seed}")
    seen: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        shop = Shop(Path(name))
        before = shop.state()
        start = time.perf_counter()
        killed(shop, 120, "whole")
        longest = (time.perf_counter() - start) * 1.05
        proofs = Counter(one.verdict.value for one in ledger.read_ledger(shop.path / ledger.PATH).values())
        print(f"a whole run takes {longest:.1f} s: {dict(proofs)}")
        seen.update(f"FAULT: {one} after a whole run" for one in shop.faults(before, "whole"))
        done = 0
        while done < asked.number:
            shop.path.joinpath(ledger.PATH).unlink(missing_ok=True)
            run = f"{seed}-{done}"
            if killed(shop, times.uniform(0, longest), run):
                done += 1
                seen[f"killed with {shop.folders()} temporary folders"] += 1
                seen.update(f"FAULT: {one}" for one in shop.faults(before, run))
    for told, number in sorted(seen.items()):
        print(f"{number:>5}  {told}")
    sys.exit(any("FAULT" in told for told in seen))


if __name__ == "__main__":
    main()
