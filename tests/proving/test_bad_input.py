"""What cannot be proven or asked for is told in one line each, with what to do, and leaves nothing behind."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.history.checkout import document
from tests.proving.shop import BROKEN, DOCUMENT, FIRST, FIXED, PROVEN, TEST, UNCLEAR, Shop

COMPUTED = 'import pytest\nNAME = "PM" + "-1"\n@pytest.mark.incident(NAME)\ndef test_made(): pass\n'


def refused(shop: Shop, code: int, *words: str, arguments: tuple[str, ...] = (), **environ: str) -> str:
    """The one line that says why."""
    told = shop.prove(*arguments, **environ)
    assert (told.code, told.proofs, told.output) == (code, (), ""), told
    (line,) = told.errors.splitlines()
    for word in words:
        assert word in line
    return line


def test_shallow_clone(shop: Shop) -> None:
    """A clone without the parent of the fix, and one without the fix: the rest of the history is to be fetched."""
    commit = shop.usual()
    for depth in (1, 2):
        clone = Shop(shop.path.parent / f"clone-{depth}", shop.home)
        shop.change({"README.md": str(depth)})
        shop.change({DOCUMENT: document(extra=f"fix: {commit}\n")}, str(depth))
        shop.git("clone", "-q", "--depth", str(depth), f"file://{shop.path}", str(clone.path))
        refused(clone, 11, DOCUMENT, f"git knows no commit '{commit}'", "git fetch --unshallow")
    exact = Shop(shop.path.parent / "exact", shop.home)
    shop.git("clone", "-q", "--depth", "5", f"file://{shop.path}", str(exact.path))
    refused(exact, 11, f"the parent of {commit[:12]} is not in this shallow clone", "git fetch --unshallow")


def test_unknown_commit(shop: Shop) -> None:
    """A commit that git does not know, in the document and on the command line."""
    shop.usual()
    refused(shop, 11, "git knows no commit 'abcdef1'", arguments=("--fix", "abcdef1"))
    shop.change({DOCUMENT: document(extra="fix: abcdef1\n")})
    refused(shop, 11, f"{DOCUMENT}: fix: git knows no commit 'abcdef1'; name a branch, a tag or a commit")


@pytest.mark.parametrize("text", ["--output=x", "..", "#7", "https://example.org/o/r/pull/7"])
def test_no_commit(shop: Shop, text: str) -> None:
    """What names no commit at all, and a pull request that was never merged."""
    shop.usual()
    refused(shop, 11, arguments=(f"--fix={text}",))


def test_no_ancestor(shop: Shop) -> None:
    """A fix of another branch."""
    shop.usual()
    shop.git("checkout", "-q", "-b", "other", "HEAD^")
    commit = shop.change({"README.md": ""})
    shop.git("checkout", "-q", "main")
    refused(shop, 11, f"{commit[:9]} is not in the history of what is checked out", arguments=("--fix", commit[:9]))


def test_no_fix(shop: Shop) -> None:
    """No fix is known: the three ways to name one."""
    shop.usual(message="Bound the queue")
    refused(shop, 11, DOCUMENT, "no fix of PM-1 is known", "`fix: COMMIT`", "`Incident: PM-1`", "--fix COMMIT")


def test_no_git(shop: Shop, tmp_path: Path) -> None:
    """git is not installed."""
    shop.usual()
    told = shop.prove(PATH=str(tmp_path / "nothing"))
    assert (told.code, told.errors) == (13, "git was not found; install git\n")


def test_no_repository(tmp_path: Path) -> None:
    """No repository, one without a commit, and one without a work tree."""
    shop = Shop(tmp_path / "plain", tmp_path / "home")
    for path, text in FIRST.items():
        shop.write(path, text)
    shop.write("tests/test_line.py", TEST)
    shop.state = dict  # type: ignore[method-assign]
    refused(shop, 13, f"there is no git repository at {shop.path}", "`git init` and commit")
    shop.git("init", "-q")
    refused(shop, 13, f"the git repository at {shop.path} has no commit yet")
    shutil.rmtree(shop.path / ".git")
    shop.git("init", "-q", "--bare", ".")
    refused(shop, 13, f"there is no git repository at {shop.path}")


def test_unknown_id(shop: Shop) -> None:
    """A post-mortem and an action item that are not there: the nearest."""
    shop.usual()
    refused(shop, 13, "no post-mortem is named 'PM-11'; did you mean PM-1?", arguments=("PM-11",))
    refused(shop, 13, "PM-1 has no action item 'AI-7'; it has AI-1", arguments=("--action-item=AI-7",))


def test_no_test(shop: Shop) -> None:
    """A post-mortem that no test guards."""
    shop.mended(FIRST, {"src/shop/line.py": FIXED})
    refused(shop, 11, f"{DOCUMENT}:6: no test guards PM-1; mark the test", '@pytest.mark.incident("PM-1")')
    assert shop.prove("--all").code == 0


def test_nothing_asked(shop: Shop) -> None:
    """An action item of no post-mortem, and a number of samples that is none."""
    shop.usual()
    refused(shop, 13, "--action-item needs the ID of one", arguments=("--stale", "--action-item=AI-1"))
    assert shop.prove("--samples", "0").code == 13


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "is not a ledger of proofs"),
        ("[]", "is not a ledger of proofs"),
        ('{"version": 1, "proofs": [{}]}', "is not a ledger of proofs"),
        ('{"version": 7, "proofs": []}', "has version 7, and this pytest-postmortem knows 1"),
        (b"\xff", "is not UTF-8"),
    ],
)
def test_broken_ledger(shop: Shop, text: str | bytes, says: str) -> None:
    """A ledger that cannot be read is not written over, and nothing is run."""
    shop.usual()
    file = shop.path.parent / "proofs.json"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    refused(shop, 11, f"{file}: {says}", arguments=("--output", str(file)))
    assert file.read_bytes() == (text if isinstance(text, bytes) else text.encode())


def test_ledger_that_cannot_be_written(shop: Shop) -> None:
    """What came out is shown all the same."""
    shop.usual()
    shop.write("file", "")
    told = shop.prove("--output", "file/proofs.json")
    assert told.code == 11
    assert "file/proofs.json: cannot be" in told.errors
    shop.remove("file")
    shop.path.parent.joinpath("folder").mkdir()
    told = shop.prove("--output", "../folder")
    assert told.code == 11
    assert "folder: cannot be" in told.errors


def test_one_of_two(shop: Shop) -> None:
    """A fix that is missing does not keep the others from being proven."""
    other = '@pytest.mark.incident("PM-2")\ndef test_other(): pass\n'
    shop.usual(TEST + other, **{"docs/postmortems/PM-2.md": document("PM-2")})
    told = shop.prove("PM-1", "PM-2")
    assert (told.code, told.proof.verdict) == (11, PROVEN)
    assert "no fix of PM-2 is known" in told.errors


def test_broken_today(shop: Shop) -> None:
    """A test that fails with the fix."""
    shop.usual()
    shop.change({"src/shop/line.py": BROKEN})
    shop.expect(UNCLEAR, way="", says="with the fix it is failed in a fresh tree .*assert not True")


def test_links_that_cannot_be_seen_are_told(shop: Shop) -> None:
    """A marked file that is no Python, and a marker that is computed: their tests are not proven, and not forgotten."""
    shop.usual()
    shop.change({"tests/test_broken.py": "@pytest.mark.incident(\n", "tests/test_made.py": COMPUTED})
    told = shop.prove()
    assert told.code == 0
    first, second = told.errors.splitlines()
    assert first.startswith("note: 1 marker is computed")
    assert second.startswith("note: tests/test_broken.py:1: is no Python: ")
