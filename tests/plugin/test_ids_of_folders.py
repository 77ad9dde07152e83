"""A folder per incident: documents of one file name are known by their folders."""

from __future__ import annotations

import pytest

REPORT = "# Search outage\n\n## Action items\n\n- AI-1: Limit it [test required]\n"


@pytest.fixture
def two_reports(pytester: pytest.Pytester) -> pytest.Pytester:
    for folder in ("2026-01-02-search", "2026-02-03-mail"):
        pytester.path.joinpath(f"docs/incidents/{folder}").mkdir(parents=True)
        pytester.path.joinpath(f"docs/incidents/{folder}/report.md").write_text(REPORT)
    return pytester


@pytest.mark.parametrize("options", [(), ("--incident-report",)])
@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_a_marker_names_the_folder(
    two_reports: pytest.Pytester, options: tuple[str, ...], workers: tuple[str, ...]
) -> None:
    """In a run that reads all documents, and in one that only resolves its markers."""
    two_reports.makepyfile(
        """
        import pytest
        pytestmark = pytest.mark.incident("2026-01-02-search")
        def test_search(): pass
        """
    )
    result = two_reports.runpytest(*options, *workers)
    result.assert_outcomes(passed=1)
    assert result.ret == (1 if options else 0)
    if options:
        result.stdout.fnmatch_lines(["missing  2026-02-03-mail*"])


def test_the_shared_stem_names_none(two_reports: pytest.Pytester) -> None:
    """The message names the ids that there are."""
    two_reports.makepyfile('import pytest\n@pytest.mark.incident("report")\ndef test_search(): pass\n')
    result = two_reports.runpytest("--incident-report")
    assert result.ret == 2
    result.stdout.fnmatch_lines(["*2026-01-02-search*2026-02-03-mail*"])


def test_folders_of_years_and_months(pytester: pytest.Pytester) -> None:
    """As much of the path as is needed."""
    for year in (2021, 2022):
        pytester.path.joinpath(f"docs/postmortems/{year}/06").mkdir(parents=True)
        pytester.path.joinpath(f"docs/postmortems/{year}/06/25.md").write_text(REPORT)
    pytester.makepyfile('import pytest\n@pytest.mark.incident("2021/06/25")\ndef test_search(): pass\n')
    assert pytester.runpytest().ret == 0
    result = pytester.runpytest("--incident-report")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["missing  2022/06/25*"])
    result.stdout.no_fnmatch_line("missing  2021/06/25*")


def test_a_single_report_is_known_by_its_folder_from_the_start(pytester: pytest.Pytester) -> None:
    """So that the second incident changes no id."""
    pytester.path.joinpath("docs/incidents/2026-01-02-search").mkdir(parents=True)
    pytester.path.joinpath("docs/incidents/2026-01-02-search/report.md").write_text(REPORT)
    pytester.makepyfile('import pytest\n@pytest.mark.incident("2026-01-02-search")\ndef test_search(): pass\n')
    assert pytester.runpytest("--incident-report").ret == 0
    assert pytester.runpytest().ret == 0
