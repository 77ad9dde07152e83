"""Our command-line options: the one table of them."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

__all__ = ["OPTIONS", "Asked", "add_options", "marker_name", "only_prints"]

OPTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "--incident",
        {
            "action": "append",
            "metavar": "ID",
            "default": [],
            "help": "run only the tests that guard this post-mortem, or an action item of it as ID/ITEM (repeatable)",
        },
    ),
    (
        "--incident-report",
        {"action": "store_true", "help": "report which incidents are guarded, and judge by the gate"},
    ),
    (
        "--incident-output",
        {
            "action": "append",
            "metavar": "PATH",
            "default": [],
            "help": "write the report to a file as well, in the format of its suffix: .json is evidence, .html a page, "
            ".md a summary (repeatable)",
        },
    ),
    (
        "--incident-gate",
        {
            "metavar": "POLICY",
            "default": None,
            "help": "judge by passed, linked, proven or off; when given on the command line, a required item that is "
            "unknown or was not run fails the gate",
        },
    ),
    (
        "--no-incident-ci",
        {"action": "store_true", "help": "write no summary and no annotations in GitHub Actions"},
    ),
)
"""Every option with what argparse is told of it; docs/configuration.md is checked against it."""


class Asked:
    """What the options of this run ask for. `explicit` is true where the gate stands on the command line itself.

    A plain class: every run makes this module, and what `typing` makes of a class with fields takes a third of that.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.ids: Sequence[str] = config.getoption("incident")
        self.report: bool = config.getoption("incident_report")
        self.outputs: Sequence[str] = config.getoption("incident_output")
        self.gate: str | None = config.getoption("incident_gate")
        self.no_ci: bool = config.getoption("no_incident_ci")
        if only_prints(config.option):
            self.report, self.outputs, self.gate = False, (), None
        self.explicit = any(map(_gives_gate, map(str, config.invocation_params.args)))

    @property
    def judges(self) -> bool:
        """Whether this run judges: it asked for a report, an output or a gate."""
        return self.report or bool(self.outputs) or self.gate is not None

    @property
    def reads(self) -> bool:
        """Whether this run reads every document before the first test."""
        return self.judges or bool(self.ids)


def only_prints(options: object) -> bool:
    """Whether pytest runs no test with these options and only prints something."""
    names = ("help", "version", "markers", "showfixtures", "show_fixtures_per_test", "cacheshow")
    return any(getattr(options, name, None) for name in names)


def _gives_gate(argument: str) -> bool:
    """Whether an argument is `--incident-gate`, or `@FILE` with that among its lines, which are arguments to pytest."""
    if argument.startswith("@"):
        return any(map(_gives_gate, _content(argument[1:]).decode("utf-8", "replace").splitlines()))
    return argument == "--incident-gate" or argument.startswith("--incident-gate=")


def add_options(parser: pytest.Parser) -> None:
    """Add OPTIONS to pytest's parser."""
    group = parser.getgroup("postmortem", "post-mortems (pytest-postmortem)")
    for name, told in OPTIONS:
        group.addoption(name, **told)


def marker_name(rootdir: Path) -> str:
    """The marker's name: `incident`, or what the configuration renames it to.

    A project without a configuration of ours pays a look at two files. Broken configuration is told later, where a
    marker needs it: so its name is taken from the text then.
    """
    folder = str(rootdir)
    while True:
        for file in ("postmortem.toml", "pyproject.toml"):
            text = _content(os.path.join(folder, file))
            if b"pytest-postmortem" in text or (file == "postmortem.toml" and text):
                return _configured_name(rootdir, text)
        above = os.path.dirname(folder)
        if above == folder or os.path.exists(os.path.join(folder, ".git")):
            return "incident"
        folder = above


def _content(path: str) -> bytes:
    """What is in a file, nothing where there is none; without pathlib, whose first steps take as long as the rest."""
    try:
        if not os.path.isfile(path):
            return b""
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def _configured_name(rootdir: Path, text: bytes) -> str:
    from pytest_postmortem.config.settings import load
    from pytest_postmortem.errors import PostmortemError

    try:
        return load(rootdir).marker
    except PostmortemError:
        found = re.search(rb"""^[ \t]*+marker[ \t]*+=[ \t]*+["']([^\W\d]\w*)["']""", text, re.MULTILINE)
        return found.group(1).decode() if found else "incident"
