"""The pages of remote sources: every key, every type, and a recipe that gives the token to nobody's code."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from pytest_postmortem.config.remotes import COMMON_KEYS, TYPES, RemoteKey
from tests.docs.test_pages import FENCE, ROOT, page, table


def rows(keys: dict[str, RemoteKey]) -> list[list[str]]:
    return [[f"`{name}`", key.text] for name, key in keys.items()]


def test_the_common_keys_are_those_of_the_configuration() -> None:
    """Each with its text."""
    assert table(page("remote.md"), "key") == rows(COMMON_KEYS)


@pytest.mark.parametrize("kind", TYPES)
def test_each_type_has_a_page_with_its_keys(kind: str) -> None:
    """And says what it was checked against."""
    text = ROOT.joinpath("docs", "sources", f"{kind}.md").read_text(encoding="utf-8")
    if TYPES[kind]:
        named = {name for row in table(text, "key") for name in re.findall(r"`([a-z-]+)`", row[0])}
        assert named - COMMON_KEYS.keys() == TYPES[kind].keys()
    assert f'type = "{kind}"' in text
    assert "not against a live account" in " ".join(text.split()) or kind == "feed"
    assert f"[`{kind}`](sources/{kind}.md)" in page("remote.md")


def test_every_type_is_in_the_table() -> None:
    """In the order of the configuration."""
    assert [row[0].partition("`")[2].partition("`")[0] for row in table(page("remote.md"), "type")] == list(TYPES)


def test_the_recipe_runs_no_code_of_the_project() -> None:
    """The token is in two steps alone; nothing of the checkout is installed, imported or run."""
    (block,) = (block for kind, block in FENCE.findall(page("remote.md")) if kind == "yaml")
    recipe: dict[str, Any] = yaml.load(block, yaml.SafeLoader)
    assert "pull_request" not in str(recipe[True])
    assert recipe["permissions"] == {"contents": "read"}
    (job,) = recipe["jobs"].values()
    assert job["permissions"]["issues"] == "read"
    pinned = set(re.findall(r"uses: (\S+@[0-9a-f]{40} # \S+)", page("ci.md")))
    assert set(re.findall(r"uses: (.*)", block)) <= pinned
    commands = [step.get("run", "") for step in job["steps"]]
    assert [command for command in commands if "pip install" in command] == ["pip install pytest-postmortem"]
    assert "postmortem fetch" in commands
    assert not re.search(r"pytest(?!-postmortem)|python -m|tox|make", "\n".join(commands))
    with_token = [step["run"].split()[0] for step in job["steps"] if "GITHUB_TOKEN" in step.get("env", {})]
    assert with_token == ["postmortem", "git"]
