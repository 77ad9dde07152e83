"""The marker on collected tests: which tests carry it, whether it is right, and what it links."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

import pytest

from pytest_postmortem.gc_pause import gc_paused

if TYPE_CHECKING:
    from pytest_postmortem.model.link import Link
    from pytest_postmortem.plugin.context import Context

__all__ = ["Markers"]


class Markers:
    """Gathers marked tests during collection, checks their ids in one go, and reports one collection error a file.

    `add_properties` is called for each linked test, `add_story` when there may be linked tests.
    """

    def __init__(
        self,
        context: Context,
        add_properties: Callable[[pytest.Item, tuple[Link, ...]], None],
        add_story: Callable[[], None],
    ) -> None:
        self._context = context
        self._add_properties = add_properties
        self._add_story = add_story
        self.links: dict[pytest.Item, tuple[Link, ...]] = {}
        self.invalid: dict[str, None] = {}

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
    ) -> Generator[None]:
        """Check every marked test after all other plugins: marks may be added late, and tests taken out."""
        collected = list(items)
        yield
        with gc_paused():
            known = dict.fromkeys((*collected, *items))
            marked = [item for item in known if next(item.iter_markers(self._context.marker), None) is not None]
            if marked:
                self.check(session, marked)

    def check(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """Link `items`, which are marked, and report what is wrong with their marks."""
        from pytest_postmortem.plugin.checking import check_markers

        links_by_item, errors = check_markers(items, self._context.marker, self._context.find_names)
        for item, links in links_by_item.items():
            self.links[item] = links
            if links:
                self._add_properties(item, links)
        self._add_story()
        for file, text in errors.items():
            self.invalid.update(dict.fromkeys(text.split("\n")))
            report = pytest.CollectReport(nodeid=file, outcome="failed", longrepr=text, result=[], postmortem=True)
            session.config.hook.pytest_collectreport(report=report)
