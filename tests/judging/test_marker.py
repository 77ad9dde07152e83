"""The grammar of a marker by itself: what pytest's marks and those in a source are read by."""

from __future__ import annotations

from enum import Enum

import pytest

from pytest_postmortem.judging.marker import Request, requested, resolved
from pytest_postmortem.model.link import Link
from pytest_postmortem.model.names import Names

KNOWN = Names(
    ids={"PM-1": "PM-1", "INC-7": "PM-1", "PM-2": "PM-2"},
    items={"PM-1": ["AI-1", "AI-2"], "PM-2": []},
    faulty={"PM-2": "docs/PM-2.md:1: broken"},
    shared={"disk-full": ["PM-3", "PM-4"]},
    places=["docs/postmortems"],
)


@pytest.mark.parametrize(
    ("names", "items", "links", "told"),
    [
        (["PM-1"], [], [Link("PM-1")], []),
        (["INC-7"], ["AI-2"], [Link("PM-1", "AI-2")], []),
        (["PM-1"], ["AI-9"], [], ['PM-1 has no action item "AI-9"; did you mean AI-2 or AI-1?']),
        (["PM-2"], [], [], ["the document of PM-2 cannot be used:\ndocs/PM-2.md:1: broken"]),
        (
            ["disk-full"],
            [],
            [],
            [
                '"disk-full" stands for 2 post-mortems; use one of PM-3, PM-4, or give one of them an `id` in its front matter'
            ],
        ),
        (
            ["PM-1", "AI-1"],
            [],
            [Link("PM-1")],
            ['"AI-1" names an action item; write "PM-1", action_item="AI-1"'],
        ),
        (["INC-7/AI-2"], [], [], ['"INC-7/AI-2" names an action item; write "INC-7", action_item="AI-2"']),
        (["PM-10"], [], [], ['no post-mortem is named "PM-10"; did you mean PM-1 or PM-2?']),
        (["zzz"], [], [], ['no post-mortem is named "zzz"; they are read from docs/postmortems']),
    ],
)
def test_names_are_resolved(names: list[str], items: list[str], links: list[Link], told: list[str]) -> None:
    """To links, or to what is wrong with them and what to write."""
    assert resolved(Request(names, items), KNOWN) == (links, told)


@pytest.mark.parametrize(
    ("args", "kwargs", "error"),
    [
        (("PM-1",), {}, None),
        (("PM-1",), {"action_item": ["AI-1", "AI-2"]}, None),
        ((), {}, "names no post-mortem"),
        ((1,), {}, "takes strings, not 1"),
        (("PM-1",), {"item": "AI-1"}, "unknown keyword 'item'"),
        (("PM-1",), {"action_item": []}, "action_item is an empty list"),
        (("PM-1",), {"action_item": 3}, "action_item takes a string or a list of strings, not 3"),
        (("PM-1", "PM-2"), {"action_item": "AI-1"}, "needs exactly one post-mortem"),
    ],
)
def test_the_grammar(args: tuple[object, ...], kwargs: dict[str, object], error: str | None) -> None:
    """Of arguments, whoever they come from."""
    said = requested(args, kwargs, "incident").error
    assert said is None if error is None else error in (said or "")


def test_where_no_folder_is_the_key_is_named_that_names_one() -> None:
    """Nothing else helps."""
    said = 'no post-mortem is named "PM-1"; there is no folder of post-mortems: name it in `sources` of [tool.pytest-postmortem]'
    assert resolved(Request(["PM-1"], []), Names()) == ([], [said])


class Colour(Enum):
    RED = 1


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (5, "5"),
        (["PM-1"], "['PM-1']"),
        (None, "None"),
        (b"PM-1", "b'PM-1'"),
        (Colour.RED, "Colour.RED"),
        ({"PM-1", "PM-2"}, "a value of type set"),
        ([{"PM-1"}], "a value of type list"),
        (object(), "a value of type object"),
        pytest.param(10**5000, "a value of type int", id="long"),
    ],
)
def test_a_wrong_value_is_shown_as_every_process_shows_it(value: object, shown: str) -> None:
    """Workers that tell the same in different words would have it told once for each of them."""
    assert f"takes strings, not {shown}; write" in (requested([value], {}, "incident").error or "")
