"""What is special to GitHub: a search in place of labels, which has limits of its own, and the type of an issue."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from pytest_postmortem.errors import SourceError
from tests.sources.http.loopback import Asked, answer
from tests.sources.remote.example import Example, fetched, serving
from tests.sources.remote.services.github import EXAMPLE, PAGES, issue, reply

SEARCHED = replace(EXAMPLE, table={"repository": "acme/shop", "query": "label:postmortem created:>2026-01-01"})
PAGE_1 = [one for one in PAGES["/repos/acme/shop/issues"][0] if "pull_request" not in one]
PAGE_2 = PAGES["/repos/acme/shop/issues"][1]


def query_of(asked: Asked) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(asked.target).query).items()}


def found(asked: Asked, **more: Any) -> bytes:
    """A search in two pages; sub-issues as ever."""
    if not asked.target.startswith("/search/issues"):
        return reply(asked)
    second = "page=2" in asked.target.partition("?")[2].split("&")
    said = {"total_count": 2, "incomplete_results": False, "items": PAGE_2 if second else PAGE_1, **more}
    return answer(said) if second else answer(said, link='</search/issues?page=2>; rel="next"')


def test_a_search_finds_what_the_labels_do() -> None:
    """Within the repository, issues alone, in the order in which they were made, page by page."""
    with serving(found) as server:
        records = fetched(SEARCHED, server).snapshot.records
        asked = [one for one in server.asked if one.target.startswith("/search/")]
    assert sorted(records, key=lambda one: one.key) == sorted(EXAMPLE.records, key=lambda one: one.key)
    assert query_of(asked[0]) == {
        "q": "repo:acme/shop is:issue label:postmortem created:>2026-01-01",
        "sort": "created",
        "order": "asc",
        "per_page": "100",
    }
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"incomplete_results": True}, "the search was not finished; try again later"),
        (
            {"total_count": 1001},
            "the search finds 1001, and GitHub gives no more than 1000; narrow `query`, or use `label`",
        ),
        ({"total_count": 3}, "/search/issues: 2 came of 3 that there are; fetch again"),
        ({"total_count": 1}, "/search/issues: 2 came of 1 that there are; fetch again"),
    ],
)
def test_a_search_that_is_not_whole(more: dict[str, Any], told: str) -> None:
    """It leaves out what nobody would miss: nothing is kept."""
    with serving(lambda asked: found(asked, **more)) as server, pytest.raises(SourceError) as raised:
        fetched(SEARCHED, server)
    assert str(raised.value).endswith(told)


@pytest.mark.parametrize("more", [{"total_count": "2"}, {"incomplete_results": "no"}, {"items": {}}])
def test_a_search_of_another_kind(more: dict[str, Any]) -> None:
    """Fields of another type than described."""
    with serving(lambda asked: found(asked, **more)) as server, pytest.raises(SourceError, match="search/issues"):
        fetched(SEARCHED, server)


def test_the_type_of_an_issue_and_several_labels() -> None:
    """Are asked for as GitHub names them."""
    table = {"repository": "acme/shop", "label": ["postmortem", "sev:1"], "issue-type": "Incident"}
    with serving(lambda asked: answer([issue(1, "Queue")])) as server:
        (record,) = fetched(Example("github", table, reply, ()), server).snapshot.records
        query = query_of(server.asked[0])
    assert record.key == "1"
    assert (query["labels"], query["type"], query["state"]) == ("postmortem,sev:1", "Incident", "all")
