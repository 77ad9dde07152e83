"""The parts this package brings itself, registered through the same hooks as everybody's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_postmortem.hookspecs import hookimpl
from pytest_postmortem.sources.folder import FolderSource

if TYPE_CHECKING:
    from datetime import date

    from pytest_postmortem.config.settings import Settings
    from pytest_postmortem.linting.interface import Rule
    from pytest_postmortem.model.document import Document
    from pytest_postmortem.model.postmortem import Postmortem
    from pytest_postmortem.reading.postmortem import Reader
    from pytest_postmortem.reporting.interface import Finished, Reporter
    from pytest_postmortem.sources.interface import Source

__all__ = ["BuiltIn"]


class Page:
    """The HTML page; what renders it is imported when a page is asked for."""

    suffix = ".html"
    help = "a page"

    def owns(self, head: bytes) -> bool:
        """Return whether a file was written by this format."""
        from pytest_postmortem.reporting.outputs import is_ours

        return is_ours(self.suffix, head)

    def render(self, finished: Finished) -> str:
        """Return the whole page."""
        from pytest_postmortem.reporting.html import Html

        return Html().render(finished)


class BuiltIn:
    """Folders of Markdown; the reader is made when the first document is opened."""

    def __init__(self, settings: Settings, today: date) -> None:
        self._settings = settings
        self._today = today
        self._reader: Reader | None = None

    @hookimpl
    def pytest_postmortem_sources(self, settings: Settings) -> list[Source]:
        """Return the folders of the configuration, or the default ones; and what was fetched from elsewhere."""
        folders = FolderSource(settings)
        if not settings.remote:
            return [folders]
        from pytest_postmortem.sources.snapshot import SnapshotSource

        return [folders, *(SnapshotSource(settings.base, one, self._today) for one in settings.remote)]

    @hookimpl
    def pytest_postmortem_reporters(self, settings: Settings) -> list[Reporter]:
        """JSON, HTML and Markdown."""
        from pytest_postmortem.reporting.evidence import Evidence
        from pytest_postmortem.reporting.markdown import Markdown

        return [Evidence(), Page(), Markdown()]

    @hookimpl
    def pytest_postmortem_lint_rules(self, settings: Settings) -> list[Rule]:
        """PM101 and on."""
        from pytest_postmortem.linting.builtin import RULES

        return RULES

    @hookimpl(trylast=True)
    def pytest_postmortem_read_document(self, document: Document) -> Postmortem:
        """Markdown, YAML and JSON, where no other plugin has read the document."""
        if self._reader is None:
            from pytest_postmortem.reading.postmortem import Reader
            from pytest_postmortem.reading.vocabulary.default import DEFAULT

            self._reader = Reader(DEFAULT.extend(self._settings.words), self._settings.id_pattern)
        return self._reader.read(document)
