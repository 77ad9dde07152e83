"""`postmortem prove` on a terminal; what it finds is tested in tests/proving."""

from __future__ import annotations

import io
import os
from typing import Any

import pytest

from pytest_postmortem.command import prove as command
from pytest_postmortem.proving.fix import Fix
from pytest_postmortem.proving.prover import ProofRequest


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_what_is_running(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the beginning on, and how far it is."""
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    one, other = (ProofRequest(name, ("tests/test_x.py::test_a",), Fix((), "--fix")) for name in ("PM-1", "PM-2"))
    shown: list[str] = []
    with command._show_progress(2) as progress:
        for asked, done in ((one, False), (other, False), (one, True), (other, True)):
            progress(asked, done)
            shown.append(terminal.getvalue().rpartition("\r")[2])
    assert ["PM-1" in shown[0], "PM-1, PM-2" in shown[1], "PM-1" in shown[2], "50%" in shown[2]] == [
        True,
        True,
        False,
        True,
    ]
    assert "100%" in terminal.getvalue()


@pytest.mark.parametrize("stream", [io.StringIO])
def test_elsewhere_nothing_is_shown(monkeypatch: pytest.MonkeyPatch, stream: Any) -> None:
    """A log is no place for a bar."""
    quiet = stream()
    monkeypatch.setattr("sys.stderr", quiet)
    with command._show_progress(1) as progress:
        progress(ProofRequest("PM-1", (), Fix((), "--fix")), True)
    assert quiet.getvalue() == ""


def test_there_is_a_processor_to_use() -> None:
    assert 1 <= command.count_usable_cpus() <= (os.cpu_count() or 1)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="processes are not bound to processors here")
def test_only_those_this_process_may_use_count() -> None:
    usable = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(usable)})
    try:
        assert command.count_usable_cpus() == 1
    finally:
        os.sched_setaffinity(0, usable)


def test_where_the_system_does_not_report_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert command.count_usable_cpus() == 1
