"""How long, how much and how often: the limits of one client, and the clock that they are measured by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Clock", "Deadline", "Limits"]


@dataclass(frozen=True, slots=True)
class Clock:
    """The time of the process, passed in: `time.monotonic`, `time.sleep` and `time.time`, or those of a test."""

    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    epoch: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a client grants one remote source in one run. Seconds, and bytes after decoding.

    `deadline_seconds` holds over everything: names looked up, tries, waits, pages and bytes. `read_seconds` is the
    longest silence between two bytes. `longest_wait` is the most that a server may ask for with `Retry-After`.
    """

    deadline_seconds: float = 600.0
    connect_seconds: float = 10.0
    read_seconds: float = 30.0
    tries: int = 4
    first_wait: float = 1.0
    longest_wait: float = 30.0
    answer_bytes: int = 20 * 1024 * 1024
    run_bytes: int = 200 * 1024 * 1024
    redirects: int = 5
    pages: int = 1000


class Deadline:
    """The end of a client's time, `seconds` after it is made."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self.seconds = seconds
        self._clock = clock
        self._end = clock.monotonic() + seconds

    def seconds_left(self) -> float:
        """Return the seconds that are left, never below 0."""
        return max(0.0, self._end - self._clock.monotonic())

    def wait(self, seconds: float) -> bool:
        """Sleep that long if there is time; return False at once if there is not."""
        if seconds >= self.seconds_left():
            return False
        self._clock.sleep(seconds)
        return True
