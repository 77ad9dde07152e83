"""Properties and stamp on the reports of linked tests: their names, and how to read them."""

from __future__ import annotations

import pytest

__all__ = ["ITEM_PROPERTY", "PROPERTY", "STAMP", "find_linked_node_id", "get_linked_pairs", "get_raised"]

PROPERTY = "incident"
ITEM_PROPERTY = "incident_action_item"
"""The properties that a linked test's reports carry, for JUnit XML and across processes."""
STAMP = "postmortem_test"
"""An attribute of our own on each report of a linked test: its node id, its properties, and what its phase raised."""


def find_linked_node_id(report: pytest.TestReport) -> str | None:
    """Return the node id of the linked test that the report belongs to, or None if it is not known to be linked."""
    stamp = vars(report).get(STAMP)
    if stamp is not None:
        return str(stamp[0])
    properties = report.user_properties
    return report.nodeid if properties and any(name == PROPERTY for name, _ in properties) else None


def get_raised(report: pytest.TestReport) -> str:
    """Return what the report's phase raised, whatever was made of the report since; "" for nothing."""
    stamp = vars(report).get(STAMP)
    return "" if stamp is None else str(stamp[2])


def get_linked_pairs(report: pytest.TestReport) -> list[tuple[str, str]]:
    """Return the properties of the links: those stamped on the report, else those among its own."""
    stamp = vars(report).get(STAMP)
    pairs = (report.user_properties or ()) if stamp is None else stamp[1]
    return [(str(name), str(value)) for name, value in pairs]
