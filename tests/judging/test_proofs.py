"""What proofs are worth, and what the gate asks of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_postmortem.errors import EvidenceError
from pytest_postmortem.evidence.ledger import dump_ledger, load_ledger, read_ledger
from pytest_postmortem.judging.gate import decide
from pytest_postmortem.judging.proofs import Proofs
from pytest_postmortem.judging.source import Digests
from pytest_postmortem.model.proof import Proof, ProofState, ProofVerdict
from pytest_postmortem.model.state import Outcome, Policy, Verdict
from tests.builders import item, postmortem, report, run
from tests.builders import test as linked

SOURCE = "import pytest\n\n@pytest.fixture\ndef queue(): return []\n\ndef test_a(queue): assert not queue\n\ndef test_b(): pass\n"
A = linked("test_a", "PM-1/AI-1")
PARAMETER = linked("test_a[x-1]", "PM-1/AI-1")


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A project with two tests."""
    tmp_path.joinpath("tests").mkdir()
    tmp_path.joinpath("tests", "test_x.py").write_text(SOURCE, encoding="utf-8")
    return tmp_path


def proof(base: Path, verdict: ProofVerdict = ProofVerdict.PROVEN, **fields: str) -> Proof:
    told = {"node_id": "tests/test_x.py::test_a", "postmortem": "PM-1", **fields}
    source = Digests(base).compute(told["node_id"]) or ""
    return Proof(
        **told,
        fix=("4f2c1ab",),
        how="trailer",
        way="reverse",
        verdict=verdict,
        message="assert 1",
        samples=3,
        source=source,
    )


def proofs(base: Path, *ones: Proof) -> Proofs:
    return Proofs({(one.node_id, one.postmortem): one for one in ones}, base)


@pytest.mark.parametrize(
    ("path", "old", "new", "state"),
    [
        ("tests/test_x.py", "test_b(): pass", "test_b(): assert True", ProofState.PROVEN),
        ("tests/test_x.py", "def test_b(): pass", "def test_c(): pass", ProofState.PROVEN),
        ("tests/test_x.py", "assert not queue", "assert queue == []", ProofState.STALE),
        ("tests/test_x.py", "return []", "return list()", ProofState.STALE),
        ("tests/test_x.py", "def test_a(", "def test_z(", ProofState.STALE),
        ("tests/test_x.py", "import pytest", "import (", ProofState.STALE),
        ("tests/conftest.py", "", "X = 1", ProofState.STALE),
        ("conftest.py", "", "X = 1", ProofState.STALE),
        ("other/conftest.py", "", "X = 1", ProofState.PROVEN),
    ],
)
def test_a_proof_is_stale_when_its_test_has_changed(
    base: Path, path: str, old: str, new: str, state: ProofState
) -> None:
    """The test itself, what its file holds besides other tests, and every conftest.py above it."""
    kept = proof(base)
    file = base / path
    file.parent.mkdir(exist_ok=True)
    file.write_text((file.read_text(encoding="utf-8") if file.exists() else "").replace(old, new, 1), encoding="utf-8")
    assert proofs(base, kept).state("tests/test_x.py::test_a", "PM-1") is state


def test_a_deleted_file_makes_it_stale(base: Path) -> None:
    """Nothing is known of a test that is gone."""
    kept = proof(base)
    base.joinpath("tests", "test_x.py").unlink()
    assert proofs(base, kept).state(A.node_id, "PM-1") is ProofState.STALE


def test_only_a_proof_of_this_post_mortem_counts(base: Path) -> None:
    """And only one that came out well; a parameter is proven with its function."""
    held = proofs(base, proof(base))
    assert held.state(PARAMETER.node_id, "PM-1") is ProofState.PROVEN
    assert held.state(A.node_id, "PM-2") is ProofState.UNPROVEN
    assert proofs(base).state(A.node_id, "PM-1") is ProofState.UNPROVEN
    for verdict in (ProofVerdict.INCONCLUSIVE, ProofVerdict.NOT_A_REGRESSION_TEST):
        assert proofs(base, proof(base, verdict)).state(A.node_id, "PM-1") is ProofState.UNPROVEN


@pytest.mark.parametrize(
    ("outcome", "kept", "verdict", "says"),
    [
        (Outcome.PASSED, ProofVerdict.PROVEN, Verdict.PASS, ""),
        (Outcome.FLAKY, ProofVerdict.PROVEN, Verdict.PASS, ""),
        (Outcome.PASSED, ProofVerdict.INCONCLUSIVE, Verdict.FAIL, "no test that is proven"),
        (Outcome.PASSED, ProofVerdict.NOT_A_REGRESSION_TEST, Verdict.FAIL, "no test that is proven"),
        (Outcome.PASSED, None, Verdict.FAIL, "no test that is proven"),
        (Outcome.SKIPPED, ProofVerdict.PROVEN, Verdict.FAIL, "was skipped in this run"),
        (Outcome.FAILED, ProofVerdict.PROVEN, Verdict.FAIL, "is failing"),
    ],
)
def test_the_policy_proven(
    base: Path, outcome: Outcome, kept: ProofVerdict | None, verdict: Verdict, says: str
) -> None:
    """A test has to pass and to be proven; other policies do not look at proofs."""
    held = proofs(base, *([proof(base, kept)] if kept else []))
    made = report([postmortem("PM-1", item())], run([(A, outcome)]), base=base, proofs=held)
    decision = decide(made, Policy.PROVEN)
    assert decision.verdict is verdict
    assert all(says in one.text for one in decision.violations)
    assert bool(decision.violations) is bool(says)
    if outcome.guards:
        assert decide(made, Policy.PASSED).verdict is Verdict.PASS


def test_without_proofs_everything_is_unproven(base: Path) -> None:
    """A waived item and one that requires no test ask for none."""
    made = report([postmortem("PM-1", item())], run([(A, Outcome.PASSED)]), base=base)
    (violation,) = decide(made, Policy.PROVEN).violations
    assert violation.state == "unproven"
    assert "postmortem prove PM-1 --action-item AI-1" in violation.hint
    calm = report([postmortem("PM-1", item(test="2026-12-01"), item("AI-2", test="no"))], run(), base=base)
    assert decide(calm, Policy.PROVEN).verdict is Verdict.PASS


def test_a_stale_proof_is_told_apart(base: Path) -> None:
    """With the command that makes it anew; the best proof of several tests counts."""
    kept = proof(base)
    base.joinpath("conftest.py").write_text("X = 1\n", encoding="utf-8")
    made = report([postmortem("PM-1", item())], run([(A, Outcome.PASSED)]), base=base, proofs=proofs(base, kept))
    (violation,) = decide(made, Policy.PROVEN).violations
    assert (violation.state, "--stale" in violation.hint) == ("stale", True)
    other = linked("test_b", "PM-1/AI-1")
    both = proofs(base, kept, proof(base, node_id="tests/test_x.py::test_b"))
    made = report(
        [postmortem("PM-1", item())], run([(A, Outcome.PASSED), (other, Outcome.PASSED)]), base=base, proofs=both
    )
    assert made.postmortems[0].items[0].proof is ProofState.PROVEN
    assert (made.counts.proven, decide(made, Policy.PROVEN).verdict) == (1, Verdict.PASS)


def test_the_ledger_is_read_as_it_was_written(base: Path, tmp_path: Path) -> None:
    """In a stable order, a value a line."""
    ones = [proof(base, postmortem="PM-2"), proof(base), proof(base, node_id="tests/test_x.py::test_b")]
    text = dump_ledger(ones)
    assert text == dump_ledger(reversed(ones))
    assert list(load_ledger(text).values()) == [ones[1], ones[0], ones[2]]
    path = tmp_path / "proofs.json"
    assert read_ledger(path) == {}
    path.write_text(text, encoding="utf-8")
    assert read_ledger(path) == load_ledger(text)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("{", "", "is not a ledger of proofs"),
        ('"version": 1', '"version": 2', "has version 2"),
        ('"proofs"', '"prooves"', "is not a ledger of proofs"),
        ('"verdict": "proven"', '"verdict": "sure"', "is not a ledger of proofs"),
        ('"samples": 3', '"samples": "3"', "is not a ledger of proofs"),
        ('"test": "tests', '"test": 1, "x": "tests', "is not a ledger of proofs"),
        ('"version": 1', '"version": NaN', "has version nan"),
    ],
)
def test_a_broken_ledger_is_refused(base: Path, old: str, new: str, told: str) -> None:
    """With the file and what to do: nothing is taken for proven."""
    text = dump_ledger([proof(base)])
    assert old in text
    with pytest.raises(EvidenceError, match=told) as caught:
        load_ledger(text.replace(old, new, 1))
    assert str(caught.value).startswith(".postmortem/proofs.json: ")
    assert caught.value.hint


def test_an_entry_twice_is_refused(base: Path) -> None:
    """Which of the two holds cannot be told."""
    with pytest.raises(EvidenceError, match="a test stands in it twice"):
        load_ledger(dump_ledger([proof(base), proof(base)]))
