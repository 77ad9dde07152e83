"""What is known of a test's power to notice that a fix is gone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = ["Proof", "ProofState", "ProofVerdict"]


class ProofVerdict(Enum):
    """What came out of running a test with and without the fix."""

    PROVEN = "proven"
    NOT_A_REGRESSION_TEST = "not a regression test"
    INCONCLUSIVE = "inconclusive"


class ProofState(Enum):
    """What a test's proof is worth today."""

    PROVEN = "proven"
    STALE = "stale"
    UNPROVEN = "unproven"

    @property
    def told(self) -> str:
        """In a sentence about a test."""
        return "stale proof" if self is ProofState.STALE else self.value


@dataclass(frozen=True, slots=True)
class Proof:
    """What came out for one test and one post-mortem.

    `node_id` is that of the test function, relative to the configuration's folder. `fix` are commits and ranges, oldest
    first, `how` says where they were found, `way` how they were taken out: `reverse` or `parent`. `message` is how the
    test failed without the fix, or why it is not proven. `samples` is the number of runs on each side. `source` is the
    digest of the test and of what it is made with; where it differs the proof is stale.
    """

    node_id: str
    postmortem: str
    fix: tuple[str, ...]
    how: str
    way: str
    verdict: ProofVerdict
    message: str
    samples: int
    source: str
