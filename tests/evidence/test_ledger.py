"""The ledger of proofs: what is written is read again, and what is not one is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pytest_postmortem.errors import EvidenceError
from pytest_postmortem.evidence.ledger import dump_ledger, load_ledger, read_ledger
from pytest_postmortem.model.proof import Proof, ProofVerdict

PROOF = Proof("t.py::test_a", "PM-1", ("4f2c1ab",), "trailer", "reverse", ProofVerdict.PROVEN, "assert 1 == 2", 3, "00")
TEXTS = some.text(max_size=20)
PROOFS = some.builds(
    Proof, TEXTS, TEXTS, some.lists(TEXTS, max_size=3).map(tuple), TEXTS, TEXTS, some.sampled_from(ProofVerdict), TEXTS,
    some.integers(1, 9), TEXTS,
)  # fmt: skip


@given(some.lists(PROOFS, max_size=4, unique_by=lambda one: (one.node_id, one.postmortem)))
def test_round_trip(proofs: list[Proof]) -> None:
    """What is written is read again, whatever stands in it, in whatever order it comes."""
    text = dump_ledger(proofs)
    assert list(load_ledger(text).values()) == sorted(proofs, key=lambda one: (one.node_id, one.postmortem))
    assert dump_ledger(reversed(proofs)) == text
    assert text.endswith("}\n")


def test_a_line_a_value() -> None:
    """A change of one value is a change of one line."""
    assert dump_ledger([PROOF]).splitlines()[4:7] == [
        '   "test": "t.py::test_a",',
        '   "postmortem": "PM-1",',
        '   "verdict": "proven",',
    ]


def test_no_file(tmp_path: Path) -> None:
    """No file is a ledger without proofs; a folder is none."""
    assert read_ledger(tmp_path / "proofs.json") == {}
    with pytest.raises(EvidenceError, match=r"^proofs.json: cannot be read: .*; mend its permissions$"):
        read_ledger(tmp_path, "proofs.json")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(
            ("test", None),
            ("postmortem", 1),
            ("verdict", "fine"),
            ("verdict", []),
            ("message", {}),
            ("fix", "abc1234" * 0 + "x"),
        ),
        *(
            ("fix", [1]),
            ("fix", None),
            ("fix_found", 1),
            ("taken_out", None),
            ("samples", "3"),
            ("samples", True),
            ("source", 1),
        ),
    ],
)
def test_a_value_of_another_kind(key: str, value: object) -> None:
    """Every key is looked at: a value of another kind is refused with a way out."""
    said = json.loads(dump_ledger([PROOF]))
    said["proofs"][0][key] = value
    with pytest.raises(
        EvidenceError, match=r"is not a ledger of proofs: .*; restore it from git, or name another file"
    ):
        load_ledger(json.dumps(said))


@pytest.mark.parametrize("key", list(json.loads(dump_ledger([PROOF]))["proofs"][0]))
def test_a_key_that_is_missing(key: str) -> None:
    """Every key has to be there."""
    said = json.loads(dump_ledger([PROOF]))
    del said["proofs"][0][key]
    with pytest.raises(EvidenceError, match="is not a ledger"):
        load_ledger(json.dumps(said))


@pytest.mark.parametrize(
    "text", ["", "null", "[", "[" * 100_000, '"x"', "{}", '{"version": 1}', '{"version": 1, "proofs": 3}']
)
def test_no_ledger(text: str) -> None:
    """What is no ledger at all."""
    with pytest.raises(EvidenceError, match=r"^\.postmortem/proofs\.json: is not a ledger of proofs"):
        load_ledger(text)


@pytest.mark.parametrize("version", [0, 2, "1", None, True])
def test_another_version(version: object) -> None:
    """One of another version is not guessed at."""
    with pytest.raises(EvidenceError, match=r"has version .*, and this pytest-postmortem knows 1; use the version"):
        load_ledger(json.dumps({"version": version, "proofs": []}))


def test_twice() -> None:
    """Two proofs of one test for one post-mortem contradict each other."""
    said = json.loads(dump_ledger([PROOF]))
    said["proofs"] *= 2
    with pytest.raises(EvidenceError, match="a test stands in it twice"):
        load_ledger(json.dumps(said))


def test_proofs_come_by_test_and_post_mortem(tmp_path: Path) -> None:
    """Sorted in the file; read again as they were, also from a file."""
    first = replace(PROOF, postmortem="PM-0")
    other = replace(PROOF, node_id="t.py::test_b", postmortem="PM-0", fix=(), verdict=ProofVerdict.INCONCLUSIVE)
    text = dump_ledger([other, PROOF, first])
    assert [(one["test"], one["postmortem"]) for one in json.loads(text)["proofs"]] == [
        ("t.py::test_a", "PM-0"),
        ("t.py::test_a", "PM-1"),
        ("t.py::test_b", "PM-0"),
    ]
    path = tmp_path / "proofs.json"
    path.write_text(text, encoding="utf-8")
    assert (
        read_ledger(path) == load_ledger(text) == {(one.node_id, one.postmortem): one for one in (first, PROOF, other)}
    )


def test_the_text_of_a_ledger() -> None:
    """A message in any language as it is, and the whole of one proof."""
    text = dump_ledger([replace(PROOF, message="ä問")])
    assert text.startswith('{\n "version": 1,\n "proofs": [\n  {\n')
    assert '"message": "ä問"' in text
    assert text.endswith('"source": "00"\n  }\n ]\n}\n')


def test_a_ledger_that_is_not_utf_8(tmp_path: Path) -> None:
    """It is not guessed at."""
    path = tmp_path / "proofs.json"
    path.write_bytes(b"\xff")
    with pytest.raises(EvidenceError, match=r"^p.json: is not UTF-8; restore it from git"):
        read_ledger(path, "p.json")
