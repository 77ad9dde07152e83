"""Front matter: what is one, every scalar a text, and a line for every fault."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_postmortem.reading.syntax.front_matter import MAX_BYTES, split_front_matter
from pytest_postmortem.reading.syntax.nodes import MAX_DEPTH, Node
from pytest_postmortem.reading.syntax.yaml import read_yaml


def plain(value: Any) -> Any:
    """Nodes without their lines."""
    if isinstance(value, Node):
        return plain(value.value)
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value


def yaml_of(text: str) -> Any:
    fields, problems = read_yaml(text)
    assert problems == []
    return plain(fields)


@pytest.mark.parametrize(
    ("text", "fields", "body", "body_line"),
    [
        ("---\nid: PM-1\n---\n# Title\n", {"id": "PM-1"}, "# Title\n", 4),
        ("---\r\nid: PM-1\r\n---\r\n# Title\r\n", {"id": "PM-1"}, "# Title\r\n", 4),
        ("--- \nid: PM-1\n---\t \n# Title\n", {"id": "PM-1"}, "# Title\n", 4),
        ("---\nid: PM-1\n---", {"id": "PM-1"}, "", 3),
        ("---\n\n# a comment\nid: PM-1\n---\nx", {"id": "PM-1"}, "x", 6),
        ("---\nid: PM-1\n----\ntitle: a\n---\nx", None, "x", 6),
        ("---\nid: PM-1\ntitle: |\n  a\n  --- b\n---\nx", {"id": "PM-1", "title": "a\n--- b\n"}, "x", 7),
        ("---\n---\n# Title\n", {}, "# Title\n", 3),
        ("---\n\n---\n# Title\n", {}, "# Title\n", 4),
        ("---\n# only a comment\n---\nx", {}, "x", 4),
        ("+++\nid = 'PM-1'\n+++\n# Title\n", {"id": "PM-1"}, "# Title\n", 4),
        ("+++\r\nid = 'PM-1'\r\n+++\r\nx", {"id": "PM-1"}, "x", 4),
        ("+++\n+++\nx", {}, "x", 3),
    ],
)
def test_front_matter_is_parted_from_the_body(text: str, fields: Any, body: str, body_line: int) -> None:
    """Its fields, the body, and the line in the file where the body begins."""
    front = split_front_matter(text)
    assert (front.body, front.body_line) == (body, body_line)
    if fields is None:
        assert front.problems
    else:
        assert plain(front.fields) == fields
        assert front.problems == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# Title\n",
        "---",
        "---\n",
        "----\nid: PM-1\n----\n",
        "--- id: PM-1\n---\n",
        "---\nThe queue overflowed.\n\nid: no\n---\n",
        "---\n# Title\n\nText.\n---\n",
        "---\n\n\n",
        "---\n# a heading and nothing more",
        "---\n**Date:** 2026-02-11\n**Severity:** SEV2\n---\n# Title\n",
        "---\n> A quotation.\n\n# Title\n",
        "---\n[Back](index.md)\n---\n# Title\n",
        "\n---\nid: PM-1\n---\n",
        " ---\nid: PM-1\n---\n",
        "+++",
        "++\nid = 1\n++\n",
    ],
)
def test_a_thematic_break_begins_no_front_matter(text: str) -> None:
    """All of it is the body, from line 1, and nothing is wrong."""
    front = split_front_matter(text)
    assert (front.fields, front.body, front.body_line, front.problems) == ({}, text, 1, [])


@pytest.mark.parametrize("mark", ["---", "+++"])
def test_front_matter_that_is_not_closed_is_a_fault(mark: str) -> None:
    """At line 1; what follows is read as the body."""
    front = split_front_matter(f"{mark}\nid: PM-1\n\n# Title\n")
    assert [tuple(one) for one in front.problems] == [
        (1, f"the front matter is opened by {mark} and not closed", f"add a line {mark} where it ends")
    ]
    assert (front.body, front.body_line) == ("id: PM-1\n\n# Title\n", 2)


@pytest.mark.parametrize("character", ["x", "é", "中"])
def test_front_matter_of_64_kib_is_read_and_one_byte_more_is_not(character: str) -> None:
    """Counted in bytes of UTF-8; the body is read in both cases."""
    size = len(character.encode())
    block = "title: " + "y" * ((MAX_BYTES - 8) % size) + character * ((MAX_BYTES - 8) // size) + "\n"
    assert len(block.encode()) == MAX_BYTES == 65536
    assert split_front_matter(f"---\n{block}---\nbody").problems == []
    front = split_front_matter(f"---\n#{block}---\nbody")
    assert [(one.line, one.problem) for one in front.problems] == [(1, "the front matter is larger than 64 KiB")]
    assert (front.fields, front.body, front.body_line) == ({}, "body", 4)


@pytest.mark.parametrize(
    "text",
    [
        *("NO", "off", "yes", "y", "true", "False", "null", "~", "010", "0123", "0o17", "0x1F", "0x_", "1_000", "1.0"),
        *("1e3", ".inf", ".nan", "12:30:45", "190:20", "2024-01-02", "2024-13-45", "2024-01-02T25:61:00+99:00"),
        *("9" * 5000, "=", "2001-12-14t21:59:43.10-05:00"),
    ],
)
def test_no_scalar_is_more_than_text(text: str) -> None:
    """Nothing is guessed from its form: not a truth value, a number, a time or a date."""
    assert yaml_of(f"a: {text}\nb: [{text}]\n") == {"a": text, "b": [text]}


def test_keys_that_look_alike_stay_apart() -> None:
    """`1`, `1.0`, `01` and `true` are four keys."""
    assert yaml_of("1: a\n1.0: b\n01: c\ntrue: d\n") == {"1": "a", "1.0": "b", "01": "c", "true": "d"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: plain text # comment", "plain text"),
        ("a: 'it''s'", "it's"),
        ('a: "tab\\tand \\u00e9"', "tab\tand é"),
        ("a: |\n  one\n  two\n", "one\ntwo\n"),
        ("a: >-\n  one\n  two\n", "one two"),
        ("a: one\n  two\n", "one two"),
        ("a:\n", ""),
        ("a: ''", ""),
        ("a: [x, 'y', \"z\"]", ["x", "y", "z"]),
        ("a:\n- x\n-\n- y", ["x", "", "y"]),
        ("a:\n  - b: 1\n    c: 2\n  - d: 3\n", [{"b": "1", "c": "2"}, {"d": "3"}]),
        ("a: {b: {c: [d]}}", {"b": {"c": ["d"]}}),
        ("a: []", []),
        ("a: {}", {}),
        ("a: '*b'", "*b"),
        ("a: '<<'", "<<"),
        ("a: 100% sure", "100% sure"),
        ('a: "\\e[31m"', "\x1b[31m"),
        ("a: \u202eabc", "\u202eabc"),
        ("a: 'x: y'", "x: y"),
        ("? a\n: b", "b"),
    ],
)
def test_texts_lists_and_mappings_are_read(text: str, value: Any) -> None:
    """As YAML has them; what is odd in a value (escapes, bidirectional marks) is kept for the output to neutralize."""
    assert yaml_of(text) == {"a": value}


@pytest.mark.parametrize(
    "value",
    [
        *("", "a", "a  ", "a b", "2026-02-11 12:30", "12:30:00Z", "https://example.com/a?b=c#d", "a:", "a: b", "a :b"),
        *("a #b", "a#b", "#a", "a\tb", "'a'", "'it''s'", '"a"', '"a\\nb"', '"a: b #c"', "'a' b", '"a" #b', "'a", '"'),
        *("[]", "[ ]", "[a]", "[a,b]", "[ a , b c ]", "[a, ]", "[a: b]", "[a,, b]", "[a, 'b']", "[a", "[a] b", "[[a]]"),
        *("-", "- a", "-a", "? a", "?a", "&a b", "*a", "!t a", "% a", "@a", "`a`", "{a: b}", "| a", "> a", "|", "..."),
        *("(a)", "./a", ".a", "/a", "~", "<<", "=", "a [b], {c}", "a\u2028b", "a\x85b", "a\x01b", "a\ufeffb", "é – 表"),
        "a\r",
    ],
)
def test_a_line_is_read_alike_whether_the_parser_takes_part_or_not(value: str) -> None:
    """Lines of `key: text` are read without it, so that a comment above them, which calls it, changes nothing."""
    block = f"id: x\nkey: {value}\nlast: y\n"
    assert read_yaml(block, 2) == read_yaml(f"#\n{block}", 1)


def test_a_quoted_merge_key_is_a_key_like_any_other() -> None:
    """Only the plain one merges in YAML."""
    assert yaml_of('"<<": a\n') == {"<<": "a"}


def test_every_value_knows_its_line() -> None:
    """The line of its key where it has one, else its own; counted from the line that the block begins at."""
    fields, problems = read_yaml("a: 1\n\nb:\n  - x\n  - y: 2\n    z:\n      deep\nc: |\n  text\nd: [p,\n  q]\n", 2)
    assert problems == []
    assert (fields["a"].line, fields["b"].line, fields["c"].line, fields["d"].line) == (2, 4, 9, 11)
    first, second = fields["b"].value
    assert isinstance(first, Node)
    assert isinstance(second, Node)
    assert isinstance(second.value, dict)
    assert (first.line, second.line, second.value["y"].line, second.value["z"].line) == (5, 6, 6, 7)
    assert [one.line for one in fields["d"].value if isinstance(one, Node)] == [11, 12]


def test_lines_are_those_that_an_editor_shows() -> None:
    """U+2028 and U+0085 in a text end no line, here as in the body."""
    fields, problems = read_yaml('a: "x\u2028y"\nb: "x\x85y"\nc: z\n')
    assert problems == []
    assert (fields["b"].line, fields["c"].line) == (2, 3)


@pytest.mark.parametrize("kind", ["lists", "mappings", "block"])
def test_32_levels_are_read_and_33_are_not(kind: str) -> None:
    """The mapping of the front matter itself is one of them."""

    def nested(levels: int) -> str:
        if kind == "lists":
            return "a: " + "[" * levels + "x" + "]" * levels
        if kind == "mappings":
            return "a: " + "{b: " * levels + "x" + "}" * levels
        return "".join("  " * level + "a:\n" for level in range(levels)) + "  " * levels + "a: x"

    assert MAX_DEPTH == 32
    assert read_yaml(nested(31))[1] == []
    fields, problems = read_yaml(nested(32))
    assert fields == {}
    assert [(one.problem, one.hint) for one in problems] == [("nested deeper than 32 levels", "write it flatter")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("id: a\nid: b\n", [(2, "the key 'id' stands here twice")]),
        ("id: a\nx:\n  y: 1\n  y: [2]\n", [(4, "the key 'y' stands here twice")]),
        ("id: a\nx: [1]\nx: {y: 1}\n", [(3, "the key 'x' stands here twice")]),
        ("id: a\nx: &n 1\n", [(2, "an anchor (&n)")]),
        ("id: a\nx: &n [1]\n", [(2, "an anchor (&n)")]),
        ("id: a\n&n x: 1\n", [(2, "an anchor (&n)")]),
        ("id: a\nx: *n\n", [(2, "an alias (*n)")]),
        ("id: a\nx: [*n, *m]\n", [(2, "an alias (*n)"), (2, "an alias (*m)")]),
        ("id: a\n*n : 1\n", [(2, "an alias (*n)")]),
        ("id: a\n*n : [1]\n", [(2, "an alias (*n)")]),
        ("id: a\nx: !t 1\n", [(2, "a tag (!t)")]),
        ("id: a\nx: !!str 1\n", [(2, "a tag (tag:yaml.org,2002:str)")]),
        ("id: a\nx: !!set {b}\n", [(2, "a tag (tag:yaml.org,2002:set)")]),
        ("id: a\nx: ! 1\n", [(2, "a tag (!)")]),
        ("id: a\n<<: {x: 1}\n", [(2, "a merge key (<<)")]),
        ("id: a\n<<: *n\n", [(2, "a merge key (<<)"), (2, "an alias (*n)")]),
    ],
)
def test_what_is_more_than_yaml_needs_is_refused(text: str, found: list[tuple[int, str]]) -> None:
    """Each with its line and what to write; reading goes on, the first value of a key stays, and the id is kept."""
    fields, problems = read_yaml(text)
    assert [(one.line, one.problem) for one in problems] == found
    assert all(one.hint for one in problems)
    assert plain(fields)["id"] == "a"


@pytest.mark.parametrize(
    ("text", "line", "problem", "hint"),
    [
        ("id: a\n? [b]\n: c\n", 2, "a list or mapping as a key", "use plain text as the key"),
        ("id: a\n{b: c}: d\n", 2, "a list or mapping as a key", "use plain text as the key"),
        ("id: a\n---\nid: b\n", 2, "a second YAML document", "keep one document a file"),
        ("%YAML 1.1\n---\nid: a\n", 1, "a YAML directive (%)", "remove the line"),
        ("id: a\n%TAG ! tag:x:\n", 2, "a YAML directive (%)", "remove the line"),
        ("\n\r%TAG ! tag:x:\r---\rid: a\n", 2, "a YAML directive (%)", "remove the line"),
        ("\n\x85%TAG ! tag:x:\x85---\x85id: a\n", 2, "a YAML directive (%)", "remove the line"),
        ("- a\n- b\n", 1, "no mapping", "write it as lines of `key: value`"),
        ("just text\n", 1, "no mapping", "write it as lines of `key: value`"),
        ("*n\n", 1, "an alias (*n)", "write the value out"),
        ("id: a: b\n", 1, "mapping values are not allowed", "put a value that holds a colon in quotes"),
        ("id: a\n\tb: c\n", 2, "tab", "indent with spaces and not with tabs"),
        ("id: a\nx:\n\tb: c\n", 3, "cannot start any token", "indent with spaces and not with tabs"),
        ("id: a\nx: @b\n", 2, "cannot start any token", "put a value with special characters in quotes"),
        ("id: a\nx: 'b\n", 3, "unexpected end of stream", "close the quotes or the bracket"),
        ("id: a\nx: [b\n", 3, "did not find expected", "close the list with ]"),
        ("id: a\nx: {b: c\ny: d\n", 3, "did not find expected", "close the mapping with }"),
        ("id: a\n b: c\n", 2, "mapping values are not allowed", "quotes"),
        ("a:\n   b: c\n  d: e\n", 3, "did not find expected key", "the same indentation"),
        ("- a\nb: c\n", 2, "did not find expected", "the same indentation"),
        ("id: a\nb\n", 3, "could not find expected ':'", "write it as `key: value`"),
        ("id: a\nx: b\x00c\n", 2, "control characters", "remove the control character"),
        ("id: a\nx: b\x1bc\n", 2, "control characters", "remove the control character"),
        ('id: "\\q"\n', 1, "unknown escape character", ""),
        ("id: 'a'b\n", 1, "broken YAML", ""),
        ("id: \ud800\n", 1, "broken YAML", "write plain keys and values"),
    ],
)
def test_broken_yaml_is_told_with_its_line(text: str, line: int, problem: str, hint: str) -> None:
    """And with what to write instead; no field is read."""
    fields, problems = read_yaml(text)
    assert fields == {}
    assert len(problems) == 1
    assert problems[0].line == line
    assert problem in problems[0].problem
    assert hint in problems[0].hint
    assert problems[0].hint


def test_a_fault_is_not_hidden_by_one_behind_it() -> None:
    """The anchor is told although the list is never closed."""
    assert [one.line for one in read_yaml("a: &n 1\nb: [\n")[1]] == [1, 3]
    assert [one.line for one in read_yaml("a: &n 1\n? [b]\n: c\n")[1]] == [1, 2]
    assert [one.line for one in read_yaml("a: &n 1\nb: \x00\n")[1]] == [2]
    assert [one.problem for one in read_yaml("&n a\n")[1]] == ["an anchor (&n)", "no mapping"]


TOML = """+++
id = "PM-1"
title = 'Queue overflow'
date = 2026-02-11
at = 2026-02-11T10:30:00Z
clock = 10:30:00
weight = 3
ratio = 0.50
draft = true
final = false
services = ["checkout", "queue"]
"full key" = "x"

[params]
severity = "SEV2"
+++
# Title
"""


def test_toml_is_read_as_text_too() -> None:
    """Dates and times in their ISO form, truth values as `true` and `false`, tables as mappings; with their lines."""
    front = split_front_matter(TOML)
    assert front.problems == []
    assert plain(front.fields) == {
        "id": "PM-1",
        "title": "Queue overflow",
        "date": "2026-02-11",
        "at": "2026-02-11T10:30:00+00:00",
        "clock": "10:30:00",
        "weight": "3",
        "ratio": "0.5",
        "draft": "true",
        "final": "false",
        "services": ["checkout", "queue"],
        "full key": "x",
        "params": {"severity": "SEV2"},
    }
    assert [front.fields[key].line for key in ("id", "date", "services", "full key", "params")] == [2, 4, 11, 12, 14]


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("id = PM-1\n", 2, "broken TOML: Invalid value"),
        ("id = 'a'\nid = 'b'\n", 3, "broken TOML: Cannot overwrite a value"),
        ("id = 'a'\n\ndate = 2026-02-31\n", 4, "broken TOML"),
        ("id = 'a'\ntitle = 'b\n", 3, "broken TOML"),
        ("id = 'a'\ntitle = '''b\n", 3, "broken TOML"),
        ("id: a\n", 2, "broken TOML"),
        ("a = " + "[" * 33 + "]" * 33 + "\n", 2, "nested deeper than 32 levels"),
        ("x = 1\na = " + "{b = " * 33 + "1" + "}" * 33 + "\n", 3, "nested deeper than 32 levels"),
        ("a = " + "[" * 50_000 + "\n", 2, "nested deeper than 32 levels"),
    ],
)
def test_broken_toml_is_told_with_its_line(text: str, line: int, problem: str) -> None:
    """The line in the file, and what to do."""
    front = split_front_matter(f"+++\n{text}+++\n# Title\n")
    assert front.fields == {}
    (found,) = front.problems
    assert found.line == line
    assert problem in found.problem
    assert "at line" not in found.problem, "another line than that of the file"
    assert found.hint


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("id = 'a'\n[extra]\nid = 'b'\n", "id", 2),
        ("title = '''\ndate = x\n'''\ndate = 2026-02-11\n", "date", 5),
        ("title = 'a\u2028b'\ndate = 2026-02-11\n", "date", 3),
        ("a = '''\nid = x\n'''\nid = 'b'\nc = '''\nid = y\n'''\n", "id", 5),
        ("a.b = 1\n", "a", 2),
    ],
)
def test_a_key_of_toml_has_the_line_where_it_stands(text: str, key: str, line: int) -> None:
    """And not that of a key of the same name in a table, nor of a text that looks like one."""
    front = split_front_matter(f"+++\n{text}+++\n")
    assert front.problems == []
    assert front.fields[key].line == line
