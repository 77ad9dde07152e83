"""Headings and inline Markdown as plain text."""

from __future__ import annotations

import pytest

from pytest_postmortem.reading.vocabulary.titles import (
    clean_heading,
    strip_decoration,
    strip_kind_id_and_day,
    strip_markdown,
)
from tests.reading.texts import read


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("**bold** and *it* and `code`", "bold and it and code"),
        ("__bold__ and _it_", "bold and it"),
        ("_it_.", "it."),
        ("(_it_)", "(it)"),
        ("snake_case and __init__", "snake_case and init"),
        ("snake_case stays", "snake_case stays"),
        ("~~gone~~ here", "gone here"),
        ("[text](http://x) and [text][ref] and [ref]", "text and text and ref"),
        ("![image](a.png) x", "image x"),
        ("[![badge](b.png)](http://x) y", "badge y"),
        ("a <br> b<a href='#x'>c</a>", "a b c"),
        ("a < b", "a < b"),
        (r"50\% of \[all\]", "50% of [all]"),
        ("  two\n\tlines  ", "two lines"),
        ("", ""),
    ],
)
def test_inline_markdown_is_told_as_plain_text(text: str, plain: str) -> None:
    """Links give their text, emphasis and tags nothing, white space is folded."""
    assert strip_markdown(text) == plain


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("## Action items ##", "Action items"),
        ("#  Action **items**  ", "Action items"),
        ("Action items\n====", "Action items"),
        ("Action items\n--", "Action items"),
        ("> Action items\n> ---", "> Action items"),
        ("## Action items {#actions}", "Action items"),
        ("## Action items {not an anchor", "Action items {not an anchor"),
        ("## :rocket: Next steps", "Next steps"),
        ("## Time: 10:30", "Time: 10:30"),
        ('## <a name="x"></a>Next steps', "Next steps"),
        ("## C#", "C#"),
    ],
)
def test_the_text_of_a_heading_has_no_marks(source: str, text: str) -> None:
    """Of both forms; no anchor, no emoji shortcode, no tag."""
    assert clean_heading(source) == text


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("7. Action items", "Action items"),
        ("7.2) Action items", "Action items"),
        ("iv. Action items", "Action items"),
        ("a) Action items", "Action items"),
        ("A la carte", "A la carte"),
        ("Phase 3: Improvement plan", "Improvement plan"),
        ("Step 2 - Remediation", "Remediation"),
        ("第3章 対策", "対策"),
        ("🚀 Next steps 🚀", "Next steps"),
        ("☑️ Follow-up tasks:", "Follow-up tasks"),
        ("Action items (2026)", "Action items (2026)"),
        ("What next?", "What next?"),
        ("2026-02-11 outage", "2026-02-11 outage"),
        ("---", "---"),
    ],
)
def test_a_title_is_compared_without_its_decoration(title: str, text: str) -> None:
    """No numbering, no emoji, no colon at the end; a title of nothing else stays."""
    assert strip_decoration(title) == text


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Queue overflow", "Queue overflow"),
        ("Post-mortem: Queue overflow", "Queue overflow"),
        ("Incident Report - Queue overflow", "Queue overflow"),
        ("PM-1: Queue overflow", "Queue overflow"),
        ("[PM-1] Queue overflow", "Queue overflow"),
        ("[PM-1]: Queue overflow", "Queue overflow"),
        ("Postmortem: PM-1 — 2026-02-11: Queue overflow", "Queue overflow"),
        ("2026-02-11 10:30 - Queue overflow", "Queue overflow"),
        ("Queue overflow - 2026-02-11", "Queue overflow"),
        ("Queue overflow — February 11, 2026", "Queue overflow"),
        ("PM-10: Queue overflow", "PM-10: Queue overflow"),
        ("PM-1", "PM-1"),
        ("PM-1:", "PM-1:"),
        ("2026-02-11", "2026-02-11"),
        ("Incident", "Incident"),
        ("Incidents: how we count", "Incidents: how we count"),
        ("", ""),
    ],
)
def test_a_title_is_shown_without_what_stands_beside_it(title: str, shown: str) -> None:
    """No kind of document, id or day; a title of nothing else stays."""
    assert strip_kind_id_and_day(title, "PM-1") == shown


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# PM-7: Queue overflow\n", "Queue overflow"),
        ("## First\n\n# Queue overflow\n", "Queue overflow"),
        ("## Queue overflow\n\n### Summary\n\n### Impact\n", "Queue overflow"),
        ("## Queue overflow\n\n## Summary\n", "PM-7-queue"),
        ("## Queue overflow\n", "PM-7-queue"),
        ("## Action items\n\n### One\n", "PM-7-queue"),
    ],
)
def test_the_title_of_a_document_is_its_highest_heading(text: str, title: str) -> None:
    """The first of level 1, else a first one above all others; else its file name."""
    assert read(text, "PM-7-queue").title == title
