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
