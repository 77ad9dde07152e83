"""What the tests of proofs share."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from pytest_postmortem.proving import child
from tests.proving.shop import Shop


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """An empty repository; the temporary folders of its proofs lie in one of its own, which is empty in the end."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    one = Shop(tmp_path / "repo", tmp_path / "home")
    one.git("init", "-q", "-b", "main")
    yield one
    assert not list(temporary.iterdir())


@pytest.fixture
def hang(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The statement of a test that does not end: the clock of its proof jumps by an hour when it is reached."""
    path = tmp_path / "hangs"
    path.touch()
    monkeypatch.setattr(child, "time", SimpleNamespace(monotonic=lambda: time.monotonic() + 3600 * path.stat().st_size))
    return f"print(1, file=open({str(path)!r}, 'a'), end='', flush=True); import time; time.sleep(3000)"
