"""Render the results of proofs as lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from pytest_postmortem.model.proof import Proof, ProofVerdict
from pytest_postmortem.model.text import format_count
from pytest_postmortem.reporting.escaping import for_terminal
from pytest_postmortem.reporting.headlines import Line

__all__ = ["render_proofs"]

_COLOURS = {
    ProofVerdict.PROVEN: "green",
    ProofVerdict.NOT_A_REGRESSION_TEST: "red",
    ProofVerdict.INCONCLUSIVE: "yellow",
}
_WAYS = {
    "reverse": "taken out of today's code",
    "parent": "conflicts with later changes: today's tests with the code before it",
}


def render_proofs(
    proofs: Sequence[Proof], *, nothing_stale: bool = False, kept: Sequence[Proof] = ()
) -> Iterator[Line]:
    """By post-mortem: the fix and how it was taken out, then each test with its verdict; and the sum.

    `kept` are entries of the ledger that still hold and prove nothing.
    """
    by_postmortem: dict[str, list[Proof]] = {}
    for proof in sorted(proofs, key=lambda proof: (proof.postmortem, proof.node_id)):
        by_postmortem.setdefault(proof.postmortem, []).append(proof)
    for of_one in by_postmortem.values():
        yield from _render_postmortem(of_one)
    for proof in kept:
        text = f"kept: {proof.postmortem} {proof.node_id}: {proof.verdict.value}"
        yield Line(for_terminal(text), _COLOURS[proof.verdict])
    yield Line("proofs: none is stale or new", "green", bold=True) if nothing_stale else _summarize(proofs)


def _render_postmortem(proofs: Sequence[Proof]) -> Iterator[Line]:
    """Yield the lines of the proofs of one post-mortem."""
    first = proofs[0]
    fix = ", ".join(map(_shorten_name, first.fix))
    way = next((_WAYS[proof.way] for proof in proofs if proof.way), "not taken out")
    yield Line(for_terminal(f"{first.postmortem} fix {fix} ({first.how}; {way})"))
    for proof in proofs:
        yield Line(for_terminal(f"  {proof.node_id}: {proof.verdict.value}"), _COLOURS[proof.verdict])
        yield Line(for_terminal(f"    {proof.message}"))


def _summarize(proofs: Sequence[Proof]) -> Line:
    numbers = Counter(proof.verdict for proof in proofs)
    verdicts = [verdict for verdict in ProofVerdict if numbers[verdict]]
    counts = ", ".join(f"{numbers[verdict]} {verdict.value}" for verdict in verdicts)
    worst = verdicts[-1] if verdicts else ProofVerdict.INCONCLUSIVE
    return Line(
        f"proofs: {format_count(len(proofs), 'test')}{': ' + counts if counts else ''}", _COLOURS[worst], bold=True
    )


def _shorten_name(name: str) -> str:
    return "..".join(part[:12] for part in name.split(".."))
