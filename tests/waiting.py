"""Waiting for something that happens in another process or thread: the only place where tests look at the clock."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["PATIENCE", "wait_until"]

PATIENCE = 240
"""Seconds after which a wait is given up. It only ends a test that would hang; no test is decided by it."""
_INTERVAL = 0.005


def wait_until(happened: Callable[[], object], what: str = "") -> None:
    """Return as soon as `happened` is true; fail with `what` after PATIENCE seconds."""
    until = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < until, f"waited {PATIENCE} s in vain{what and f': {what}'}"
        time.sleep(_INTERVAL)
