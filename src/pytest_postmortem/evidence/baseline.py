"""What was guarded in an earlier run, on the main branch say, and is not now."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_postmortem.evidence.reading import Guarded
from pytest_postmortem.judging.gate import LOST, Violation
from pytest_postmortem.judging.report import PostmortemVerdict, Report
from pytest_postmortem.judging.states import ItemVerdict
from pytest_postmortem.model.state import State

__all__ = ["lost_guards"]


def lost_guards(report: Report, before: Sequence[Guarded]) -> list[Violation]:
    """A violation for each incident and action item that had a guard before and has none now."""
    now = {alias: verdict for verdict in report.postmortems for alias in verdict.postmortem.aliases}
    now.update((verdict.postmortem.id, verdict) for verdict in report.postmortems)
    lost = []
    for one in before:
        verdict = now.get(one.postmortem)
        if verdict is None:
            text = f"{one.postmortem} was guarded, and its document is gone"
            hint = "bring the document back, or where its id has changed, write the old one into its `incidents:`"
            lost.append(Violation(one.postmortem, "", LOST, one.origin, 1, text, hint))
        else:
            lost.extend(_lost(verdict, one))
    return lost


def _is_guarded(item: ItemVerdict) -> bool:
    """Whether it has a guard, required or not."""
    if item.state in (State.NOT_REQUIRED, State.DROPPED):
        return any(test.result.outcome.guards for test in item.tests)
    return item.state is State.GUARDED


def _lost(verdict: PostmortemVerdict, before: Guarded) -> list[Violation]:
    postmortem = verdict.postmortem
    items = {one.item.id: one for one in verdict.items}
    hint = "restore the test, or waive it in the document until a date, with a reason"
    lost = []
    for item_id in before.items:
        item = items.get(item_id)
        if item is not None and (item.state is State.WAIVED or _is_guarded(item)):
            continue
        line = item.item.line if item is not None else postmortem.line
        text = f"{postmortem.id}/{item_id} was guarded, and is {item.state.value if item is not None else 'gone'}"
        lost.append(Violation(postmortem.id, item_id, LOST, postmortem.origin, line, text, hint))
    if before.items or any(test.result.outcome.guards for test in verdict.tests):
        return lost
    asking = [item for item in verdict.items if item.item.test.asks]
    if asking and all(item.state is State.WAIVED for item in asking):
        return lost
    text = f"{postmortem.id} was guarded, and no test guards it now"
    return [Violation(postmortem.id, "", LOST, postmortem.origin, postmortem.line, text, hint)]
