"""Which commits mended an incident: what the document says, else what the commits say, else what the user says."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from pytest_postmortem.errors import ConfigError, DocumentError, SourceError
from pytest_postmortem.git import Git, summarize_complaint
from pytest_postmortem.judging.states import list_names
from pytest_postmortem.model.postmortem import Postmortem

__all__ = ["Change", "Fix", "Fixes"]

_PULL = re.compile(r"\A(?:.*/(?:pull|pulls|merge_requests)/|[#!])(\d{1,9})(?=[/#?]|$)")
_COMMIT_URL = re.compile(r"\Ahttps?://\S+/commits?/([0-9a-fA-F]{7,64})\b")
_SPLIT = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True)
class Change:
    """What lies between two commits: of a single commit, its first parent (or the empty tree) and itself."""

    base: str
    tip: str
    name: str


@dataclass(frozen=True, slots=True)
class Fix:
    """The changes that mended an incident, newest first, and where they were found."""

    changes: tuple[Change, ...]
    how: str

    @property
    def names(self) -> tuple[str, ...]:
        """The commits and ranges, oldest first, as the ledger keeps them."""
        return tuple(change.name for change in reversed(self.changes))


class Fixes:
    """Looks for fixes in the history of `head`.

    `given` are revisions that the user names for all; with `guess` a commit whose subject holds the id counts, too.
    """

    def __init__(self, git: Git, head: str, given: Sequence[str] = (), *, guess: bool = False) -> None:
        self._git = git
        self._head = head
        self._given = tuple(given)
        self._guess = guess
        self._by_trailer: dict[str, list[str]] | None = None
        self._empty_tree = git.hash_empty_tree()

    def find(self, postmortem: Postmortem) -> Fix:
        """Return the fix of a post-mortem. Raises PostmortemError if none is found, or one that cannot be used."""
        if self._given:
            return Fix(
                self._sort_changes([change for text in self._given for change in self._parse_changes(text)]), "--fix"
            )
        if postmortem.fixes:
            return self._read_document(postmortem)
        names = list_names(postmortem)
        by_subject: list[str] = []
        if commits := self._find_by_trailer(names):
            how = "trailer"
        else:
            how, by_subject = "subject", self._find_by_subject(names)
            commits = by_subject if self._guess else []
        if not commits:
            raise self._make_unknown_error(postmortem, by_subject)
        return Fix(self._sort_changes([self._make_change(commit) for commit in commits]), how)

    def _read_document(self, postmortem: Postmortem) -> Fix:
        """Return the fix that the document specifies. Raises DocumentError."""
        try:
            changes = [change for text in postmortem.fixes for change in self._parse_changes(text)]
            return Fix(self._sort_changes(changes), "front matter")
        except ConfigError as error:
            raise DocumentError(f"fix: {error.problem}", origin=postmortem.origin, hint=error.hint) from None

    @staticmethod
    def _make_unknown_error(postmortem: Postmortem, by_subject: Sequence[str]) -> DocumentError:
        guess = f"; the subject of {by_subject[0][:12]} holds the id: --guess takes that" if by_subject else ""
        return DocumentError(
            f"no fix of {postmortem.id} is known",
            origin=postmortem.origin,
            line=postmortem.line,
            hint=(
                f"write `fix: COMMIT` into its front matter, end the fix's commit message in the line "
                f"`Incident: {postmortem.id}`, or name it with --fix COMMIT{guess}"
            ),
        )

    def _parse_changes(self, text: str) -> list[Change]:
        """Return what a word of a document or the command line names: a commit, a range, a pull request."""
        if ".." in text:
            base, _, tip = text.replace("...", "..").partition("..")
            first, last = self._resolve_in_history(base), self._resolve_in_history(tip or self._head)
            return [Change(first, last, f"{first}..{last}")]
        if found := _PULL.match(text):
            return [self._make_change(commit) for commit in self._find_merges(found.group(1), text)]
        url = _COMMIT_URL.match(text)
        return [self._make_change(self._resolve_in_history(url.group(1) if url else text))]

    def _resolve_in_history(self, text: str) -> str:
        try:
            commit = self._git.resolve(text)
        except ConfigError as error:
            hint = "fetch the whole history (`git fetch --unshallow`)" if self._git.is_shallow() else error.hint
            raise ConfigError(error.problem, hint=hint) from None
        if self._git.ask("merge-base", "--is-ancestor", commit, self._head)[0]:
            problem = f"{text} is not in the history of what is checked out"
            raise ConfigError(problem, hint="check out a branch that has it, or name the commit that brought it here")
        return commit

    def _make_change(self, commit: str) -> Change:
        code, told, _ = self._git.ask("rev-parse", "--verify", "--quiet", f"{commit}^1^{{commit}}")
        if code and commit in self._git.read_shallow_commits():
            problem = f"the parent of {commit[:12]} is not in this shallow clone"
            raise ConfigError(problem, hint="fetch the whole history (`git fetch --unshallow`)")
        return Change(self._empty_tree if code else told.decode().strip(), commit, commit)

    def _find_merges(self, number: str, text: str) -> list[str]:
        """Return the merge of a pull or merge request, or the commit that it was squashed into."""
        subject = rf"(^Merge pull request #{number}\b|\(#{number}\)$|See merge request \S*!{number}\b)"
        commits = self._read_log("--format=%H", "-E", f"--grep={subject}")
        if not commits:
            hint = "name the commit itself"
            raise ConfigError(f"no commit in the history of what is checked out merges {text}", hint=hint)
        return commits

    def _read_log(self, *options: str) -> list[str]:
        """Return the lines that git's log prints. Raises SourceError if git fails: that is no log without a fix."""
        code, told, complaint = self._git.ask("log", self._head, *options)
        if code:
            raise SourceError(f"`git log` failed: {summarize_complaint(complaint) or code}", hint="see `git fsck`")
        return told.decode("utf-8", "replace").splitlines()

    def _find_by_trailer(self, names: Collection[str]) -> list[str]:
        if self._by_trailer is None:
            self._by_trailer = {}
            trailers = "%H %(trailers:key=Incident,valueonly,separator=%x20)"
            for line in self._read_log("-i", "--grep=^Incident:", f"--format={trailers}"):
                commit, _, values = line.partition(" ")
                for value in filter(None, _SPLIT.split(values)):
                    self._by_trailer.setdefault(value, []).append(commit)
        return list(dict.fromkeys(commit for name in names for commit in self._by_trailer.get(name, ())))

    def _find_by_subject(self, names: Iterable[str]) -> list[str]:
        wanted = re.compile("|".join(rf"(?<![0-9A-Za-z]){re.escape(name)}(?![0-9A-Za-z])" for name in names))
        greps = [f"--grep={name}" for name in names]
        lines = (line.partition(" ") for line in self._read_log("--no-merges", "-F", *greps, "--format=%H %s"))
        return [commit for commit, _, subject in lines if wanted.search(subject)]

    def _sort_changes(self, changes: Sequence[Change]) -> tuple[Change, ...]:
        """Newest first, each once, and none that a merge among them has brought."""
        unique = list({(one.base, one.tip): one for one in changes}.values())
        if len(unique) == 1:
            return tuple(unique)
        merged = {commit for change in unique for commit in self._list_merged(change)}
        kept = [change for change in unique if change.tip not in merged or ".." in change.name]
        older = {change: sum(self._is_ancestor(other, change) for other in kept) for change in kept}
        return tuple(sorted(kept, key=lambda change: -older[change]))

    def _list_merged(self, change: Change) -> list[str]:
        """Return the commits that a merge has brought, without itself."""
        if change.base == self._empty_tree:
            return []
        commits = self._git.ask("rev-list", change.tip, f"^{change.base}")[1].decode().split()
        return [commit for commit in commits if commit != change.tip]

    def _is_ancestor(self, one: Change, other: Change) -> bool:
        return not self._git.ask("merge-base", "--is-ancestor", one.tip, other.tip)[0]
