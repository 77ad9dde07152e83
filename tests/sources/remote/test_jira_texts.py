"""Texts of Jira as Markdown: the document format of the Cloud, the wiki text of a data centre."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_postmortem.errors import SourceError
from pytest_postmortem.sources.remote.adf import convert_adf
from pytest_postmortem.sources.remote.json_value import JsonValue
from pytest_postmortem.sources.remote.wiki import convert_wiki

Node = dict[str, Any]


def text(said: str, *marks: str, href: str = "") -> Node:
    kinds = [{"type": mark} for mark in marks]
    return {
        "type": "text",
        "text": said,
        "marks": [*kinds, *([{"type": "link", "attrs": {"href": href}}] * bool(href))],
    }


def node(kind: str, *content: Node | str, **attrs: Any) -> Node:
    inner = [text(one) if isinstance(one, str) else one for one in content]
    return {"type": kind, "content": inner, "attrs": attrs}


def item(*content: Node | str) -> Node:
    return node("listItem", node("paragraph", *(one for one in content if isinstance(one, str))), *nested(content))


def nested(content: tuple[Node | str, ...]) -> list[Node]:
    return [one for one in content if not isinstance(one, str)]


def row(kind: str, *cells: str) -> Node:
    return node("tableRow", *(node(kind, node("paragraph", cell)) for cell in cells))


def said(*blocks: Node) -> str:
    return convert_adf(JsonValue(node("doc", *blocks), "https://acme.test"))


@pytest.mark.parametrize(
    ("block", "markdown"),
    [
        (node("heading", "Root cause", level=2), "## Root cause"),
        (node("heading", "Deep", level=9), "###### Deep"),
        (node("paragraph", "a ", text("b", "strong"), " c"), "a **b** c"),
        (node("paragraph", text("a", "strong"), text("b ", "strong"), "c"), "**ab** c"),
        (node("paragraph", text("a", "em"), text("b", "strike"), text("c`d", "code")), "*a*~~b~~``c`d``"),
        (node("paragraph", text("log", href="https://x.test/1")), "[log](https://x.test/1)"),
        (node("paragraph", text("log", href="https://x.test/(1)")), "[log](<https://x.test/(1)>)"),
        (node("paragraph", text("https://x.test", href="https://x.test")), "https://x.test"),
        (node("paragraph", "a", node("hardBreak"), "b"), "a\nb"),
        (node("paragraph", node("mention", id="5b", text="@Jo"), " ", node("mention", id="5c")), "@Jo @5c"),
        (node("paragraph", node("emoji", shortName=":fire:"), node("emoji", text="🎉")), ":fire:🎉"),
        (node("paragraph", node("date", timestamp="1770768000000"), node("date", timestamp="x")), "2026-02-11x"),
        (node("paragraph", node("status", text="DONE", color="green")), "DONE"),
        (node("paragraph", node("inlineCard", url="https://x.test/PM-1")), "https://x.test/PM-1"),
        (node("blockCard", data={"url": "https://x.test"}), "https://x.test"),
        (node("bulletList", item("a", node("bulletList", item("b"))), item("c")), "- a\n  - b\n- c"),
        (node("orderedList", item("a", node("bulletList", item("b"))), item("c"), order=3), "3. a\n   - b\n4. c"),
        (
            node(
                "taskList",
                node("taskItem", "a", state="TODO"),
                node("taskList", node("taskItem", "b", state="DONE")),
            ),
            "- [ ] a\n  - [x] b",
        ),
        (node("decisionList", node("decisionItem", "We wait", state="DECIDED")), "- We wait"),
        (node("codeBlock", "a\n```\n", language="python"), "````python\na\n```\n\n````"),
        (node("blockquote", node("paragraph", "a"), node("paragraph", "b")), "> a\n>\n> b"),
        (node("panel", node("paragraph", "a"), panelType="info"), "a"),
        (node("expand", node("paragraph", "a"), title="More"), "**More**\n\na"),
        (node("rule"), "***"),
        (node("layoutSection", node("layoutColumn", node("paragraph", "a"))), "a"),
        (node("brandNew", "a ", node("newer", "b"), node("paragraph", "c")), "a\n\nb\n\nc"),
        (node("mediaSingle", node("media", id="1", type="file")), ""),
    ],
)
def test_blocks(block: Node, markdown: str) -> None:
    """Each kind of block; one that nobody knows is read by its content."""
    assert said(block) == markdown


def test_tables() -> None:
    """The first row is the head, a pipe in a cell parts nothing, cells over rows and columns keep the others in place."""
    over = node("tableCell", node("paragraph", "b"), rowspan=3)
    wide = node("tableCell", node("paragraph", "w"), colspan=2)
    table = node(
        "table",
        row("tableHeader", "ID", "Action", "Owner"),
        node("tableRow", node("tableCell", node("paragraph", "a|1"), node("paragraph", "x")), over, wide),
        row("tableCell", "c", "d"),
        row("tableCell", "e", "f"),
        row("tableCell", "g", "h"),
    )
    assert said(table).split("\n") == [
        "| ID | Action | Owner |  |",
        "|---|---|---|---|",
        "| a\\|1 x | b | w |  |",
        "| c | b | d |  |",
        "| e | b | f |  |",
        "| g | h |  |  |",
    ]


@pytest.mark.parametrize(
    "line",
    ["# a", "> a", "- a", "+ a", "| a |", "```", "~~~", "---", "===", "+++", "<!-- a", "<details>", "1. a", "12) a"],
)
def test_text_that_looks_like_markup(line: str) -> None:
    """What somebody typed as text begins no heading, list, table, code or comment, behind a break neither."""
    for found in said(node("paragraph", line)), said(node("paragraph", "a", node("hardBreak"), line)).split("\n")[1]:
        assert found.replace("\\", "") == line
        assert found.startswith("\\") or found.lstrip("0123456789").startswith("\\")


@pytest.mark.parametrize("line", ["#1 is done", "-5 degrees", "<5 ms", "2.5 s", "[test required]", "[ ] a", "a <b> c"])
def test_text_that_does_not(line: str) -> None:
    """It stays as it is."""
    assert said(node("paragraph", line)) == line


def test_a_comment_in_the_text() -> None:
    """It would hide what follows."""
    assert said(node("paragraph", "a <!-- b")) == "a \\<!-- b"


def test_a_document_of_another_kind() -> None:
    """It is told where."""
    with pytest.raises(SourceError, match=r"`content` is a text and not a list"):
        convert_adf(JsonValue({"type": "doc", "content": "x"}, "https://acme.test"))


@pytest.mark.parametrize(
    ("wiki", "markdown"),
    [
        ("h2. Root cause\r\nNo limit.", "## Root cause\nNo limit."),
        ("* a\n** b\n# c\n## d\n#* e", "- a\n  - b\n1. c\n   1. d\n   - e"),
        ("{code:python}\n# a\n* b\n{code}", "```python\n# a\n* b\n```"),
        ("{code:title=x.py|python}a{code}", "```\na\n```"),
        ("see {noformat}```{noformat} here", "see \n````\n```\n````\n here"),
        (
            "[log|https://x.test/1] [https://x.test/2] [test required]",
            "[log](https://x.test/1) https://x.test/2 [test required]",
        ),
        ("||ID||Action||\n|1|*Limit* it|", "| ID | Action |\n|---|---|\n|1|**Limit** it|"),
        ("a\n----\nb", "a\n\n***\nb"),
        ("#hash 2 * 3 * 4 \\*a*", "#hash 2 * 3 * 4 \\*a*"),
    ],
)
def test_wiki_text(wiki: str, markdown: str) -> None:
    """What is simple becomes Markdown, and what stands in code stays as it is."""
    assert convert_wiki(wiki) == markdown
