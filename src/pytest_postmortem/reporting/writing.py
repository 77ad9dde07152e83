"""Files that are there whole or not at all, and are never written through a link of the project."""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from pytest_postmortem.errors import EvidenceError

__all__ = ["refuse_links", "remove", "rename", "sweep", "temporary_beside", "write"]

_SUFFIX = ".postmortem-tmp"
_TEMPORARY = re.compile(rf"\.[0-9a-f]{{16}}{re.escape(_SUFFIX)}")


def write(path: Path, text: str | Iterable[str], root: Path) -> None:
    """Replace `path` by `text` (or its parts) at once: temporary file beside it, flushed to disk, renamed.

    Makes missing folders. A link of the project around `root` is refused at and above `path`; one outside of it is
    followed.

    Raises EvidenceError if that cannot be done; no half file is left.
    """
    path = refuse_links(path, root)
    parts = (text,) if isinstance(text, str) else text
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary_beside(path, (part.encode("utf-8", "backslashreplace") for part in parts)) as temporary:
            rename(temporary, path)
    except OSError as error:
        problem = f"cannot be written: {error.strerror or error}"
        raise EvidenceError(problem, origin=str(path), hint="name a file in a folder that can be written") from None


def refuse_links(path: Path, root: Path) -> Path:
    """Return the place that `path` is written to. Raises EvidenceError if a link of the project around `root` leads
    there.

    The project is the checkout that `root` lies in, or `root`. A link that is not in it, such as a linked `/tmp`, is
    the user's own.
    """
    project = os.path.realpath(_checkout(root))
    place = Path(os.path.abspath(path))
    for part in (*reversed(place.parents), place):
        inside = os.path.realpath(part.parent)
        if (inside == project or inside.startswith(os.path.join(project, ""))) and _is_link(part):
            shown = os.path.relpath(os.path.join(inside, part.name), os.path.realpath(root)).replace(os.sep, "/")
            raise EvidenceError(
                f"cannot be written: {shown} is a link, and links of the project are not followed",
                origin=str(path),
                hint="remove the link, or name a file that is not behind it",
            )
    real = os.path.realpath(place.parent)
    is_inside = real == project or real.startswith(os.path.join(project, ""))
    return Path(real, place.name) if is_inside else Path(os.path.realpath(place))


def _checkout(root: Path) -> Path:
    """Return the nearest folder around `root` that holds `.git`; `root` if there is none."""
    around = Path(os.path.realpath(root))
    return next((folder for folder in (around, *around.parents) if os.path.lexists(folder / ".git")), around)


def _is_link(path: Path) -> bool:
    return path.is_symlink() or (hasattr(os.path, "isjunction") and os.path.isjunction(path))


@contextmanager
def temporary_beside(path: Path, content: Iterable[bytes]) -> Iterator[Path]:
    """A file with `content` beside `path`, flushed to disk, which is gone in the end unless it was renamed.

    It is locked as long as it is in use, so that sweep() of another process leaves it alone; what such processes left
    when they were killed is removed first. Raises OSError.
    """
    with suppress(OSError):
        sweep(path.parent)
    while True:
        temporary = path.with_name(f".{secrets.token_hex(8)}{_SUFFIX}")
        file: IO[bytes] = open(temporary, "xb")  # noqa: SIM115
        if _lock(file) is not False and temporary.exists():
            break
        file.close()  # another process took it for one that was left
    try:
        with file:
            file.writelines(content)
            file.flush()
            os.fsync(file.fileno())
            if os.name != "nt":  # which renames no open file, and removes none either
                yield temporary
        if os.name == "nt":
            yield temporary
    finally:
        with suppress(OSError):
            temporary.unlink()


def rename(temporary: Path, path: Path) -> None:
    """Give a temporary file the name of another, which it replaces. Raises OSError."""
    for pause in (0.01, 0.05, 0.2):
        try:
            os.replace(temporary, path)
            return
        except PermissionError:  # Windows, while a scanner holds the old file
            time.sleep(pause)
    os.replace(temporary, path)


def remove(path: Path, root: Path) -> None:
    """Remove what an earlier run left at `path`, killed ones included.

    Raises EvidenceError if it stays, or a link of the project around `root` leads there.
    """
    path = refuse_links(path, root)
    try:
        path.unlink(missing_ok=True)
        sweep(path.parent)
    except OSError as error:
        problem = f"cannot be replaced: {error.strerror or error}"
        raise EvidenceError(problem, origin=str(path), hint="remove it, or name another file") from None


def sweep(folder: Path) -> None:
    """Remove the temporary files of processes that were killed. Raises OSError."""
    if not folder.is_dir():
        return
    for left in folder.iterdir():
        if _TEMPORARY.fullmatch(left.name) and not left.is_symlink() and left.is_file():
            with suppress(FileNotFoundError, PermissionError), open(left, "rb") as file:
                if _lock(file):
                    left.unlink(missing_ok=True)


def _lock(file: IO[bytes]) -> bool | None:
    """Return whether the file is ours now, False if it is another process's, None if the system cannot tell."""
    try:
        import fcntl
    except ImportError:  # Windows
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True
