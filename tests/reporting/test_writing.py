"""Files are there whole or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_postmortem.errors import EvidenceError
from pytest_postmortem.reporting import writing


def test_a_file_is_replaced_at_once(tmp_path: Path) -> None:
    """Missing folders are made, nothing is left beside it, text that is no UTF-8 is escaped."""
    path = tmp_path / "a" / "e.json"
    writing.write(path, "one", path.parent)
    writing.write(path, "two \ud800", path.parent)
    assert path.read_text(encoding="utf-8") == "two \\ud800"
    assert [found.name for found in path.parent.iterdir()] == ["e.json"]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And no half one."""
    path = tmp_path / "e.json"
    writing.write(path, "old", path.parent)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(
        EvidenceError, match=r"e.json: cannot be written: No space left on device; name a file in a folder"
    ):
        writing.write(path, "new", path.parent)
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
            writing.write(path, "new", path.parent)
        assert not list(tmp_path.iterdir())
    else:
        writing.write(path, "new", path.parent)
        assert path.read_text(encoding="utf-8") == "new"


def test_what_is_in_the_way_is_told(tmp_path: Path) -> None:
    """A folder of that name cannot be removed."""
    tmp_path.joinpath("e.json").mkdir()
    with pytest.raises(EvidenceError, match=r"cannot be replaced: .*; remove it, or name another file"):
        writing.remove(tmp_path / "e.json", tmp_path)
    writing.remove(tmp_path / "gone" / "e.json", tmp_path)


def test_a_link_of_the_checkout_is_refused(tmp_path: Path) -> None:
    """At and above the file, whatever the way there is called; a link outside of the checkout is the user's own."""
    checkout, outside = tmp_path / "real" / "checkout", tmp_path / "outside"
    for folder in (checkout / ".git", checkout / "package", outside):
        folder.mkdir(parents=True)
    tmp_path.joinpath("alias").symlink_to("real")
    checkout.joinpath("folder").symlink_to(outside)
    checkout.joinpath("dangling.json").symlink_to(outside / "new.json")
    outside.joinpath("theirs.json").symlink_to("new.json")
    root = checkout / "package"
    for start in (checkout, tmp_path / "alias" / "checkout", outside / ".." / "real" / "checkout"):
        for name, told in {
            "folder/x.json": "../folder",
            "folder/a/x.json": "../folder",
            "dangling.json": "../dangling.json",
        }.items():
            for refused in (lambda path: writing.write(path, "x", root), lambda path: writing.remove(path, root)):
                with pytest.raises(
                    EvidenceError, match=f"cannot be written: {told} is a link, and links of the project"
                ):
                    refused(start / name)
    assert [one.name for one in outside.iterdir()] == ["theirs.json"]
    writing.write(tmp_path / "alias" / "checkout" / "package" / "x.json", "x", root)
    assert root.joinpath("x.json").read_text(encoding="utf-8") == "x"
    writing.write(outside / "theirs.json", "x", root)
    assert outside.joinpath("new.json").read_text(encoding="utf-8") == "x"
    assert outside.joinpath("theirs.json").is_symlink()


def test_half_files_of_killed_runs_are_removed_and_of_others_kept(tmp_path: Path) -> None:
    """A file that is locked belongs to a process that is still there; one of another name is the user's."""
    left = tmp_path / f".{'0' * 16}.postmortem-tmp"
    theirs = tmp_path / ".mine.postmortem-tmp"
    for path in (left, theirs):
        path.write_text("x", encoding="utf-8")
    os.mkfifo(tmp_path / f".{'1' * 16}.postmortem-tmp")
    with writing.temporary_beside(tmp_path / "a.json", [b"half"]) as temporary:
        writing.write(tmp_path / "a.json", "whole", tmp_path)
        assert temporary.read_bytes() == b"half"
        assert not left.exists()
    assert theirs.exists()
    assert not temporary.exists()
    assert tmp_path.joinpath("a.json").read_text(encoding="utf-8") == "whole"


def test_a_process_that_is_killed_while_it_writes_leaves_nothing_for_long(tmp_path: Path) -> None:
    """The next one clears what it left."""
    code = (
        "import os, sys, signal; from pathlib import Path; from pytest_postmortem.reporting import writing\n"
        "os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)\n"
        "writing.write(Path(sys.argv[1]), 'x', Path(sys.argv[1]).parent)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "a.json")], check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(list(tmp_path.iterdir())) == 1
    writing.write(tmp_path / "b.json", "x", tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["b.json"]
