"""What is special to GitLab."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_postmortem.errors import SourceError
from tests.sources.http.loopback import Asked, answer
from tests.sources.remote.example import fetched, serving
from tests.sources.remote.services.gitlab import EXAMPLE, PROJECT, reply


def test_few_requests() -> None:
    """Only for a label that there is, its issues are asked for: two pages each of three lists."""
    with serving(reply) as server:
        fetched(EXAMPLE, server)
    assert [asked.target.partition("?")[0] for asked in server.asked] == [
        *[f"{PROJECT}/issues"] * 2,
        *[f"{PROJECT}/labels"] * 2,
        *[f"{PROJECT}/issues"] * 2,
    ]


def test_a_total_that_did_not_come() -> None:
    """Fewer issues than GitLab says that there are: nothing is kept."""

    def fewer(asked: Asked) -> bytes:
        return reply(asked).replace(b"x-total: 2", b"x-total: 3")

    with serving(fewer) as server, pytest.raises(SourceError, match="2 came of 3 that there are"):
        fetched(EXAMPLE, server)


@pytest.mark.parametrize("told", ["", "many", "9" * 5000])
def test_a_total_that_is_no_number(told: str) -> None:
    """GitLab tells none where there are many: it is not compared."""
    with serving(lambda asked: reply(asked).replace(b"x-total: 2", b"x-total: " + told.encode())) as server:
        assert len(fetched(EXAMPLE, server).snapshot.records) == 2


def test_the_address_of_the_api_itself() -> None:
    """With or without /api/v4 it is the same place."""
    with serving(reply) as server:
        table = {**EXAMPLE.table, "url": f"{server.origin}/api/v4"}
        assert len(fetched(replace(EXAMPLE, table=table), server).snapshot.records) == 2


def test_labels_of_another_beginning() -> None:
    """`item-label` says what labels of action items begin with."""

    def labelled(asked: Asked) -> bytes:
        if "labels=pm-12" in asked.target:
            return answer([{"iid": 31, "title": "Limit"}])
        return answer([{"name": "pm-12"}]) if "/labels" in asked.target else answer([{"iid": 12, "title": "Queue"}])

    with serving(labelled) as server:
        (record,) = fetched(replace(EXAMPLE, table={**EXAMPLE.table, "item-label": "pm-"}), server).snapshot.records
    assert record.fields["action_items"] == [{"id": "#31", "action": "Limit"}]
