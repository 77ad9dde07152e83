"""When Python looks for garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["not_looked_for"]


@contextmanager
def not_looked_for() -> Iterator[None]:
    """For what makes many objects that stay: Python would look for garbage among them, again and again.

    And among all tests of a run: with 10,000 of them each look takes longer than judging them.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
