"""A record of a service read as a post-mortem: what it says, what its text says, and which of the two counts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pytest_postmortem.model.document import Document
from pytest_postmortem.model.postmortem import ActionItem, IdSource, ItemStatus, Need, Postmortem
from pytest_postmortem.reading.postmortem import Reader

URL = "https://github.com/acme/shop/issues"


def read(body: str = "", **told: Any) -> Postmortem:
    return Reader().read(Document("shop#12", "shop", "shop#12", True, lambda: body, url=f"{URL}/12", told=told))


def record(number: int = 45, **said: Any) -> dict[str, Any]:
    return {"id": f"#{number}", "action": "Limit the queue", "ticket": f"{URL}/{number}", "status": "open", **said}


def only(postmortem: Postmortem) -> ActionItem:
    assert postmortem.faults == ()
    (item,) = postmortem.action_items
    return item


@pytest.mark.parametrize(
    ("body", "told", "known_as"),
    [
        ("", {}, ("shop#12", IdSource.STEM)),
        ("", {"title": "PM-7: Overflow"}, ("PM-7", IdSource.HEADING)),
        ("# PM-8: Overflow", {"title": "Overflow"}, ("PM-8", IdSource.HEADING)),
        ("# PM-8: Overflow", {"title": "PM-7: Overflow"}, ("PM-7", IdSource.HEADING)),
        ("", {"id": "SHOP-3", "title": "PM-7: Overflow"}, ("SHOP-3", IdSource.FRONT_MATTER)),
        ("---\nid: PM-1\n---\n", {"id": "SHOP-3"}, ("PM-1", IdSource.FRONT_MATTER)),
    ],
)
def test_the_id(body: str, told: dict[str, str], known_as: tuple[str, IdSource]) -> None:
    """The author's own, the service's, the key in the title, or the source and the number."""
    found = read(body, **told)
    assert (found.id, found.id_source) == known_as


@pytest.mark.parametrize(
    ("body", "told", "day"),
    [
        ("First seen on 2026-01-05.", {"created": "2026-02-11"}, date(2026, 2, 11)),
        ("**Date:** 2026-01-05", {"created": "2026-02-11"}, date(2026, 1, 5)),
        ("**Date:** 2026-01-05", {"created": "2026-02-11", "date": "2026-02-10"}, date(2026, 2, 10)),
        ("---\ndate: 2026-01-01\n---\n", {"date": "2026-02-10"}, date(2026, 1, 1)),
        ("First seen on 2026-01-05.", {}, date(2026, 1, 5)),
    ],
)
def test_the_date(body: str, told: dict[str, str], day: date) -> None:
    """When the record was made comes after what the text says, and before a date that stands anywhere in it."""
    assert read(body, **told).date == day


def test_the_rest() -> None:
    """The author's front matter, then the service, then the text."""
    found = read(
        "---\nseverity: SEV3\nincidents: [INC-1]\n---\n# Heading\n\n**Status:** draft\n\n**Team:** ops\n",
        title="Overflow", severity="SEV1", status="closed", services=["checkout"], incidents=["INC-2"], root_cause="No limit.",
    )  # fmt: skip
    assert (found.title, found.severity, found.status, found.team) == ("Overflow", "SEV3", "closed", "ops")
    assert (found.services, found.aliases, found.url) == (("checkout",), ("INC-1", "INC-2"), f"{URL}/12")
    assert found.root_cause is not None
    assert found.root_cause.text == "No limit."


def test_action_items_that_are_records() -> None:
    """Beside those of the text; each is known by its own number, or by the key it begins with."""
    items = read(
        "## Action items\n- [ ] Alert [test required]\n",
        action_items=[record(owner="jo", due="2026-03-01", test="required"), record(46, action="AI-2: Page")],
    ).action_items
    assert [(one.id, one.text, one.has_own_id) for one in items] == [
        ("1", "Alert", False),
        ("#45", "Limit the queue", True),
        ("AI-2", "Page", True),
    ]
    assert (items[1].owner, items[1].due_date, items[1].ticket) == ("jo", date(2026, 3, 1), f"{URL}/45")
    assert (items[1].test.need, items[2].test.need) == (Need.REQUIRED, Need.NOT_REQUIRED)


@pytest.mark.parametrize("ticket", ["#45", f"{URL}/45", f"[limit]({URL}/45)"])
def test_an_item_of_the_text_that_is_a_record(ticket: str) -> None:
    """One, with the text's words and the record's state."""
    item = only(
        read(f"## Action items\n- [x] AI-1: Bound it {ticket}\n", action_items=[record(owner="jo", test="required")])
    )
    assert (item.id, item.owner, item.status, item.test.need) == ("AI-1", "jo", ItemStatus.OPEN, Need.REQUIRED)
    assert item.text.startswith("Bound it")
    assert item.tickets == (f"{URL}/45",)


def test_an_item_named_by_the_number_of_a_record_with_a_key() -> None:
    """The record goes by its key, and is found by its number."""
    item = only(read("## Action items\n- [ ] #45\n", action_items=[record(action="AI-1: Limit it", test="required")]))
    assert (item.id, item.text, item.ticket, item.test.need) == ("AI-1", "Limit it", f"{URL}/45", Need.REQUIRED)


def test_an_item_that_is_nothing_but_a_ticket() -> None:
    """It has the record's words and its number."""
    item = only(read("## Action items\n- [ ] #45\n", action_items=[record()]))
    assert (item.id, item.text) == ("#45", "Limit the queue")


@pytest.mark.parametrize(
    ("flag", "test", "need"),
    [
        ("", "", Need.NOT_REQUIRED),
        ("", "required", Need.REQUIRED),
        ("[test required]", "", Need.REQUIRED),
        ("[no test]", "required", Need.REQUIRED),
        ("[test required]", "no", Need.REQUIRED),
        ("[test waived until 2026-12-01: vendor]", "no", Need.WAIVED),
        ("[test waived until 2026-12-01: vendor]", "required", Need.REQUIRED),
    ],
)
def test_the_stricter_requirement_counts(flag: str, test: str, need: Need) -> None:
    """A label cannot take away what the text asks for, nor the text what a label asks for."""
    said = {"test": test} if test else {}
    assert only(read(f"## Action items\n- [ ] #45 limit {flag}\n", action_items=[record(**said)])).test.need is need


@pytest.mark.parametrize(
    ("action", "test", "text", "need"),
    [
        ("Limit it [test required]", "", "Limit it", Need.REQUIRED),
        ("Limit it [test required]", "no", "Limit it", Need.REQUIRED),
        ("Limit it [no test]", "required", "Limit it", Need.REQUIRED),
        ("Limit it (tests run long)", "", "Limit it (tests run long)", Need.NOT_REQUIRED),
    ],
)
def test_a_flag_in_the_words_of_a_record(action: str, test: str, text: str, need: Need) -> None:
    """Where a service knows no labels, the words are all that can say it."""
    found = read(action_items=[record(action=action, **({"test": test} if test else {}))])
    assert (only(found).text, only(found).test.need, found.faults) == (text, need, ())


def test_a_flag_in_the_words_of_a_record_that_cannot_be_read() -> None:
    """A fault, as in a text."""
    (fault,) = read(action_items=[record(action="Limit it [test waived until soon: x]")]).faults
    assert "the waiver has no end date" in str(fault)


def test_a_test_that_a_service_says_in_unknown_words_is_a_fault() -> None:
    """Never taken for a no."""
    (fault,) = read(action_items=[record(test="maybe")]).faults
    assert "'maybe' says nothing known about a test" in str(fault)


def test_two_records_that_begin_with_one_key_are_a_fault() -> None:
    """As two items of a text are."""
    (fault,) = read(action_items=[record(action="AI-1: a"), record(46, action="AI-1: b")]).faults
    assert "AI-1" in str(fault)
