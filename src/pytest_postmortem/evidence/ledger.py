"""The file that proofs are kept in: `.postmortem/proofs.json`, to be committed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pytest_postmortem.errors import EvidenceError
from pytest_postmortem.model.proof import Proof, ProofVerdict

__all__ = ["PATH", "VERSION", "dumped", "loaded", "read"]

PATH = ".postmortem/proofs.json"
VERSION = 1
_HINT = "restore it from git, or name another file; `postmortem prove --all` makes a new ledger"


def dumped(proofs: Iterable[Proof]) -> str:
    """The proofs as JSON with a line a value, sorted by test and post-mortem: changes read well as a diff."""
    said = [
        {
            "test": one.node_id,
            "postmortem": one.postmortem,
            "verdict": one.verdict.value,
            "message": one.message,
            "fix": list(one.fix),
            "fix_found": one.how,
            "taken_out": one.way,
            "samples": one.samples,
            "source": one.source,
        }
        for one in sorted(proofs, key=lambda one: (one.node_id, one.postmortem))
    ]
    return json.dumps({"version": VERSION, "proofs": said}, indent=1, ensure_ascii=False) + "\n"


def read(path: Path, origin: str = PATH) -> dict[tuple[str, str], Proof]:
    """The proofs by test and post-mortem; none where there is no file. Raises EvidenceError."""
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError:
        raise EvidenceError("is not UTF-8", origin=origin, hint=_HINT) from None
    except OSError as error:
        raise EvidenceError(f"cannot be read: {error.strerror}", origin=origin, hint="mend its permissions") from None
    return loaded(text, origin)


def _reason(error: Exception) -> str:
    """What is wrong, in words: the parser's, or the key or kind that is not there."""
    return f"{error}" if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"[:80]


def loaded(text: str, origin: str = PATH) -> dict[tuple[str, str], Proof]:
    """The proofs in a text by test and post-mortem. Raises EvidenceError."""
    try:
        said: Any = json.loads(text)
        if said["version"] != VERSION or type(said["version"]) is not int:
            problem = f"has version {said['version']!r}, and this pytest-postmortem knows {VERSION}"
            raise EvidenceError(problem, origin=origin, hint="use the version of pytest-postmortem that wrote it")
        proofs = [_proof(one) for one in said["proofs"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise EvidenceError(f"is not a ledger of proofs: {_reason(error)}", origin=origin, hint=_HINT) from None
    found = {(one.node_id, one.postmortem): one for one in proofs}
    if len(found) < len(proofs):
        raise EvidenceError("a test stands in it twice for one post-mortem", origin=origin, hint=_HINT)
    return found


def _proof(said: dict[str, Any]) -> Proof:
    texts = [said[key] for key in ("test", "postmortem", "message", "fix_found", "taken_out", "source")]
    fix = said["fix"]
    if type(fix) is not list or type(said["samples"]) is not int or not all(type(one) is str for one in (*texts, *fix)):
        raise TypeError("a value of another kind than expected")
    node_id, postmortem, message, how, way, source = texts
    verdict = ProofVerdict(said["verdict"])
    return Proof(node_id, postmortem, tuple(fix), how, way, verdict, message, said["samples"], source)
