"""The witness in the child of a proof: what it makes of tests, and of where modules come from."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pytest_postmortem.plugin.prove import provenance

OUTCOMES = {
    "test_a(): pass": ("passed", ""),
    "test_a(): assert 1 == 2": ("failed", "assert 1 == 2"),
    "test_a(): raise OSError('full')": ("failed", "OSError: full"),
    "test_a(missing): pass": ("error", "fixture 'missing' not found"),
    "test_a(): pytest.skip('later')": ("skipped", "Skipped: later"),
    "test_a(): pytest.xfail('known')": ("xfailed", ""),
    "test_a(): pytest.fail('a\\nb')": ("failed", "Failed: a"),
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """An empty tree."""
    folder = tmp_path / "tree"
    folder.mkdir()
    return folder


def witnessed(tree: Path, below: str = ".", **said: Any) -> dict[str, Any]:
    """What the witness writes of a run in the tree."""
    result = tree.parent / "result.json"
    told = {
        "result": str(result),
        "folder": str(tree / below),
        "top": str(tree),
        "repository": str(tree.parent / "repo"),
        **{"changed": [], "roots": []},
        **said,
    }
    command = [sys.executable, "-m", "pytest", "-p", "pytest_postmortem.plugin.prove.witness", "-p", "no:cacheprovider"]
    command.append("--continue-on-collection-errors")
    environ = {**os.environ, "PYTEST_POSTMORTEM_WITNESS": json.dumps(told)}
    subprocess.run(command, cwd=tree / below, env=environ, capture_output=True, check=False)
    found: dict[str, Any] = json.loads(result.read_text())
    return found


def test_outcomes(tree: Path) -> None:
    """Each outcome by the test's name, with the line that says why; all of one run."""
    for number, line in enumerate(OUTCOMES):
        tree.joinpath(f"test_{number}.py").write_text(f"import pytest\ndef {line}\n")
    told = witnessed(tree)
    for number, (line, (outcome, message)) in enumerate(OUTCOMES.items()):
        seen, why = told["tests"][f"test_{number}.py::test_a"]
        assert (seen, message in why) == (outcome, True), (line, why)
    assert (told["elsewhere"], told["aside"]) == ({}, "")


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("yield; assert 0", "error"),
        ("assert 0; yield", "error"),
    ],
)
def test_outside_of_the_call(tree: Path, body: str, outcome: str) -> None:
    """A set-up or teardown that fails is an error where the call passes, and does not hide a call that fails."""
    fixture = "import pytest\n@pytest.fixture(autouse=True)\ndef around():\n    " + body.replace("; ", "\n    ")
    tree.joinpath("test_it.py").write_text(f"{fixture}\n\ndef test_a(): pass\ndef test_b(): assert 0\n")
    told = witnessed(tree)["tests"]
    assert told["test_it.py::test_a"][0] == outcome
    assert told["test_it.py::test_b"][0] == ("failed" if body.startswith("yield") else "error")


def test_below(tree: Path) -> None:
    """Names are relative to the configuration's folder, whatever pytest takes for its root; parameters are one test."""
    folder = tree / "part" / "tests"
    folder.mkdir(parents=True)
    tree.joinpath("pytest.ini").write_text("[pytest]\n")
    folder.joinpath("test_it.py").write_text(
        "import pytest\n@pytest.mark.parametrize('x', [1, 0])\ndef test_a(x): assert x\n"
    )
    folder.joinpath("test_broken.py").write_text("import missing\n")
    told = witnessed(tree, below="part")["tests"]
    assert told["tests/test_it.py::test_a"] == ["failed", "assert 0"]
    assert told["tests/test_broken.py"] == ["error", "ModuleNotFoundError: No module named 'missing'"]


def test_variable_is_taken_away(tree: Path) -> None:
    """No child of a test is taken for one of ours."""
    tree.joinpath("test_it.py").write_text(
        "import os\ndef test_a(): assert 'PYTEST_POSTMORTEM_WITNESS' not in os.environ\n"
    )
    assert witnessed(tree)["tests"]["test_it.py::test_a"][0] == "passed"


def test_reruns(tree: Path) -> None:
    """A test that is run again by its own marker is no pass."""
    pytest.importorskip("pytest_rerunfailures")
    test = "import pytest\nseen = []\n@pytest.mark.flaky(reruns=2)\ndef test_a():\n    seen.append(1)\n    assert len(seen) > 1\n"
    tree.joinpath("test_it.py").write_text(test)
    assert witnessed(tree)["tests"]["test_it.py::test_a"][0] == "xfailed"


@pytest.mark.parametrize(
    ("path", "packages", "names"),
    [
        ("line.py", [], {"line"}),
        ("src/line.py", [], {"line", "src.line"}),
        ("a/b/line.py", [], {"a.b.line", "b.line"}),
        ("src/shop/line.py", ["src/shop"], {"src.shop.line", "shop.line", "src.shop", "shop"}),
        ("src/shop/__init__.py", ["src/shop"], {"src.shop", "shop"}),
        ("shop/__init__.py", ["shop"], {"shop"}),
        ("src/shop/limit.json", ["src/shop"], {"src.shop", "shop"}),
        ("src/shop/_fast.pyx", ["src/shop"], {"src.shop._fast", "shop._fast", "src.shop", "shop"}),
        ("data/limit.json", [], set()),
        ("README", [], set()),
    ],
)
def test_names(tree: Path, path: str, packages: list[str], names: set[str]) -> None:
    """By which names a changed file may be imported, and the package whose code reads it."""
    for package in packages:
        tree.joinpath(package).mkdir(parents=True)
        tree.joinpath(package, "__init__.py").touch()
    assert set(provenance._iter_names(tree, [path])) == names


@pytest.mark.skipif(os.name == "nt", reason="makes links")
@pytest.mark.parametrize("linked", ["tree/shop", "tree/shop/line.py"])
def test_links_are_followed(tree: Path, linked: str) -> None:
    """A module behind a link, be it of the file or of its folder, was loaded from where the link leads."""
    repository = tree.parent / "repo" / "shop"
    repository.mkdir(parents=True)
    repository.joinpath("line.py").write_text("")
    link = tree.parent / linked
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(tree.parent / "repo" / link.relative_to(tree))
    tree.joinpath("test_it.py").write_text("import shop.line\ndef test_a(): pass\n")
    assert witnessed(tree)["elsewhere"] == {"shop.line": str(repository / "line.py")}


def test_neighbour_of_the_tree(tree: Path) -> None:
    """A folder whose name begins as the tree's does is not of the tree."""
    beside = tree.parent / "tree-2"
    beside.mkdir()
    beside.joinpath("line.py").write_text("")
    tree.joinpath("test_it.py").write_text(
        f"import sys\nsys.path.insert(0, {str(beside)!r})\nimport line\ndef test_a(): pass\n"
    )
    assert witnessed(tree, changed=["line.py"])["elsewhere"] == {"line": str(beside / "line.py")}


@pytest.mark.parametrize(
    ("words", "environ", "apart"),
    [
        (["python", "-c", "x"], None, False),
        (["python", "-c", "x"], {"PYTHONPATH": "/tree/src:/tree:/more"}, False),
        (["python", "-c", "x"], {"PYTHONPATH": "/other:/tree/src:/tree"}, True),
        (["python", "-c", "x"], {}, True),
        ([b"python", b"-m", b"shop"], {b"PYTHONPATH": b"/tree/src:/tree"}, False),
        ([Path("python"), "-Im", "shop"], None, True),
        (["python", "-E", "x.py"], None, True),
        ("python -I x.py", None, True),
        (["make", "--Ignore"], None, False),
        (["grep", "-E", "x"], None, False),
    ],
)
def test_kept_apart(monkeypatch: pytest.MonkeyPatch, words: Any, environ: Any, apart: bool) -> None:
    """Whether a started process imports from the tree first."""
    monkeypatch.setenv("PYTHONPATH", "/tree/src:/tree")
    assert provenance._is_kept_apart(words, environ, "/tree/src:/tree") is apart
