"""Read a file of the repository as text, with limits."""

from __future__ import annotations

import errno
import os
import stat
from codecs import BOM_UTF8

from pytest_postmortem.errors import DocumentError

__all__ = ["MAX_BYTES", "NotRegular", "read_bounded", "read_text"]

MAX_BYTES = 1024 * 1024
"""The largest document that is read (1 MiB); the largest of 423 real ones has 56 kB."""

_PIECE = 64 * 1024
_LFS = b"version https://git-lfs.github.com/spec/"


def read_text(path: str, origin: str) -> str:
    """Return the text of a regular file of at most MAX_BYTES in UTF-8 (with or without BOM).

    Never blocks on a pipe and never follows a link. Raises DocumentError, which names `origin`, for everything else.
    """
    try:
        raw = read_bounded(path, MAX_BYTES)
    except NotRegular:
        raise DocumentError("not a regular file", origin=origin, hint="leave it out with `exclude`") from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise DocumentError("is a symbolic link", origin=origin, hint="name the file itself") from None
        problem = f"cannot be read: {error.strerror or error}"
        raise DocumentError(problem, origin=origin, hint="mend it, or leave it out with `exclude`") from None
    if len(raw) > MAX_BYTES:
        problem = f"larger than {MAX_BYTES // 1024} KiB"
        raise DocumentError(problem, origin=origin, hint="shorten it, or leave it out with `exclude`")
    return _decode(raw, origin)


def _decode(raw: bytes, origin: str) -> str:
    """Return the text of a document. Raises DocumentError."""
    if raw.startswith(_LFS):
        hint = "run `git lfs pull`, or leave it out with `exclude`"
        raise DocumentError("is a Git LFS pointer and not the document", origin=origin, line=1, hint=hint)
    try:
        text = raw.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        encoded = " (it looks like UTF-16)" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
        raise DocumentError(f"not UTF-8{encoded}", origin=origin, line=line, hint="save it as UTF-8") from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        encoded = " (it looks like UTF-16)" if "\0" in text[:2] else ""
        raise DocumentError(f"has NUL characters{encoded}", origin=origin, line=line, hint="save it as UTF-8")
    return text


class NotRegular(OSError):
    """A folder, a pipe or a device."""


def read_bounded(path: str, most: int) -> bytes:
    """Return at most `most` bytes and one more of a regular file. Never blocks, follows no link. Raises OSError."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise NotRegular(0, "it is not a regular file")
        return _read_up_to(descriptor, status.st_size, most)
    finally:
        os.close(descriptor)


def _read_up_to(descriptor: int, size: int, most: int) -> bytes:
    """Return at most `most` bytes of a file of about `size`, and one more if there is more.

    It is asked for in that size and one more: room for the largest document takes longer to get than a usual one to
    read, and where just that size comes, there is no more.
    """
    parts = [os.read(descriptor, min(size, most) + 1)]
    read = len(parts[0])
    while parts[-1] and read != size and read <= most:
        parts.append(os.read(descriptor, min(_PIECE, most + 1 - read)))
        read += len(parts[-1])
    return b"".join(parts)
