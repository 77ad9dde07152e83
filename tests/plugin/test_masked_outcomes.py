"""A conftest.py, a plugin or a wrapper makes a pass of what did not run or failed: it guards nothing."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Run

MARK = 'import pytest, unittest, functools, contextlib\nM = pytest.mark.incident("PM-123")\n'
DOCUMENT = "---\nid: PM-123\n---\n# Q\n\n## Action items\n\n- AI-1: Bound it [test required]\n"

REPORTS = """
import pytest
@pytest.hookimpl({options})
def {hook}:
    {body}
"""
MAKE = REPORTS.format(
    options="wrapper=True",
    hook="pytest_runtest_makereport(item, call)",
    body="report = yield\n    report.outcome = 'passed'\n    report.longrepr = None\n    return report",
)
LOG = REPORTS.format(
    options="tryfirst=True",
    hook="pytest_runtest_logreport(report)",
    body="report.outcome = 'passed'\n    report.longrepr = None",
)
WRAPPED = """
def deco(function):
    @functools.wraps(function)
    def wrapper(self):
        return function(self)
    return wrapper
class TestA(unittest.TestCase):
    {run}
    @M
    {deco}
    async def test_a(self): assert False
"""


@pytest.mark.parametrize(
    ("conftest", "test"),
    [
        pytest.param(MAKE, "@M\ndef test_a(): assert 0\n", id="a failure in makereport"),
        pytest.param(MAKE, "@M\ndef test_a(): pytest.skip('no')\n", id="a skip in makereport"),
        pytest.param(LOG, "@M\ndef test_a(): assert 0\n", id="a failure in logreport"),
        pytest.param("", WRAPPED.format(run="", deco="@deco"), id="a wrapped async method"),
        pytest.param(
            "",
            WRAPPED.format(run="def run(self, result=None): return super().run(result)", deco=""),
            id="an async method below another run",
        ),
    ],
)
def test_it_guards_nothing(pytester: pytest.Pytester, run: Run, conftest: str, test: str) -> None:
    """Its item is skipped, and the gate fails."""
    folder = pytester.path / "docs" / "postmortems"
    folder.mkdir(parents=True)
    folder.joinpath("PM-123.md").write_text(DOCUMENT, encoding="utf-8")
    pytester.makeconftest(conftest)
    pytester.makepyfile(MARK + test)
    result = run("--incident-gate=passed", "-W", "default")
    assert result.ret != 0
    result.stdout.fnmatch_lines(["skipped here  PM-*Bound it*"])
