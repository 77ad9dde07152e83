"""Temporary folders: each belongs to a process that lives, or is removed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from pytest_postmortem.proving import temporary_folder as module
from pytest_postmortem.proving.temporary_folder import PREFIX, Folder, remove_stale_folders


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_ours_stays() -> None:
    """The folder of a process that lives is not removed by another, nor by itself."""
    ours = Folder()
    code = f"import tempfile; tempfile.tempdir = {tempfile.tempdir!r}; from pytest_postmortem.proving.temporary_folder import remove_stale_folders; print(remove_stale_folders())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"
    assert remove_stale_folders() == 0
    assert ours.path.is_dir()
    ours.remove()
    assert not ours.path.exists()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_that_of_a_killed_process_goes(temporary: Path) -> None:
    """The folder of one that was killed is removed with all that is in it."""
    code = (
        f"import tempfile; tempfile.tempdir = {tempfile.tempdir!r}\n"
        "from pytest_postmortem.proving.temporary_folder import Folder\n"
        "import os; (Folder().path / 'tree').mkdir(); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    assert len(list(temporary.iterdir())) == 1
    assert remove_stale_folders() == 1
    assert not list(temporary.iterdir())


def test_others_stay(temporary: Path) -> None:
    """What is not ours by its name stays; an empty folder of ours goes."""
    (temporary / "pytest-postmortem-other").mkdir()
    (temporary / f"{PREFIX}empty").mkdir()
    (temporary / f"{PREFIX}file").write_text("")
    remove_stale_folders()
    assert sorted(path.name for path in temporary.iterdir()) == ["pytest-postmortem-other", f"{PREFIX}file"]


@pytest.mark.skipif(sys.platform != "linux", reason="asks for a flag of ext4")
def test_place(temporary: Path) -> None:
    """Each place for a tree has a name of its own, in a folder by whose flag ext4 lays it apart from removed ones."""
    ours = Folder()
    first, second = ours.make_tree_folder(), ours.make_tree_folder()
    assert first.parent == second.parent == ours.path
    assert first.name != second.name
    assert first.is_dir()
    try:
        flags = [module._flags(path) for path in (temporary, ours.path, first)]
    except OSError:
        flags = [0, module._TOP, 0]  # another file system
    assert [flag & module._TOP for flag in flags] == [0, module._TOP, 0]
    ours.remove()


def test_taken_for_one_that_was_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that another process removes between its making and its lock is not used: another is made."""
    lock = module._try_lock
    removed: list[Path] = []

    def late(file: object) -> bool:
        if not removed:
            removed.append(Path(file.name).parent)  # type: ignore[attr-defined]
            os.unlink(file.name)  # type: ignore[attr-defined]
            removed[0].rmdir()
        return lock(file)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_try_lock", late)
    ours = Folder()
    assert ours.path != removed[0]
    assert ours.path.is_dir()
    ours.remove()
