"""The file that proofs are kept in: `.postmortem/proofs.json`, to be committed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pytest_postmortem.errors import EvidenceError
from pytest_postmortem.model.proof import Proof, ProofVerdict

__all__ = ["PATH", "VERSION", "dump_ledger", "load_ledger", "read_ledger"]

PATH = ".postmortem/proofs.json"
VERSION = 1
_HINT = "restore it from git, or name another file; `postmortem prove --all` makes a new ledger"


def dump_ledger(proofs: Iterable[Proof]) -> str:
    """Return the proofs as JSON with a line a value, sorted by test and post-mortem: changes read well as a diff."""
    values = [
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
        for one in sorted(proofs, key=lambda proof: (proof.node_id, proof.postmortem))
    ]
    return json.dumps({"version": VERSION, "proofs": values}, indent=1, ensure_ascii=False) + "\n"


def read_ledger(path: Path, origin: str = PATH) -> dict[tuple[str, str], Proof]:
    """Return the proofs by test and post-mortem; none if there is no file. Raises EvidenceError."""
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError:
        raise EvidenceError("is not UTF-8", origin=origin, hint=_HINT) from None
    except OSError as error:
        raise EvidenceError(f"cannot be read: {error.strerror}", origin=origin, hint="mend its permissions") from None
    return load_ledger(text, origin)


def _explain(error: Exception) -> str:
    """Return what is wrong, in words: the parser's, or the key or kind that is missing."""
    return f"{error}" if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"[:80]


def load_ledger(text: str, origin: str = PATH) -> dict[tuple[str, str], Proof]:
    """Parse the proofs in a text, by test and post-mortem. Raises EvidenceError."""
    try:
        values: Any = json.loads(text)
        if values["version"] != VERSION or type(values["version"]) is not int:
            problem = f"has version {values['version']!r}, and this pytest-postmortem knows {VERSION}"
            raise EvidenceError(problem, origin=origin, hint="use the version of pytest-postmortem that wrote it")
        proofs = [_parse_proof(one) for one in values["proofs"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise EvidenceError(f"is not a ledger of proofs: {_explain(error)}", origin=origin, hint=_HINT) from None
    by_test = {(proof.node_id, proof.postmortem): proof for proof in proofs}
    if len(by_test) < len(proofs):
        raise EvidenceError("a test stands in it twice for one post-mortem", origin=origin, hint=_HINT)
    return by_test


def _parse_proof(values: dict[str, Any]) -> Proof:
    texts = [values[key] for key in ("test", "postmortem", "message", "fix_found", "taken_out", "source")]
    fix = values["fix"]
    if (
        type(fix) is not list
        or type(values["samples"]) is not int
        or not all(type(one) is str for one in (*texts, *fix))
    ):
        raise TypeError("a value of another kind than expected")
    node_id, postmortem, message, how, way, source = texts
    verdict = ProofVerdict(values["verdict"])
    return Proof(node_id, postmortem, tuple(fix), how, way, verdict, message, values["samples"], source)
