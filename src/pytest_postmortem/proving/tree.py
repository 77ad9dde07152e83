"""A tree of a commit's files in a folder of its own, which git knows nothing of: the user's repository is only read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pytest_postmortem.errors import SourceError
from pytest_postmortem.git import Git, summarize_complaint
from pytest_postmortem.proving.fix import Change
from pytest_postmortem.proving.path_rules import PathRules
from pytest_postmortem.proving.temporary_folder import Folder

__all__ = ["CannotTakeOut", "Tree"]


_MOST_PATHS = 200
_SETTINGS = (
    *("-c", "core.sparseCheckout=false", "-c", "core.bare=false", "-c", "submodule.recurse=0"),
    # An index that lies in one file, and a look at each file: what a run has changed is seen.
    *("-c", "core.splitIndex=false", "-c", "core.ignoreStat=false", "-c", "core.checkStat=default"),
    *("-c", "core.trustctime=true", "-c", "core.untrackedCache=false"),
    # Nothing that was resolved once is resolved so again, or written down in the user's repository.
    *("-c", "rerere.enabled=false", "-c", "apply.ignoreWhitespace=no"),
)
_PATCH = (
    *("-r", "-p", "--binary", "--full-index", "--find-renames", "--no-textconv", "--no-ext-diff", "--no-color"),
    *("--submodule=short", "--ignore-submodules=none", "--src-prefix=a/", "--dst-prefix=b/"),
)
_PLAIN_MERGES = {b"unspecified", b"set", b"unset", b"text", b"binary"}
"""The values of the attribute `merge` by which a conflict is a conflict, and not resolved by some rule."""


class CannotTakeOut(Exception):
    """A fix that cannot be taken out; the argument says why."""


class Tree:
    """The files of one commit at a time, in `root`.

    It has an index and a store of objects of its own beside it, so that nothing is ever written into the user's
    repository, and no hook of it runs. `home` is the folder around it, for whatever else a run needs; `close` removes
    everything.
    """

    def __init__(self, git: Git, head: str) -> None:
        self._git = git
        self._head = head
        self._folder = Folder()
        self.home = self._folder.path.resolve()
        self.root = self._folder.make_tree_folder().resolve()
        objects = self.home / "objects"
        objects.mkdir()
        self._plumbing = {
            "GIT_LITERAL_PATHSPECS": "1",
            "GIT_DIR": str(_resolve_git_path(git, "--git-dir")),
            "GIT_WORK_TREE": str(self.root),
            "GIT_INDEX_FILE": str(self.home / "index"),
            "GIT_OBJECT_DIRECTORY": str(objects),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(git.path("objects").resolve()),
        }
        self._filled = False
        self._known: dict[Change, list[str]] = {}

    def close(self) -> None:
        """Remove the tree."""
        self._folder.remove()

    def restore(self) -> None:
        """Make it the tree of HEAD, without anything that a run has left. Raises SourceError."""
        if not self._filled:
            self._must("read-tree", self._head)
            self._must("checkout-index", "--all", "--force", "--index", "--quiet")
            self._filled = True
            return
        self.clean()
        self._must("read-tree", "--reset", "-u", self._head)

    def clean(self) -> None:
        """Remove what no commit has."""
        self._must("clean", "-ffdxq")

    def take_out(self, changes: Sequence[Change], rules: PathRules) -> str:
        """Take a fix out of the tree of HEAD, and return in which way: `reverse` or `parent`.

        `reverse` is today's code without the changes; where that conflicts, `parent` is the code before them with
        today's tests and documents. Raises CannotTakeOut, SourceError.
        """
        paths = [self._list_changed(change) for change in changes]
        code = [rules.select_code(changed) for changed in paths]
        if not any(code):
            raise CannotTakeOut(_explain_no_code(paths))
        if self._reverse_code(changes, code):
            if not self._differs(_merge(code)):
                raise CannotTakeOut("nothing of the fix is in today's code")
            self._reverse_prose(changes, paths, rules)
            return "reverse"
        if changes[-1].base == self._git.hash_empty_tree():
            raise CannotTakeOut("it conflicts with later changes, and there is no commit before it")
        self._lay_over(changes[-1].base, rules)
        return "parent"

    def _reverse_code(self, changes: Sequence[Change], code: Sequence[Sequence[str]]) -> bool:
        """Return whether the changes of these paths, those of each change, could be taken out of today's code."""
        return self._merges_plainly(_merge(code)) and all(
            self._reverse(change, paths, "--3way") for change, paths in zip(changes, code, strict=True)
        )

    def _reverse_prose(self, changes: Sequence[Change], paths: Sequence[Sequence[str]], rules: PathRules) -> None:
        """Take out the changes of what people read; where that fails it stays as it is today."""
        for change, changed in zip(changes, paths, strict=True):
            prose = [path for path in changed if not rules.stays(path) and rules.is_prose(path)]
            self._reverse(change, prose, "--index")

    def bring_in(self, changes: Sequence[Change], rules: PathRules) -> None:
        """Make it the tree of the newest change, with today's tests and documents. Raises SourceError."""
        self._lay_over(changes[0].tip, rules)

    def list_code_paths(self, changes: Iterable[Change], rules: PathRules) -> list[str]:
        """Return the paths that a fix changes and that are taken out."""
        return _merge(rules.select_code(self._list_changed(change)) for change in changes)

    def _list_changed(self, change: Change) -> list[str]:
        if change not in self._known:
            told = self._must("diff-tree", "-r", "-z", "--no-renames", "--name-only", change.base, change.tip)
            self._known[change] = [path.decode("utf-8", "surrogateescape") for path in told.split(b"\0") if path]
        return self._known[change]

    def _reverse(self, change: Change, paths: Sequence[str], how: str) -> bool:
        """Return whether the change of `paths` could be taken out. The tree is half done where not by `--3way`, and
        untouched where not by `--index`."""
        if not paths:
            return True
        patch = b"".join(
            self._must("diff-tree", *_PATCH, change.base, change.tip, "--", *some) for some in _chunk(paths)
        )
        code, _, _ = self._ask("apply", "--reverse", how, "--whitespace=nowarn", stdin=patch)
        return code == 0

    def _merges_plainly(self, paths: Sequence[str]) -> bool:
        """Return whether no attribute of `paths` asks for a driver that may resolve a conflict in its own way."""
        told = self._must(
            "check-attr", "-z", "--stdin", "merge", stdin=b"".join(os.fsencode(path) + b"\0" for path in paths)
        )
        return set(told.split(b"\0")[2::3]) <= _PLAIN_MERGES

    def _differs(self, paths: Sequence[str]) -> bool:
        """Return whether one of `paths` is not as it is at HEAD."""
        return any(
            self._must("diff-index", "--cached", "--name-only", self._head, "--", *some) for some in _chunk(paths)
        )

    def _lay_over(self, commit: str, rules: PathRules) -> None:
        """Make it the tree of `commit`, with every path that stays laid over it as it is today."""
        entries = self._must("ls-tree", "-r", "-z", "--full-tree", self._head).split(b"\0")
        before = self._must("ls-tree", "-r", "-z", "--full-tree", "--name-only", commit).split(b"\0")
        self._must("read-tree", "--reset", "-u", commit)
        gone = b"".join(
            b"0 " + b"0" * len(commit) + b"\t" + path + b"\0" for path in before if path and _stays(rules, path)
        )
        laid = b"".join(
            b"%b %b\t%b\0" % (mode, name, path)
            for mode, name, path in (_parse_entry(entry) for entry in entries if entry)
            if _stays(rules, path)
        )
        self._must("update-index", "-z", "--index-info", stdin=gone + laid)
        self._must("checkout-index", "--all", "--force", "--index", "--quiet")
        self.clean()

    def _ask(self, *arguments: str, stdin: bytes | None = None) -> tuple[int, bytes, bytes]:
        return self._git.ask("-C", str(self.root), *_SETTINGS, *arguments, stdin=stdin, extra=self._plumbing)

    def _must(self, *arguments: str, stdin: bytes | None = None) -> bytes:
        code, told, complaint = self._ask(*arguments, stdin=stdin)
        if code:
            raise SourceError(
                f"`git {arguments[0]}` failed: {summarize_complaint(complaint) or code}", hint="see `git fsck`"
            )
        return told


def _merge(paths: Iterable[Iterable[str]]) -> list[str]:
    return sorted({path for some in paths for path in some})


def _explain_no_code(paths: Iterable[Iterable[str]]) -> str:
    """Return why a fix that changes these `paths` cannot be taken out."""
    changed = _merge(paths)
    if not changed:
        return "the fix changes nothing"
    return f"the fix changes no code, only {', '.join(changed[:3])}" + (" ..." if len(changed) > 3 else "")


def _chunk(paths: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield as many paths at a time as a command line holds on every system."""
    for start in range(0, len(paths), _MOST_PATHS):
        yield paths[start : start + _MOST_PATHS]


def _resolve_git_path(git: Git, what: str) -> Path:
    told = git.ask("rev-parse", what)[1].removesuffix(b"\n")
    return (git.base / os.fsdecode(told)).resolve()


def _parse_entry(entry: bytes) -> tuple[bytes, bytes, bytes]:
    head, _, path = entry.partition(b"\t")
    mode, _, name = head.split(b" ")
    return mode, name, path


def _stays(rules: PathRules, path: bytes) -> bool:
    return rules.stays(path.decode("utf-8", "surrogateescape"))
