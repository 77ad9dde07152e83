"""Parse severity, services and "test required" from issue labels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["Labels"]

_SEVERITIES = ("severity:", "severity/", "severity::", "sev:", "sev/", "sev::")
_SERVICES = ("service:", "service/", "service::")
_BARE_SEVERITY = re.compile(r"sev[- ]?\d", re.IGNORECASE)
_TEST = ("test-required",)


class Labels:
    """Reads labels by the words of a source's options: `severity-label`, `service-label`, `test-label`."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._severity = _prefixes(options.get("severity-label"), _SEVERITIES)
        self._service = _prefixes(options.get("service-label"), _SERVICES)
        self._test = {label.casefold() for label in options.get("test-label", _TEST)}

    def severity(self, labels: Iterable[str]) -> str:
        """Return the severity, "" where no label tells it; a bare number such as that of `sev:1` is told as SEV1."""
        labels = list(labels)
        told = _strip_prefixes(self._severity, labels) or [label for label in labels if _BARE_SEVERITY.fullmatch(label)]
        return f"SEV{told[0]}" if told and told[0].isdecimal() else next(iter(told), "")

    def services(self, labels: Iterable[str]) -> list[str]:
        """Return the services."""
        return _strip_prefixes(self._service, labels)

    def test(self, labels: Iterable[str]) -> str:
        """`required` where a label says so, else ""."""
        return "required" if any(label.casefold() in self._test for label in labels) else ""


def _prefixes(configured: str | None, default: tuple[str, ...]) -> tuple[str, ...]:
    prefixes = (configured,) if configured else default
    return tuple(sorted((prefix.casefold() for prefix in prefixes), key=len, reverse=True))


def _strip_prefixes(prefixes: tuple[str, ...], labels: Iterable[str]) -> list[str]:
    found = []
    for label in labels:
        prefix = next((one for one in prefixes if label.casefold().startswith(one)), None)
        if prefix is not None and (rest := label[len(prefix) :].strip()):
            found.append(rest)
    return found
