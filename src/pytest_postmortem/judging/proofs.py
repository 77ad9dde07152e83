"""What the ledger says of linked tests, as far as it still holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pytest_postmortem.judging.source import Digests
from pytest_postmortem.model.proof import Proof, ProofState, ProofVerdict

__all__ = ["Proofs"]


class Proofs:
    """The proofs of a ledger; node ids in it are relative to `base`, the configuration's folder."""

    def __init__(self, ledger: Mapping[tuple[str, str], Proof], base: Path) -> None:
        self._ledger = ledger
        self._digests = Digests(base)

    def proof(self, node_id: str, postmortem: str) -> Proof | None:
        """What is kept for a test (a parameter counts as its function) and a post-mortem, stale or not."""
        return self._ledger.get((node_id.partition("[")[0], postmortem))

    def state(self, node_id: str, postmortem: str) -> ProofState:
        """Return whether a test is proven to guard a post-mortem."""
        known = self.proof(node_id, postmortem)
        if known is None:
            return ProofState.UNPROVEN
        if known.source != self._digests.compute(known.node_id):
            return ProofState.STALE
        return ProofState.PROVEN if known.verdict is ProofVerdict.PROVEN else ProofState.UNPROVEN
