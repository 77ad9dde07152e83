"""The folder of a new document: that of the others, a dated one for its own day."""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path

from pytest_postmortem.config.settings import DEFAULT_FOLDERS, Settings
from pytest_postmortem.errors import ConfigError
from pytest_postmortem.sources.folder import expand

__all__ = ["choose_first_folder", "choose_folder", "find_origin", "strip_date"]

_YEAR = re.compile(r"(?:19|20)[0-9]{2}$")
_YEAR_MONTH = re.compile(r"(?:19|20)[0-9]{2}([-_.]?)(?:0[1-9]|1[0-2])$")
_MONTH = re.compile(r"(?:0[1-9]|1[0-2])$")
_MAGIC = re.compile(r"[*?\[]")


def find_origin(base: Path, path: Path) -> str | None:
    """Return `path` as it is called in origins, `.` for `base` itself; None if it is outside of it, also by a link."""
    place = os.path.relpath(os.path.realpath(path), os.path.realpath(base)).replace(os.sep, "/")
    return None if place == ".." or place.startswith("../") else place


def strip_date(folder: str) -> str:
    """Return `folder` with its date taken out: the same for `postmortems/2025` and `postmortems/2026`."""
    return _replace_date(folder, "{year}", "{month}")


def choose_folder(folder: str, day: date) -> str:
    """Return the folder beside `folder` for a document of this day: another one only where `folder` is of a year or
    month."""
    return _replace_date(folder, f"{day.year:04}", f"{day.month:02}")


def _replace_date(folder: str, year: str, month: str) -> str:
    parts = folder.split("/")
    if _YEAR.match(parts[-1]):
        parts[-1] = year
    elif found := _YEAR_MONTH.match(parts[-1]):
        parts[-1] = f"{year}{found.group(1)}{month}"
    elif len(parts) > 1 and _MONTH.match(parts[-1]) and _YEAR.match(parts[-2]):
        parts[-2:] = [year, month]
    return "/".join(parts)


def choose_first_folder(settings: Settings) -> str:
    """Return where the first document goes: the first source that is or can be a folder, or a default folder.

    Raises ConfigError if no source or more than one of a glob can be it, where a file is in its place, and where
    post-mortems of a folder above are not read from here.
    """
    if not settings.sources:
        return _choose_default_folder(settings)
    several: list[str] = []
    for source in settings.sources:
        candidates = _list_candidates(settings.base, source)
        if len(candidates) == 1:
            return candidates[0]
        several += candidates
    sources = ", ".join(settings.sources)
    if several:
        problem = f"the sources {sources} are several folders ({', '.join(several)})"
        raise ConfigError(problem, hint="name one of them with --folder")
    raise ConfigError(f"none of the sources {sources} is a folder", hint="name one with --folder")


def _choose_default_folder(settings: Settings) -> str:
    """Return the default folder that there is, or else the first one. Raises ConfigError if that cannot be used."""
    folder = _find_default_folder(settings.base)
    if folder is not None:
        return folder
    if settings.origin is None:
        _refuse_below_others(settings.base)
    if Path(settings.base, DEFAULT_FOLDERS[0]).is_file():
        hint = "make a folder of that name, or name another one with --folder"
        raise ConfigError("is a file, and post-mortems go into a folder", origin=DEFAULT_FOLDERS[0], hint=hint)
    return DEFAULT_FOLDERS[0]


def _list_candidates(base: Path, source: str) -> list[str]:
    """Return the folders that `source` is, matches or can become, or that hold the files which it matches."""
    folder = os.path.normpath(source).replace(os.sep, "/")
    if Path(base, folder).is_dir():
        return [folder]
    above, _, last = folder.rpartition("/")
    if "." in last.lstrip(".") or (_MAGIC.search(last) and not _MAGIC.search(above)):
        folder = above  # the folder of the files that are meant
    if _MAGIC.search(folder):
        return [path for path in expand(str(base), folder) if Path(base, path).is_dir()]
    return [folder] if folder and not Path(base, folder).is_file() else []


def _find_default_folder(base: Path) -> str | None:
    return next((folder for folder in DEFAULT_FOLDERS if Path(base, folder).is_dir()), None)


def _refuse_below_others(base: Path) -> None:
    for above in (base, *base.parents):
        found = _find_default_folder(above)
        if found is not None:
            hint = f"run the command in {above}, or name a folder with --folder"
            raise ConfigError(f"no post-mortem is read from here, and {above / found} is there", hint=hint)
        if (above / ".git").exists():
            return
