"""The pytest plugin: hook functions of a few lines each; what they do is imported when it is needed."""

from __future__ import annotations

import pytest

from pytest_postmortem.plugin.options import add_options, marker_name

__all__: list[str] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    """Our options, in a group of their own in `pytest --help`."""
    add_options(parser)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """The hooks that a conftest.py may implement."""
    from pytest_postmortem.hookspecs import Reporting

    pluginmanager.add_hookspecs(Reporting)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and the parts that this run needs."""
    from pytest_postmortem.plugin.session import Session

    name = marker_name(config.rootpath)
    text = f"{name}(*ids, action_item=None): this test guards these post-mortems (or an action item of the one named)"
    config.addinivalue_line("markers", text)
    Session(config, name).register()
