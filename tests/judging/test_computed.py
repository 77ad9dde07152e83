"""What the markers of a source name, without running it."""

from __future__ import annotations

import pytest

from pytest_postmortem.judging.computed import find_uses

HEAD = "import pytest\n"


@pytest.mark.parametrize(
    "source",
    [
        '@pytest.mark.incident("PM-1")\ndef test_a(): pass',
        '@pytest.mark.incident("PM" "-1", action_item="AI-1")\ndef test_a(): pass',
        'PM = "PM-1"\n@pytest.mark.incident(PM)\ndef test_a(): pass',
        'KEY: str = "PM"\n@pytest.mark.incident(f"{KEY}-1")\ndef test_a(): pass',
        '@pytest.mark.incident("PM-" + "1")\ndef test_a(): pass',
        'from pytest import mark\npytestmark = [mark.incident("PM-1")]',
        'from pytest import mark as m\npytestmark = m.incident("PM-1")',
        'm = pytest.mark\npytestmark = m.incident("PM-1")',
        'from tests.marks import incident\npytestmark = incident("PM-1")',
        'pytestmark = pytest.mark.incident.with_args("PM-1")',
        'guards = pytest.mark.incident\n@guards("PM-1")\ndef test_a(): pass',
        'import x\n@pytest.mark.incident\n@pytest.mark.incident("PM-1")\nclass TestA: pass',
        'def test_a(request):\n    request.node.get_closest_marker("incident")\n    x.incident("PM-2")\n'
        '    getattr(x, "incident"); getattr(pytest.mark, "other"); getattr(x); (lambda: 1)(); incident("PM-2")\n'
        'pytestmark = pytest.mark.incident("PM-1")',
        '\nmark.incident("PM-1")\n(',
    ],
)
def test_plain_text_is_known(source: str) -> None:
    """In every spelling that the source itself explains."""
    uses = find_uses((HEAD + source).encode(), "incident")
    assert uses.computed == ()
    assert uses.ids == {"PM-1"} or source.startswith("\n")


@pytest.mark.parametrize(
    "source",
    [
        "@pytest.mark.incident(PM)\ndef test_a(): pass",
        '@pytest.mark.incident(f"PM-{N}")\ndef test_a(): pass',
        '@pytest.mark.incident(f"PM-{1:d}")\ndef test_a(): pass',
        '@pytest.mark.incident(f"PM-{1!r}")\ndef test_a(): pass',
        '@pytest.mark.incident("PM-" + str(1))\ndef test_a(): pass',
        'PM = "PM-2"\nPM = "PM-1"\n@pytest.mark.incident(PM)\ndef test_a(): pass',
        "@pytest.mark.incident(*IDS)\ndef test_a(): pass",
        "pytestmark = [pytest.mark.incident(one) for one in IDS]",
        "guards = pytest.mark.incident\n@guards(PM)\ndef test_a(): pass",
        "from tests.marks import incident\n@incident(PM)\ndef test_a(): pass",
        'guards = partial(pytest.mark.incident, "PM-1")',
        'pytestmark = getattr(pytest.mark, "incident")("PM-1")',
        'NAME = "incident"\npytestmark = getattr(pytest.mark, NAME)("PM-1")',
        'pytestmark = pytest.Mark("incident", ("PM-1",), {})',
        "\nmark.incident(PM1",
        '\nmark.incident(f"PM-1")\n(',
    ],
)
def test_what_is_computed_may_name_it(source: str) -> None:
    """One marker that a run alone understands."""
    (mark,) = find_uses((HEAD + source).encode(), "incident").computed
    assert mark.may_cover(["PM-1"], "AI-1")


@pytest.mark.parametrize(
    ("arguments", "names", "covers"),
    [
        ('f"PM-{N}"', "PM-1", True),
        ('f"PM-{N}"', "INC-1", False),
        ('"PM-" + x', "PM-1", True),
        ('"PM-" + x', "INC-1", False),
        ('x, action_item="AI-1"', "PM-1", True),
        ('x, action_item="AI-2"', "PM-1", False),
        ('x, action_item=["AI-2", "AI-1"]', "PM-1", True),
        ('x, action_item=("AI-2", "AI-3")', "PM-1", False),
        ('x, action_item=["AI-2", y]', "PM-1", True),
        ("x, action_item=y", "PM-1", True),
        ("x, action_item=[]", "PM-1", True),
        ("x, **y", "PM-1", True),
    ],
)
def test_what_is_in_plain_text_narrows_it(arguments: str, names: str, covers: bool) -> None:
    """A part of the id, and the action item."""
    (mark,) = find_uses(f"import pytest\npytestmark = pytest.mark.incident({arguments})".encode(), "incident").computed
    assert mark.may_cover([names, "other"], "AI-1") is covers


def test_the_marker_under_another_name_is_lent() -> None:
    """A module that imports the name may call it with anything."""
    uses = find_uses(b"import pytest\nguards = pytest.mark.incident\nbound = pytest.mark.incident('PM-1')", "incident")
    assert (len(uses.lent), uses.computed, uses.ids) == (1, (), {"PM-1"})


def test_another_name_of_the_marker() -> None:
    """What the configuration renames."""
    assert not find_uses(b"import pytest\npytestmark = pytest.mark.incident(PM)", "postmortem").computed
    assert find_uses(b"import pytest\npytestmark = pytest.mark.postmortem(PM)", "postmortem").computed


def found(source: str, marker: str = "incident") -> tuple[set[str], int, int]:
    """The ids in plain text, how many are computed, and how many lent."""
    uses = find_uses((HEAD + source).encode(), marker)
    return set(uses.ids), len(uses.computed), len(uses.lent)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("# incident\n", (set(), 0, 0)),
        ('PM: str\nPM = "PM-1"\npytestmark = pytest.mark.incident(PM)', ({"PM-1"}, 0, 0)),
        ('PM = "PM-1"\nPM += "x"\npytestmark = pytest.mark.incident(PM)', (set(), 1, 0)),
        ("PM = 1\npytestmark = pytest.mark.incident(PM)", (set(), 1, 0)),
        ("pytestmark = pytest.mark.incident(1)", (set(), 1, 0)),
        ('shop.pm = "PM-1"\n[a, b] = "PM-1", 2\npytestmark = pytest.mark.incident("PM-2")', ({"PM-2"}, 0, 0)),
        ('A = B = "PM-1"\npytestmark = pytest.mark.incident(A, B)', ({"PM-1"}, 0, 0)),
        ("from shop import ids\nids.incident(PM)", (set(), 0, 0)),
        ("# incident\n@pytest.mark.other(PM)\n@pytest.mark.skip\ndef test_a(): pass", (set(), 0, 0)),
        ('shop().incident(PM)\nshop.ids.incident(PM)\ngetattr(shop(), "incident")', (set(), 0, 0)),
        ("m = shop.ids\nm.incident(PM)\nn = shop()\nn.incident(PM)", (set(), 0, 0)),
        ("from marks import incident as guards\n@guards(PM)\ndef test_a(): pass", (set(), 1, 0)),
        ("from marks import incident as guards\nincident(PM)", (set(), 0, 0)),
        ("from marks import other as guards\n@guards(PM)\ndef incident(): pass", (set(), 0, 0)),
        ("from pytest import mark as m\nmark.incident(PM)\nm.incident(PM)", (set(), 2, 0)),
        ("incident = 1\nincident(PM)", (set(), 0, 0)),
        ("guards = pytest.mark.incident\nother = guards(PM)", (set(), 1, 1)),
        ("guards = pytest.mark.incident\nother = guards\nother(PM)", (set(), 1, 1)),
        ('N = "1"\npytest.mark.incident(f"PM-{N}")', ({"PM-1"}, 0, 0)),
        ('N = "1"\npytest.mark.incident(f"PM-{N!r}")', (set(), 1, 0)),
        ('N = "1"\npytest.mark.incident(f"PM-{N:>3}")', (set(), 1, 0)),
        ('N = "1"\npytest.mark.incident("PM-" * N)', (set(), 1, 0)),
        ("@pytest.mark.incident\nasync def test_a(): pass", (set(), 0, 0)),
        ("f(pytest.mark.incident)\npytest.mark.incident", (set(), 2, 0)),
        ('pytest.mark.incident.other("PM-1")', (set(), 1, 0)),
        ('pytest.mark.incident.with_args("PM-1", PM)', ({"PM-1"}, 1, 0)),
        ('pytest.mark.incident("PM-1")("PM-2")', ({"PM-1"}, 0, 0)),
        ('getattr(pytest.mark, "other", "incident")', (set(), 0, 0)),
        ('getattr(shop, "incident")', (set(), 0, 0)),
        ('getattr(mark, "incident")', (set(), 1, 0)),
        ('getattr(mark)\nx = "incident"', (set(), 0, 0)),
        ('Mark("incident", (), {})\nMark("other", (), {})\nMark()', (set(), 1, 0)),
        ('structures.Mark(NAME, (), {})\nx = "incident"', (set(), 1, 0)),
        ('Mark(1, (), {})\nshop.other("incident")\nshop["incident"](1)', (set(), 0, 0)),
    ],
)
def test_what_is_the_marker_and_what_is_not(source: str, expected: tuple[set[str], int, int]) -> None:
    """By how the source itself has come to the name."""
    assert found(source) == expected


@pytest.mark.parametrize(
    ("argument", "names", "others"),
    [
        ("f'PM-{n}'", ["PM-1", "PM-", "PM-a\nb"], ["xPM-1", "PM1"]),
        ("f'{n}-1'", ["PM-1", "-1"], ["PM-12", "PM-2"]),
        ("'P.' + x + '-1'", ["P.x-1"], ["PMx-1"]),
        ("f'{A}{n}'", ["PM-9"], ["INC-9"]),
        ("'PM-' % x", ["INC-1"], []),
        ("ids['a']", ["INC-1"], []),
    ],
)
def test_what_a_computed_id_may_be(argument: str, names: list[str], others: list[str]) -> None:
    """Whole, by the parts that are plain text."""
    source = f"A = 'PM-'\npytestmark = pytest.mark.incident({argument})"
    (mark,) = find_uses((HEAD + source).encode(), "incident").computed
    assert [mark.may_cover([name], "AI-1") for name in names] == [True] * len(names)
    assert [mark.may_cover([name], "AI-1") for name in others] == [False] * len(others)
    assert not mark.may_cover([], "AI-1")
    assert mark.may_cover([*others, *names], "AI-1")


def test_the_items_of_a_computed_id() -> None:
    """Constants count; with any that is computed every item may be meant. Another keyword says nothing."""
    for said, items in {
        "action_item='AI-1'": {"AI-1"},
        "action_item=('AI-1', A)": {"AI-1", "AI-2"},
        "other='AI-3'": None,
        "other='AI-3', action_item=A": {"AI-2"},
        "action_item=('AI-1', x)": None,
        "action_item=[]": None,
        "action_item='AI-1', **more": None,
    }.items():
        source = f"A = 'AI-2'\npytestmark = pytest.mark.incident(x, {said})"
        (mark,) = find_uses((HEAD + source).encode(), "incident").computed
        assert mark.items == (None if items is None else frozenset(items)), said


@pytest.mark.parametrize(
    "source",
    ["x = " + "-" * 100_000 + "1", "x = " + "1 + " * 100_000 + "1", "x = (", "x = '\0'", "# coding: nothing\n"],
    ids=["memory", "depth", "syntax", "a null byte", "an unknown encoding"],
)
def test_what_python_cannot_parse_is_searched_as_text(source: str) -> None:
    """For a marker that is more than ids in plain text."""
    for argument, computed in (
        ('"PM-1")', 0), ("'PM-1')", 0), ('"PM-1", action_item=x)', 0), ("PM)", 1), ('f"PM-{n}")', 1), ('"a" + b)', 1),
    ):  # fmt: skip
        uses = find_uses(f"{source}\n@pytest . mark .incident ({argument}".encode(), "incident")
        assert (uses.ids, len(uses.computed)) == (set(), computed), argument
    assert not find_uses(f"{source}\n@pytest.mark.incidental(PM)\nbookmark.incident(PM)".encode(), "incident").computed
    assert len(find_uses(f"{source}\nmark.incident(PM)\nmark.incident('PM-1')".encode(), "incident").computed) == 1
