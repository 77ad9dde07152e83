"""Tests that a document names, in the history of the document and of the test."""

from __future__ import annotations

import time
from datetime import date

import pytest

from pytest_postmortem.history.documents import DocumentTests, compile_paths, find_marker
from tests.builders import item, postmortem
from tests.history.checkout import Checkout, document, marked

TEST = "tests/test_queue.py"
NODE = f"{TEST}::test_rejects"
SOURCE = "def test_rejects():\n    pass\n"
PLACE = "docs/postmortems/PM-1.md"


def test_a_node_id_guards_from_the_day_both_are_there(checkout: Checkout) -> None:
    """A document may promise a test before it is written."""
    checkout.commit("2026-03-01", PLACE, document(test=NODE))
    checkout.commit("2026-03-04", TEST, "def test_rejects_not(): pass\n# def test_rejects\n")
    checkout.commit("2026-03-05", TEST, SOURCE)
    guarding = checkout.guarding()
    assert (guarding.first_guard, guarding.path, guarding.markers) == (date(2026, 3, 5), TEST, 1)


def test_a_test_that_was_there_guards_from_the_day_the_document_names_it(checkout: Checkout) -> None:
    """The document's path is told."""
    checkout.commit("2026-03-01", TEST, SOURCE)
    checkout.commit("2026-03-04", PLACE, document(test=f"{NODE}_not"))
    checkout.commit("2026-03-05", PLACE, document(test=f"`{NODE}`"))
    guarding = checkout.guarding()
    assert (guarding.first_guard, guarding.path, guarding.markers) == (date(2026, 3, 5), PLACE, 1)


@pytest.mark.parametrize("node", [f"{NODE}[deep-1]", f"{TEST}::TestQueue::test_rejects", TEST])
def test_every_form_of_a_node_id(checkout: Checkout, node: str) -> None:
    """With parameters, in a class, a whole file."""
    checkout.write(TEST, "class TestQueue:\n    def test_rejects(self): pass\ndef test_rejects(): pass\n")
    checkout.commit("2026-03-01", PLACE, document(test=node))
    checkout.remove(TEST)
    checkout.commit("2026-03-05")
    guarding = checkout.guarding()
    assert (guarding.first_guard, guarding.markers) == (date(2026, 3, 1), 0)
    assert [(one.day, one.paths) for one in guarding.removals] == [(date(2026, 3, 5), (TEST,))]


def test_a_node_id_with_other_parameters_is_another_one(checkout: Checkout) -> None:
    """`test_rejects[a]` in an earlier state does not name `test_rejects`, nor the other way round."""
    checkout.write(TEST, SOURCE)
    checkout.commit("2026-03-01", PLACE, document(test=f"{NODE}[a]"))
    checkout.commit("2026-03-05", PLACE, document(test=NODE))
    assert checkout.guarding().first_guard == date(2026, 3, 5)


def test_a_renamed_test_is_lost_and_a_moved_document_is_not(checkout: Checkout) -> None:
    """A document that moves keeps its days; a test that the document no longer finds is a removal."""
    checkout.write(TEST, SOURCE)
    checkout.commit("2026-03-01", PLACE, document(test=NODE))
    checkout.git("rm", "-q", "--cached", PLACE)
    checkout.remove(PLACE)
    checkout.commit("2026-03-02", "incidents/PM-1-overflow.md", document(test=NODE))
    checkout.commit("2026-03-05", TEST, SOURCE.replace("rejects", "refuses"))
    guarding = checkout.guarding()
    assert (guarding.first_guard, guarding.path) == (date(2026, 3, 1), TEST)
    assert [(one.day, one.left) for one in guarding.removals] == [(date(2026, 3, 5), 0)]


def test_markers_and_node_ids_add_up(checkout: Checkout) -> None:
    """A test that carries the marker and is named has two links; one that goes leaves one."""
    checkout.write(PLACE, document(test=f"{TEST}::test_0"))
    checkout.commit("2026-03-01", TEST, marked("PM-1"))
    assert checkout.guarding().markers == 2
    checkout.commit("2026-03-02", TEST, "def test_0(): pass\n")
    assert [(one.day, one.left) for one in checkout.guarding().removals] == [(date(2026, 3, 2), 1)]


def test_another_document_that_names_the_test_does_not_count(checkout: Checkout) -> None:
    """It has to name the post-mortem as well, and to stand among documents."""
    checkout.write("docs/postmortems/other.md", f"# Other\n\nSee {NODE}.\n")
    checkout.write("docs/guards.md", f"PM-1: {NODE}\n")
    checkout.commit("2026-03-01", TEST, SOURCE)
    checkout.commit("2026-03-05", PLACE, document(test=NODE))
    assert checkout.guarding().first_guard == date(2026, 3, 5)


def test_a_name_that_is_no_text_names_nothing() -> None:
    """A lone surrogate out of an escape in JSON."""
    node_id = "tests/\ud800.py::test_\ud800"
    tests = DocumentTests([postmortem("\ud800", item(test=node_id))], {"\ud800": ["\ud800"]})
    assert tests.find_links(b"\xff tests/x.py::test_x", b"docs/x.md") == set()


@pytest.mark.parametrize(
    "text",
    [b"[" * 4_000_000, b"[a" + b" " * 4_000_000, b" " * 4_000_000, b"marker" + b" " * 4_000_000, b"[a]\n" * 10**6],
)
def test_hostile_configurations_take_linear_time(text: bytes) -> None:
    """Four megabytes of anything."""
    start = time.process_time()
    find_marker(text, "tool.pytest-postmortem")
    find_marker(text, "")
    DocumentTests([], {}).find_links(text + b".py", b"docs/x.md")
    assert time.process_time() - start < 10


@pytest.mark.parametrize(
    ("sources", "yes", "no"),
    [
        (["docs/pm/"], ["docs/pm/a.md", "docs/pm/b/a"], ["docs/pmx/a.md", "x/docs/pm/a.md"]),
        (["services/*/pm", "one.yaml"], ["services/a/pm/x.md", "one.yaml"], ["services/pm/x.md", "two.yaml"]),
        (["docs/**/pm"], ["docs/pm/x.md", "docs/a/b/pm/x.md"], ["docs/x.md"]),
        (["."], ["a", "b/c.md"], []),
    ],
)
def test_sources_as_paths(sources: list[str], yes: list[str], no: list[str]) -> None:
    """Folders, files and globs."""
    pattern = compile_paths(sources)
    assert [path for path in yes + no if pattern.match(path)] == yes


@pytest.mark.parametrize(
    ("text", "table", "marker"),
    [
        ('marker = "a"\n', "", "a"),
        ("[x]\nmarker = 'b'\n", "", None),
        ("[tool.pytest-postmortem]\n'marker'='c'#\n", "tool.pytest-postmortem", "c"),
        ('[ tool . "pytest-postmortem" ]\nmarker = "c"\n', "tool.pytest-postmortem", "c"),
        ('[tool.x]\nmarker = "d"\n', "tool.pytest-postmortem", None),
        ('[tool.pytest-postmortem]\nx = 1\n[tool.x]\nmarker = "d"\n', "tool.pytest-postmortem", None),
        ('[tool.pytest-postmortem]\nmarker = "no name"\n', "tool.pytest-postmortem", None),
        ('[tool.pytest-postmortem]\nsources = [\n  "a",\n]\nmarker = "e"\n', "tool.pytest-postmortem", "e"),
        ("\xff", "", None),
    ],
)
def test_the_marker_of_an_earlier_configuration(text: str, table: str, marker: str | None) -> None:
    """Read without a TOML parser: an earlier state may be broken."""
    assert find_marker(text.encode("latin-1"), table) == marker
