"""The layers of the house: who may import whom, which library belongs to which room, who may ask the outside world."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import pytest_postmortem
from pytest_postmortem.reading.vocabulary.default import DEFAULT, Vocabulary

SOURCE = Path(pytest_postmortem.__file__).parent

ORDER = (
    *(
        "errors",
        "gc_pause",
        "model",
        "git",
        "reading",
        "config",
        "sources",
        "catalogue",
        "judging",
        "evidence",
        "reporting",
        "plugins",
        "project",
    ),
    *("history", "scanning", "linting", "scaffolding", "proving", "plugin", "command"),
)
"""Each room may import those before it."""
ALSO_ALONGSIDE = {
    "plugins": {"hookspecs", "builtin"},
    "project": {"linting"},  # the rules' type alone
    "builtin": {"hookspecs", "reporting", "linting", *ORDER[: ORDER.index("catalogue")]},
    "plugin": {"hookspecs", "_version"},
    "command": {"hookspecs", "_version"},
    "testing": set(ORDER[: ORDER.index("plugins")]) | {"linting"},
    "__main__": {"command"},
    "__init__": {"_version"},
}
NEVER = {
    *(("reporting", "reading"), ("reporting", "sources"), ("judging", "reading"), ("reading", "git")),
    *(("plugin", room) for room in ("history", "linting", "scaffolding", "proving")),
    *(("command", "plugin"), ("scanning", "history"), ("linting", "history"), ("scaffolding", "linting")),
}
LIBRARIES = {
    "pytest": ("plugin/",),
    "_pytest": (),
    "pluggy": ("hookspecs.py", "plugins.py", "project.py"),
    "yaml": ("reading/syntax/yaml.py",),
    "pyromark": ("reading/syntax/markdown.py",),
    "difflib": ("model/nearest.py",),
    "click": ("command/",),
    "jinja2": ("reporting/html.py",),
    "tomllib": ("config/settings.py", "model/toml_errors.py", "reading/syntax/toml.py"),
    "requests": ("sources/http/exchange.py", "sources/http/failures.py"),
    "urllib3": ("sources/http/exchange.py", "sources/http/failures.py"),
}
OUTSIDE_WORLD = {"now", "today", "utcnow", "getenv", "getcwd", "cwd", "expanduser", "home"}
"""Functions that ask the clock, the environment or the working directory; `os.environ` besides."""
PROGRAMS = {"proving/supervisor.py"}
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


READING = ("syntax", "vocabulary", "structure", "header", "items", "census")
"""The rooms of `reading`: each may import those before it, and what lies beside them imports all."""
SHARED = ("patterns",)


def inner_breaches(source: Path) -> list[str]:
    """Every import between the rooms of `reading` that leads to a later one."""
    found = []
    for file in sorted(source.joinpath("reading").rglob("*.py")):
        path = file.relative_to(source).as_posix()
        here = path.split("/")[1]
        may = READING[: READING.index(here) + 1] + SHARED if here in READING else READING + SHARED
        for line, name in imports(ast.parse(file.read_text(encoding="utf-8"))):
            target = name.removeprefix("pytest_postmortem.reading.").partition(".")[0]
            if name.startswith("pytest_postmortem.reading.") and here in READING and target not in may:
                found.append(f"{path}:{line} {here} imports {target}")
    return found


def test_no_room_of_the_reading_looks_ahead() -> None:
    """Text, words, structure, header, items, census: one way."""
    assert inner_breaches(SOURCE) == []


def test_a_room_that_looks_ahead_is_told(tmp_path: Path) -> None:
    """With file and line."""
    file = tmp_path / "reading" / "structure" / "tables.py"
    file.parent.mkdir(parents=True)
    file.write_text("x = 1\nfrom pytest_postmortem.reading.items.drafts import Draft\n", encoding="utf-8")
    assert inner_breaches(tmp_path) == ["reading/structure/tables.py:2 structure imports items"]


def words_in(source: Path) -> list[str]:
    """Every text with words of a natural language in `reading`, beside its vocabulary and the census.

    Those of patterns (`lazily`) and of foreign scripts; messages, docstrings and the census, which shares nothing with
    the rest, have words of their own.
    """
    known = {
        word
        for name in Vocabulary._fields
        for phrase in getattr(DEFAULT, name)
        for word in re.findall(r"[a-z]{4,}", phrase)
    }
    found = []
    for file in sorted(source.joinpath("reading").rglob("*.py")):
        path = file.relative_to(source).as_posix()
        if path.startswith(("reading/vocabulary/", "reading/census/")):
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        docstrings = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                if any(sign.isalpha() and not sign.isascii() for sign in node.value):
                    found.append(f"{path}:{node.lineno} {node.value[:40]}")
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "lazily":
                text = re.sub(r"\\\\[a-zA-Z]", " ", ast.unparse(node)).lower()
                words = known.intersection(re.findall(r"(?<![a-z<_])[a-z]{4,}", text)) - MARKUP
                found += [f"{path}:{node.lineno} {word}" for word in sorted(words)]
    return found


MARKUP = frozenset({"strike", "check", "mark", "line", "document", "value"})
"""Words of patterns that are tags, shortcodes, names of groups or the messages of a library."""


def test_the_words_of_natural_languages_are_in_the_vocabulary() -> None:
    """So that a word known to a table is known to a list, and to the key `words`."""
    assert words_in(SOURCE) == []


def test_a_word_outside_the_vocabulary_is_told(tmp_path: Path) -> None:
    """A pattern of English, a text of another script; not a message or a docstring."""
    file = tmp_path / "reading" / "items" / "lists.py"
    file.parent.mkdir(parents=True)
    text = 'x = lazily(r"\\bowner:")\ny = "担当"\nraise E("no owner, nor deadline")\ndef f():\n    """担当"""\n'
    file.write_text(text, encoding="utf-8")
    assert words_in(tmp_path) == ["reading/items/lists.py:1 owner", "reading/items/lists.py:2 担当"]


def find_cycles(package: Path) -> list[list[str]]:
    """Return the modules of each circle of imports in `package`, those inside functions and for types included."""
    graph = build_graph(package)
    return sorted(sorted(group) for group in find_components(graph) if len(group) > 1)


def build_graph(package: Path) -> dict[str, set[str]]:
    """Return each module of `package` with the modules of it that it imports."""
    files = {
        ".".join((package.name, *file.relative_to(package).with_suffix("").parts)).removesuffix(".__init__"): file
        for file in package.rglob("*.py")
    }
    graph: dict[str, set[str]] = {}
    for name, file in files.items():
        imported = set()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = {f"{node.module}.{alias.name}" for alias in node.names}
                imported.update(target if target in files else node.module for target in names)
        graph[name] = imported.intersection(files) - {name}
    return graph


def find_components(graph: dict[str, set[str]]) -> Iterator[set[str]]:
    """Yield the groups of modules that reach one another."""
    reached = {name: reach(graph, name) for name in graph}
    left = dict.fromkeys(graph)
    while left:
        name = next(iter(left))
        group = {name} | {other for other in reached[name] if name in reached[other]}
        yield group
        for member in group:
            del left[member]


def reach(graph: dict[str, set[str]], name: str) -> set[str]:
    """Return every module that is imported by `name`, or by a module that it imports."""
    reached: set[str] = set()
    waiting = [*graph[name]]
    while waiting:
        module = waiting.pop()
        if module not in reached:
            reached.add(module)
            waiting.extend(graph[module])
    return reached


def test_no_modules_import_each_other() -> None:
    """The whole package, and the benchmarks."""
    assert find_cycles(SOURCE) == []
    assert find_cycles(Path(__file__).parents[1] / "benchmarks") == []


@pytest.mark.parametrize(
    ("second", "third"),
    [
        ("from shop.a import price", ""),
        ("from shop import a", ""),
        ("import shop.a as a", ""),
        ("def f():\n    from shop.a import price", ""),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from shop.a import price", ""),
        ("from shop.room import price", "import shop.a"),
    ],
    ids=["a name", "a module", "a plain import", "in a function", "for types", "by a third"],
)
def test_a_circle_is_found(tmp_path: Path, second: str, third: str) -> None:
    """Each way to import, so that the test above can fail."""
    package = tmp_path / "shop"
    (package / "room").mkdir(parents=True)
    package.joinpath("__init__.py").touch()
    package.joinpath("a.py").write_text("from shop.b import price\n", encoding="utf-8")
    package.joinpath("b.py").write_text(f"{second}\n", encoding="utf-8")
    package.joinpath("room", "__init__.py").write_text(f"{third}\n", encoding="utf-8")
    assert find_cycles(package) == [["shop.a", "shop.b", *(["shop.room"] if third else [])]]


PARTS = {
    f"pytest_postmortem.plugin.{name}" for name in ("collection", "judge", "markers", "properties", "story", "xdist")
}
"""Registered with pytest; built and handed to one another by `plugin/parts.py` alone."""


def test_only_one_place_knows_the_parts_of_the_plugin() -> None:
    graph = build_graph(SOURCE)
    assert {name for name, imported in graph.items() if imported & PARTS} == {"pytest_postmortem.plugin.parts"}
    assert graph.keys() >= PARTS


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
        ("reading/header/metadata.py", "import yaml.events", "imports yaml"),
        (
            "reporting/html.py",
            "from pytest_postmortem.reading.vocabulary.normalize import fold",
            "reporting imports reading",
        ),
        ("hookspecs.py", "from pytest_postmortem.config.settings import Settings", "hookspecs imports config"),
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
