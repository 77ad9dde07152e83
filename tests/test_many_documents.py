"""From 1,000 documents on, two processes read: the same catalogue, report and messages, and packages have their say first."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pluggy
import pytest

from pytest_postmortem import Document, IdSource, Listing, Postmortem, Source, hookimpl
from pytest_postmortem.builtin import MANY
from pytest_postmortem.config import Settings
from pytest_postmortem.project import Project
from pytest_postmortem.reading import side_by_side
from pytest_postmortem.reading.postmortem import Reader
from tests.workers import TWO_WORKERS

TEXT = """---
id: PM-{0}
date: 2026-02-11
---
# Overflow {0}

## Measures we took

- Reject orders, case {0} [no test]
"""


def write(folder: Path, number: int = MANY) -> None:
    """Post-mortems PM-0 and on, whose action items are found by words of the configuration alone."""
    place = folder / "docs" / "postmortems"
    place.mkdir(parents=True)
    for one in range(number):
        place.joinpath(f"{one:05}-overflow.md").write_text(TEXT.format(one), encoding="utf-8")
    folder.joinpath("postmortem.toml").write_text('words = { action-items = ["Measures we took"] }\n', encoding="utf-8")


@pytest.fixture
def read_here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The stems of the documents that this process itself reads."""
    stems: list[str] = []
    read = Reader.read

    def counted(reader: Reader, document: Document) -> Postmortem:
        stems.append(document.stem)
        return read(reader, document)

    monkeypatch.setattr(Reader, "read", counted)
    return stems


@pytest.mark.parametrize(
    ("number", "processors", "here"), [(MANY, 2, 680), (MANY, 1, MANY), (MANY - 1, 2, MANY - 1)], ids=str
)
def test_who_reads(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    read_here: list[str],
    number: int,
    processors: int,
    here: int,
) -> None:
    write(tmp_path, number)
    monkeypatch.setattr(side_by_side, "processors", lambda: processors)
    catalogue = Project(tmp_path, date(2026, 6, 15)).catalogue
    assert len(read_here) == here
    assert catalogue.faults == ()
    assert [one.id for one in catalogue.postmortems] == [f"PM-{one}" for one in range(number)]
    assert {one.action_items[0].text for one in catalogue.postmortems} == {
        f"Reject orders, case {one}" for one in range(number)
    }


class Wiki:
    """A source whose documents only this process can open."""

    name = "wiki"

    def listing(self) -> Listing:
        return Listing(documents=(Document("wiki/1", "wiki", "1", True, load=lambda: "# WIKI-1: Full disk"),))


class WithWiki:
    @hookimpl
    def pytest_postmortem_sources(self, settings: Settings) -> list[Source]:
        return [Wiki()]


@pytest.mark.parametrize(("number", "here"), [(MANY, 681), (MANY - 1, MANY)])
def test_only_files_are_handed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_here: list[str], number: int, here: int
) -> None:
    write(tmp_path, number)

    def load(readers: pluggy.PluginManager) -> Any:
        return readers.register(WithWiki())

    monkeypatch.setattr("pytest_postmortem.project._load", load)
    monkeypatch.setattr(side_by_side, "processors", lambda: 2)
    catalogue = Project(tmp_path, date(2026, 6, 15)).catalogue
    assert catalogue.faults == ()
    assert catalogue.postmortems[-1].id == "WIKI-1"
    assert len(catalogue.postmortems) == number + 1
    assert len(read_here) == here
    assert "1" in read_here


class Theirs:
    """Reads the documents whose number ends in 7."""

    @hookimpl
    def pytest_postmortem_read_document(self, document: Document) -> Postmortem | None:
        if document.stem[4] != "7":
            return None
        return Postmortem(
            id=f"X-{document.stem}",
            id_source=IdSource.FRONT_MATTER,
            title="theirs",
            origin=document.origin,
            folder=document.folder,
            stem=document.stem,
        )


def test_the_readers_of_packages_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path)

    def load(readers: pluggy.PluginManager) -> Any:
        return readers.register(Theirs())

    monkeypatch.setattr("pytest_postmortem.project._load", load)
    monkeypatch.setattr(side_by_side, "processors", lambda: 2)
    titles = [one.title for one in Project(tmp_path, date(2026, 6, 15)).catalogue.postmortems]
    assert titles == ["theirs" if one % 10 == 7 else f"Overflow {one}" for one in range(MANY)]


@pytest.mark.parametrize("workers", [(), TWO_WORKERS], ids=["plain", "workers"])
def test_a_report_of_many_documents(pytester: pytest.Pytester, workers: tuple[str, ...]) -> None:
    write(pytester.path)
    pytester.makepyfile('import pytest\n\n@pytest.mark.incident("PM-999")\ndef test_a(): pass\n')
    place = pytester.path / "docs" / "postmortems"
    last = place / "00999-overflow.md"
    last.write_text(TEXT.format(999).replace("[no test]", "[test required]"), encoding="utf-8")
    result = pytester.runpytest_subprocess("--incident-report", *workers)
    result.stdout.fnmatch_lines(
        ["incidents: 1000 post-mortems, 1 guarded; 1 of 1 required action item has a test; gate passed"]
    )
    assert result.ret == 0

    place.joinpath("00000-overflow.md").write_text("---\nid: [\n---\n", encoding="utf-8")
    last.write_text("---\nid: [\n---\n", encoding="utf-8")
    result = pytester.runpytest_subprocess("--incident-report", *workers)
    assert result.ret == 4
    told = result.stderr.str()
    assert told.index("docs/postmortems/00000-overflow.md:") < told.index("docs/postmortems/00999-overflow.md:")
