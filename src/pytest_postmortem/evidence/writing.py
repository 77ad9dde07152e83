"""The evidence of a run as JSON: versioned, its schema published in docs/evidence.schema.json."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from pytest_postmortem.judging.due import Overdue
from pytest_postmortem.judging.gate import Decision
from pytest_postmortem.judging.report import PostmortemVerdict, Report
from pytest_postmortem.judging.states import ItemVerdict, TestVerdict
from pytest_postmortem.model.incident import Incident
from pytest_postmortem.model.link import LinkedTest
from pytest_postmortem.model.run import Run

__all__ = [
    "SCHEMA",
    "VERSION",
    "Meta",
    "build_postmortem_values",
    "build_test_values",
    "render_finished",
    "render_running",
]

SCHEMA = "https://pytest-postmortem.readthedocs.io/evidence.schema.json"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Meta:
    """Where evidence comes from. Times are ISO 8601 in UTC; `commit` is None if it is unknown.

    `configuration` is the digest of the settings (None until they are read): evidence of different ones must not be
    merged. `shard` names the part
    of a suite that this is ("2/4", or any name), `attempt` counts the tries of the CI job from 1, `ci_run` is the run
    of the CI service that the job belongs to. `merged` are the run ids of the evidence that this was put together from.
    """

    run_id: str
    started: str
    tool: str
    pytest: str
    python: str
    commit: str | None
    configuration: str | None
    shard: str | None = None
    attempt: int = 1
    merged: tuple[str, ...] = ()
    ci_run: str | None = None


def render_running(meta: Meta) -> str:
    """Return the content of the file while the run goes on, which stays there when it is killed."""
    return _dump(_build_head(meta, "running"))


def render_finished(report: Report, decision: Decision, meta: Meta, *, ended: str, exit_status: int) -> str:
    """Return the complete evidence. `exit_status` is pytest's code after the gate."""
    tests = {one.test.node_id: one for verdict in report.postmortems for one in verdict.tests}
    return _dump(
        {
            **_build_head(meta, "finished"),
            "finished": ended,
            "exit_status": exit_status,
            "today": report.today.isoformat(),
            "decision": _build_decision(decision),
            "completeness": {
                "complete": report.completeness.complete,
                "links": report.completeness.links,
                "outcomes": report.completeness.outcomes,
                "reasons": list(report.completeness.reasons),
            },
            "counts": _build_counts(report),
            "postmortems": [build_postmortem_values(verdict) for verdict in report.postmortems],
            "tests": [build_test_values(tests[node_id]) for node_id in sorted(tests)],
            "inventory": _build_inventory(report.run),
            "hints": [{"origin": hint.origin, "line": hint.line, "text": hint.text} for hint in report.hints],
            "skipped": [{"origin": skipped.origin, "reason": skipped.reason} for skipped in report.skipped],
            "notes": list(report.notes),
            "places": list(report.places),
            "overdue": [_build_overdue(one) for one in report.overdue],
            "unwritten": [_build_incident(one) for one in report.unwritten.incidents],
        }
    )


def _build_head(meta: Meta, state: str) -> dict[str, Any]:
    return {
        "$schema": SCHEMA,
        "version": VERSION,
        "state": state,
        **{slot: getattr(meta, slot) for slot in meta.__slots__},
        "merged": list(meta.merged),
    }


def _dump(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=True, separators=(",", ":")) + "\n"


def _build_decision(decision: Decision) -> dict[str, Any]:
    return {
        "verdict": decision.verdict.value,
        "policy": decision.policy.value,
        "explicit": decision.explicit,
        "violations": [
            {slot: getattr(violation, slot) for slot in violation.__slots__} for violation in decision.violations
        ],
        "reasons": list(decision.reasons),
    }


def _build_inventory(run: Run) -> dict[str, Any]:
    return {
        "scope": run.scope,
        "files": sorted(run.files),
        "withheld": dict(sorted(run.withheld.items())),
        "narrowed": list(run.narrowed),
        "stopped": list(run.stopped),
        "lost": run.lost,
        "invalid": list(run.invalid),
        "collect_only": run.collect_only,
        "collected": run.collected,
        "finished": run.finished,
        "deselected": run.deselected,
        "union": run.union,
        "digests": dict(sorted(run.digests.items())),
    }


def _build_counts(report: Report) -> dict[str, Any]:
    counts = report.counts
    return {
        "postmortems": counts.postmortems,
        "by_state": {state.value: number for state, number in counts.by_state.items()},
        "required": counts.required,
        "with_test": counts.with_test,
        "by_item_state": {state.value: number for state, number in counts.by_item_state.items()},
        "outside_gate": counts.outside_gate,
        "dropped": counts.dropped,
        "waived": counts.waived,
        "older": counts.older,
        "tests": counts.tests,
        "proven": counts.proven,
    }


def build_postmortem_values(verdict: PostmortemVerdict) -> dict[str, Any]:
    """Return a post-mortem with the keys of `postmortems` in docs/evidence.schema.json."""
    postmortem = verdict.postmortem
    return {
        "id": postmortem.id,
        "title": postmortem.title,
        "origin": postmortem.origin,
        "line": postmortem.line,
        "url": postmortem.url,
        "date": postmortem.date.isoformat() if postmortem.date else None,
        "severity": postmortem.severity,
        "status": postmortem.status,
        "services": list(postmortem.services),
        "team": postmortem.team,
        "aliases": list(postmortem.aliases),
        "root_cause": postmortem.root_cause.sentence if postmortem.root_cause else None,
        "state": verdict.state.value,
        "in_gate": verdict.in_gate,
        "guard": None if verdict.guard is None else _build_guard(verdict, verdict.guard),
        "items": [_build_item(verdict, item) for item in verdict.items],
        "tests": [test.test.node_id for test in verdict.tests],
        "proofs": {test.test.node_id: test.proof.value for test in verdict.tests if test.proof},
    }


def _build_guard(postmortem: PostmortemVerdict, verdict: ItemVerdict) -> dict[str, Any]:
    """Return the verdict on the incident itself, if the configuration's `guard` asks for a test."""
    return {
        "state": verdict.state.value,
        "reason": verdict.reason,
        "not_judged": postmortem.explain_unjudged(verdict),
        "proof": verdict.proof.value if verdict.proof else None,
    }


def _build_item(postmortem: PostmortemVerdict, verdict: ItemVerdict) -> dict[str, Any]:
    item = verdict.item
    waiver = item.test.waiver
    return {
        "id": item.id,
        "has_own_id": item.has_own_id,
        "text": item.text,
        "line": item.line,
        "scope": item.scope.value,
        "status": item.status.value,
        "status_text": item.status_text,
        "owner": item.owner,
        "due": item.due,
        "due_date": item.due_date.isoformat() if item.due_date else None,
        "tickets": list(item.tickets),
        "test": {
            "need": item.test.need.value,
            "waived_until": waiver.until.isoformat() if waiver else None,
            "waiver_reason": waiver.reason if waiver else None,
            "node_ids": list(item.test.node_ids),
        },
        "mentions_test": item.mentions_test,
        "state": verdict.state.value,
        "reason": verdict.reason,
        "grace": verdict.grace,
        "not_judged": postmortem.explain_unjudged(verdict),
        "proof": verdict.proof.value if verdict.proof else None,
        "tests": [test.test.node_id for test in verdict.tests],
    }


def _build_overdue(one: Overdue) -> dict[str, Any]:
    return {
        "postmortem": one.postmortem,
        "item": one.item.id,
        "text": one.item.text,
        "owner": one.owner,
        "due_date": one.item.due_date.isoformat() if one.item.due_date else None,
        "days": one.days,
        "origin": one.origin,
        "line": one.line,
    }


def _build_incident(one: Incident) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "date": one.date.isoformat() if one.date else None,
        "severity": one.severity,
        "origin": one.origin,
        "line": one.line,
    }


def build_test_values(verdict: TestVerdict) -> dict[str, Any]:
    """Return a linked test with the keys of `tests` in docs/evidence.schema.json."""
    test: LinkedTest = verdict.test
    return {
        "node_id": test.node_id,
        "path": test.path,
        "line": test.line,
        "links": [{"postmortem": link.postmortem, "item": link.item} for link in test.links],
        "outcome": verdict.result.outcome.value,
        "reason": verdict.result.reason,
        "switched_off": test.switched_off,
        "deselected": test.deselected,
    }
