"""`python history.py FOLDER`: the shop as a repository whose history has its mistakes, and how they were mended."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SHOP = Path(__file__).parent
LIMIT = """        if len(self._waiting) >= self.limit:
            raise QueueFull(f"{self.limit} orders are waiting")
"""
ONCE = """        if order.key in self._keys:
            return False
"""
BOUNDS = """    def __post_init__(self) -> None:
        if not 1 <= self.attempts <= 10:
            raise ValueError(f"attempts is {self.attempts}: between 1 and 10")
        if self.longest <= 0:
            raise ValueError("longest must be above 0: a policy without an upper bound retries for ever")

"""
LATER = ("tests/test_queue.py", "tests/test_retry.py", "docs")


def git(folder: Path, *arguments: str, day: str = "2026-01-02") -> None:
    """Run git in `folder`, at noon of a day, by nobody in particular: the commits are the same everywhere."""
    own = {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "The shop"), ("EMAIL", "shop@example.org"), ("DATE", f"{day}T12:00:00+00:00"))
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    settings = ("-c", "commit.gpgSign=false", "-c", "core.autocrlf=false", "-c", f"core.hooksPath={os.devnull}")
    subprocess.run(["git", *settings, *arguments], cwd=folder, env={**kept, **own}, check=True)


def commit(folder: Path, day: str, subject: str, number: int = 0) -> None:
    """Commit everything; with a number, as the fix of that incident of 2026."""
    trailer = ["--message", f"Incident: PM-2026-{number:03}"] if number else []
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", subject, *trailer, day=day)


def change(folder: Path, path: str, *taken_out: str) -> None:
    """Write a file of the shop as it was without some of its lines."""
    text = SHOP.joinpath(path).read_text(encoding="utf-8")
    for lines in taken_out:
        assert lines in text, f"{path} has changed: mend history.py"
        text = text.replace(lines, "")
    folder.joinpath(path).write_text(text, encoding="utf-8")


def main(folder: Path) -> None:
    if folder.exists():
        raise SystemExit(f"{folder} is there already; name a folder that is to be made")
    left_out = shutil.ignore_patterns("__pycache__", ".pytest_cache", "history.py", ".postmortem")
    shutil.copytree(SHOP, folder, ignore=left_out)
    git(folder, "init", "--quiet", "--initial-branch=main")
    later = {path: folder.parent / f"{folder.name}-{path.replace('/', '-')}" for path in LATER}
    for path, aside in later.items():
        shutil.move(folder / path, aside)
    change(folder, "shop/queue.py", LIMIT, ONCE)
    change(folder, "shop/retry.py", BOUNDS)
    commit(folder, "2026-01-02", "The shop opens")
    change(folder, "shop/queue.py", ONCE)
    commit(folder, "2026-02-12", "Reject orders when the queue is full", 1)
    change(folder, "shop/retry.py")
    commit(folder, "2026-02-19", "A retry policy has an upper bound", 1)
    change(folder, "shop/queue.py")
    commit(folder, "2026-04-01", "Take an order of the same key once", 2)
    for path, aside in later.items():
        shutil.move(aside, folder / path)
    commit(folder, "2026-05-20", "Post-mortems, and the tests that guard their action items")


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]))
    print(f"made {sys.argv[1]}: go there and type `postmortem prove --all`")
