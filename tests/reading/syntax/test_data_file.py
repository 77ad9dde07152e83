"""Data files: one post-mortem as a YAML or JSON mapping with the keys of front matter."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from pytest_postmortem.model.document import Format
from pytest_postmortem.model.postmortem import IdSource, ItemStatus, Need, Postmortem
from pytest_postmortem.reading.syntax.data_file import read_data
from pytest_postmortem.reading.syntax.nodes import Node
from tests.reading.texts import read

YAML = """id: PM-123
title: Queue overflow
date: 2026-02-11
severity: SEV1
status: final
services: [checkout, queue]
team: platform
incidents: [INC-77]
fix: 4f2c1ab
root_cause: No bound.
action_items:
  - id: AI-1
    action: Bound it
    status: done
    test: required
  - {id: AI-2, action: Alert on it, test: no}
"""
JSON = """{
 "id": "PM-123", "title": "Queue overflow", "date": "2026-02-11", "severity": "SEV1",
 "status": "final",
 "services": ["checkout", "queue"],
 "team": "platform",
 "incidents": ["INC-77"],
 "fix": "4f2c1ab",
 "root_cause": "No bound.",

 "action_items": [
  {"id": "AI-1",
   "action": "Bound it", "status": "done", "test": true},
  {"id": "AI-2", "action": "Alert on it", "test": false}
 ]
}
"""


@pytest.mark.parametrize(("text", "format"), [(YAML, Format.YAML), (JSON, Format.JSON)])
def test_a_data_file_is_a_post_mortem(text: str, format: Format) -> None:
    """With the same fields in both forms."""
    found = read(text, format=format)
    assert found.faults == ()
    assert (found.id, found.id_source, found.title) == ("PM-123", IdSource.FRONT_MATTER, "Queue overflow")
    assert (found.date, found.severity, found.status) == (date(2026, 2, 11), "SEV1", "final")
    assert (found.services, found.team, found.aliases, found.fixes) == (
        ("checkout", "queue"), "platform", ("INC-77",), ("4f2c1ab",),
    )  # fmt: skip
    assert found.root_cause is not None
    assert found.root_cause.text == "No bound."
    assert [(item.id, item.text, item.test.need, item.status) for item in found.action_items] == [
        ("AI-1", "Bound it", Need.REQUIRED, ItemStatus.DONE),
        ("AI-2", "Alert on it", Need.NOT_REQUIRED, ItemStatus.UNKNOWN),
    ]
    assert [item.line for item in found.action_items] == ([12, 16] if format is Format.YAML else [11, 13])


@pytest.mark.parametrize("format", [Format.YAML, Format.JSON])
def test_without_id_and_title_the_file_name_tells_them(format: Format) -> None:
    """As for any document."""
    found = read('{"severity": "SEV1"}', "PM-7-queue", format=format)
    assert (found.id, found.title, found.faults) == ("PM-7", "PM-7-queue", ())


def values(text: str) -> dict[str, Any]:
    fields, problems = read_data(text, Format.JSON)
    assert problems == []

    def bare(value: Any) -> Any:
        if isinstance(value, Node):
            return bare(value.value)
        if isinstance(value, dict):
            return {key: bare(inner) for key, inner in value.items()}
        return [bare(inner) for inner in value] if isinstance(value, list) else value

    return {key: bare(node) for key, node in fields.items()}


def test_every_value_of_json_is_a_text() -> None:
    """Numbers as they are written, truth values as words, null as nothing."""
    assert values('{"a": 1.50, "b": -0, "c": 1e400, "d": true, "e": false, "f": null, "g": "x", "h": {}, "i": []}') == {
        "a": "1.50", "b": "-0", "c": "1e400", "d": "true", "e": "false", "f": "", "g": "x", "h": {}, "i": [],
    }  # fmt: skip
    assert values('{"a": ' + "9" * 5000 + "}") == {"a": "9" * 5000}
    assert values('{"a": [1, [true, {"b": null}]]}') == {"a": ["1", ["true", {"b": ""}]]}


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('{\n"a": 1,\n"b":\n2,\n\n"c": 3}', {"a": 2, "b": 3, "c": 6}),
        ('{"a": "b",\n"b": "c",\n"c": "a"}', {"a": 1, "b": 2, "c": 3}),
        ('{"\\u00e9": 1,\n"é2": 2}', {"é": 1, "é2": 2}),
        ('{"a\\n": 1,\n"b": "x\\ny",\n"c": 1}', {"a\n": 1, "b": 2, "c": 3}),
        ('{"a": {"c": 1},\n"b": [\n"c",\n"d"],\n"c": 1}', {"a": 1, "b": 2, "c": 5}),
        ('{"a": 7,\n"b": 1,\n"c": "7"}', {"a": 1, "b": 2, "c": 3}),
        ('{"a": true,\n"b": 1,\n"c": "true"}', {"a": 1, "b": 2, "c": 3}),
        ('{"\\u0061": 1,\n"b": 2}', {"a": 1, "b": 2}),
        ('{"\\u0061": "x",\n"b": "a",\n"c": 1}', {"a": 1, "b": 2, "c": 3}),
    ],
)
def test_a_key_of_json_has_its_line(text: str, lines: dict[str, int]) -> None:
    """However it is written, and whatever value is the same text."""
    fields, problems = read_data(text, Format.JSON)
    assert problems == []
    assert {key: node.line for key, node in fields.items()} == lines


def test_a_text_in_a_list_of_json_has_its_line() -> None:
    """As a mapping there has that of its first key."""
    fields, _ = read_data('{"a": [\n"x",\n{"y": 1},\n[\n"z"],\n{}]}', Format.JSON)
    inner = fields["a"].value
    assert isinstance(inner, list)
    assert [node.line for node in inner if isinstance(node, Node)][:2] == [2, 3]
    third = inner[2]
    assert isinstance(third, Node)
    assert isinstance(third.value, list)
    assert [node.line for node in third.value if isinstance(node, Node)] == [5]


@pytest.mark.parametrize(
    ("text", "line", "problem", "hint"),
    [
        ("", 1, "broken JSON: Expecting value", "mend it"),
        ("{", 1, "broken JSON", "mend it"),
        ('{\n"id": "PM-1",\n', 3, "broken JSON", "mend it"),
        ('{\n"id": "PM-1"\n"b": 1}', 3, "broken JSON: Expecting ',' delimiter", "mend it"),
        ('{"id": "PM-1"}\n{"id": "PM-2"}', 2, "broken JSON: Extra data", "mend it"),
        ('{"id": "a\nb"}', 1, "broken JSON: Invalid control character", "mend it"),
        ("{'id': 1}", 1, "broken JSON", "mend it"),
        ("{}", 1, "no post-mortem: it is empty", "write `id:`, `title:`"),
        ("[1]", 1, "no mapping", 'write it as { "id": ... }'),
        ('"text"', 1, "no mapping", 'write it as { "id": ... }'),
        ("null", 1, "no mapping", 'write it as { "id": ... }'),
        ('{"id": 1,\n"a": NaN}', 2, "NaN is no value", "write a text or a number"),
        ('{"id": 1,\n"a": Infinity}', 2, "Infinity is no value", "write a text or a number"),
        ('{"id": 1,\n"a": -Infinity}', 2, "-Infinity is no value", "write a text or a number"),
        ('{"a": 1,\n"b": 2,\n"a": 3}', 3, "the key 'a' stands twice in one mapping", "keep one of the two"),
        ('{"x": {"a": 1,\n"a": 3}}', 2, "the key 'a' stands twice in one mapping", "keep one of the two"),
        ('[{"a": 1},\n{"a": 2},\n{"a": 3,\n"a": 4}]', 4, "the key 'a' stands twice", "keep one of the two"),
        ('{"b": "a",\n"c": "a",\n"a": 3,\n"a": 4}', 4, "the key 'a' stands twice", "keep one of the two"),
        ('{"\\u0061": 1,\n"a": 2}', 2, "the key 'a' stands twice", "keep one of the two"),
        ("[" * 100_000, 1, "nested deeper than 32 levels", "write it flatter"),
        ('{"a":' * 100_000, 1, "nested deeper than 32 levels", "write it flatter"),
        ('{"b": 1,\n"a": ' + "[" * 40 + "]" * 40 + "}", 2, "nested deeper than 32 levels", "write it flatter"),
        ('{"b": 1,\n"a":' * 40 + "1" + "}" * 40, 33, "nested deeper than 32 levels", "write it flatter"),
    ],
)
def test_broken_json_is_told_with_its_line(text: str, line: int, problem: str, hint: str) -> None:
    """And with what to write; nothing of it is read."""
    fields, problems = read_data(text, Format.JSON)
    assert fields == {}
    (found,) = problems
    assert found.line == line
    assert problem in found.problem
    assert hint in found.hint


@pytest.mark.parametrize("kind", ["lists", "mappings", "both"])
def test_32_levels_of_json_are_read_and_33_are_not(kind: str) -> None:
    """The mapping of the file itself is one of them."""

    def nested(levels: int) -> str:
        value: Any = "x"
        for level in range(levels - 1):
            value = [value] if kind == "lists" or (kind == "both" and level % 2) else {"a": value}
        return json.dumps({"a": value})

    assert read_data(nested(32), Format.JSON)[1] == []
    assert [one.problem for one in read_data(nested(33), Format.JSON)[1]] == ["nested deeper than 32 levels"]


@pytest.mark.parametrize("text", ["", "\n\n", "# a comment\n", "---\n", "{}", "~", "''"])
def test_an_empty_yaml_file_is_no_post_mortem(text: str) -> None:
    """It says so, rather than to be passed over."""
    fields, problems = read_data(text, Format.YAML)
    assert fields == {}
    if text != "~":
        assert [(one.line, one.problem) for one in problems] == [(1, "no post-mortem: it is empty")]
    else:
        assert [(one.line, one.problem) for one in problems] == [(1, "no mapping")]


def test_a_lone_surrogate_of_json_is_in_no_value() -> None:
    """As in every other document: no encoding can write it, and other processes are told these values."""
    text = '{"id": "PM-\\ud800", "title": "\\udfff", "action_items": [{"action": "a \\ud800", "owner": "\\ud800"}]}'
    found: Postmortem = read(text, format=Format.JSON)
    for value in (found.id, found.title, *(item.text for item in found.action_items)):
        assert value.encode("utf-8", "replace").decode() == value or found.faults
