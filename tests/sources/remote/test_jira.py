"""What is special to Jira: two of them, fields by name, links, and the last change."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from pytest_postmortem.errors import SourceError
from pytest_postmortem.sources.remote import jira
from pytest_postmortem.sources.remote.jira_fields import parse_status, parse_texts
from pytest_postmortem.sources.remote.json_value import JsonValue
from tests.sources.http.loopback import CANARY, Asked, answer
from tests.sources.remote.example import SITE, Example, fetched, serving
from tests.sources.remote.services.jira import EXAMPLE, TEST, document, issue, paragraph, quiet, reply, status


def query_of(asked: Asked) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(asked.target).query).items()}


CENTRE = [
    issue("PM-1", "Queue", description="h2. Root cause\nNo limit.", customfield_1="*No* limit."),
    issue("PM-2", "Search"),
    issue("PM-3", "Mail"),
]


def centre(asked: Asked) -> bytes:
    """A Jira in a data centre that gives no more than two issues a page."""
    query = query_of(asked)
    if asked.target.startswith("/jira/rest/api/2/field"):
        return answer([{"id": "customfield_1", "name": "Root Cause"}, {"id": "customfield_2", "name": "Team"}])
    assert asked.target.startswith("/jira/rest/api/2/search?")
    if "parent" in query["jql"]:
        return answer({"issues": [], "total": 0, "startAt": 0, "maxResults": 2})
    start = int(query["startAt"])
    return answer({"issues": CENTRE[start : start + 2], "total": 3, "startAt": start, "maxResults": 2})


def in_centre(origin: str, **more: str) -> Example:
    return Example("jira", {"jql": "type = PIR", "url": f"{origin}/jira", **more}, centre, ())


def test_a_data_centre() -> None:
    """A bearer, pages by number to the total, wiki text, fields by name and links below the path of `url`."""
    with serving(centre) as server:
        records = fetched(in_centre(server.origin, **{"root-cause-field": "root cause"}), server).snapshot.records
        assert {asked.headers["authorization"] for asked in server.asked} == {f"Bearer {CANARY}"}
    assert [record.key for record in records] == ["PM-1", "PM-2", "PM-3"]
    assert records[0].body == "## Root cause\nNo limit."
    assert records[0].fields["root_cause"] == "**No** limit."
    assert records[0].url == f"{SITE}/jira/browse/PM-1"


def test_a_data_centre_that_gives_fewer_than_it_says() -> None:
    """An empty page before the total is reached: nothing is kept."""

    def fewer(asked: Asked) -> bytes:
        return centre(asked).replace(b'"total": 3', b'"total": 4') if "startAt=2" not in asked.target else centre(asked)

    def cut(asked: Asked) -> bytes:
        return answer({"issues": [], "total": 4}) if "startAt=2" in asked.target else fewer(asked)

    with serving(cut) as server, pytest.raises(SourceError, match="2 came of 4 that there are"):
        fetched(in_centre(server.origin), server)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Rot cause", "there is no field 'Rot cause' .*did you mean 'Root Cause'"),
        ("zzz", "there is no field 'zzz' .*write its name as an issue shows it"),
    ],
)
def test_a_field_that_there_is_not(name: str, told: str) -> None:
    """The nearest names, before anything else is asked for."""
    with serving(centre) as server, pytest.raises(SourceError) as raised:
        fetched(in_centre(server.origin, **{"root-cause-field": name}), server)
    assert told.split(" .*")[0] in str(raised.value)
    assert told.split(" .*")[1] in str(raised.value)
    assert len(server.asked) == 1


def test_a_name_that_two_fields_have() -> None:
    """Their ids are told, and none is guessed."""

    def doubled(asked: Asked) -> bytes:
        return answer([{"id": "customfield_1", "name": "Cause"}, {"id": "customfield_2", "name": "cause"}])

    with serving(doubled) as server, pytest.raises(SourceError, match="write one of customfield_1, customfield_2"):
        fetched(in_centre(server.origin, **{"root-cause-field": "Cause"}), server)


@pytest.mark.parametrize("issues", [[issue("PM-1", "Queue")], []])
def test_pages_without_a_way_to_the_next(issues: list[Any]) -> None:
    """`isLast` is false, and there is no token, or one empty page after the other: what came is not all."""

    def cut(asked: Asked) -> bytes:
        token = {} if issues else {"nextPageToken": f"{len(asked.target)}"}
        return answer({"issues": issues, "isLast": False, **token})

    with serving(cut) as server, pytest.raises(SourceError, match="more pages, and no way to them"):
        fetched(EXAMPLE, server)


def test_the_gateway_for_tokens_with_scopes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks at issues there: Jira is asked for its site."""
    monkeypatch.setattr(jira, "_GATEWAY", "127.0.0.1")

    def gateway(asked: Asked) -> bytes:
        return answer({"baseUrl": "https://acme.atlassian.net/"}) if "/serverInfo" in asked.target else reply(asked)

    with serving(gateway) as server:
        records = fetched(EXAMPLE, server).snapshot.records
    assert records[0].url == "https://acme.atlassian.net/browse/PM-9"


def test_links_of_one_type() -> None:
    """With `link-type`, other links name no action item; types go by either of their names."""
    linked = [
        {"type": {"name": "Blocks", "inward": "is blocked by"}, "inwardIssue": {"key": "OPS-7"}},
        {"type": {"name": "Relates", "inward": "relates to"}, "outwardIssue": {"key": "OLD-1"}},
    ]

    def one(asked: Asked) -> bytes:
        jql = query_of(asked)["jql"]
        issues = [issue("PM-1", "Queue", issuelinks=linked)] if jql.startswith("type") else []
        return answer({"issues": [issue("OPS-7", "Alert")] if "OPS" in jql else issues, "isLast": True})

    with serving(one) as server:
        table = {**EXAMPLE.table, "link-type": "Is Blocked By"}
        (record,) = fetched(replace(EXAMPLE, table=table), server).snapshot.records
    assert [item["id"] for item in record.fields["action_items"]] == ["OPS-7"]


def test_an_order_of_ones_own_is_kept() -> None:
    """A query that is ordered is not ordered again."""
    with serving(lambda asked: answer({"issues": [], "isLast": True})) as server:
        table = {**EXAMPLE.table, "jql": "type = PIR order by created"}
        fetched(replace(EXAMPLE, table=table), server, allow_empty=True)
    assert [query_of(asked)["jql"] for asked in server.asked] == ["type = PIR order by created"]


def test_the_user_is_needed() -> None:
    """The variable of `user-env` is not set: nothing is sent."""
    with serving(reply) as server, pytest.raises(SourceError, match="TRACKER_USER: the variable is not set"):
        fetched(replace(EXAMPLE, environ={"TRACKER_USER": " "}), server)
    assert server.asked == []


@pytest.mark.parametrize("updated", [None, "", "yesterday", "2027-01-15T07:55:00.000+0000", "2027-01-15T07:00:00"])
def test_a_last_change_that_does_not_tell(updated: str | None) -> None:
    """No issue is to be seen, a moment that cannot be read or has no zone, or one too near: everything is asked for."""
    with serving(reply) as server:
        first = fetched(EXAMPLE, server).snapshot

    def last(asked: Asked) -> bytes:
        issues = [] if updated is None else [issue("PM-1", "", updated=updated)]
        return reply(asked) if "updated+DESC" not in asked.target else answer({"issues": issues, "isLast": True})

    with serving(last) as server:
        assert fetched(EXAMPLE, server, first).asked
    with serving(quiet) as server:
        assert not fetched(EXAMPLE, server, first).asked


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        (None, []),
        ("text", ["text"]),
        (4.5, ["4.5"]),
        (True, ["yes"]),
        ({"value": "SEV1"}, ["SEV1"]),
        ({"name": "High"}, ["High"]),
        ({"displayName": "Jo", "accountId": "5b"}, ["Jo"]),
        ([{"value": "a"}, "b", {"name": "c"}], ["a", "b", "c"]),
        (document(paragraph("One")), ["One"]),
    ],
)
def test_values_of_fields(value: Any, texts: list[str]) -> None:
    """Texts, numbers, options, users, documents, and lists of them."""
    assert parse_texts(JsonValue(value, "https://acme.test")) == texts


def test_a_value_that_cannot_be_read() -> None:
    """An object without a name is an error: what it says may matter."""
    with pytest.raises(SourceError, match="`name` is nothing and not a text"):
        parse_texts(JsonValue({"id": 7}, "https://acme.test"))


@pytest.mark.parametrize(
    ("name", "category", "resolution", "told"),
    [
        ("To Do", "new", None, "open"),
        ("Doing", "indeterminate", None, "open"),
        ("Closed", "done", "Fixed", "done"),
        ("Closed", "done", "Won\N{RIGHT SINGLE QUOTATION MARK}t Do", "dropped"),
        ("Cancelled", "done", None, "dropped"),
        ("Reopened", "new", "Duplicate", "open"),
        ("Parked", "undefined", None, "Parked"),
    ],
)
def test_statuses(name: str, category: str, resolution: str | None, told: str) -> None:
    """The category counts; what is over and was not done is dropped; what nobody knows is told as it is."""
    fields = {"status": status(name, category), "resolution": resolution and {"name": resolution}}
    assert parse_status(JsonValue(json.loads(json.dumps(fields)), "https://acme.test")) == told


def test_the_field_for_tests_is_asked_for() -> None:
    """Of action items, and not of post-mortems."""
    with serving(reply) as server:
        fetched(EXAMPLE, server)
    asked = {query["jql"].split()[0]: query["fields"] for query in map(query_of, server.asked) if "jql" in query}
    assert (TEST in asked["parent"], TEST in asked["key"], TEST in asked["type"]) == (True, True, False)
