"""The layers of the house: who may import whom, which library belongs to which room, who may ask the outside world."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import pytest_postmortem

SOURCE = Path(pytest_postmortem.__file__).parent

ORDER = (
    *(
        "errors",
        "garbage",
        "processors",
        "model",
        "config_feed",
        "config_remote",
        "config_values",
        "config",
        "git",
        "reading",
        "sources",
        "catalogue",
        "judging",
        "reporting",
        "project",
    ),
    *("history", "scanning", "linting", "scaffolding", "proving", "plugin", "command"),
)
"""Each room may import those before it."""
ALSO_ALONGSIDE = {
    "config_values": {"reading"},  # `words` is checked against the vocabulary when it is configured
    "project": {"hookspecs", "builtin", "linting"},  # the rules' type alone
    "builtin": {"hookspecs", "reporting", "linting", *ORDER[: ORDER.index("catalogue")]},
    "plugin": {"hookspecs", "_version"},
    "command": {"hookspecs", "_version"},
    "testing": {"errors", "model", "sources"},
    "__main__": {"command"},
    "__init__": {"_version"},
}
NEVER = {
    *(("reporting", "reading"), ("reporting", "sources"), ("judging", "reading")),
    *(("plugin", room) for room in ("history", "linting", "scaffolding", "proving")),
    *(("command", "plugin"), ("scanning", "history"), ("linting", "history"), ("scaffolding", "linting")),
}
LIBRARIES = {
    "pytest": ("plugin/",),
    "_pytest": (),
    "pluggy": ("hookspecs.py", "project.py"),
    "yaml": ("reading/front_matter.py",),
    "pyromark": ("reading/markdown.py",),
    "click": ("command/",),
    "jinja2": ("reporting/html.py",),
    "tomllib": ("config.py", "reading/toml.py"),
    "requests": ("sources/http/exchange.py", "sources/http/failures.py"),
    "urllib3": ("sources/http/exchange.py", "sources/http/failures.py"),
}
OUTSIDE_WORLD = {"now", "today", "utcnow", "getenv", "getcwd", "cwd", "expanduser", "home"}
"""Functions that ask the clock, the environment or the working directory; `os.environ` besides."""
PROGRAMS = {"proving/leash.py"}
"""Run as processes of their own: they have nobody to hand them the environment, and hand it on."""


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every imported module of a file, those inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, "." * node.level + (node.module or "")
            if node.module == "pytest_postmortem":
                rooms = (one.name for one in node.names if is_room(one.name))
                yield from ((node.lineno, f"pytest_postmortem.{one}") for one in rooms)


def is_room(name: str) -> bool:
    return SOURCE.joinpath(name).is_dir() or SOURCE.joinpath(f"{name}.py").exists()


def questions(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every place that asks the outside world."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in OUTSIDE_WORLD:
            yield node.lineno, node.func.attr
        elif isinstance(node, ast.Attribute) and node.attr == "environ":
            yield node.lineno, node.attr


def room(path: str) -> str:
    return path.partition("/")[0].removesuffix(".py")


def breaches(source: Path) -> list[str]:
    """Everything below `source` that breaks a layer, as `file:line what`."""
    found = []
    for file in sorted(source.rglob("*.py")):
        path = file.relative_to(source).as_posix()
        here = room(path)
        tree = ast.parse(file.read_text(encoding="utf-8"))
        may = set(ORDER[: ORDER.index(here)] if here in ORDER else ()) | ALSO_ALONGSIDE.get(here, set()) | {here}
        for line, name in imports(tree):
            top, _, rest = name.partition(".")
            target = rest.partition(".")[0]
            if name.startswith("."):
                found.append(f"{path}:{line} a relative import")
            elif top in LIBRARIES and not path.startswith(LIBRARIES[top]):
                found.append(f"{path}:{line} imports {top}")
            elif top == "pytest_postmortem" and here not in ("hookspecs", "__init__"):
                if (target and target not in may) or (here, target) in NEVER:
                    found.append(f"{path}:{line} {here} imports {target}")
            elif top == "pytest_postmortem" and not in_type_checking(tree, line) and target not in may:
                found.append(f"{path}:{line} {here} imports {target}")
        if here not in ("plugin", "command") and path not in PROGRAMS:
            asked = sorted(set(questions(tree)))
            found += [f"{path}:{line} asks the outside world ({name})" for line, name in asked]
    return found


def in_type_checking(tree: ast.Module, line: int) -> bool:
    """Whether a line is only for the type checker."""
    return any(
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Name)
        and node.test.id == "TYPE_CHECKING"
        and node.lineno < line <= (node.end_lineno or 0)
        for node in tree.body
    )


def test_no_layer_is_broken() -> None:
    """The whole package, imports inside functions included."""
    assert breaches(SOURCE) == []
    assert len(list(SOURCE.rglob("*.py"))) > 50


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("model/link.py", "def f():\n    from pytest_postmortem.judging import gate", "model imports judging"),
        ("model/link.py", "from pytest_postmortem import judging", "model imports judging"),
        ("judging/gate.py", "import pytest", "imports pytest"),
        ("plugin/run.py", "from _pytest.nodes import Item", "imports _pytest"),
        ("reading/metadata.py", "import yaml.events", "imports yaml"),
        ("reporting/html.py", "from pytest_postmortem.reading.words import plain", "reporting imports reading"),
        ("hookspecs.py", "from pytest_postmortem.config import Settings", "hookspecs imports config"),
        ("catalogue.py", "from datetime import date\ndate.today()", "asks the outside world (today)"),
        ("sources/folder.py", "import os\nos.environ['X']", "asks the outside world (environ)"),
        ("sources/jira.py", "def f():\n    import requests", "imports requests"),
        ("sources/http/client.py", "from urllib3.util import Retry", "imports urllib3"),
        ("errors.py", "from . import model", "a relative import"),
        ("newroom.py", "from pytest_postmortem.model import link", "newroom imports model"),
    ],
)
def test_a_broken_layer_is_found(tmp_path: Path, path: str, text: str, told: str) -> None:
    """Each kind of breach, so that the test above can fail."""
    file = tmp_path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    (found,) = breaches(tmp_path)
    assert found.startswith(f"{path}:")
    assert found.endswith(told)


def test_the_public_names_are_all_there() -> None:
    """Each is loaded when it is used, and no other name exists."""
    for name in pytest_postmortem.__all__:
        assert getattr(pytest_postmortem, name) is not None
    assert dir(pytest_postmortem) == sorted(pytest_postmortem.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        pytest_postmortem.Nothing  # noqa: B018
