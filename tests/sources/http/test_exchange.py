"""Connections, memory and threads of an exchange, and what it needs of its libraries."""

from __future__ import annotations

import _thread
import gzip
import subprocess
import sys
import threading
import tracemalloc

import pytest

from pytest_postmortem.errors import SourceError
from pytest_postmortem.sources.http import Limits
from tests.sources.http.loopback import Asked, Server, Slept, answer, client, no_thread_is_left
from tests.waiting import wait_until

PATIENT = Limits(deadline_seconds=10_000)


def test_connections_are_kept() -> None:
    """One for all, as long as the service keeps it; one that it has closed is made anew at once."""
    kept = answer([1], connection="keep-alive")
    with Server(kept, kept, answer([2]), answer([3])) as server:
        slept = Slept()
        with client(server.origin, slept=slept) as asking:
            assert [asking.get("/x").data for _ in range(4)] == [[1], [1], [2], [3]]
        assert (server.connections, slept.waits) == (2, [])


def test_a_kept_connection_is_given_up_in_time_too() -> None:
    """The second answer on it drips."""

    def drip(asked: Asked) -> None:
        asked.drip(answer([1]))

    limits = Limits(deadline_seconds=0.5)
    with Server(answer([1], connection="keep-alive"), drip) as server, client(server.origin, limits=limits) as asking:
        asking.get("/1")
        with pytest.raises(SourceError, match="/2: what is asked for did not come whole"):
            asking.get("/2")
        assert server.connections == 1


def test_a_bomb_takes_little_memory() -> None:
    """What comes out is counted while it comes: 20 of 100 MiB."""
    bomb = answer(gzip.compress(b" " * (100 * 1024 * 1024)), content_encoding="gzip")
    with Server(bomb) as server, client(server.origin, limits=PATIENT) as asking:
        tracemalloc.start()
        try:
            with pytest.raises(SourceError, match="larger than 20 MiB"):
                asking.get("/x")
            assert tracemalloc.get_traced_memory()[1] < 64 * 1024 * 1024
        finally:
            tracemalloc.stop()


def test_an_interrupt_leaves_no_thread() -> None:
    """Ctrl-C while a service is silent: the socket is shut."""

    def interrupting(asked: Asked) -> None:
        _thread.interrupt_main()
        asked.over.wait()

    if threading.current_thread() is not threading.main_thread():
        pytest.skip("only a main thread is interrupted")
    with Server(interrupting) as server, client(server.origin) as asking:
        with pytest.raises(KeyboardInterrupt):
            asking.get("/x")
        assert no_thread_is_left()


def silent_for_a_while(asked: Asked) -> None:
    asked.over.wait()


def test_an_interrupt_while_the_thread_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The request may be on its way by then: its socket is shut all the same."""
    with Server(silent_for_a_while) as server:

        class Interrupted(threading.Thread):
            def start(self) -> None:
                super().start()
                wait_until(lambda: server.asked)
                raise KeyboardInterrupt

        with client(server.origin) as asking:
            monkeypatch.setattr("pytest_postmortem.sources.http.exchange.Thread", Interrupted)
            with pytest.raises(KeyboardInterrupt):
                asking.get("/x")
            assert no_thread_is_left()


def test_nothing_heavy_is_imported_before_a_request() -> None:
    """Not by making a client, either."""
    code = (
        "import sys\nfrom pytest_postmortem.sources.http import Client, Clock, Credentials\n"
        "made = Client('https://a.test', clock=Clock(float, print, float), environ={})\n"
        "print([name for name in ('requests', 'urllib3', 'http.client', 'ssl', 'certifi') if name in sys.modules])\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


def test_a_urllib3_that_is_not_safe_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that unpacks a bomb before it counts, if a resolver let it in."""
    with Server(answer({})) as server, client(server.origin) as asking:
        for old in ("2.6.2", "1.26.20", "2.6"):
            monkeypatch.setattr("pytest_postmortem.sources.http.exchange.version", lambda name, old=old: old)
            with pytest.raises(
                SourceError, match=f"urllib3 is too old to be safe: {old}; pip install 'urllib3>=2.6.3'"
            ):
                asking.get("/x")
        assert server.connections == 0
        for new in ("2.6.3", "2.7.0a1", "3.0"):
            monkeypatch.setattr("pytest_postmortem.sources.http.exchange.version", lambda name, new=new: new)
            assert asking.get("/x").data == {}
