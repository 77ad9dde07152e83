"""How well real post-mortems are read: the labelled corpus beside the checkout is the measure."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from pytest_postmortem.model.document import Document
from pytest_postmortem.model.postmortem import ItemStatus, Postmortem
from pytest_postmortem.reading.postmortem import Reader

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"


@pytest.fixture(scope="module")
def corpus() -> Path:
    """The folder of the corpus; without it the tests are skipped, where CI demands it they fail."""
    if not CORPUS.is_dir():
        if os.environ.get("POSTMORTEM_REQUIRE_CORPUS"):
            pytest.fail(f"there is no {CORPUS}")
        pytest.skip("the corpus of real post-mortems is not beside this checkout (../shared/corpus)")
    return CORPUS


def read(corpus: Path, path: str) -> Postmortem:
    folder, _, name = path.rpartition("/")
    document = Document(
        path, folder, name.removesuffix(".md"), False, load=lambda: corpus.joinpath(path).read_text(encoding="utf-8")
    )
    return Reader().read(document)


def test_action_items_are_read_as_labelled(corpus: Path) -> None:
    """Items by line at least 0.97 precise and complete; status, owner, due date and ticket at least 0.93 right."""
    found = missed = wrong = 0
    fields: Counter[str] = Counter()
    for line in corpus.joinpath("labels.jsonl").read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        got = {item.line: item for item in read(corpus, label["path"]).action_items}
        want = {item["line"]: item for item in label["action_items"]}
        both = got.keys() & want.keys()
        found, missed, wrong = found + len(both), missed + len(want) - len(both), wrong + len(got) - len(both)
        for place in both:
            item, said = got[place], want[place]
            status = "unknown" if item.status is ItemStatus.DROPPED else item.status.value
            fields["status"] += status == said["status"]
            fields["owner"] += item.owner == said["owner"]
            fields["due"] += (item.due_date.isoformat() if item.due_date else item.due) == said["due"]
            fields["ticket"] += item.ticket == said["ticket"]
    precision, recall = found / (found + wrong), found / (found + missed)
    told = ", ".join(f"{name} {number / found:.3f}" for name, number in fields.items())
    print(f"\naction items: precision {precision:.3f}, recall {recall:.3f} of {found + missed}; {told}")
    assert precision >= 0.97
    assert recall >= 0.97
    assert found > 200
    for name in ("status", "owner", "due", "ticket"):
        assert fields[name] / found >= 0.93, name


def test_every_real_document_is_read_without_a_fault(corpus: Path) -> None:
    """Each with a title and an id."""
    rows = [line.split("\t") for line in corpus.joinpath("INDEX.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    real = [row[0] for row in rows if row[5] == "real"]
    assert len(real) == 158
    for path in real:
        postmortem = read(corpus, path)
        assert not postmortem.faults, path
        assert postmortem.title, path
        assert postmortem.id, path
