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
    for one in sorted(proofs, key=lambda one: (one.postmortem, one.node_id)):
        by_postmortem.setdefault(one.postmortem, []).append(one)
    for postmortem, ones in by_postmortem.items():
        fix = ", ".join(_shorten_name(name) for name in ones[0].fix)
        way = next((_WAYS[one.way] for one in ones if one.way), "not taken out")
        yield Line(for_terminal(f"{postmortem} fix {fix} ({ones[0].how}; {way})"))
        for one in ones:
            yield Line(for_terminal(f"  {one.node_id}: {one.verdict.value}"), _COLOURS[one.verdict])
            yield Line(for_terminal(f"    {one.message}"))
    for one in kept:
        yield Line(for_terminal(f"kept: {one.postmortem} {one.node_id}: {one.verdict.value}"), _COLOURS[one.verdict])
    if nothing_stale:
        yield Line("proofs: none is stale or new", "green", bold=True)
        return
    numbers = Counter(one.verdict for one in proofs)
    told = ", ".join(f"{numbers[kind]} {kind.value}" for kind in ProofVerdict if numbers[kind])
    worst = next((kind for kind in reversed(ProofVerdict) if numbers[kind]), ProofVerdict.INCONCLUSIVE)
    yield Line(f"proofs: {format_count(len(proofs), 'test')}{': ' + told if told else ''}", _COLOURS[worst], bold=True)


def _shorten_name(name: str) -> str:
    return "..".join(part[:12] for part in name.split(".."))
