"""The three recognisers of a marker agree, or differ for the reason that the table gives."""

from __future__ import annotations

import json

import pytest

from pytest_postmortem.history.marks import Marks
from pytest_postmortem.scanning.marks import find_marks
from tests.marker_sources import HEAD, IDS, SOURCES, Source

each_source = pytest.mark.parametrize("source", SOURCES, ids=[one.name for one in SOURCES])


@each_source
def test_pytest_collects_the_links(source: Source, pytester: pytest.Pytester) -> None:
    """Out of the evidence of a run that only collects."""
    for name in IDS:
        pytester.path.joinpath("docs/postmortems").mkdir(parents=True, exist_ok=True)
        pytester.path.joinpath("docs/postmortems", f"{name}.md").write_text(f"---\nid: {name}\n---\n# {name}\n")
    pytester.makepyfile(test_it=HEAD + source.text)
    pytester.runpytest("--collect-only", "-p", "no:cacheprovider", "--incident-output=e.json")
    evidence = json.loads(pytester.path.joinpath("e.json").read_text(encoding="utf-8"))
    links = {
        test["node_id"].partition("::")[2]: sorted({link["postmortem"] for link in test["links"]})
        for test in evidence["tests"]
        if test["links"]
    }
    assert links == source.collected


@each_source
def test_the_parser_sees_the_links(source: Source) -> None:
    """Those of the marks whose names are literals."""
    links: dict[str, set[object]] = {}
    for mark in find_marks((HEAD + source.text).encode(), "test_it.py", "incident"):
        if not mark.dynamic:
            for test in mark.tests:
                links.setdefault(test.node_id.partition("::")[2], set()).update(mark.args)
    assert {name: sorted(map(str, names)) for name, names in links.items()} == source.seen_in_source


@each_source
def test_history_counts_the_markers(source: Source) -> None:
    """Each marker once for a post-mortem."""
    counts = Marks({name: name for name in IDS}, ["incident"]).count((HEAD + source.text).encode())
    assert counts == source.seen_in_history


def test_whoever_cannot_know_has_a_reason() -> None:
    """And a source has one only if somebody cannot know."""
    for source in SOURCES:
        assert bool(source.why) == (source.parsed is not None or source.counted is not None), source.name
