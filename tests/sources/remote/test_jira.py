"""What is special to Jira: a Data Center, its texts, documents of the Cloud, fields by name."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from pytest_postmortem.errors import SourceError
from pytest_postmortem.sources.remote.adf import markdown
from pytest_postmortem.sources.remote.wiki_text import from_wiki
from tests.sources.http.loopback import CANARY, Asked, answer
from tests.sources.remote.example import Example, fetched, serving
from tests.sources.remote.services.jira import EXAMPLE, paragraph, status, text


def node(kind: str, *content: dict[str, Any], **attrs: Any) -> dict[str, Any]:
    return {"type": kind, "content": list(content), "attrs": attrs}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ([node("heading", text("Root cause"), level=2)], "## Root cause"),
        ([paragraph(text("a "), text("b ", "strong"), text("c", "em"), text("d", "strike"))], "a **b** *c*~~d~~"),
        ([paragraph(text("x*y <b>"), text("a|b", "code"))], "x\\*y \\<b>`a|b`"),
        ([paragraph(text("Bound it [test required]"))], "Bound it [test required]"),
        ([paragraph({"type": "text", "text": "OPS-1", "marks": [{"type": "link", "attrs": {"href": "https://x.example/1"}}]})], "[OPS-1](<https://x.example/1>)"),
        ([node("bulletList", node("listItem", paragraph(text("a")), node("orderedList", node("listItem", paragraph(text("b"))))))], "- a\n  1. b"),
        ([node("taskList", node("taskItem", text("do"), state="TODO"), node("taskItem", text("done"), state="DONE"))], "- [ ] do\n- [x] done"),
        ([node("table", node("tableRow", node("tableHeader", paragraph(text("Action"))), node("tableHeader", paragraph(text("Test")))), node("tableRow", node("tableCell", paragraph(text("a|b"))), node("tableCell", paragraph(text("required")))))], "| Action | Test |\n|---|---|\n| a\\|b | required |"),
        ([node("codeBlock", {"type": "text", "text": "x = '```'"}, language="python")], "````python\nx = '```'\n````"),
        ([node("panel", paragraph(text("one")), node("rule"), paragraph(text("two")))], "one\n\n---\n\ntwo"),
        ([node("blockquote", paragraph(text("a")), paragraph(text("b")))], "> a\n>\n> b"),
        ([paragraph(node("mention", text="@jo"), text(" "), node("date", timestamp="1770768000000"), node("hardBreak"), node("inlineCard", url="https://x.example"))], "@jo 2026-02-11\\\nhttps://x.example"),
        ([node("brandNew", paragraph(text("kept"))), node("brandNew", node("newInline", text("too")))], "kept\n\ntoo"),
        (["x", 7, None, {"type": ["list"]}, {"content": 7}], ""),
    ],
)  # fmt: skip
def test_a_document_of_the_cloud(content: list[Any], told: str) -> None:
    """Each kind of node; what is not known is read by what it holds."""
    assert markdown({"type": "doc", "content": content}) == told


def test_a_text_of_a_data_center() -> None:
    """What teams use most; the rest stays as it is."""
    wiki = (
        "h2. Root cause\nNo *limit* in {{queue.py}}, see [OPS-1|https://x.example/1].\n* a\n** b\n# first\n"
        "||Action||Test||\n|Bound it|required|\n{code:python}\nh1. = 1\n{code}\n{quote}\nsaid\n{quote}\n[test required]"
    )
    assert from_wiki(wiki).split("\n") == [
        "", "## Root cause", "", "No **limit** in `queue.py`, see [OPS-1](https://x.example/1).", "- a", "   - b", "1. first",
        "", "| Action | Test |", "|---|---|", "|Bound it|required|", "```python", "h1. = 1", "```", "", "said", "", "[test required]",
    ]  # fmt: skip
    assert from_wiki("{noformat}\nleft open") == "```\nleft open\n```"


def center(asked: Asked) -> bytes:
    """A Data Center with two pages of one issue each."""
    told = {key: value[0] for key, value in parse_qs(urlsplit(asked.target).query).items()}
    assert asked.target.startswith("/rest/api/2/search?")
    start = int(told["startAt"])
    fields = {"summary": f"Number {start}", "description": "h2. Root cause\r\nx", "status": status("Open", "new")}
    return answer({"startAt": start, "total": 2, "issues": [{"key": f"OPS-{start + 1}", "fields": fields}]})


CENTER = Example("jira", {"jql": "project = OPS"}, center, ())


def test_a_data_center() -> None:
    """A token as bearer, pages by their place, its markup as Markdown."""
    with serving(center) as server:
        records = fetched(CENTER, server).snapshot.records
        assert [(one.key, one.body) for one in records] == [
            ("OPS-1", "\n## Root cause\n\nx"),
            ("OPS-2", "\n## Root cause\n\nx"),
        ]
        assert [one.headers["authorization"] for one in server.asked] == [f"Bearer {CANARY}"] * 2


def test_a_data_center_that_tells_of_more_than_it_gives() -> None:
    """Nothing is kept of what is not all."""

    def short(asked: Asked) -> bytes:
        good = json.loads(center(asked).partition(b"\r\n\r\n")[2])
        return answer(good | {"total": 3} | ({"issues": []} if good["startAt"] == 2 else {}))

    with serving(short) as server, pytest.raises(SourceError, match="2 came of 3 that there are"):
        fetched(CENTER, server)


def test_a_field_that_jira_does_not_have() -> None:
    """The name that is meant is told."""
    wrong = Example("jira", {**EXAMPLE.table, "severity-field": "Severty"}, EXAMPLE.answer, (), EXAMPLE.environ)
    with serving(wrong.answer) as server, pytest.raises(SourceError) as raised:
        fetched(wrong, server)
    assert str(raised.value).endswith(
        "/rest/api/3/field: Jira has no field 'Severty' (`severity-field`); did you mean 'severity'?"
    )


def test_only_links_of_these_kinds() -> None:
    """By the name of the kind or of either of its directions."""
    narrow = Example("jira", {**EXAMPLE.table, "item-links": "blocks"}, EXAMPLE.answer, (), EXAMPLE.environ)
    with serving(narrow.answer) as server:
        fetched(narrow, server)
        asked = [parse_qs(urlsplit(one.target).query).get("jql", [""])[0] for one in server.asked]
    assert "key in (OPS-4, SECRET-1)" in asked


def test_a_user_that_is_not_set() -> None:
    """Before anything is asked."""
    lonely = Example("jira", {**EXAMPLE.table, "user-env": "NOBODY"}, EXAMPLE.answer, ())
    with serving(lonely.answer) as server, pytest.raises(SourceError, match="NOBODY: the variable is not set"):
        fetched(lonely, server)
    assert server.asked == []
