"""What is needed in many places and written once: counts, ellipsis, strict JSON, TOML lines, origins of errors."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import pytest_postmortem
from pytest_postmortem.errors import ConfigError, DocumentError
from pytest_postmortem.model.strict_json import NotStrict, load_strictly
from pytest_postmortem.model.text import format_count, shorten
from pytest_postmortem.model.toml_errors import find_error_line, strip_place

SOURCE = Path(pytest_postmortem.__file__).parent


def test_a_count_agrees_with_its_noun() -> None:
    """Any noun, with its verb if it has one."""
    assert [format_count(number, "test") for number in (0, 1, 2)] == ["0 tests", "1 test", "2 tests"]
    assert format_count(1, "marker is", "markers are") == "1 marker is"
    assert format_count(2, "marker is", "markers are") == "2 markers are"


def test_a_text_is_cut_at_a_width() -> None:
    """With the mark in it; one that fits stays."""
    assert shorten("abcdef", 6) == "abcdef"
    assert shorten("abcdefg", 6) == "abc..."
    assert shorten("ab defg", 6) == "ab..."
    assert shorten("abcdefg", 6, "…") == "abcde…"
    assert shorten("abcd fg", 6, "…") == "abcd …"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"a": 1, "b": {"c": 1, "c": 1}}', "the key 'c' twice"),
        (json.dumps({"k" * 51: 1})[:-1] + f', "{"k" * 51}": 2}}', "a key twice"),
        ("[NaN]", "NaN, which is no JSON"),
        ("-Infinity", "-Infinity, which is no JSON"),
    ],
)
def test_json_is_that_of_the_standard(text: str, told: str) -> None:
    """Whatever Python's parser would make of it."""
    assert json.loads(text)
    with pytest.raises(NotStrict, match=f"^{re.escape(told)}$"):
        load_strictly(text)


def test_json_of_the_standard_is_read() -> None:
    """With numbers as they are asked for."""
    assert load_strictly('{"a": [1, 2.5, null]}') == {"a": [1, 2.5, None]}
    assert load_strictly("[1, 2.5]", parse_int=str, parse_float=str) == ["1", "2.5"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb =\n", 2),
        ("a = 1\nb = [1,\n", 2),
        ("a = 1\nday = 2026-02-30\n", 2),
        ("a = 1\na = 2\n", 2),
        (f"a = 1\nb = {'9' * 5000}\n", 2),
    ],
)
def test_an_error_in_toml_has_a_line(text: str, line: int) -> None:
    """From the parser's message, or found."""
    import tomllib

    with pytest.raises(ValueError, match=r"\w") as raised:
        tomllib.loads(text)
    assert find_error_line(str(raised.value), text) == line
    assert "(at " not in strip_place(str(raised.value))
    assert find_error_line("something else", text) == 1


def test_an_error_gets_an_origin_or_a_prefix() -> None:
    """Everything else of it stays, and so does its kind."""
    error = DocumentError("broken", line=3, hint="fix it")
    assert str(error.fill_origin("a.md")) == "a.md:3: broken; fix it"
    assert error.fill_origin("a.md").fill_origin("b.md") == error.fill_origin("a.md")
    assert type(error.fill_origin("a.md")) is DocumentError
    assert str(ConfigError("unknown", hint="write x").add_prefix("--gate: ")) == "--gate: unknown; write x"


@pytest.mark.parametrize(
    ("pattern", "home"),
    [
        (r"object_pairs_hook=", "model/strict_json.py"),
        (r"get_close_matches|SequenceMatcher\(", "model/nearest.py"),
        (r"O_NOFOLLOW", "sources/files.py"),
        (r"os\.replace\(", "reporting/writing.py"),
        (r"\(at \(\?:line", "model/toml_errors.py"),
        (r"did you mean \{", "model/nearest.py"),
    ],
)
def test_a_rule_has_one_home(pattern: str, home: str) -> None:
    """Wherever else it is found, it is written a second time."""
    found = {
        file.relative_to(SOURCE).as_posix()
        for file in SOURCE.rglob("*.py")
        if re.search(pattern, file.read_text(encoding="utf-8"))
    }
    assert found == {home}
