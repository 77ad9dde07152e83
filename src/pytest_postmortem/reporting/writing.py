"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from pytest_postmortem.errors import EvidenceError

__all__ = ["remove", "sweep", "write"]

_SUFFIX = ".postmortem-tmp"


def write(path: Path, text: str | Iterable[str]) -> None:
    """Replace `path` by `text` (or its parts) at once: temporary file beside it, flushed to disk, renamed.

    Makes missing folders.

    Where `path` is a link, the file it leads to is replaced.

    Raises EvidenceError where that cannot be done; no half file is left.
    """
    path = Path(os.path.realpath(path))
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}{_SUFFIX}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(temporary, "x", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.writelines((text,) if isinstance(text, str) else text)
            file.flush()
            os.fsync(file.fileno())
        _replace(temporary, path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        problem = f"cannot be written: {error.strerror or error}"
        raise EvidenceError(problem, origin=str(path), hint="name a file in a folder that can be written") from None


def _replace(temporary: Path, path: Path) -> None:
    for pause in (0.01, 0.05, 0.2):
        try:
            os.replace(temporary, path)
            return
        except PermissionError:  # Windows, while a scanner holds the old file
            time.sleep(pause)
    os.replace(temporary, path)


def remove(path: Path) -> None:
    """Take away what an earlier run left at `path`, killed ones included. Raises EvidenceError where it stays."""
    path = Path(os.path.realpath(path))
    try:
        path.unlink(missing_ok=True)
        sweep(path)
    except OSError as error:
        problem = f"cannot be replaced: {error.strerror or error}"
        raise EvidenceError(problem, origin=str(path), hint="remove it, or name another file") from None


def sweep(path: Path) -> None:
    """Take away the half files that killed runs have left beside `path`. Raises OSError."""
    if path.parent.is_dir():
        for left in path.parent.iterdir():
            if left.name.startswith(f".{path.name}.") and left.name.endswith(_SUFFIX):
                left.unlink(missing_ok=True)
