"""List the hints at a judged post-mortem: what may be wrong with it and never fails a gate."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_postmortem.config.settings import Settings
from pytest_postmortem.judging.linked import Linked
from pytest_postmortem.judging.linking import find_demanding_items
from pytest_postmortem.model.postmortem import Hint, Postmortem
from pytest_postmortem.model.severity import has_severity

__all__ = ["list_hints"]


def list_hints(
    postmortem: Postmortem, linked: Linked, settings: Settings, *, in_gate: bool, guard: bool, missing: bool
) -> Iterator[Hint]:
    """Yield the document's own hints, then those at what is compared or linked in another way than it may seem.

    `guard` is true if a test of the incident itself is required, `missing` if an item lacks its test.
    """
    yield from postmortem.hints
    if in_gate and settings.guard and not guard and has_severity(postmortem.severity, settings.guard) is None:
        yield Hint(postmortem.origin, postmortem.line, _explain_uncomparable(postmortem, settings))
    if in_gate and settings.since is not None and postmortem.date is not None and postmortem.date < settings.since:
        text = (
            f"{postmortem.date} is the first date that the text speaks of, which `since` does not go by; "
            "write the day of the incident as `date:`"
        )
        yield Hint(postmortem.origin, postmortem.line, text)
    yield from _hint_at_items(postmortem)
    if not missing:  # the reason of a missing item names these tests
        yield from _hint_at_tests(postmortem, linked)


def _hint_at_items(postmortem: Postmortem) -> Iterator[Hint]:
    """Yield a hint at each item that requires a test and has no id of its own."""
    for item in find_demanding_items(postmortem):
        if not item.has_own_id:
            text = (
                f"action item {item.id} requires a test and has only its place in the list as id, "
                f"which moves when somebody inserts a line; begin it with one and a colon, such as AI-{item.id}:"
            )
            yield Hint(postmortem.origin, item.line, text)


def _hint_at_tests(postmortem: Postmortem, linked: Linked) -> Iterator[Hint]:
    """Yield a hint at each test whose marker names no action item although it has to."""
    items = ", ".join(item.id for item in find_demanding_items(postmortem))
    for test in dict.fromkeys(linked.unnamed):
        text = f"{test.node_id} guards {postmortem.id} and names no action item; add action_item= with one of {items}"
        yield Hint(test.path, test.line, text)


def _explain_uncomparable(postmortem: Postmortem, settings: Settings) -> str:
    """Return the text on an incident whose severity cannot be compared with those that `guard` lists."""
    listed = ", ".join(settings.guard)
    severity = "no severity" if postmortem.severity is None else f'the severity "{postmortem.severity}"'
    return (
        f"{postmortem.id} has {severity}, which cannot be compared with those that `guard` lists ({listed}), so no "
        f"test of the incident is required; write its severity as one of these or another of that form, or set "
        f'guard = "all"'
    )
