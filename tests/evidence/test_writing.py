"""The evidence: what is written is what the published schema describes."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from pytest_postmortem.evidence import writing as evidence
from pytest_postmortem.judging.gate import decide
from pytest_postmortem.model.document import Skipped
from pytest_postmortem.model.incident import Incident
from pytest_postmortem.model.link import Result
from pytest_postmortem.model.postmortem import Hint, RootCauseAnalysis
from pytest_postmortem.model.state import Outcome, Policy
from tests.builders import META, item, postmortem, report, run, test

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "evidence.schema.json").read_text(encoding="utf-8"))


def validate(text: str) -> dict[str, Any]:
    """The evidence, checked against the schema."""
    loaded: dict[str, Any] = json.loads(text)
    jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(loaded)
    return loaded


def written() -> str:
    from dataclasses import replace

    one = postmortem(
        "PM-1",
        item(due_date=date(2026, 3, 1), due="2026-03-01", tickets=("#1",), owner="payments"),
        item("AI-2", "2026-12-31"),
        item("AI-3", "tests/test_x.py::test_b"),
        aliases=("INC-1",),
        severity="SEV1",
        services=("checkout",),
        root_cause=RootCauseAnalysis("Root cause", "No bound. More.", 5),
    )
    the_run = run(
        [
            (test("test_a", "PM-1/AI-1"), Result(Outcome.FAILED, "boom")),
            (test("test_b", switched_off="later"), Outcome.SKIPPED),
            (test("test_unnamed"), Outcome.PASSED),
        ],
        withheld={"README.md": "failed at collection"},
        notes=("gw0 was lost",),
        deselected=2,
    )
    register = [Incident("INC-1"), Incident("INC-2", "Down", date(2026, 6, 1), "SEV1", "docs/incidents.yaml", 3)]
    made = replace(
        report([one, postmortem("PM-2", date=None)], the_run, ROOT, register),
        hints=(Hint("docs/a.md", 3, "look"),),
        skipped=(Skipped("docs/README.md", "README, index, summary or tags"),),
    )
    return evidence.render_finished(
        made, decide(made, Policy.LINKED), META, ended="2026-06-15T08:01:00+00:00", exit_status=1
    )


def test_finished_evidence_is_as_the_schema_says() -> None:
    """Every post-mortem, item, state, reason, test, hint, decision, gap and count."""
    said = validate(written())
    assert said["state"] == "finished"
    assert {one["id"]: one["state"] for one in said["postmortems"][0]["items"]} == {
        "AI-1": "failing",
        "AI-2": "waived",
        "AI-3": "disabled",
    }
    assert [(one["node_id"], one["outcome"], one["reason"]) for one in said["tests"]] == [
        ("tests/test_x.py::test_a", "failed", "boom"),
        ("tests/test_x.py::test_b", "skipped", ""),
    ]
    assert said["decision"]["verdict"] == "failed"
    assert [one["item"] for one in said["decision"]["violations"]] == ["AI-1", "AI-3"]
    assert said["completeness"]["reasons"] == ["README.md failed at collection", "2 tests were deselected"]
    assert said["postmortems"][0]["root_cause"] == "No bound."
    assert said["overdue"] == [
        {
            "postmortem": "PM-1", "item": "AI-1", "text": "Do AI-1", "owner": "payments", "due_date": "2026-03-01",
            "days": 106, "origin": "docs/PM-1.md", "line": 10,
        }
    ]  # fmt: skip
    assert said["unwritten"] == [
        {
            "id": "INC-2", "title": "Down", "date": "2026-06-01", "severity": "SEV1", "origin": "docs/incidents.yaml",
            "line": 3,
        }
    ]  # fmt: skip


def test_running_evidence_is_as_the_schema_says() -> None:
    """It has no result that anybody could take for one."""
    said = validate(evidence.render_running(META))
    assert said["state"] == "running"
    assert "decision" not in said


LATER = {"overdue", "unwritten", "proven", "proof", "proofs"}
"""Keys that evidence of the first versions does not have."""


@pytest.mark.parametrize("key", sorted(SCHEMA["$defs"]["finished"]["properties"]))
def test_the_schema_misses_nothing(key: str) -> None:
    """Evidence that lacks a key, or has one more, is refused: the schema can fail. What came later may be lacking."""
    said = json.loads(written())
    lacking = {name: value for name, value in said.items() if name != key}
    if key in LATER:
        validate(json.dumps(lacking))
        for value in (None, {}, [{}], [{**said[key][0], "x": 1}]):
            with pytest.raises(jsonschema.ValidationError):
                validate(json.dumps({**said, key: value}))
        return
    with pytest.raises(jsonschema.ValidationError):
        validate(json.dumps(lacking))
    with pytest.raises(jsonschema.ValidationError):
        validate(json.dumps({**said, f"{key}x": 1}))


def test_a_job_is_tried_once_unless_it_says_otherwise() -> None:
    """Attempts count from 1."""
    assert (META.attempt, META.shard, META.merged, META.ci_run) == (1, None, (), None)


def test_foreign_text_survives() -> None:
    """Lone surrogates, controls and every language come back as they were."""
    made = report([postmortem("PM-\ud800\x1b\u202e問題", item())])
    text = evidence.render_finished(
        made, decide(made, Policy.LINKED), META, ended="2026-06-15T08:01:00+00:00", exit_status=0
    )
    assert text.isascii()
    assert json.loads(text)["postmortems"][0]["id"] == "PM-\ud800\x1b\u202e問題"


def test_the_same_run_gives_the_same_bytes() -> None:
    """Whatever the order in which files, folders and tests were met."""
    names = [f"tests/test_{name}.py" for name in "cabedf"]
    linked = [test("test_a", "PM-1/AI-1", path=name) for name in names]
    texts = set()
    for order in (names, names[::-1]):
        the_run = run(
            [(one, Outcome.PASSED) for one in (linked if order is names else linked[::-1])],
            files=frozenset(order),
            withheld={f"other/{name}": "failed" for name in order},
            digests=dict.fromkeys(order, "d" * 64),
        )
        made = report([postmortem("PM-1", item())], the_run)
        text = evidence.render_finished(
            made, decide(made, Policy.LINKED), META, ended="2026-06-15T08:01:00Z", exit_status=0
        )
        said = json.loads(text)
        inventory = said["inventory"]
        assert inventory["files"] == list(inventory["digests"]) == sorted(names)
        assert list(inventory["withheld"]) == sorted(f"other/{name}" for name in names)
        assert [one["path"] for one in said["tests"]] == sorted(names)
        del said["postmortems"]
        texts.add(json.dumps(said))
    assert len(texts) == 1


def test_the_evidence_of_an_incident() -> None:
    """With its guard, its proofs, and what is not judged; None where the document says nothing."""
    from pytest_postmortem.evidence.writing import build_postmortem_values
    from pytest_postmortem.judging.proofs import Proofs

    linked = test("test_a", "PM-1/AI-1")
    waived = item("AI-2", "2026-12-31")
    made = report(
        [postmortem("PM-1", item(), waived, severity="SEV1"), postmortem("PM-2")],
        run([(linked, Outcome.PASSED)]),
        proofs=Proofs({}, ROOT),
        guard=("SEV1",),
    )
    first, second = map(build_postmortem_values, made.postmortems)
    assert first["guard"] == {"state": "guarded", "reason": "", "not_judged": None, "proof": "unproven"}
    assert first["proofs"] == {linked.node_id: "unproven"}
    assert [one["proof"] for one in first["items"]] == ["unproven", None]
    assert first["items"][1]["not_judged"] == "waived until 2026-12-31 (199 days left): vendor code"
    assert first["items"][1]["test"] == {
        "need": "waived", "waived_until": "2026-12-31", "waiver_reason": "vendor code", "node_ids": [],
    }  # fmt: skip
    assert (second["guard"], second["proofs"], second["tests"], second["root_cause"]) == (None, {}, [], None)
    assert made.counts.proven == 0
