"""A run that judges or selects reads every document before the collection, and reports all their errors then."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Run

BROKEN = "---\nid: [\n---\n"
NUMBER = 30
COLLECTS = """
from pathlib import Path

def pytest_collectstart(): Path("collected").touch()
"""


@pytest.fixture
def broken(project: pytest.Pytester) -> pytest.Pytester:
    """Thirty documents more, of which the first and the last have an error, and a conftest.py that sees the collection."""
    folder = project.path / "docs" / "postmortems"
    for place in range(NUMBER):
        text = BROKEN if place in (0, NUMBER - 1) else f"---\nid: PM-{place}\n---\n# Overflow {place}\n"
        folder.joinpath(f"{place:05}-overflow.md").write_text(text, encoding="utf-8")
    project.makeconftest(COLLECTS)
    return project


@pytest.mark.parametrize(
    "options",
    [
        ("--incident-report", "--incident-output=evidence.json", "--incident-output=report.html"),
        ("--incident-gate=passed", "--collect-only"),
        ("--incident=PM-123", "-x"),
    ],
    ids=" ".join,
)
def test_errors_end_the_run_before_the_collection(broken: pytest.Pytester, run: Run, options: tuple[str, ...]) -> None:
    result = run(*options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    text = result.stderr.str()
    assert text.count("ERROR: 2 faults in the post-mortems") == 1, text
    assert text.index("docs/postmortems/00000-overflow.md:") < text.index("docs/postmortems/00029-overflow.md:")
    assert "INTERNALERROR" not in result.stdout.str()
    assert "incidents" not in result.stdout.str()
    assert not any((broken.path / name).exists() for name in ("collected", "evidence.json", "report.html"))


def test_the_collection_is_seen(project: pytest.Pytester, run: Run) -> None:
    """So that the test above can fail."""
    project.makeconftest(COLLECTS)
    assert run("--incident-report").ret == pytest.ExitCode.OK
    assert (project.path / "collected").exists()


def test_an_interrupt_while_the_documents_are_read(project: pytest.Pytester) -> None:
    """They are not read once more for a report of it, and it leaves no evidence."""
    project.makeconftest(
        """
        from pathlib import Path
        from pytest_postmortem.reading.postmortem import Reader

        def read(reader, document):
            with Path("opened").open("a") as file:
                file.write("x")
            raise KeyboardInterrupt

        Reader.read = read
        """
    )
    result = project.runpytest_subprocess("--incident-report", "--incident-output=evidence.json")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert (project.path / "opened").read_text(encoding="utf-8") == "x"
    assert "= incidents =" not in result.stdout.str()
    assert not (project.path / "evidence.json").exists()
