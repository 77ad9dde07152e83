"""From 1,000 documents on, two processes read: the same catalogue, report and messages, and packages have their say first."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pluggy
import pytest

from pytest_postmortem import Document, IdSource, Listing, Postmortem, Source, builtin, hookimpl, processors
from pytest_postmortem.builtin import MANY
from pytest_postmortem.catalogue import Catalogue
from pytest_postmortem.config.settings import Settings
from pytest_postmortem.project import Project
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


def read_by_two(project: Project) -> Catalogue:
    """The catalogue, asked for when the second process has come to its end, where there is one."""
    project.begin()
    second = project._built_in._second
    if second is not None:
        assert second._process is not None
        assert second._process.wait(60) == 0
    return project.catalogue


@pytest.mark.parametrize(("number", "count", "here"), [(MANY, 2, 0), (MANY, 1, MANY), (MANY - 1, 2, MANY - 1)], ids=str)
def test_who_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_here: list[str], number: int, count: int, here: int
) -> None:
    write(tmp_path, number)
    monkeypatch.setattr(processors, "count", lambda: count)
    project = Project(tmp_path, date(2026, 6, 15))
    catalogue = read_by_two(project)
    assert len(read_here) == here
    assert catalogue.faults == ()
    assert [one.id for one in catalogue.postmortems] == [f"PM-{one}" for one in range(number)]
    assert {one.action_items[0].text for one in catalogue.postmortems} == {
        f"Reject orders, case {one}" for one in range(number)
    }
    assert project._built_in._second is None


def test_both_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_here: list[str]) -> None:
    """This process begins at once, and goes on until it meets the other one."""
    write(tmp_path, 3 * MANY)
    monkeypatch.setattr(processors, "count", lambda: 2)
    catalogue = Project(tmp_path, date(2026, 6, 15)).catalogue
    assert read_here == [f"{one:05}-overflow" for one in range(len(read_here))]
    assert 0 < len(read_here) < 3 * MANY
    assert [one.id for one in catalogue.postmortems] == [f"PM-{one}" for one in range(3 * MANY)]


class Wiki:
    """A source whose documents only this process can open."""

    name = "wiki"

    def listing(self) -> Listing:
        return Listing(documents=(Document("wiki/1", "wiki", "1", True, load=lambda: "# WIKI-1: Full disk"),))


class WithWiki:
    @hookimpl
    def pytest_postmortem_sources(self, settings: Settings) -> list[Source]:
        return [Wiki()]


@pytest.mark.parametrize(("number", "here"), [(MANY, 1), (MANY - 1, MANY)])
def test_only_files_are_handed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_here: list[str], number: int, here: int
) -> None:
    write(tmp_path, number)

    def load(readers: pluggy.PluginManager) -> Any:
        return readers.register(WithWiki())

    monkeypatch.setattr("pytest_postmortem.project._load", load)
    monkeypatch.setattr(processors, "count", lambda: 2)
    catalogue = read_by_two(Project(tmp_path, date(2026, 6, 15)))
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
    monkeypatch.setattr(processors, "count", lambda: 2)
    titles = [one.title for one in read_by_two(Project(tmp_path, date(2026, 6, 15))).postmortems]
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


BROKEN = "---\nid: [\n---\n"


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Thirty post-mortems, which are many here, and a test that leaves a file behind when it is run."""
    monkeypatch.setattr(builtin, "MANY", 30)
    monkeypatch.setattr(processors, "count", lambda: 2)
    write(pytester.path, 30)
    pytester.makepyfile("from pathlib import Path\n\ndef test_a(): Path('ran').touch()\n")
    return pytester.path


def break_documents(folder: Path) -> None:
    """The first and the last one."""
    for name in ("00000-overflow.md", "00029-overflow.md"):
        folder.joinpath("docs", "postmortems", name).write_text(BROKEN, encoding="utf-8")


def assert_both_told(text: str) -> None:
    assert text.count("ERROR: 2 faults in the post-mortems") == 1, text
    first, last = (text.index(f"docs/postmortems/{name}-overflow.md:") for name in ("00000", "00029"))
    assert first < last


@pytest.mark.parametrize("workers", [(), TWO_WORKERS], ids=["plain", "workers"])
@pytest.mark.parametrize("more", [(), ("--collect-only",), ("-x",)], ids=" ".join)
def test_faults_end_the_run_before_any_test(
    pytester: pytest.Pytester, project: Path, workers: tuple[str, ...], more: tuple[str, ...]
) -> None:
    break_documents(project)
    result = pytester.runpytest_inprocess(
        "--incident-report", "--incident-output=evidence.json", "--incident-output=report.html", *workers, *more
    )
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert_both_told(result.stderr.str())
    assert "INTERNALERROR" not in result.stdout.str()
    assert "incidents" not in result.stdout.str()
    assert not any(project.joinpath(name).exists() for name in ("ran", "evidence.json", "report.html"))


@pytest.mark.parametrize("workers", [(), TWO_WORKERS], ids=["plain", "workers"])
def test_an_incident_that_is_not_there(pytester: pytest.Pytester, project: Path, workers: tuple[str, ...]) -> None:
    result = pytester.runpytest_inprocess("--incident=PM-100", *workers)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(['ERROR: --incident: no post-mortem is named "PM-100"; did you mean PM-10 or *'])
    assert not project.joinpath("ran").exists()


STOPS = "import pytest\n\ndef pytest_collectstart(): pytest.exit('enough')\n"


def test_a_run_that_is_broken_off_at_collection(pytester: pytest.Pytester, project: Path) -> None:
    """It has not read the documents by then: what it reports is what a run with few documents does."""
    pytester.makeconftest(STOPS)
    result = pytester.runpytest_inprocess("--incident-report", "--incident-output=evidence.json")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["partial: the collection was broken off", "incidents: 30 post-mortems, 0 guarded; *"])
    evidence = json.loads(project.joinpath("evidence.json").read_text(encoding="utf-8"))
    assert evidence["state"] == "finished"


def test_faults_of_a_run_that_is_broken_off(pytester: pytest.Pytester, project: Path) -> None:
    break_documents(project)
    pytester.makeconftest(STOPS)
    result = pytester.runpytest_inprocess("--incident-report", "--incident-output=evidence.json")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert_both_told(result.stdout.str())
    result.stdout.fnmatch_lines(["*= incidents =*", "ERROR: 2 faults *"])
    assert not project.joinpath("evidence.json").exists()


def test_an_interrupt_while_the_documents_are_read(pytester: pytest.Pytester, project: Path) -> None:
    """They are not read once more for a report of it."""
    pytester.makeconftest(
        """
        import sys
        from pytest_postmortem import builtin, processors
        from pytest_postmortem.reading.postmortem import Reader

        builtin.MANY = 30
        processors.count = lambda: 2
        sys.executable = "python-that-is-not-there"

        def read(reader, document):
            print("read", document.origin)
            raise KeyboardInterrupt

        Reader.read = read
        """
    )
    result = pytester.runpytest_subprocess("-s", "--incident-report", "--incident-output=evidence.json")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert result.stdout.str().count("read docs/") == 1
    assert "= incidents =" not in result.stdout.str()
    evidence = json.loads(project.joinpath("evidence.json").read_text(encoding="utf-8"))
    assert evidence["state"] == "running"


def test_faults_where_a_plugin_collects_on_its_own(pytester: pytest.Pytester, project: Path) -> None:
    """The hook in which the documents are waited for is not called then; the run does not pass all the same."""
    break_documents(project)
    pytester.makeconftest(
        """
        import pytest

        class Item(pytest.Item):
            def runtest(self): pass

        def pytest_collection(session):
            session.items = [Item.from_parent(session, name="one")]
            session.testscollected = 1
            return True
        """
    )
    result = pytester.runpytest_inprocess("--incident-report", "--incident-output=evidence.json")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert_both_told(result.stdout.str())
    assert not project.joinpath("evidence.json").exists()


@pytest.fixture
def second(project: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have a script started as the second process, which writes down its process id first."""
    program = project / "python-of-ours"

    def replaced(script: str) -> None:
        program.write_text(f"#!/bin/sh\necho $$ >pid\n{script}\n", encoding="utf-8")
        program.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(program))

    return replaced


def waits_for(file: str) -> str:
    """A conftest.py that does not collect before `file` is there."""
    return f"""
import pytest, time
from pathlib import Path

def pytest_collectstart():
    deadline = time.monotonic() + 60
    while not (Path({file!r}).exists() and Path({file!r}).stat().st_size):
        assert time.monotonic() < deadline
        time.sleep(0.01)
"""


def test_the_documents_are_read_while_the_tests_are_collected(
    pytester: pytest.Pytester, project: Path, second: Callable[[str], None], read_here: list[str]
) -> None:
    second(f'{sys.executable} "$@"; echo 1 >done')
    pytester.makeconftest(waits_for("done"))
    result = pytester.runpytest_inprocess("--incident-report")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["incidents: 30 post-mortems, 0 guarded; *"])
    assert read_here == []


@pytest.mark.parametrize("then", ["", "    pytest.exit('enough')"], ids=["a whole run", "broken off"])
@pytest.mark.parametrize("option", ["--incident-report", "--incident=PM-7"])
def test_a_second_process_that_hangs(
    pytester: pytest.Pytester, project: Path, second: Callable[[str], None], option: str, then: str
) -> None:
    """It is not waited for, and does not outlive the run."""
    second("exec sleep 60")
    pytester.makeconftest(waits_for("pid") + then)
    started = time.monotonic()
    result = pytester.runpytest_inprocess(option)
    assert time.monotonic() - started < 50
    assert result.ret in (pytest.ExitCode.OK, pytest.ExitCode.INTERRUPTED, pytest.ExitCode.NO_TESTS_COLLECTED)
    with pytest.raises(ProcessLookupError):
        os.kill(int(project.joinpath("pid").read_text(encoding="utf-8")), 0)


CATCHES = """
import pytest

@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems():
    try:
        yield
    except Exception:
        pass
"""


@pytest.mark.parametrize(
    "options", [("--incident-gate=passed", "--incident-output=evidence.json"), ("--incident=PM-1",)]
)
def test_faults_where_a_plugin_catches_what_ends_the_run(
    pytester: pytest.Pytester, project: Path, options: tuple[str, ...]
) -> None:
    """No test runs, and the faults are told all the same."""
    break_documents(project)
    inner = pytester.mkdir("inner")
    inner.joinpath("conftest.py").write_text(CATCHES, encoding="utf-8")
    inner.joinpath("test_b.py").write_text("def test_b(): raise SystemError('ran')\n", encoding="utf-8")
    result = pytester.runpytest_inprocess(*options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert_both_told(result.stdout.str())
    assert "SystemError" not in result.stdout.str()
    assert not project.joinpath("evidence.json").exists()
