"""What is special to FireHydrant: lists in several forms, pages that move, reports of one incident."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from pytest_postmortem.errors import SourceError
from pytest_postmortem.sources.snapshot import Record
from tests.sources.http.loopback import Asked, answer
from tests.sources.remote.example import fetched, serving
from tests.sources.remote.services.firehydrant import EXAMPLE, report, ticket

REPORTS = "/v1/post_mortems/reports"
T1, T2, T3 = (ticket(f"T{number}", "I1", "Alert") for number in (1, 2, 3))


def service(reports: list[dict[str, Any]], tickets: Callable[[int], Any]) -> Callable[[Asked], bytes]:
    """One page of reports; `tickets` gives the answer for each page."""

    def reply(asked: Asked) -> bytes:
        parts = urlsplit(asked.target)
        if parts.path == REPORTS:
            return answer({"data": reports, "pagination": {"count": len(reports), "next": None}})
        return answer(tickets(int(parse_qs(parts.query)["page"][0])))

    return reply


def records(reply: Callable[[Asked], bytes]) -> list[Record]:
    with serving(reply) as server:
        return list(fetched(EXAMPLE, server).snapshot.records)


def items(tickets: Callable[[int], Any]) -> list[str]:
    (found,) = records(service([report("R1", "I1", 1, "A")], tickets))
    return [one["id"] for one in found.fields.get("action_items", ())]


def test_tickets_as_a_bare_list() -> None:
    """Page after page until one brings nothing new: an empty one, or all once more where pages mean nothing."""
    assert items(lambda page: [[T1, T2], [T3], []][page - 1]) == ["T1", "T2", "T3"]
    assert items(lambda page: [T1, T2, T3]) == ["T1", "T2", "T3"]


@pytest.mark.parametrize("value", [T1, {"data": None}, {"data": T1}])
def test_tickets_in_no_form_of_a_list(value: Any) -> None:
    """Never taken for none."""
    with pytest.raises(SourceError, match=r"/v1/ticketing/tickets: `data` is .* and not a list"):
        items(lambda page: value)


def test_pages_that_move() -> None:
    """A ticket that comes twice pushed another one off its page."""
    for pages in ([[T1, T2], [T2, T3]], [[T1, T2], [T1, T2]]):
        told = [{"data": data, "pagination": {"count": 4, "next": 2}} for data in pages]
        with pytest.raises(SourceError, match="a page holds what an earlier one held"):
            items(lambda page, told=told: told[page - 1])  # type: ignore[misc]


def test_fewer_than_the_service_tells() -> None:
    """Nothing is kept of what is not all."""
    with pytest.raises(SourceError, match="1 came of 2 that there are"):
        items(lambda page: {"data": [T1], "pagination": {"count": 2, "next": None}})


def test_what_is_a_follow_up() -> None:
    """Neither tasks nor tickets of incidents; a type that nobody knows is one."""
    kinds = ("follow_up", "task", "incident", "brand_new")
    assert items(lambda page: [ticket(f"T-{kind}", "I1", "A", type=kind) for kind in kinds]) == [
        "T-follow_up",
        "T-brand_new",
    ]


def test_two_reports_of_one_incident() -> None:
    """The older one bears the number and the items, whichever comes first."""
    reports = [report("R1", "I1", 1, "A"), report("R2", "I1", 1, "B", created_at="2026-02-12T09:00:00.000Z")]
    found = records(service(reports, lambda page: [T1]))
    assert [(one.fields.get("id"), len(one.fields.get("action_items", ()))) for one in found] == [
        ("R1", 0),
        ("INC-1", 1),
    ]


def test_a_report_without_an_incident() -> None:
    """It goes by its own key, and tickets without an incident are not taken for its own."""
    (found,) = records(service([{"id": "R1", "name": "A"}], lambda page: [ticket("T1", "", "Alert")]))
    assert (found.key, found.fields) == ("R1", {"title": "A"})
