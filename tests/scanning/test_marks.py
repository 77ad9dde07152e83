"""Every form that a marker can take in a source, and the tests that carry it."""

from __future__ import annotations

from contextlib import suppress

import pytest

from pytest_postmortem.scanning.functions import find_functions
from pytest_postmortem.scanning.marks import Mark, find_marks

HEAD = "import pytest\nfrom pytest import mark\n"


def read(source: str, marker: str = "incident") -> list[Mark]:
    return find_marks((HEAD + source).encode(), "t.py", marker)


def linked(source: str) -> dict[str, list[object]]:
    """What each test is marked with, `t.py` left out."""
    found: dict[str, list[object]] = {}
    for mark in read(source):
        for test in mark.tests:
            found.setdefault(test.node_id.partition("::")[2], []).extend(mark.args)
    return found


@pytest.mark.parametrize(
    ("source", "want"),
    [
        ('@pytest.mark.incident("A")\ndef test_it(): pass', {"test_it": ["A"]}),
        ('@mark.incident("A", "B")\nasync def test_it(): pass', {"test_it": ["A", "B"]}),
        ('@mark.incident("A")\n@mark.incident("B")\ndef test_it(): pass', {"test_it": ["A", "B"]}),
        ("@mark.incident(\"A\" 'B')\ndef test_it(): pass", {"test_it": ["AB"]}),
        ('@(mark.\n  incident("A"))\ndef test_it(): pass', {"test_it": ["A"]}),
        ('@mark.incident.with_args("A")\ndef test_it(): pass', {"test_it": ["A"]}),
        (
            '@mark.incident("A")\nclass TestIt:\n def test_a(self): pass\n class TestIn:\n  def test_b(self): pass',
            {"TestIt::test_a": ["A"], "TestIt::TestIn::test_b": ["A"]},
        ),
        (
            'class TestIt:\n class TestIn:\n  @mark.incident("A")\n  def test_a(self): pass\n  def test_b(self): pass',
            {"TestIt::TestIn::test_a": ["A"]},
        ),
        ('class TestIt:\n pytestmark = mark.incident("A")\n def test_a(self): pass', {"TestIt::test_a": ["A"]}),
        (
            'pytestmark = mark.incident("A")\ndef test_a(): pass\nclass TestIt:\n def test_b(self): pass',
            {"test_a": ["A"], "TestIt::test_b": ["A"]},
        ),
        ('pytestmark = [mark.slow, mark.incident("A")]\ndef test_a(): pass', {"test_a": ["A"]}),
        ('pytestmark: list = [mark.incident("A")]\ndef test_a(): pass', {"test_a": ["A"]}),
        ('pytestmark = []\npytestmark += [mark.incident("A")]\ndef test_a(): pass', {"test_a": ["A"]}),
        (
            '@mark.parametrize("x", [1, pytest.param(2, marks=mark.incident("A"))])\ndef test_a(x): pass',
            {"test_a": ["A"]},
        ),
        (
            '@mark.parametrize("x", [pytest.param(2, marks=[mark.slow, mark.incident("A")])])\ndef test_a(x): pass',
            {"test_a": ["A"]},
        ),
        (
            'CASES = [pytest.param(1, marks=mark.incident("A"))]\n@mark.parametrize("x", CASES)\ndef test_a(x): pass',
            {"test_a": ["A"]},
        ),
        ('if True:\n @mark.incident("A")\n def test_a(): pass', {"test_a": ["A"]}),
        (
            'if 0:\n pass\nelse:\n try:\n  pass\n except OSError:\n  @mark.incident("A")\n  def test_a(): pass',
            {"test_a": ["A"]},
        ),
        (
            'try:\n pass\nexcept* OSError:\n pass\nfinally:\n @mark.incident("A")\n def test_a(): pass',
            {"test_a": ["A"]},
        ),
        ('match 1:\n case 1:\n  @mark.incident("A")\n  def test_a(): pass', {"test_a": ["A"]}),
        ('with open(0):\n for _ in ():\n  @mark.incident("A")\n  def test_a(): pass', {"test_a": ["A"]}),
    ],
)
def test_a_form_is_read(source: str, want: dict[str, list[str]]) -> None:
    """With the tests that carry it, by the node ids of pytest."""
    assert linked(source) == want


@pytest.mark.parametrize(
    "source",
    [
        'import pytest as pt\n@pt.mark.incident("A")\ndef test_it(): pass',
        'from pytest import mark as m\n@m.incident("A")\ndef test_it(): pass',
        'm = pytest.mark\n@m.incident("A")\ndef test_it(): pass',
        'guards = pytest.mark.incident\n@guards("A")\ndef test_it(): pass',
        'queue = pytest.mark.incident("A")\n@queue\ndef test_it(): pass',
        'queue: object = mark.incident("A")\nboth = [queue]\npytestmark = both\ndef test_it(): pass',
        'from tests.marks import incident\n@incident("A")\ndef test_it(): pass',
        'from tests.marks import incident as guards\npytestmark = guards("A")\ndef test_it(): pass',
    ],
)
def test_an_alias_is_followed(source: str) -> None:
    """By import, by assignment, and of a whole marker."""
    assert linked(source) == {"test_it": ["A"]}


@pytest.mark.parametrize(
    "source",
    [
        "@mark.other('A')\ndef test_it(): pass",
        "# @mark.incident('A')\nS = \"@mark.incident('A')\"\ndef test_it(): pass",
        "def incident(name): return lambda f: f\n@incident('A')\ndef test_it(): pass",
        "from shop import incident\nincident('A').open()\ndef test_it(): pass",
        "shop.incident('A')\ndef test_it(): pass",
        "guards = mark.incident\ndef test_it(): pass",
    ],
)
def test_what_only_looks_like_it_is_none(source: str) -> None:
    """Another marker, text, a function of that name."""
    assert read(source) == []


@pytest.mark.parametrize(
    "argument",
    ["PM", "*PMS", '"PM-%d" % 1', 'f"PM-{1}"', "Ids.QUEUE", "**WHAT", '"A", action_item=ITEM', "ids()[0]"],
)
def test_a_computed_argument_is_dynamic(argument: str) -> None:
    """The tests are known, what it names is not."""
    (mark,) = read(f"@mark.incident({argument})\ndef test_it(): pass")
    assert (mark.dynamic, [test.node_id for test in mark.tests]) == (True, ["t.py::test_it"])


def test_arguments_are_read_as_they_are() -> None:
    """Also those that are wrong: the grammar of the marker tells so."""
    one, two, three = read(
        '@mark.incident("A", action_item=["1", "2"])\n@mark.incident(7, b"x", no=None)\n@mark.incident\n'
        "def test_it(): pass"
    )
    assert (one.args, one.kwargs, one.dynamic) == (("A",), {"action_item": ["1", "2"]}, False)
    assert (two.args, two.kwargs) == ((7, b"x"), {"no": None})
    assert (three.args, three.kwargs, three.line) == ((), {}, 5)


def test_a_use_that_no_test_is_seen_to_carry() -> None:
    """It is there all the same: its names are checked. In reading order."""
    marks = read(
        'UNUSED = [mark.incident("A")]\ndef helper(item):\n item.add_marker(mark.incident("B"))\n'
        '@mark.incident("C")\ndef check_it(): pass\n@mark.incident("D")\nclass Helper(object):\n def test_x(self): pass\n'
        'class TestMade:\n def __init__(self): pass\n @mark.incident("E")\n def test_x(self): pass'
    )
    assert [(mark.args, mark.tests) for mark in marks] == [((name,), ()) for name in "ABCDE"]
    assert [mark.line for mark in marks] == [3, 5, 6, 8, 13]


def test_a_use_by_an_alias_that_no_test_is_seen_to_carry() -> None:
    """The marker's own name stands only where the alias is made."""
    marks = read('guards = mark.incident\n@guards("A")\ndef test_it(item):\n item.add_marker(guards("B"))')
    assert [(mark.args, len(mark.tests)) for mark in marks] == [(("A",), 1), (("B",), 0)]


def test_tests_are_inherited() -> None:
    """Within the source, with their marks; a base from elsewhere may be a TestCase; what is overridden is not."""
    source = (
        'import unittest\n@mark.incident("A")\nclass Base:\n @mark.incident("B")\n def test_a(self): pass\n'
        " def test_b(self): pass\nclass TestIt(Base):\n def test_b(self): pass\n"
        'class Queue(unittest.TestCase):\n @mark.incident("C")\n def test_c(self): pass'
    )
    assert linked(source) == {"TestIt::test_b": ["A"], "TestIt::test_a": ["A", "B"], "Queue::test_c": ["C"]}


@pytest.mark.parametrize(
    "source",
    [
        "class TestA(TestB):\n    {}\nclass TestB(TestA): pass",
        "class TestA(TestA):\n    {}",
        "class TestA:\n  class TestB(TestA):\n    {}",
    ],
)
def test_classes_that_go_in_circles_end(source: str) -> None:
    """However wrong they are."""
    marked = source.format('@mark.incident("A")\n    def test_a(self): pass')
    assert set(map(tuple, linked(marked).values())) == {("A",)}
    assert find_functions(marked.encode(), "t.py")


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (b'\xef\xbb\xbfimport pytest\r\n\r\n@pytest.mark.incident("\xc3\xa9")\r\ndef test_a(): pass\r\n', 3),
        ('# coding: latin-1\nimport pytest\n@pytest.mark.incident("é")\ndef test_a(): pass\n'.encode("latin-1"), 3),
        ('import pytest\r@pytest.mark.incident(\r"é")\rdef test_a(): pass\r'.encode(), 2),
        ('import pytest; x = "\\d"\n\x0c@pytest.mark.incident("é")\ndef test_a(): pass'.encode(), 2),
    ],
    ids=["BOM and CRLF", "encoding cookie", "CR", "form feed and a warning"],
)
def test_bytes_are_read_as_python_reads_them(source: bytes, line: int) -> None:
    """Byte order mark, line ends, encoding; a warning of the compiler is none of ours."""
    (mark,) = find_marks(source, "t.py", "incident")
    assert (mark.args, mark.line, [test.line for test in mark.tests]) == (("é",), line, [line])


@pytest.mark.parametrize(
    "source",
    [
        b"s = 'a\x00b'  # incident",
        b"def (:  # incident",
        b"# coding: no-such-encoding\n# incident",
        b"incident = '\xff'",
        b"x = " + b"(" * 5000 + b")" * 5000,
        b"x = " + b"-" * 100_000 + b"1",
        b"x = a" + b".a" * 50_000,
    ],
    ids=["null byte", "syntax", "encoding", "not UTF-8", "brackets", "signs", "attributes"],
)
def test_what_is_no_python_is_told(source: bytes) -> None:
    """As one of two errors, whatever is wrong; what one Python reads and another does not has no marker."""
    with suppress(SyntaxError, ValueError) if source.startswith(b"x = ") else pytest.raises((SyntaxError, ValueError)):
        assert find_marks(source, "t.py", "incident") == []


def test_a_marker_of_another_name() -> None:
    """The configured one alone."""
    (mark,) = read('@mark.incident("A")\n@mark.postmortem("B")\ndef test_it(): pass', "postmortem")
    assert mark.args == ("B",)


def test_the_line_of_a_test_is_that_of_its_first_decorator() -> None:
    """As pytest counts."""
    (mark,) = read('@mark.slow\n@mark.incident(\n  "A")\ndef test_it(): pass')
    assert (mark.line, mark.tests[0].line) == (4, 3)
