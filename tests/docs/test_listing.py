"""The pages of list, show, markers and the hooks say what the commands do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import click
import pytest
import yaml

from pytest_postmortem.command.list import list_
from tests.command.incidents import Incidents
from tests.command.test_markers import hooks
from tests.docs.test_pages import FENCE, ROOT, page, table

SHOWN = [block for language, block in FENCE.findall(page("list.md")) if language == "text"]


@pytest.fixture
def shop(tmp_path: Path) -> Incidents:
    """The example."""
    shutil.copytree(
        ROOT / "examples" / "shop", tmp_path / "shop", ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache")
    )
    return Incidents(tmp_path / "shop")


def test_the_blocks_are_what_the_commands_print(shop: Incidents) -> None:
    """Word for word, on the example."""
    assert [shop.run("list").out, shop.run("show", "PM-2026-002").out] == SHOWN


def test_every_filter_has_its_row() -> None:
    """And every other option is named."""
    rows = [row[0].strip("`").partition(" ")[0] for row in table(page("list.md"), "filter")]
    options = [option.opts[-1] for option in list_.params if isinstance(option, click.Option)]
    assert [option for option in options if option not in ("--evidence", "--sort", "--format", "--output")] == rows
    assert all(
        f"`{option}" in page("list.md") or f" {option} " in page("list.md")
        for option in options
        if option != "--output"
    )


def test_every_key_of_the_json_is_told(shop: Incidents) -> None:
    """Of list, and what show adds."""
    (first, *_) = json.loads(shop.run("list", "--format=json").out)
    assert ", ".join(f"`{key}`" for key in first) in " ".join(page("list.md").split())
    shown = json.loads(shop.run("show", "PM-2026-002", "--format=json").out)
    assert [row[0].strip("`") for row in table(page("list.md"), "key")] == [key for key in shown if key not in first]
    assert all(f"`{key}`" in page("list.md") for key in (*shown["linked_tests"][0], "days_late"))
    assert shown["items"][0].keys() - first["items"][0].keys() == {"days_late"}
    told = json.loads(shop.run("markers", "--format=json").out)
    assert all(f"`{key}`" in page("markers.md").partition("## Checked without")[2] for key in (*told, "path", "line"))


def test_the_problem_on_the_page_of_markers_is_the_real_one(tmp_path: Path) -> None:
    """Its words, its place, its sum."""
    block = next(block for _, block in FENCE.findall(page("markers.md")) if "problem;" in block)
    project = Incidents(tmp_path)
    project.write("docs/postmortems/PM-123.md", "---\nid: PM-123\n---\n# One\n")
    mark = '@pytest.mark.incident("{}")\ndef test_it(): pass\n'
    project.write("tests/test_queue.py", "import pytest\n" + "\n" * 10 + mark.format("PM-132"))
    project.write("tests/test_a.py", "import pytest\n" + mark.format("PM-123") * 2)
    project.write("tests/test_b.py", "import pytest\n" + mark.format("PM-123"))
    assert project.run("markers").out == block


def test_the_hooks_on_the_page_are_there() -> None:
    """Every id, every key, and a row each."""
    blocks = [
        yaml.load(block, yaml.SafeLoader)
        for language, block in FENCE.findall(page("precommit.md"))
        if language == "yaml"
    ]
    used = [hook for block in blocks for hook in (block["repos"][0]["hooks"] if isinstance(block, dict) else block)]
    assert len(used) == 5
    assert {hook["id"] for hook in used} == set(hooks())
    assert {key for hook in used for key in hook} <= {"id", "name", "entry", "types_or", "files"}
    assert [row[0].strip("`") for row in table(page("precommit.md"), "hook")] == list(hooks())
    for row in table(page("precommit.md"), "hook"):
        assert f"`{hooks()[row[0].strip('`')]['entry']}`" in row[1]
