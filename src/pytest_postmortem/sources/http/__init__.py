"""The one place that speaks HTTP: what a remote source reads comes whole, in time and from its own origin, or not."""

from __future__ import annotations

from pytest_postmortem.sources.http.answers import Answer
from pytest_postmortem.sources.http.client import Client
from pytest_postmortem.sources.http.credentials import Credentials
from pytest_postmortem.sources.http.limits import Clock, Limits
from pytest_postmortem.sources.http.pages import Pages

__all__ = ["Answer", "Client", "Clock", "Credentials", "Limits", "Pages"]
