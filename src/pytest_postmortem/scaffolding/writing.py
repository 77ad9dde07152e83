"""The text of a failing test: a function, or a method of a new class."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from keyword import iskeyword

from pytest_postmortem.model.postmortem import ActionItem, Postmortem
from pytest_postmortem.scaffolding.literals import format_docstring, format_literal, format_sentence
from pytest_postmortem.scaffolding.sources import PythonSource
from pytest_postmortem.scaffolding.words import count_columns, cut, find_words

__all__ = ["MESSAGE", "TestToWrite", "Text", "build_texts", "is_usable_name"]

MESSAGE = "write this test: it fails without the fix, and passes with it"
_MOST_OF_NAME = 60
_ONE_LINE = 79  # fits whatever a project's formatter allows
_INDENT = "    "


@dataclass(frozen=True, slots=True)
class TestToWrite:
    """A test to write for `item`, under `name` where the document says one: that of a function or of a class."""

    item: ActionItem
    name: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """The lines of a function or class, and the tests in it: `test_a`, or `TestA::test_b`."""

    names: list[str]
    lines: list[str]


def is_usable_name(name: str) -> bool:
    """Return whether pytest by its default names takes a function or class of this name for a test."""
    return name.isidentifier() and not iskeyword(name) and name.startswith(("test", "Test"))


def build_texts(
    postmortem: Postmortem,
    tests: Iterable[TestToWrite],
    source: PythonSource,
    marker: str,
    annotated: bool,
    notes: list[str],
) -> list[Text]:
    """Return what to write for `tests`. One that is there already under that name is left as it is, with a note."""
    taken = source.names
    texts: list[Text] = []
    classes: dict[str, Text] = {}
    for test in tests:
        item = test.item
        own_id = item.id if item.has_own_id else None
        within = test.name if test.name.startswith("Test") else ""
        name = _choose_name(item, postmortem) if within or not test.name else test.name
        existing = _find_existing(source.find_marked_tests(marker, postmortem.id, own_id), within, name)
        if existing:
            notes.append(f"{source.path}::{existing} is there already, with this marker")
            continue
        if test.name in taken and within not in classes:
            problem = f"{source.path}::{test.name} is there already, without this marker"
            notes.append(f"{problem}; the new test has another name: write its node id")
            within = ""
        decorator = _format_decorator(marker, postmortem.id, own_id)
        if within:
            if within not in classes:
                taken.add(within)
                classes[within] = Text([], [])
                texts.append(classes[within])
            text = classes[within]
            name = _find_free_name(name, {node_id.partition("::")[2] for node_id in text.names})
            function = _format_function(name, postmortem, item, annotated, method=True)
            _add_method(text, within, name, [*decorator, *function])
        else:
            name = _find_free_name(name, taken)
            taken.add(name)
            texts.append(Text([name], [*decorator, *_format_function(name, postmortem, item, annotated)]))
    return texts


def _add_method(text: Text, within: str, name: str, lines: Iterable[str]) -> None:
    """Add a method of these `lines` to the `text` of the class `within`, which begins with the first one."""
    text.lines.append("" if text.names else f"class {within}:")
    text.lines.extend(line and _INDENT + line for line in lines)
    text.names.append(f"{within}::{name}")


def _find_existing(marked: Collection[str], within: str, name: str) -> str | None:
    """Return the one of the `marked` tests that is this one: it may be a method where a function would be written."""
    if within:
        return next((one for one in sorted(marked) if one.startswith(f"{within}::")), None)
    return next((one for one in sorted(marked) if one.rpartition("::")[2] == name), None)


def _choose_name(item: ActionItem, postmortem: Postmortem) -> str:
    for text in (item.text, postmortem.id):
        words = cut([word.lower() for word in find_words(text)], "_", _MOST_OF_NAME)
        while count_columns(words) > _MOST_OF_NAME:
            words = words[:-1]
        name = f"test_{words}"
        if name != "test_" and name.isidentifier():
            return name
    return "test_incident"


def _find_free_name(name: str, taken: Iterable[str]) -> str:
    number, free = 2, name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def _format_decorator(marker: str, postmortem: str, item: str | None) -> list[str]:
    arguments = (
        [format_literal(postmortem)]
        if item is None
        else [format_literal(postmortem), f"action_item={format_literal(item)}"]
    )
    line = f"@pytest.mark.{marker}({', '.join(arguments)})"
    if len(line) <= _ONE_LINE:
        return [line]
    return [f"@pytest.mark.{marker}(", *(f"    {argument}," for argument in arguments), ")"]


def _format_function(
    name: str, postmortem: Postmortem, item: ActionItem, annotated: bool, *, method: bool = False
) -> list[str]:
    day = f" ({postmortem.date})" if postmortem.date else ""
    told = [f"{postmortem.id}: {format_sentence(postmortem.title + day)}"]
    if postmortem.root_cause is not None and postmortem.root_cause.sentence:
        told.append(f"Root cause: {format_sentence(postmortem.root_cause.sentence)}")
    return [
        f"def {name}({'self' if method else ''}){' -> None' if annotated else ''}:",
        *format_docstring(format_sentence(item.text), *told, postmortem.origin, depth=2 if method else 1),
        f'    pytest.fail("{MESSAGE}")',
    ]
