"""The sanitizer: no foreign text is obeyed by a terminal, a CI log or Markdown, and what is harmless stays readable."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from pytest_postmortem.reporting.escaping import (
    for_command,
    for_command_property,
    for_html,
    for_markdown,
    for_terminal,
    in_lines,
)
from tests.reporting.hostile import NUMBERS, PAYLOADS

TRIMMED = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
"""What TrimStart of .NET takes away, in which the runner is written."""

COLOURS = re.compile(r"\x1b\[\d+(;\d+)*m")


def obeyed(text: str) -> list[str]:
    """The lines of a log that the runner of GitHub, or one like it, takes for a command."""
    found = []
    for line in re.split(r"\r\n|\r|\n", text):
        command = line.lstrip(TRIMMED).startswith("::") or "##[" in line
        if command or "##vso[" in line.lower() or "##teamcity[" in line.lower():
            found.append(line)
    return found


def odd(text: str) -> list[str]:
    """The characters that move a cursor, change a colour, break a line or turn the direction of text."""
    kinds = {"Cc", "Cs", "Zl", "Zp"}
    bidi = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
    marks = "\u200e\u200f\u061c"
    return [
        one
        for one in text
        if unicodedata.category(one) in kinds or unicodedata.bidirectional(one) in bidi or one in marks
    ]


def rendered(text: str) -> list[Token]:
    """The leaves of the block structure and of the inline structure, as GitHub's dialect of Markdown sees them."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return [leaf for token in parser.parse(text) for leaf in (token, *(token.children or ()))]


def plain(text: str) -> str:
    """`text` as a reader sees it, without the white space at its ends and without what only separates."""
    return text.replace("\u200b", "").strip()


def test_the_parsers_of_this_file_see_what_they_should() -> None:
    """A check that finds nothing anywhere would prove nothing."""
    assert len([one for one in PAYLOADS if obeyed(one)]) >= 20
    assert len([one for one in PAYLOADS if odd(one)]) >= 20
    meek = [token.type for token in rendered("x")]
    assert len([one for one in PAYLOADS if [token.type for token in rendered(one)] != meek]) >= 30


def test_there_are_enough_payloads() -> None:
    """No text twice."""
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 230


@pytest.mark.parametrize("payload", PAYLOADS, ids=NUMBERS)
def test_a_terminal_and_a_log_obey_nothing(payload: str) -> None:
    """Alone, after our own indent, after a message of ours, and in every line of it."""
    for shown in (for_terminal(payload), for_html(payload), in_lines(payload), in_lines(f"a.md:1: x\n{payload}")):
        assert not odd(shown.replace("\n", ""))
    for shown in (for_terminal(payload), f"    {for_terminal(payload)}", f"hint: {for_terminal(payload)}"):
        assert not obeyed(shown)
        assert "\n" not in shown
    assert not obeyed(in_lines(payload))
    assert not obeyed(in_lines(f"docs/a.md:1: {payload}\n{payload}"))


@pytest.mark.parametrize("payload", PAYLOADS, ids=NUMBERS)
def test_what_is_safe_stays_as_it_is(payload: str) -> None:
    """Twice is once; and a text without anything odd is not touched."""
    once = for_terminal(payload)
    assert for_terminal(once) == once
    assert for_html(for_html(payload)) == for_html(payload)
    assert in_lines(in_lines(payload)) == in_lines(payload)
    if not odd(payload) and not obeyed(payload):
        assert once == payload


PARTS = st.text(max_size=3) | st.sampled_from([*":#[]% ,\n\r\x1b", "::", "##[", "vso[", "teamcity[", *TRIMMED])


@given(st.lists(PARTS, max_size=15).map("".join))
def test_any_text_is_harmless(text: str) -> None:
    """Not only those that somebody has thought of."""
    once = for_terminal(text)
    assert not odd(once)
    assert not obeyed(once)
    assert for_terminal(once) == once
    assert not obeyed(in_lines(text))
    assert set(for_command_property(text)).isdisjoint(":,\n\r")


@pytest.mark.parametrize("text", ["", "Checkout queue overflow", "a: b", "a::b", "# 3", "#[3]", "日本語の題", "naïve"])
def test_an_ordinary_text_is_shown_as_it_is(text: str) -> None:
    """In a terminal."""
    assert for_terminal(text) == text
    assert in_lines(text) == text


def test_what_was_there_can_still_be_read() -> None:
    """Escapes as Python writes them, and commands with a blank in them."""
    assert for_terminal("a\x1b[31m\u202e\n") == "a\\x1b[31m\\u202e\\x0a"
    assert for_terminal("  ::error::x") == ": :error::x"
    assert for_terminal("a ##[error]x ##vso[y]") == "a # #[error]x # #vso[y]"
    assert for_terminal("\ud800") == "\\ud800"
    assert in_lines("one\n::two::\nthree\r") == "one\n: :two::\nthree\\x0d"


# --- workflow commands ---------------------------------------------------------------------------------------------


def unescaped(text: str, *, prop: bool) -> str:
    """As the runner reads it."""
    pairs = {"%0D": "\r", "%0A": "\n"} | ({"%3A": ":", "%2C": ","} if prop else {}) | {"%25": "%"}
    for written, read in pairs.items():
        text = text.replace(written, read)
    return text


@pytest.mark.parametrize("payload", PAYLOADS, ids=NUMBERS)
def test_a_workflow_command_holds_what_we_wrote_and_nothing_else(payload: str) -> None:
    """One command, two properties, one message: the runner reads back what a terminal would show."""
    line = f"::error file={for_command_property(payload)},line=3::{for_command(payload)}"
    assert obeyed(line) == ([line])
    assert "##[" not in line
    assert not odd(line)
    head, _, message = line.removeprefix("::").partition("::")
    name, _, properties = head.partition(" ")
    assert name == "error"
    told = dict(pair.partition("=")[::2] for pair in properties.split(","))
    assert {key: unescaped(value, prop=True) for key, value in told.items()} == {
        "file": for_terminal(payload),
        "line": "3",
    }
    assert unescaped(message, prop=False) == for_terminal(payload)


def test_the_escapes_of_workflow_commands_are_those_of_the_runner() -> None:
    """The percent sign first, so that none is escaped twice or not at all."""
    assert for_command("50%: a, b") == "50%25: a, b"
    assert for_command("%0A") == "%250A"
    assert for_command_property("a,b:c%") == "a%2Cb%3Ac%25"
    assert for_command_property("a\nb") == "a\\x0ab"


# --- Markdown ------------------------------------------------------------------------------------------------------

PLACES = {
    "a paragraph": "%s",
    "a list": "- %s",
    "a cell": "| a | b |\n|---|---|\n| x | %s |",
    "the first cell": "| a | b |\n|---|---|\n| %s | x |",
    "the text of a link": "[%s](<https://example.org/x>)",
    "after a word": "see %s",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("payload", PAYLOADS, ids=NUMBERS)
def test_markdown_is_text_and_nothing_else(payload: str, place: str) -> None:
    """The tree of nodes is that of a harmless word, and the words can be read."""
    tokens = rendered(PLACES[place].replace("%s", for_markdown(payload)))
    meek = rendered(PLACES[place].replace("%s", "x"))
    assert [(one.type, one.tag, one.attrs) for one in tokens] == [(one.type, one.tag, one.attrs) for one in meek]
    shown = plain("".join(one.content for one in tokens if one.type == "text"))
    assert plain(for_terminal(payload)) in shown


@pytest.mark.parametrize("place", ["a paragraph", "a list"])
@pytest.mark.parametrize(
    "payload",
    ["12. item", "2026. item", "10) item", "    code", " - item", "   1. item", "  # heading", "   > quote", "   ---"],
)
def test_markdown_that_begins_with_blanks_or_a_number_is_text(payload: str, place: str) -> None:
    """A list of any number, indented code, and whatever may stand after up to three blanks."""
    tokens = rendered(PLACES[place].replace("%s", for_markdown(payload)))
    assert [one.type for one in tokens] == [one.type for one in rendered(PLACES[place].replace("%s", "x"))]


@pytest.mark.parametrize(
    "payload",
    ["@octocat", "cc @acme/payments, please", "see #12", "acme/shop#12", "mail ann@example.org", "(@octocat)"],
)
def test_nobody_is_mentioned_and_no_issue_referred_to(payload: str) -> None:
    """GitHub looks for both in the rendered text, where an entity is a character again: something must stand between."""
    shown = "".join(one.content for one in rendered(for_markdown(payload)) if one.type == "text")
    assert not re.search(r"@[A-Za-z0-9]|#\d", shown)
    assert plain(shown) == payload


@pytest.mark.parametrize("payload", ["https://evil.example", "HTTP://evil.example", "www.evil.example", "a@b.example"])
def test_no_address_becomes_a_link_by_itself(payload: str) -> None:
    """GitHub links bare addresses where it finds them in the source."""
    assert not re.search(r"https?:|www\.|@", for_markdown(f"see {payload}"), re.IGNORECASE)


@given(st.text(st.characters() | st.sampled_from([*"[](){}<>*_`~|\\#&!:;-=+.1@\n\t "]), max_size=30))
def test_any_text_is_text_in_a_cell(text: str) -> None:
    """No node but text between two bars."""
    table = "| a | b |\n|---|---|\n| x | %s |"
    types = [one.type for one in rendered(table.replace("%s", "x")) if one.type != "text"]
    assert [one.type for one in rendered(table.replace("%s", for_markdown(text))) if one.type != "text"] == types


def test_an_ordinary_text_stays_readable_in_the_source() -> None:
    """Letters, digits, blanks, full stops and hyphens within are as they are."""
    assert for_markdown("Checkout queue overflow - v1.2, 50%") == "Checkout queue overflow - v1.2, 50%"
    assert for_markdown("a|b") == "a&#124;b"
