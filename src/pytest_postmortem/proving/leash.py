"""A process that ends with everything it has started when the one that holds its standard input is gone.

Run as a file of its own, `python leash.py WORD...`: it starts the command and ends as that ends. It imports nothing of
this package, for it runs in the environment of the tests.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress


def main(command: list[str]) -> int:
    """Run the command with nothing on its standard input; where a signal ends it, that ends this process as well."""
    threading.Thread(target=_end_with_holder, daemon=True).start()
    code = subprocess.call(command, stdin=subprocess.DEVNULL)
    if code < 0:
        with suppress(OSError, ValueError):  # some cannot be handled in any other way than the usual
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    return code


def _end_with_holder() -> None:
    """Nothing is ever written into the pipe: what comes is its end."""
    os.read(0, 1)
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
