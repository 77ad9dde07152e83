"""The closed sets in which the judging speaks."""

from __future__ import annotations

from enum import Enum

__all__ = ["Outcome", "Policy", "PostmortemState", "State", "Verdict"]


class Outcome(Enum):
    """Outcome of a test, ordered by precedence: of several, the last one counts."""

    NOT_RUN = "not run"
    SKIPPED = "skipped"
    XFAILED = "xfailed"
    XPASSED = "xpassed"
    PASSED = "passed"
    FLAKY = "flaky"
    ERROR = "error"
    FAILED = "failed"
    CRASHED = "crashed"

    @property
    def guards(self) -> bool:
        """Whether a test with this outcome guards what it is linked to."""
        return self in (Outcome.PASSED, Outcome.FLAKY)

    @property
    def broke(self) -> bool:
        """Whether a test with this outcome makes its action item failing."""
        return self in (Outcome.FAILED, Outcome.ERROR, Outcome.CRASHED)


class State(Enum):
    """What became of one action item (docs/gate.md)."""

    NOT_REQUIRED = "not required"
    DROPPED = "dropped"
    GUARDED = "guarded"
    FAILING = "failing"
    DISABLED = "disabled"
    SKIPPED_HERE = "skipped here"
    NOT_RUN = "not run"
    MISSING = "missing"
    WAIVED = "waived"
    WAIVER_EXPIRED = "waiver expired"
    UNKNOWN = "unknown"


class PostmortemState(Enum):
    """What became of one post-mortem.

    LINKED and PARTLY_LINKED are what GUARDED and PARTLY_GUARDED are while no linked test has passed: its outcomes are
    not known, or all of the tests were deselected or skipped on this platform.
    """

    GUARDED = "guarded"
    PARTLY_GUARDED = "partly guarded"
    LINKED = "linked"
    PARTLY_LINKED = "partly linked"
    UNGUARDED = "unguarded"
    FAILING = "failing"


class Policy(Enum):
    """What the gate asks of an action item that requires a test."""

    LINKED = "linked"
    PASSED = "passed"
    PROVEN = "proven"
    OFF = "off"


class Verdict(Enum):
    """The gate's decision."""

    PASS = "passed"
    FAIL = "failed"
    NOT_JUDGED = "not judged"
