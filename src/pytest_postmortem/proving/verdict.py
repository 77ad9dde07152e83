"""The verdict on a test, out of its samples with and without the fix."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pytest_postmortem.model.proof import ProofVerdict
from pytest_postmortem.proving.sample import Sample, SampleOutcome, Seen

__all__ = ["judge_samples"]

_OF_ERRORS = ("ImportError", "ModuleNotFoundError", "AttributeError", "NameError")


def judge_samples(
    node_id: str, without: Sequence[Sample], with_fix: Sequence[Sample], fixed: Sequence[Sample] = ()
) -> tuple[ProofVerdict, str]:
    """Return the verdict, and how the test failed without the fix or why it is not proven.

    `fixed` are samples on the code of the fix itself, where `without` are on the code before it instead of today's.
    """
    samples = (*without, *with_fix, *fixed)
    if elsewhere := _merge_elsewhere(samples):
        return ProofVerdict.INCONCLUSIVE, _describe_elsewhere(elsewhere)
    seen_with = [sample.get(node_id) for sample in with_fix]
    seen_without = [sample.get(node_id) for sample in without]
    if wrong := _find_other_than(SampleOutcome.PASSED, seen_with):
        return ProofVerdict.INCONCLUSIVE, _describe_failure_with_fix(wrong, seen_with)
    if not _find_other_than(SampleOutcome.FAILED, seen_without):
        message = seen_without[0].message
        if _find_other_than(SampleOutcome.PASSED, [sample.get(node_id) for sample in fixed]):
            return ProofVerdict.INCONCLUSIVE, _describe_later_cause(message)
        return ProofVerdict.PROVEN, message
    if _find_other_than(SampleOutcome.PASSED, seen_without):
        return ProofVerdict.INCONCLUSIVE, _describe_unclear(seen_without)
    return _judge_passing(samples)


def _merge_elsewhere(samples: Iterable[Sample]) -> dict[str, str]:
    """Return the modules that came from another place than the tree in any of these samples."""
    return {name: place for sample in samples for name, place in sample.elsewhere.items()}


def _judge_passing(samples: Iterable[Sample]) -> tuple[ProofVerdict, str]:
    """Return the verdict on a test that passes without the fix."""
    aside = next((sample.aside for sample in samples if sample.aside), "")
    if aside:
        return ProofVerdict.INCONCLUSIVE, _describe_aside(aside)
    return ProofVerdict.NOT_A_REGRESSION_TEST, "it passes without the fix, too"


def _describe_elsewhere(elsewhere: Mapping[str, str]) -> str:
    name, place = min(elsewhere.items())
    return (
        f"the code that ran was not the tree's: {name} came from {place}; uninstall it, or install it so that "
        "PYTHONPATH comes first"
    )


def _describe_aside(aside: str) -> str:
    return (
        f"it passes without the fix, but starts a process that may have run {aside} instead of the tree's "
        "code; hand os.environ on to it, and start Python without -I and -E"
    )


def _find_other_than(outcome: SampleOutcome, seen: Sequence[Seen]) -> Seen | None:
    return next((one for one in seen if one.outcome is not outcome), None)


def _describe_failure_with_fix(wrong: Seen, seen: Sequence[Seen]) -> str:
    reason = f" ({wrong.message})" if wrong.message else ""
    if any(one.outcome is SampleOutcome.PASSED for one in seen):
        return f"samples disagree: with the fix it was once {wrong.outcome.value}{reason}; make it deterministic"
    if wrong.outcome is SampleOutcome.NOT_RUN and wrong.message.startswith("its process"):
        return f"with the fix it is not run{reason}; mend that first"
    return (
        f"with the fix it is {wrong.outcome.value} in a fresh tree{reason}; commit what it needs, or make it with "
        "`setup-command`"
    )


def _describe_later_cause(message: str) -> str:
    return (
        f"it fails on the code before the fix ({message}), and on that of the fix itself it does not pass either: "
        "it may fail for what came later; name the later commits that belong to the fix as well"
    )


def _describe_unclear(seen: Sequence[Seen]) -> str:
    """Return why samples without the fix are neither all passed nor all failed."""
    outcomes = {one.outcome for one in seen}
    first = next(one for one in seen if one.outcome is not SampleOutcome.PASSED)
    reason = f" ({first.message})" if first.message else ""
    if SampleOutcome.NOT_RUN in outcomes and first.message.startswith("its process took"):
        return f"without the fix it does not end{reason}; let the test itself fail in time"
    if len(outcomes) > 1:
        listed = ", ".join(sorted(one.outcome.value for one in seen))
        return f"samples disagree without the fix: {listed}{reason}; make it deterministic"
    if first.outcome in (SampleOutcome.ERROR, SampleOutcome.NOT_RUN) and _is_import_error(first.message):
        return (
            f"without the fix it cannot be imported{reason}, so that nothing is known of what it checks; import what "
            "the fix has brought inside of the test"
        )
    if first.outcome is SampleOutcome.ERROR:
        return f"without the fix it fails outside of its call{reason}; let the test itself fail, not what is around it"
    return f"without the fix it is {first.outcome.value}{reason}"


def _is_import_error(message: str) -> bool:
    return any(name in message for name in _OF_ERRORS)
