"""The public hooks.

`Reading` and `Linting` are called in a plugin manager of our own, with plugins from the entry-point group
`pytest_postmortem`, so that pytest and every other way of reading the documents decide the same. `Reporting` is called
in pytest's plugin manager, so a root `conftest.py` or a `-p` plugin may implement it too; its `reporters` hook in our
own one besides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from pytest_postmortem.config.settings import Settings
    from pytest_postmortem.judging.gate import Decision
    from pytest_postmortem.judging.report import Report
    from pytest_postmortem.linting.interface import Rule
    from pytest_postmortem.model.document import Document
    from pytest_postmortem.model.postmortem import Postmortem
    from pytest_postmortem.reporting.interface import Reporter
    from pytest_postmortem.sources.interface import Source

__all__ = ["ENTRY_POINTS", "Linting", "Reading", "Reporting", "hookimpl"]

ENTRY_POINTS = "pytest_postmortem"
"""The entry-point group that third-party sources and document formats register in."""

_reading = pluggy.HookspecMarker("pytest_postmortem")
_reporting = pluggy.HookspecMarker("pytest")

hookimpl = pluggy.HookimplMarker("pytest_postmortem")
"""Marks an implementation of a `Reading` or `Linting` hook; one of `Reporting` uses `pytest.hookimpl`, or nothing."""


class Reading:
    """Where documents come from and how they are read."""

    @_reading
    def pytest_postmortem_sources(self, settings: Settings) -> list[Source] | None:
        """Further places where documents come from. Two sources of one name are an error that names both."""

    @_reading(firstresult=True)
    def pytest_postmortem_read_document(self, document: Document) -> Postmortem | None:
        """Read one document, or return None to leave it to the next reader.

        Faults are returned in `Postmortem.faults`; a raised DocumentError counts as one such fault.
        """


class Linting:
    """What documents are checked for."""

    @_reading
    def pytest_postmortem_lint_rules(self, settings: Settings) -> list[Rule] | None:
        """Further rules of `postmortem lint`, each with a code of its own."""


class Reporting:
    """What becomes of the report."""

    @_reading
    @_reporting
    def pytest_postmortem_reporters(self, settings: Settings) -> list[Reporter] | None:
        """Further formats for `--incident-output`, each with a suffix of its own."""

    @_reporting
    def pytest_postmortem_finished(self, report: Report, decision: Decision) -> None:
        """Called last, when everything is written. Cannot change the decision."""
