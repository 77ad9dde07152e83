"""The hooks as they are documented: importable names, and examples that run."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import pytest_postmortem
from pytest_postmortem import hookspecs
from pytest_postmortem.config.settings import Settings
from pytest_postmortem.linting.interface import Rule
from pytest_postmortem.model.document import Document
from pytest_postmortem.plugin.options import OPTIONS
from pytest_postmortem.project import Project
from pytest_postmortem.testing import check_reporter, check_rule, check_source
from tests.docs.test_pages import page, table


def hooks() -> Iterator[Any]:
    for group in (hookspecs.Reading, hookspecs.Linting, hookspecs.Reporting):
        for name, hook in inspect.getmembers(group, inspect.isfunction):
            yield pytest.param(hook, id=name)


def example(hook: Any) -> str:
    """The code of a docstring."""
    return textwrap.dedent(inspect.cleandoc(hook.__doc__).partition("Example:\n")[2])


def made(hook: Any) -> Any:
    """The implementation in the example."""
    names: dict[str, Any] = {}
    exec(compile(example(hook), hook.__name__, "exec"), names)
    return names[hook.__name__]


@pytest.mark.parametrize("hook", list(hooks()))
def test_every_name_of_a_signature_can_be_imported(hook: Any) -> None:
    """From the package itself."""
    for annotation in hook.__annotations__.values():
        for node in ast.walk(ast.parse(annotation)):
            if isinstance(node, ast.Name) and node.id != "list":
                assert node.id in pytest_postmortem.__all__
                assert getattr(pytest_postmortem, node.id) is not None


@pytest.mark.parametrize("hook", list(hooks()))
def test_a_hook_documents_everything(hook: Any) -> None:
    """Each argument by its name, the return value, the errors, and an example."""
    text = inspect.cleandoc(hook.__doc__)
    assert [part for part in ("Arguments: ", "Returns: ", "Errors: ", "Example:") if part not in text] == []
    arguments = text.partition("Arguments: ")[2].partition("Returns: ")[0]
    names = [name for name in inspect.signature(hook).parameters if name != "self"]
    assert [name for name in names if f"`{name}`" not in arguments] == []
    assert list(inspect.signature(made(hook)).parameters) == names


def test_the_examples_keep_what_they_promise(tmp_path: Path) -> None:
    """By the checks that a plugin's own tests would use."""
    settings = Settings(base=tmp_path)
    [source] = made(hookspecs.Reading.pytest_postmortem_sources)(settings)
    [document] = check_source(source).documents
    assert "Cache stampede" in document.load()
    read = made(hookspecs.Reading.pytest_postmortem_read_document)
    assert read(document) is None
    other = Document("wiki/2", "wiki", "2", True, load=lambda: "incident WIKI-2: Full disk")
    assert (read(other).id, read(other).title) == ("WIKI-2", "Full disk")
    rules: list[Rule] = made(hookspecs.Linting.pytest_postmortem_lint_rules)(settings)
    assert len(check_rule(rules[0])) == 1
    [csv] = made(hookspecs.Reporting.pytest_postmortem_reporters)(settings)
    assert check_reporter(csv) == "post-mortem,state\nPM-1,partly guarded\n"


def test_the_examples_of_reporting_run_in_a_conftest(pytester: pytest.Pytester) -> None:
    """Together, in a run of pytest."""
    pytester.makeini("[pytest]")
    folder = pytester.path / "docs" / "postmortems"
    folder.mkdir(parents=True)
    folder.joinpath("PM-1.md").write_text("# PM-1: Checkout down\n", encoding="utf-8")
    reporting = hookspecs.Reporting
    texts = [example(hook) for hook in (reporting.pytest_postmortem_reporters, reporting.pytest_postmortem_finished)]
    pytester.makeconftest("\n\n".join(texts))
    result = pytester.runpytest_inprocess("--incident-output=x.csv", "--incident-gate=off", "-s")
    assert pytester.path.joinpath("x.csv").read_text(encoding="utf-8") == "post-mortem,state\nPM-1,unguarded\n"
    result.stdout.fnmatch_lines(["*1 post-mortems, gate not judged*"])


def test_the_registered_formats_are_those_of_the_help_and_of_the_docs(tmp_path: Path) -> None:
    """Each suffix with what it is."""
    formats = {one.suffix: one.help for one in Project(tmp_path, date(2026, 6, 15)).reporters}
    (told,) = (told["help"] for name, told in OPTIONS if name == "--incident-output")
    listed = re.sub(r"^is ", "", str(told).partition(": ")[2].partition(" (")[0])
    shown = dict(part.replace(" is ", " ", 1).split(" ", 1) for part in listed.split(", "))
    assert shown == formats
    assert table(page("extending.md"), "suffix") == [[f"`{suffix}`", formats[suffix]] for suffix in sorted(formats)]


def test_every_public_name_can_be_imported() -> None:
    """Each is loaded from its home when it is first used."""
    assert [name for name in pytest_postmortem.__all__ if getattr(pytest_postmortem, name, None) is None] == []
