"""The page about following up shows what really happens with what stands on it."""

from __future__ import annotations

import re

import pytest

from tests.docs.test_pages import FENCE, page

BLOCKS = FENCE.findall(page("followup.md"))
OUTPUT, FAULT = [block for language, block in BLOCKS if language == "text"]


def timeless(text: str) -> str:
    """The days pass."""
    return re.sub(r"\d+ days late", "N days late", text)


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """The post-mortem of docs/documents.md, with the settings, the register and the test of the page."""
    told = dict(BLOCKS)
    document = next(block for language, block in FENCE.findall(page("documents.md")) if language == "markdown")
    folder = pytester.mkdir("docs") / "postmortems"
    folder.mkdir()
    folder.joinpath("PM-123-checkout-queue-overflow.md").write_text(document, encoding="utf-8")
    folder.parent.joinpath("incidents.yaml").write_text(told["yaml"], encoding="utf-8")
    pytester.path.joinpath("pyproject.toml").write_text(told["toml"], encoding="utf-8")
    pytester.mkdir("tests").joinpath("test_queue.py").write_text(told["python"], encoding="utf-8")
    return pytester


def test_the_output_on_the_page_is_the_real_one(project: pytest.Pytester) -> None:
    """Line by line, in one piece."""
    assert timeless(OUTPUT) in timeless(project.runpytest_inprocess("--incident-report", "-v").stdout.str())


def test_the_fault_on_the_page_is_the_real_one(project: pytest.Pytester) -> None:
    """And ends the run in 4."""
    project.path.joinpath("docs", "incidents.yaml").write_text("- id: INC-77\n  date: soon\n", encoding="utf-8")
    result = project.runpytest_inprocess("--incident-report")
    assert result.ret == 4
    assert FAULT.strip() in result.errlines
