"""The story of a failing linked test: which incident it guards, what the lesson was, and where to read it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from pytest_postmortem.errors import PostmortemError
from pytest_postmortem.plugin.junit import ITEM_PROPERTY, PROPERTY, get_linked_pairs

if TYPE_CHECKING:
    from pytest_postmortem.model.postmortem import Postmortem
    from pytest_postmortem.plugin.context import Context
    from pytest_postmortem.plugin.inventory import Inventory

__all__ = ["Story"]


class Story:
    """Adds a section to the failure of a linked test, in the process that prints it."""

    def __init__(self, context: Context, merge_inventories: Callable[[], Inventory | None]) -> None:
        self._context = context
        self._merge_inventories = merge_inventories
        self._crashed: dict[str, None] = {}
        self._known: dict[str, Postmortem | None] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add the story to a failed report that carries our properties. The report of a crash carries none."""
        if report.outcome != "failed":
            return
        if report.when not in ("setup", "call", "teardown"):
            self._crashed[report.nodeid] = None
        pairs = get_linked_pairs(report)
        postmortems = [value for name, value in pairs if name == PROPERTY]
        if not postmortems:
            return
        text = self._render(postmortems, [value for name, value in pairs if name == ITEM_PROPERTY])
        add_section = getattr(report.longrepr, "addsection", None)
        if add_section is not None:
            add_section("incident", text)
        else:
            report.longrepr = f"{report.longrepr or ''}\n--- incident ---\n{text}"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the stories of the linked tests whose worker crashed: the other workers know what they guard."""
        inventory = self._merge_inventories() if self._crashed else None
        if inventory is None:
            return
        from pytest_postmortem.reporting.escaping import for_terminal

        for test in inventory.tests:
            if test.node_id in self._crashed and test.links:
                terminalreporter.section(f"incident guarded by {for_terminal(test.node_id)}", sep="-")
                items = [str(link) for link in test.links if link.item is not None]
                terminalreporter.write_line(self._render([link.postmortem for link in test.links], items))

    def _find(self, name: str) -> Postmortem | None:
        if name not in self._known:
            try:
                self._known[name] = self._context.project.find(name)
            except PostmortemError:
                self._known[name] = None
        return self._known[name]

    def _render(self, postmortems: list[str], items: list[str]) -> str:
        """Return the stories of these post-mortems; `items` are `ID/ITEM` pairs."""
        from pytest_postmortem.reporting.escaping import for_terminal
        from pytest_postmortem.reporting.story import story

        lines: list[str] = []
        for name in dict.fromkeys(postmortems):
            postmortem = self._find(name)
            if postmortem is None:
                lines.append(for_terminal(name))
                continue
            prefix = f"{name}/"
            lines.extend(story(postmortem, [item.removeprefix(prefix) for item in items if item.startswith(prefix)]))
        return "\n".join(lines)
