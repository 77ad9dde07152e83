"""The pytest plugin: hook functions of a few lines each; what they do is imported when it is needed."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

from pytest_postmortem.plugin.options import RunOptions, add_options, find_marker_name

if TYPE_CHECKING:
    from pytest_postmortem.plugin.parts import Parts

__all__: list[str] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our options, in a group of their own in `pytest --help`."""
    add_options(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Mark the evidence that this run is to write as running, before any conftest.py can end the run."""
    if getattr(early_config.known_args_namespace, "incident_output", None):
        from pytest_postmortem.plugin.as_installed import load_as_installed

        load_as_installed(early_config)
        from pytest_postmortem.plugin.early import mark_running

        mark_running(early_config)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the hooks that a conftest.py may implement."""
    from pytest_postmortem.hookspecs import Reporting

    pluginmanager.add_hookspecs(Reporting)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and the parts that this run needs."""
    name = find_marker_name(config.rootpath)
    text = f"{name}(*ids, action_item=None): this test guards these post-mortems (or an action item of the one named)"
    config.addinivalue_line("markers", text)
    if RunOptions(config).reads or hasattr(config, "workerinput") or config.getoption("dist", "no") != "no":
        _build_parts(config, name).register()
    else:
        config.pluginmanager.register(_Waiting(name), "postmortem-waiting")


def _build_parts(config: pytest.Config, marker: str) -> Parts:
    from pytest_postmortem.plugin.as_installed import load_as_installed

    load_as_installed(config)
    from pytest_postmortem.plugin.parts import Parts

    return Parts(config, marker)


class _Waiting:
    """Waits for a marked test, in a run that uses nothing else of the plugin."""

    def __init__(self, marker: str) -> None:
        self._marker = marker

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
    ) -> Generator[None]:
        """Check the marked tests, if any, after all other plugins; also those that were taken out."""
        collected = list(items)
        yield
        known = dict.fromkeys((*collected, *items))
        marked = [item for item in known if next(item.iter_markers(self._marker), None) is not None]
        if marked:
            _build_parts(config, self._marker).markers.check(session, marked)
