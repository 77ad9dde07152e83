"""The marker: its grammar, its checks, and the text of its errors."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Run

WRONG = [
    ('"PM-132"', 'no post-mortem is named "PM-132"; did you mean PM-123?'),
    ('"pm-123"', 'no post-mortem is named "pm-123"; did you mean PM-123?'),
    ('"\uff30\uff2d-123"', "did you mean PM-123?"),
    ('"PM-12"', 'no post-mortem is named "PM-12"; did you mean PM-123?'),
    ('"entirely-else"', "they are read from docs/postmortems"),
    ('""', 'no post-mortem is named ""'),
    ("", "the incident marker names no post-mortem; write @pytest.mark.incident("),
    ("123", "the incident marker takes strings, not 123; write"),
    ("None", "the incident marker takes strings, not None"),
    ('["PM-123"]', "the incident marker takes strings, not ['PM-123']"),
    ('"PM-123", item="AI-1"', "unknown keyword 'item' in the incident marker"),
    ('"PM-123", action_item="AI-9"', 'PM-123 has no action item "AI-9"; did you mean AI-'),
    ('"PM-123", action_item="retry"', 'PM-123 has no action item "retry"; it has AI-1, AI-2, AI-3'),
    ('"PM-123", action_item=1', "action_item takes a string or a list of strings, not 1"),
    ('"PM-123", action_item=[]', "action_item is an empty list"),
    ('"PM-123", "INC-77", action_item="AI-1"', "action_item needs exactly one post-mortem, and PM-123, INC-77 are 2"),
]


@pytest.mark.parametrize(("said", "told"), WRONG)
def test_a_wrong_marker_is_an_error_of_collection(project: pytest.Pytester, run: Run, said: str, told: str) -> None:
    """It names file, line and test, says what is wrong and what to do, and is there once."""
    project.makepyfile(test_wrong=f"import pytest\n\n@pytest.mark.incident({said})\ndef test_it(): pass\n")
    result = run()
    assert result.ret == (1 if "2 workers" in result.stdout.str() else 2)
    lines = [line for line in result.outlines if line.startswith("test_wrong.py:3: test_it: ")]
    assert len(lines) == 1
    assert told in lines[0]
    assert "Traceback" not in result.stdout.str() + result.stderr.str()


@pytest.mark.parametrize("options", [(), ("--incident-report",), ("--collect-only",)])
def test_the_text_of_an_error_is_the_same_however_pytest_is_run(
    project: pytest.Pytester, run: Run, options: tuple[str, ...]
) -> None:
    """Plain, with workers, with a report and with --collect-only."""
    project.makepyfile(test_wrong='import pytest\n\n@pytest.mark.incident("PM-132")\ndef test_it(): pass\n')
    result = run(*options)
    assert 'test_wrong.py:3: test_it: no post-mortem is named "PM-132"; did you mean PM-123?' in result.outlines


def test_all_errors_of_a_file_are_one_error(project: pytest.Pytester, run: Run) -> None:
    """Sorted by line, each once though the test has parameters; the other file has an error of its own."""
    project.makepyfile(
        test_one="""
        import pytest

        @pytest.mark.incident("PM-9000")
        def test_b(): pass

        @pytest.mark.parametrize("n", [1, 2, 3])
        @pytest.mark.incident("PM-8000", 5)
        def test_a(n): pass
        """,
        test_two='import pytest\npytestmark = pytest.mark.incident("PM-7")\ndef test_c(): pass\n',
    )
    result = run()
    told = [
        " ".join(line.split(": ")[:2]) for line in result.outlines if line.startswith("test_") and ": test_" in line
    ]
    assert told == ["test_one.py:3 test_b", "test_one.py:6 test_a", "test_two.py:3 test_c"]
    assert "2 errors" in result.outlines[-1]


def test_a_good_test_of_a_file_with_an_error_runs_when_asked_for(project: pytest.Pytester, run: Run) -> None:
    """By node id: the error belongs to the other test."""
    project.makepyfile(
        test_wrong="""
        import pytest

        @pytest.mark.incident("PM-132")
        def test_bad(): pass

        def test_good(): pass
        """
    )
    result = run("test_wrong.py::test_good")
    assert result.ret == 0
    result.assert_outcomes(passed=1)


def test_a_string_enum_names_a_post_mortem(project: pytest.Pytester, run: Run) -> None:
    """Enum members reach the workers as exact strings."""
    project.makepyfile(
        test_enum="""
        import enum, pytest

        class Incident(str, enum.Enum):
            OVERFLOW = "PM-123"

        class Plain(enum.Enum):
            ITEM = "AI-1"

        @pytest.mark.incident(Incident.OVERFLOW, action_item=Plain.ITEM)
        def test_it(): pass
        """
    )
    result = run("--incident-report", "-v")
    assert result.ret == 0
    assert any("test_enum.py::test_it passed" in line for line in result.outlines)


def test_a_lone_surrogate_in_a_marker_loses_no_worker(project: pytest.Pytester, run: Run) -> None:
    """It is an unknown id like any other."""
    project.makepyfile(test_odd='import pytest\n\n@pytest.mark.incident("PM-\\ud800")\ndef test_it(): pass\n')
    result = run()
    assert any('no post-mortem is named "PM-\\ud800"' in line for line in result.outlines)


def test_the_marker_is_registered(project: pytest.Pytester) -> None:
    """`pytest --markers` shows it, and --strict-markers knows it."""
    result = project.runpytest_inprocess("--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.incident(*ids, action_item=None): *"])
    assert project.runpytest_inprocess("--strict-markers").ret == 0


def test_the_marker_can_be_renamed(project: pytest.Pytester, run: Run) -> None:
    """A suite that uses `incident` for something else keeps it."""
    project.makefile(".toml", postmortem='marker = "postmortem"\n')
    project.makepyfile(
        test_shop="""
        import pytest

        @pytest.mark.postmortem("PM-123", action_item=["AI-1", "AI-2"])
        def test_it(): pass

        @pytest.mark.incident("whatever")
        def test_theirs(): pass
        """
    )
    result = run("--incident-report")
    assert result.ret == 0
    assert (
        "incidents: 1 post-mortem, 1 guarded; 2 of 2 required action items have a test; gate passed" in result.outlines
    )


def test_a_plain_run_reads_only_what_its_markers_name(project: pytest.Pytester, run: Run) -> None:
    """A fault in another document is not looked for; one in a document that a marker names is the marker's."""
    folder = project.path / "docs" / "postmortems"
    folder.joinpath("PM-124-broken.md").write_text("---\nid: PM-124\nid: PM-125\n---\n", encoding="utf-8")
    assert run().ret == 0
    project.makepyfile(test_named='import pytest\n@pytest.mark.incident("PM-124")\ndef test_it(): pass\n')
    result = run()
    assert result.ret != 0
    assert any("the document of PM-124" in line or "PM-124-broken.md:3" in line for line in result.outlines)


def test_a_plain_run_among_foreign_files_passes(pytester: pytest.Pytester, run: Run) -> None:
    """A repository whose docs/incidents is full of other things is not our business."""
    folder = pytester.mkdir("docs") / "incidents"
    folder.mkdir()
    folder.joinpath("data.bin").write_bytes(b"\xff\xfe\x00")
    folder.joinpath("broken.md").write_text("---\n{ not: [yaml\n", encoding="utf-8")
    pytester.makepyfile("def test_it(): pass")
    result = run()
    assert result.ret == 0
    assert "incident" not in result.stdout.str()


def test_broken_configuration_is_an_error_of_the_marker_in_a_plain_run(project: pytest.Pytester, run: Run) -> None:
    """And no concern of a run without a marker."""
    project.makefile(".toml", postmortem='gates = "linked"\n')
    result = run()
    assert any("postmortem.toml:1: unknown key 'gates'; did you mean 'gate'?" in line for line in result.outlines)
    project.makepyfile(test_shop="def test_it(): pass")
    assert run().ret == 0


def test_selection_runs_only_the_tests_that_guard_it(project: pytest.Pytester, run: Run) -> None:
    """By id, by alias, by item, repeated."""
    for asked, passed in (
        (["PM-123"], 2),
        (["INC-77"], 2),
        (["PM-123/AI-2"], 1),
        (["PM-123/AI-2", "PM-123/AI-1"], 2),
    ):
        result = run(*(word for one in asked for word in ("--incident", one)))
        assert result.parseoutcomes()["passed"] == passed
        assert "incidents:" not in result.stdout.str()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("PM-132", '--incident: no post-mortem is named "PM-132"; did you mean PM-123?'),
        ("PM-123/AI-9", '--incident: PM-123 has no action item "AI-9"; did you mean PM-123/AI-'),
        ("PM-132/AI-1", '--incident: no post-mortem is named "PM-132/AI-1"; did you mean PM-123?'),
        ("zzz", '--incident: no post-mortem is named "zzz"; they are read from docs/postmortems'),
    ],
)
def test_an_unknown_id_to_select_is_a_usage_error(project: pytest.Pytester, run: Run, asked: str, told: str) -> None:
    """Exit 4 before any test, with the nearest."""
    result = run("--incident", asked)
    assert result.ret == 4
    assert told in result.stderr.str()
    assert "passed" not in result.stdout.str()


def test_selection_follows_the_node_ids_of_the_document(project: pytest.Pytester, run: Run) -> None:
    """A test that only the document names guards it too."""
    path = project.path / "docs" / "postmortems" / "PM-123-overflow.md"
    text = path.read_text(encoding="utf-8").replace("| done | no |", "| done | test_shop.py::test_other |")
    path.write_text(text, encoding="utf-8")
    assert run("--incident", "PM-123/AI-3").parseoutcomes()["passed"] == 1
