"""A document read into a post-mortem: its fields, and everything wrong with it at once."""

from __future__ import annotations

from datetime import date

import pytest

from pytest_postmortem.errors import DocumentError
from pytest_postmortem.model.document import Document
from pytest_postmortem.model.postmortem import ActionItem, IdSource, ItemStatus, Need, Postmortem, Scope
from pytest_postmortem.reading.postmortem import Reader
from pytest_postmortem.reading.syntax.markdown import MAX_EVENTS
from tests.reading.texts import ITEMS, document, read, told

TAUGHT = """---
id: PM-123
title: Checkout queue overflow
date: 2026-02-11
severity: SEV1
status: final
services: [checkout]
incidents: [INC-77]
fix: 4f2c1ab
---
# Checkout queue overflow
## Root cause
The retry policy had no upper bound. A deploy made it worse.
### Five whys
1. Why did orders fail? The queue was full.
2. Why was it full? Retries had no bound.
## Action items
| ID | Action | Scope | Owner | Due | Status | Test |
|----|--------|-------|-------|-----|--------|------|
| AI-1 | Reject orders when the queue is deeper than 10,000 | specific | payments | 2026-03-01 | done | required |
| AI-2 | Make retry policies fail a deploy when they have no upper bound | systemic | platform | 2026-03-20 | open | required |
| AI-3 | Alert on queue depth above 10,000 | specific | platform | 2026-03-08 | done | no |
"""


def test_the_form_that_is_taught_is_read() -> None:
    """Every field of it."""
    found = read(TAUGHT, "PM-123-checkout", configured=True)
    assert found.faults == ()
    assert found.hints == ()
    assert (found.id, found.id_source, found.id_line, found.line) == ("PM-123", IdSource.FRONT_MATTER, 2, 11)
    assert (found.title, found.date, found.severity, found.status) == (
        "Checkout queue overflow", date(2026, 2, 11), "SEV1", "final",
    )  # fmt: skip
    assert (found.services, found.aliases, found.fixes, found.team) == (("checkout",), ("INC-77",), ("4f2c1ab",), None)
    assert (found.origin, found.folder, found.stem, found.url) == (
        "pm/PM-123-checkout.md",
        "pm",
        "PM-123-checkout",
        None,
    )
    assert found.root_cause is not None
    assert found.root_cause.sentence == "The retry policy had no upper bound."
    assert (found.root_cause.line, len(found.root_cause.whys)) == (12, 2)
    assert [item.line for item in found.action_items] == [20, 21, 22]
    assert [item.id for item in found.action_items] == ["AI-1", "AI-2", "AI-3"]
    assert [item.test.need for item in found.action_items] == [Need.REQUIRED, Need.REQUIRED, Need.NOT_REQUIRED]
    assert [item.status for item in found.action_items] == [ItemStatus.DONE, ItemStatus.OPEN, ItemStatus.DONE]
    second = found.item("AI-2")
    assert isinstance(second, ActionItem)
    assert (second.owner, second.due_date, second.scope) == ("platform", date(2026, 3, 20), Scope.SYSTEMIC)
    assert found.item("AI-9") is None


@pytest.mark.parametrize(
    ("front", "field", "value"),
    [
        ("services: checkout, queue", "services", ("checkout", "queue")),
        ("services: [a, a, tbd, [b], c]", "services", ("a", "c")),
        ("systems: [queue]", "services", ("queue",)),
        ("Affected-Services: queue", "services", ("queue",)),
        ("services: {a: b}", "services", ()),
        ("team: platform", "team", "platform"),
        ("teams: [platform, orders]", "team", "platform, orders"),
        ("team: ~", "team", None),
        ("incidents: [INC-1, INC-2]", "aliases", ("INC-1", "INC-2")),
        ("incident: INC-1, INC-2", "aliases", ("INC-1", "INC-2")),
        ("incident_id: 77", "aliases", ("77",)),
        ("aliases: [/old/path, 'a, b']", "aliases", ("/old/path", "a, b")),
        ("incidents: [queue-overflow, INC-1]", "aliases", ("INC-1",)),
        ("incidents: INC-1\nincident: INC-1", "aliases", ("INC-1",)),
        ("fix: 4f2c1ab, 5a3d2bc", "fixes", ("4f2c1ab", "5a3d2bc")),
        ("fixes: [4f2c1ab]", "fixes", ("4f2c1ab",)),
        ("fix: 0123456", "fixes", ("0123456",)),
        ("severity: 1", "severity", "1"),
        ("sev: SEV2 (bad)", "severity", "SEV2"),
        ("level: High — x", "severity", "High"),
        ("severity: [SEV1]", "severity", None),
        ("status: In progress", "status", "In progress"),
        ("title: '  two   spaces '", "title", "two spaces"),
        ("title: none", "title", "Queue overflow"),
        ("date: 2026-02-11", "date", date(2026, 2, 11)),
        ("date: 2026-02-11T10:30:00+02:00", "date", date(2026, 2, 11)),
        ("incident-date: February 11, 2026", "date", date(2026, 2, 11)),
        ("date: soon\noccurred: 2026-02-11", "date", date(2026, 2, 11)),
        ("date: February 2026", "date", None),
        ("id: 12345", "id", "12345"),
        ("ID: PM-1", "id", "PM-1"),
        ("id: '  PM-1 '", "id", "PM-1"),
        ("id: TBD", "id", "queue-overflow"),
        ("unknown: key", "id", "queue-overflow"),
    ],
)
def test_the_fields_of_front_matter(front: str, field: str, value: object) -> None:
    """Their other names, lists and texts with commas; a placeholder tells nothing."""
    found = read(f"---\n{front}\n---\n# Queue overflow\n")
    assert getattr(found, field) == value
    assert found.faults == ()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("2026-02-30", "2026-02-30"),
        ("2026-13-45", "2026-13-45"),
        ("2026-00-10", "2026-00-10"),
        ("22025-03-18", "22025-03-18"),
        ("on 13/13/2026 at night", "13/13/2026"),
        ("2026/13/01", "2026/13/01"),
        ("32.01.2026", "32.01.2026"),
        ("1824-02-11", "1824-02-11"),
        ("0000-00-00", "0000-00-00"),
    ],
)
def test_a_date_that_is_none_is_a_fault(value: str, shown: str) -> None:
    """With its line, as `since` judges by it."""
    assert told(read(f"---\nid: PM-1\ndate: {value}\n---\n# Queue overflow\n")) == [
        f"pm/queue-overflow.md:3: `date` is {shown}, which is no date; write it as YYYY-MM-DD, for example 2026-02-11"
    ]


def test_a_date_with_day_and_month_that_may_be_swapped_is_a_hint() -> None:
    """And no date."""
    found = read("---\ndate: 03/04/2026\n---\n# Queue overflow\n")
    assert (found.date, found.faults) == (None, ())
    assert [(one.line, one.text) for one in found.hints] == [
        (2, "the date 03/04/2026 can be read in two ways: write it as YYYY-MM-DD")
    ]


@pytest.mark.parametrize("key", ["id", "postmortem_id"])
def test_an_id_that_is_no_text_is_a_fault(key: str) -> None:
    """The document is then known by its file name."""
    found = read(f"---\n\n{key}: [PM-1]\n---\n# Queue overflow\n", "PM-7-queue")
    assert told(found) == [f"pm/PM-7-queue.md:3: `{key}` is no text; write it as `{key}: PM-123`"]
    assert found.id == "PM-7"


def test_all_faults_of_a_document_are_told_at_once() -> None:
    """In the order of their lines."""
    text = """---
id: PM-1
title: &a Queue overflow
date: 2026-02-30
id: PM-2
---
# T

## Action items

| ID | Action | Test |
|---|---|---|
| A-1 | a | unit |
| A-1 | b | waived |
"""
    found = read(text, configured=True)
    assert [(fault.line, fault.problem) for fault in found.faults] == [
        (3, "front matter: an anchor (&a)"),
        (4, "`date` is 2026-02-30, which is no date"),
        (5, "front matter: the key 'id' stands here twice"),
        (13, "'unit' says nothing known about a test"),
        (14, "the action item id 'A-1' is already used in line 13"),
        (14, "the waiver has no end date"),
    ]
    assert {fault.origin for fault in found.faults} == {"pm/queue-overflow.md"}
    assert all(fault.hint for fault in found.faults)
    assert found.id == "PM-1"
    assert len(found.action_items) == 2


@pytest.mark.parametrize(
    ("stem", "pattern", "id", "source"),
    [
        ("PM-7-queue", None, "PM-7", IdSource.FILE_NAME),
        ("2026-02-11-queue", None, "2026-02-11-queue", IdSource.STEM),
        ("2026-02-11-queue", r"\d{4}-\d\d-\d\d", "2026-02-11", IdSource.FILE_NAME),
    ],
)
def test_a_document_that_cannot_be_opened_is_known_by_its_name(
    stem: str, pattern: str | None, id: str, source: IdSource
) -> None:
    """And its fault is kept; the document's origin is named where the error names none."""
    import re

    def load() -> str:
        raise DocumentError("cannot be read: no permission", line=3, hint="mend it")

    broken = Document(f"pm/{stem}.md", "pm", stem, False, load=load, url="https://example.org/1")
    found = Reader(id_pattern=re.compile(pattern) if pattern else None).read(broken)
    assert found == Postmortem(
        id=id, id_source=source, title=stem, origin=f"pm/{stem}.md", folder="pm", stem=stem, url="https://example.org/1",
        faults=(DocumentError("cannot be read: no permission", origin=f"pm/{stem}.md", line=3, hint="mend it"),),
    )  # fmt: skip

    def load_elsewhere() -> str:
        raise DocumentError("is bad", origin="elsewhere")

    elsewhere = Document("pm/a.md", "pm", "a", False, load=load_elsewhere)
    assert told(Reader().read(elsewhere)) == ["elsewhere: is bad"]


def test_the_url_of_a_remote_document_is_kept() -> None:
    """For the reports."""
    one = document("# T\n")
    remote = Document(one.origin, one.folder, one.stem, True, one.load, url="https://example.org/issues/1")
    assert Reader().read(remote).url == "https://example.org/issues/1"


@pytest.mark.parametrize("text", ["", "\n\n", "Just text.\n", "<!-- nothing -->\n", "---\n---\n"])
def test_a_document_that_says_nothing_is_no_fault(text: str) -> None:
    """It has its stem as id and title, and nothing else."""
    found = read(text)
    assert (found.id, found.id_source, found.title, found.line) == (
        "queue-overflow", IdSource.STEM, "queue-overflow", 1,
    )  # fmt: skip
    assert (found.date, found.severity, found.status, found.root_cause) == (None, None, None, None)
    assert (found.action_items, found.faults, found.hints) == ((), (), ())


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_a_byte_order_mark_make_no_difference(end: str, mark: str) -> None:
    """Lines are counted as an editor does."""
    found = read(mark + TAUGHT.replace("\n", end), "PM-123-checkout")
    assert found == read(TAUGHT, "PM-123-checkout")


def test_a_lone_surrogate_is_replaced() -> None:
    """As no encoding can write it."""
    found = read("# Queue \ud800\n\n## Action items\n\n- Bound \udfff it\n")
    assert (found.title, found.action_items[0].text) == ("Queue ?", "Bound ? it")


def test_control_characters_and_bidirectional_marks_stay_in_values() -> None:
    """The outputs neutralize them."""
    found = read("# Queue \u202e\x1b[31m\n\n## Action items\n\n- Bound\x07 it\n")
    assert (found.title, found.action_items[0].text) == ("Queue \u202e\x1b[31m", "Bound\x07 it")


def test_a_document_of_too_many_pieces_is_a_fault() -> None:
    """Its front matter is read all the same."""
    found = read("---\nid: PM-1\ntitle: T\n---\n" + "- a\n" * MAX_EVENTS)
    assert [fault.problem for fault in found.faults] == ["more than 200,000 pieces of Markdown"]
    assert found.faults[0].hint == "shorten it, or leave it out with `exclude`"
    assert (found.id, found.title, found.action_items) == ("PM-1", "T", ())


def test_one_reader_reads_many_documents_alike() -> None:
    """What it remembers of one changes nothing in another."""
    reader = Reader()
    texts = [TAUGHT, ITEMS + "- a (done)\n", ITEMS + "| Owner | Due |\n|---|---|\n| x | y |\n", TAUGHT]
    first = [reader.read(document(text)) for text in texts]
    assert [reader.read(document(text)) for text in texts] == first
    assert [Reader().read(document(text)) for text in texts] == first


def test_a_reader_that_remembers_no_more_reads_on() -> None:
    """More heads of tables, headings, cells and statuses than it keeps."""
    reader = Reader()
    heads = "".join(f"| Action | Note {number} |\n|---|---|\n| a | b |\n\n" for number in range(1100))
    assert len(reader.read(document(ITEMS + heads)).action_items) == 1100
    rows = "".join(f"| a | owner {number} | done {number} |\n" for number in range(4200))
    found = reader.read(document(ITEMS + "| Action | Owner | Status |\n|---|---|---|\n" + rows))
    assert [item.owner for item in found.action_items] == [f"owner {number}" for number in range(4200)]
    assert {item.status for item in found.action_items} == {ItemStatus.DONE}
    headings = "".join(f"## Part {number}\n\n" for number in range(4200))
    assert reader.read(document(headings + "## Todo\n\n- a\n")).action_items[0].text == "a"


@pytest.mark.parametrize(
    ("text", "stem", "day", "is_told"),
    [
        ("---\ndate: 2026-02-11\n---\n# X\n", "x", date(2026, 2, 11), True),
        ("# X\n\n**Date:** 2026-02-11\n", "x", date(2026, 2, 11), True),
        ("# X (2026-02-11)\n", "x", date(2026, 2, 11), True),
        ("# 2026-02-11: X\n", "x", date(2026, 2, 11), True),
        ("# Incident 2026-02-11\n", "x", date(2026, 2, 11), True),
        ("# X after the migration of 2026-02-11\n", "x", date(2026, 2, 11), False),
        ("# X\n", "lost-since-2026-02-11", date(2026, 2, 11), False),
        ("# X\n\n**Time:** since 2026-02-11 clients see x\n", "x", date(2026, 2, 11), False),
        ("# X\n\nDates: 2026-02-11 values are rejected\n", "x", date(2026, 2, 11), False),
        ("# 2026-02-11 bug strikes again\n", "x", date(2026, 2, 11), False),
        ("# X\n", "2026-02-11-x", date(2026, 2, 11), True),
        ("# X\n\nAs on 2019-03-01, orders were lost.\n", "x", date(2019, 3, 1), False),
        ("# X\n\n**Date:** last week\n\n## Timeline\n\n- 2019-03-01 a flag\n", "x", date(2019, 3, 1), False),
        ("---\ndate: last week\n---\n# X\n\nAs on 2019-03-01.\n", "x", date(2019, 3, 1), False),
        ("# X\n", "x", None, False),
    ],
)
def test_a_date_that_the_text_only_speaks_of_is_a_guess(text: str, stem: str, day: date | None, is_told: bool) -> None:
    """It is shown, and `since` does not go by it."""
    postmortem = read(text, stem)
    assert (postmortem.date, postmortem.date_told) == (day, is_told)
    assert postmortem.is_before(date(2026, 6, 1)) is is_told
    assert not postmortem.is_before(None)
    assert not postmortem.is_before(day)


@pytest.mark.parametrize(
    "text",
    [
        "---\ndate: 2025-12-31T23:30:00-05:00\n---\n# X\n",
        "---\ndate: 2025-12-30 to 2026-01-02\n---\n# X\n",
        "---\ndate: 2025-12-30\nresolved: 2026-01-02\n---\n# X\n",
        "# X\n\n**Date:** December 30, 2025 - January 2, 2026\n",
        "# X\n\n**Start:** 2025-12-30\n**End:** 2026-01-02 10:00\n",
        "# X\n\n**Date:** 2025-12-31 22:00 PST\n",
        "# X (30 December 2025 – 1 January 2026)\n",
        "# X\n\n**Date:** 12/31/2025 11:30 PM EST\n",
        "# X\n\n**Date:** Wed Dec 31 2025 23:30:00 GMT-0500 (EST)\n",
        "# X\n\n**Date:** 2025-12-31 20:00 local time (Chicago)\n",
        "# X\n\n**Date:** 2025-12-31 22:00 – 01:30\n",
        "# X\n\n**Date:** 2025年12月30日\uff5e1月2日\n",
        "# X\n\n**Date:** 12/31/2025 - 01/02/2026\n",
    ],
)
def test_an_incident_is_as_late_as_its_last_day_in_utc(text: str) -> None:
    """So one that ended on the first day of `since` is not before it."""
    assert not read(text, "x").is_before(date(2026, 1, 1))
    assert read(text, "x").is_before(date(2026, 2, 1))
