"""What is special to incident.io: texts that have not changed, incidents of other kinds, cursors, totals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from pytest_postmortem.errors import SourceError
from pytest_postmortem.sources.snapshot import Record
from tests.sources.http.loopback import Asked, answer
from tests.sources.remote.example import body_of, fetched, serving
from tests.sources.remote.services.incidentio import EXAMPLE, document, follow_up, incident, issue

META = {"page_size": 250}


def service(
    documents: list[dict[str, Any]], incidents: list[dict[str, Any]], follow_ups: list[dict[str, Any]], **more: Any
) -> Callable[[Asked], bytes]:
    """One page of each; `more` are answers by their target."""
    told: dict[str, Any] = {
        "/v1/postmortem_documents": {"postmortem_documents": documents, "pagination_meta": META},
        "/v2/incidents": {"incidents": incidents, "pagination_meta": META},
        "/v2/follow_ups": {"follow_ups": follow_ups},
    }

    def reply(asked: Asked) -> bytes:
        path = urlsplit(asked.target).path
        if path.endswith("/content"):
            return answer({"markdown": f"Text of {path.split('/')[-2]}"})
        return answer(more[asked.target] if asked.target in more else told[path])

    return reply


def records(reply: Callable[[Asked], bytes]) -> tuple[list[Record], list[str]]:
    """What comes, and what is asked for."""
    with serving(reply) as server:
        found = fetched(EXAMPLE, server).snapshot.records
        return list(found), [one.target for one in server.asked]


def test_a_text_that_has_not_changed() -> None:
    """It is not asked for again, and one that has changed, or is asked for with --full, is."""
    with serving(EXAMPLE.answer) as server:
        first = fetched(EXAMPLE, server).snapshot
    one, *others = first.records
    old = replace(first, records=(replace(one, version="2026-02-13T09:00:00Z", body="Old"), *others))
    for whole, texts in ((False, ["DOC1"]), (True, ["DOC1", "DOC2"])):
        with serving(EXAMPLE.answer) as server:
            assert fetched(EXAMPLE, server, old, whole=whole).snapshot.records == first.records
            asked = [one.target for one in server.asked if one.target.endswith("/content")]
        assert asked == [f"/v1/postmortem_documents/{key}/content" for key in texts]


def test_a_document_without_a_version() -> None:
    """It may have changed."""
    reply = service([document("D1", "I1", "A", updated_at="")], [incident("I1", 1)], [])
    with serving(reply) as server:
        first = fetched(EXAMPLE, server).snapshot
        fetched(EXAMPLE, server, first)
        assert [one.target for one in server.asked].count("/v1/postmortem_documents/D1/content") == 2


def test_an_incident_that_no_list_holds() -> None:
    """A private one, for example, is asked for alone; where the token may not see it, nothing is kept."""
    alone = {"/v2/incidents/I2": {"incident": incident("I2", 2, visibility="private")}}
    reply = service([document("D1", "I1", "A"), document("D2", "I2", "B")], [incident("I1", 1)], [], **alone)
    found, asked = records(reply)
    assert [one.fields["id"] for one in found] == ["INC-1", "INC-2"]
    assert [one for one in asked if "incidents/" in one] == ["/v2/incidents/I2"]


def test_no_more_incidents_than_needed() -> None:
    """The list ends where all are found."""
    endless = {"incidents": [incident("I1", 1)], "pagination_meta": META | {"after": "I1"}}
    first = "/v2/incidents?page_size=250&sort_by=created_at_newest_first"
    found, asked = records(service([document("D1", "I1", "A")], [], [], **{first: endless}))
    assert len(found) == 1
    assert [one for one in asked if "incidents" in one] == [first]


def test_incidents_that_never_were() -> None:
    """Tests and tutorials are left out; follow-ups of a mode that is not in the common list are asked for."""
    documents = [document(f"D{number}", f"I{number}", "A") for number in range(4)]
    incidents = [
        incident(f"I{number}", number, mode=mode) for number, mode in enumerate(("test", "tutorial", "stream", ""))
    ]
    more = {"/v2/follow_ups?incident_mode=stream": {"follow_ups": [follow_up("F2", "I2", "Alert")]}}
    found, asked = records(service(documents, incidents, [], **more))
    assert [one.fields["id"] for one in found] == ["INC-2", "INC-3"]
    assert [one["id"] for one in found[0].fields["action_items"]] == ["F2"]
    assert [one for one in asked if "follow_ups" in one] == ["/v2/follow_ups", *more]


def test_two_documents_of_one_incident() -> None:
    """The first with a text of its own bears the number and the items; none is lost."""
    documents = [document("D1", "I1", "A", type="external"), document("D2", "I1", "B"), document("D3", "I1", "C")]
    found, _ = records(service(documents, [incident("I1", 1)], [follow_up("F1", "I1", "Alert")]))
    assert [(one.key, one.body, one.fields.get("id"), len(one.fields.get("action_items", ()))) for one in found] == [
        ("D1", "", "D1", 0),
        ("D2", "Text of D2", "INC-1", 1),
        ("D3", "Text of D3", "D3", 0),
    ]


def test_two_follow_ups_of_one_ticket() -> None:
    """Each goes by its own key: one id twice would be a fault that nobody can mend."""
    items = [follow_up(key, "I1", key, external_issue_reference=issue(name)) for key, name in (("F1", "OPS-1"), ("F2", "OPS-1"), ("F3", "OPS-3"))]  # fmt: skip
    found, _ = records(service([document("D1", "I1", "A")], [incident("I1", 1)], items))
    assert [one["id"] for one in found[0].fields["action_items"]] == ["F1", "F2", "OPS-3"]


def test_a_cursor_that_is_always_set() -> None:
    """As in the vendor's own example: after the last page an empty one ends it, the same one again is an error."""

    def reply(asked: Asked, empty: bool) -> bytes:
        value = body_of(EXAMPLE.answer(asked)) if "after=DOC3" not in asked.target else {"postmortem_documents": []}
        if "postmortem_documents" in value:
            again = "after=DOC1" in asked.target and not empty
            value["pagination_meta"] = {"after": "DOC1" if again or "after" not in asked.target else "DOC3"}
        return answer(value)

    with serving(lambda asked: reply(asked, True)) as server:
        assert len(fetched(EXAMPLE, server).snapshot.records) == 3
    with serving(lambda asked: reply(asked, False)) as server, pytest.raises(SourceError, match="already read"):
        fetched(EXAMPLE, server)


def test_fewer_than_the_service_tells() -> None:
    """Nothing is kept of what is not all."""

    def reply(asked: Asked) -> bytes:
        value = body_of(EXAMPLE.answer(asked))
        if "postmortem_documents" in value:
            value["pagination_meta"]["total_record_count"] = 4
        return answer(value)

    with serving(reply) as server, pytest.raises(SourceError, match="3 came of 4 that there are"):
        fetched(EXAMPLE, server)
