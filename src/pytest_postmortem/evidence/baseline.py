"""Find what was guarded in an earlier run, e.g. on the main branch, and is not now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_postmortem.evidence.reading import Guarded
from pytest_postmortem.judging.gate import LOST, Violation
from pytest_postmortem.judging.report import PostmortemVerdict, Report
from pytest_postmortem.judging.states import ItemVerdict
from pytest_postmortem.model.state import State

__all__ = ["find_lost_guards"]


def find_lost_guards(report: Report, before: Sequence[Guarded]) -> list[Violation]:
    """Return a violation for each incident and action item that had a guard before and has none now."""
    now = {alias: verdict for verdict in report.postmortems for alias in verdict.postmortem.aliases}
    now.update((verdict.postmortem.id, verdict) for verdict in report.postmortems)
    lost = []
    for guarded in before:
        verdict = now.get(guarded.postmortem)
        if verdict is None:
            text = f"{guarded.postmortem} was guarded, and its document is gone"
            hint = "bring the document back, or where its id has changed, write the old one into its `incidents:`"
            lost.append(Violation(guarded.postmortem, "", LOST, guarded.origin, 1, text, hint))
        elif not guarded.items and (violation := _compare_postmortem(verdict)) is not None:
            lost.append(violation)
        else:
            lost.extend(_compare_items(verdict, guarded))
    return lost


_RESTORE = "restore the test, or waive it in the document until a date, with a reason"


def _compare_items(verdict: PostmortemVerdict, before: Guarded) -> Iterator[Violation]:
    """Yield a violation for each item that was guarded, and is neither guarded nor waived now."""
    postmortem = verdict.postmortem
    items = {item.item.id: item for item in verdict.items}
    for item_id in before.items:
        item = items.get(item_id)
        if item is None:
            state, line = "gone", postmortem.line
        elif item.state is State.WAIVED or _is_guarded(item):
            continue
        else:
            state, line = item.state.value, item.item.line
        text = f"{postmortem.id}/{item_id} was guarded, and is {state}"
        yield Violation(postmortem.id, item_id, LOST, postmortem.origin, line, text, _RESTORE)


def _is_guarded(item: ItemVerdict) -> bool:
    """Return whether it has a guard, required or not."""
    if item.state in (State.NOT_REQUIRED, State.DROPPED):
        return any(test.result.outcome.guards for test in item.tests)
    return item.state is State.GUARDED


def _compare_postmortem(verdict: PostmortemVerdict) -> Violation | None:
    """Return a violation if no test guards the post-mortem now, and not all of its items are waived."""
    if any(test.result.outcome.guards for test in verdict.tests):
        return None
    asking = [item for item in verdict.items if item.item.test.asks]
    if asking and all(item.state is State.WAIVED for item in asking):
        return None
    postmortem = verdict.postmortem
    text = f"{postmortem.id} was guarded, and no test guards it now"
    return Violation(postmortem.id, "", LOST, postmortem.origin, postmortem.line, text, _RESTORE)
