"""Read evidence from the files, folders and globs of a command line."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from pytest_postmortem.errors import EvidenceError, PostmortemError, join_errors
from pytest_postmortem.evidence.reading import Shard, load_shard

__all__ = ["read_evidence"]


def read_evidence(arguments: Sequence[str]) -> list[Shard]:
    """Return every piece of evidence that the arguments name. Raises EvidenceError with all that cannot be used."""
    shards: list[Shard] = []
    faults: list[PostmortemError] = []
    for path, origin in _find_files(arguments, faults):
        try:
            shards.append(load_shard(_read_text(path, origin), origin))
        except EvidenceError as error:
            faults.append(error)
    if faults:
        raise EvidenceError(join_errors(faults))
    return shards


def _find_files(arguments: Sequence[str], faults: list[PostmortemError]) -> Iterator[tuple[Path, str]]:
    seen: set[str] = set()
    for argument in arguments:
        if os.path.isdir(argument):
            found = sorted(_find_json_files(argument, faults))
            problem = "holds no .json file"
        elif os.path.lexists(argument) or not glob.has_magic(argument):
            found, problem = [argument], ""
        else:
            found = sorted(glob.glob(argument, recursive=True))
            problem = "matches no file"
        if not found:
            hint = "give files that `pytest --incident-output=NAME.json` has written"
            faults.append(EvidenceError(problem, origin=argument, hint=hint))
        for name in found:
            real = os.path.realpath(name)
            if real not in seen:
                seen.add(real)
                yield Path(name), name


def _find_json_files(folder: str, faults: list[PostmortemError]) -> Iterator[str]:
    """Yield every .json file in `folder`, links followed; what cannot be looked into is a fault."""

    def refuse(error: OSError) -> None:
        hint = "mend its permissions"
        faults.append(EvidenceError(f"cannot be read: {error.strerror}", origin=str(error.filename), hint=hint))

    seen: set[str] = set()
    for here, folders, files in os.walk(folder, onerror=refuse, followlinks=True):
        real = os.path.realpath(here)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        yield from (os.path.join(here, name) for name in files if name.lower().endswith(".json"))


def _read_text(path: Path, origin: str) -> str:
    try:
        if path.exists() and not path.is_file():
            raise EvidenceError("is no regular file", origin=origin, hint="name the files in it")
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        hint = "run the tests with --incident-output, and upload the file also when they fail"
        raise EvidenceError("there is no such file", origin=origin, hint=hint) from None
    except UnicodeDecodeError:
        raise EvidenceError("is not UTF-8", origin=origin, hint="give the file as pytest has written it") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise EvidenceError(f"cannot be read: {reason}", origin=origin, hint="mend its permissions") from None
