"""The names that markers may use, with what is wrong with the documents that they name."""

from __future__ import annotations

from typing import Any

from pytest_postmortem.catalogue import Catalogue
from pytest_postmortem.errors import DocumentError
from pytest_postmortem.judging.marker_names import collect_names
from pytest_postmortem.model.postmortem import Postmortem
from tests.builders import TODAY, item, postmortem


def at(stem: str, name: str, *items: Any, **fields: Any) -> Postmortem:
    return postmortem(name, *items, stem=stem, origin=f"pm/{stem}.md", **fields)


def test_ids_items_and_places() -> None:
    """One item that requires a test is the one that a marker without an item covers."""
    one = at("a", "PM-1", item("AI-1", "t.py::test_a"), item("AI-2"), aliases=("INC-1",))
    other = at("b", "PM-2", item("AI-7"))
    names = collect_names(Catalogue(postmortems=(one, other), places=("pm",)), TODAY)
    assert names.ids == {"PM-1": "PM-1", "INC-1": "PM-1", "a": "PM-1", "PM-2": "PM-2", "b": "PM-2"}
    assert names.items == {"PM-1": ["AI-1", "AI-2"], "PM-2": ["AI-7"]}
    assert names.node_ids == {"PM-1": {"AI-1": ["t.py::test_a"]}}
    assert names.sole == {"PM-2": "AI-7"}
    assert (names.places, names.faulty, names.shared) == (["pm"], {}, {})


def test_errors_are_those_of_the_document() -> None:
    """Each error once, those of the source or of another document not at all."""
    faults = tuple(
        DocumentError(text, origin=origin) for text, origin in [("x", "pm/a.md"), ("y", "pm/a.md"), ("z", "pm")]
    )
    names = collect_names(Catalogue(postmortems=(at("a", "PM-1"), at("b", "PM-2")), faults=faults), TODAY)
    assert names.faulty == {"PM-1": "pm/a.md: x\npm/a.md: y"}


def test_documents_of_one_id_have_the_errors_of_each_other() -> None:
    """In the order of their paths, whichever is read first; the id stands for the first."""
    both = (at("b", "PM-1"), at("a", "PM-3", aliases=("PM-1",)), at("c", "PM-4"))
    faults = tuple(DocumentError("twice", origin=one.origin) for one in both)
    names = collect_names(Catalogue(postmortems=both, faults=faults), TODAY)
    assert names.ids["PM-1"] == "PM-1"
    doubled = "pm/a.md: twice\npm/b.md: twice"
    assert names.faulty == {"PM-1": doubled, "PM-3": doubled, "PM-4": "pm/c.md: twice"}


def test_a_stem_of_two_documents_names_neither() -> None:
    """Nor does a contested key, unless it is the id of another document."""
    both = (at("same", "PM-1"), postmortem("PM-2", stem="same", origin="other/same.md"))
    names = collect_names(Catalogue(postmortems=both, contested={"PM-1": ("x",), "PM-9": ("b", "c")}), TODAY)
    assert names.shared == {"same": ["PM-1", "PM-2"], "PM-9": ["b", "c"]}
    assert names.ids == {"PM-1": "PM-1", "PM-2": "PM-2"}


def test_an_alias_of_two_documents_stands_for_the_first() -> None:
    """Which of them it should be is an error, of both."""
    both = (at("b", "PM-1", aliases=("INC-1",)), at("a", "PM-2", aliases=("INC-1",)))
    faults = (DocumentError("of b", origin="pm/b.md"), DocumentError("of a", origin="pm/a.md"))
    names = collect_names(Catalogue(postmortems=both, faults=faults), TODAY)
    assert names.ids["INC-1"] == "PM-1"
    assert names.shared == {}
    assert names.faulty == dict.fromkeys(("PM-1", "PM-2"), "pm/a.md: of a\npm/b.md: of b")
