"""What a proof may not touch, take along or run; and whose checkout it is run in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.history.checkout import document
from tests.proving.shop import FIRST, FIXED, INI, PROVEN, TEST, TRAILER, UNCLEAR, Shop, a_test

CHECK = "assert not push([1] * 10, 1)"
CODE = "src/shop/line.py"


def test_setup_command(shop: Shop) -> None:
    """A command makes what a fresh tree lacks, on both sides, in the folder of the configuration."""
    shop.usual(a_test(f"import pathlib\nassert pathlib.Path('made').read_text() == 'so'\n{CHECK}"))
    shop.expect(UNCLEAR, way="", says="in a fresh tree.*setup-command")
    shop.configure('setup-command = "printf so > made && grep -q append src/shop/line.py"\n')
    shop.expect(PROVEN)


def test_setup_command_fails(shop: Shop, hang: str) -> None:
    """One that fails is told with its last line; with the fix or without it."""
    shop.usual()
    shop.configure("setup-command = 'echo no wheel; exit 3'\n")
    shop.expect(UNCLEAR, way="", says="^`setup-command` ended in 3: no wheel$")
    shop.configure("setup-command = 'grep LIMIT: src/shop/line.py'\n")
    shop.expect(UNCLEAR, says="^`setup-command` ended in 1: it printed nothing$")
    shop.write("hang.py", hang)
    shop.configure(f"setup-command = '{sys.executable} {shop.path}/hang.py'\n")
    shop.expect(UNCLEAR, "--timeout", "60", way="", says="^`setup-command` took longer than 60 s")


def test_secrets(shop: Shop, tmp_path: Path) -> None:
    """The environment of the tests and of the setup command holds no secret that is not named in `pass-env`."""
    seen = tmp_path / "seen.json"
    body = f"import json, os, pathlib\npathlib.Path({str(seen)!r}).write_text(json.dumps(dict(os.environ)))\n{CHECK}"
    shop.usual(a_test(body))
    secrets = ("GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "PGPASSWORD", "STRIPE_KEY", "GH_PAT", "SSH_AUTH_SOCK", "COOKIE")
    secrets += (
        "GPG_PASSPHRASE",
        "GITHUB_ENV",
        "GITHUB_STEP_SUMMARY",
        "POSTMORTEM_ANYTHING",
        "GIT_DIR_OF_MINE",
        "DB_Credentials",
        "api_key",
        "PASSED_TOKEN",
    )
    shop.configure(f"pass-env = ['PASSED_TOKEN']\nsetup-command = 'env > {tmp_path}/set-up'\n")
    proof = shop.expect(PROVEN, **dict.fromkeys(secrets, "canary"), MONKEY="bird")
    environ = json.loads(seen.read_text())
    assert {name for name, value in environ.items() if value == "canary"} == {"PASSED_TOKEN"}
    assert environ["MONKEY"] == "bird"
    assert tmp_path.joinpath("set-up").read_text().count("canary") == 1
    assert "canary" not in repr(proof)


def test_dirty_checkout(shop: Shop) -> None:
    """What is not committed does not matter, is told of, and is not proven: its digest is that of what was run."""
    shop.usual()
    committed = shop.expect(PROVEN)
    shop.write(CODE, "broken(")
    shop.write("tests/test_line.py", TEST.replace("assert", "pass #"))
    shop.write("src/shop/new.py", "")
    told = shop.prove()
    assert told.proofs == (committed,)
    assert told.errors.startswith("note: what is not committed is not looked at")
    assert told.code == 0
    assert not shop.prove("--stale").output.startswith("proofs: none is stale")


def test_detached(shop: Shop) -> None:
    """A commit is checked out, and no branch."""
    commit = shop.usual()
    shop.change({"tests/test_line.py": a_test("pass")})
    shop.git("checkout", "-q", commit)
    shop.expect(PROVEN)


def test_hooks(shop: Shop, tmp_path: Path) -> None:
    """No hook of the user's runs."""
    shop.usual()
    shop.change({CODE: FIXED.replace("len(queue)", "len(list(queue))")})
    ran = tmp_path / "ran"
    names = "post-checkout reference-transaction post-index-change fsmonitor-watchman applypatch-msg pre-auto-gc"
    for name in names.split():
        hook = shop.path / ".git/hooks" / name
        hook.write_text(f"#!/bin/sh\necho {name} >> {ran}\n")
        hook.chmod(0o755)
    shop.git("config", "core.fsmonitor", ".git/hooks/fsmonitor-watchman")
    shop.git("checkout", "-q", "HEAD")
    assert ran.exists()
    ran.unlink()
    before = shop.state()
    ran.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "pytest_postmortem", "prove", "PM-1", "--samples=1"], cwd=shop.path, env=shop.environ
    )
    assert done.returncode == 0
    assert not ran.exists()
    assert shop.state() == before


def test_submodule(shop: Shop) -> None:
    """A submodule is an empty folder in the tree; the user's stays as it is."""
    inner = Shop(shop.path.parent / "inner", shop.home)
    inner.git("init", "-q", "-b", "main")
    inner.change({"pay.py": ""})
    shop.change(FIRST)
    shop.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.path), "pay")
    shop.git("config", "submodule.recurse", "true")
    shop.change(
        {CODE: FIXED, "tests/test_line.py": a_test(f"import os\nassert os.listdir('pay') == []\n{CHECK}")}, TRAILER
    )
    shop.expect(PROVEN)


@pytest.mark.parametrize(
    "name", ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE"]
)
def test_variables_of_git(shop: Shop, tmp_path: Path, name: str) -> None:
    """Variables that lead git elsewhere (within a hook, say) are not obeyed, and not handed on."""
    shop.usual(a_test(f"import os\nassert not [name for name in os.environ if name.startswith('GIT_')]\n{CHECK}"))
    elsewhere = tmp_path / "elsewhere"
    told = shop.prove("--fix", "HEAD", **{name: str(elsewhere)})
    assert told.proof.verdict is PROVEN, told
    assert not elsewhere.exists()


def test_linked_worktree(shop: Shop, tmp_path: Path) -> None:
    """The user's checkout is itself a linked work tree of another."""
    shop.usual()
    shop.git("checkout", "-q", "-b", "other", "HEAD^")
    shop.git("worktree", "add", "-q", str(tmp_path / "linked"), "main")
    linked = Shop(tmp_path / "linked", shop.home)
    linked.expect(PROVEN)


def test_leftovers(shop: Shop) -> None:
    """What a run leaves in its tree or changes there is gone before the next side is looked at."""
    leave = "import os, pathlib\nassert not pathlib.Path('left').exists()\npathlib.Path('left').mkdir()\n"
    change = f"pathlib.Path('{CODE}').write_text('LIMIT = 10')\npathlib.Path('setup.txt').unlink()\n"
    shop.usual(a_test(f"{leave}{change}{CHECK}"), **{"setup.txt": "", ".gitignore": "left\n"})
    shop.git("config", "core.ignoreStat", "true")
    shop.git("config", "core.checkStat", "minimal")
    shop.expect(PROVEN)


def test_sparse_checkout(shop: Shop) -> None:
    """The tree holds every file on both sides, also where the user's checkout does not."""
    body = f"import pathlib\nif not pathlib.Path('data/limit').is_file(): pytest.skip('sparse')\n{CHECK}"
    shop.usual(a_test(body), **{"data/limit": ""})
    shop.git("sparse-checkout", "set", "src", "tests", "docs")
    assert not shop.path.joinpath("data").exists()
    shop.expect(PROVEN)


def test_side_by_side(shop: Shop) -> None:
    """Several post-mortems, each with a fix of its own, in any number of trees: what is kept is the same."""
    shop.change(
        {**FIRST, "docs/postmortems/PM-2.md": document("PM-2"), "src/shop/other.py": "size = 1\n", "pytest.ini": INI}
    )
    shop.change({CODE: FIXED, "tests/test_line.py": TEST}, TRAILER)
    other = '@pytest.mark.incident("PM-2")\ndef test_other():\n    from shop.other import size\n    assert size == 2\n'
    shop.change(
        {"src/shop/other.py": "size = 2\n", "tests/test_other.py": "import pytest\n" + other}, "Size\n\nIncident: PM-2"
    )
    found = [shop.prove("--all", "--jobs", jobs) for jobs in ("1", "2")]
    assert [one.verdict for one in found[0].proofs] == [PROVEN, PROVEN]
    assert found[0].proofs == found[1].proofs
    assert shop.prove("--stale").output == "proofs: none is stale or new\n"


def test_standard_input(shop: Shop) -> None:
    """A test finds nothing on its standard input, captured or not, and is not kept waiting."""
    body = f"import subprocess, sys\nassert subprocess.run(['cat'], capture_output=True).stdout == b''\n{CHECK}"
    shop.usual(a_test(body), **{"pytest.ini": "[pytest]\naddopts = -s\n"})
    shop.expect(PROVEN)


def test_relative_pythonpath(shop: Shop, tmp_path: Path) -> None:
    """Folders that PYTHONPATH names from where the command is run are found from the tree, too."""
    tmp_path.joinpath("beside").mkdir()
    tmp_path.joinpath("beside/aside.py").write_text("")
    shop.usual(a_test(f"import aside\n{CHECK}"))
    shop.expect(PROVEN, PYTHONPATH=os.pathsep.join(["../beside", os.environ.get("PYTHONPATH", "")]))
