"""What is proven stands in every format: the terminal, the page, the Markdown summary, the evidence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_postmortem.judging.gate import decide
from pytest_postmortem.judging.proofs import Proofs
from pytest_postmortem.judging.report import Report
from pytest_postmortem.judging.source import Digests
from pytest_postmortem.model.proof import Proof, ProofVerdict
from pytest_postmortem.model.state import Outcome, Policy
from pytest_postmortem.reporting.evidence import Evidence
from pytest_postmortem.reporting.html import Html
from pytest_postmortem.reporting.interface import Finished, Reporter
from pytest_postmortem.reporting.markdown import Markdown
from pytest_postmortem.reporting.terminal import lines
from tests.builders import META, item, postmortem, report, run
from tests.builders import test as linked


@pytest.fixture
def made(tmp_path: Path) -> Report:
    """Three guarded items: proven, with a stale proof, and without one."""
    tmp_path.joinpath("tests").mkdir()
    names = ("test_a", "test_b", "test_c")
    tmp_path.joinpath("tests", "test_x.py").write_text(
        "".join(f"def {name}(): pass\n" for name in names), encoding="utf-8"
    )
    digests = Digests(tmp_path)
    ledger = {}
    for name, source in (("test_a", None), ("test_b", "0" * 64)):
        node_id = f"tests/test_x.py::{name}"
        held = source or digests.compute(node_id) or ""
        ledger[node_id, "PM-1"] = Proof(
            node_id, "PM-1", ("4f2c1ab",), "trailer", "reverse", ProofVerdict.PROVEN, "assert", 3, held
        )
    tests = [(linked(name, f"PM-1/AI-{place}"), Outcome.PASSED) for place, name in enumerate(names, 1)]
    document = postmortem("PM-1", item(), item("AI-2"), item("AI-3"))
    return report([document], run(tests), base=tmp_path, proofs=Proofs(ledger, tmp_path))


def rendered(made: Report, reporter: Reporter) -> str:
    decision = decide(made, Policy.PROVEN)
    return reporter.render(Finished(made, decision, META, "2026-06-15T08:01:00+00:00", 1, "", None))


def test_the_terminal(made: Report) -> None:
    """Beside the outcome of each item and test, and in the headline."""
    told = [line.text.strip() for line in lines(made, decide(made, Policy.PROVEN), verbosity=1)]
    for place, proof in enumerate(("proven", "stale proof", "unproven"), 1):
        assert f"AI-{place} Do AI-{place}: guarded, {proof}" in told
        assert f"tests/test_x.py::test_{'abc'[place - 1]} passed, {proof}" in told
    assert told[-1] == (
        "incidents: 1 post-mortem, 1 guarded; 3 of 3 required action items have a test, 1 proven; gate failed: 2 violations"
    )


def test_the_page(made: Report) -> None:
    """Beside the outcome of each test; the violations name the command."""
    page = rendered(made, Html())
    for proof in ("proven", "stale proof", "unproven"):
        assert f"<i>{proof}</i>" in page
    assert "postmortem prove PM-1 --action-item AI-3" in page
    assert "postmortem prove --stale" in page
    assert "; 1 proven</p>" in page


def test_the_summary(made: Report) -> None:
    """In the column of the action items."""
    text = rendered(made, Markdown())
    assert "guarded, proven<br>" in text
    assert "guarded, stale proof<br>" in text
    assert "guarded, unproven |" in text


def test_the_evidence(made: Report) -> None:
    """Machine-readable, as the schema has it."""
    said = json.loads(rendered(made, Evidence()))
    assert said["counts"]["proven"] == 1
    (one,) = said["postmortems"]
    assert [each["proof"] for each in one["items"]] == ["proven", "stale", "unproven"]
    assert list(one["proofs"].values()) == ["proven", "stale", "unproven"]
    assert [each["state"] for each in said["decision"]["violations"]] == ["stale", "unproven"]
