"""Files that are made whole or not at all, and never overwritten."""

from __future__ import annotations

import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path

from pytest_postmortem.errors import EvidenceError

__all__ = ["create", "replace"]

_SUFFIX = ".postmortem-tmp"


def create(path: Path, content: bytes) -> None:
    """Make the file `path`, and its folder where there is none; a crash leaves no half file under its name.

    Raises FileExistsError where there is anything of this name, EvidenceError where it cannot be written.
    """
    temporary = _beside(path)
    try:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            raise NotADirectoryError(error.errno, "there is a file in place of the folder") from None
        try:
            _flushed(temporary, content)
            _link(temporary, path, content)
        finally:
            with suppress(OSError):
                temporary.unlink()
    except FileExistsError:
        raise
    except UnicodeEncodeError as error:
        problem = f"cannot be written: file names are {error.encoding} here"
        raise EvidenceError(problem, origin=str(path), hint="set PYTHONUTF8=1") from None
    except OSError as error:
        raise _refused(path, error) from None


def replace(path: Path, before: bytes, content: bytes) -> None:
    """Give the file `path` its new content at once, its permissions kept; where it is a link, the file it leads to.

    Raises EvidenceError where it no longer holds `before`, or cannot be written.
    """
    path = Path(os.path.realpath(path))
    temporary = _beside(path)
    try:
        try:
            _flushed(temporary, content)
            shutil.copymode(path, temporary)
            if path.read_bytes() != before:
                raise EvidenceError("was changed meanwhile", origin=str(path), hint="run the command again")
            os.replace(temporary, path)
        finally:
            with suppress(OSError):
                temporary.unlink()
    except OSError as error:
        raise _refused(path, error) from None


def _beside(path: Path) -> Path:
    return path.with_name(f".{secrets.token_hex(6)}{_SUFFIX}")


def _flushed(path: Path, content: bytes) -> None:
    with open(path, "xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


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


def _refused(path: Path, error: OSError) -> EvidenceError:
    problem = f"cannot be written: {error.strerror or error}"
    return EvidenceError(problem, origin=str(path), hint="name a folder that can be written")
