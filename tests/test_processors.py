"""How many processors there are."""

from __future__ import annotations

import os

import pytest

from pytest_postmortem import processors


def test_there_is_one() -> None:
    assert 1 <= processors.count() <= (os.cpu_count() or 1)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="processes are not bound to processors here")
def test_only_those_this_process_may_use_count() -> None:
    may = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(may)})
    try:
        assert processors.count() == 1
    finally:
        os.sched_setaffinity(0, may)


def test_where_the_system_does_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert processors.count() == 1
