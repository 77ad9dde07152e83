"""Which tests are linked to which item: by markers, by node ids in documents, and what a bare marker covers."""

from __future__ import annotations

import pytest

from pytest_postmortem.catalogue import Catalogue
from pytest_postmortem.judging.linked import Linked, find_linked_tests
from pytest_postmortem.judging.linking import find_covered_items, find_demanding_items, find_sole_item
from pytest_postmortem.model.link import Link, LinkedTest
from pytest_postmortem.model.postmortem import ActionItem, ItemStatus, Postmortem
from pytest_postmortem.model.state import Outcome
from tests.builders import TODAY, item, postmortem, run, test

NAMED = "tests/test_x.py::test_named"
EXPIRED, LAST_DAY, WAIVED = "2026-06-14", "2026-06-15", "2026-12-31"


def linked(postmortems: list[Postmortem], *tests: LinkedTest) -> dict[str, Linked]:
    catalogue = Catalogue(postmortems=tuple(postmortems), places=("docs",))
    return find_linked_tests(catalogue, run([(one, Outcome.PASSED) for one in tests]), TODAY)


def test_a_post_mortem_without_a_test_is_left_out() -> None:
    """Whatever its items are; one that names a node id is there without a test, too."""
    other = test("test_other", "PM-9")
    assert linked([postmortem("PM-1"), postmortem("PM-2", item()), postmortem("PM-3", item(test="no"))], other) == {}
    assert linked([postmortem("PM-1", item(test=NAMED))], other) == {"PM-1": Linked()}


def test_each_link_of_a_test_counts() -> None:
    """Also after one of another post-mortem; a test that links one twice is there once."""
    both = test("test_both", "PM-2/AI-1", "PM-1/AI-1", "PM-2/AI-2", "PM-1/AI-2")
    items = (item("AI-1"), item("AI-2"))
    found = linked([postmortem("PM-1", *items), postmortem("PM-2", *items)], both)
    assert found == {name: Linked((both,), {"AI-1": (both,), "AI-2": (both,)}) for name in ("PM-1", "PM-2")}
    assert found["PM-1"].get("AI-2") == (both,)
    assert found["PM-1"].get("AI-3") == ()


def test_a_bare_marker_is_unnamed_where_several_items_ask() -> None:
    """Not beside one that does, nor where none does; a marker that names an item is not."""
    bare, named = test("test_bare", "PM-1"), test("test_named", "PM-1/AI-2")
    two = linked([postmortem("PM-1", item("AI-1"), item("AI-2"))], bare, named)["PM-1"]
    assert two == Linked((bare, named), {"AI-2": (named,)}, (bare,))
    one = linked([postmortem("PM-1", item("AI-1"), item("AI-2", "no"))], bare)["PM-1"]
    assert one == Linked((bare,), {"AI-1": (bare,)})
    assert linked([postmortem("PM-1", item("AI-1", "no"))], bare)["PM-1"] == Linked((bare,))


def test_a_node_id_in_a_document_links_every_test_that_it_covers() -> None:
    """Beside those with a marker, each once."""
    first, second, marked = test("test_named[a]"), test("test_named[b]"), test("test_m", "PM-1/AI-2")
    own = test("test_named[c]", "PM-1/AI-1")
    made = postmortem("PM-1", item(test=NAMED), item("AI-2"))
    (found,) = linked([made], first, second, marked, own, test("test_nam")).values()
    assert found.tests == (marked, own, first, second)
    assert found.by_item == {"AI-2": (marked,), "AI-1": (own, first, second)}
    (twice,) = {one.by_item["AI-1"] for one in linked([made, postmortem("PM-2", item(test=NAMED))], first).values()}
    assert twice == (first,)


@pytest.mark.parametrize(
    ("items", "sole"),
    [
        ([], None),
        ([item("AI-1")], "AI-1"),
        ([item("AI-1"), item("AI-2")], None),
        ([item("AI-1"), item("AI-2", "no"), item("AI-3", WAIVED), item("AI-4", EXPIRED)], "AI-1"),
        ([item("AI-1", status=ItemStatus.DROPPED), item("AI-2")], "AI-2"),
        ([item("AI-1", status=ItemStatus.DROPPED)], None),
        ([item("AI-1", "no")], None),
        ([item("AI-1", "silent")], None),
        ([item("AI-1", EXPIRED)], "AI-1"),
        ([item("AI-1", LAST_DAY)], None),
        ([item("AI-1", WAIVED)], None),
        ([item("AI-1", EXPIRED, status=ItemStatus.DROPPED)], None),
        ([item("AI-1", EXPIRED, status=ItemStatus.DROPPED), item("AI-2", EXPIRED)], "AI-2"),
        ([item("AI-1", EXPIRED), item("AI-2", WAIVED), item("AI-3", "no")], "AI-1"),
        ([item("AI-1", EXPIRED), item("AI-2", EXPIRED)], None),
    ],
)
def test_what_a_bare_marker_covers(items: list[ActionItem], sole: str | None) -> None:
    """The only item that requires a test, else the only one whose waiver is over; no guess."""
    made = postmortem("PM-1", *items)
    found = find_sole_item(made, TODAY)
    assert (found.id if found else None) == sole
    assert find_covered_items(made, Link("PM-1"), TODAY) == (() if sole is None else (sole,))
    assert find_covered_items(made, Link("PM-1", "AI-7"), TODAY) == ("AI-7",)


def test_what_requires_a_test() -> None:
    """Not what is waived, dropped, or asks for none."""
    named = item("AI-5", NAMED)
    items = (item("AI-1"), item("AI-2", WAIVED), item("AI-3", "no"), item("AI-4", status=ItemStatus.DROPPED), named)
    assert [one.id for one in find_demanding_items(postmortem("PM-1", *items))] == ["AI-1", "AI-5"]
