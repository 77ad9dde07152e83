"""A failing linked test tells the story of its incident."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.plugin.conftest import Run
from tests.workers import TWO_WORKERS

STORY = [
    "PM-123: Checkout queue overflow (2026-02-11, SEV1)",
    "action item AI-1: Reject orders when the queue is deep",
    "root cause: The queue had no upper bound.",
    "read docs/postmortems/PM-123-overflow.md",
]
FAILURES = {
    "assertion": "def test_rejects(): assert 0",
    "pytest.fail without a trace": "def test_rejects(): pytest.fail('no', pytrace=False)",
    "unknown fixture": "def test_rejects(no_such_fixture): pass",
    "error in setup": (
        "@pytest.fixture\ndef broken(): 1/0\n\n"
        "@pytest.mark.incident('PM-123', action_item='AI-1')\ndef test_setup(broken): pass"
    ),
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
@pytest.mark.parametrize("options", [(), ("--show-capture=no",), ("--tb=native",), ("--incident-report",)])
def test_a_failure_tells_the_story(project: pytest.Pytester, run: Run, failure: str, options: tuple[str, ...]) -> None:
    """Id, title, date, severity, action item, root cause in one sentence and the path, however it fails."""
    head = "" if "test_setup" in failure else "@pytest.mark.incident('PM-123', action_item='AI-1')\n"
    project.makepyfile(test_shop=f"import pytest\n{head}{failure}\n")
    result = run(*options)
    result.stdout.fnmatch_lines([line.replace("[", "[[]") for line in STORY])


def test_the_story_reaches_junit(project: pytest.Pytester, run: Run) -> None:
    """In the failure's text."""
    project.makepyfile(
        test_shop="import pytest\n@pytest.mark.incident('PM-123', action_item='AI-1')\ndef test_it(): assert 0\n"
    )
    run("--junitxml=j.xml")
    failure = ElementTree.parse(project.path / "j.xml").find(".//failure")
    assert failure is not None
    assert failure.text is not None
    assert all(line in failure.text for line in STORY)


def test_junit_has_the_properties_of_every_linked_test(project: pytest.Pytester, run: Run) -> None:
    """Skipped ones included; each pair once; tests without a marker have none."""
    project.makepyfile(
        test_shop="""
        import pytest

        pytestmark = pytest.mark.incident("INC-77")

        @pytest.mark.incident("PM-123")
        @pytest.mark.incident("PM-123", action_item=["AI-1", "AI-2"])
        def test_two(): pass

        @pytest.mark.skip
        def test_skipped(): pass
        """,
        test_plain="def test_plain(): pass",
    )
    run("--junitxml=j.xml")
    found = {
        case.get("name"): [(one.get("name"), one.get("value")) for one in case.iter("property")]
        for case in ElementTree.parse(project.path / "j.xml").iter("testcase")
    }
    assert found == {
        "test_two": [
            ("incident", "PM-123"),
            ("incident_action_item", "PM-123/AI-1"),
            ("incident_action_item", "PM-123/AI-2"),
        ],
        "test_skipped": [("incident", "PM-123")],
        "test_plain": [],
    }


@pytest.mark.parametrize("options", [(), ("--incident-report",)])
def test_a_crashed_worker_leaves_the_story(project: pytest.Pytester, options: tuple[str, ...]) -> None:
    """The report of a crash knows no links; the other workers do."""
    project.makepyfile(
        test_shop="""
        import os, pytest

        @pytest.mark.incident("PM-123", action_item="AI-1")
        def test_it(): os._exit(3)

        def test_a(): pass
        def test_b(): pass
        """
    )
    result = project.runpytest_inprocess(*TWO_WORKERS, *options)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*incident guarded by test_shop.py::test_it*", *STORY])


def test_hostile_words_in_a_document_reach_no_terminal(project: pytest.Pytester, run: Run) -> None:
    """Control characters and workflow commands are shown, not obeyed."""
    path = project.path / "docs" / "postmortems" / "PM-123-overflow.md"
    text = path.read_text(encoding="utf-8").replace("The queue had", "::error::\x1b[31m ##[error] The queue had")
    path.write_text(text, encoding="utf-8")
    project.makepyfile(
        test_shop="import pytest\n@pytest.mark.incident('PM-123', action_item='AI-1')\ndef test_it(): assert 0\n"
    )
    out = run("--color=no", "--incident-report").stdout.str()
    assert "\x1b" not in out
    assert "\\x1b[31m" in out
    assert "##[" not in out
    assert not any(line.lstrip().startswith("::") for line in out.splitlines())
