"""Links: only to the web, only where they can lead somewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_postmortem.judging.gate import decide
from pytest_postmortem.model.state import Policy
from pytest_postmortem.reporting.ci import get_link_pattern
from pytest_postmortem.reporting.interface import Finished
from pytest_postmortem.reporting.links import Places, clean_web_address, find_places
from tests.builders import META, postmortem, report
from tests.reporting.hostile import NUMBERS, PAYLOADS

LINK = "https://github.com/acme/shop/blob/{commit}/{path}#L{line}"
COMMIT = "4f2c1ab"


def places(pattern: str = LINK, commit: str | None = COMMIT, **addresses: str) -> Places:
    return Places(pattern, commit, addresses)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://example.org", "https://example.org"),
        ("http://example.org:8080/a/b?c=d&e=f#g", "http://example.org:8080/a/b?c=d&e=f#g"),
        ("HTTPS://example.org/A", "HTTPS://example.org/A"),
        ("https://[::1]/a", "https://[::1]/a"),
        ("https://example.org/a%20b", "https://example.org/a%20b"),
        ("https://example.org/ü", "https://example.org/%C3%BC"),
        ("https://example.org/(a)[b]", "https://example.org/(a)[b]"),
    ],
)
def test_addresses_of_the_web_are_linked(text: str, address: str) -> None:
    """As they are, what is no ASCII in percent escapes."""
    assert clean_web_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        *("", None, "x", "docs/a.md", "//example.org", "example.org", "www.example.org"),
        *("javascript:alert(1)", "JavaScript:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "vbscript:x"),
        *("file:///etc/passwd", "ftp://example.org", "mailto:a@example.org", "ws://example.org", "blob:https://a/b"),
        *("https:", "https:/", "https://", "https:///a", "http:example.org", "https:\\\\example.org"),
        *("https://user@example.org", "https://user:secret@example.org", "https://a@b@c/", "https://[::1", "https://]"),
        *("https://example.org/a b", "https://example.org/\n", "\nhttps://example.org", " https://example.org"),
        *("https://example.org/\x1b", "https://example.org/\x85", "https://example.org/\u2028", "https://example.org\\@x"),
        *('https://example.org/"', "https://example.org/'", "https://example.org/<", "https://example.org/>"),
        *("https://example.org/|", "https://example.org/`", "https://example.org/{path}", "https://example.org/^"),
    ],
)  # fmt: skip
def test_anything_else_is_no_link(text: str | None) -> None:
    """No other scheme, no user name, nothing that could end an attribute, a cell or a line."""
    assert clean_web_address(text) == ""


@given(st.text(max_size=30) | st.text(max_size=30).map(lambda text: f"https://{text}"))
def test_a_link_is_an_address_and_nothing_else(text: str) -> None:
    """Any text: http or https and printable ASCII, or nothing."""
    address = clean_web_address(text)
    assert not address or address.lower().startswith(("http://", "https://"))
    assert address.isascii()
    assert not set(address) & set(" \t\r\n\"'<>\\^`{|}")


def test_a_line_of_a_file_is_linked_by_the_pattern() -> None:
    """Line 0 is the file itself."""
    assert places().file("docs/a.md", 3) == "https://github.com/acme/shop/blob/4f2c1ab/docs/a.md#L3"
    assert places().file("docs/a.md", 0) == "https://github.com/acme/shop/blob/4f2c1ab/docs/a.md"
    assert places("https://a.example/{path}?at={line}").file("b.md", 0) == "https://a.example/b.md?at=1"


def test_names_are_escaped_in_it() -> None:
    """Whatever stands in them; braces are no field of the pattern."""
    assert places().file("a b/c#d?e%.md", 1).endswith("/4f2c1ab/a%20b/c%23d%3Fe%25.md#L1")
    assert places().file("日.md", 1).endswith("/4f2c1ab/%E6%97%A5.md#L1")
    assert places().file("{line}{commit}.md", 7).endswith("/4f2c1ab/%7Bline%7D%7Bcommit%7D.md#L7")
    assert places(commit="a/b c").file("a.md", 1).endswith("/blob/a%2Fb%20c/a.md#L1")
    assert places().file("\ud800.md", 1).endswith("/4f2c1ab/%3F.md#L1")


@pytest.mark.parametrize(
    ("pattern", "commit", "path"),
    [
        ("", COMMIT, "docs/a.md"),
        (LINK, None, "docs/a.md"),
        (LINK, COMMIT, "/etc/passwd"),
        (LINK, COMMIT, "../other/a.md"),
        (LINK, COMMIT, "docs/../../a.md"),
        (LINK, COMMIT, "https://wiki.example/1"),
        ("javascript:{path}", COMMIT, "docs/a.md"),
        ("{path}", COMMIT, "https:/a"),
    ],
)
def test_what_leads_nowhere_is_not_linked(pattern: str, commit: str | None, path: str) -> None:
    """No pattern, no commit for it, no place in the repository."""
    assert places(pattern, commit).file(path, 1) == ""


def test_a_pattern_without_a_commit_needs_none() -> None:
    """Such as one that leads to the main branch."""
    assert places("https://a.example/main/{path}", None).file("b.md", 1) == "https://a.example/main/b.md"


def test_a_document_leads_to_its_own_address() -> None:
    """Where it is one of the web; otherwise to its file."""
    own = "https://wiki.example/1"
    assert Places(LINK, COMMIT, {"a.md": own}).document("a.md", 3) == own
    assert Places(LINK, COMMIT, {"a.md": "javascript:x"}).document("a.md", 3).endswith("/a.md#L3")
    assert Places(LINK, COMMIT, {"a.md": own}).document("b.md", 3).endswith("/b.md#L3")


def test_the_places_are_those_of_the_report() -> None:
    """The commit is that of the run."""
    made = report([postmortem("PM-1", url="https://wiki.example/1"), postmortem("PM-2")])
    found = find_places(Finished(made, decide(made, Policy.LINKED), META, "", 0, LINK))
    assert found == Places(LINK, META.commit, {"docs/PM-1.md": "https://wiki.example/1"})


@pytest.mark.parametrize("payload", PAYLOADS, ids=NUMBERS)
def test_no_text_makes_a_link_elsewhere(payload: str) -> None:
    """As a path, as an address, as a commit."""
    root = "https://github.com/acme/shop/blob/"
    for made in (places().file(payload, 1), places(commit=payload).file("a.md", 1)):
        assert not made or made.startswith(root)
    address = clean_web_address(payload)
    assert not address or address == payload


def test_a_folder_with_an_odd_name_is_linked_too(tmp_path: Path) -> None:
    """The folder of the configuration within the repository is part of the address: it is escaped like the rest."""
    tmp_path.joinpath(".git").mkdir()
    base = tmp_path / "my shop#1"
    base.mkdir()
    environ = {"GITHUB_ACTIONS": "true", "GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "acme/shop"}
    made = places(get_link_pattern(environ, base)).file("docs/a.md", 3)
    assert made == "https://github.com/acme/shop/blob/4f2c1ab/my%20shop%231/docs/a.md#L3"
