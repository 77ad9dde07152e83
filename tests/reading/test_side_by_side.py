"""Many documents read by two processes: the same post-mortems, whatever becomes of the second one."""

from __future__ import annotations

import os
import pickle
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from pytest_postmortem.model.document import Document
from pytest_postmortem.model.postmortem import Postmortem
from pytest_postmortem.reading import side_by_side
from pytest_postmortem.reading.postmortem import Reader
from pytest_postmortem.reading.side_by_side import SecondProcess, processors
from pytest_postmortem.reading.vocabulary import DEFAULT
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
WORDS = DEFAULT.extended({"action-items": ["Measures we took"]})
PATTERN = re.compile(r"case-\d+")
PYTHON = sys.executable


@pytest.fixture(autouse=True)
def no_head_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second process gets its part of few documents, too."""
    monkeypatch.setattr(side_by_side, "_HEAD_START", 0)


@pytest.fixture
def documents(tmp_path: Path) -> list[Document]:
    """Twenty documents; among the last ones one with a fault, one that is no text and one that is gone."""
    for number in range(20):
        text = TEXT.format(number)
        if number == 17:
            text = text.replace("[test required]", "[test waived]")
        path = tmp_path / f"case-{number:02}-overflow.md"
        path.write_bytes(text.encode() if number != 18 else b"# \xff\n")
        if number == 19:
            path.unlink()
    return [document_at(str(tmp_path), f"case-{number:02}-overflow.md", configured=True) for number in range(20)]


def alone(documents: list[Document]) -> list[Postmortem]:
    reader = Reader(WORDS, PATTERN)
    return [reader.read(document) for document in documents]


def together(documents: list[Document]) -> tuple[list[Postmortem], int]:
    """The post-mortems as two processes read them, and how many of them the second one has read."""
    reader = Reader(WORDS, PATTERN)
    read = []
    by_second = 0
    with SecondProcess(documents, WORDS, PATTERN) as second:
        for document in documents:
            told = second.read(document)
            by_second += told is not None
            read.append(told or reader.read(document))
    return read, by_second


def test_two_processes_read_what_one_reads(documents: list[Document]) -> None:
    read, by_second = together(documents)
    assert by_second == 7
    assert read == alone(documents)
    assert [one.id for one in read[:2]] == ["case-00", "case-01"]
    assert [len(one.action_items) for one in read] == [1] * 18 + [0, 0]
    assert [str(fault).partition(";")[0] for one in read for fault in one.faults] == [
        "case-17-overflow.md:13: the waiver has no end date",
        "case-18-overflow.md:1: not UTF-8",
        "case-19-overflow.md: cannot be read: No such file or directory",
    ]


def test_documents_may_be_asked_for_in_any_order(documents: list[Document]) -> None:
    read, by_second = together(documents[::-1])
    assert by_second == 10
    assert read == alone(documents[::-1])


def test_what_cannot_be_handed_on_is_read_here(documents: list[Document]) -> None:
    given = [*documents, texts.document("# Another", "case-20-another")]  # its text comes from a lambda
    read, by_second = together(given)
    assert by_second == 0
    assert read == alone(given)


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that is started instead of Python."""
    path = tmp_path / "python-of-ours"
    monkeypatch.setattr(sys, "executable", str(path))
    return path


@pytest.mark.parametrize(
    "script",
    [
        None,
        "",
        "exit 3",
        "echo what is this; exec {python} $@",
        "{python} $@; exit 1",
        "{python} $@ | head -c 900; kill -9 $$",
        "cat",
    ],
    ids=["no program", "no answer", "fails", "noise before the answer", "fails behind it", "killed", "an echo"],
)
def test_what_is_not_answered_is_read_here(documents: list[Document], program: Path, script: str | None) -> None:
    if script is not None:
        program.write_text(f"#!/bin/sh\n{script}\n".replace("{python}", PYTHON))
        program.chmod(0o755)
    read, by_second = together(documents)
    assert by_second == 0
    assert read == alone(documents)


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
    assert together(documents)[1] == 7


def test_an_error_ends_the_second_process(tmp_path: Path) -> None:
    second = SecondProcess(slow(tmp_path), DEFAULT, None)

    def fails() -> None:
        with second:
            assert second._process is not None
            assert second._process.poll() is None
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert second._process is not None
    assert second._process.returncode == -signal.SIGKILL


def slow(folder: Path) -> list[Document]:
    """Documents whose texts take a minute to load."""
    document = document_at(str(folder), "PM-1.md", configured=False)
    return [document, replace(document, load=partial(time.sleep, 60))]  # type: ignore[arg-type]


INTERRUPTED = """
import sys
from pathlib import Path
from pytest_postmortem.reading.side_by_side import SecondProcess
from pytest_postmortem.reading.vocabulary import DEFAULT
from tests.reading.test_side_by_side import slow
from pytest_postmortem.reading import side_by_side

side_by_side._HEAD_START = 0

documents = slow(Path("."))
with SecondProcess(documents, DEFAULT, None) as second:
    print(second._process.pid, flush=True)
    second.read(documents[1])
"""


def test_an_interrupt_ends_both() -> None:
    root = Path(__file__).parents[2]
    started = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert started.stdout is not None
    second = int(started.stdout.readline())
    time.sleep(0.5)
    os.killpg(started.pid, signal.SIGINT)
    _, said = started.communicate(timeout=30)
    assert said.count("Traceback") == 1, said
    assert said.rstrip().endswith("KeyboardInterrupt")
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)


def test_there_is_a_processor() -> None:
    assert 1 <= processors() <= (os.cpu_count() or 1)
