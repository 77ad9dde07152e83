"""Retry policy: Retry-After, rate-limit headers, retryable statuses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from pytest_postmortem.model.text import format_count

__all__ = ["format_wait", "is_limited", "is_retryable", "parse_rate_limit_reset", "parse_retry_after"]

_LATER = {429, 502, 503, 504}
_MOST_DIGITS = 12


def is_retryable(status: int, method: str, headers: Mapping[str, str]) -> bool:
    """Return whether the same request may succeed later: too many requests, or a server error."""
    return status in _LATER or (status == 500 and method == "GET") or is_limited(status, headers)


def is_limited(status: int, headers: Mapping[str, str]) -> bool:
    """Return whether a quota is used up, which GitHub reports with 403, too."""
    return status == 429 or (
        status == 403 and ("retry-after" in headers or headers.get("x-ratelimit-remaining", "").strip() == "0")
    )


def parse_retry_after(headers: Mapping[str, str], epoch: float) -> float | None:
    """Return the seconds of `Retry-After` (a number or an HTTP date), at least 0; None if it is neither."""
    return _parse_seconds(headers.get("retry-after", ""), headers, epoch, dated=True)


def parse_rate_limit_reset(headers: Mapping[str, str], epoch: float) -> float | None:
    """Return the seconds until GitHub's quota is renewed (`x-ratelimit-reset`, seconds since 1970) if it is used up."""
    if headers.get("x-ratelimit-remaining", "").strip() != "0":
        return None
    reset = _parse_seconds(headers.get("x-ratelimit-reset", ""), headers, epoch, dated=False)
    return None if reset is None else max(0.0, reset - _parse_server_time(headers, epoch)) + 1.0


def _parse_seconds(text: str, headers: Mapping[str, str], epoch: float, *, dated: bool) -> float | None:
    text = text.strip()
    if text.isdecimal():
        return float(text[:_MOST_DIGITS]) if len(text) <= _MOST_DIGITS else 10.0**_MOST_DIGITS
    moment = _parse_moment(text) if dated else None
    return None if moment is None else max(0.0, moment - _parse_server_time(headers, epoch))


def _parse_server_time(headers: Mapping[str, str], epoch: float) -> float:
    """Return the server's own time if it sends one, because our clock may differ."""
    server_time = _parse_moment(headers.get("date", ""))
    return epoch if server_time is None else server_time


def _parse_moment(text: str) -> float | None:
    try:
        found = parsedate_to_datetime(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def format_wait(seconds: float, epoch: float) -> str:
    """Return when that will be: `in 40 seconds`, `in 15 minutes (at 14:05 UTC)`."""
    if seconds < 100:
        whole = max(1, round(seconds))
        return f"in {format_count(whole, 'second')}"
    if seconds >= 48 * 3600:
        return f"in {seconds / 86400:.0f} days" if seconds < 1e8 else "in years"
    length = f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.0f} hours"
    return f"in {length} (at {datetime.fromtimestamp(epoch + seconds, UTC):%H:%M} UTC)"
