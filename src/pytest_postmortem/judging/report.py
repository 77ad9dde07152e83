"""The report of a run: every post-mortem, item, state, test, hint and number that any output shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pytest_postmortem.catalogue import Catalogue
from pytest_postmortem.config.settings import GUARD_ALL, Settings
from pytest_postmortem.judging.completeness import Completeness, Unseen, judge_completeness
from pytest_postmortem.judging.due import Overdue, find_overdue
from pytest_postmortem.judging.hints import list_hints
from pytest_postmortem.judging.linked import NO_LINKS, Linked, find_linked_tests
from pytest_postmortem.judging.missing_postmortems import Unwritten, find_unwritten
from pytest_postmortem.judging.proofs import Proofs
from pytest_postmortem.judging.run_index import RunIndex
from pytest_postmortem.judging.states import ItemVerdict, TestVerdict, judge_item, list_names
from pytest_postmortem.model.document import Skipped
from pytest_postmortem.model.incident import Incident
from pytest_postmortem.model.postmortem import ActionItem, Hint, Need, Postmortem, TestRequirement
from pytest_postmortem.model.proof import ProofState
from pytest_postmortem.model.run import Run
from pytest_postmortem.model.severity import has_severity
from pytest_postmortem.model.state import PostmortemState, State

__all__ = ["NEVER_FINE", "Counts", "PostmortemVerdict", "Report", "make_report"]

NEVER_FINE = frozenset({State.FAILING, State.DISABLED, State.MISSING, State.WAIVER_EXPIRED, State.UNKNOWN})
"""States of an action item that keep its post-mortem from being linked, whatever the gate policy."""
_NOT_PASSED = NEVER_FINE | {State.SKIPPED_HERE, State.NOT_RUN}
"""States that keep it from being guarded."""


@dataclass(frozen=True, slots=True)
class PostmortemVerdict:
    """One post-mortem with its state, its action items in reading order, and every test that is linked to it.

    `in_gate` is false if the incident is older than `since`. `guard` is what became of the incident itself if the
    configuration's `guard` asks for it: an item without an id.
    """

    postmortem: Postmortem
    state: PostmortemState
    items: tuple[ItemVerdict, ...]
    tests: tuple[TestVerdict, ...]
    in_gate: bool = True
    guard: ItemVerdict | None = None

    @property
    def judged(self) -> tuple[ItemVerdict, ...]:
        """Its action items, and the incident itself if `guard` asks for it."""
        return self.items if self.guard is None else (self.guard, *self.items)

    @property
    def unjudged(self) -> tuple[tuple[ItemVerdict, str], ...]:
        """Whatever asks for a test and is not judged, each with the reason."""
        return tuple((item, why) for item in self.judged if (why := self.explain_unjudged(item)) is not None)

    def explain_unjudged(self, item: ItemVerdict) -> str | None:
        """Return why the gate does not judge an item that asks for a test, or None."""
        if not item.item.test.asks:
            return None
        if item.state is State.DROPPED:
            return f"dropped: {item.reason}"
        if not self.in_gate:
            return f"outside the gate: {self.postmortem.date} is before `since`"
        if item.state is State.WAIVED:
            return f"waived {item.reason}"
        return None if item.grace is None else f"in grace: {item.grace}"

    @property
    def quiet(self) -> bool:
        """Whether nothing needs attention: guarded, or without a test and without anything that requires one."""
        calm = self.state in (PostmortemState.GUARDED, PostmortemState.UNGUARDED)
        return calm and all(item.state is State.GUARDED or not item.is_told for item in self.judged)


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers of the headline.

    `required` counts the items inside the gate that ask for a test now, `with_test` those of them that have one,
    `proven` those with a test that is proven (None where no proofs are kept). `dropped`, `waived` and `older` count
    the items that ask for a test and are not judged.
    """

    postmortems: int
    by_state: Mapping[PostmortemState, int]
    required: int
    with_test: int
    by_item_state: Mapping[State, int]
    outside_gate: int
    tests: int
    proven: int | None
    dropped: int
    waived: int
    older: int


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was found out in one run; `today` is the day (UTC) it was judged by.

    `overdue` and `unwritten` are to be followed up: no gate judges by them. `grace` is true where the configuration
    gives an item time until its due date.
    """

    postmortems: tuple[PostmortemVerdict, ...]
    completeness: Completeness
    counts: Counts
    hints: tuple[Hint, ...]
    skipped: tuple[Skipped, ...]
    notes: tuple[str, ...]
    places: tuple[str, ...]
    absent: tuple[str, ...]
    run: Run
    today: date
    overdue: tuple[Overdue, ...]
    unwritten: Unwritten
    grace: bool


def make_report(
    catalogue: Catalogue,
    run: Run,
    settings: Settings,
    *,
    today: date,
    hints: Sequence[Hint] = (),
    incidents: Sequence[Incident] = (),
    proofs: Proofs | None = None,
) -> Report:
    """Judge every post-mortem of `catalogue` by what `run` collected.

    `hints` are added to those of the documents, `incidents` are those of the register, `proofs`
    those of the ledger, if there is one.
    """
    links = find_linked_tests(catalogue, run, today)
    wanted = {name for one in catalogue.postmortems for name in _list_names_in_doubt(one, links, run, settings)}
    documents = {postmortem.origin for postmortem in catalogue.postmortems}
    unseen = Unseen.search(run, settings.base, wanted, settings.marker, documents)
    index = RunIndex(run)
    verdicts = tuple(
        _judge_postmortem(postmortem, links.get(postmortem.id, NO_LINKS), index, unseen, settings, today, proofs)
        for postmortem in catalogue.postmortems
    )
    return Report(
        postmortems=verdicts,
        completeness=_judge_completeness(run, verdicts),
        counts=_count(verdicts, proofs=proofs is not None),
        hints=tuple(
            sorted((*hints, *_collect_hints(verdicts, links, settings)), key=lambda hint: (hint.origin, hint.line))
        ),
        skipped=catalogue.skipped,
        notes=run.notes,
        places=catalogue.places,
        absent=catalogue.absent,
        run=run,
        today=today,
        overdue=find_overdue(((one.postmortem, one.items) for one in verdicts), today),
        unwritten=find_unwritten(incidents, catalogue.index_names() if incidents else (), settings.since),
        grace=settings.grace,
    )


def _judge_completeness(run: Run, verdicts: Sequence[PostmortemVerdict]) -> Completeness:
    """Return what is unknown. A shard is a part by intent: a union that knows every item only lacks what broke off."""
    unknown = {State.UNKNOWN, State.NOT_RUN}
    if run.union and run.collected and all(item.state not in unknown for one in verdicts for item in one.judged):
        return Completeness(links=True, outcomes=not run.stopped, reasons=tuple(run.stopped))
    return judge_completeness(run)


def _list_names_in_doubt(
    postmortem: Postmortem, links: Mapping[str, Linked], run: Run, settings: Settings
) -> tuple[str, ...]:
    """Return the names to look for in files that were not collected: of what no test of this run guards."""
    linked = links.get(postmortem.id, NO_LINKS)
    names: list[str] = []
    if _is_to_guard(postmortem, settings) and not any(run.result(one.node_id).outcome.guards for one in linked.tests):
        names.extend(list_names(postmortem))
    for item in postmortem.action_items:
        if item.test.need is Need.NOT_REQUIRED:
            continue
        if not any(run.result(test.node_id).outcome.guards for test in linked.get(item.id)):
            names.extend((*list_names(postmortem), *item.test.node_ids))
    return tuple(names)


def _judge_postmortem(
    postmortem: Postmortem,
    linked: Linked,
    index: RunIndex,
    unseen: Unseen,
    settings: Settings,
    today: date,
    proofs: Proofs | None,
) -> PostmortemVerdict:
    verdicts = {
        test.node_id: TestVerdict(
            test,
            index.run.result(test.node_id),
            None if proofs is None else proofs.state(test.node_id, postmortem.id),
        )
        for test in linked.tests
    }
    tests = tuple(verdicts.values())
    items = tuple(
        judge_item(
            postmortem,
            item,
            [verdicts[test.node_id] for test in linked.get(item.id)],
            index,
            unseen,
            today=today,
            grace=settings.grace,
            unnamed=linked.unnamed,
        )
        for item in postmortem.action_items
    )
    guard = _judge_incident(postmortem, tests, index, unseen, settings, today)
    in_gate = not postmortem.is_before(settings.since)
    judged = items if guard is None else (guard, *items)
    return PostmortemVerdict(postmortem, _judge_state(tests, judged), items, tests, in_gate, guard)


def _judge_incident(
    postmortem: Postmortem,
    tests: Sequence[TestVerdict],
    index: RunIndex,
    unseen: Unseen,
    settings: Settings,
    today: date,
) -> ItemVerdict | None:
    """Judge the incident itself, if the configuration's `guard` asks for a test of it."""
    if not _is_to_guard(postmortem, settings):
        return None
    waiver = postmortem.guard_waiver
    test = TestRequirement(Need.REQUIRED if waiver is None else Need.WAIVED, waiver)
    incident = ActionItem("", "the incident itself", postmortem.line, has_own_id=True, test=test)
    guarding = [one for one in tests if one.result.outcome.guards]
    return judge_item(postmortem, incident, guarding or tests, index, unseen, today=today, grace=False)


def _judge_state(tests: Sequence[TestVerdict], judged: Sequence[ItemVerdict]) -> PostmortemState:
    if any(test.result.outcome.broke for test in tests):
        return PostmortemState.FAILING
    states = {item.state for item in judged}
    if any(test.result.outcome.guards for test in tests):
        return PostmortemState.PARTLY_GUARDED if states & _NOT_PASSED else PostmortemState.GUARDED
    if all(test.switched_off for test in tests):
        return PostmortemState.UNGUARDED
    return PostmortemState.PARTLY_LINKED if states & NEVER_FINE else PostmortemState.LINKED


def _is_to_guard(postmortem: Postmortem, settings: Settings) -> bool:
    """Return whether the configuration's `guard` asks for a test of the incident itself."""
    if not settings.guard or postmortem.is_before(settings.since):
        return False
    return GUARD_ALL in settings.guard or has_severity(postmortem.severity, settings.guard) is True


def _count(verdicts: Sequence[PostmortemVerdict], *, proofs: bool) -> Counts:
    states = (item.state for verdict in verdicts for item in verdict.items)
    asking = _list_asking(verdicts)
    dropped, waived, older = _count_unjudged(verdicts)
    return Counts(
        postmortems=len(verdicts),
        by_state=dict.fromkeys(PostmortemState, 0) | Counter(verdict.state for verdict in verdicts),
        required=len(asking),
        with_test=sum(item.has_test for item in asking),
        by_item_state=dict.fromkeys(State, 0) | Counter(states),
        outside_gate=sum(not verdict.in_gate for verdict in verdicts),
        tests=len({test.test.node_id for verdict in verdicts for test in verdict.tests}),
        proven=sum(item.proof is ProofState.PROVEN for item in asking) if proofs else None,
        dropped=dropped,
        waived=waived,
        older=older,
    )


def _list_asking(verdicts: Sequence[PostmortemVerdict]) -> list[ItemVerdict]:
    """Return the action items inside the gate that ask for a test now."""
    return [item for verdict in verdicts if verdict.in_gate for item in verdict.items if item.asks]


def _count_unjudged(verdicts: Sequence[PostmortemVerdict]) -> tuple[int, int, int]:
    """Return how many items ask for a test and are dropped, waived inside the gate, or not dropped outside it."""
    dropped = waived = older = 0
    for verdict in verdicts:
        states = [item.state for item, _ in verdict.unjudged]
        dropped += states.count(State.DROPPED)
        if verdict.in_gate:
            waived += states.count(State.WAIVED)
        else:
            older += len(states) - states.count(State.DROPPED)
    return dropped, waived, older


def _collect_hints(
    verdicts: Sequence[PostmortemVerdict], links: Mapping[str, Linked], settings: Settings
) -> Iterator[Hint]:
    for verdict in verdicts:
        yield from list_hints(
            verdict.postmortem,
            links.get(verdict.postmortem.id, NO_LINKS),
            settings,
            in_gate=verdict.in_gate,
            guard=verdict.guard is not None,
            missing=any(item.state is State.MISSING for item in verdict.items),
        )
