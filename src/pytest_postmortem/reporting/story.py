"""What a failing test reports about the post-mortem that it guards."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_postmortem.model.postmortem import Postmortem
from pytest_postmortem.model.text import shorten
from pytest_postmortem.reporting.escaping import for_terminal

__all__ = ["story"]


def story(postmortem: Postmortem, item_ids: list[str]) -> Iterator[str]:
    """What a failing test tells of the post-mortem it guards."""
    about = [postmortem.date.isoformat() if postmortem.date else "", postmortem.severity or ""]
    shown = ", ".join(part for part in about if part)
    yield for_terminal(f"{postmortem.id}: {postmortem.title}" + (f" ({shown})" if shown else ""))
    for item_id in item_ids:
        item = postmortem.item(item_id)
        if item is not None:
            yield for_terminal(f"action item {item.id}: {shorten(item.text, 300)}")
    if postmortem.root_cause is not None and postmortem.root_cause.text:
        yield for_terminal(f"root cause: {shorten(postmortem.root_cause.sentence, 300)}")
    yield for_terminal(f"read {postmortem.url or postmortem.origin}")
