"""Every type of remote source, each imported when it is asked for."""

from __future__ import annotations

from importlib import import_module

from pytest_postmortem.config.remotes import Remote
from pytest_postmortem.sources.remote.interface import DataReader, Fetcher

__all__ = ["FETCHERS", "build_fetcher"]

FETCHERS = {
    "github": "GitHub",
    "gitlab": "GitLab",
    "jira": "Jira",
    "incidentio": "IncidentIo",
    "firehydrant": "FireHydrant",
    "rootly": "Rootly",
    "feed": "Feed",
}
"""The class of each type; its module is named like the type."""


def build_fetcher(remote: Remote, read_data: DataReader) -> Fetcher:
    """What asks the service of this source; a feed alone may be something else than JSON, by `read_data`."""
    made = getattr(import_module(f"pytest_postmortem.sources.remote.{remote.type}"), FETCHERS[remote.type])
    fetcher: Fetcher = made(remote, read_data) if remote.type == "feed" else made(remote)
    return fetcher
