"""The marker: what it says, whether it is right, and which tests carry it."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

from pytest_postmortem.garbage import not_looked_for

if TYPE_CHECKING:
    from pytest_postmortem.model.link import Link
    from pytest_postmortem.plugin.session import Session

__all__ = ["Markers"]


class Markers:
    """Gathers marked tests during collection, checks their ids in one go, and reports one collection error a file."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._name = session.marker
        self.links: dict[pytest.Item, tuple[Link, ...]] = {}
        self.invalid: dict[str, None] = {}

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
    ) -> Generator[None]:
        """Check every marked test when everybody has had a say: marks may be added late, and tests taken out."""
        collected = self._session.collected
        if collected is not None:
            with not_looked_for():
                collected.before(items)
        everything = list(items)
        yield
        with not_looked_for():
            known = dict.fromkeys((*everything, *items))
            marked = [item for item in known if next(item.iter_markers(self._name), None) is not None]
            if marked:
                self.check(session, marked)
            if collected is not None:
                collected.after(items)

    def check(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """Link `items`, which are marked, and report what is wrong with their marks."""
        from pytest_postmortem.plugin.checking import check_markers

        links, errors = check_markers(items, self._name, self._session.names)
        for item, found in links.items():
            self.links[item] = found
            if found:
                self._session.properties.add(item, found)
        self._session.tell_stories()
        for file, text in errors.items():
            self.invalid.update(dict.fromkeys(text.split("\n")))
            report = pytest.CollectReport(nodeid=file, outcome="failed", longrepr=text, result=[], postmortem=True)
            session.config.hook.pytest_collectreport(report=report)
