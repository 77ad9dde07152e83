"""Proofs in the reports of a run, and the policy `proven`: plain and with two workers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pytest_postmortem.evidence.ledger import PATH, dump_ledger
from pytest_postmortem.judging.source import Digests
from pytest_postmortem.model.proof import Proof, ProofVerdict

Run = Callable[..., pytest.RunResult]
DOCUMENT = "---\nid: PM-1\ndate: 2026-02-11\n---\n# Overflow\n\n## Action items\n\n- **AI-1**: Reject [test required]\n"
TESTS = """
import pytest

@pytest.mark.incident("PM-1")
@pytest.mark.parametrize("number", [1, 2])
def test_it(number): pass
"""


@pytest.fixture
def proven(pytester: pytest.Pytester) -> Callable[[ProofVerdict], None]:
    """A project with one guarded action item, and a way to write its ledger."""
    pytester.makeini("[pytest]")
    folder = pytester.mkdir("docs") / "postmortems"
    folder.mkdir()
    folder.joinpath("PM-1.md").write_text(DOCUMENT, encoding="utf-8")
    pytester.makepyfile(test_it=TESTS)

    def write(verdict: ProofVerdict) -> None:
        source = Digests(pytester.path).compute("test_it.py::test_it")
        assert source is not None
        one = Proof("test_it.py::test_it", "PM-1", ("4f2c1ab",), "trailer", "reverse", verdict, "assert", 3, source)
        path = pytester.path / PATH
        path.parent.mkdir(exist_ok=True)
        path.write_text(dump_ledger([one]), encoding="utf-8")

    return write


def test_a_proof_is_shown(
    proven: Callable[[ProofVerdict], None], run: Run, evidence: Callable[[], dict[str, Any]]
) -> None:
    """In the terminal, and in the evidence; the gate asks for it where it is told to."""
    proven(ProofVerdict.PROVEN)
    result = run("--incident-report", "-v", "--incident-gate=proven", "--incident-output=e.json")
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        [
            "  AI-1 Reject: guarded, proven",
            "    test_it.py::test_it[[]1[]] passed, proven",
            "*a test, 1 proven; gate passed",
        ]
    )
    said = evidence()
    assert said["counts"]["proven"] == 1
    assert said["decision"]["policy"] == "proven"
    (one,) = said["postmortems"]
    assert one["items"][0]["proof"] == "proven"
    assert one["proofs"] == {"test_it.py::test_it[1]": "proven", "test_it.py::test_it[2]": "proven"}


def test_without_a_ledger_nothing_is_said_of_proofs(
    proven: Callable[[ProofVerdict], None], run: Run, evidence: Callable[[], dict[str, Any]]
) -> None:
    """Unless the gate asks for them: then nothing is proven."""
    result = run("--incident-report", "-v", "--incident-output=e.json")
    assert result.ret == 0
    assert "prove" not in result.stdout.str()
    assert evidence()["counts"]["proven"] is None
    result = run("--incident-gate=proven")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["unproven  PM-1/AI-1  Reject  *", "*0 proven; gate failed*"])


def test_a_changed_test_is_not_proven(
    proven: Callable[[ProofVerdict], None], run: Run, pytester: pytest.Pytester
) -> None:
    """Its proof is stale."""
    proven(ProofVerdict.PROVEN)
    pytester.makeconftest("")
    assert run("--incident-gate=proven").ret == 1
    result = run("--incident-report", "-v")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["  AI-1 Reject: guarded, stale proof"])


def test_a_broken_ledger_ends_the_run(
    proven: Callable[[ProofVerdict], None], run: Run, pytester: pytest.Pytester
) -> None:
    """Before any test, whatever the policy."""
    proven(ProofVerdict.PROVEN)
    pytester.path.joinpath(PATH).write_text("{", encoding="utf-8")
    result = run("--incident-report")
    assert result.ret == 4
    assert ".postmortem/proofs.json: is not a ledger of proofs" in result.stderr.str()
    assert run().ret == 0
