"""The parts this package brings itself, registered through the same hooks as everybody's."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from pytest_postmortem.hookspecs import hookimpl
from pytest_postmortem.sources.folder import FolderSource, is_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from pytest_postmortem.config import Settings
    from pytest_postmortem.linting.interface import Rule
    from pytest_postmortem.model.document import Document
    from pytest_postmortem.model.postmortem import Postmortem
    from pytest_postmortem.reading.postmortem import Reader
    from pytest_postmortem.reading.side_by_side import SecondProcess
    from pytest_postmortem.reading.vocabulary import Vocabulary
    from pytest_postmortem.reporting.interface import Finished, Reporter
    from pytest_postmortem.sources.interface import Source

__all__ = ["MANY", "BuiltIn"]

MANY = 1_000
"""So many files are read by two processes; with fewer, starting one takes most of what it saves."""


class Page:
    """The HTML page; what renders it is imported when a page is asked for."""

    suffix = ".html"

    def render(self, finished: Finished) -> str:
        """The whole page."""
        from pytest_postmortem.reporting.html import Html

        return Html().render(finished)


class BuiltIn:
    """Folders of Markdown; the reader is made when the first document is opened."""

    def __init__(self, settings: Settings, today: date) -> None:
        self._settings = settings
        self._today = today
        self._reader: Reader | None = None
        self._second: SecondProcess | None = None

    @contextmanager
    def reading(self, documents: Sequence[Document]) -> Iterator[None]:
        """Around the reading of all `documents`: where they are many files, a second process reads a part of them."""
        documents = [document for document in documents if is_file(document)] if len(documents) >= MANY else ()
        if len(documents) < MANY:
            yield
            return
        from pytest_postmortem.reading.side_by_side import SecondProcess, processors

        if processors() < 2:
            yield
            return
        with SecondProcess(documents, self._words, self._settings.id_pattern) as self._second:
            try:
                yield
            finally:
                self._second = None

    @hookimpl
    def pytest_postmortem_sources(self, settings: Settings) -> list[Source]:
        """The folders of the configuration, or the default ones; and what was fetched from elsewhere."""
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
        if self._second is not None and (read := self._second.read(document)) is not None:
            return read
        if self._reader is None:
            from pytest_postmortem.reading.postmortem import Reader

            self._reader = Reader(self._words, self._settings.id_pattern)
        return self._reader.read(document)

    @property
    def _words(self) -> Vocabulary:
        from pytest_postmortem.reading.vocabulary import DEFAULT

        return DEFAULT.extended(self._settings.words)
