"""The marker: what it says, whether it is right, and which tests carry it."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_postmortem.model.link import Link
    from pytest_postmortem.plugin.session import Session

__all__ = ["ITEM_PROPERTY", "PROPERTY", "Markers", "add_properties"]

PROPERTY = "incident"
ITEM_PROPERTY = "incident_action_item"
"""The properties that a linked test's reports carry, for JUnit XML and across processes."""


class Markers:
    """Gathers marked tests during collection, checks their ids in one go, and reports one collection error a file."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._name = session.marker
        self._marked: list[pytest.Item] = []
        self._known: dict[pytest.Item, int] = {}
        self.links: dict[pytest.Item, tuple[Link, ...]] = {}

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Remember the item where it is marked; nothing is read yet."""
        for _ in item.iter_markers(self._name):
            self._marked.append(item)
            return

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
    ) -> Generator[None]:
        """Check what is marked before anybody takes items out, and once more for marks that were added meanwhile."""
        collected = self._session.collected
        if collected is not None:
            collected.before(items)
        if self._marked:
            self._check(session, self._marked)
        yield
        late = [item for item in items if self._marks(item) != self._known.get(item, 0)]
        if late:
            self._check(session, late)
        if collected is not None:
            collected.after(items)

    def _marks(self, item: pytest.Item) -> int:
        return sum(1 for _ in item.iter_markers(self._name))

    def _check(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        from pytest_postmortem.plugin.checking import check_markers

        for item in items:
            self._known[item] = self._marks(item)
        links, errors = check_markers(items, self._name, self._session.names)
        for item, found in links.items():
            self.links[item] = found
            add_properties(item, found)
        self._session.tell_stories()
        for file, text in errors.items():
            report = pytest.CollectReport(nodeid=file, outcome="failed", longrepr=text, result=[], postmortem=True)
            session.config.hook.pytest_collectreport(report=report)


def add_properties(item: pytest.Item, links: tuple[Link, ...]) -> None:
    """Give every report of `item` the properties of its links, each once."""
    for link in links:
        pairs = [(PROPERTY, link.postmortem)]
        if link.item is not None:
            pairs.append((ITEM_PROPERTY, f"{link.postmortem}/{link.item}"))
        for pair in pairs:
            if pair not in item.user_properties:
                item.user_properties.append(pair)
