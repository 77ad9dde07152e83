"""What the rules find in real post-mortems, and how much of it is right."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from pytest_postmortem.config.settings import Settings
from pytest_postmortem.linting.builtin import RULES
from pytest_postmortem.linting.runner import LocatedFinding, lint
from pytest_postmortem.model.document import Document
from pytest_postmortem.model.postmortem import Postmortem
from pytest_postmortem.reading.postmortem import Reader
from pytest_postmortem.sources.folder import FolderSource
from tests.linting.texts import TODAY
from tests.reading.test_corpus import corpus

__all__ = ["corpus"]

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "benchmarks" / "lint_sample.tsv"


@pytest.fixture(scope="module")
def found(corpus: Path) -> list[LocatedFinding]:
    """The findings of all rules in all documents, with paths relative to the corpus."""
    read: list[tuple[Document, Postmortem]] = []
    for folder in sorted(path for path in corpus.iterdir() if path.is_dir()):
        listing = FolderSource(Settings(base=corpus, sources=(folder.name,))).listing()
        read += [(document, Reader().read(document)) for document in listing.documents]
    linted = lint(read, RULES, RULES, TODAY)
    assert linted.documents == 158
    assert not linted.faults
    return list(linted.found)


def test_the_sample_is_still_found_and_right(found: list[LocatedFinding]) -> None:
    """At least 150 findings looked at by hand; of each default rule 0.9 are right, of the opt-in ones 0.8."""
    there = {(one.code, one.origin, str(one.line)) for one in found}
    documents = Counter(code for code, _ in {(one.code, one.origin) for one in found})
    number = Counter(one.code for one in found)
    verdicts: Counter[tuple[str, str]] = Counter()
    gone = []
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            assert row["verdict"] in ("right", "wrong")
            assert row["why"]
            if (row["rule"], row["path"], row["line"]) not in there:
                gone.append(row)
            verdicts[row["rule"], row["verdict"]] += 1
    assert gone == []
    assert verdicts.total() >= 150
    print("\n| rule | findings | documents | looked at | right |")
    for rule in RULES:
        right, looked = verdicts[rule.code, "right"], verdicts[rule.code, "right"] + verdicts[rule.code, "wrong"]
        print(f"| {rule.code} | {number[rule.code]} | {documents[rule.code]} | {looked} | {right} |")
        if number[rule.code]:
            assert looked >= min(number[rule.code], 10), rule.code
            assert right / looked >= (0.9 if rule.default else 0.8), rule.code


def test_the_page_has_the_table(found: list[LocatedFinding]) -> None:
    """docs/lint.md gives the numbers as they are."""
    number = Counter(one.code for one in found)
    documents = Counter(code for code, _ in {(one.code, one.origin) for one in found})
    page = ROOT.joinpath("docs", "lint.md").read_text(encoding="utf-8")
    for rule in RULES:
        start = f"| [{rule.code}](rules/{rule.code}.md) | {rule.name} | {number[rule.code]} | {documents[rule.code]} |"
        assert start in page, start
