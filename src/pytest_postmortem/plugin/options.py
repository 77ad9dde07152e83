"""Command-line options of the plugin, and what they request of a run."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

__all__ = ["OPTIONS", "RunOptions", "add_options", "find_marker_name", "is_only_printing"]

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
"""Every option with its argparse arguments; docs/configuration.md is checked against it."""


class RunOptions:
    """The options of this run. `explicit` is true if the gate was given on the command line itself.

    A plain class: every run makes this module, and what `typing` makes of a class with fields takes a third of that.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.ids: Sequence[str] = config.getoption("incident")
        self.report: bool = config.getoption("incident_report")
        self.outputs: Sequence[str] = config.getoption("incident_output")
        self.gate: str | None = config.getoption("incident_gate")
        self.no_ci: bool = config.getoption("no_incident_ci")
        if is_only_printing(config.option):
            self.report, self.outputs, self.gate = False, (), None
        self.explicit = any(map(_has_gate, map(str, config.invocation_params.args)))

    @property
    def judges(self) -> bool:
        """Whether this run judges: a report, an output or a gate was requested."""
        return self.report or bool(self.outputs) or self.gate is not None

    @property
    def reads(self) -> bool:
        """Whether this run reads every document before the first test."""
        return self.judges or bool(self.ids)


def is_only_printing(options: object) -> bool:
    """Whether pytest runs no test with these options and only prints something."""
    names = ("help", "version", "markers", "showfixtures", "show_fixtures_per_test", "cacheshow")
    return any(getattr(options, name, None) for name in names)


def _has_gate(argument: str) -> bool:
    """Whether an argument is `--incident-gate`, or `@FILE` with that among its lines, which are arguments to pytest."""
    if argument.startswith("@"):
        return any(map(_has_gate, _read_bytes(argument[1:]).decode("utf-8", "replace").splitlines()))
    return argument == "--incident-gate" or argument.startswith("--incident-gate=")


def add_options(parser: pytest.Parser) -> None:
    """Add OPTIONS to pytest's parser."""
    group = parser.getgroup("postmortem", "post-mortems (pytest-postmortem)")
    for name, arguments in OPTIONS:
        group.addoption(name, **arguments)


def find_marker_name(rootdir: Path) -> str:
    """Return the marker's name: `incident`, or what the configuration renames it to.

    A project without a configuration of ours pays a look at two files. Errors of the configuration are reported later,
    when a marker needs it: until then the name is taken from the text.
    """
    folder = str(rootdir)
    while True:
        for file in ("postmortem.toml", "pyproject.toml"):
            text = _read_bytes(os.path.join(folder, file))
            if b"pytest-postmortem" in text or (file == "postmortem.toml" and text):
                return _load_marker_name(rootdir, text)
        above = os.path.dirname(folder)
        if above == folder or os.path.exists(os.path.join(folder, ".git")):
            return "incident"
        folder = above


def _read_bytes(path: str) -> bytes:
    """Return the content of a file, or b""; without pathlib, whose first steps take as long as the rest."""
    try:
        if not os.path.isfile(path):
            return b""
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def _load_marker_name(rootdir: Path, text: bytes) -> str:
    from pytest_postmortem.config.settings import load
    from pytest_postmortem.errors import PostmortemError

    try:
        return load(rootdir).marker
    except PostmortemError:
        match = re.search(rb"""^[ \t]*+marker[ \t]*+=[ \t]*+["']([^\W\d]\w*)["']""", text, re.MULTILINE)
        return match.group(1).decode() if match else "incident"
