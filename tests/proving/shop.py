"""A shop whose queue once overflowed: a repository of which a test of its fix is proven."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from unittest import mock

import pytest

from pytest_postmortem.command.codes import EVIDENCE_UNUSABLE, NOT_MET
from pytest_postmortem.command.main import main
from pytest_postmortem.evidence import ledger
from pytest_postmortem.model.proof import Proof, ProofVerdict
from tests.history.checkout import Checkout, document

PROVEN, NOT_ONE, UNCLEAR = ProofVerdict.PROVEN, ProofVerdict.NOT_A_REGRESSION_TEST, ProofVerdict.INCONCLUSIVE
CODES = {PROVEN: 0, NOT_ONE: NOT_MET, UNCLEAR: EVIDENCE_UNUSABLE}
DOCUMENT = "docs/postmortems/PM-1.md"
TRAILER = "Bound the queue\n\nIncident: PM-1"
BROKEN = "LIMIT = 10\n\n\ndef push(queue, order):\n    queue.append(order)\n    return True\n"
FIXED = "LIMIT = 10\n\n\ndef push(queue, order):\n    if len(queue) >= LIMIT:\n        return False\n    queue.append(order)\n    return True\n"
TEST = """\
import pytest
from shop.line import push

@pytest.mark.incident("PM-1")
def test_bound():
    assert not push(["order"] * 10, "order")
"""
FIRST = {DOCUMENT: document(), "src/shop/__init__.py": "", "src/shop/line.py": BROKEN}
INI = "[pytest]\n"


def a_test(body: str, before: str = "", module: str = "shop.line") -> str:
    """A test of PM-1 with this body; `before` stands above it."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return (
        f'import pytest\nfrom {module} import push\n\n{before}@pytest.mark.incident("PM-1")\ndef test_bound():\n{lines}'
    )


@dataclass(frozen=True)
class Told:
    """What a run of the command gave."""

    code: int
    output: str
    errors: str
    proofs: tuple[Proof, ...]

    @property
    def proof(self) -> Proof:
        (one,) = self.proofs
        return one


class Shop(Checkout):
    """A `Checkout` that commits several files at once, and runs the command."""

    def change(self, files: Mapping[str, str | bytes | None], message: str = "change", day: str = "2026-02-02") -> str:
        """Commit these files (None removes one) and return the commit's hash."""
        for path, text in files.items():
            if text is None:
                self.remove(path)
            else:
                self.write(path, text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message, day=day)
        return self.git("rev-parse", "HEAD")

    def mended(
        self, first: Mapping[str, str | bytes], fix: Mapping[str, str | bytes | None], message: str = TRAILER
    ) -> str:
        """The shop with its document and `first`, then the commit of its fix."""
        self.change({DOCUMENT: document(), **first}, day="2026-02-01")
        return self.change(fix, message)

    def usual(self, test: str = TEST, message: str = TRAILER, **first: str) -> str:
        """The shop in its usual layout, and the fix with its test."""
        return self.mended(FIRST | first, {"src/shop/line.py": FIXED, "tests/test_line.py": test}, message)

    def configure(self, text: str) -> None:
        """What stands in the configuration of the command, not committed."""
        self.write("postmortem.toml", text)

    def prove(self, *arguments: str, below: str = ".", **environ: str) -> Told:
        """Run the command in this process, one sample if not told otherwise; what is the user's stays as it is."""
        asked = arguments if any(one[:1] != "-" and one.startswith("PM") for one in arguments) else ("PM-1", *arguments)
        if "--all" in arguments or "--stale" in arguments:
            asked = arguments
        before = self.state()
        variables = {**{name: self.environ[name] for name in ("HOME", "XDG_CONFIG_HOME")}, **environ}
        output, errors = StringIO(), StringIO()
        with (
            chdir(self.path / below),
            mock.patch.dict(os.environ, variables),
            mock.patch.object(sys, "argv", ["postmortem", "prove", "--samples", "1", *asked]),
            redirect_stdout(output),
            redirect_stderr(errors),
            pytest.raises(SystemExit) as ended,
        ):
            main()
        assert self.state() == before
        code = ended.value.code
        assert isinstance(code, int)
        path = self.path / below / ledger.PATH
        return Told(code, output.getvalue(), errors.getvalue(), tuple(ledger.read_ledger(path).values()))

    def expect(
        self, verdict: ProofVerdict, *arguments: str, way: str = "reverse", says: str = "", **rest: str
    ) -> Proof:
        """Prove the one test, with this verdict by this way, its message matched by `says`."""
        told = self.prove(*arguments, **rest)
        assert told.proofs, told
        proof = told.proof
        assert (proof.verdict, proof.way) == (verdict, way), (proof, told.output)
        assert re.search(says, proof.message), proof.message
        assert told.code == CODES[verdict], told
        return proof

    def state(self) -> dict[str, object]:
        """Everything of the user's that a proof has no business with: files, index, refs, stashes, trees, objects."""
        git_dir = Path(self.git("rev-parse", "--absolute-git-dir"))
        status = self.git("--no-optional-locks", "status", "--porcelain", "--ignored")
        common = Path(self.path, self.git("rev-parse", "--git-common-dir"))
        return {
            "files": digests(self.path),
            "git": {name: one for name, one in digests(common, git=True).items() if not name.endswith("/index")},
            "index": digests(git_dir, git=True).get("index"),
            "status": [line for line in status.splitlines() if ".postmortem/" not in line],
            "trees": self.git("worktree", "list"),
        }


def digests(folder: Path, *, git: bool = False) -> dict[str, str]:
    """The SHA-256 of each file below `folder` by its path; `.git` and the ledger are left out without `git`."""
    found = {}
    for place, folders, files in os.walk(folder):
        if not git:
            folders[:] = [name for name in folders if name not in (".git", ".postmortem", "__pycache__")]
        for name in files:
            path = Path(place, name)
            if not path.is_symlink():
                found[path.relative_to(folder).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found
