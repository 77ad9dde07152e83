"""Many documents read by two processes: reading takes a processor, and most machines have two.

The second process runs this file as a program. It gets the documents on its standard input, reads them from the last one
on while this process reads from the first one on, and adds their post-mortems to a file that has no name, part by part.
What it has not answered when its turn comes is read here; also what has a fault, so that it is told as this process
sees it.
"""

from __future__ import annotations

import gc
import os
import pickle
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

    from pytest_postmortem.model.document import Document
    from pytest_postmortem.model.postmortem import Postmortem

__all__ = ["SecondProcess"]

_PART = 20  # documents
_LENGTH = 8  # bytes before each part that tell how many bytes it has


class SecondProcess:
    """Reads `documents` until it is ended. `words` and `id_pattern` are those of the configuration."""

    def __init__(
        self,
        documents: Sequence[Document],
        words: Mapping[str, Sequence[str]],
        id_pattern: re.Pattern[str] | None,
    ) -> None:
        self._documents = tuple(documents)
        self._places = {id(document): place for place, document in enumerate(self._documents)}
        self._read: dict[int, Postmortem | None] = {}
        self._first = len(self._documents)  # of those that are answered
        self._taken = 0  # bytes of the answer
        self._answer: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        # Anything may be in the way: a machine that has no room for one more process or file, for one. Then everything is
        # read here. An application that Python is built into is no interpreter: it would begin all over again.
        if hasattr(os, "pread") and os.path.basename(sys.executable or "").lower().startswith(("python", "pypy")):
            with suppress(Exception):
                self._start(words, id_pattern)

    def _start(self, *rules: object) -> None:
        import subprocess
        from tempfile import TemporaryFile

        self._answer = TemporaryFile()  # noqa: SIM115 - closed by end()
        with TemporaryFile() as request:
            pickle.dump((__file__, self._documents, *rules), request)
            request.seek(0)
            # The folder it is started in is not on its path: a yaml.py there is not the one that is meant.
            command = [sys.executable, "-I" if sys.flags.isolated else "-P", "-m", __name__]
            self._process = subprocess.Popen(command, stdin=request, stdout=self._answer, stderr=subprocess.DEVNULL)

    def end(self) -> None:
        """End it, and take no more of its answers."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if self._answer is not None:
            self._answer.close()
            self._answer = None

    def read(self, document: Document) -> Postmortem | None:
        """What the other process has read of `document`; None where it has not, or not yet."""
        place = self._places.get(id(document))
        if place is None:
            return None
        try:
            while part := self._next():
                self._first -= len(part)
                self._read.update(enumerate(part, self._first))
        except Exception:  # no part of an answer, as a .pth file writes to the standard output
            self.end()
        return self._read.pop(place, None)

    def _next(self) -> Sequence[Postmortem | None]:
        """The next part of its answer, where it is whole by now."""
        if self._answer is None:
            return ()
        length = os.pread(self._answer.fileno(), _LENGTH, self._taken)
        if len(length) < _LENGTH:
            return ()
        part = os.pread(self._answer.fileno(), int.from_bytes(length), self._taken + _LENGTH)
        if len(part) < int.from_bytes(length):
            return ()
        self._taken += _LENGTH + len(part)
        answered: Sequence[Postmortem | None] = pickle.loads(part)
        return answered


def main() -> None:
    """Read the documents of the standard input. Ends in 1 where another installation of this package asks."""
    from pytest_postmortem.reading.postmortem import Reader
    from pytest_postmortem.reading.vocabulary.default import DEFAULT

    asking, documents, words, id_pattern = pickle.load(sys.stdin.buffer)
    if asking != __file__:
        sys.exit(1)
    gc.disable()  # what is read stays until the end
    asker = os.getppid()
    reader = Reader(DEFAULT.extended(words), id_pattern)
    for end in range(len(documents), 0, -_PART):
        if os.getppid() != asker:
            return  # it was killed, and nobody takes the answer
        read = map(reader.read, documents[max(0, end - _PART) : end])
        part = pickle.dumps([None if one.faults else one for one in read])
        sys.stdout.buffer.write(len(part).to_bytes(_LENGTH) + part)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
