"""Reading git's log: whatever stands in it, whatever the user's own configuration of git says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Generator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from pytest_postmortem.errors import ConfigError, SourceError
from pytest_postmortem.history import log
from pytest_postmortem.history.log import Repository
from tests.history.checkout import Checkout, document, marked

TEST = "tests/test_queue.py"
STORY = (date(2026, 3, 1), 1, [(date(2026, 3, 5), 1)])


def storied(checkout: Checkout) -> Checkout:
    """A guard on a branch, merged on 2026-03-01 with a second one that goes on 2026-03-05."""
    checkout.git("switch", "-q", "-c", "topic")
    checkout.commit("2026-02-20", TEST, marked("PM-1", "PM-1"))
    checkout.git("switch", "-q", "main")
    checkout.commit("2026-02-21", "README", "x")
    checkout.git("merge", "-q", "--no-ff", "-m", "merge", "topic", day="2026-03-01")
    checkout.commit("2026-03-05", TEST, marked("PM-1"))
    return checkout


def story(checkout: Checkout, below: str = ".") -> tuple[date | None, int, list[tuple[date, int]]]:
    guarding = checkout.guarding(below=below)
    return guarding.first_guard, guarding.markers, [(one.day, one.left) for one in guarding.removals]


@pytest.mark.parametrize(
    "settings",
    [
        {"diff.noprefix": "true", "diff.mnemonicPrefix": "true", "diff.external": "false", "diff.renames": "copies"},
        {"color.ui": "always", "color.diff": "always", "core.pager": "false", "core.abbrev": "7"},
        {"log.showSignature": "true", "log.showRoot": "false", "log.abbrevCommit": "true", "log.date": "relative"},
        {"log.diffMerges": "off", "log.decorate": "full", "format.pretty": "fuller", "log.follow": "true"},
        {"diff.relative": "true", "diff.orderFile": "/nowhere/at/all", "core.quotePath": "true"},
        {"core.fsmonitor": "false", "core.hooksPath": "hooks", "diff.ignoreSubmodules": "all", "notes.displayRef": "*"},
        {"i18n.logOutputEncoding": "utf-16", "diff.algorithm": "patience", "diff.suppressBlankEmpty": "true"},
        {"core.attributesFile": "attributes", "diff.x.textconv": "false", "diff.x.command": "false"},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_the_users_own_configuration_changes_nothing(checkout: Checkout, settings: dict[str, str]) -> None:
    """Prefixes, colours, signatures, pagers, orders, external programs: global and in the repository."""
    below = Checkout.made(checkout.path.parent / "below", "PM-1")
    below.write("package/pyproject.toml", "[tool.pytest-postmortem]\n")
    below.write("package/incidents/PM-1.md", document())
    below.write(f"package/{TEST}", marked("PM-1"))
    below.git("add", "-A")
    below.git("commit", "-q", "--amend", "-m", "root", day="2026-02-20")
    storied(checkout)
    for one, test in ((checkout, TEST), (below, f"package/{TEST}")):
        one.git("mv", test, test.replace("queue", "ä"))
        one.commit("2026-03-06")
        one.write(".gitattributes", "*.py diff=x\n")
        for name, value in settings.items():
            one.git("config", "--global", name, value)
            one.git("config", name, value)
    assert story(checkout) == STORY
    assert story(below, "package") == (date(2026, 2, 20), 1, [])
    assert below.guarding(below="package").path == TEST


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_signatures_are_not_looked_at(checkout: Checkout) -> None:
    """A program that checks them would be slow, and its words would stand in the log."""
    program = checkout.home / "gpg"
    program.write_text(f"#!/bin/sh\ntouch {checkout.home}/ran\necho words >&2\n", encoding="utf-8")
    program.chmod(0o755)
    for name, value in (("log.showSignature", "true"), ("gpg.program", str(program))):
        checkout.git("config", "--global", name, value)
    checkout.commit("2026-03-01", TEST, marked("PM-1"))
    told = checkout.git("cat-file", "commit", "HEAD").partition("\n\n")[0]
    lines = "\n ".join(["-----BEGIN PGP SIGNATURE-----", "", "aGVsbG8=", "-----END PGP SIGNATURE-----"])
    file = checkout.home / "commit"
    file.write_text(f"{told}\ngpgsig {lines}\n\nchange\n", encoding="utf-8", newline="\n")
    commit = checkout.git("hash-object", "-t", "commit", "-w", str(file))
    assert checkout.guarding(revision=commit).first_guard == date(2026, 3, 1)
    assert not checkout.home.joinpath("ran").exists()
    checkout.git("log", "-1", commit)
    assert checkout.home.joinpath("ran").exists()  # so it would have been


def test_gits_own_environment_is_not_obeyed(checkout: Checkout, tmp_path: Path) -> None:
    """As a hook or a wrapper would set it: another repository, another work tree, a trace on stderr, an editor."""
    storied(checkout)
    checkout.environ |= {
        "GIT_DIR": str(tmp_path),
        "GIT_WORK_TREE": "/",
        "GIT_INDEX_FILE": "nowhere",
        "GIT_EXTERNAL_DIFF": "false",
        "GIT_DIFF_OPTS": "--unified=9",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_TRACE": "1",
        "GIT_PAGER": "false",
        "GIT_CONFIG_COUNT": "x",
        "git_dir": "nowhere",
        "LC_ALL": "de_DE.UTF-8",
    }
    assert Repository(checkout.path, checkout.environ).boundary("HEAD") is None
    repository = Repository(checkout.path, checkout.environ)
    commits = list(repository.log(repository.resolve("HEAD")))
    assert [commit.day for commit in commits] == [
        date(2026, 2, 1),
        date(2026, 2, 21),
        date(2026, 3, 1),
        date(2026, 3, 5),
    ]


def test_no_hook_runs_and_nothing_is_written(checkout: Checkout) -> None:
    """Neither hooks nor a file system monitor; the whole folder is as it was."""
    storied(checkout)
    hooks = checkout.path / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-checkout", "reference-transaction", "post-index-change", "fsmonitor"):
        hooks.joinpath(name).write_text(f"#!/bin/sh\ntouch {checkout.home}/ran\n", encoding="utf-8")
        hooks.joinpath(name).chmod(0o755)
    checkout.git("config", "core.fsmonitor", str(hooks / "fsmonitor"))

    def files() -> dict[str, tuple[int, int]]:
        found = (Path(folder, name) for folder, _, names in os.walk(checkout.path) for name in names)
        return {str(path): (path.stat().st_mtime_ns, path.stat().st_size) for path in found}

    before = files()
    assert story(checkout) == STORY
    assert files() == before
    assert not checkout.home.joinpath("ran").exists()


@pytest.mark.parametrize(
    "name",
    [
        "tests/with space/test_it.py",
        "tests/test_ünïcode_障害.py",
        'tests/test_"quoted".py',
        "tests/test_back\\slash.py",
        "tests/test_new\nline.py",
        "tests/test_tab\t.py",
        "tests/:100644 100644 a b M.py",
        "tests/\n\n:test.py",
        "-test.py",
        b"tests/test_\xff.py",
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="names that only some file systems have")
def test_file_names_of_every_kind(checkout: Checkout, name: str | bytes) -> None:
    """Spaces, quotes, line breaks, raw bytes, what looks like the log itself."""
    checkout.commit("2026-03-01", name, marked("PM-1"))
    checkout.commit("2026-03-02", "README", "x")
    guarding = checkout.guarding()
    shown = name if isinstance(name, str) else "tests/test_\\xff.py"
    assert (guarding.first_guard, guarding.path) == (date(2026, 3, 1), shown)


def test_contents_of_every_kind(checkout: Checkout) -> None:
    """CRLF, no line break at the end, other encodings, binary, a huge line, an empty file, what looks like a diff."""
    checkout.write("tests/test_crlf.py", marked("PM-1").replace("\n", "\r\n"))
    checkout.write("tests/test_end.py", marked("PM-1").rstrip())
    checkout.write("tests/test_latin.py", b"# caf\xe9\n" + marked("PM-1").encode())
    checkout.write("tests/test_binary.py", bytes(range(256)) * 400)
    checkout.write("tests/test_line.py", "x = '" + "y" * 3_000_000 + "'\n" + marked("PM-1"))
    checkout.write("tests/test_empty.py", "")
    checkout.write("tests/test_diff.py", "diff --git a/x b/x\n@@ -1 +1 @@\n-x\n+y\n" + marked("PM-1"))
    checkout.commit("2026-03-01")
    checkout.commit("2026-03-02", "tests/test_crlf.py", marked("PM-1"))
    guarding = checkout.guarding()
    assert (guarding.first_guard, guarding.markers, guarding.removals) == (date(2026, 3, 1), 5, ())


def test_empty_commits_and_commits_of_other_files_are_passed(checkout: Checkout) -> None:
    """They are counted and change nothing."""
    checkout.commit("2026-02-20")
    checkout.commit("2026-02-21", "README", "x")
    checkout.commit("2026-03-01", TEST, marked("PM-1"))
    checkout.commit("2026-03-02")
    repository = Repository(checkout.path, checkout.environ)
    assert len(list(repository.log(repository.resolve("HEAD")))) == 5
    assert checkout.guarding().first_guard == date(2026, 3, 1)


def test_a_file_that_becomes_a_link_or_a_folder_is_gone(checkout: Checkout) -> None:
    """A symbolic link and a submodule hold no tests; a change of mode changes nothing."""
    checkout.write("tests/test_b.py", marked("PM-1"))
    checkout.commit("2026-03-01", TEST, marked("PM-1"))
    checkout.path.joinpath(TEST).chmod(0o755)
    checkout.commit("2026-03-02")
    checkout.remove(TEST)
    checkout.path.joinpath(TEST).symlink_to("@pytest.mark.incident('PM-1')")
    checkout.commit("2026-03-03")
    checkout.remove("tests/test_b.py")
    checkout.commit("2026-03-04", "tests/test_b.py/test_in.py", marked("PM-1"))
    guarding = checkout.guarding()
    assert guarding.markers == 1
    assert [(one.day, one.paths, one.left) for one in guarding.removals] == [(date(2026, 3, 3), (TEST,), 1)]


def test_separators_of_other_versions_of_git() -> None:
    """An empty part between two commits is passed over."""
    told = b"aa 0\0\0\n:100644 100644 b c M\0p/x.py\0\0dd 86400\0"
    assert list(log._parse_commits(BytesIO(told), 2)) == [
        log.Commit("aa", date(1970, 1, 1), [log.FileChange(b"x.py", b"c")]),
        log.Commit("dd", date(1970, 1, 2), []),
    ]


def test_a_submodule_is_another_repository(checkout: Checkout, tmp_path: Path) -> None:
    """Its tests do not count here, whatever its folder is called."""
    other = Checkout(tmp_path / "other", checkout.home)
    other.git("init", "-q", "-b", "main")
    other.commit("2026-02-20", TEST, marked("PM-1"))
    checkout.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other.path), "sub.py")
    checkout.commit("2026-03-01")
    assert checkout.guarding().first_guard is None
    checkout.commit("2026-03-02", TEST, marked("PM-1"))
    assert checkout.guarding().first_guard == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("seconds", "day"),
    [(0, date(1970, 1, 1)), (4102444800, date(2100, 1, 1)), (9007199254740991, date.max)],
)
def test_days_of_every_kind(checkout: Checkout, seconds: int, day: date) -> None:
    """The first day there is, and one behind the last that Python knows."""
    checkout.write(TEST, marked("PM-1"))
    checkout.git("add", "-A")
    tree = checkout.git("write-tree")
    text = f"tree {tree}\nauthor T <t@e> {seconds} +0000\ncommitter T <t@e> {seconds} +0000\n\nx\n"
    file = checkout.home / "commit"
    file.write_text(text, encoding="utf-8", newline="\n")
    commit = checkout.git("hash-object", "-t", "commit", "-w", str(file))
    assert checkout.guarding(revision=commit).first_guard == day


def test_a_detached_head_a_worktree_and_sha256_are_repositories_too(checkout: Checkout, tmp_path: Path) -> None:
    """Wherever git finds its own files."""
    storied(checkout)
    checkout.git("worktree", "add", "-q", "--detach", str(tmp_path / "tree ä"))
    assert story(Checkout(tmp_path / "tree ä", checkout.home)) == STORY
    other = Checkout(tmp_path / "sha256", checkout.home)
    other.git("init", "-q", "-b", "main", "--object-format=sha256")
    other.write("docs/postmortems/PM-1.md", document())
    other.commit("2026-02-01")
    assert story(storied(other)) == STORY


def test_many_files_in_one_commit(checkout: Checkout) -> None:
    """More than are asked for ahead, several times over, with a change of the marker's name behind them."""
    for number in range(300):
        checkout.write(f"tests/test_{number}.py", marked("PM-1", marker="guards" if number % 3 else "incident"))
    checkout.commit("2026-03-01")
    checkout.commit("2026-03-02", "postmortem.toml", 'marker = "guards"\n')
    guarding = checkout.guarding()
    assert (guarding.first_guard, guarding.markers, guarding.removals[0].left) == (date(2026, 3, 1), 200, 200)
    assert len(guarding.removals[0].paths) == 100


@pytest.mark.parametrize(
    "revision",
    [
        "nothing",
        "",
        "-x",
        "--output=x",
        "--all",
        "main..topic",
        "HEAD:README",
        "HEAD^{tree}",
        "a\0b",
        "HEAD HEAD",
        "\n",
    ],
)
def test_what_is_no_commit_is_refused(checkout: Checkout, revision: str) -> None:
    """Whatever it looks like; git takes none of it for an option."""
    with pytest.raises(ConfigError) as caught:
        checkout.trace(revision)
    assert caught.value.hint == "name a branch, a tag or a commit"
    assert repr(revision) in str(caught.value)


def test_no_repository_is_told(tmp_path: Path) -> None:
    """With what to do."""
    with pytest.raises(ConfigError, match=r"there is no git repository at .*; run it in a checkout, or `git init`"):
        Repository(tmp_path, Checkout(tmp_path, tmp_path / "home").environ | {"GIT_CEILING_DIRECTORIES": "/"})


def test_a_bare_repository_has_no_checkout(checkout: Checkout) -> None:
    """Nor has the inside of `.git`."""
    with pytest.raises(ConfigError, match="there is no git repository"):
        Repository(checkout.path / ".git", checkout.environ)


def test_a_repository_without_a_commit_is_told(tmp_path: Path) -> None:
    """Before anything is read."""
    checkout = Checkout(tmp_path / "repo", tmp_path / "home")
    checkout.git("init", "-q")
    checkout.write("docs/postmortems/PM-1.md", document())
    with pytest.raises(ConfigError, match=r"has no commit yet; commit something first"):
        checkout.trace()


def test_a_repository_of_somebody_else_is_told_in_gits_words(checkout: Checkout) -> None:
    """git refuses it, and says how to trust it."""
    checkout.path.joinpath(".git", "config").write_text("[core]\n  repositoryformatversion = 99\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"git cannot read .*: .*99"):
        Repository(checkout.path, checkout.environ)


def test_git_that_is_not_installed_is_told(checkout: Checkout, tmp_path: Path) -> None:
    """Not found, or not to be started."""
    tmp_path.joinpath("bin").mkdir()
    with pytest.raises(ConfigError, match="git was not found; install git"):
        Repository(checkout.path, {"PATH": str(tmp_path / "bin")})


def test_a_damaged_repository_is_told(checkout: Checkout) -> None:
    """A content, a tree or a commit that is missing is never taken for empty."""
    storied(checkout)
    checkout.trace()
    blob = checkout.git("rev-parse", f"HEAD:{TEST}")
    tree = checkout.git("rev-parse", "HEAD~1:tests")
    for one, told in ((blob, "git does not have the content"), (tree, "`git log` failed")):
        file = checkout.path / ".git" / "objects" / one[:2] / one[2:]
        kept = file.read_bytes()
        file.unlink()
        with pytest.raises(SourceError, match=told):
            checkout.trace()
        file.write_bytes(kept)
    checkout.trace()


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
@pytest.mark.parametrize("files", [1, 200])
@pytest.mark.parametrize(
    "how", ["exit 3", "kill -9 $$", "read line; exit 0", "echo nonsense; cat", "echo x blob 99; cat", "echo x blob 99"]
)
def test_a_git_that_ends_too_early_is_told(checkout: Checkout, tmp_path: Path, how: str, files: int) -> None:
    """Before it was asked everything or in the middle: never taken for empty contents."""
    for number in range(files):
        checkout.write(f"tests/test_{number}.py", marked("PM-1"))
    checkout.commit("2026-03-01")
    stand_in = tmp_path / "bin" / "git"
    stand_in.parent.mkdir()
    real = shutil.which("git")
    stand_in.write_text(f'#!/bin/sh\ncase "$*" in *cat-file*) {how};; *) exec {real} "$@";; esac\n', encoding="utf-8")
    stand_in.chmod(0o755)
    checkout.environ["PATH"] = f"{stand_in.parent}{os.pathsep}{checkout.environ['PATH']}"
    with pytest.raises(SourceError, match="git"):
        checkout.trace()


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a link")
def test_a_git_that_goes_away_is_told(checkout: Checkout, tmp_path: Path) -> None:
    """Between two commands, and one that may not be started."""
    stand_in = tmp_path / "bin" / "git"
    stand_in.parent.mkdir()
    stand_in.symlink_to(str(shutil.which("git")))
    repository = Repository(checkout.path, checkout.environ | {"PATH": str(stand_in.parent)})
    stand_in.unlink()
    with pytest.raises(ConfigError, match="git was not found; install git"):
        next(repository.log("HEAD"))
    stand_in.write_text("no program", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"git cannot be started: .*; mend its installation"):
        repository.resolve("HEAD")


def test_a_partial_clone_fetches_what_it_lacks(checkout: Checkout, tmp_path: Path) -> None:
    """It is known as one; where nothing can be fetched any more, that is told."""
    storied(checkout)
    checkout.git("config", "uploadpack.allowFilter", "true")
    clone = Checkout(tmp_path / "clone", checkout.home)
    checkout.git("clone", "-q", "--filter=blob:none", f"file://{checkout.path}", str(clone.path))
    assert Repository(clone.path, clone.environ).is_partial()
    assert not Repository(checkout.path, checkout.environ).is_partial()
    os.rename(checkout.path, tmp_path / "gone")
    with pytest.raises(SourceError, match="git"):
        clone.trace()
    os.rename(tmp_path / "gone", checkout.path)
    assert story(clone) == STORY


def test_git_is_ended_with_its_reader(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that leaves early leaves no process behind."""
    storied(checkout)
    repository = Repository(checkout.path, checkout.environ)
    commit = repository.resolve("HEAD")
    started: list[subprocess.Popen[bytes]] = []

    class Watched(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Watched)
    commits = repository.log(commit)
    contents = repository.contents((one, b"") for one in range(1000))
    for reader in (commits, contents):
        assert isinstance(reader, Generator)
        next(reader)
        reader.close()
    assert [process.returncode is not None for process in started] == [True, True]
