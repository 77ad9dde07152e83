"""Markdown as blocks, headings and links with their places."""

from __future__ import annotations

import pytest

from pytest_postmortem.reading.syntax.markdown import MAX_EVENTS, Outline, TooComplex, build_outline


def headings(made: Outline) -> list[tuple[int, str]]:
    return [(one.level, made.decode(one.start, one.end).strip()) for one in made.headings]


def kinds(made: Outline) -> list[str]:
    return [kind for kind, _, _ in made.list_blocks(0, len(made))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# One\n\n## Two ##\n###### Six\n", [(1, "# One"), (2, "## Two ##"), (6, "###### Six")]),
        ("One\n===\n\nTwo\n---\n", [(1, "One\n==="), (2, "Two\n---")]),
        ("#None\n\n\\# None\n\n    # code\n", []),
        ("> # Quoted\n", [(1, "# Quoted")]),
        ("- # In a list\n", [(1, "# In a list")]),
        ("```\n# code\n```\n# One\n", [(1, "# One")]),
        ("<!--\n# hidden\n-->\n\n# One\n", [(1, "# One")]),
        ("# 見出し\r\n\r\n## 次\r\n", [(1, "# 見出し"), (2, "## 次")]),
    ],
)
def test_headings_of_both_forms_are_found(text: str, found: list[tuple[int, str]]) -> None:
    """With their level; what stands in code or a comment is none."""
    assert headings(build_outline(text)) == found


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_position_has_the_line_of_the_file(end: str) -> None:
    """Counted from the line that the body begins at."""
    made = build_outline(end.join(["# One", "", "é text", "## Two", "", "last"]), 5)
    assert [made.find_line(one.start) for one in made.headings] == [5, 8]
    assert made.find_line(0) == 5
    assert made.find_line(len(made.data) - 1) == 10
    assert made.find_line(len(made.data)) == 10
    assert build_outline("").find_line(0) == 1


def test_blocks_leave_out_what_stands_in_a_line() -> None:
    """Lists, items, paragraphs and tables, in reading order; no emphasis, no link, no heading."""
    made = build_outline("# H\n\n**b** [l](u)\n\n- [ ] a\n  1. b\n\n> q\n\n| A |\n|---|\n| c |\n\n```\nx\n```\n\n<p>\n")
    assert kinds(made) == [
        "Paragraph",
        *("List", "Item", "List", "Item"),
        *("BlockQuote", "Paragraph"),
        *("Table", "TableHead", "TableCell", "TableRow", "TableCell"),
        *("CodeBlock", "HtmlBlock"),
    ]


def test_links_are_resolved() -> None:
    """Inline, by reference, automatic, and images; those between two places."""
    text = "[a](http://a) [b][r] ![c](c.png) <http://d> [r] [none]\n\n[e](http://e)\n\n[r]: http://r\n"
    made = build_outline(text)
    end = text.index("\n")
    assert [one.url for one in made.find_links(0, end)] == ["http://a", "http://r", "c.png", "http://d", "http://r"]
    assert [made.decode(one.start, one.end) for one in made.find_links(0, end)][:2] == ["[a](http://a)", "[b][r]"]
    assert [one.url for one in made.find_links(end, len(text))] == ["http://e"]
    assert made.find_links(len(text), len(text) + 10) == []


def test_a_place_is_that_of_the_first_piece_behind_a_position() -> None:
    """Or the end, where there is none."""
    made = build_outline("# One\n\ntext\n")
    assert [made.find_place(position) for position in (0, 1, 7, 8)] == [0, 1, 1, 2]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("```\na\n```\n# One\n", [(1, "# One")]),
        ("~~~\na\n~~~\n# One\n", [(1, "# One")]),
        ("```\na\n# One\n", [(1, "# One")]),
        ("~~~text\na\n# One\n", [(1, "# One")]),
        ("````\na\n```\n# One\n", [(1, "# One")]),
        ("> ```\n> a\n\n# One\n", [(1, "# One")]),
        ("```text a ```\n# One\n", [(1, "# One")]),
        ("```\n# One\n```\n\n```\n# Two\n", [(1, "# Two")]),
        ("```ERROR: full\n# One\n\n```\n# Two\n```\n", [(1, "# Two")]),
        ("# One\n\n```\n# Two\n```   \n\n", [(1, "# One")]),
        ("# One\n\n    # code\n    ```\n", [(1, "# One")]),
        ("# One\n\n```\n", [(1, "# One")]),
        ("~~~\n# One\n```\n# Two\n", [(1, "# One"), (1, "# Two")]),
        ("```\n- a\n  # One\n", [(1, "# One")]),
    ],
)
def test_a_fence_that_is_never_closed_is_text(text: str, found: list[tuple[int, str]]) -> None:
    """As authors mean it; a closed one hides what is in it."""
    assert [one for one in headings(build_outline(text)) if one[1].startswith("#")] == found


def test_the_bytes_of_the_text_stay_where_they_are() -> None:
    """The fence that was neutralized has as many characters as before."""
    text = "é\n\n```\n# One\n"
    assert len(build_outline(text).data) == len(text.encode())


@pytest.mark.parametrize("count", [1, 3, 8, 9, 40])
def test_many_unclosed_fences_are_read_to_an_end(count: int) -> None:
    """A fence of more marks cannot be closed by one of fewer; up to eight of them are taken for text."""
    text = "".join("`" * (3 + number) + "text\n" for number in range(count)) + "# One\n"
    assert bool(build_outline(text).headings) == (count <= 8)


def test_more_pieces_than_one_document_may_hold_are_refused() -> None:
    """Up to that number it is read."""
    pieces = 5  # a list item and its list, begun and ended, and the text
    count = (MAX_EVENTS - 2) // 3
    assert MAX_EVENTS == 200_000
    assert pieces < count
    assert len(build_outline("- a\n" * count)) == count + 1
    with pytest.raises(TooComplex):
        build_outline("- a\n" * (count + 1))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("**Action items**\n\n- a\n", [(7, "**Action items**")]),
        ("**Action items:** text\n", [(7, "**Action items:** text")]),
        ("Action items:\n\n- a\n", [(7, "Action items:")]),
        ("アクション：\n\n- a\n", []),
        ("- **Review actions**\n  - a\n", [(8, "**Review actions**")]),
        ("- **bold**\n", [(7, "**bold**")]),
        ("- **bold**\n- and more\n", []),
        ("- a **bold**\n  - b\n", []),
        ("Text **bold**\n", []),
        ("x" * 95 + ":\n", []),
        ("TODO:\n", [(7, "TODO:")]),
        ("# H\n\nno\n", []),
    ],
)
def test_what_may_serve_as_a_heading_is_noted(text: str, found: list[tuple[int, str]]) -> None:
    """A paragraph that begins in bold, a short one that ends with a colon, a list item that begins in bold."""
    made = build_outline(text)
    assert [(one.level, made.decode(one.start, one.end).strip()) for one in made.labels] == found
