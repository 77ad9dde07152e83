"""Many documents read by two processes: reading takes a processor, and most machines have two.

The second process runs this file as a program. It gets its part of the documents on its standard input, and answers with
their post-mortems on its standard output, both pickled. What it does not answer is read here, as ever; also what has a
fault, so that it is told as this process sees it.
"""

from __future__ import annotations

import os
import pickle
import re
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

from pytest_postmortem.reading.postmortem import Reader

if TYPE_CHECKING:
    from pytest_postmortem.model.document import Document
    from pytest_postmortem.model.postmortem import Postmortem
    from pytest_postmortem.reading.vocabulary import Vocabulary

__all__ = ["SecondProcess", "processors"]

_OWN_SHARE = 0.53  # taking the answer of the other one takes a while
_HEAD_START = 150  # documents that are read here before the other one has started


class SecondProcess:
    """Reads the last of `documents` while this process reads the first; ended with the `with` block.

    `words` and `id_pattern` are those of the Reader that reads the others.
    """

    def __init__(self, documents: Sequence[Document], words: Vocabulary, id_pattern: re.Pattern[str] | None) -> None:
        self._documents = tuple(documents[int(len(documents) * _OWN_SHARE) + _HEAD_START :])
        self._part = frozenset(map(id, self._documents))
        self._rules = words, id_pattern
        self._answer: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._read: dict[int, Postmortem | None] | None = None

    def __enter__(self) -> SecondProcess:
        # Anything may be in the way: a machine that has no room for one more process or file, for one. Then everything is
        # read here. An application that Python is built into is no interpreter: it would begin all over again.
        if os.path.basename(sys.executable or "").lower().startswith(("python", "pypy")):
            with suppress(Exception):
                self._start()
        return self

    def _start(self) -> None:
        self._answer = TemporaryFile()  # noqa: SIM115 - closed in __exit__
        with TemporaryFile() as request:
            pickle.dump((__file__, self._documents, *self._rules), request)
            request.seek(0)
            # The folder it is started in is not on its path: a yaml.py there is not the one that is meant.
            command = [sys.executable, "-I" if sys.flags.isolated else "-P", "-m", __name__]
            self._process = subprocess.Popen(command, stdin=request, stdout=self._answer, stderr=subprocess.DEVNULL)

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if self._answer is not None:
            self._answer.close()

    def read(self, document: Document) -> Postmortem | None:
        """What the other process has read of `document`; None where it has not."""
        if id(document) not in self._part:
            return None
        if self._read is None:
            self._read = {}
            with suppress(Exception):  # what is no whole answer, as a .pth file writes to the standard output, is none
                self._read = dict(zip(map(id, self._documents), self._answered(), strict=True))
        return self._read.pop(id(document), None)

    def _answered(self) -> Sequence[Postmortem | None]:
        """All of its answer, as soon as it is there; nothing where the process ended in any other way."""
        if self._process is None or self._answer is None or self._process.wait() != 0:
            return ()
        self._answer.seek(0)
        answered: Sequence[Postmortem | None] = pickle.load(self._answer)
        return answered


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def main() -> None:
    """Read the documents of the standard input. Ends in 1 where another installation of this package asks."""
    asking, documents, words, id_pattern = pickle.load(sys.stdin.buffer)
    if asking != __file__:
        sys.exit(1)
    reader = Reader(words, id_pattern)
    read = [None if (one := reader.read(document)).faults else one for document in documents]
    pickle.dump(read, sys.stdout.buffer)


if __name__ == "__main__":
    main()
