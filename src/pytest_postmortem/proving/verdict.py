"""The verdict on a test, out of its samples with and without the fix."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_postmortem.model.proof import ProofVerdict
from pytest_postmortem.proving.sample import Outcome, Sample, Seen

__all__ = ["verdict"]

_OF_ERRORS = ("ImportError", "ModuleNotFoundError", "AttributeError", "NameError")


def verdict(node_id: str, without: Sequence[Sample], with_fix: Sequence[Sample]) -> tuple[ProofVerdict, str]:
    """The verdict, and how the test failed without the fix or why it is not proven."""
    elsewhere = {name: place for sample in (*without, *with_fix) for name, place in sample.elsewhere.items()}
    seen_with = [sample.of(node_id) for sample in with_fix]
    seen_without = [sample.of(node_id) for sample in without]
    if elsewhere:
        name, place = min(elsewhere.items())
        return (
            ProofVerdict.INCONCLUSIVE,
            f"the code that ran was not the tree's: {name} came from {place}; uninstall it, or install it so that "
            "PYTHONPATH comes first",
        )
    if wrong := _other_than(Outcome.PASSED, seen_with):
        return ProofVerdict.INCONCLUSIVE, _fails_with_fix(wrong, seen_with)
    if not _other_than(Outcome.FAILED, seen_without):
        return ProofVerdict.PROVEN, seen_without[0].message
    if not _other_than(Outcome.PASSED, seen_without):
        return ProofVerdict.NOT_A_REGRESSION_TEST, "it passes without the fix, too"
    return ProofVerdict.INCONCLUSIVE, _not_clear(seen_without)


def _other_than(outcome: Outcome, seen: Sequence[Seen]) -> Seen | None:
    return next((one for one in seen if one.outcome is not outcome), None)


def _fails_with_fix(wrong: Seen, seen: Sequence[Seen]) -> str:
    told = f" ({wrong.message})" if wrong.message else ""
    if any(one.outcome is Outcome.PASSED for one in seen):
        return f"samples disagree: with the fix it was once {wrong.outcome.value}{told}; make it deterministic"
    return (
        f"with the fix it is {wrong.outcome.value} in a fresh tree{told}; commit what it needs, or make it with "
        "`setup-command`"
    )


def _not_clear(seen: Sequence[Seen]) -> str:
    outcomes = {one.outcome for one in seen}
    first = next(one for one in seen if one.outcome is not Outcome.PASSED)
    told = f" ({first.message})" if first.message else ""
    if outcomes == {Outcome.ERROR}:
        if any(name in first.message for name in _OF_ERRORS):
            return (
                f"without the fix it cannot be imported{told}, so that nothing is known of what it checks; import what "
                "the fix has brought inside of the test"
            )
        return f"without the fix it does not get as far as its call{told}; let the test itself fail, not its set-up"
    if len(outcomes) > 1:
        said = ", ".join(sorted(one.outcome.value for one in seen))
        return f"samples disagree without the fix: {said}{told}; make it deterministic"
    return f"without the fix it is {first.outcome.value}{told}"
