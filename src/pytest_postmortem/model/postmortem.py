"""What a post-mortem says: frozen values, in the words of the documentation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import ClassVar

from pytest_postmortem.errors import DocumentError

__all__ = [
    "ActionItem",
    "Hint",
    "IdSource",
    "ItemStatus",
    "Need",
    "Postmortem",
    "RootCauseAnalysis",
    "Scope",
    "TestRequirement",
    "Waiver",
]


class Need(Enum):
    """Whether an action item asks for a test."""

    REQUIRED = "required"
    NOT_REQUIRED = "not required"
    WAIVED = "waived"


class ItemStatus(Enum):
    """What the document says became of an action item; never guessed from the document's own status."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"
    UNKNOWN = "unknown"


class Scope(Enum):
    """Whether an action item mends this bug or this class of bug."""

    SPECIFIC = "specific"
    SYSTEMIC = "systemic"
    UNKNOWN = "unknown"


class IdSource(Enum):
    """Where a post-mortem's id was found, best first."""

    FRONT_MATTER = "front matter"
    FILE_NAME = "file name"
    HEADING = "heading"
    STEM = "stem"


@dataclass(frozen=True, slots=True)
class Hint:
    """Something worth a look that is never judged, at `origin:line`."""

    origin: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Waiver:
    """No test is asked for up to and including `until` (UTC)."""

    until: date
    reason: str


@dataclass(frozen=True, slots=True)
class TestRequirement:
    """The explicit test requirement of an action item.

    `node_ids` are pytest node ids that the document names (a link from the document's side; it requires the test).
    `waiver` is set exactly where `need` is WAIVED. `stated` is true where the document says so in words, a "no" too.
    """

    __test__: ClassVar[bool] = False

    need: Need = Need.NOT_REQUIRED
    waiver: Waiver | None = None
    node_ids: tuple[str, ...] = ()
    stated: bool = False

    @property
    def asks(self) -> bool:
        """Whether it asks for a test, waived or not."""
        return self.need is not Need.NOT_REQUIRED


@dataclass(frozen=True, slots=True)
class ActionItem:
    """One commitment.

    `id` is the item's own id, or its ordinal ("1", "2", ...) in reading order where `has_own_id` is false.
    `text` is the commitment as written, white space folded, without list marker or checkbox.
    `line` is 1-based. `due` is the due date as written, `due_date` the same where it is a full date.
    `tickets` are the issues or pull requests named, first one first.
    `mentions_test` is true where the text speaks of a test, whatever the requirement says.
    `status_text` is the status as written, if the item was dropped: its reason.
    """

    id: str
    text: str
    line: int
    has_own_id: bool = False
    status: ItemStatus = ItemStatus.UNKNOWN
    scope: Scope = Scope.UNKNOWN
    owner: str | None = None
    due: str | None = None
    due_date: date | None = None
    tickets: tuple[str, ...] = ()
    test: TestRequirement = TestRequirement()
    mentions_test: bool = False
    status_text: str | None = None

    @property
    def ticket(self) -> str | None:
        """The first ticket, or None."""
        return self.tickets[0] if self.tickets else None

    @property
    def only_speaks_of_tests(self) -> bool:
        """Whether its text speaks of a test and does not say whether one is required."""
        return self.mentions_test and not self.test.stated


_Day = date  # Postmortem has a field of that name
_SENTENCE_ENDS = (". ", "。", "! ", "? ", "\uff1f")


@dataclass(frozen=True, slots=True)
class RootCauseAnalysis:
    """The root cause section: its heading, its text (Markdown removed, folded), and the five whys, if any.

    `line` is where the section begins, `whys_line` where that of the five whys does; 0 without them.
    """

    heading: str
    text: str
    line: int
    whys: tuple[str, ...] = ()
    whys_line: int = 0

    @property
    def sentence(self) -> str:
        """The root cause in one sentence: the first of `text` that is no question."""
        rest = self.text
        while True:
            ends = [place + len(mark.strip()) for mark in _SENTENCE_ENDS if (place := rest.find(mark)) >= 0]
            if not ends:
                return rest
            head, tail = rest[: min(ends)], rest[min(ends) :].lstrip()
            if not tail or not head.endswith(("?", "\uff1f")):
                return head
            rest = tail


@dataclass(frozen=True, slots=True)
class Postmortem:
    """One post-mortem document, read.

    `id` is the id it is known by; `stem` and `aliases` name it too. `date` is when the incident happened; `date_told`
    is false if no field, title or name says so, and it is the first date that its text speaks of. `last_day` is the
    last day of an incident of several. `guard_waiver` excuses the incident from what `guard` asks for.
    `faults` are what makes it unusable in a judged run; `hints` are shown and never judged.
    """

    id: str
    id_source: IdSource
    title: str
    origin: str
    folder: str
    stem: str
    line: int = 1
    id_line: int = 1
    date: date | None = None
    date_told: bool = True
    last_day: _Day | None = None
    severity: str | None = None
    status: str | None = None
    services: tuple[str, ...] = ()
    team: str | None = None
    aliases: tuple[str, ...] = ()
    fixes: tuple[str, ...] = ()
    url: str | None = None
    root_cause: RootCauseAnalysis | None = None
    action_items: tuple[ActionItem, ...] = ()
    guard_waiver: Waiver | None = None
    faults: tuple[DocumentError, ...] = field(default=())
    hints: tuple[Hint, ...] = field(default=())

    def is_before(self, since: _Day | None) -> bool:
        """Return whether the incident happened before `since`. What is not known, or only guessed, is not before it."""
        if since is None or not self.date_told or self.date is None:
            return False
        return max(self.date, self.last_day or self.date) < since

    def item(self, item_id: str) -> ActionItem | None:
        """Return the action item of this id, or None."""
        return next((item for item in self.action_items if item.id == item_id), None)
