"""Many documents read by two processes: the same post-mortems, whatever becomes of the second one."""

from __future__ import annotations

import gc
import os
import pickle
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from pytest_postmortem.model.document import Document
from pytest_postmortem.model.postmortem import Postmortem
from pytest_postmortem.reading import side_by_side
from pytest_postmortem.reading.postmortem import Reader
from pytest_postmortem.reading.side_by_side import SecondProcess
from pytest_postmortem.reading.vocabulary.default import DEFAULT
from pytest_postmortem.sources.folder import document_at
from tests.reading import texts

TEXT = """---
date: 2026-02-11
severity: SEV2
---
# Overflow {0}

## Root cause

The queue had no upper bound.

## Measures we took

- Reject orders, case {0} [test required]
"""
WORDS = {"action-items": ["Measures we took"]}
PATTERN = re.compile(r"case-\d+")
PYTHON = sys.executable


@pytest.fixture
def documents(tmp_path: Path) -> list[Document]:
    """Fifty documents; among them one with a fault, one that is no text and one that is gone."""
    for number in range(50):
        text = TEXT.format(number)
        if number == 17:
            text = text.replace("[test required]", "[test waived]")
        path = tmp_path / f"case-{number:02}-overflow.md"
        path.write_bytes(text.encode() if number != 18 else b"# \xff\n")
        if number == 19:
            path.unlink()
    return [document_at(str(tmp_path), f"case-{number:02}-overflow.md", configured=True) for number in range(50)]


def alone(documents: list[Document]) -> list[Postmortem]:
    reader = Reader(DEFAULT.extended(WORDS), PATTERN)
    return [reader.read(document) for document in documents]


def together(documents: list[Document], *, ended: bool = True) -> tuple[list[Postmortem], int]:
    """The post-mortems as two processes read them, and how many of them the second one has read.

    With `ended` this process begins when the second one has come to its end.
    """
    reader = Reader(DEFAULT.extended(WORDS), PATTERN)
    read = []
    by_second = 0
    second = SecondProcess(documents, WORDS, PATTERN)
    if ended and second._process is not None:
        second._process.wait(60)
    for document in documents:
        told = second.read(document)
        by_second += told is not None
        read.append(told or reader.read(document))
    second.end()
    return read, by_second


def test_two_processes_read_what_one_reads(documents: list[Document]) -> None:
    read, by_second = together(documents)
    assert by_second == 47
    assert read == alone(documents)
    assert [one.id for one in read[:2]] == ["case-00", "case-01"]
    assert [len(one.action_items) for one in read] == [1] * 18 + [0, 0] + [1] * 30
    assert [str(fault).partition(";")[0] for one in read for fault in one.faults] == [
        "case-17-overflow.md:13: the waiver has no end date",
        "case-18-overflow.md:1: not UTF-8",
        "case-19-overflow.md: cannot be read: No such file or directory",
    ]


def test_what_is_not_read_yet_is_not_waited_for(documents: list[Document]) -> None:
    read, by_second = together(documents, ended=False)
    assert by_second < 47
    assert read == alone(documents)


def test_documents_may_be_asked_for_in_any_order(documents: list[Document]) -> None:
    read, by_second = together(documents[::-1])
    assert by_second == 47
    assert read == alone(documents[::-1])


def test_the_last_documents_are_answered_while_it_reads_the_first(tmp_path: Path, documents: list[Document]) -> None:
    given = [*slow(tmp_path), *documents[20:]]
    second = SecondProcess(given, WORDS, PATTERN)
    deadline = time.monotonic() + 60
    while (last := second.read(given[-1])) is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert [last] == alone(given[-1:])
    assert [second.read(one) for one in given[12:-1]] == alone(given[12:-1])
    assert [second.read(one) for one in given[:12]] == [None] * 12
    second.end()


def test_a_document_it_was_not_given(documents: list[Document]) -> None:
    second = SecondProcess(documents[:2], WORDS, PATTERN)
    assert second._process is not None
    second._process.wait(60)
    assert second.read(documents[2]) is None
    assert second.read(documents[1]) is not None
    second.end()
    assert second.read(documents[0]) is not None
    second = SecondProcess(documents[:2], WORDS, PATTERN)
    second.end()
    assert second.read(documents[0]) is None


def test_what_cannot_be_handed_on_is_read_here(documents: list[Document]) -> None:
    given = [*documents, texts.document("# Another", "case-50-another")]  # its text comes from a lambda
    read, by_second = together(given)
    assert by_second == 0
    assert read == alone(given)


def test_where_a_file_cannot_be_read_while_it_is_written(
    documents: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "pread")
    assert together(documents) == (alone(documents), 0)


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that is started instead of Python."""
    path = tmp_path / "python-of-ours"
    monkeypatch.setattr(sys, "executable", str(path))
    return path


@pytest.mark.parametrize(
    ("script", "answered"),
    [
        (None, 0),
        ("", 0),
        ("exit 3", 0),
        ("echo what is this; exec {python} $@", 0),
        ("printf '\\0\\0\\0\\0\\0\\0\\0\\4what'; exec {python} $@", 0),
        ("{python} $@; echo what is this; exit 1", 47),
        ("{python} $@ | head -c 900; kill -9 $$", 0),
        ("{python} $@ | head -c -900; kill -9 $$", 37),
        ("cat", 0),
    ],
    ids=[
        *("no program", "no answer", "fails", "noise before the answer", "noise of a length", "noise behind it"),
        *("killed in the first part", "killed in the last part", "an echo"),
    ],
)
def test_what_is_not_answered_is_read_here(
    documents: list[Document], program: Path, script: str | None, answered: int
) -> None:
    if script is not None:
        program.write_text(f"#!/bin/sh\n{script}\n".replace("{python}", PYTHON))
        program.chmod(0o755)
    read, by_second = together(documents)
    assert by_second == answered
    assert read == alone(documents)


def test_a_part_that_is_not_whole_yet(documents: list[Document], program: Path) -> None:
    answer, go = program.with_name("answer"), program.with_name("go")
    program.write_text(
        f"""#!/bin/sh
{PYTHON} "$@" >{answer}
head -c 900 {answer}
until [ -e {go} ]; do sleep 0.01; done
tail -c +901 {answer}
"""
    )
    program.chmod(0o755)
    second = SecondProcess(documents, WORDS, PATTERN)
    assert second._process is not None
    assert second._answer is not None
    deadline = time.monotonic() + 60
    while os.fstat(second._answer.fileno()).st_size < 900:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert second.read(documents[-1]) is None
    go.touch()
    second._process.wait(60)
    assert [second.read(document) for document in documents[20:]] == alone(documents)[20:]
    second.end()


def test_an_application_is_not_started_again(
    documents: list[Document], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python may be built into it: it would read everything once more, and so on without an end."""
    application = tmp_path / "application"
    application.write_text(f'#!/bin/sh\ntouch {tmp_path}/started\nexec {PYTHON} "$@"\n', encoding="utf-8")
    application.chmod(0o755)
    for name in (str(application), "", None):
        monkeypatch.setattr(sys, "executable", name)
        assert together(documents) == (alone(documents), 0)
    assert not tmp_path.joinpath("started").exists()


def test_another_installation_does_not_answer(documents: list[Document]) -> None:
    for asking, code in ((side_by_side.__file__, 0), ("/elsewhere/side_by_side.py", 1)):
        request = pickle.dumps((asking, documents, WORDS, PATTERN))
        command = [sys.executable, "-P", "-m", side_by_side.__name__]
        done = subprocess.run(command, input=request, capture_output=True)
        assert (done.returncode, bool(done.stdout), done.stderr) == (code, code == 0, b"")


def test_the_folder_of_the_run_is_not_imported_from(
    documents: list[Document], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("pyromark.py", "yaml.py", "pickle.py"):
        tmp_path.joinpath(name).write_text("raise SystemExit('not this one')\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert together(documents)[1] == 47


def slow(folder: Path) -> list[Document]:
    """Two documents; the text of the first one takes a minute to load."""
    document = document_at(str(folder), "PM-1.md", configured=False)
    wait: Any = partial(time.sleep, 60)  # a function that the second process can import
    return [replace(document, load=wait), document]


def test_it_can_be_ended(tmp_path: Path) -> None:
    second = SecondProcess(slow(tmp_path), {}, None)
    assert second._process is not None
    assert second._process.poll() is None
    second.end()
    assert second._process.returncode == -signal.SIGKILL
    second.end()


def test_the_second_process_ends_when_nobody_takes_its_answer(
    monkeypatch: pytest.MonkeyPatch, documents: list[Document], tmp_path: Path
) -> None:
    """The first one was killed: another process is its parent from then on."""
    request, answer = tmp_path / "request", tmp_path / "answer"
    request.write_bytes(pickle.dumps((side_by_side.__file__, documents, WORDS, PATTERN)))
    parents = iter([1, 1, 1, 2])
    monkeypatch.setattr(os, "getppid", lambda: next(parents))
    monkeypatch.setattr(gc, "disable", lambda: None)
    with request.open("rb") as stdin, answer.open("wb") as stdout:
        monkeypatch.setattr(sys, "stdin", TextIOWrapper(stdin))
        monkeypatch.setattr(sys, "stdout", TextIOWrapper(stdout))
        side_by_side.main()
    with answer.open("rb") as parts:
        read = [len(pickle.loads(parts.read(int.from_bytes(parts.read(8))))) for _ in range(2)]
        assert (read, parts.read()) == ([20, 20], b"")
