"""Lock-owned temporary folders; those of a process that was killed are removed on the next run."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

__all__ = ["PREFIX", "Folder", "remove_stale_folders"]

PREFIX = "pytest-postmortem-proof-"
_NAME = "lock"
_GET_FLAGS, _SET_FLAGS, _TOP = 0x80086601, 0x40086602, 0x00020000
"""Of Linux, to read and to write the flags of a folder; and `T` of chattr: what is in it does not belong together."""


class Folder:
    """A temporary folder that is ours until it is removed, or until this process is gone."""

    def __init__(self) -> None:
        while True:
            self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
            try:
                self._lock: IO[bytes] = open(self.path / _NAME, "xb")  # noqa: SIM115
            except FileNotFoundError:
                continue  # another process took it for one that was left
            if _try_lock(self._lock) and (self.path / _NAME).is_file():
                _set_apart(self.path)
                return
            self._lock.close()  # as above

    def make_tree_folder(self) -> Path:
        """Return a new folder in it, for many files; by its name ext4 chooses where they lie on the disk."""
        return Path(tempfile.mkdtemp(prefix="tree-", dir=self.path))

    def remove(self) -> None:
        """Remove it with everything in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()
        shutil.rmtree(self.path, ignore_errors=True)  # Windows keeps what is open


def remove_stale_folders() -> int:
    """Remove the folders of processes that are gone; return their number."""
    removed = 0
    for folder in Path(tempfile.gettempdir()).glob(PREFIX + "*"):
        try:
            with open(folder / _NAME, "rb+") as file:
                gone = _try_lock(file)
                if gone:
                    shutil.rmtree(folder, ignore_errors=True)
        except FileNotFoundError:
            with suppress(OSError):
                folder.rmdir()  # empty: its maker was killed, or makes another one
            continue
        except OSError:
            continue  # another user's
        if gone:
            shutil.rmtree(folder, ignore_errors=True)  # Windows keeps what is open
            removed += 1
    return removed


def _set_apart(folder: Path) -> None:
    """Have ext4 lay what is made in `folder` where, most times, no other tree was removed.

    For some minutes it does not use the inode of a file that was removed, and has to look at all of these for each file
    that is new beside them: where a tree of 5,000 files was just removed another one takes seconds, elsewhere 0.3 s.
    Other file systems do not know the flag, and have no need of it.
    """
    if sys.platform != "linux":
        return
    with suppress(OSError):
        _flags(folder, _TOP)


def _flags(folder: Path, more: int = 0) -> int:
    """Return the flags of a folder, `more` set first. Raises OSError if its file system does not know them."""
    from fcntl import ioctl

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        flags = int.from_bytes(ioctl(descriptor, _GET_FLAGS, bytes(8)), sys.byteorder) | more
        if more:
            ioctl(descriptor, _SET_FLAGS, flags.to_bytes(8, sys.byteorder))
    finally:
        os.close(descriptor)
    return flags


def _try_lock(file: IO[bytes]) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            return False
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
