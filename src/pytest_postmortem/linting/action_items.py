"""PM4xx: whether the commitments are ones that somebody will keep."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pytest_postmortem.judging.due import is_overdue
from pytest_postmortem.linting.interface import Finding, Rule, Subject
from pytest_postmortem.model.postmortem import ActionItem, ItemStatus, Need, Scope
from pytest_postmortem.model.text import format_count

__all__ = ["RULES"]


def _list_open_items(subject: Subject) -> Iterator[ActionItem]:
    """Yield the items that are not over: neither done nor dropped."""
    for item in subject.postmortem.action_items:
        if item.status not in (ItemStatus.DONE, ItemStatus.DROPPED):
            yield item


def _list_kept_items(subject: Subject) -> list[ActionItem]:
    return [item for item in subject.postmortem.action_items if item.status is not ItemStatus.DROPPED]


def _check_presence(subject: Subject) -> Iterable[Finding]:
    postmortem = subject.postmortem
    if not postmortem.action_items:
        yield Finding(
            postmortem.line,
            "no action item: nothing is promised as a table or a list, so nothing will be different next time; "
            "commit to two or three under ## Action items",
        )


def _check_test_required(subject: Subject) -> Iterable[Finding]:
    kept = _list_kept_items(subject)
    if kept and all(item.test.need is Need.NOT_REQUIRED for item in kept):
        speaking = next((item for item in kept if item.only_speaks_of_tests), None)
        if speaking is not None:
            yield Finding(
                speaking.line,
                "no action item requires a test, though this one speaks of one; say `required` in a Test column, or "
                "[test required]",
            )
        else:
            yield Finding(
                kept[0].line,
                "no action item requires a test: nobody will notice when the failure comes back; say `required` in a "
                "Test column, or [test required], for one at least",
            )


def _check_owners(subject: Subject) -> Iterable[Finding]:
    if subject.postmortem.team is not None:
        return
    for item in _list_open_items(subject):
        if item.owner is None:
            yield Finding(item.line, f"action item {item.id} has no owner; name the person or team that will do it")


def _check_due_dates(subject: Subject) -> Iterable[Finding]:
    for item in _list_open_items(subject):
        if item.due is None:
            yield Finding(item.line, f"action item {item.id} has no due date; write one, such as 2026-03-01")


def _check_overdue(subject: Subject) -> Iterable[Finding]:
    for item in subject.postmortem.action_items:
        if is_overdue(item, subject.today):
            assert item.due_date is not None
            late = format_count((subject.today - item.due_date).days, "day")
            said = "is open" if item.status is ItemStatus.OPEN else "has no status"
            yield Finding(
                item.line,
                f"action item {item.id} was due {item.due_date}, {late} ago, and {said}; "
                "do it, give it another date, or say that it is dropped",
            )


_VAGUE = re.compile(
    r"\W{0,6}(?:we (?:should|will|must|need to)\s+)?(?:try to\s+)?"
    r"(?:be (?:more )?(?:careful|cautious|vigilant|aware|mindful)|pay (?:more|closer) attention|"
    r"(?:better|improve[ds]?|improving|enhance|increase|strengthen)\b|"
    r"(?:monitor|monitoring|investigate|investigation|look into|research|explore|evaluate|assess|consider|discuss|"
    r"think about|review|revisit|analy[sz]e)\b|"
    r"(?:raise|increase) awareness|communicate (?:better|more)|ensure (?:better|proper)\b|"
    r"(?:more|better|proper|improved) (?:monitoring|alerting|alerts|testing|tests|documentation|communication|process|"
    r"processes|logging|visibility|observability)\b)",
    re.IGNORECASE,
)
_MEASURABLE = re.compile(
    r"[\d`/:\"\u201c_#]|\b(?:so that|when|if|before|after|first|until|unless|to (?:avoid|prevent))\b|[a-z][A-Z]|\w\.\w"
)
_MOST_WORDS = 7


def _check_vagueness(subject: Subject) -> Iterable[Finding]:
    for item in _list_open_items(subject):
        text = item.text.strip()
        if (
            len(text.split()) <= _MOST_WORDS
            and not item.tickets
            and _VAGUE.match(text)
            and not _MEASURABLE.search(text)
        ):
            yield Finding(
                item.line,
                f'action item {item.id} is vague: nobody can tell when "{text}" is done; name the thing and what '
                "will be different (Alert when the queue holds more than 5,000 orders)",
            )


def _check_scope(subject: Subject) -> Iterable[Finding]:
    kept = _list_kept_items(subject)
    if kept and all(item.scope is Scope.SPECIFIC for item in kept):
        yield Finding(
            kept[0].line,
            "every action item is specific: they mend this bug and not the next of its kind; add a systemic one that "
            "makes the whole class of bug impossible, or at least loud",
        )


_HEAD = "---\nid: PM-2026-001\ndate: 2026-02-11\n---\n# Checkout queue overflow\n\n"
_COLUMNS = "| ID | Action | Scope | Owner | Due | Status | Test |\n|---|---|---|---|---|---|---|\n"
_REJECT = (
    "| AI-1 | Reject orders when the queue holds more than 10,000 | specific | payments | 2026-03-01 | {} | {} |\n"
)
_REFUSE = "| AI-2 | Refuse every retry policy without an upper bound | systemic | platform | 2099-03-20 | open | no |\n"
_ITEMS = _HEAD + "## Action items\n\n" + _COLUMNS
_DONE = _REJECT.format("done", "required")

RULES = [
    Rule(
        code="PM401",
        name="no action item",
        what="A post-mortem commits to something: there is one action item at least.",
        why="Without a commitment the document is a story. What was learned is lost with the people who were there.",
        bad=_HEAD + "## Root cause\n\nThe order queue had no upper bound.\n",
        good=_ITEMS + _DONE + _REFUSE,
        check=_check_presence,
    ),
    Rule(
        code="PM402",
        name="no test required",
        what=(
            "One action item at least requires a test, or did until it was waived: `required` in a Test column, or "
            "[test required] in a list."
        ),
        why=(
            "A fix that no test guards is taken back by the next refactoring, and nobody notices. Saying that a test "
            "is required is what the gate goes by."
        ),
        bad=_ITEMS + _REJECT.format("done", "no"),
        good=_ITEMS + _DONE,
        check=_check_test_required,
    ),
    Rule(
        code="PM403",
        name="no owner",
        what=(
            "Each action item that is not over has an owner, a person or a team; the team of the document is that of "
            "all its items."
        ),
        why="What is everybody's is nobody's: an item without an owner is the likeliest never to be done.",
        bad=_HEAD
        + "## Action items\n\n| Action | Due |\n|---|---|\n| Reject orders when the queue is full | 2099-03-01 |\n",
        good=_ITEMS + _REFUSE,
        check=_check_owners,
    ),
    Rule(
        code="PM404",
        name="no due date",
        what="Each action item that is not over has a due date, or another word on when (a release, a quarter).",
        why="Without a date an item is never late, and so nobody asks for it.",
        bad=_HEAD
        + "## Action items\n\n| Action | Owner |\n|---|---|\n| Reject orders when the queue is full | payments |\n",
        good=_ITEMS + _REFUSE,
        check=_check_due_dates,
    ),
    Rule(
        code="PM405",
        name="overdue",
        what="No action item is past its due date and neither done nor dropped.",
        why=(
            "The weeks after an incident are when its items are done or forgotten. A date that has passed in silence "
            "says that the second is happening."
        ),
        bad=_ITEMS + _REJECT.format("open", "required"),
        good=_ITEMS + _DONE,
        check=_check_overdue,
    ),
    Rule(
        code="PM406",
        name="vague action item",
        what=(
            "An action item says what will be different: not only improve, monitor, investigate, review or be careful, "
            "without a number, a name or a condition. (English only.)"
        ),
        why="Nobody can tell when a vague item is done, so it is closed when people are tired of it.",
        bad=_HEAD + "## Action items\n\n| Action | Owner |\n|---|---|\n| Improve our monitoring | platform |\n",
        good=_HEAD + "## Action items\n\n| Action | Owner |\n|---|---|\n| Alert when 5,000 orders wait | platform |\n",
        check=_check_vagueness,
    ),
    Rule(
        code="PM407",
        name="only specific",
        what="Where the action items have a scope, one at least is systemic.",
        why=(
            "A specific item mends this bug. Only a systemic one keeps the same mistake from being made in the next "
            "place."
        ),
        bad=_ITEMS + _DONE,
        good=_ITEMS + _DONE + _REFUSE,
        check=_check_scope,
    ),
]
