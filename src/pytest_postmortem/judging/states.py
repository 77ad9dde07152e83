"""The state of one action item: the one place that decides it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from pytest_postmortem.judging.completeness import Unseen
from pytest_postmortem.judging.run_index import RunIndex
from pytest_postmortem.model.link import LinkedTest, Result, names_covering
from pytest_postmortem.model.nearest import ask
from pytest_postmortem.model.order import STATE_PRECEDENCE
from pytest_postmortem.model.postmortem import ActionItem, ItemStatus, Need, Postmortem, Waiver
from pytest_postmortem.model.proof import ProofState
from pytest_postmortem.model.state import Outcome, State
from pytest_postmortem.model.text import format_count

__all__ = ["NO_TEST", "ItemVerdict", "TestVerdict", "judge_item", "list_names"]


NO_TEST = "no test is linked to it"
"""The reason of an item that is missing, if nothing else is known."""


@dataclass(frozen=True, slots=True)
class TestVerdict:
    """A linked test with its outcome, and what its proof is worth (None where no proofs are kept)."""

    __test__ = False

    test: LinkedTest
    result: Result
    proof: ProofState | None = None

    @property
    def switched_off(self) -> bool:
        """Whether the test is off by its own decision: skip mark, unittest.skip, xfail, or an xfail that passed."""
        off = self.result.outcome is Outcome.SKIPPED and self.test.switched_off is not None
        return off or self.result.outcome in (Outcome.XFAILED, Outcome.XPASSED)


@dataclass(frozen=True, slots=True)
class ItemVerdict:
    """An action item with its state, the reason in words, its tests, and the grace that excuses it (if any)."""

    item: ActionItem
    state: State
    reason: str = ""
    tests: tuple[TestVerdict, ...] = ()
    grace: str | None = None

    @property
    def proof(self) -> ProofState | None:
        """The best proof among the tests that guard it; None where no proofs are kept, or where nothing guards it."""
        found = {one.proof for one in self.tests if one.result.outcome.guards}
        return next((state for state in ProofState if state in found), None)

    @property
    def is_told(self) -> bool:
        """Whether a report has to show it: it asks for a test, or did so when it was dropped."""
        return self.state is not State.NOT_REQUIRED and (self.state is not State.DROPPED or self.item.test.asks)

    @property
    def asks(self) -> bool:
        """Whether it asks for a test now."""
        return self.state not in (State.NOT_REQUIRED, State.DROPPED, State.WAIVED)

    @property
    def has_test(self) -> bool:
        """Whether it has the tests that it asks for, whatever their outcome."""
        return bool(self.tests) and self.state not in (State.MISSING, State.UNKNOWN)


_TWO_YEARS = 731


def list_names(postmortem: Postmortem) -> tuple[str, ...]:
    """Return every name that a marker may use for this post-mortem."""
    return tuple(dict.fromkeys((postmortem.id, *postmortem.aliases, postmortem.stem)))


def judge_item(
    postmortem: Postmortem,
    item: ActionItem,
    tests: Sequence[TestVerdict],
    index: RunIndex,
    unseen: Unseen,
    *,
    today: date,
    grace: bool,
    unnamed: Sequence[LinkedTest] = (),
) -> ItemVerdict:
    """Return the state of `item`, given the `tests` that are linked to it.

    `unnamed` are tests of the post-mortem whose marker names no action item although it would have to.
    """
    tests = tuple(tests)
    if item.status is ItemStatus.DROPPED:
        return ItemVerdict(item, State.DROPPED, item.status_text or "the document does not say why", tests)
    if item.test.need is Need.NOT_REQUIRED:
        return ItemVerdict(item, State.NOT_REQUIRED, "", tests)
    state, reason = _judge_required(postmortem, item, tests, index, unseen, unnamed)
    waiver = item.test.waiver
    if waiver is not None and state not in (State.FAILING, State.GUARDED):
        return ItemVerdict(item, *_judge_waiver(waiver, today), tests)
    in_grace = _explain_grace(item, today) if grace and state is State.MISSING else None
    return ItemVerdict(item, state, reason, tests, in_grace)


def _judge_required(
    postmortem: Postmortem,
    item: ActionItem,
    tests: Sequence[TestVerdict],
    index: RunIndex,
    unseen: Unseen,
    unnamed: Sequence[LinkedTest],
) -> tuple[State, str]:
    """Return the state of an item that requires a test, before its waiver."""
    state, reason = _judge_tests(tests)
    if state is State.FAILING:
        return state, reason
    if state is State.GUARDED:
        state, reason = _find_worst_named(item.test.node_ids, tests)
    if state is State.SKIPPED_HERE and index.run.union:
        state, reason = State.DISABLED, f"skipped in every shard: {reason}"
    uncollected = _judge_uncollected(item.test.node_ids, tests, index, unseen)
    if uncollected is not None:
        return uncollected
    if state not in (State.MISSING, State.DISABLED):
        return state, reason
    unknown = unseen.explain((*list_names(postmortem), *item.test.node_ids), item.id)
    if unknown is not None:
        return State.UNKNOWN, unknown
    if state is State.MISSING:
        reason = _explain_missing(postmortem, item, index, unnamed) or reason
    return state, reason


def _judge_waiver(waiver: Waiver, today: date) -> tuple[State, str]:
    left = (waiver.until - today).days
    if left < 0:
        return State.WAIVER_EXPIRED, f"on {waiver.until}: {waiver.reason}"
    time = f"{format_count(left, 'day')} left{', more than two years' if left > _TWO_YEARS else ''}"
    return State.WAIVED, f"until {waiver.until} ({time}): {waiver.reason}"


def _judge_tests(tests: Sequence[TestVerdict]) -> tuple[State, str]:
    """Return the state by the outcomes alone."""
    if not tests:
        return State.MISSING, NO_TEST
    broken = [one for one in tests if one.result.outcome.broke]
    if broken:
        return State.FAILING, _format_outcomes(broken)
    if any(one.result.outcome.guards for one in tests):
        return State.GUARDED, ""
    return _judge_idle(tests)


def _judge_idle(tests: Sequence[TestVerdict]) -> tuple[State, str]:
    """Return the state by outcomes none of which guards or broke."""
    reached = [one for one in tests if one.result.outcome is not Outcome.NOT_RUN]
    if not reached:
        deselected = all(one.test.deselected for one in tests)
        return State.NOT_RUN, "deselected" if deselected else "not reached in this run"
    state = State.DISABLED if all(one.switched_off for one in reached) else State.SKIPPED_HERE
    return state, _format_outcomes(reached)


def _find_worst_named(node_ids: Sequence[str], tests: Sequence[TestVerdict]) -> tuple[State, str]:
    """Return GUARDED if each collected test that the document names guards the item, else the worst state of one."""
    worst, reason = State.GUARDED, ""
    for node_id in node_ids:
        covered = [one for one in tests if node_id in names_covering(one.test.node_id)]
        # of those that were not collected `_judge_uncollected` speaks
        state, why = _judge_tests(covered) if covered else (State.GUARDED, "")
        if STATE_PRECEDENCE[state] > STATE_PRECEDENCE[worst]:
            worst, reason = state, f"{node_id}: {why}"
    return worst, reason


def _format_outcomes(tests: Iterable[TestVerdict]) -> str:
    texts = (
        f"{one.result.outcome.value}: {one.result.reason}" if one.result.reason else one.result.outcome.value
        for one in tests
    )
    return "; ".join(dict.fromkeys(texts))


def _judge_uncollected(
    node_ids: Sequence[str], tests: Sequence[TestVerdict], index: RunIndex, unseen: Unseen
) -> tuple[State, str] | None:
    """Return MISSING or UNKNOWN if the document names a test that the run did not collect, else None."""
    unknown = None
    covered = {name for one in tests for name in names_covering(one.test.node_id)} if node_ids else set()
    for node_id in node_ids:
        if node_id not in covered:
            state, reason = _judge_absent(node_id, index, unseen)
            if state is State.MISSING:
                return state, reason
            unknown = state, reason
    return unknown


def _judge_absent(node_id: str, index: RunIndex, unseen: Unseen) -> tuple[State, str]:
    """Return whether a test that the run did not collect is MISSING or UNKNOWN, with the reason."""
    run = index.run
    path = node_id.partition("::")[0]
    withheld = next((place for place in run.withheld if path == place or path.startswith(place + "/")), None)
    if withheld is not None:
        return State.UNKNOWN, f"{withheld} {run.withheld[withheld]}"
    if run.lost:
        return State.UNKNOWN, run.lost
    if path in run.files:
        hint = ask(index.node_ids.find_nearest(node_id))
        problem = f"{path} holds no {node_id.partition('::')[2]}"
        return State.MISSING, f"{problem}; {hint}" if hint else problem
    if not unseen.has_file(path):
        return State.MISSING, f"there is no file {path}"
    if run.narrowed:
        return State.UNKNOWN, f"{path} was not collected in full"
    return State.MISSING, f"{path} is there and pytest collects nothing from it"


def _explain_missing(
    postmortem: Postmortem, item: ActionItem, index: RunIndex, unnamed: Sequence[LinkedTest]
) -> str | None:
    """Return which markers may be meant for a missing item, and why they do not count; None if there is none."""
    problems = [
        f"the marker at {stray.path}:{stray.line} links no test: {stray.why}"
        for stray in index.find_strays(list_names(postmortem))
        if not stray.items or item.id in stray.items
    ]
    if problems:
        return "; ".join(dict.fromkeys(problems[:3]))
    if not unnamed:
        return None
    hint = f'add action_item="{item.id}" where a test guards it'
    return f"{unnamed[0].node_id} guards {postmortem.id} and does not say which of its action items; {hint}"


def _explain_grace(item: ActionItem, today: date) -> str | None:
    if item.due_date is None or item.due_date < today:
        return None
    return f"due {item.due_date}, {format_count((item.due_date - today).days, 'day')} left"
