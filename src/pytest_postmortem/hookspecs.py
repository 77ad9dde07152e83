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
        """Return further sources of documents.

        Arguments: `settings` is the configuration of the project.

        Returns: a list of sources, or None. Two sources of one name are an error that names both.

        Errors: whatever is raised ends the run before any test, with the file and line of the plugin. What a source
        cannot read is an error in its listing.

        Example:

            from pytest_postmortem import Document, Listing, hookimpl


            class Wiki:
                name = "wiki"

                def listing(self):
                    page = "---\\nid: WIKI-1\\n---\\n# Cache stampede\\n"
                    return Listing(documents=(Document("wiki/1", "wiki", "1", True, load=lambda: page),))


            @hookimpl
            def pytest_postmortem_sources(settings):
                return [Wiki()]
        """

    @_reading(firstresult=True)
    def pytest_postmortem_read_document(self, document: Document) -> Postmortem | None:
        """Read one document.

        Arguments: `document` is listed but not opened; its `load()` returns the text.

        Returns: the post-mortem, or None to leave the document to the next reader. What is wrong with the document is
        returned in `Postmortem.faults`.

        Errors: a raised DocumentError is one such error of the document, and so is any other exception, with the file
        and line of the plugin.

        Example:

            from pytest_postmortem import IdSource, Postmortem, hookimpl


            @hookimpl
            def pytest_postmortem_read_document(document):
                if not document.load().startswith("incident "):
                    return None
                name, _, title = document.load().removeprefix("incident ").partition(": ")
                return Postmortem(
                    id=name, id_source=IdSource.FRONT_MATTER, title=title, origin=document.origin,
                    folder=document.folder, stem=document.stem,
                )
        """


class Linting:
    """What documents are checked for."""

    @_reading
    def pytest_postmortem_lint_rules(self, settings: Settings) -> list[Rule] | None:
        """Return further rules of `postmortem lint`.

        Arguments: `settings` is the configuration of the project.

        Returns: a list of rules, each with a code of its own, or None.

        Errors: whatever is raised, here or by a rule, ends `postmortem lint` with the file and line of the plugin.

        Example:

            from pytest_postmortem import Finding, Rule, hookimpl


            def find_missing_services(subject):
                if not subject.postmortem.services:
                    yield Finding(subject.postmortem.line, "no services; name those that were affected in `services:`")


            @hookimpl
            def pytest_postmortem_lint_rules(settings):
                return [
                    Rule(
                        code="ACME101",
                        name="no services",
                        what="A post-mortem names the services that were affected.",
                        why="The owners of a service look for its incidents.",
                        bad="# PM-1: Checkout down\\n",
                        good="---\\nservices: [checkout]\\n---\\n# PM-1: Checkout down\\n",
                        check=find_missing_services,
                    )
                ]
        """


class Reporting:
    """What becomes of the report."""

    @_reading
    @_reporting
    def pytest_postmortem_reporters(self, settings: Settings) -> list[Reporter] | None:
        """Return further formats of `--incident-output`.

        Arguments: `settings` is the configuration of the project.

        Returns: a list of reporters, or None. Two of one suffix are an error, unless one of them says `replaces`.

        Errors: whatever is raised here ends the run before any test; an exception in a `render` makes the run fail, and
        the other files are written. Both are reported with the file and line of the plugin.

        Example:

            class Csv:
                suffix = ".csv"
                help = "a table of post-mortems"

                def owns(self, head):
                    return head.startswith(b"post-mortem,state\\n")

                def render(self, finished):
                    rows = [f"{one.postmortem.id},{one.state.value}\\n" for one in finished.report.postmortems]
                    return "post-mortem,state\\n" + "".join(rows)


            def pytest_postmortem_reporters(settings):
                return [Csv()]
        """

    @_reporting
    def pytest_postmortem_finished(self, report: Report, decision: Decision) -> None:
        """Use the report after everything is written.

        Arguments: `report` has every post-mortem with its state, `decision` the verdict of the gate.

        Returns: nothing. The decision cannot be changed.

        Errors: an exception makes the run fail, and is reported with the file and line of the plugin.

        Example:

            def pytest_postmortem_finished(report, decision):
                print(f"{len(report.postmortems)} post-mortems, gate {decision.verdict.value}")
        """
