"""Files are there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_postmortem.errors import EvidenceError
from pytest_postmortem.reporting import writing


def test_a_file_is_replaced_at_once(tmp_path: Path) -> None:
    """Missing folders are made, nothing is left beside it, text that is no UTF-8 is escaped."""
    path = tmp_path / "a" / "e.json"
    writing.write(path, "one")
    writing.write(path, "two \ud800")
    assert path.read_text(encoding="utf-8") == "two \\ud800"
    assert [found.name for found in path.parent.iterdir()] == ["e.json"]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And no half one."""
    path = tmp_path / "e.json"
    writing.write(path, "old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(
        EvidenceError, match=r"e.json: cannot be written: No space left on device; name a file in a folder"
    ):
        writing.write(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["e.json"]


@pytest.mark.parametrize(("refusals", "fails"), [(2, False), (9, True)])
def test_a_file_that_is_held_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusals: int, fails: bool
) -> None:
    """Scanners on Windows hold a file for a moment."""
    real, left = os.replace, [refusals]

    def held(source: Path, target: Path) -> None:
        left[0] -= 1
        if left[0] >= 0:
            raise PermissionError(13, "Access is denied")
        real(source, target)

    monkeypatch.setattr(os, "replace", held)
    path = tmp_path / "e.json"
    if fails:
        with pytest.raises(EvidenceError, match="Access is denied"):
            writing.write(path, "new")
        assert not list(tmp_path.iterdir())
    else:
        writing.write(path, "new")
        assert path.read_text(encoding="utf-8") == "new"


def test_what_is_in_the_way_is_told(tmp_path: Path) -> None:
    """A folder of that name cannot be removed."""
    tmp_path.joinpath("e.json").mkdir()
    with pytest.raises(EvidenceError, match=r"cannot be replaced: .*; remove it, or name another file"):
        writing.remove(tmp_path / "e.json")
    writing.remove(tmp_path / "gone" / "e.json")
