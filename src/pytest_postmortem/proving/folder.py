"""Whose temporary folders are whose: those of a process that was killed are removed by the next."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

__all__ = ["PREFIX", "Folder", "clear"]

PREFIX = "pytest-postmortem-proof-"
_NAME = "lock"


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
                return
            self._lock.close()  # as above

    def remove(self) -> None:
        """Remove it with everything in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()
        shutil.rmtree(self.path, ignore_errors=True)  # Windows keeps what is open


def clear() -> int:
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
