"""Subprocess supervisor: ends with everything it has started when its standard input closes (its parent is gone).

Run as a file of its own, `python supervisor.py SIGNALS WORD...`: it starts the command and ends as that ends. It
imports nothing of this package, for it runs in the environment of the tests; and no more of Python than it must, for it
is started once for each run: `subprocess`, `signal` and `threading` would take longer than all the rest of it.
"""

from __future__ import annotations

import _thread
import os
import sys

_KILL = 9


def main(signals: str, command: list[str]) -> int:
    """Run the command with nothing on its standard input; where a signal ends it, that ends this process as well.

    `signals` are the numbers of those that Python ignores, and the command does not.
    """
    _thread.start_new_thread(_end_with_parent, ())
    code = _run(command, [int(number) for number in signals.split(",") if number])
    if code < 0:
        _end_by(-code)
    return code


def _run(command: list[str], signals: list[int]) -> int:
    if not hasattr(os, "posix_spawn"):  # Windows
        import subprocess

        return subprocess.call(command, stdin=subprocess.DEVNULL)
    nothing = (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)
    process = os.posix_spawnp(command[0], command, os.environ, file_actions=[nothing], setsigdef=signals)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def _end_by(number: int) -> None:
    import signal
    from contextlib import suppress

    with suppress(OSError, ValueError):  # some cannot be handled in any other way than the usual
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _end_with_parent() -> None:
    """End when the parent does. Nothing is ever written into the pipe: what comes is its end."""
    os.read(0, 1)
    if hasattr(os, "killpg"):
        os.killpg(0, _KILL)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
