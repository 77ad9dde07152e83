"""A file of the project, read whole and within a limit."""

from __future__ import annotations

import os
from pathlib import Path

from pytest_postmortem.errors import SourceError
from pytest_postmortem.sources.files import read_bounded

__all__ = ["read_project_file"]


def read_project_file(base: Path, name: str, most: int) -> str:
    """Return the text of the file `name` below `base`, in UTF-8 (with or without BOM), of at most `most` bytes.

    Never blocks on a pipe, and follows no link out of `base`. Raises SourceError.
    """
    fault, hint, raw = "", "mend `file`, or the file's permissions", b""
    try:
        path = os.path.realpath(base / name, strict=True)
        if not Path(path).is_relative_to(os.path.realpath(base)):
            fault, hint = "is a link that leads out of the project", "name a file of the project"
        else:
            raw = read_bounded(path, most)
    except FileNotFoundError:
        fault, hint = "there is no such file", "mend `file`, or make it before `postmortem fetch`"
    except OSError as error:
        fault = f"cannot be read: {error.strerror or error}"
    if len(raw) > most:
        fault, hint = f"larger than {most // (1024 * 1024)} MiB", "leave out what is not needed"
    try:
        text = "" if fault else raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fault, hint = f"not UTF-8 (byte {error.start + 1})", "save it as UTF-8"
    if fault:
        raise SourceError(fault, origin=name, hint=hint)
    return text
