"""The issues and pull requests that an action item names."""

from __future__ import annotations

import pytest

from tests.reading.texts import items, only

ISSUE = "https://git.example.org/shop/queue/issues/12"


@pytest.mark.parametrize(
    ("text", "tickets"),
    [
        (f"Bound the queue {ISSUE}", [ISSUE]),
        (f"Bound the queue <{ISSUE}>.", [ISSUE]),
        (f"Bound the queue ({ISSUE}).", [ISSUE]),
        (f"[Issue]({ISSUE}) bound the queue", [ISSUE]),
        (f"Bound the queue ([link to issue]({ISSUE}))", [ISSUE]),
        (f"Bound the queue [#12]({ISSUE})", [ISSUE]),
        (f"Bound the queue [`shop/queue#12`]({ISSUE})", [ISSUE]),
        (f"[Bound the queue]({ISSUE})", [ISSUE]),
        (ISSUE, [ISSUE]),
        ("#2127", ["#2127"]),
        ("Bound the queue (#12, shop/queue#13)", ["#12", "shop/queue#13"]),
        ("Bound the queue !14", ["!14"]),
        ("Bound the queue shop/queue!14", ["shop/queue!14"]),
        ("Bound the queue (OPS-259)", ["OPS-259"]),
        ("Bound the queue [OPS-259]", ["OPS-259"]),
        ("Bound the queue, as in OPS-259", []),
        ("Bound the queue (ADR-12)", []),
        ("Bound the queue (SEV-1)", []),
        ("Bound the queue (PM-12)", []),
        ("Bound the queue (RFC-2119, P-1)", []),
        ("Bound the queue as item #2 says", []),
        ("Bound the queue, AI #11 of the last one", []),
        ("Bound the queue of step #3", []),
        ("Use C# and F#", []),
        ("Bound the queue #12a", []),
        ("[guide](http://example.org/guide) for the queue", []),
        ("[PR](http://example.org/r/17) for the queue", ["http://example.org/r/17"]),
        ("[PR](http://example.org/x/commit/4f2c1ab) for the queue", []),
        ("[#12](../other.md) for the queue", ["#12"]),
        ("[see](../other.md) for the queue", []),
        ("[#12](#12) twice #12", ["#12"]),
        (f"{ISSUE} and {ISSUE}", [ISSUE]),
        (f"#3 then {ISSUE}", ["#3", ISSUE]),
        ("https://git.example.org/shop/queue/pull/7/files", ["https://git.example.org/shop/queue/pull/7/files"]),
        ("https://git.example.org/shop/-/merge_requests/7", ["https://git.example.org/shop/-/merge_requests/7"]),
        ("https://tracker.example.org/browse/OPS-259", ["https://tracker.example.org/browse/OPS-259"]),
        ("https://bugs.example.org/123", ["https://bugs.example.org/123"]),
        ("https://bugs.example.org/show_bug.cgi?id=5", ["https://bugs.example.org/show_bug.cgi?id=5"]),
        ("https://example.org/runbook#3", []),
        ("ftp://example.org/issues/12", []),
        ("Bound the queue, no issue yet", []),
        ("Bound the queue", []),
    ],
)
def test_the_tickets_of_a_list_item(text: str, tickets: list[str]) -> None:
    """Links, references and bare addresses of trackers, first one first, each once; never a commit or a standard."""
    item = only(f"- {text}\n")
    assert list(item.tickets) == tickets
    assert item.ticket == (tickets[0] if tickets else None)


def test_a_reference_is_resolved() -> None:
    """Wherever its definition stands."""
    assert only(f"- [#12][]: Bound it\n\n## More\n\n[#12]: {ISSUE}\n").tickets == (ISSUE,)


def test_details_name_tickets_too() -> None:
    """The bullets and paragraphs that belong to the item, not those of items nested in it."""
    assert only("- Bound the queue\n  - #12\n\n  See #13.\n").tickets == ("#12", "#13")
    found = items("- [ ] Bound the queue #12\n  - [ ] Write it #13\n")
    assert [item.tickets for item in found] == [("#12",), ("#13",)]


@pytest.mark.parametrize(
    ("cell", "tickets"),
    [
        ("OPS-259", ["OPS-259"]),
        ("OPS-259, OPS-260", ["OPS-259", "OPS-260"]),
        ("[card](http://example.org/c/17)", ["http://example.org/c/17"]),
        ("[4f2c1ab](http://example.org/x/commit/4f2c1ab)", []),
        ("#12 / #13", ["#12", "#13"]),
        ("ADR-12", []),
        ("TBD", []),
        ("—", []),
        ("", []),
    ],
)
def test_a_ticket_column_takes_bare_keys_and_any_link(cell: str, tickets: list[str]) -> None:
    """But no commit; what the other cells of the row name is added behind."""
    table = f"| Action | Ticket |\n|---|---|\n| Bound the queue | {cell} |\n"
    assert list(only(table).tickets) == tickets
    assert list(only(table.replace("queue", "queue #9")).tickets) == [*tickets, "#9"]


def test_a_number_of_a_row_is_no_ticket() -> None:
    """ "as #1" means the first row of the table."""
    found = items("| # | Action |\n|---|---|\n| 1 | Bound the queue #7 |\n| #2 | As #1 and #2, see #8 |\n")
    assert [item.tickets for item in found] == [("#7",), ("#8",)]
