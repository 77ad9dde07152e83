"""A failing linked test tells which incident it guards, what the lesson was, and where to read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_postmortem.errors import PostmortemError
from pytest_postmortem.plugin.properties import ITEM_PROPERTY, PROPERTY, linked_pairs

if TYPE_CHECKING:
    from pytest_postmortem.model.postmortem import Postmortem
    from pytest_postmortem.plugin.session import Session

__all__ = ["Story"]


class Story:
    """Adds a section to the failure of a linked test, in the process that prints it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._crashed: dict[str, None] = {}
        self._known: dict[str, Postmortem | None] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add the story to a failed report that carries our properties. The report of a crash carries none."""
        if report.outcome != "failed":
            return
        if report.when not in ("setup", "call", "teardown"):
            self._crashed[report.nodeid] = None
        pairs = linked_pairs(report)
        told = [value for name, value in pairs if name == PROPERTY]
        if not told:
            return
        text = self.text(told, [value for name, value in pairs if name == ITEM_PROPERTY])
        add = getattr(report.longrepr, "addsection", None)
        if add is not None:
            add("incident", text)
        else:
            report.longrepr = f"{report.longrepr or ''}\n--- incident ---\n{text}"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Tell of the linked tests whose worker crashed: the other workers know what they guard."""
        inventory = self._session.controller.inventory() if self._crashed and self._session.distributed else None
        if inventory is None:
            return
        from pytest_postmortem.reporting.escaping import for_terminal

        for test in inventory.tests:
            if test.node_id in self._crashed and test.links:
                terminalreporter.section(f"incident guarded by {for_terminal(test.node_id)}", sep="-")
                items = [str(link) for link in test.links if link.item is not None]
                terminalreporter.write_line(self.text([link.postmortem for link in test.links], items))

    def _find(self, name: str) -> Postmortem | None:
        if name not in self._known:
            try:
                self._known[name] = self._session.project.find(name)
            except PostmortemError:
                self._known[name] = None
        return self._known[name]

    def text(self, postmortems: list[str], items: list[str]) -> str:
        """What is told of these post-mortems and `ID/ITEM` pairs."""
        from pytest_postmortem.reporting.escaping import for_terminal
        from pytest_postmortem.reporting.terminal import story

        told: list[str] = []
        for name in dict.fromkeys(postmortems):
            postmortem = self._find(name)
            if postmortem is None:
                told.append(for_terminal(name))
                continue
            told.extend(
                story(postmortem, [one.removeprefix(f"{name}/") for one in items if one.startswith(f"{name}/")])
            )
        return "\n".join(told)
