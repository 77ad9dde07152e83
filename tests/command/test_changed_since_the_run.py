"""`postmortem check` after a change between the run and the check: refused or failed, unless all that ran is still true."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command.test_check import DOC, Done, Shop, made, shop  # noqa: F401 - fixtures

SHOP, PAY = "tests/test_shop.py", "tests/test_pay.py"
CONFIG = "postmortem.toml"
TEST = '@pytest.mark.incident("PM-123", action_item="AI-1")\ndef test_rejects(): pass\n'
ROW = "| AI-1 | Reject orders when the queue is deep |"


def commit(path: Path) -> None:
    git = ["git", "-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "core.autocrlf=false"]
    subprocess.run([*git, "add", "--all"], cwd=path, check=True)
    subprocess.run([*git, "commit", "--quiet", "--allow-empty", "-m", "x"], cwd=path, check=True)


@pytest.fixture(scope="module")
def ran(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    """That project as a repository, with the evidence of a run of its commit."""
    path = tmp_path_factory.mktemp("ran") / "shop"
    shutil.copytree(made, path)
    for name in ("good.json", "workers.json"):
        path.joinpath(name).unlink()
    shutil.rmtree(path / "shards")
    path.joinpath(".gitignore").write_text("*.json\n__pycache__\n", encoding="utf-8")
    subprocess.run(["git", "init", "--quiet"], cwd=path, check=True)
    commit(path)
    one = Shop(path, lambda: Done(0, "", ""))
    assert one.run("-p", "no:xdist", "--incident-output=e.json", GITHUB_ACTIONS="true", GITHUB_RUN_ID="76") == 0
    return path


def delete(name: str) -> Callable[[Shop], None]:
    return lambda one: one.path.joinpath(name).unlink()


def replace(name: str, old: str, new: str) -> Callable[[Shop], None]:
    return lambda one: one.replace(name, old, new)


def add_item(one: Shop) -> None:
    one.write(DOC, one.read(DOC) + "| AI-9 | Refuse nothing | | open | required |\n")


def bring_an_earlier_run(one: Shop) -> None:
    """Its evidence lies beside that of the run that is checked, and says that a test passed that is not there."""
    said = json.loads(one.read("e.json"))
    said.update(run_id="0" * 32, ci_run="75")
    one.write("earlier.json", json.dumps(said))


def truncate(one: Shop) -> None:
    one.write("e.json", one.read("e.json")[:-40])


CHANGES: dict[str, tuple[Callable[[Shop], None], int, str]] = {
    "test file edited": (replace(SHOP, "def test_other(): pass", "def test_other(): 1"), 11, f"{SHOP} was changed"),
    "test deleted": (replace(SHOP, TEST, ""), 11, f"{SHOP} was changed"),
    "file deleted": (delete(SHOP), 11, f"{SHOP} is gone"),
    "marker removed": (replace(SHOP, '@pytest.mark.incident("PM-123", action_item="AI-1")\n', ""), 11, "was changed"),
    "test renamed": (replace(SHOP, "test_rejects", "rejects"), 11, f"{SHOP} was changed"),
    "skip added": (replace(SHOP, TEST, f"@pytest.mark.skip\n{TEST}"), 11, f"{SHOP} was changed"),
    "conftest.py added": (
        lambda one: one.write("tests/conftest.py", "collect_ignore = ['test_shop.py']\n"),
        11,
        "is new",
    ),
    "item's id changed": (replace(DOC, "| AI-1 |", "| AI-7 |"), 11, "PM-123/AI-1 is not there any more"),
    "new required item": (add_item, 10, "PM-123/AI-9"),
    "document deleted": (delete("docs/postmortems/PM-200-card.md"), 11, "PM-200 is not there any more"),
    "all documents deleted": (lambda one: shutil.rmtree(one.path / "docs"), 11, "PM-123/AI-1"),
    "configuration changed": (lambda one: one.write(CONFIG, 'grace = "due"\n'), 11, "another configuration"),
    "earlier run beside": (bring_an_earlier_run, 11, "is of the CI run 75, and this is run 76"),
    "evidence truncated": (truncate, 11, "is no whole JSON"),
}
HARMLESS: dict[str, Callable[[Shop], None]] = {
    "nothing": lambda one: None,
    "item reworded": replace(DOC, ROW, "| AI-1 | Reject orders when the queue is very deep |"),
    "line ends": lambda one: [
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n")) for path in one.path.glob("tests/*.py")
    ] and None,
    "touched": lambda one: [path.touch() for path in one.path.glob("tests/*.py")] and None,
    "another file": lambda one: one.write("tests/test_new.py", "def test_new(): pass\n"),
    "not configured": lambda one: one.write(CONFIG, ""),
}  # fmt: skip


@pytest.fixture(params=["committed", "uncommitted", "without git"])
def changed(
    request: pytest.FixtureRequest, ran: Path, shop: Shop, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> Callable[[Callable[[Shop], None]], Done]:  # fmt: skip
    """Check a copy of that project after a change, in the same CI run."""

    def check(change: Callable[[Shop], None]) -> Done:
        shutil.rmtree(shop.path)
        shutil.copytree(ran, shop.path)
        monkeypatch.chdir(shop.path)
        if request.param == "without git":
            shutil.rmtree(shop.path / ".git")
            said = json.loads(shop.read("e.json"))
            shop.write("e.json", json.dumps(said | {"commit": None}))
        change(shop)
        if request.param == "committed":
            commit(shop.path)
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
        monkeypatch.setenv("GITHUB_RUN_ID", "76")
        return shop.check(".")

    return check


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_since_the_run_is_noticed(
    changed: Callable[[Callable[[Shop], None]], Done], request: pytest.FixtureRequest, name: str
) -> None:
    """With git, without it, and with changes that nobody has committed; the message names what is another."""
    change, code, told = CHANGES[name]
    done = changed(change)
    committed = request.node.callspec.params["changed"] == "committed"
    assert done.code == (11 if committed else code)
    assert told in done.out + done.err or (committed and "is of commit" in done.err)
    assert "gate passed" not in done.out


@pytest.mark.parametrize("name", HARMLESS)
@pytest.mark.parametrize("changed", ["uncommitted", "without git"], indirect=True)
def test_what_keeps_all_of_it_true_is_no_change(changed: Callable[[Callable[[Shop], None]], Done], name: str) -> None:
    """Other line ends, another time, a document in other words."""
    assert changed(HARMLESS[name]).code == 0


@pytest.mark.parametrize("changed", ["without git"], indirect=True)
def test_evidence_of_an_earlier_run_of_other_tests_is_refused_outside_of_ci(
    changed: Callable[[Callable[[Shop], None]], Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing tells the runs apart but what they ran."""

    def change(one: Shop) -> None:
        said = json.loads(one.read("e.json"))
        said["inventory"]["digests"][SHOP] = "0" * 64
        one.write("earlier.json", json.dumps(said | {"run_id": "0" * 32, "ci_run": None}))

    done = changed(change)
    assert done.code == 11
    assert "earlier.json: does not say which CI run it is of" in done.err
    assert f"earlier.json: is not of these tests: {SHOP} was changed since the run" in done.err


def test_a_base_class_of_another_module_is_held_against_the_checkout(pytester: pytest.Pytester) -> None:
    """What a test inherits is a part of it."""
    folder = pytester.path / "docs" / "postmortems"
    folder.mkdir(parents=True)
    folder.joinpath("PM-1.md").write_text("---\nid: PM-1\n---\n# Q\n\n## Action items\n\n- AI-1: a [test required]\n")
    base = pytester.makepyfile(
        base="import pytest\nclass Base:\n    @pytest.mark.incident('PM-1')\n    def test_guard(self): pass\n"
    )
    pytester.makepyfile(test_a="from base import Base\nclass TestA(Base): pass\n")
    pytester.syspathinsert()
    assert pytester.runpytest_subprocess("--incident-output=e.json", "-p", "no:cacheprovider").ret == 0
    assert pytester.run(sys.executable, "-m", "pytest_postmortem", "check", "e.json").ret == 0
    base.write_text(base.read_text().replace("pass", "assert 0"))
    result = pytester.run(sys.executable, "-m", "pytest_postmortem", "check", "e.json")
    assert result.ret == 11
    result.stderr.fnmatch_lines(["*base.py was changed*"])
