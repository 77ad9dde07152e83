"""Registers the marker for a bare run, so that it has no warning to count for each linked test."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """As a project without the plugin would."""
    config.addinivalue_line("markers", "incident: guards")
