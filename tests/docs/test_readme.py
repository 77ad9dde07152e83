"""The README shows what really happens in examples/shop."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.docs.test_pages import FENCE, ROOT

MARK = '@pytest.mark.incident("PM-2026-001", action_item="AI-1")'
TEXTS = [
    block for language, block in FENCE.findall(ROOT.joinpath("README.md").read_text("utf-8")) if language == "text"
]


def deleted(source: str) -> str:
    start = source.index(MARK)
    return source[:start] + source[source.index('@pytest.mark.incident("PM-2026-002"') :]


CHANGES: list[tuple[Callable[[str], str], int]] = [
    (lambda source: source, 0),
    (deleted, 1),
    (lambda source: source.replace(MARK, f'@pytest.mark.skip(reason="flaky")\n{MARK}'), 1),
    (lambda source: source.replace(MARK, MARK.replace("001", "010")), 2),
]


@pytest.mark.parametrize(("place", "change", "code"), [(place, *change) for place, change in enumerate(CHANGES)])
def test_the_readme_shows_the_real_output(
    pytester: pytest.Pytester, place: int, change: Callable[[str], str], code: int
) -> None:
    """Every line of each block, in its order; the days that are left to a waiver pass."""
    shop = pytester.path / "shop"
    shutil.copytree(ROOT / "examples" / "shop", shop, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    queue = Path(shop, "tests", "test_queue.py")
    queue.write_text(change(queue.read_text(encoding="utf-8")), encoding="utf-8")
    result = pytester.runpytest_subprocess("-p", "no:xdist", "-p", "no:cacheprovider", "--incident-report", "shop")
    assert result.ret == code

    def timeless(text: str) -> list[str]:
        lines = [re.sub(r"\(\d+ days left", "(N days left", line) for line in text.splitlines()]
        return [line.replace("shop/tests/", "tests/") for line in lines]

    shown = timeless(TEXTS[place])
    printed = timeless(result.stdout.str())
    found = [line for line in printed if line in shown]
    assert found == shown


def test_what_is_proven_in_the_example(tmp_path: Path) -> None:
    """In its history one linked test turns out to be no regression test; README and docs/proof.md show it."""
    shop = tmp_path / "shop"
    subprocess.run([sys.executable, str(ROOT / "examples" / "shop" / "history.py"), str(shop)], check=True)
    command = [sys.executable, "-m", "pytest_postmortem", "prove", "--all", "--samples", "1"]
    done = subprocess.run(command, cwd=shop, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (10, "")
    assert done.stdout == TEXTS[len(CHANGES)]
    assert f"```text\n{done.stdout}```\n" in ROOT.joinpath("docs", "proof.md").read_text("utf-8")


def test_the_readme_has_two_commands() -> None:
    """The ones that `.ci/run` runs word for word."""
    section = ROOT.joinpath("README.md").read_text("utf-8").partition("## Two commands")[2].partition("\n## ")[0]
    assert len(re.findall(r"^\$ ", section, re.MULTILINE)) == 2
    assert "README.md" in ROOT.joinpath(".ci/run").read_text("utf-8")
