"""docs/writing.md shows what the two commands really do."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from pytest_postmortem.command.new import new
from pytest_postmortem.command.scaffold import scaffold_test
from pytest_postmortem.project import Project
from tests.docs.test_pages import FENCE, page, table
from tests.scaffolding.repository import TODAY, repository, written

TEXTS = [block for language, block in FENCE.findall(page("writing.md")) if language == "text"]
TYPED = [block for language, block in FENCE.findall(page("writing.md")) if language == "console"]
PATH, TEMPLATE, REFUSED, NODE_IDS, TEST = TEXTS


def typed(monkeypatch: pytest.MonkeyPatch, path: Path, line: str) -> str:
    """What the command prints that stands on the page behind a `$`."""
    monkeypatch.chdir(path)
    _, name, *arguments = shlex.split(line.removeprefix("$ "))
    command = {"new": new, "scaffold-test": scaffold_test}[name]
    return CliRunner().invoke(command, arguments, obj=Project(path, TODAY), catch_exceptions=False).stdout


@pytest.mark.parametrize(("there", "following"), table(page("writing.md"), "where there is"))
def test_every_form_of_the_page_is_continued(tmp_path: Path, there: str, following: str) -> None:
    """As its row says."""
    files = {} if there == "nothing" else {there.strip("`"): "# Disk full\n"}
    assert f"`{written(repository(tmp_path, files)).name.origin}`" == following


def test_a_new_post_mortem_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its path, and the template."""
    repository(tmp_path, {"docs/postmortems/PM-2026-002-disk-full.md": "# Disk full\n", "template.md": TEMPLATE})
    tmp_path.joinpath("postmortem.toml").write_text('template = "template.md"\n', encoding="utf-8")
    assert typed(monkeypatch, tmp_path, TYPED[0]) == PATH
    text = tmp_path.joinpath(PATH.strip()).read_text(encoding="utf-8")
    assert text == TEMPLATE.replace("{{ id }}", "PM-2026-003").replace(
        "{{ title }}", "Checkout queue overflow"
    ).replace("{{ date }}", "2026-06-15").replace("{{ severity }}", "SEV1").replace("{{ services }}", "checkout")


def test_the_refusal_of_the_page(tmp_path: Path) -> None:
    """Of a template with an id of its own."""
    files = {"docs/postmortems/PM-2026-002-disk-full.md": "# Disk full\n", "template.md": "---\nid: PM-1\n---\n# X\n"}
    with pytest.raises(Exception, match="would not be read") as caught:
        written(repository(tmp_path, files), template=(tmp_path / "template.md", "template.md"))
    assert f"{caught.value}\n" == REFUSED


def test_the_test_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Out of the post-mortem in docs/documents.md."""
    document = next(block for language, block in FENCE.findall(page("documents.md")) if language == "markdown")
    repository(tmp_path, {"docs/postmortems/PM-123-checkout-queue-overflow.md": document})
    assert typed(monkeypatch, tmp_path, TYPED[1]) == NODE_IDS
    assert tmp_path.joinpath("tests/test_pm_123.py").read_text(encoding="utf-8").startswith(TEST)
