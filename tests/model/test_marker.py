"""The grammar of a marker by itself: what pytest's marks and those in a source are read by."""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import Any

import pytest

from pytest_postmortem.model.link import Link
from pytest_postmortem.model.marker import MarkerRequest, parse_request, resolve_request
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
    assert resolve_request(MarkerRequest(names, items), KNOWN) == (links, told)


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
    said = parse_request(args, kwargs, "incident").error
    assert said is None if error is None else error in (said or "")


def test_where_no_folder_is_the_key_is_named_that_names_one() -> None:
    """Nothing else helps."""
    said = 'no post-mortem is named "PM-1"; there is no folder of post-mortems: name it in `sources` of [tool.pytest-postmortem]'
    assert resolve_request(MarkerRequest(["PM-1"], []), Names()) == ([], [said])


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
    assert f"takes strings, not {shown}; write" in (parse_request([value], {}, "incident").error or "")


@pytest.mark.parametrize(
    ("args", "kwargs", "names", "items"),
    [
        (("PM-1", "PM-2"), {}, ("PM-1", "PM-2"), ()),
        (("PM-1",), {"action_item": "AI-1"}, ("PM-1",), ("AI-1",)),
        (("PM-1",), {"action_item": ("AI-1", "AI-2")}, ("PM-1",), ("AI-1", "AI-2")),
        (("PM-1",), {"action_item": None}, ("PM-1",), ()),
        (("PM-1", "PM-2"), {"action_item": None}, ("PM-1", "PM-2"), ()),
    ],
)
def test_what_a_mark_asks_for(args: tuple[str, ...], kwargs: dict[str, Any], names: Any, items: Any) -> None:
    """Of one post-mortem with items, or of several."""
    request = parse_request(args, kwargs, "incident")
    assert (request.names, request.items, request.error) == (names, items, None)


def test_a_member_of_an_enum_of_texts_is_its_text() -> None:
    """And a text of another class is a plain one; a lone surrogate is escaped."""

    class Incident(StrEnum):
        QUEUE = "PM-1"

    class Text(str):
        def __str__(self) -> str:
            return "other"

    request = parse_request([Incident.QUEUE, Text("PM-2"), "PM-\udcff"], {}, "incident")
    assert request.names == ("PM-1", "PM-2", "PM-\\udcff")
    assert all(type(name) is str for name in request.names)


def test_the_first_error_of_a_mark_is_told() -> None:
    """Each with what to write."""
    usage = 'write @pytest.mark.guards("PM-123") or @pytest.mark.guards("PM-123", action_item="AI-1")'
    for args, kwargs, error in (
        ((1,), {"item": 1}, f"unknown keyword 'item' in the guards marker; {usage}"),
        ((1, 2), {"action_item": 3}, f"the guards marker takes strings, not 1; {usage}"),
        ((), {"action_item": 3}, f"the guards marker names no post-mortem; {usage}"),
        (("PM-1",), {"action_item": ["AI-1", 3]}, f"action_item takes a string or a list of strings, not 3; {usage}"),
        (("PM-1", "PM-2"), {"action_item": ()}, f"action_item is an empty list; {usage}"),
        (
            ("PM-1", "PM-2"),
            {"action_item": "AI-1"},
            "action_item needs exactly one post-mortem, and PM-1, PM-2 are 2; use one marker for each",
        ),
    ):
        request = parse_request(args, kwargs, "guards")
        assert (request.error, request.names, request.items) == (error, (), ())


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (True, "True"),
        (1.5, "1.5"),
        (1j, "1j"),
        ((1, "a"), "(1, 'a')"),
        ([None, b"x", 1.5, 1j, True], "[None, b'x', 1.5, 1j, True]"),
        ([[1]], "a value of type list"),
        (b"x" * 57, "b'" + "x" * 57 + "'"),
        (b"x" * 58, "b'" + "x" * 55 + "..."),
        (range(3), "a value of type range"),
        (type("Number", (int,), {})(3), "a value of type Number"),
    ],
)
def test_a_value_is_shown_short(value: object, shown: str) -> None:
    """Those of plain types as they are, up to 60 characters."""
    assert f"takes strings, not {shown}; write" in (parse_request([value], {}, "incident").error or "")


def test_names_and_items_are_resolved_one_by_one() -> None:
    """What is right makes its links beside what is wrong."""
    known = Names(
        ids={"PM-1": "PM-1", "PM-2": "PM-2", "PM-3": "PM-3"},
        items={"PM-1": ["AI-1", "AI-2"], "PM-2": []},
        faulty={"PM-3": "broken"},
    )
    assert resolve_request(MarkerRequest(["PM-2", "PM-9", "PM-1"]), known)[0] == [Link("PM-2"), Link("PM-1")]
    links, problems = resolve_request(MarkerRequest(["PM-1"], ["AI-2", "AI-3", "zzz", "AI-1"]), known)
    assert links == [Link("PM-1", "AI-2"), Link("PM-1", "AI-1")]
    assert problems == [
        'PM-1 has no action item "AI-3"; did you mean AI-2 or AI-1?',
        'PM-1 has no action item "zzz"; it has AI-1, AI-2',
    ]
    for name in ("PM-2", "PM-4"):
        ids = Names(ids={**known.ids, "PM-4": "PM-4"}, items=known.items)
        assert resolve_request(MarkerRequest([name], ["AI-1"]), ids) == (
            [],
            [
                f'{name} has no action item "AI-1", and no other; leave action_item out, or add the action item to the '
                "document"
            ],
        )
    assert resolve_request(MarkerRequest(["PM-1", "PM-3"]), known) == (
        [Link("PM-1")],
        ["the document of PM-3 cannot be used:\nbroken"],
    )
    (told,) = resolve_request(MarkerRequest(["x" * 70]), known)[1]
    assert told.startswith('no post-mortem is named "' + "x" * 57 + '..."; ')


def test_an_item_in_the_place_of_a_post_mortem_is_told_whose_it_is() -> None:
    """Of any post-mortem that is named beside it; with a slash only of the one before it."""
    other = 'no post-mortem is named "AI-1"'
    for names, told in (
        (["AI-1", "PM-1"], '"AI-1" names an action item; write "PM-1", action_item="AI-1"'),
        (["AI-1", "INC-7"], '"AI-1" names an action item; write "INC-7", action_item="AI-1"'),
        (["PM-1/AI-1"], '"PM-1/AI-1" names an action item; write "PM-1", action_item="AI-1"'),
        (["AI-1"], other),
        (["PM-9/AI-1"], 'no post-mortem is named "PM-9/AI-1"'),
        (["PM-1/AI-9"], 'no post-mortem is named "PM-1/AI-9"'),
    ):
        assert resolve_request(MarkerRequest(names), KNOWN)[1][0].startswith(told)
