"""HTML as Markdown: what is read of it, and that nothing is lost."""

from __future__ import annotations

import time

import pytest

from pytest_postmortem.model.document import Document
from pytest_postmortem.model.postmortem import ItemStatus, Need
from pytest_postmortem.reading.postmortem import Reader
from pytest_postmortem.sources.remote.html import convert_html, is_html


@pytest.mark.parametrize(
    ("told", "markdown"),
    [
        ("<h2>Root <em>cause</em></h2><p>No\n limit.</p>", "## Root cause\n\nNo limit."),
        ("<p>a<br/>b &amp; c&nbsp;d</p>", "a\nb & c\xa0d"),
        ("<ul><li>a</li><li><p>b</p><ol><li>c</li><li>d</li></ol></li></ul><p>e</p>", "- a\n- b\n  1. c\n  2. d\n\ne"),
        ("<ul><li><input type='checkbox' checked>a</li><li><input type=checkbox> b</li></ul>", "- [x] a\n- [ ] b"),
        ("<ul><li data-checked='true'><label><input type=checkbox checked></label><div><p>a</p></div></li></ul>", "- [x] a"),
        ("<ol><li data-list='unchecked'>a</li></ol>", "1. [ ] a"),
        ("<p><input type=checkbox> AI-1: a</p>", "- [ ] AI-1: a"),
        ("<table><caption>c</caption><tr><th>a</th><th>b</th></tr><tr><td><p>1|2</p><pre>x</pre>3</td></tr></table>", "c\n\n| a | b |\n|---|---|\n| 1\\|2<br>`x`<br>3 |  |"),
        ("<table><tr><td>a<td>b<tr><td><ul><li data-checked=true>c</ul>", "| a | b |\n|---|---|\n| [x] c |  |"),
        ("<p><a href='https://x.example/1 (a)'>OPS-1</a> <a href='https://x.example'>https://x.example</a></p>", "[OPS-1](https://x.example/1%20%28a%29) https://x.example"),
        ("<p><a href='javascript:x()'>a</a><img src='data:x' alt='b'></p>", "ab"),
        ("<p><b>Owner: </b>jo, <strong><b>x</b></strong><b> </b></p>", "**Owner:** jo, **x**"),
        ("<p><b>a<p>b</b>c", "**a**\n\n**b**c"),
        ("<p><code>a`b</code></p><pre><code>x = '```'\n  y</code></pre>", "`` a`b ``\n\n````\nx = '```'\n  y\n````"),
        ("<script>x</script><style>y</style><!-- z --><title>t</title><p>a</p>", "a"),
        ("<p>---</p><p>```</p><hr><p>&lt;script&gt; 1 < 2</p>", "\\---\n\n\\```\n\n***\n\n&lt;script> 1 < 2"),
        ("Intro\n\n- [ ] a\n<p>b\nc</p>", "Intro\n\n- [ ] a\n\nb c"),
        ("<pre>left\n open", "```\nleft\n open\n```"),
        ("<brand-new>kept</brand-new><p>too</p>", "kept\n\ntoo"),
    ],
)  # fmt: skip
def test_markdown_of(told: str, markdown: str) -> None:
    """Each element; what is not known is read by what it holds."""
    assert convert_html(told) == markdown


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<p>a</p>", True),
        ("a<H2>b</H2>", True),
        ("a<br>b", True),
        ("", False),
        ("## Root cause\n\nNo <limit>.", False),
        ("| a<br>b |\n|---|", False),
    ],
)
def test_what_html_is(text: str, html: bool) -> None:
    """Markdown that breaks a line in a table is none."""
    assert is_html(text) is html


def test_a_post_mortem() -> None:
    """Its root cause and its action items are those of the same text in Markdown."""
    body = convert_html(
        "<h1>Overflow</h1><h2>Root cause</h2><div>No limit.</div><h2>Action items</h2>"
        "<ul><li data-checked=true>AI-1: Bound it <b>[test required]</b></li><li data-checked=false>AI-2: Alert</li></ul>"
    )
    found = Reader().read(Document(origin="x", folder="", stem="x", configured=True, load=lambda: body))
    assert found.root_cause is not None
    assert found.root_cause.text == "No limit."
    assert [(one.id, one.status, one.test.need) for one in found.action_items] == [
        ("AI-1", ItemStatus.DONE, Need.REQUIRED),
        ("AI-2", ItemStatus.OPEN, Need.NOT_REQUIRED),
    ]


@pytest.mark.parametrize(
    "part", ["<b>", "<ul><li>x", "<table><td>x<p>", "<input type=checkbox>x", "<a href=x>y", "<p>x<b>y", "<code>", "`"]
)
def test_what_is_made_to_take_long(part: str) -> None:
    """Twenty times as much takes some twenty times as long, not four hundred."""
    assert min(_seconds(part, 10_000) for _ in range(2)) < 60 * max(0.002, _seconds(part, 500))


def _seconds(part: str, times: int) -> float:
    began = time.process_time()
    convert_html(part * times)
    return time.process_time() - began
