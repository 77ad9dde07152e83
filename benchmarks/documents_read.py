"""Reads the documents as the plugin does, in a bare run, so that what the report takes beyond that is seen."""

from __future__ import annotations

from datetime import date

import pytest


def pytest_sessionstart(session: pytest.Session) -> None:
    """Before the first test, as the plugin does."""
    from pytest_postmortem.project import Project

    assert Project(session.config.rootpath, date(2026, 6, 15)).require_catalogue(demanded=True).postmortems
