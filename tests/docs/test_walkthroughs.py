"""The pages that lead through something are done step by step, from an empty folder on."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.docs.test_pages import page
from tests.docs.walkthrough import walk


@pytest.mark.parametrize(("name", "least"), [("adopting.md", 7), ("fifteen-minutes.md", 15)])
def test_a_page_can_be_followed(tmp_path: Path, name: str, least: int) -> None:
    """Each command ends as the page says, and prints what the page shows."""
    folder = tmp_path / "shop"
    folder.mkdir()
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    environ = {**os.environ, "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1", "PY_COLORS": "0"}
    environ |= {f"GIT_{who}_{what}": "a@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environ["PYTEST_ADDOPTS"] = "-p no:hypothesispytest -p no:cacheprovider"
    assert walk(page(name), folder, environ) >= least


def test_a_page_that_is_wrong_is_found(tmp_path: Path) -> None:
    """Another code, another output, a line that is not there."""
    environ = dict(os.environ)
    right = (
        "`a.txt`:\n\n```text\none\ntwo\n```\n\n<!-- exit 3 -->\n\n```console\n$ cat a.txt\none\n...\n$ exit 3\n```\n"
    )
    assert walk(right, tmp_path, environ) == 2
    for wrong in (right.replace("$ exit 3", "$ exit 4"), right.replace("one\n...", "two\none")):
        with pytest.raises(AssertionError, match=r"\$ "):
            walk(wrong, tmp_path, environ)
    with pytest.raises(ValueError, match="unpack"):
        walk("In `a.txt`, in place of the line with `three`:\n\n```text\n3\n```\n", tmp_path, environ)
