"""Properties of linked tests, kept on each of their reports whatever a conftest.py does to it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

import pytest

from pytest_postmortem.plugin.junit import ITEM_PROPERTY, PROPERTY, STAMP

if TYPE_CHECKING:
    from pytest_postmortem.model.link import Link
    from pytest_postmortem.plugin.context import Context

__all__ = ["Properties"]


class Properties:
    """Adds the properties of the links to linked tests and to their reports.

    Takes part in a run that reads the documents, from the first linked test on: other runs pay nothing for each report.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._pairs: dict[str, list[tuple[str, str]]] = {}

    def add(self, item: pytest.Item, links: tuple[Link, ...]) -> None:
        """Give every report of `item` the properties of its links, each once."""
        if not self._pairs and self._context.options.reads:
            self._context.config.pluginmanager.register(self, "postmortem-properties")
        pairs = self._pairs.setdefault(item.nodeid, [])
        for link in links:
            pairs.append((PROPERTY, link.postmortem))
            if link.item is not None:
                pairs.append((ITEM_PROPERTY, f"{link.postmortem}/{link.item}"))
        self._pairs[item.nodeid] = pairs = list(dict.fromkeys(pairs))
        item.user_properties.extend(pair for pair in pairs if pair not in item.user_properties)

    def pytest_plugin_registered(self, manager: pytest.PytestPluginManager) -> None:
        """Look at each report as soon as it is made, if others may change it before it is logged.

        Called for every plugin that is there when this one is registered, and for every later one.
        """
        name = "postmortem-made-reports"
        if not manager.hasplugin(name) and _are_changed(manager.hook):
            manager.register(_MadeReports(self.stamp), name)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Stamp the report of a linked test that no one else has changed."""
        node_id = report.nodeid
        if node_id in self._pairs and STAMP not in vars(report):
            self.stamp(report, node_id)

    def stamp(self, report: pytest.TestReport, node_id: str, call: pytest.CallInfo[None] | None = None) -> None:
        """Restore the properties that the report of `node_id` has lost, and stamp it with what `call` raised."""
        pairs = self._pairs.get(node_id)
        if not pairs:
            return
        raised = "" if call is None or call.excinfo is None else call.excinfo.exconly(tryshort=True)
        properties = report.user_properties or []
        missing = [pair for pair in pairs if pair not in properties]
        if missing:
            report.user_properties = [*properties, *missing]
        vars(report)[STAMP] = [node_id, [list(pair) for pair in pairs], raised]


class _MadeReports:
    """Stamps reports before a conftest.py or another plugin can change them.

    A wrapper costs over a microsecond a report, so it takes part only if someone else does.
    """

    def __init__(self, stamp: Callable[[pytest.TestReport, str, pytest.CallInfo[None]], None]) -> None:
        self._stamp = stamp

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Registered after every conftest.py, this is the outermost wrapper: it sees what the others have made."""
        report = yield
        if report is not None:
            self._stamp(report, item.nodeid, call)
        return report


def _are_changed(hooks: Any) -> bool:
    """Whether another plugin than pytest, pytest-xdist and this one takes part in making or logging reports."""
    known = ("_pytest", "xdist", "pytest_postmortem")
    return any(
        str(getattr(implementation.function, "__module__", "")).partition(".")[0] not in known
        for hook in (hooks.pytest_runtest_makereport, hooks.pytest_runtest_logreport)
        for implementation in hook.get_hookimpls()
    )
