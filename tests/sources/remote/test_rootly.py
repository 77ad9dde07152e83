"""What is special to Rootly: which items are an incident's own, links to pages, kinds of texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from pytest_postmortem.errors import SourceError
from pytest_postmortem.sources.snapshot import Record
from tests.sources.http.loopback import Asked, answer
from tests.sources.remote.example import fetched, serving
from tests.sources.remote.services.rootly import EXAMPLE, incident, item, resource, retrospective, within

RETROSPECTIVES = "/v1/post_mortems"
INCIDENTS = "/v1/incidents"


def service(told: dict[str, Any]) -> Callable[[Asked], bytes]:
    """Answers by their path; a list is one page."""

    def reply(asked: Asked) -> bytes:
        value = told.get(urlsplit(asked.target).path)
        if value is None:
            return answer({"errors": [{"title": "Not found"}]}, "404 Not Found")
        return answer({"data": value} if isinstance(value, list) else value)

    return reply


def records(told: dict[str, Any]) -> tuple[list[Record], list[str]]:
    """What comes, and the paths that are asked for."""
    with serving(service(told)) as server:
        found = fetched(EXAMPLE, server).snapshot.records
        return list(found), [urlsplit(one.target).path for one in server.asked]


def only_items(**more: Any) -> list[dict[str, Any]]:
    """The action items of one retrospective."""
    (found,), _ = records({RETROSPECTIVES: [retrospective("P1", "I1", "A")], **more})
    items: list[dict[str, Any]] = found.fields.get("action_items", [])
    return items


def test_items_that_did_not_all_come() -> None:
    """They are asked for by the incident, and never guessed."""
    page = {"data": [incident("I1", 1, ["A1", "A2"])], "included": [item("A1", "Alert"), resource("users", "A2")]}
    own = {"/v1/incidents/I1/action_items": [item("A1", "Alert"), item("A2", "Limit")]}
    assert [one["id"] for one in only_items(**{INCIDENTS: page}, **own)] == ["A1", "A2"]
    with pytest.raises(SourceError, match=r"I1/action_items: not found"):
        only_items(**{INCIDENTS: page})


def test_an_incident_that_no_list_holds() -> None:
    """It is asked for alone, and its items by it."""
    told = {
        RETROSPECTIVES: [retrospective("P1", "I1", "A")],
        INCIDENTS: [incident("I2", 2, ["A2"])],
        "/v1/incidents/I1": {"data": incident("I1", 1, ["A1"])},
        "/v1/incidents/I1/action_items": [item("A1", "Alert")],
    }
    (found,), asked = records(told)
    assert (found.fields["id"], found.fields["action_items"][0]["id"]) == ("INC-1", "A1")
    assert asked == list(told)


def test_a_retrospective_that_names_no_incident() -> None:
    """Its items could not be found: nothing is kept."""
    with pytest.raises(SourceError, match=r"`data\[0\].attributes.incident_id` is nothing and not a text"):
        records({RETROSPECTIVES: [resource("incident_post_mortems", "P1", title="A")]})


def test_incidents_that_never_were() -> None:
    """Tests and examples are left out, as are tasks among the items."""
    kinds = ("test", "example_sub", "backfilled", "brand_new")
    told = {
        RETROSPECTIVES: [retrospective(f"P{number}", f"I{number}", "A") for number in range(4)],
        INCIDENTS: [incident(f"I{number}", number, [], kind=kind) for number, kind in enumerate(kinds)],
    }
    assert [one.fields["id"] for one in records(told)[0]] == ["INC-2", "INC-3"]
    page = {
        "data": [incident("I1", 1, ["A1", "A2", "A3"])],
        "included": [item("A1", "A", kind="task"), item("A2", "A", kind=None), item("A3", "A", kind="brand_new")],
    }
    assert [one["id"] for one in only_items(**{INCIDENTS: page})] == ["A2", "A3"]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"assigned_to": within("users", "jo"), "assigned_to_user_id": 7}, {"owner": "jo"}),
        ({"assigned_to": {"name": "jo"}}, {"owner": "jo"}),
        ({"due_date": "Mar 1, 2026"}, {"due": "Mar 1, 2026"}),
        ({"due_date": "2026-03-01T00:00:00.000-08:00"}, {"due": "2026-03-01"}),
        ({"jira_issue_key": "OPS-1", "status": "brand_new"}, {"id": "OPS-1", "status": "brand_new"}),
    ],
)
def test_an_item(more: dict[str, Any], told: dict[str, Any]) -> None:
    """Owners as objects, days in no known form, ids of tickets, states that nobody knows."""
    page = {"data": [incident("I1", 1, ["A1"])], "included": [item("A1", "Alert", **more)]}
    assert only_items(**{INCIDENTS: page}) == [{"id": "A1", "action": "Alert", "status": "open"} | told]


def test_two_retrospectives_of_one_incident() -> None:
    """The first bears the number and the items."""
    page = {"data": [incident("I1", 1, ["A1"])], "included": [item("A1", "Alert")]}
    found, _ = records({RETROSPECTIVES: [retrospective(key, "I1", "A") for key in ("P2", "P1")], INCIDENTS: page})
    assert [(one.fields.get("id"), len(one.fields.get("action_items", ()))) for one in found] == [
        ("INC-1", 1),
        ("P2", 0),
    ]


def test_a_text_that_is_no_html() -> None:
    """It stays as it is."""
    text = "## Root cause\n\nNo <limit>.\n\n- [ ] AI-1: Bound it"
    told = {RETROSPECTIVES: [retrospective("P1", "I1", "A", content=text)], INCIDENTS: [incident("I1", 1, [])]}
    assert records(told)[0][0].body == text


def test_a_next_page_elsewhere() -> None:
    """Nothing is sent there."""
    page = {"data": [retrospective("P1", "I1", "A")], "links": {"next": "https://elsewhere.example/2"}}
    with pytest.raises(SourceError, match="the next page is not on"):
        records({RETROSPECTIVES: page})


def test_fewer_than_the_service_tells() -> None:
    """Nothing is kept of what is not all."""
    page = {"data": [retrospective("P1", "I1", "A")], "meta": {"total_count": 2}}
    with pytest.raises(SourceError, match="1 came of 2 that there are"):
        records({RETROSPECTIVES: page})
