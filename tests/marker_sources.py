"""One table of sources with markers, and the links that each of the three recognisers has to see in them.

pytest collects what runs (`plugin/`), `postmortem list` and `markers` parse the sources (`scanning/`), and `postmortem
history` looks at every version there ever was without parsing it (`history/`). The ids are `A`, `B` and `C`.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["HEAD", "IDS", "SOURCES", "Source"]

HEAD = "import pytest\nfrom pytest import mark\n"
IDS = ("A", "B", "C")
Links = dict[str, list[str]]


class Source(NamedTuple):
    """A source below HEAD, and the ids that each test is linked to.

    `collected` is what pytest knows. `parsed` and `counted` (markers by id) are given only if the other recogniser
    cannot know the same; `why` says what keeps it from it.
    """

    name: str
    text: str
    collected: Links
    parsed: Links | None = None
    counted: dict[str, int] | None = None
    why: str = ""

    @property
    def seen_in_source(self) -> Links:
        """What the parser has to see."""
        return self.collected if self.parsed is None else self.parsed

    @property
    def seen_in_history(self) -> dict[str, int]:
        """How many markers of each id history has to count."""
        if self.counted is not None:
            return self.counted
        return {name: 1 for name in IDS if any(name in names for names in self.collected.values())}


SOURCES = (
    Source("a decorator", '@pytest.mark.incident("A")\ndef test_a(): pass', {"test_a": ["A"]}),
    Source("mark, imported", "@mark.incident('A')\ndef test_a(): pass", {"test_a": ["A"]}),
    Source("two names", '@mark.incident("A", "B")\ndef test_a(): pass', {"test_a": ["A", "B"]}),
    Source("two markers", '@mark.incident("A")\n@mark.incident("B")\ndef test_a(): pass', {"test_a": ["A", "B"]}),
    Source(
        "several lines", '@mark.incident(\n  "A",  # the "B" one\n  "C",\n)\ndef test_a(): pass', {"test_a": ["A", "C"]}
    ),
    Source("neighbouring strings", '@mark.incident("" "A")\ndef test_a(): pass', {"test_a": ["A"]}),
    Source("an escape", '@mark.incident("\\x41")\ndef test_a(): pass', {"test_a": ["A"]}),
    Source("a raw string", '@mark.incident(r"A")\ndef test_a(): pass', {"test_a": ["A"]}),
    Source(
        "a class",
        '@mark.incident("A")\nclass TestIt:\n def test_a(self): pass\n def test_b(self): pass',
        {"TestIt::test_a": ["A"], "TestIt::test_b": ["A"]},
    ),
    Source(
        "pytestmark of a class",
        'class TestIt:\n pytestmark = mark.incident("A")\n def test_a(self): pass',
        {"TestIt::test_a": ["A"]},
    ),
    Source(
        "pytestmark of a module",
        'pytestmark = [mark.tryfirst, mark.incident("A")]\ndef test_a(): pass\nclass TestIt:\n def test_b(self): pass',
        {"test_a": ["A"], "TestIt::test_b": ["A"]},
    ),
    Source(
        "a parameter",
        '@mark.parametrize("x", [1, pytest.param(2, marks=mark.incident("A"))])\ndef test_a(x): pass',
        {"test_a[2]": ["A"]},
        parsed={"test_a": ["A"]},
        why="which parameters there are, and their ids, only a run knows",
    ),
    Source(
        "a name for the marker",
        'incident = pytest.mark.incident\n@incident("A")\ndef test_a(): pass',
        {"test_a": ["A"]},
    ),
    Source(
        "a name for the whole mark",
        'guarded = pytest.mark.incident("A")\n@guarded\ndef test_a(): pass\n@guarded\ndef test_b(): pass',
        {"test_a": ["A"], "test_b": ["A"]},
    ),
    Source(
        "a base class in the same module",
        'class Base:\n @mark.incident("A")\n def test_a(self): pass\nclass TestIt(Base): pass',
        {"TestIt::test_a": ["A"]},
    ),
    Source(
        "a constant",
        'NAME = "A"\n@mark.incident(NAME)\ndef test_a(): pass',
        {"test_a": ["A"]},
        parsed={},
        counted={},
        why="a name that is computed is known only when the module has been imported",
    ),
    Source(
        "a loop",
        'marks = [mark.incident(one) for one in ("A", "B")]\npytestmark = marks\ndef test_a(): pass',
        {"test_a": ["A", "B"]},
        parsed={},
        counted={},
        why="a name that is computed is known only when the module has been imported",
    ),
    Source(
        "a condition that is not met",
        'if False:\n @mark.incident("A")\n def test_a(): pass\ndef test_b(): pass',
        {},
        parsed={"test_a": ["A"]},
        counted={"A": 1},
        why="a condition is known only when the module has been imported",
    ),
    Source(
        "a function that is no test",
        '@mark.incident("A")\ndef helper(): pass\ndef test_b(): pass',
        {},
        counted={"A": 1},
        why="history does not know which functions are tests: that is configured anew with every version",
    ),
    Source(
        "a test that is replaced",
        '@mark.incident("A")\ndef test_a(): pass\ndef test_a(): pass',
        {},
        parsed={"test_a": ["A"]},
        counted={"A": 1},
        why="both definitions have the same node id, and history does not parse",
    ),
    Source("a comment", '# @mark.incident("A")\ndef test_a(): pass', {}),
    Source("a text", 'TEXT = """\n@mark.incident("A")\n"""\ndef test_a(): pass', {}),
    Source("another marker", '@mark.incidents("A")\ndef test_a(): pass', {}),
    Source("a function of that name", 'def incident(name): return lambda f: f\ndef test_a(): incident("A")', {}),
)
