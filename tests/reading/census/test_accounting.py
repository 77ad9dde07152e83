"""A test requirement is judged or complained about: none gets lost in silence."""

from __future__ import annotations

import pytest

from pytest_postmortem.model.postmortem import Need
from tests.reading.texts import items, only, read, told

HINT = (
    'write it into a table or a list below a heading such as "Action items", or add the heading\'s own words to `words` in '
    "the configuration; in backticks it is only quoted"
)
ROW_HINT = (
    "give each row as many cells as the head, no empty line or comment between them, and write the table below a heading "
    'such as "Action items"'
)


@pytest.mark.parametrize(
    ("text", "line", "flag"),
    [
        ("## What we promised\n\n- AI-1: Bound it [test required]\n", 5, "[test required]"),
        ("## Lessons learned\n\n- [ ] Bound it [Test Required]\n", 5, "[Test Required]"),
        ("Bound it (test required).\n", 3, "(test required)"),
        ("## Action items\n\nWe bound the queue [test required].\n", 5, "[test required]"),
        ("## Action items\n\n> - Bound it [test required]\n", 5, "[test required]"),
        ("## Action items\n\n- Bound it\n\n## Bound it twice \\[test required\\]\n\nSoon.\n", 7, "[test required]"),
        ("## Action items\n\n| Action | Notes |\n|---|---|\n| Bound it | [test required] |\n", 7, "[test required]"),
        ("<ul>\n<li>Bound it [test required]</li>\n</ul>\n", 4, "[test required]"),
        ("```\n<!--\n```\n\nBound it [test: required]\n", 7, "[test: required]"),
        ("Bound it [test\nrequired]\n", 3, "[test required]"),
        ("Never ` that. Bound it [test waived]\n", 3, "[test waived]"),
        ("Later.\n[test waived until 2026-12-01: vendor code]\n", 4, "[test waived until 2026-12-01: vendor code]"),
        ("See [test: tests/test_x.py::test_y].\n", 3, "[test: tests/test_x.py::test_y]"),
    ],
)
@pytest.mark.parametrize("configured", [True, False])
def test_a_requirement_outside_of_every_action_item_is_a_fault(
    text: str, line: int, flag: str, configured: bool
) -> None:
    """In whatever part of the document, and in every source: nobody writes it but for us."""
    postmortem = read(f"# Queue overflow\n\n{text}", configured=configured)
    problem = f'"{flag.lower()}" asks for a test and is not part of an action item'
    hint = ROW_HINT if "|" in text else HINT
    assert told(postmortem) == [f"pm/queue-overflow.md:{line}: {problem}; {hint}"]
    assert all(item.test.need is Need.NOT_REQUIRED for item in postmortem.action_items)


@pytest.mark.parametrize(
    "text",
    [
        "Write `[test required]` behind an item.\n",
        "```\n- Bound it [test required]\n```\n",
        "For example:\n\n    - Bound it [test required]\n",
        "    pytest -k '[test required]'\n",
        "Soon ~~[test required]~~ and <del>- Bound it [test required]</del>.\n",
        "<!-- - Bound it [test required] -->\n",
        "Soon. <!-- Bound it\n[test required] -->\n",
        "See [test: the first.py][1].\n\n[1]: https://example.org\n",
        "A [test requirement] and a [test] and [tests: many] and (a test required by law).\n",
        "The latest build.\n",
    ],
)
def test_what_is_quoted_or_means_something_else_is_none(text: str) -> None:
    """Code, comments, links, and other words in brackets."""
    assert told(read(f"# Queue overflow\n\n{text}", configured=True)) == []


def test_front_matter_that_lists_the_items_is_all_there_is() -> None:
    """The body then tells the same once more."""
    text = "---\naction_items:\n  - {id: AI-1, action: Bound it, test: required}\n---\n# X\n\n## Action items\n\n- Bound it [test required]\n"
    assert told(read(text)) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("- Prevent\n  - AI-1: Bound it [test required]\n", ["AI-1"]),
        ("- Prevent\n  - AI-1: Bound it [test required]\n  - AI-2: Stop it [test required]\n", ["AI-1", "AI-2"]),
        ("1. Prevent\n   1. Bound it [test required]\n   2. Stop it [test required]\n", ["1", "2"]),
        ("- AI-1: Bound it [test required]\n  - Stop it [test required]\n", ["AI-1", "2"]),
        (
            "- Prevent\n  - Now\n    - AI-1: Bound it [test required]\n    - AI-2: Stop it (test required)\n",
            ["AI-1", "AI-2"],
        ),
        ("- Bound it\n  - in the worker, too [test required]\n", ["1"]),
        ("- AI-1: Bound it\n  - Test: [test required]\n", ["AI-1"]),
        ("- Prevent\n  - Bound it [test needed]\n  - Stop it [test: yes]\n", ["1", "2"]),
        ("- Prevent\n  - Bound it [no test]\n  - Stop it [test: no]\n", []),
    ],
)
def test_each_requirement_of_a_nested_list_is_one_of_its_own(text: str, found: list[str]) -> None:
    """One that says something of the bullet above it belongs to that one."""
    asking = [item.id for item in items(text) if item.test.need is Need.REQUIRED]
    assert asking == found


def test_brackets_may_be_escaped() -> None:
    """Formatters do so."""
    item = only("- AI-1: Bound it \\[test required\\]\n")
    assert (item.text, item.test.need) == ("Bound it", Need.REQUIRED)


def test_the_details_of_an_item_add_to_its_flag() -> None:
    """The stricter of the two counts."""
    item = only("- AI-1: Bound it [test required]\n  - see [test: tests/test_x.py::test_y]\n")
    assert item.test.node_ids == ("tests/test_x.py::test_y",)
    assert only("- AI-1: Bound it [no test]\n  - but: (test required)\n").test.need is Need.REQUIRED


@pytest.mark.parametrize("cell", ["[test required]", "**[test required]**", "\\[test required\\]"])
def test_a_cell_may_hold_the_form_of_a_list(cell: str) -> None:
    """Copied from a list; a node id with brackets stays one."""
    assert only(f"| Action | Test |\n|---|---|\n| Bound it | {cell} |\n").test.need is Need.REQUIRED
    node_id = "tests/test_x.py::test_y[test required]"
    assert only(f"| Action | Test |\n|---|---|\n| Bound it | {node_id} |\n").test.node_ids == (node_id,)


def test_a_table_of_actions_with_a_column_of_tests_counts_anywhere() -> None:
    """A row of another table that asks for a test is an error in every source."""
    table = "# Queue overflow\n\n## Commitments\n\n| {} | Test |\n|---|---|\n| Start | no |\n| Bound it | required |\n"
    (_, item) = read(table.format("Action")).action_items
    assert item.test.need is Need.REQUIRED
    problem = '"required" asks for a test and is not part of an action item'
    for configured in (True, False):
        postmortem = read(table.format("Thing"), configured=configured)
        assert told(postmortem) == [f"pm/queue-overflow.md:8: {problem}; {ROW_HINT}"]
    assert told(read(table.format("Thing").replace("required", "-"), configured=True)) == []


@pytest.mark.parametrize("column", ["Tests", "Unit test", "Automated test", "Regression tests"])
def test_names_of_the_column(column: str) -> None:
    """As teams write them."""
    assert only(f"| Action | {column} |\n|---|---|\n| Bound it | required |\n").test.need is Need.REQUIRED


@pytest.mark.parametrize(
    ("cell", "is_fault"), [("requierd", True), ("waved until 2026-12-01: x", True), ("maybe", False)]
)
def test_a_slip_of_the_pen_is_a_fault_everywhere(cell: str, is_fault: bool) -> None:
    """Any other unknown word is a hint in a default folder."""
    postmortem = read(f"# X\n\n## Action items\n\n| Action | Test |\n|---|---|\n| Bound it | {cell} |\n")
    assert bool(postmortem.faults) is is_fault
    assert bool(postmortem.hints) is not is_fault


def test_a_table_without_its_line_of_dashes_is_told_of() -> None:
    """It is a paragraph to Markdown, and short."""
    postmortem = read("# X\n\n## Action items\n\n| ID | Action | Test |\n| AI-1 | Bound it | required |\n")
    assert [hint.line for hint in postmortem.hints] == [3]


@pytest.mark.parametrize(
    ("text", "line", "asks"),
    [
        ("## Notes\n\nRegression test required: yes\n", 5, "regression test required: yes"),
        (
            "## Action items\n\n- AI-1: Bound it [test required]\n\n  | A | Test |\n  |---|---|\n  | Stop it | required |\n",
            9,
            "required",
        ),
        ("## Commitments\n\n| Thing | Test | N |\n|---|---|---|\n| Stop it | no | b | required |\n", 7, "required"),
    ],
)
def test_what_is_beside_the_items_is_accounted_for_by_none_of_them(text: str, line: int, asks: str) -> None:
    """A field without an item, a row below an item, a row that does not fit its head."""
    problem = f'pm/queue-overflow.md:{line}: "{asks}" asks for a test and is not part of an action item'
    assert [one.partition(";")[0] for one in told(read(f"# X\n\n{text}"))] == [problem]


@pytest.mark.parametrize(
    ("front", "line", "asks"),
    [
        ("notes:\n  - Bound it [test required]\n", 4, "[test required]"),
        ("follow_ups:\n  - action: Bound it\n    test: required\n", 5, "test: required"),
        ("todo:\n  - {text: Bound it, testRequired: true}\n", 4, "testRequired: true"),
    ],
)
def test_front_matter_that_lists_items_under_another_key(front: str, line: int, asks: str) -> None:
    """Not read, and not passed over either."""
    problem = f'pm/queue-overflow.md:{line}: "{asks}" asks for a test and is not part of an action item'
    (fault,) = told(read(f"---\nid: PM-1\n{front}---\n# X\n"))
    assert fault.startswith(problem)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("- AI-1: Bound it [test required]\n  • Stop it [test required]\n", "[test required]"),
        ("- AI-1: Bound it [test required]\n  a) Stop it [test required]\n", "[test required]"),
        ("- AI-1: Bound it\n  - Test: required\n  - Test: required\n", "test: required"),
    ],
)
def test_two_requirements_that_are_read_as_one_item_are_an_error(text: str, asks: str) -> None:
    """The second one would be lost in the first."""
    (fault,) = told(read(f"# X\n\n## Action items\n\n{text}"))
    assert f"{asks} is the second test requirement of one action item (the first is in line" in fault


def test_an_error_explains_its_own_line_only() -> None:
    """A slip in one item hides no requirement elsewhere in the document."""
    text = "# X\n\n## Notes\n\nBound it [test required]\n\n## Action items\n\n| Action | Test |\n|---|---|\n| Stop it | requierd |\n"
    lines = sorted(int(one.split(":")[1]) for one in told(read(text)))
    assert lines == [5, 11]
