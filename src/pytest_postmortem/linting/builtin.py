"""The rules this package brings, by their codes."""

from __future__ import annotations

from pytest_postmortem.linting import action_items, blameless, root_cause, structure

__all__ = ["RULES"]

RULES = [*structure.RULES, *root_cause.RULES, *blameless.RULES, *action_items.RULES]
