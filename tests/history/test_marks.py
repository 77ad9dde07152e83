"""Which markers of a Python source name which post-mortem."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from pytest_postmortem.history import marks
from pytest_postmortem.history.marks import Marks

NAMES = {"PM-1": "PM-1", "INC-7": "PM-1", "PM-1-overflow": "PM-1", "PM-2": "PM-2", "障害-3": "PM-3", "\ud800": "PM-4"}


def count(source: str | bytes, *markers: str) -> dict[str, int]:
    return Marks(NAMES, markers or ("incident",)).count(source.encode() if isinstance(source, str) else source)


@pytest.mark.parametrize(
    "source",
    [
        '@pytest.mark.incident("PM-1")',
        "@pytest.mark.incident('PM-1')",
        '@mark.incident("PM-1")',
        '@incident("PM-1")',
        '@incident ( "PM-1" )',
        '@pytest . mark . incident("PM-1")',
        '@pytest.mark.incident("INC-7")',
        '@pytest.mark.incident("PM-1-overflow")',
        '@pytest.mark.incident("PM-1",)',
        '@pytest.mark.incident("PM-1", action_item="AI-1")',
        "@pytest.mark.incident('PM-1', action_item=['AI-1', \"AI-2\"])",
        '@pytest.mark.incident(action_item="PM-2", *more, **{"PM-2": "PM-2"}) or pytest.mark.incident("PM-1")',
        '@pytest.mark.incident(\n    "PM-1",  # the "PM-2" one\n    action_item="AI-1",\n)',
        '@pytest.mark.incident(\r\n    "PM-1",\r\n    action_item="AI-1",\r\n)\r\n',
        '@pytest.mark.incident(\n    # "PM-2"\n    "PM-1"\n)',
        '@pytest.mark.incident("PM-1", f(")", "PM-2", [("PM-2")]))',
        '@pytest.mark.incident("PM" \\\n "-1")',
        '@pytest.mark.incident("PM-"\n    "1")',
        r'@pytest.mark.incident("PM\x2d1")',
        '@pytest.mark.incident(r"PM-1")',
        '@pytest.mark.incident(U"PM-1")',
        '@pytest.mark.incident(f"PM-1")',
        '@pytest.mark.incident("""PM-1""")',
        '@pytest.mark.incident("PM-1", "PM-1", "INC-7")',
        'pytestmark = pytest.mark.incident("PM-1")',
        'pytestmark = incident("PM-1")',
        'pytestmark = [pytest.mark.slow, pytest.mark.incident("PM-1")]',
        'incident = pytest.mark.incident\npytestmark = [slow, incident("PM-1")]',
        'from tests.marks import slow, incident\npytestmark = [slow, incident("PM-1")]',
        'from tests.marks import (\n    slow,\n    incident,\n)\npytestmark = [slow, incident("PM-1")]',
        'pytest.param(1, marks=pytest.mark.incident("PM-1"))',
        'pytest.param(1, marks=[incident("PM-1")])',
        'pytest.param("#", 1, marks=(pytest.mark.incident("PM-1"),))',
        'item.add_marker(pytest.mark.incident("PM-1"))',
        'x = "it\'s"; y = \'"\'  # don\'t\n@pytest.mark.incident("PM-1")',
        'x = "\\""\n@pytest.mark.incident("PM-1")',
        'x = r"\\"\n@pytest.mark.incident("PM-1")',
        '"""A docstring with "quotes" and an \'apostrophe."""\n@pytest.mark.incident("PM-1")',
        "'''It's \"\"\" here.'''\n@pytest.mark.incident(\"PM-1\")",
        '@pytest.mark.incident("PM-9")\n@pytest.mark.incident("PM-1")',
        'incidents = incident_1 = my_incident\n@pytest.mark.incident("PM-1")',
    ],
)
def test_a_marker_counts_once_however_it_is_written(source: str) -> None:
    """By id, alias or stem, with or without action item, on one line or several, beside strings of any kind."""
    assert count(source) == {"PM-1": 1}
    assert count("\ufeff" + source) == {"PM-1": 1}


@pytest.mark.parametrize(
    "source",
    [
        "",
        "incident",
        '# @pytest.mark.incident("PM-1")',
        'x = 1  # @pytest.mark.incident("PM-1")',
        '"""\n@pytest.mark.incident("PM-1")\n"""',
        "r'''\n@pytest.mark.incident(\"PM-1\")\n'''",
        "makepyfile('@pytest.mark.incident(\"PM-1\")')",
        "makepyfile(\"@pytest.mark.incident('PM-1')\")",
        '"\\"@pytest.mark.incident(\'PM-1\')"',
        '"""never closed @pytest.mark.incident("PM-1")',
        'client.incident("PM-1")',
        'def incident("PM-1")',
        'incident("PM-1")',
        'benchmark.incident("PM-1")',
        '@pytest.mark.my_incident("PM-1")',
        '@pytest.mark.incident_of("PM-1")',
        '@pytest.mark.incident["PM-1"]',
        '@pytest.mark.incident("pm-1")',
        '@pytest.mark.incident("PM-10")',
        '@pytest.mark.incident(" PM-1")',
        '@pytest.mark.incident(b"PM-1")',
        '@pytest.mark.incident(f"PM-{1}")',
        '@pytest.mark.incident("PM-" + "1")',
        "@pytest.mark.incident(PM_1)",
        '@pytest.mark.incident(id="PM-1")',
        '@pytest.mark.incident("PM-9", action_item="PM-1")',
        '@pytest.mark.incident(\n    "PM-9",\n    action_item="PM-1",\n)',
        '@pytest.mark.incident("PM-1',
        '@pytest.mark.incident(r"PM-1',
        '@pytest.mark.incident("PM\\d1")',
        '@pytest.mark.incident("PM\\xZZ-1")',
    ],
)
def test_what_only_looks_like_a_marker_does_not_count(source: str) -> None:
    """Comments, strings, other objects, other names, computed names, keywords, broken source."""
    assert count(source) == {}


def test_several_markers_and_several_names() -> None:
    """Each marker counts for each post-mortem it names."""
    source = '@pytest.mark.incident("PM-1", "PM-2")\n@pytest.mark.incident("PM-1")\n@pytest.mark.incident("障害-3")\n'
    assert count(source) == {"PM-1": 2, "PM-2": 1, "PM-3": 1}


def test_other_names_of_the_marker() -> None:
    """Only those that are given, also where one begins like the other."""
    source = '@pytest.mark.guards("PM-1")\n@pytest.mark.guards_too("PM-2")\n@pytest.mark.incident("PM-2")\n'
    assert count(source, "guards") == {"PM-1": 1}
    assert count(source, "guards", "guards_too") == {"PM-1": 1, "PM-2": 1}
    assert count(source, "guards_too", "incident") == {"PM-2": 2}


def test_text_in_another_encoding_is_survived() -> None:
    """Latin-1, NUL and broken UTF-8 around a marker."""
    assert count(b'# caf\xe9 \x00\xff\xfe\nx = "\xe9"\n@pytest.mark.incident("PM-1")\n') == {"PM-1": 1}
    assert count(b'@pytest.mark.incident("PM-1", "\xe9", "\\ud801")\n@pytest.mark.incident("\xe9" "")') == {"PM-1": 1}
    assert count(b'@pytest.mark.incident("\\ud800")') == {"PM-4": 1}


@pytest.mark.parametrize(
    "source",
    [
        b"@incident(" * 400_000,
        b'"' * 4_000_000 + b"\nincident(",
        b"'''" + b"\\" * 4_000_000 + b"incident(",
        b"@incident('PM-1'" * 250_000,
        b"@incident(" + b"(" * 4_000_000,
        b"@incident(" + b"# \n" * 1_000_000,
        b"@mark" + b" " * 4_000_000 + b".incident(",
        b"@incident" + b" " * 4_000_000 + b"(",
        b"from x import " * 280_000 + b"\nincident(",
        b"from x import (" * 280_000 + b"\nincident(",
        b"incident(" * 400_000,
        b'@incident("' + b"\\x" * 2_000_000 + b'")',
        b"@incident(" + b'"PM-1" ' * 500_000 + b")",
    ],
)
def test_hostile_sources_take_linear_time(source: bytes) -> None:
    """Four megabytes of anything are done in a few seconds at most."""
    start = time.process_time()
    count(source)
    assert time.process_time() - start < 10


def test_no_pattern_repeats_a_group_possessively() -> None:
    """Python up to 3.11.4 matches that wrongly (gh-106052): Debian 12 has 3.11.2."""
    for path in Path(marks.__file__).parents[1].rglob("*.py"):
        assert not re.search(r"\)(?:[*+?]|\{[\d,]+\})\+[(\"'|)\\\[]", path.read_text(encoding="utf-8")), path
