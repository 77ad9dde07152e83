"""Files that are made whole or not at all, and never overwritten."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from pytest_postmortem.errors import EvidenceError
from pytest_postmortem.reporting.writing import refuse_links, rename, temporary_beside

__all__ = ["create", "move", "replace", "take_turn"]

_PATIENCE = 10.0
"""Seconds: more than any turn takes, unless somebody has stopped the process."""


def create(path: Path, content: bytes, root: Path) -> None:
    """Make the file `path`, and its folder where there is none; a crash leaves no half file under its name.

    Raises FileExistsError if there is anything of this name, EvidenceError where it cannot be written or a link of
    the project around `root` leads there.
    """
    if os.path.lexists(path) and not path.is_symlink():
        raise FileExistsError(path)
    path = refuse_links(path, root)
    try:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            raise NotADirectoryError(error.errno, "there is a file in place of the folder") from None
        with temporary_beside(path, (content,)) as temporary:
            _link(temporary, path, content)
    except FileExistsError:
        raise
    except UnicodeEncodeError as error:
        problem = f"cannot be written: file names are {error.encoding} here"
        raise EvidenceError(problem, origin=str(path), hint="set PYTHONUTF8=1") from None
    except OSError as error:
        raise _make_write_error(path, error) from None


def replace(path: Path, before: bytes, content: bytes, root: Path) -> None:
    """Give the file `path` its new content at once, its permissions kept.

    Raises EvidenceError if it no longer holds `before`, cannot be written, or a link of the project around `root`
    leads there.
    """
    path = refuse_links(path, root)
    try:
        with temporary_beside(path, (content,)) as temporary:
            shutil.copymode(path, temporary)
            if path.read_bytes() != before:
                raise EvidenceError("was changed meanwhile", origin=str(path), hint="run the command again")
            rename(temporary, path)
    except OSError as error:
        raise _make_write_error(path, error) from None


def move(path: Path, before: bytes, to: Path, content: bytes, root: Path) -> None:
    """Make the file `to` with `content` in place of `path`, which goes where it still holds `before`.

    Raises FileExistsError if there is anything of this name, EvidenceError where it cannot be written.
    """
    if path == to:
        replace(path, before, content, root)
        return
    create(to, content, root)
    with suppress(OSError):
        if path.read_bytes() == before:
            path.unlink()


@contextmanager
def take_turn(folder: Path) -> Iterator[None]:
    """Wait until no other process is in a turn with this folder, where the system can tell; a crash ends a turn."""
    if sys.platform == "win32":
        yield
        return
    with ExitStack() as held:
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            held.callback(os.close, descriptor)
            _wait_for(descriptor)
        yield


def _wait_for(descriptor: int) -> None:
    import fcntl

    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            time.sleep(0.01)


def _link(temporary: Path, path: Path, content: bytes) -> None:
    """Give the temporary file its name, where nothing has it; without hard links the file is written there itself."""
    try:
        os.link(temporary, path)
        return
    except FileExistsError:
        raise
    except OSError:
        file = open(path, "xb")  # noqa: SIM115 - nothing of somebody else may be taken away below
    try:
        with file:
            file.write(content)
    except BaseException:
        path.unlink()
        raise


def _make_write_error(path: Path, error: OSError) -> EvidenceError:
    problem = f"cannot be written: {error.strerror or error}"
    return EvidenceError(problem, origin=str(path), hint="name a folder that can be written")
