"""What the tests of proofs share."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

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
