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
from pytest_postmortem.model.postmortem import ActionItem, ItemStatus, Need, Postmortem
from pytest_postmortem.model.proof import ProofState
from pytest_postmortem.model.state import Outcome, State
from pytest_postmortem.model.text import format_count

__all__ = ["NO_TEST", "ItemVerdict", "TestVerdict", "judge_item", "names_of"]


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


def names_of(postmortem: Postmortem) -> tuple[str, ...]:
    """Every name a marker may use for this post-mortem."""
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
    """What became of `item`, given the `tests` that are linked to it.

    `unnamed` are tests of the post-mortem whose marker names no action item where it would have to.
    """
    tests = tuple(tests)
    if item.status is ItemStatus.DROPPED:
        return ItemVerdict(item, State.DROPPED, item.status_text or "the document does not say why", tests)
    if item.test.need is Need.NOT_REQUIRED:
        return ItemVerdict(item, State.NOT_REQUIRED, "", tests)
    state, reason = _by_tests(tests)
    if state is State.GUARDED:
        state, reason = _worst_named(item.test.node_ids, tests)
    if state is State.SKIPPED_HERE and index.run.union:
        state, reason = State.DISABLED, f"skipped in every shard: {reason}"
    if state is not State.FAILING:
        gone = _gone(item.test.node_ids, tests, index, unseen)
        if gone is not None:
            state, reason = gone
        elif state in (State.MISSING, State.DISABLED):
            why = unseen.why((*names_of(postmortem), *item.test.node_ids), item.id)
            if why is not None:
                state, reason = State.UNKNOWN, why
            elif state is State.MISSING and (stray := _stray(postmortem, item, index)) is not None:
                reason = stray
            elif state is State.MISSING and unnamed:
                named = unnamed[0].node_id
                state_hint = f'add action_item="{item.id}" where a test guards it'
                reason = f"{named} guards {postmortem.id} and does not say which of its action items; {state_hint}"
    waiver = item.test.waiver
    if waiver is not None and state not in (State.FAILING, State.GUARDED):
        left = (waiver.until - today).days
        if left >= 0:
            told = f"{format_count(left, 'day')} left{', more than two years' if left > _TWO_YEARS else ''}"
            return ItemVerdict(item, State.WAIVED, f"until {waiver.until} ({told}): {waiver.reason}", tests)
        return ItemVerdict(item, State.WAIVER_EXPIRED, f"on {waiver.until}: {waiver.reason}", tests)
    return ItemVerdict(item, state, reason, tests, _grace(item, today) if grace and state is State.MISSING else None)


def _by_tests(tests: Sequence[TestVerdict]) -> tuple[State, str]:
    """The state that the outcomes alone give."""
    if not tests:
        return State.MISSING, NO_TEST
    broken = [one for one in tests if one.result.outcome.broke]
    if broken:
        return State.FAILING, _told(broken)
    if any(one.result.outcome.guards for one in tests):
        return State.GUARDED, ""
    reached = [one for one in tests if one.result.outcome is not Outcome.NOT_RUN]
    if not reached:
        deselected = all(one.test.deselected for one in tests)
        return State.NOT_RUN, "deselected" if deselected else "not reached in this run"
    if all(one.switched_off for one in reached):
        return State.DISABLED, _told(reached)
    return State.SKIPPED_HERE, _told(reached)


def _worst_named(node_ids: Sequence[str], tests: Sequence[TestVerdict]) -> tuple[State, str]:
    """GUARDED if each collected test that the document names guards the item, else the worst state of one of them."""
    worst, reason = State.GUARDED, ""
    for node_id in node_ids:
        covered = [one for one in tests if node_id in names_covering(one.test.node_id)]
        state, why = _by_tests(covered) if covered else (State.GUARDED, "")  # of what is not there `_gone` speaks
        if STATE_PRECEDENCE[state] > STATE_PRECEDENCE[worst]:
            worst, reason = state, f"{node_id}: {why}"
    return worst, reason


def _told(tests: Iterable[TestVerdict]) -> str:
    told = (
        f"{one.result.outcome.value}: {one.result.reason}" if one.result.reason else one.result.outcome.value
        for one in tests
    )
    return "; ".join(dict.fromkeys(told))


def _gone(
    node_ids: Sequence[str], tests: Sequence[TestVerdict], index: RunIndex, unseen: Unseen
) -> tuple[State, str] | None:
    """MISSING or UNKNOWN where the document names a test that the run did not collect, else None."""
    unknown = None
    run = index.run
    covered = {name for one in tests for name in names_covering(one.test.node_id)} if node_ids else set()
    for node_id in node_ids:
        if node_id in covered:
            continue
        path = node_id.partition("::")[0]
        withheld = next((place for place in run.withheld if path == place or path.startswith(place + "/")), None)
        if withheld is not None:
            unknown = State.UNKNOWN, f"{withheld} {run.withheld[withheld]}"
        elif run.lost:
            unknown = State.UNKNOWN, run.lost
        elif path in run.files:
            hint = ask(index.node_ids.find_nearest(node_id))
            problem = f"{path} holds no {node_id.partition('::')[2]}"
            return State.MISSING, f"{problem}; {hint}" if hint else problem
        elif not unseen.has_file(path):
            return State.MISSING, f"there is no file {path}"
        elif run.narrowed:
            unknown = State.UNKNOWN, f"{path} was not collected in full"
        else:
            return State.MISSING, f"{path} is there and pytest collects nothing from it"
    return unknown


def _stray(postmortem: Postmortem, item: ActionItem, index: RunIndex) -> str | None:
    """Where markers name a missing item, and why they do not count; None if there is none."""
    found = [
        f"the marker at {one.path}:{one.line} links no test: {one.why}"
        for one in index.find_strays(names_of(postmortem))
        if not one.items or item.id in one.items
    ]
    return "; ".join(dict.fromkeys(found[:3])) or None


def _grace(item: ActionItem, today: date) -> str | None:
    if item.due_date is None or item.due_date < today:
        return None
    return f"due {item.due_date}, {format_count((item.due_date - today).days, 'day')} left"
