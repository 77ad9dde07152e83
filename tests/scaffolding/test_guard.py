"""The tests that action items ask for: which, where, and what is in them."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_postmortem.errors import ConfigError, DocumentError, PostmortemError
from pytest_postmortem.project import Project
from pytest_postmortem.scaffolding.guard import MESSAGE, Scaffold, scaffold
from pytest_postmortem.scaffolding.literals import format_literal, format_sentence
from pytest_postmortem.scanning.functions import find_functions
from tests.scaffolding.repository import postmortem, repository

DOCUMENT = "docs/postmortems/PM-123-checkout.md"
RUFF = shutil.which("ruff", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))


def made(
    path: Path, files: dict[str, str], name: str = "PM-123", items: tuple[str, ...] = (), output: str = ""
) -> Scaffold:
    """The tests that are written for a project of these files."""
    place = (path / output, output) if output else None
    return scaffold(repository(path, files), name, items, place)


def names(tests: Scaffold) -> list[str]:
    return [name for listed in tests.files.values() for name in listed]


def places(path: Path, tests: Scaffold) -> dict[str, list[str]]:
    return {file.relative_to(path).as_posix(): listed for file, listed in tests.files.items()}


def marked(test: str, *arguments: str) -> str:
    return f"@pytest.mark.incident({', '.join(arguments)})\ndef {test}(): pass\n"


def test_each_item_that_asks_for_a_test_gets_one(tmp_path: Path) -> None:
    """Not those that have one, are waived, dropped, or ask for none."""
    rows = [
        "AI-1 | Reject | required",
        "AI-2 | Retry | required",
        "AI-3 | Alert | no",
        "AI-4 | Wait | waived until 2026-06-14: vendor",
        "AI-5 | Pause | waived until 2026-06-15: vendor",
        "AI-6 | ~~Stop~~ | required",
        "AI-7 | Count | tests/test_x.py::test_counts",
        "AI-8 | Sum | required",
    ]
    linked = marked("test_a", '"PM-123"', 'action_item="AI-2"')
    source = f"import pytest\n{linked}def test_counts(): pass\n"
    files = {DOCUMENT: postmortem(*rows), "tests/test_x.py": source}
    tests = made(tmp_path, files)
    assert names(tests) == ["test_reject", "test_wait", "test_sum"]
    assert tests.notes == []
    again = scaffold(Project(tmp_path, repository(tmp_path, {}).today), "PM-123")
    assert (again.files, again.notes) == ({}, ["every action item of PM-123 that requires a test has one"])


def test_a_mark_without_an_item_covers_the_only_one(tmp_path: Path) -> None:
    """As it does in the report."""
    files = {DOCUMENT: postmortem("AI-1 | Reject | required"), "test_x.py": marked("test_a", '"PM-123"')}
    assert made(tmp_path, files).files == {}


def test_items_can_be_named(tmp_path: Path) -> None:
    """Whatever they require; one that has a test of this name with this mark already is left as it is."""
    rows = ["AI-1 | Reject | required", "AI-2 | Alert when | no"]
    files = {DOCUMENT: postmortem(*rows)}
    assert names(made(tmp_path, files, items=("AI-2",))) == ["test_alert_when"]
    before = tmp_path.joinpath("tests/test_pm_123.py").read_bytes()
    tests = made(tmp_path, {}, items=("AI-2",))
    assert tests.files == {}
    assert tests.notes == ["tests/test_pm_123.py::test_alert_when is there already, with this marker"]
    assert tmp_path.joinpath("tests/test_pm_123.py").read_bytes() == before
    assert names(made(tmp_path, {}, items=("AI-2", "AI-1"))) == ["test_reject"]


NAMELESS = "action item {} has only its place in the list as id, which a test cannot name; write one, such as AI-{}"


@pytest.mark.parametrize(
    ("name", "items", "told"),
    [
        ("PM-12", (), 'no post-mortem is named "PM-12"; did you mean PM-123 or PM-124 or PM-125?'),
        ("PM-123", ("AI-11",), 'PM-123 has no action item "AI-11"; did you mean AI-1?'),
        ("PM-124", (), "docs/postmortems/PM-124.md: no action item of PM-124 requires a test; write `required` into the "
                       "Test column of one, or name one with --action-item"),
        ("PM-125", (), f"docs/postmortems/PM-125.md:13: {NAMELESS.format(2, 2)}\n"
                       f"docs/postmortems/PM-125.md:14: {NAMELESS.format(3, 3)}"),
        ("PM-125", ("1",), f"docs/postmortems/PM-125.md:12: {NAMELESS.format(1, 1)}"),
    ],
)  # fmt: skip
def test_what_cannot_be_done(tmp_path: Path, name: str, items: tuple[str, ...], told: str) -> None:
    """Is a fault of the command line, and nothing is written."""
    files = {
        DOCUMENT: postmortem("AI-1 | Reject | required"),
        "docs/postmortems/PM-124.md": postmortem("AI-1 | Reject | no", postmortem_id="PM-124"),
        "docs/postmortems/PM-125.md": postmortem(
            " | A | no", " | B | required", " | C | required", postmortem_id="PM-125"
        ),
    }
    with pytest.raises(ConfigError) as caught:
        made(tmp_path, files, name, items)
    assert str(caught.value) == told
    assert not tmp_path.joinpath("tests").exists()


def test_the_only_item_needs_no_id(tmp_path: Path) -> None:
    """The mark names the post-mortem alone, by the id that the document has, whatever name was given."""
    text = postmortem(" | Reject orders | required").replace("---\n#", "incidents: [INC-7]\n---\n#")
    tests = made(tmp_path, {DOCUMENT: text}, "INC-7")
    assert '\n@pytest.mark.incident("PM-123")\ndef test_reject_orders()' in next(iter(tests.files)).read_text("utf-8")
    assert scaffold(repository(tmp_path, {}), "PM-123-checkout").files == {}


def test_a_document_with_a_fault(tmp_path: Path) -> None:
    """Is told with its line."""
    with pytest.raises(DocumentError, match=r"PM-123-checkout\.md:12: "):
        made(tmp_path, {DOCUMENT: postmortem("AI-1 | Reject | waived until never: x")})


HEAD = "import pytest\n"
OTHER = marked("test_other", '"PM-9"')


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({}, "tests/test_pm_123.py"),
        ({"test/x.txt": ""}, "test/test_pm_123.py"),
        ({"test/x.txt": "", "tests/x.txt": ""}, "tests/test_pm_123.py"),
        ({"src/app/test_app.py": "def test_a(): pass\n"}, "src/app/test_pm_123.py"),
        ({"a/test_x.py": HEAD + marked("test_a", '"PM-123"'), "b/test_y.py": HEAD + OTHER * 5}, "a/test_x.py"),
        ({"a/test_x.py": HEAD + OTHER, "b/test_y.py": HEAD + OTHER + OTHER.replace("other", "more")}, "b/test_pm_123.py"),
        ({"a/test_regressions.py": HEAD + OTHER, "tests/x.txt": ""}, "a/test_regressions.py"),
        ({"a/test_incident_1.py": HEAD + OTHER, "a/test_incident_2.py": HEAD + OTHER}, "a/test_pm_123.py"),
        ({"a/test_incidents.py": HEAD + OTHER, "b/test_x.py": HEAD + OTHER + marked("test_b", '"PM-9"')},
         "b/test_pm_123.py"),
        ({"test_x.py": HEAD + OTHER}, "test_pm_123.py"),
        ({"tests/conftest.py": HEAD + marked("test_a", '"PM-123"')}, "tests/test_pm_123.py"),
        ({"tests/check_x.py": HEAD + marked("test_a", '"PM-123"')}, "tests/check_x.py"),
    ],
)  # fmt: skip
def test_where_they_go(tmp_path: Path, files: dict[str, str], place: str) -> None:
    """To the tests that are linked already."""
    rows = ["AI-1 | Reject | required", "AI-2 | Retry | required"]
    assert places(tmp_path, made(tmp_path, files | {DOCUMENT: postmortem(*rows)})) == {
        place: ["test_reject", "test_retry"]
    }


def test_a_test_that_the_document_names_gets_its_place(tmp_path: Path) -> None:
    """And its name; where that cannot be, a note tells what to write."""
    rows = [
        "AI-1 | Reject | tests/test_queue.py::test_is_full",
        "AI-2 | Retry | tests/test_queue.py::TestRetry::test_ends",
        "AI-3 | Wait | tests/wait/test_wait.py",
    ]
    tests = made(tmp_path, {DOCUMENT: postmortem(*rows)})
    assert places(tmp_path, tests) == {
        "tests/test_queue.py": ["test_is_full"],
        "tests/test_pm_123.py": ["test_retry"],
        "tests/wait/test_wait.py": ["test_wait"],
    }
    note = (
        f"{DOCUMENT}:13 names tests/test_queue.py::TestRetry::test_ends, which is not there; write the node id of the"
    )
    assert [told.startswith(note) for told in tests.notes] == [True]
    tests = made(tmp_path / "named", {DOCUMENT: postmortem(rows[0])}, output="test_x.py")
    assert (names(tests), len(tests.notes)) == (["test_reject"], 1)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "import pytest\n\n\n"),
        ("import pytest\n", "import pytest\n\n\n"),
        ("import pytest", "import pytest\n\n\n"),
        ("import pytest\r\n", "import pytest\r\n\r\n\r\n"),
        ("import pytest\n\n\n\n\n", "import pytest\n\n\n\n\n"),
        ("import os\n\nX = 1\n", "import os\nimport pytest\n\nX = 1\n\n\n"),
        ("import os\n\n\ndef a(): ...", "import os\nimport pytest\n\n\ndef a(): ...\n\n\n"),
        ('"""Doc."""\n', '"""Doc."""\n\nimport pytest\n\n\n'),
        ('"""Doc."""\n\n\ndef a(): ...\n', '"""Doc."""\n\nimport pytest\n\n\ndef a(): ...\n\n\n'),
        ("from __future__ import annotations\n", "from __future__ import annotations\n\nimport pytest\n\n\n"),
        ("# Licence\n# -*- coding: utf-8 -*-\nX = '\u00e4'\n",
         "# Licence\n# -*- coding: utf-8 -*-\n\nimport pytest\n\nX = '\u00e4'\n\n\n"),
        ("X = 1\n", "import pytest\n\nX = 1\n\n\n"),
        ("import pytest as pt\n", "import pytest as pt\nimport pytest\n\n\n"),
        ("from pytest import mark\n", "from pytest import mark\nimport pytest\n\n\n"),
        ("if True:\n    import pytest\n", "import pytest\n\nif True:\n    import pytest\n\n\n"),
        ("import os; X = '\u2028\x0c'\n", "import os; X = '\u2028\x0c'\nimport pytest\n\n\n"),
        ("\ufeffimport pytest\n", "\ufeffimport pytest\n\n\n"),
        ("from x import (\n    a,\n)\n", "from x import (\n    a,\n)\nimport pytest\n\n\n"),
        ("import pytest\n# last words", "import pytest\n# last words\n\n\n"),
    ],
)  # fmt: skip
def test_what_is_in_the_file_stays(tmp_path: Path, before: str, after: str) -> None:
    """Byte for byte, apart from an import that was missing."""
    files = {DOCUMENT: postmortem("AI-1 | Reject | required", "AI-2 | Retry | required"), "test_x.py": before}
    assert names(made(tmp_path, files, output="test_x.py")) == ["test_reject", "test_retry"]
    text = tmp_path.joinpath("test_x.py").read_bytes().decode()
    assert text.startswith(after + "@pytest.mark.incident(")
    end = "\r\n" if "\r\n" in before else "\n"
    assert text.count(f'{end}    pytest.fail("{MESSAGE}"){end}') == 2
    assert text.count(f"{end}{end}{end}@pytest.mark") == 2
    assert ("\r" in text) == ("\r" in before)


def test_another_encoding_is_kept(tmp_path: Path) -> None:
    """Where it has every letter; else nothing is changed."""
    path = tmp_path / "test_x.py"
    repository(tmp_path, {DOCUMENT: postmortem("AI-1 | Gr\u00fc\u00dfe | required", "AI-2 | \u505c\u6b62 | required")})
    path.write_bytes("# coding: latin-1\nimport pytest\nX = '\u00e4'\n".encode("latin-1"))
    assert names(made(tmp_path, {}, items=("AI-1",), output="test_x.py")) == ["test_gr\u00fc\u00dfe"]
    before = path.read_bytes()
    assert before.decode("latin-1").startswith("# coding: latin-1\nimport pytest\nX = '\u00e4'\n")
    with pytest.raises(DocumentError, match=r"test_x\.py: its encoding iso-8859-1 has no "):
        made(tmp_path, {}, items=("AI-2",), output="test_x.py")
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "content", "error", "told"),
    [
        ("test_x.py", b"def (:\n", DocumentError, "test_x.py:1: is no Python: "),
        ("test_x.py", b"x = '\xff'\n", DocumentError, "test_x.py: is no Python: "),
        ("test_x.py", b"x = 1\x00\n", DocumentError, "is no Python: "),
        ("x.txt", b"", ConfigError, "x.txt: is no Python file; name a file such as tests/test_incidents.py"),
    ],
)
def test_a_file_that_is_no_python(
    tmp_path: Path, name: str, content: bytes, error: type[PostmortemError], told: str
) -> None:
    """Is left as it is."""
    repository(tmp_path, {DOCUMENT: postmortem("AI-1 | Reject | required")})
    tmp_path.joinpath(name).write_bytes(content)
    with pytest.raises(error) as caught:
        made(tmp_path, {}, output=name)
    assert told in str(caught.value)
    assert tmp_path.joinpath(name).read_bytes() == content


def test_links_may_stand_in_a_file_that_is_no_python(tmp_path: Path) -> None:
    """A note says that they are not seen."""
    files = {DOCUMENT: postmortem("AI-1 | Reject | required"), "test_y.py": "@incident ("}
    assert made(tmp_path, files).notes == [
        "test_y.py:1: is no Python: '(' was never closed; mend its syntax; links in it are not seen"
    ]


def test_markers_that_are_computed(tmp_path: Path) -> None:
    """May name anything: a note says that they are not seen."""
    files = {DOCUMENT: postmortem("AI-1 | Reject | required"), "test_y.py": HEAD + marked("test_a", "PM")}
    note = "1 marker is computed (test_y.py:2), and what is named there is not seen"
    assert made(tmp_path, files).notes == [note]
    files["test_y.py"] += marked("test_b", "PM")
    assert made(tmp_path / "two", files).notes == [note.replace("1 marker is", "2 markers are")]


def test_a_file_that_pytest_does_not_collect(tmp_path: Path) -> None:
    """Is noted."""
    tests = made(tmp_path, {DOCUMENT: postmortem("AI-1 | Reject | required")}, output="checks.py")
    assert tests.notes == ["pytest collects files named test_*.py or *_test.py alone, and this is checks.py"]


def test_names_are_new_in_the_file(tmp_path: Path) -> None:
    """Whatever has them already."""
    rows = ["AI-1 | Reject | required", "AI-2 | reject! | required", "AI-3 | Count | required"]
    source = "import pytest\nfrom x import test_count\n\n\ndef test_reject(): ...\n"
    tests = made(tmp_path, {DOCUMENT: postmortem(*rows), "test_x.py": source}, output="test_x.py")
    assert names(tests) == ["test_reject_2", "test_reject_3", "test_count_2"]


def test_annotations_are_those_of_the_tests_that_are_there(tmp_path: Path) -> None:
    """In the file, else in the project; with none to go by, they are written."""
    rows = ["AI-1 | Reject | required"]
    bare, annotated = "def test_a(): pass\n", "def test_a() -> None: pass\n"

    def is_annotated(name: str, files: dict[str, str]) -> bool:
        tests = made(tmp_path / name, {DOCUMENT: postmortem(*rows), **files}, output="tests/test_x.py")
        return "def test_reject() -> None:" in next(iter(tests.files)).read_text(encoding="utf-8")

    assert is_annotated("none", {})
    assert not is_annotated("bare", {"tests/test_y.py": bare})
    assert is_annotated("one", {"tests/test_y.py": annotated})
    assert not is_annotated("own", {"tests/test_y.py": annotated, "tests/test_x.py": bare})
    assert is_annotated("helper", {"tests/test_y.py": annotated, "tests/test_x.py": "def help(): pass\n"})


HOSTILE = [
    "Reject \"quoted\" and 'single' orders",
    "\"\"\"triple\"\"\" '''triple'''",
    "ends in a backslash \\",
    'ends in a quote "',
    "C:\\Users\\new \\N{BULLET} \\x41 \\u0041 " + "\\" * 90,
    "{braces} %s %(x)s",
    "\u202eright to left \u2066and more",
    "\u505c\u6b62\u3057\u305f\u6ce8\u6587\u3092\u62d2\u5426\u3059\u308b" * 12,
    "word " * 60,
    "x" * 400,
    "https://example.org/" + "path/" * 40,
    "!!! ???",
    "class",
    "42 is the answer",
    "\U0001f525 fire \u2764\ufe0f",
    "e\u0301te\u0301 caf\u00e9",
    "bell \x07 and \x1b[31m red",
    "::error::x ##[error]y",
    "tab\there",
]


@pytest.fixture(scope="module")
def hostile_tests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file with a test for each hostile text, and some for ids, titles and root causes of that kind."""
    path = tmp_path_factory.mktemp("hostile")
    rows = [f"AI-{n} | {text} | required" for n, text in enumerate(HOSTILE)]
    made(path, {DOCUMENT: postmortem(*rows)}, output="test_x.py")
    rows = [row.removesuffix("required") + "test_z.py::TestHostile" for row in rows]
    made(path, {"docs/postmortems/z.md": postmortem(*rows, postmortem_id="Z")}, "Z")
    for number, name in enumerate(('it "is"', "it's", "a" * 90, "b\\n", "both \"'")):
        quoted = name.replace("'", "''")
        text = postmortem("AI-1 | Reject | required").replace("id: PM-123", f"id: '{quoted}'")
        text = text.replace("title: Checkout queue overflow", 'title: \'Ends in """\'').replace(
            "The queue had no upper bound.", 'It was """ and \\ "'
        )
        made(path, {f"docs/postmortems/other{number}.md": text}, name, output="test_x.py")
    return path / "test_x.py"


def test_texts_of_documents_are_harmless_in_a_source(hostile_tests: Path) -> None:
    """It is Python, with a test and a docstring for each, no line too long and nothing that a terminal obeys."""
    source = hostile_tests.read_bytes()
    functions = find_functions(source, "test_x.py")
    assert len(functions) == len(HOSTILE) + 5
    tree = ast.parse(source)
    for node in tree.body[1:]:
        assert isinstance(node, ast.FunctionDef)
        assert len(node.body) == 2
        assert "docs/postmortems/" in (ast.get_docstring(node) or "")
        assert len(node.name) <= 65
    text = source.decode()
    assert [line for line in text.splitlines() if len(line) > 100] == []
    assert [line for line in text.splitlines() if line != line.rstrip()] == []
    assert all(one.isprintable() or one == "\n" for one in text)


@pytest.mark.skipif(RUFF is None, reason="ruff is not installed")
@pytest.mark.parametrize("length", [88, 120])
def test_a_formatter_leaves_them_as_they_are(hostile_tests: Path, length: int) -> None:
    """Whatever length of lines it is set to."""
    command = [str(RUFF), "format", "--isolated", "--no-cache", "--diff", f"--line-length={length}"]
    command += [str(hostile_tests), str(hostile_tests.with_name("test_z.py"))]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("text", ["a", 'a"b', "a'b", "\"'", "a\\b", "\x07", "\u202e", "\u505c", "\U0001f525", "\ud800"])
def test_a_literal_is_its_text(text: str) -> None:
    """As Python reads it."""
    assert ast.literal_eval(format_literal(text)) == text


def test_a_text_becomes_a_sentence() -> None:
    """With a capital, where it begins with a word of small letters, and an end."""
    for text, told in (
        ("reject orders", "Reject orders."),
        ("reject_orders is slow!", "reject_orders is slow!"),
        ("\u6ce8\u6587\u3092\u62d2\u5426\u3059\u308b\u3002", "\u6ce8\u6587\u3092\u62d2\u5426\u3059\u308b\u3002"),
        ("word " * 100, "Word" + " word" * 79 + "…"),
    ):
        assert format_sentence(text) == told
