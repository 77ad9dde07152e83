"""The text of a failing test: a function, or a method of a new class."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from keyword import iskeyword

from pytest_postmortem.model.postmortem import ActionItem, Postmortem
from pytest_postmortem.scaffolding.literals import docstring, literal, sentence
from pytest_postmortem.scaffolding.sources import Source
from pytest_postmortem.scaffolding.words import columns, cut, words_of

__all__ = ["MESSAGE", "Text", "Wanted", "texts_of", "usable"]

MESSAGE = "write this test: it fails without the fix, and passes with it"
_MOST_OF_NAME = 60
_ONE_LINE = 79  # fits whatever a project's formatter allows
_INDENT = "    "


@dataclass(frozen=True, slots=True)
class Wanted:
    """A test to write for `item`, under `name` where the document says one: that of a function or of a class."""

    item: ActionItem
    name: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """The lines of a function or class, and the tests in it: `test_a`, or `TestA::test_b`."""

    names: list[str]
    lines: list[str]


def usable(name: str) -> bool:
    """Whether pytest by its default names takes a function or class of this name for a test."""
    return name.isidentifier() and not iskeyword(name) and name.startswith(("test", "Test"))


def texts_of(
    postmortem: Postmortem, tests: Iterable[Wanted], source: Source, marker: str, annotated: bool, notes: list[str]
) -> list[Text]:
    """What to write for `tests`. One that is there already under that name is left as it is, with a note."""
    taken = source.names
    texts: list[Text] = []
    classes: dict[str, Text] = {}
    for test in tests:
        item = test.item
        own_id = item.id if item.has_own_id else None
        within = test.name if test.name.startswith("Test") else ""
        name = _name(item, postmortem) if within or not test.name else test.name
        there = _there(source.marked(marker, postmortem.id, own_id), within, name)
        if there:
            notes.append(f"{source.path}::{there} is there already, with this marker")
            continue
        if test.name in taken and within not in classes:
            told = f"{source.path}::{test.name} is there already, without this marker"
            notes.append(f"{told}; the new test has another name: write its node id")
            within = ""
        decorator = _decorator(marker, postmortem.id, own_id)
        if not within:
            name = _free(name, taken)
            taken.add(name)
            texts.append(Text([name], [*decorator, *_function(name, postmortem, item, annotated)]))
            continue
        if within not in classes:
            taken.add(within)
            classes[within] = Text([], [])
            texts.append(classes[within])
        text = classes[within]
        name = _free(name, {one.partition("::")[2] for one in text.names})
        lines = [*decorator, *_function(name, postmortem, item, annotated, method=True)]
        text.lines.extend(["" if text.names else f"class {within}:", *(line and _INDENT + line for line in lines)])
        text.names.append(f"{within}::{name}")
    return texts


def _there(marked: Collection[str], within: str, name: str) -> str | None:
    """The one of the `marked` tests that is this one: it may be a method where a function would be written."""
    if within:
        return next((one for one in sorted(marked) if one.startswith(f"{within}::")), None)
    return next((one for one in sorted(marked) if one.rpartition("::")[2] == name), None)


def _name(item: ActionItem, postmortem: Postmortem) -> str:
    for text in (item.text, postmortem.id):
        words = cut([word.lower() for word in words_of(text)], "_", _MOST_OF_NAME)
        while columns(words) > _MOST_OF_NAME:
            words = words[:-1]
        name = f"test_{words}"
        if name != "test_" and name.isidentifier():
            return name
    return "test_incident"


def _free(name: str, taken: Iterable[str]) -> str:
    number, free = 2, name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def _decorator(marker: str, postmortem: str, item: str | None) -> list[str]:
    arguments = [literal(postmortem)] if item is None else [literal(postmortem), f"action_item={literal(item)}"]
    line = f"@pytest.mark.{marker}({', '.join(arguments)})"
    if len(line) <= _ONE_LINE:
        return [line]
    return [f"@pytest.mark.{marker}(", *(f"    {argument}," for argument in arguments), ")"]


def _function(
    name: str, postmortem: Postmortem, item: ActionItem, annotated: bool, *, method: bool = False
) -> list[str]:
    day = f" ({postmortem.date})" if postmortem.date else ""
    told = [f"{postmortem.id}: {sentence(postmortem.title + day)}"]
    if postmortem.root_cause is not None and postmortem.root_cause.sentence:
        told.append(f"Root cause: {sentence(postmortem.root_cause.sentence)}")
    return [
        f"def {name}({'self' if method else ''}){' -> None' if annotated else ''}:",
        *docstring(sentence(item.text), *told, postmortem.origin, depth=2 if method else 1),
        f'    pytest.fail("{MESSAGE}")',
    ]
