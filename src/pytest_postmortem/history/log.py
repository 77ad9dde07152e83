"""One pass over git's log of the main line: which files each commit changed, and what stands in them."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from typing import IO, NamedTuple, TypeVar

from pytest_postmortem.errors import SourceError
from pytest_postmortem.git import Git, explain_start_failure, summarize_complaint

__all__ = ["MAX_BYTES", "Commit", "FileChange", "Repository"]

MAX_BYTES = 4 * 1024 * 1024
"""The largest file that is looked into (4 MiB)."""

_ASKED_AHEAD = 48
"""Contents asked for before the first is read: their names fit into the smallest buffer of a pipe (4 KiB)."""
_CHUNK = 1 << 16
_EPOCH = date(1970, 1, 1)

_LOG = (
    *("log", "--first-parent", "-m", "--reverse", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-notes"),
    *("--no-color", "--no-ext-diff", "--no-textconv", "--no-show-signature"),
    *("--encoding=UTF-8", "--format=tformat:%H %ct"),
)

Key = TypeVar("Key")


class FileChange(NamedTuple):
    """A file that a commit changed, by its path below `base`.

    `blob` names its new content, and is empty where no regular file is left.
    """

    path: bytes
    blob: bytes


class Commit(NamedTuple):
    """A commit on the main line, with its committer's day (UTC) and what it changed against the main line before."""

    id: str
    day: date
    changes: list[FileChange]


class Repository(Git):
    """A git repository whose history is read: its main line, with the files that each commit changed."""

    def boundary(self, commit: str) -> str | None:
        """Return the oldest commit that a shallow clone has of the main line of `commit`; None if all of it is
        there."""
        cut = self.read_shallow_commits()
        if not cut:
            return None
        oldest = self.ask("rev-list", "--first-parent", "--max-parents=0", commit)[1].strip()
        return oldest.decode() if oldest.decode() in cut else None

    def is_partial(self) -> bool:
        """Return whether contents were left out of the clone, to be fetched one by one when they are asked for."""
        return self.ask("config", "--get-regexp", r"^(extensions\.partialclone|remote\..*\.promisor)$")[0] == 0

    def log(self, commit: str) -> Iterator[Commit]:
        """Yield every commit on the main line up to `commit`, oldest first, with what it changed at or below `base`.

        Raises SourceError if git fails.
        """
        below = ("--", f":(top,literal){os.fsdecode(self.prefix)}") if self.prefix else ("--",)
        with self._running(*_LOG, commit, *below) as process:
            assert process.stdout is not None
            yield from _parse_commits(process.stdout, len(self.prefix))

    def contents(self, wanted: Iterable[tuple[Key, bytes]]) -> Iterator[tuple[Key, bytes | None]]:
        """Yield each key with the content of its blob, in order; empty for no blob, None for one that is too large.

        Raises SourceError if git does not have it.
        """
        with self._running("cat-file", "--batch", stdin=subprocess.PIPE) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            ahead: deque[tuple[Key, bytes]] = deque()
            asked: list[bytes] = []
            for key, blob in wanted:
                ahead.append((key, blob))
                if blob:
                    asked.append(blob + b"\n")
                if len(ahead) >= _ASKED_AHEAD:
                    self._send(process.stdin, asked)
                    while len(ahead) > _ASKED_AHEAD // 2:
                        key, blob = ahead.popleft()
                        yield key, _read_content(process.stdout, blob) if blob else b""
            self._send(process.stdin, asked)
            _close(process.stdin)
            for key, blob in ahead:
                yield key, _read_content(process.stdout, blob) if blob else b""

    @staticmethod
    def _send(stdin: IO[bytes], asked: list[bytes]) -> None:
        try:
            stdin.write(b"".join(asked))
            stdin.flush()
        except OSError:
            raise _make_ended_error() from None
        asked.clear()

    @contextmanager
    def _running(self, *arguments: str, stdin: int = subprocess.DEVNULL) -> Iterator[subprocess.Popen[bytes]]:
        """A git that is read while it runs, ended where the reader leaves early. Raises SourceError if it fails."""
        with tempfile.TemporaryFile() as complaints:
            try:
                process = subprocess.Popen(
                    self.command(arguments),
                    cwd=self.base,
                    env=self.environment,
                    stdin=stdin,
                    stdout=subprocess.PIPE,
                    stderr=complaints,
                    bufsize=_CHUNK,
                )
            except OSError as error:
                raise explain_start_failure(error) from None
            try:
                yield process
                code = process.wait()
            except BaseException:
                process.kill()
                raise
            finally:
                for pipe in (process.stdin, process.stdout):
                    if pipe is not None:
                        _close(pipe)
                process.wait()
            if code:
                complaints.seek(0)
                told = summarize_complaint(complaints.read()) or f"exit code {code}"
                raise SourceError(f"`git {arguments[0]}` failed: {told}", hint="see `git fsck`")


def _make_ended_error() -> SourceError:
    return SourceError("git ended before it had told everything", hint="see `git fsck`")


def _close(pipe: IO[bytes]) -> None:
    with suppress(OSError):  # what was not written is lost with the process that would have read it
        pipe.close()


def _parse_commits(stdout: IO[bytes], prefix: int) -> Iterator[Commit]:
    """Out of `HASH TIME NUL (NEWLINE? :MODE MODE BLOB BLOB STATUS NUL PATH NUL)*`: no path is taken for a header."""
    current: Commit | None = None
    blob: bytes | None = None
    for token in _split_tokens(stdout):
        if blob is not None:
            assert current is not None
            current.changes.append(FileChange(token[prefix:], blob))
            blob = None
            continue
        token = token.lstrip(b"\n")
        if token.startswith(b":"):
            _, mode, _, new, _ = token.split(b" ", 4)
            blob = new if mode.startswith(b"100") else b""
        elif token:
            if current is not None:
                yield current
            commit, _, seconds = token.partition(b" ")
            current = Commit(commit.decode(), _get_day(int(seconds)), [])
    if current is not None:
        yield current


def _split_tokens(stdout: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while chunk := stdout.read(_CHUNK):
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole


def _get_day(seconds: int) -> date:
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return date.max if seconds > 0 else date.min


def _read_content(stdout: IO[bytes], blob: bytes) -> bytes | None:
    """Return the answer to one name: `HASH blob SIZE NEWLINE CONTENT NEWLINE`."""
    head = stdout.readline().split()
    if not head:
        raise _make_ended_error()
    if len(head) != 3 or head[1] != b"blob":
        problem = f"git does not have the content {blob.decode()}"
        raise SourceError(problem, hint="clone without a filter (`git fetch --refetch --no-filter`)")
    left = int(head[2]) + 1
    if left <= MAX_BYTES:
        content = stdout.read(left)
        if len(content) != left:
            raise _make_ended_error()
        return content[:-1]
    while left:
        left -= len(stdout.read(min(left, _CHUNK))) or left
    return None
