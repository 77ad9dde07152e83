"""Broken and hostile documents: each has its faults with line and hint, or is read as the text it is; none raises."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from pytest_postmortem.config.settings import Settings
from pytest_postmortem.model.document import Format
from pytest_postmortem.model.postmortem import Postmortem
from pytest_postmortem.reading.postmortem import Reader
from pytest_postmortem.sources.folder import FolderSource
from tests.reading.texts import ITEMS, read

YAML, JSON, MARKDOWN = Format.YAML, Format.JSON, Format.MARKDOWN
MIB = 1024 * 1024


class Bad(NamedTuple):
    """A document, and what is wrong with it: for each fault its line and a part of what it says."""

    name: str
    text: str
    faults: tuple[tuple[int | None, str], ...] = ()
    format: Format = MARKDOWN


def front(block: str, mark: str = "---") -> str:
    """A document with this front matter, which begins at line 2."""
    return f"{mark}\n{block}\n{mark}\n# Queue overflow\n"


def toml(block: str) -> str:
    return front(block, "+++")


def table(cell: str) -> str:
    """A document whose only row, at line 7, has this in its `Test` column."""
    return f"{ITEMS}| Action | Test |\n|---|---|\n| Bound the queue | {cell} |\n"


def listed(text: str) -> str:
    """A document whose only list item, at line 5, is this text."""
    return f"{ITEMS}- {text}\n"


DEEP = "nested deeper than 32 levels"
NO_DATE = "which is no date"
WAIVER = "the waiver has no end date"
BOMB = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
BOMB_FAULTS = (
    (2, "an anchor (&a)"),
    *(
        fault
        for line, (before, name) in enumerate(zip("abcdefgh", "bcdefghi", strict=True), 3)
        for fault in ((line, f"an anchor (&{name})"), *(((line, f"an alias (*{before})"),) * 9))
    ),
)

DOCUMENTS = (
    # YAML: more than text, lists and mappings
    Bad("alias bomb", front(BOMB.rstrip()), BOMB_FAULTS),
    Bad("self reference, list", front("a: &a [*a]"), ((2, "an anchor (&a)"), (2, "an alias (*a)"))),
    Bad("self reference, mapping", front("a: &a {b: *a}"), ((2, "an anchor (&a)"), (2, "an alias (*a)"))),
    Bad("self reference, whole", front("&a\nb: *a"), ((2, "an anchor (&a)"), (3, "an alias (*a)"))),
    Bad("anchor alone", front("id: &x PM-1"), ((2, "an anchor (&x)"),)),
    Bad("alias of nothing", front("id: PM-1\nb: *x"), ((3, "an alias (*x)"),)),
    Bad("alias as key", front("id: PM-1\n*x : b"), ((3, "an alias (*x)"),)),
    Bad("tag", front("id: !x PM-1"), ((2, "a tag (!x)"),)),
    Bad(
        "tag that makes objects", front("id: a\nb: !!python/object/apply:os.system [ls]"), ((3, "python/object/apply"),)
    ),
    Bad("tag of a mapping", front("id: PM-1\nb: !!omap {c: d}"), ((3, "a tag (tag:yaml.org,2002:omap)"),)),
    Bad("merge key", front("id: PM-1\n<<: {a: b}"), ((3, "a merge key (<<)"),)),
    Bad("merge of an alias", front("id: PM-1\n<<: *x"), ((3, "a merge key (<<)"), (3, "an alias (*x)"))),
    Bad("key is a list", front("id: PM-1\n? [a]\n: b"), ((3, "a list or mapping as a key"),)),
    Bad("key is a mapping", front("id: PM-1\n? {a: b}\n: c"), ((3, "a list or mapping as a key"),)),
    Bad("key is a block", front("id: PM-1\n? - a\n  - b\n: c"), ((3, "a list or mapping as a key"),)),
    Bad("directive %YAML", front("%YAML 1.1\nid: PM-1"), ((2, "a YAML directive (%)"),)),
    Bad("directive %TAG", front("id: PM-1\n%TAG ! tag:x,2026:"), ((3, "a YAML directive (%)"),)),
    Bad(
        "many directives",
        "".join(f"%TAG !e{number}! tag:x\n" for number in range(9999)),
        ((1, "a YAML directive"),),
        YAML,
    ),
    Bad("directive behind a bare CR", "\n\r%TAG ! tag:x\r---\rid: a\n", ((3, "a YAML directive (%)"),), YAML),
    Bad("directive behind U+2028", "\n\u2028%TAG ! tag:x\u2028---\u2028id: a\n", ((2, "a YAML directive (%)"),), YAML),
    Bad("two documents", "id: PM-1\n---\nid: PM-2\n", ((2, "a second YAML document"),), YAML),
    Bad("three documents", "---\nid: PM-1\n---\n---\nid: PM-2\n", ((3, "a second YAML document"),), YAML),
    Bad("document end, then more", "id: PM-1\n...\nid: PM-2\n", ((3, "broken YAML"),), YAML),
    Bad("duplicate key", front("id: PM-1\ntitle: a\nid: PM-2"), ((4, "the key 'id' stands here twice"),)),
    Bad("duplicate key thrice", front("id: a\nid: b\nid: c"), ((3, "the key 'id'"), (4, "the key 'id'"))),
    Bad(
        "duplicate test",
        front("action_items:\n- action: a\n  test: required\n  test: no"),
        ((5, "the key 'test' stands here twice"),),
    ),
    Bad("duplicate quoted key", front('id: PM-1\n"id": PM-2'), ((3, "the key 'id' stands here twice"),)),
    # YAML: limits
    Bad("32 levels", front("a: " + "[" * 31 + "x" + "]" * 31)),
    Bad("33 levels of lists", front("id: PM-1\na: " + "[" * 32 + "x" + "]" * 32), ((3, DEEP),)),
    Bad("33 levels of mappings", front("a: " + "{b: " * 32 + "x" + "}" * 32), ((2, DEEP),)),
    Bad("33 levels of blocks", front("\n".join(" " * level + "a:" for level in range(33)) + " x"), ((34, DEEP),)),
    Bad("33 levels of dashes", front("a:\n" + "- " * 32 + "x"), ((3, DEEP),)),
    Bad("10,000 lists", front("a: " + "[" * 10_000), ((2, DEEP),)),
    Bad("100,000 lists", "a: " + "[" * 100_000, ((1, DEEP),), YAML),
    Bad("100,000 mappings", "a: " + "{a: " * 100_000, ((1, DEEP),), YAML),
    Bad("100,000 dashes", "- " * 100_000, ((1, DEEP),), YAML),
    Bad("100,000 question marks", "? " * 100_000, ((1, "a list or mapping as a key"),), YAML),
    Bad("64 KiB", front("title: " + "x" * (65536 - 8))),
    Bad("64 KiB and a byte", front("title: " + "x" * (65536 - 7)), ((1, "larger than 64 KiB"),)),
    Bad("64 KiB in two-byte letters", front("title: " + "é" * 32765), ((1, "larger than 64 KiB"),)),
    Bad("1 MiB of front matter", front("a: b\n" * (MIB // 5)), ((1, "larger than 64 KiB"),)),
    Bad("1 MiB of front matter, TOML", toml("a = 1\n" * (MIB // 6)), ((1, "larger than 64 KiB"),)),
    Bad("many keys", front("".join(f"k{number}: v\n" for number in range(5000)).rstrip())),
    Bad("a key of 1,024 characters and more", front("id: a\n" + "k" * 2000 + ": v"), ((3, "broken YAML"),)),
    # YAML: syntax
    Bad("tab in front", front("id: PM-1\nb:\n\tc: d"), ((4, "cannot start any token"),)),
    Bad("tab in front of a key", front("id: PM-1\n\tb: c"), ((3, "broken YAML"),)),
    Bad("tab behind the colon", front("id:\tPM-1")),
    Bad("quote not closed", front('id: PM-1\ntitle: "a\nb: c'), ((5, "unexpected end of stream"),)),
    Bad("apostrophe not closed", front("title: 'it's"), ((2, "broken YAML"),)),
    Bad("apostrophe in a word", front("title: it's")),
    Bad("bracket not closed", front("services: [a, b\nid: PM-1"), ((3, "broken YAML"),)),
    Bad("brace not closed", front("services: {a: b\nid: PM-1"), ((3, "broken YAML"),)),
    Bad("bracket too many", front("services: [a]]"), ((2, "broken YAML"),)),
    Bad("colon in a value", front("id: PM-1\ntitle: a: b"), ((3, "mapping values are not allowed"),)),
    Bad("no colon", front("id: PM-1\ntitle\ndate: 2026-02-11"), ((4, "could not find expected ':'"),)),
    Bad("indented wrongly", front("a:\n   b: c\n  d: e"), ((4, "broken YAML"),)),
    Bad("at sign", front("owner: @ann"), ((2, "cannot start any token"),)),
    Bad("backtick", front("title: `a`"), ((2, "cannot start any token"),)),
    Bad("percent sign", front("title: %a"), ((2, "cannot start any token"),)),
    Bad("unknown escape", front('title: "\\q"'), ((2, "unknown escape character"),)),
    Bad("escape of a surrogate", front('title: "\\ud800"'), ((2, "broken YAML"),)),
    Bad("escape that is cut", front('title: "\\u00"'), ((2, "broken YAML"),)),
    Bad("dashes in a value", front("title: a --- b")),
    Bad("a list", front("- a\n- b"), ((2, "no mapping"),)),
    Bad("a list in a file", "- a\n- b\n", ((1, "no mapping"),), YAML),
    Bad("text in a file", "Just text.\n", ((1, "no mapping"),), YAML),
    Bad("empty file", "", ((1, "no post-mortem: it is empty"),), YAML),
    Bad("comments alone", "# a\n# b\n", ((1, "no post-mortem: it is empty"),), YAML),
    Bad("not closed", "---\nid: PM-1\n\n# Queue overflow\n", ((1, "is opened by --- and not closed"),)),
    Bad("not closed, closed too long", "---\nid: PM-1\n----\n# Queue overflow\n", ((1, "not closed"),)),
    Bad("not closed, indented", "---\nid: PM-1\n ---\n# Queue overflow\n", ((1, "not closed"),)),
    Bad("a break and text", "---\nQueue overflow.\n---\n\nText.\n"),
    Bad("a break alone", "---\n"),
    Bad("a break and bold lines", "---\n**Date:** 2026-02-11\n---\n# Queue overflow\n"),
    # Characters
    Bad("NUL in front matter", front("id: PM\x00-1"), ((2, "control characters"),)),
    Bad("ESC in front matter", front("id: PM-1\ntitle: \x1b[31m"), ((3, "control characters"),)),
    Bad("BEL in front matter", front("id: PM-1\n\n\ntitle: a\x07"), ((5, "control characters"),)),
    Bad("DEL in front matter", front("id: PM-1\x7f"), ((2, "control characters"),)),
    Bad("C1 in front matter", front("id: PM-1\ntitle: a\x9bb"), ((3, "control characters"),)),
    Bad("U+FFFE in front matter", front("id: PM-1\ntitle: a\ufffeb"), ((3, "control characters"),)),
    Bad("escaped ESC", front('title: "\\e[31m"')),
    Bad("NUL in the body", "# Queue\x00 overflow\n\n## Action items\n\n- a\x00b [test required]\n"),
    Bad("NUL alone", "\x00" * 1000),
    Bad("ESC in the body", "# Queue \x1b[31m\n\n- \x1b]8;;http://x\x07\n"),
    Bad("bidirectional marks", front("title: a\u202eb\u2066c") + "\u202e# a\n"),
    Bad("bidirectional mark in a flag", listed("a [test \u202erequired]")),
    Bad("lone surrogate in front matter", front("id: PM-\ud800")),
    Bad("lone surrogate in the body", "# Queue \udfff\n\n## Action items\n\n- \ud800 [test required]\n"),
    Bad("lone surrogate in TOML", toml("id = 'PM-\ud800'")),
    Bad("surrogate pair of two halves", "# Queue \ud83d\ude80\n"),
    Bad("byte order mark", "\ufeff" + front("id: PM-1")),
    Bad("byte order mark in a value", front("id: PM-1\ntitle: a\ufeffb")),
    Bad("CR alone", front("id: PM-1\nid: PM-2").replace("\n", "\r"), ((3, "the key 'id' stands here twice"),)),
    Bad("CR alone in YAML", "id: PM-1\rid: PM-2\r", ((2, "the key 'id' stands here twice"),), YAML),
    Bad("CRLF", front("id: PM-1\nid: PM-2").replace("\n", "\r\n"), ((3, "the key 'id' stands here twice"),)),
    Bad("mixed line ends", "---\r\nid: PM-1\nid: PM-2\r\n---\n# T\r\n", ((3, "the key 'id' stands here twice"),)),
    Bad("form feed and friends", "# Queue\x0coverflow\x0b\x1c\x1d\x85\u2028\u2029 x\n\n## Action items\n\n- a\x0cb\n"),
    Bad("unpaired combining marks", "# \u0301\u0301\u0301\n\n## Action items\n\n- \u0301 [test required]\n"),
    # TOML
    Bad("TOML not closed", "+++\nid = 'PM-1'\n", ((1, "is opened by +++ and not closed"),)),
    Bad("TOML without quotes", toml("id = PM-1"), ((2, "broken TOML"),)),
    Bad("TOML with a colon", toml("title = 'a'\nid: PM-1"), ((3, "broken TOML"),)),
    Bad("TOML key twice", toml("id = 'a'\n\nid = 'b'"), ((4, "broken TOML"),)),
    Bad("TOML table twice", toml("[a]\nb = 1\n[a]\nc = 1"), ((4, "broken TOML"),)),
    Bad("TOML date that is none", toml("id = 'a'\ndate = 2026-02-30"), ((3, "broken TOML"),)),
    Bad("TOML date in a text", toml("date = '2026-02-30'"), ((2, NO_DATE),)),
    Bad("TOML control character", toml("id = 'a\x01'"), ((2, "broken TOML"),)),
    Bad("TOML bracket not closed", toml("id = 'a'\nb = [1,"), ((3, "broken TOML"),)),
    Bad("TOML 33 levels", toml("a = " + "[" * 32 + "]" * 32), ((2, DEEP),)),
    Bad("TOML 33 tables", toml("id = 'a'\n[" + ".".join("a" * 32) + "]"), ((3, DEEP),)),
    Bad("TOML 50,000 lists", toml("a = " + "[" * 50_000), ((2, DEEP),)),
    Bad("TOML dotted key of 500 parts", toml(".".join("a" * 500) + " = 1"), ((2, DEEP),)),
    Bad("TOML large number", toml("id = 'a'\nb = " + "9" * 5000), ((3, "broken TOML"),)),
    # JSON
    Bad("JSON empty", "", ((1, "broken JSON"),), JSON),
    Bad("JSON empty mapping", "{}", ((1, "no post-mortem: it is empty"),), JSON),
    Bad("JSON list", "[]", ((1, "no mapping"),), JSON),
    Bad("JSON text", '"PM-1"', ((1, "no mapping"),), JSON),
    Bad("JSON truncated in a text", '{"id": "PM-1",\n"title": "a', ((2, "Unterminated string"),), JSON),
    Bad("JSON truncated in a list", '{"id": "PM-1",\n"services": ["a",', ((2, "broken JSON"),), JSON),
    Bad("JSON truncated behind a key", '{"id": "PM-1",\n"title"', ((2, "broken JSON"),), JSON),
    Bad("JSON comma at the end", '{"id": "PM-1",\n}', ((2, "broken JSON"),), JSON),
    Bad("JSON comment", '{\n// a comment\n"id": "PM-1"}', ((2, "broken JSON"),), JSON),
    Bad("JSON single quotes", "{\n'id': 'PM-1'}", ((2, "broken JSON"),), JSON),
    Bad("JSON two documents", '{"id": "PM-1"}\n{"id": "PM-2"}', ((2, "Extra data"),), JSON),
    Bad("JSON key twice", '{"id": "PM-1",\n"id": "PM-2"}', ((2, "the key 'id' stands twice"),), JSON),
    Bad("JSON inner key twice", '{"id": "PM-1",\n"a": {"b": 1,\n"b": 2}}', ((3, "the key 'b' stands twice"),), JSON),
    Bad("JSON NaN", '{"id": "PM-1",\n"a": NaN}', ((2, "NaN is no value"),), JSON),
    Bad("JSON Infinity", '{"id": "PM-1",\n"a": [Infinity]}', ((2, "Infinity is no value"),), JSON),
    Bad("JSON 5,000 digits", '{"id": ' + "9" * 5000 + "}", (), JSON),
    Bad("JSON large exponent", '{"id": "PM-1", "a": 1e999999}', (), JSON),
    Bad("JSON 33 levels", '{"a":' + "[" * 32 + "]" * 32 + "}", ((1, DEEP),), JSON),
    Bad("JSON 33 mappings", '{"a":' * 33 + "1" + "}" * 33, ((1, DEEP),), JSON),
    Bad("JSON 100,000 lists", "[" * 100_000, ((1, DEEP),), JSON),
    Bad("JSON 100,000 mappings", '{"a":' * 100_000, ((1, DEEP),), JSON),
    Bad("JSON control character", '{"id": "PM\x01"}', ((1, "Invalid control character"),), JSON),
    Bad("JSON lone surrogate", json.dumps({"id": "PM-\ud800", "title": "\udfff"}), (), JSON),
    Bad("JSON byte order mark", "\ufeff" + '{"id": "PM-1"}', (), JSON),
    Bad("JSON many keys", "{" + ", ".join(f'"k{number}": "v"' for number in range(40_000)) + "}", (), JSON),
    Bad("JSON many numbers", "{" + ", ".join(f'"k{number}": 1' for number in range(5000)) + "}", (), JSON),
    Bad(
        "JSON many keys, escaped",
        "{" + ", ".join(f'"\\u006b{number}": 1' for number in range(1500)) + "}",
        (),
        JSON,
    ),
    Bad(
        "JSON many keys, one twice",
        "{" + ",\n".join(f'"k{number}": 1' for number in range(3000)) + ',\n"k2999": 1}',
        ((3001, "the key 'k2999' stands twice"),),
        JSON,
    ),
    # Fields
    Bad("date that does not exist", front("date: 2026-02-30"), ((2, NO_DATE),)),
    Bad("date of a 13th month", front("id: PM-1\ndate: 2026-13-45"), ((3, NO_DATE),)),
    Bad("date of five digits", front("date: 22025-03-18"), ((2, NO_DATE),)),
    Bad("date of zeros", front("date: 0000-00-00"), ((2, NO_DATE),)),
    Bad("date in words", front("date: some day")),
    Bad("date of digits", front("date: " + "9" * 5000)),
    Bad("date that may be swapped", front("date: 03/04/2026")),
    Bad("two dates that are none", front("date: 2026-02-30\noccurred: 2026-02-31"), ((2, NO_DATE), (3, NO_DATE))),
    Bad("id is a list", front("id: [PM-1]"), ((2, "`id` is no text"),)),
    Bad("id is a mapping", front("title: a\nid: {a: b}"), ((3, "`id` is no text"),)),
    Bad("two ids that are none", front("id: []\npostmortem_id: {}"), ((2, "`id`"), (3, "`postmortem_id`"))),
    Bad(
        "everything is a mapping",
        front("title: {}\ndate: {}\nseverity: {}\nservices: {}\nfix: {}\nincidents: {}"),
        ((7, "an entry that is not an id"),),
    ),
    Bad("action items are a text", front("action_items: later"), ((2, "`action_items` is not a list"),)),
    Bad("action items are a mapping", front("action_items: {a: b}"), ((2, "`action_items` is not a list"),)),
    Bad("an action item is a list", front("action_items:\n- [a]"), ((3, "an action item that is a list"),)),
    Bad("an action item says nothing", front("action_items:\n- {owner: ann}"), ((3, "without a text"),)),
    # Requirements
    Bad("waiver alone", table("waived"), ((7, WAIVER),)),
    Bad("waiver without a date", table("waived until later: vendor"), ((7, WAIVER),)),
    Bad("waiver of a day that is none", table("waived until 2026-02-30: vendor"), ((7, "2026-02-30 does not exist"),)),
    Bad("waiver of a month that is none", listed("a [test waived until 2026-13-01: b]"), ((5, "does not exist"),)),
    Bad("waiver of year 0", table("waived until 0000-01-01: vendor"), ((7, "does not exist"),)),
    Bad("waiver without a reason", table("waived until 2026-12-01"), ((7, "the waiver has no reason"),)),
    Bad("waiver without a reason in a flag", listed("a [test waived until 2026-12-01]"), ((5, "has no reason"),)),
    Bad("waiver without a date in a flag", listed("a [test waived]"), ((5, WAIVER),)),
    Bad(
        "waiver in front matter without a reason",
        front("action_items:\n- {action: a, test: {waived_until: 2026-12-01}}"),
        ((3, "the waiver has no reason"),),
    ),
    Bad(
        "waiver in front matter with an unknown key",
        front("action_items:\n- action: a\n  test: {waived_until: 2026-12-01, why: b}"),
        ((4, "the keys waived_until, why say nothing known"),),
    ),
    Bad("node id without a closing bracket", table("a.py::t[1"), ((7, "has no closing bracket"),)),
    Bad("second node id without a closing bracket", table("a.py::t[1], b.py::u[2"), ((7, "no closing bracket"),)),
    Bad("node id and text", table("a.py::t and so on"), ((7, "is not a pytest node id"),)),
    Bad(
        "node id in front matter without a closing bracket",
        front("action_items:\n- action: a\n  test: 'a.py::t[1'"),
        ((4, "has no closing bracket"),),
    ),
    Bad("node id in a flag without a closing bracket", listed("a [test: a.py::t[1]"), ((5, "no closing bracket"),)),
    Bad("unknown value", table("perhaps")),
    Bad("unknown value in a flag", listed("a [test required perhaps]"), ((5, "says nothing known about a test"),)),
    Bad(
        "unknown value in front matter",
        front("action_items:\n- {action: a, test: perhaps}"),
        ((3, "'perhaps' says nothing known about a test"),),
    ),
    Bad(
        "id twice in a table",
        ITEMS + "| ID | Action |\n|---|---|\n| A-1 | a |\n| A-1 | b |\n",
        ((8, "the action item id 'A-1' is already used in line 7"),),
    ),
    Bad("id twice in a list", ITEMS + "- A-1: a\n- A-2: b\n- A-1: c\n", ((7, "is already used in line 5"),)),
    Bad(
        "id twice in front matter",
        front("action_items:\n- {id: A-1, action: a}\n- {id: A-1, action: b}"),
        ((4, "is already used in line 3"),),
    ),
    # Markdown
    Bad("100,000 [", listed("[" * 100_000)),
    Bad("100,000 ![", listed("![" * 100_000)),
    Bad("100,000 >", ">" * 100_000 + "\n" + ITEMS, ((None, "more than 200,000 pieces of Markdown"),)),
    Bad("90,000 >", ">" * 90_000 + "\n" + ITEMS),
    Bad("100,000 > in lines", "> " * 50 + "\n" + ">\n" * 50_000),
    Bad("100,000 *", listed("*" * 100_000)),
    Bad("100,000 * with letters", listed("*a" * 30_000)),
    Bad("100,000 _", listed("_a" * 100_000)),
    Bad("100,000 `", listed("`" * 100_000)),
    Bad("runs of backticks", listed(" ".join("`" * length for length in range(1, 400)))),
    Bad("100,000 <", listed("<" * 90_000)),
    Bad("100,000 (", listed("(" * 100_000)),
    Bad("100,000 (test", listed("(test " * 100_000)),
    Bad("100,000 [test", listed("[test " * 50_000)),
    Bad("100,000 &", listed("&" * 100_000)),
    Bad("100,000 backslashes", listed("\\" * 100_000)),
    Bad("100,000 #", "#" * 100_000 + "\n"),
    Bad("100,000 dashes in a list", "- " * 100_000),
    Bad("links in links", listed("[a](" * 20_000)),
    Bad("3,000 links in an item", listed("[a](http://b/issues/1) " * 3000)),
    Bad("many definitions", "".join(f"[a{number}]: http://b/{number}\n" for number in range(20_000))),
    Bad("comment never closed", "# Queue overflow\n\n<!-- " + "x" * 100_000),
    Bad("fence never closed", "# Queue overflow\n\n```\n\n## Action items\n\n- a [test required]\n"),
    Bad("tilde fence never closed", "# Queue overflow\n\n~~~\n\n## Action items\n\n- a [test required]\n"),
    Bad("20,000 fences", "```a\n" * 20_000),
    Bad("fences of growing length", "".join("`" * length + "\n" for length in range(3, 400))),
    Bad("table without rows", ITEMS + "| Action | Test |\n|---|---|\n"),
    Bad("table without a rule", ITEMS + "| Action | Test |\n| a | required |\n", ((6, '"required" asks for a test'),)),
    Bad(
        "table with a rule too short",
        ITEMS + "| Action | Test |\n|---|\n| a | required |\n",
        ((7, '"required" asks for a test'),),
    ),
    Bad("table of pipes in backticks", ITEMS + "| Action | Test |\n|---|---|\n| `a | b` | required |\n"),
    Bad(
        "table with rows too short and too long",
        ITEMS + "| Action | Test |\n|---|---|\n| a |\n| b | no | c | d |\n",
        ((8, "the row has 4 cells and its head has 2"),),
    ),
    Bad("table of 10,000 columns", ITEMS + "|" + "a|" * 10_000 + "\n|" + "-|" * 10_000 + "\n|" + "b|" * 10_000 + "\n"),
    Bad("table of 10,000 rows", ITEMS + "| Action | Test |\n|---|---|\n" + "| a | required |\n" * 10_000),
    Bad(
        "numbered table with tickets",
        ITEMS + "| # | Action |\n|---|---|\n" + "".join(f"| {number} | as #2 |\n" for number in range(800)),
    ),
    Bad("table of due dates", ITEMS + "| Action | Due |\n|---|---|\n" + "| a | v2 |\n" * 300),
    Bad("table of nothing", ITEMS + "|\n|-|\n|\n"),
    Bad("900 nested items", ITEMS + "".join("  " * level + "- [ ] a\n" for level in range(900))),
    Bad("1,000 headings of action items", "# Queue overflow\n\n" + "## Action items\n\n- a\n\n" * 1000),
    Bad("10,000 headings", "".join(f"{'#' * (number % 6 + 1)} Todo\n" for number in range(10_000))),
    Bad("10,000 labels", "**Todo**\n\n" * 10_000),
    Bad("1 MiB of one line", "x" * MIB),
    Bad("1 MiB of one item", listed("x " * (MIB // 2 - 100))),
    Bad("1 MiB of one heading", "# " + "x" * MIB),
    Bad("1 MiB of empty lines", "\n" * MIB),
    Bad("1 MiB of blanks", " " * MIB),
    Bad("a heading of dashes", "# a" + "- " * 3000 + "b\n"),
    Bad("metadata of blanks", "# T\n\n## A\n\nx\n\n## Metadata\n\n**Date:** x" + " " * 3000 + "x\n"),
    Bad("a flag behind backticks", listed("x" + "`" * 3000 + "y [test required]")),
    Bad("owner again and again", listed("owner: a " * 10_000)),
    Bad("due again and again", listed("due " * 50_000)),
    Bad("200,000 pieces and more", "- a\n" * 100_000, ((None, "more than 200,000 pieces of Markdown"),)),
    Bad("services again and again", front("services: '" + "a," * 30_000 + "'")),
)


@pytest.mark.parametrize("bad", [pytest.param(bad, id=bad.name) for bad in DOCUMENTS])
def test_a_bad_document_has_its_faults_with_line_and_hint(bad: Bad) -> None:
    """Exactly these, in the order of the lines; every one says what to write instead."""
    found = read(bad.text, format=bad.format)
    assert [fault.line for fault in found.faults] == [line for line, _ in bad.faults], found.faults[:5]
    for fault, (_, part) in zip(found.faults, bad.faults, strict=True):
        assert part in fault.problem
        assert fault.hint
        assert fault.origin == found.origin
    assert found.id


def test_there_are_many_bad_documents() -> None:
    """Each under a name of its own."""
    assert len({bad.name for bad in DOCUMENTS}) == len(DOCUMENTS) > 200


ITEM_TEXTS = {
    "fence never closed": ["a"],
    "tilde fence never closed": ["a"],
    "table of pipes in backticks": ["`a | b`"],
    "table with rows too short and too long": ["a", "b"],
    "NUL in the body": ["a\x00b"],
    "bidirectional mark in a flag": ["a"],
    "lone surrogate in the body": ["?"],
    "table without a rule": [],
    "table without rows": [],
    "unknown value": ["Bound the queue"],
    "waiver alone": ["Bound the queue"],
    "a flag behind backticks": ["x" + "`" * 3000 + "y"],
}


@pytest.mark.parametrize("name", ITEM_TEXTS)
def test_what_can_be_read_of_a_bad_document_is_read(name: str) -> None:
    """Its action items are there, in spite of what is odd around them."""
    (bad,) = [bad for bad in DOCUMENTS if bad.name == name]
    assert [item.text for item in read(bad.text).action_items] == ITEM_TEXTS[name]


@pytest.mark.parametrize(
    "bad", [pytest.param(bad, id=bad.name) for bad in DOCUMENTS if bad.format is MARKDOWN and len(bad.text) < 500]
)
def test_every_beginning_of_a_bad_document_can_be_read(bad: Bad) -> None:
    """A file that was cut somewhere has faults, or none, and never ends in an error."""
    for end in range(0, len(bad.text), 7):
        found = read(bad.text[:end], configured=True)
        assert found.id
        assert all(fault.hint for fault in found.faults)


TEXT = "---\nid: PM-1\n---\n# Queue überflow\n"


@pytest.mark.parametrize(
    ("raw", "faults"),
    [
        (TEXT.encode(), []),
        (TEXT.encode("utf-8-sig"), []),
        (TEXT.encode("utf-16"), ["pm/queue.md:1: not UTF-8 (it looks like UTF-16); save it as UTF-8"]),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), ["pm/queue.md:1: not UTF-8 (it looks like UTF-16); save it as UTF-8"]),
        (TEXT.encode("latin-1"), ["pm/queue.md:4: not UTF-8; save it as UTF-8"]),
        (TEXT.encode("cp1252"), ["pm/queue.md:4: not UTF-8; save it as UTF-8"]),
        (TEXT.encode("shift_jis", "replace") + b"\x83\xff", ["pm/queue.md:5: not UTF-8; save it as UTF-8"]),
        (TEXT.encode() + b"\xed\xa0\x80", ["pm/queue.md:5: not UTF-8; save it as UTF-8"]),
        (TEXT.encode() + b"\xc0\xaf", ["pm/queue.md:5: not UTF-8; save it as UTF-8"]),
        (TEXT.encode()[:-1] + b"\xf0\x9f\x9a", ["pm/queue.md:4: not UTF-8; save it as UTF-8"]),
        (TEXT.encode("utf-16-le"), None),
        (TEXT.encode("utf-32-le"), None),
        (b"", []),
        (b"x" * MIB, []),
        (b"x" * (MIB + 1), ["pm/queue.md: larger than 1024 KiB; shorten it, or leave it out with `exclude`"]),
    ],
)
def test_a_file_is_utf_8_of_at_most_1_mib(tmp_path: Path, raw: bytes, faults: list[str] | None) -> None:
    """With a byte order mark or without; for all else the file and the line are named."""
    (tmp_path / "pm").mkdir()
    (tmp_path / "pm" / "queue.md").write_bytes(raw)
    (document,) = FolderSource(Settings(base=tmp_path, sources=("pm",))).listing().documents
    found: Postmortem = Reader().read(document)
    if faults is None:
        assert found.faults
        assert all(fault.hint for fault in found.faults)
    else:
        assert [str(fault) for fault in found.faults] == faults
    assert found.id == ("PM-1" if raw in (TEXT.encode(), TEXT.encode("utf-8-sig")) else "queue")
