"""What each report of a linked test carries, whatever a conftest.py does to it."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_postmortem.model.link import Link
    from pytest_postmortem.plugin.session import Session

__all__ = ["ITEM_PROPERTY", "PROPERTY", "Properties", "linked_node_id", "linked_pairs", "raised_in"]

PROPERTY = "incident"
ITEM_PROPERTY = "incident_action_item"
"""The properties that a linked test's reports carry, for JUnit XML and across processes."""
_STAMP = "postmortem_test"
"""An attribute of our own on each report of a linked test: its node id, its properties, and what its phase raised."""


class Properties:
    """Adds the properties of the links to linked tests and to their reports.

    Takes part in a run that reads the documents, from the first linked test on: other runs pay nothing for each report.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._pairs: dict[pytest.Item, list[tuple[str, str]]] = {}

    def add(self, item: pytest.Item, links: tuple[Link, ...]) -> None:
        """Give every report of `item` the properties of its links, each once."""
        if not self._pairs and self._session.asked.reads:
            self._session.config.pluginmanager.register(self, "postmortem-properties")
        pairs = self._pairs.setdefault(item, [])
        for link in links:
            pairs.append((PROPERTY, link.postmortem))
            if link.item is not None:
                pairs.append((ITEM_PROPERTY, f"{link.postmortem}/{link.item}"))
        self._pairs[item] = pairs = list(dict.fromkeys(pairs))
        item.user_properties.extend(pair for pair in pairs if pair not in item.user_properties)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Restore the properties that were removed meanwhile, and stamp the report.

        Registered after every conftest.py, this is the outermost wrapper: it sees what the others made of the report.
        """
        report = yield
        pairs = self._pairs.get(item)
        if pairs and report is not None:
            given = report.user_properties or []
            missing = [pair for pair in pairs if pair not in given]
            if missing:
                report.user_properties = [*given, *missing]
            raised = "" if call.excinfo is None else call.excinfo.exconly(tryshort=True)
            vars(report)[_STAMP] = [item.nodeid, [list(pair) for pair in pairs], raised]
        return report


def linked_node_id(report: pytest.TestReport) -> str | None:
    """Return the node id of the linked test that the report belongs to, or None if it is not known to be linked."""
    stamp = vars(report).get(_STAMP)
    if stamp is not None:
        return str(stamp[0])
    return report.nodeid if any(name == PROPERTY for name, _ in report.user_properties or ()) else None


def raised_in(report: pytest.TestReport) -> str:
    """Return what the report's phase raised, whatever was made of the report since; "" for nothing."""
    stamp = vars(report).get(_STAMP)
    return "" if stamp is None else str(stamp[2])


def linked_pairs(report: pytest.TestReport) -> list[tuple[str, str]]:
    """Return the properties of the links: those stamped on the report, else those among its own."""
    stamp = vars(report).get(_STAMP)
    pairs = (report.user_properties or ()) if stamp is None else stamp[1]
    return [(str(name), str(value)) for name, value in pairs]
