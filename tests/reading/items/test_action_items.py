"""Action items out of the body: under which headings, in which forms, and what is none."""

from __future__ import annotations

import pytest

from pytest_postmortem.model.postmortem import ItemStatus, Need, Scope
from tests.reading.texts import ITEMS, items, only, read


def texts(text: str) -> list[str]:
    """The action items of a whole document."""
    return [item.text for item in read(text).action_items]


@pytest.mark.parametrize(
    "heading",
    [
        *("Action items", "## Action Items ##", "ACTION ITEMS:", "3. Action items", "Action items (open)", "Actions"),
        *("Follow-up actions", "Follow up", "☑️ Follow-up tasks", "Corrective and preventative measures", "Todo"),
        *("Corrective actions with owners", "Action items & owners", "Our action items", "New action items"),
        *(
            "アクションアイテム",
            "追加アクションアイテム",
            "残りのアクションアイテム",
            "액션 아이템",
            "行动项",
            "Maßnahmen",
            "Plan d'action",
            "Acciones",
        ),
        *(
            "Next steps",
            "🚀 Next steps",
            "Prevention",
            "Remediation",
            "What we will do",
            "Recommendations",
            "Safeguards",
        ),
        *("7. 재발 방지 (Prevention) — **필수**", "再発防止策", "Phase 3: Improvement plan", "Prevention / guardrail"),
        *("Short-term improvements", "Prochaines étapes", '<a name="x"></a>Action items', "Action items {#actions}"),
        *(":ballot_box_with_check: Follow-up tasks", "Prevention 🛡️"),
    ],
)
def test_a_heading_that_means_action_items_announces_them(heading: str) -> None:
    """In many names, languages and decorations; a list and a table alike."""
    mark = "" if heading.startswith("##") else "## "
    for text in ("- Bound the queue\n", "1. Bound the queue\n", "| Action |\n|---|\n| Bound the queue |\n"):
        assert texts(f"# Queue overflow\n\n{mark}{heading}\n\n{text}\n## Timeline\n\n- 10:30 alarm\n") == [
            "Bound the queue"
        ]


@pytest.mark.parametrize(
    "heading",
    [
        *("Summary", "Timeline", "Lessons learned", "Root cause", "Five whys", "Detection", "Impact", "What went well"),
        *("What this tells us about the original action items", "No action items", "Status of previous action items"),
        *("Actions taken during the incident", "Immediate response actions", "Action items process", "Reaction"),
        *("A long title that in the end and after many words comes to its action items",),
    ],
)
def test_other_headings_announce_none(heading: str) -> None:
    """A checkbox under one of them is no action item either."""
    assert texts(f"# Queue overflow\n\n## {heading}\n\n- Bound the queue\n- [ ] Is this a pattern?\n") == []


@pytest.mark.parametrize(
    "label",
    [
        *(
            "**Action items**",
            "**Action items:**",
            "**Action items**:",
            "__Action items__",
            "Action items:",
            "**Next steps**",
        ),
        *("- **Review actions**", "- **Review actions**:", "* **Action items:**"),
    ],
)
def test_a_bold_label_is_as_good_as_a_heading(label: str) -> None:
    """A paragraph of its own, one that ends with a colon, or the head of a list item."""
    inner = (
        "  - Bound the queue\n  - Alert on it\n"
        if label[0] in "-*" and label[1] == " "
        else "\n- Bound the queue\n- Alert on it\n"
    )
    assert texts(f"# Queue overflow\n\n{label}\n{inner}") == ["Bound the queue", "Alert on it"]


@pytest.mark.parametrize(
    "text",
    [
        "We wrote **action items** down\n\n- Bound the queue\n",
        "- We went through the **action items**\n  - all of them\n",
        "The action items of before are these, and they are told at great length in another document of ours:\n\n- a\n",
        "**Action items** are elsewhere\n\n- a\n",
        "    Action items:\n\n- a\n",
    ],
)
def test_a_sentence_that_names_action_items_announces_none(text: str) -> None:
    """Only a label that is all of its paragraph does, or that its list item begins with."""
    assert texts(f"# Queue overflow\n\n{text}") == []


def test_a_setext_heading_and_windows_line_ends_are_read() -> None:
    """With the lines of the file."""
    text = "Queue overflow\r\n===\r\n\r\nAction items\r\n---\r\n\r\n- Bound\r\n  the queue\r\n- Alert on it\r\n"
    assert [(item.text, item.line) for item in read(text).action_items] == [("Bound the queue", 7), ("Alert on it", 9)]


def test_sub_sections_belong_to_their_section() -> None:
    """By area or by time; but those on something else do not, with what is under them."""
    text = """# Queue overflow

## Action items

- a

### Process

- b

#### Deeper

- c

### Root cause

- no cause

#### Under it

- no cause either

### Notes

- no note

### Short-term

| Action |
|---|
| d |

## Timeline

- 10:30 alarm
"""
    assert texts(text) == ["d"]
    assert texts(text.replace("| Action |\n|---|\n| d |", "- d")) == ["a", "b", "c", "d"]


def test_only_the_checkboxes_of_prevention_count_beside_action_items() -> None:
    """The rest of it tells the same things once more."""
    text = "# T\n\n## Action items\n\n- a\n\n## Prevention\n\n- b\n- [ ] c\n\n| Action |\n|---|\n| d |\n"
    assert texts(text) == ["a", "c"]


LOOSE = "| Action | Owner | Due |\n|---|---|---|\n| a | x | 2026-03-01 |\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"## Details of it\n\n{LOOSE}", ["a"]),
        (LOOSE, ["a"]),
        ("## Details of it\n\n| Action | Owner | Status |\n|---|---|---|\n| a | x | open |\n", ["a"]),
        ("## Details of it\n\n| Action | Owner |\n|---|---|\n| a | x |\n", []),
        ("## Details of it\n\n| Item | Owner | Due |\n|---|---|---|\n| a | x | 2026-03-01 |\n", []),
        ("## Details of it\n\n| Time | Action | Owner | Status |\n|---|---|---|---|\n| 10:30 | a | x | done |\n", []),
        (f"## Timeline\n\n{LOOSE}", []),
        (f"## Root cause\n\n### More\n\n{LOOSE}", []),
        (f"## Action items\n\n- b\n\n## Details of it\n\n{LOOSE}", ["b", "a"]),
        (f"## Action items\n\n{LOOSE}", ["a"]),
        (f"## Action items\n\n### Notes\n\n{LOOSE}", ["a"]),
        ("## Action items\n\n- b\n\n### Notes\n\n| Action |\n|---|\n| a |\n", ["b"]),
    ],
)
def test_a_table_whose_head_leaves_no_doubt_counts_anywhere(text: str, found: list[str]) -> None:
    """Actions with a due date, or with owner and status; but not in a timeline or under a root cause."""
    assert texts("# T\n\n" + text) == found


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("## Action items\n\nThe queue shall be bounded, and everybody who uses it shall be told of it.\n", 3),
        ("## Action items\n\nNone.\n", None),
        ("## Action items\n", None),
        (
            "## Action items\n\n| ID | Action | Owner | Due | Status | Test required |\n|---|---|---|---|---|---|\n| AI-1 | | | | | |\n",
            None,
        ),
        ("## Action items\n\n- The queue shall be bounded, and everybody who uses it shall be told of it.\n", None),
        ("## Prevention\n\nThe queue shall be bounded, and everybody who uses it shall be told of it.\n", None),
        ("**Action items**\n\nThe queue shall be bounded, and everybody who uses it shall be told of it.\n", None),
    ],
)
def test_a_section_where_no_item_could_be_read_is_a_hint(text: str, line: int | None) -> None:
    """Where it says more than that there are none."""
    hints = [(one.line, one.text) for one in read("# T\n\n" + text).hints]
    expected = '"Action items" announces action items, and none could be read; write them as a table or a list'
    assert hints == ([] if line is None else [(line, expected)])


def test_nested_bullets_may_tell_the_fields_of_an_item() -> None:
    """Owner, due date and status; the item is then no heading of a group."""
    text = """- **Bound the queue**:
  - Owner: payments
  - Due: 2026-03-01
  - Status: **done**
- Alert on it:
  - **担当者**: ann
  - Status: nobody knows
- [ ] Page earlier
  - status: done
"""
    first, second, third = items(text)
    assert (first.text, first.owner, first.due, first.status) == (
        "**Bound the queue**:",
        "payments",
        "2026-03-01",
        ItemStatus.DONE,
    )
    assert (second.text, second.owner, second.status) == ("Alert on it:", "ann", ItemStatus.UNKNOWN)
    assert (third.text, third.status) == ("Page earlier", ItemStatus.OPEN)


def test_a_bold_item_in_a_section_of_action_items_ends_no_list() -> None:
    """Though its text may be the name of a section."""
    text = "- **Root cause**\n  - a\n- **Prevention**\n  - b\n- c\n"
    assert [item.text for item in items(text)] == ["a", "b", "c"]


def test_an_item_with_a_checkbox_is_never_a_heading() -> None:
    """Though it says no more than one."""
    assert texts("# T\n\n## Summary\n\n- [ ] **Action items**\n  - a\n") == []


def test_a_ticket_cell_may_tell_the_status() -> None:
    """Where there is no column for it."""
    item = only("| Action | PR |\n|---|---|\n| Bound it | #12 (merged) |\n")
    assert (item.status, item.tickets) == (ItemStatus.DONE, ("#12",))


def test_every_section_of_action_items_is_read() -> None:
    """In reading order, one in another only once."""
    text = "# T\n\n## Action items\n\n### Action items\n\n- a\n\n## Timeline\n\n- x\n\n## New action items\n\n- b\n"
    assert texts(text) == ["a", "b"]


def test_prevention_counts_only_where_nothing_names_action_items() -> None:
    """It tells the same things once more."""
    prevention = "# T\n\n## Prevention\n\n- a\n\n## Next steps\n\n- b\n"
    assert texts(prevention) == ["a", "b"]
    assert texts(prevention + "\n## Action items\n\n- c\n") == ["c"]
    assert texts(prevention + "\n## Action items\n\nNone.\n") == ["a", "b"]


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("ID | Action | Scope | Owner | Due | Status | Test", "AI-1 | Bound it | specific | ann | 2026-03-01 | done | yes"),
        ("Test | Status | Due | Owner | Scope | Action | ID", "yes | done | 2026-03-01 | ann | specific | Bound it | AI-1"),
        ("**ID** | *Action item* | `Type` | Assignee | Deadline | State | Test?", "AI-1 | Bound it | Specific | ann | 2026-03-01 | Done | y"),
        ("Key | Item | Kind | Owner (team) | Due date | Status/notes | Regression test", "**AI-1** | Bound it | specific | ann | 2026-03-01 | done | ✓"),
        ("識別子 | アクション | スコープ | 担当 | 期限（目安） | ステータス | テスト", "AI-1 | Bound it | 個別 | ann | 2026-03-01 | 完了 | 必要"),
        ("Kennung | Maßnahme | Umfang | Verantwortlich | Frist | Stand | Regressionstest", "AI-1 | Bound it | spezifisch | ann | 2026-03-01 | erledigt | ja"),
    ],
)  # fmt: skip
def test_the_columns_of_a_table_are_known_by_their_heads(head: str, row: str) -> None:
    """In any order, in the languages seen, with what is added to a head."""
    rule = "|".join(["---"] * (head.count("|") + 1))
    for table in (f"| {head} |\n| {rule} |\n| {row} |\n", f"{head}\n{rule}\n{row}\n"):
        item = only(table)
        assert (item.id, item.has_own_id, item.text, item.line) == ("AI-1", True, "Bound it", 7)
        assert (item.scope, item.owner, item.due, item.status) == (
            Scope.SPECIFIC, "ann", "2026-03-01", ItemStatus.DONE,
        )  # fmt: skip
        assert item.test.need is Need.REQUIRED


@pytest.mark.parametrize(
    ("head", "row", "text"),
    [
        ("Item | Action", "queue | Bound it", "Bound it"),
        ("Action | Item", "Bound it | queue", "Bound it"),
        ("項目 | アクション", "キュー | Bound it", "Bound it"),
        ("Task | Description", "Bound it | as it overflows", "Bound it"),
        ("What happens now | Owner", "Bound it | ann", "Bound it"),
        ("Owner | Bug to mend", "ann | Bound it", "Bound it"),
        ("Issue | Assignee | Status", "Bound it | ann | open", "Bound it"),
        ("Test | Owner", "Bound it | ann", "Bound it"),
        ("Type | Owner", "Bound it | ann", "Bound it"),
        ("| Action | Status", "1 | Bound it | open", "Bound it"),
        ("Foo | Bar", "x | Bound it well", "Bound it well"),
        ("Foo | Type", "x | Bound it well", "Bound it well"),
        ("Owner | Due", "ann | a very long time", "a very long time"),
    ],
)
def test_the_column_of_actions_is_found(head: str, row: str, text: str) -> None:
    """The most telling name, else the first unknown one, else what is tracked, else where most text stands."""
    rule = "|".join(["---"] * (head.count("|") + 1))
    assert only(f"| {head} |\n| {rule} |\n| {row} |\n").text == text


@pytest.mark.parametrize(
    "table",
    [
        "| Foo | Bar |\n|---|---|\n| x | Bound it |\n",
        "| Foo | Type |\n|---|---|\n| x | Bound it |\n",
        "| Owner | Due |\n|---|---|\n| x | Bound it |\n",
    ],
)
def test_a_table_of_something_else_holds_no_action_items(table: str) -> None:
    """Unless it stands under a heading that names them; under one on prevention it may be anything."""
    assert texts(f"# T\n\n## Prevention\n\n{table}") == []
    assert len(items(table)) == 1


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ("| a | x |\n|  | x |\n| - | x |\n| TBD | x |\n| {{ action }} | x |\n| None | x |\n| b |  |\n", ["a", "b"]),
        ("| a |\n| b | x | more |\n", ["a", "b"]),
        ("| `a|b` | x |\n", ["`a|b`"]),
        (r"| a \| b | x |" + "\n", ["a | b"]),
        ("| a<br>b<br/> c | x |\n", ["a b c"]),
        ("| **a** [b](c) | x |\n", ["**a** [b](c)"]),
        ("| a < b | x |\n", ["a < b"]),
        ("", []),
    ],
)
def test_the_rows_of_a_table(rows: str, found: list[str]) -> None:
    """Each with an action is an item; breaks are spaces, an escaped pipe is a pipe."""
    assert [item.text for item in items("| Action | Note |\n|---|---|\n" + rows)] == found


def test_several_tables_in_a_section_are_normal() -> None:
    """One for each category, with or without headings between."""
    table = "| Action | Owner |\n|---|---|\n| a | x |\n\n"
    assert len(items(table + table + "### More\n\n" + table)) == 3


@pytest.mark.parametrize(
    "legend",
    [
        "- P: prevent\n- D: detect\n",
        "**Legend:**\n\n- P: prevent\n",
        "### Notes\n\n- P: prevent\n",
        "### カテゴリの説明\n\n- P: prevent\n",
        "> - P: prevent\n",
    ],
)
def test_a_legend_beside_a_table_holds_no_items(legend: str) -> None:
    """Before or behind it; a checkbox there is one."""
    table = "| Action | Owner |\n|---|---|\n| a | x |\n\n"
    assert [item.text for item in items(table + legend)] == ["a"]
    if not legend.startswith("###"):
        assert [item.text for item in items(legend + "\nText.\n\n" + table)] == ["a"]
    assert [item.text for item in items(table + "- [ ] b\n- c\n")] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("- a\n- b\n", ["a", "b"]),
        ("* a\n+ b\n", ["a", "b"]),
        ("1. a\n2) b\n", ["a", "b"]),
        ("- a\n\n- b\n", ["a", "b"]),
        ("- a\n  goes on\n  - detail\n", ["a goes on"]),
        ("- a\n\n  More of it.\n", ["a"]),
        ("- a\n  ```\n  - code\n  ```\n- b\n", ["a", "b"]),
        ("- a\n  > - quoted\n- b\n", ["a", "b"]),
        ("- a\n\n  | x |\n  |---|\n  | y |\n\n- b\n", ["a", "b"]),
        ("> - quoted\n\n- b\n", ["b"]),
        ("- Monitoring:\n  - a\n  - b\n- c\n", ["a", "b", "c"]),
        ("- **Monitoring**\n  - a\n  - b\n", ["a", "b"]),
        ("- 監視：\n  - a\n", ["a"]),
        ("- Monitoring:\n  - Alerts:\n    - a\n", ["a"]),
        ("- Bound it, for example:\n  - a\n  - b\n", ["Bound it, for example:"]),
        ("- Add alerts that cover:\n  - a\n", ["Add alerts that cover:"]),
        ("- Bound it\n  - a\n  - b\n", ["Bound it"]),
        ("- Bound it\n  - a\n    - b\n      - c\n", ["Bound it"]),
        ("> | Action | Note |\n> |---|---|\n> | quoted | x |\n\n- b\n", ["b"]),
        ("- Monitoring:\n", ["Monitoring:"]),
        ("- Monitoring:\n  - a\n    - detail\n", ["a"]),
        ("- [ ] Monitoring:\n  - a\n", ["Monitoring:"]),
        ("- [ ] a\n  - [x] b\n    - [ ] c\n", ["a", "b", "c"]),
        ("- Monitoring\n  - [ ] a\n  - b\n", ["a", "b"]),
        ("- [ ] a\n  - detail\n- b\n", ["a", "b"]),
        ("-\n- a\n", ["a"]),
        ("- [ ]\n- [x] a\n", ["a"]),
        ("- \n\n  a\n", []),
        ("- ![image](a.png)\n", ["![image](a.png)"]),
        ("- https://git.example.org/issues/12\n- #13\n", ["https://git.example.org/issues/12", "#13"]),
        ("Do this.\n", []),
        ("```\n- a\n```\n", []),
        ("```\n- a\n", ["a"]),
    ],
)
def test_the_items_of_a_list(text: str, found: list[str]) -> None:
    """Every checkbox, each bullet at the top, those below one that only heads a group; the rest are details."""
    assert [item.text for item in items(text)] == found


def test_every_item_has_its_own_line() -> None:
    """That of its marker or row, also where items are nested and the document has front matter."""
    text = "---\nid: PM-1\n---\n# T\n\n## Action items\n\n- Group:\n  - a\n\n  - [ ] b\n    - [ ] c\n\n## Todo\n\n- d\n"
    assert [(item.text, item.line) for item in read(text).action_items] == [("a", 9), ("b", 11), ("c", 12), ("d", 16)]
    table = "| Action |\n|---|\n| a |\n| b |\n"
    assert [item.line for item in items(table)] == [7, 8]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "None",
            "None.",
            "none for now",
            "N/A",
            "n/a.",
            "No action items.",
            "No further actions were needed",
            "なし",
            "-",
        ),
        *("Nothing to do", "TBD", "...", "{{ action }}", "특", "무"),
    ],
)
def test_a_text_that_says_nothing_is_no_item(text: str) -> None:
    """A placeholder, or that there is nothing to do."""
    expected = [text] if text in ("특", "무") else []
    assert [item.text for item in items(f"- {text}\n")] == expected
    assert [item.text for item in items(f"| Action | Owner |\n|---|---|\n| {text} | x |\n")] == expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("**Action item:** Page earlier.", ["Page earlier."]),
        ("**Action items**: Page earlier.", ["Page earlier."]),
        ("__Follow-up:__ Page\nearlier.", ["Page earlier."]),
        ("**TODO:** Page earlier. [test required]", ["Page earlier."]),
        ("**Action item:** None", []),
        ("**Action item:**", []),
        ("**Action** Page earlier.", []),
        ("Text. **Action item:** Page earlier.", []),
        ("- **Action item:** Page earlier.\n  More.", []),
        ("- **Action item:** Page earlier.\n\n- More.", []),
    ],
)
def test_a_paragraph_may_call_itself_an_action_item(text: str, found: list[str]) -> None:
    """Wherever it stands."""
    document = f"# T\n\n## Timeline\n\n{text}\n\nMore text.\n"
    assert texts(document) == found
    made = read(document).action_items
    assert [item.line for item in made] == [5] * len(found)
    if "test required" in text:
        assert made[0].test.need is Need.REQUIRED


def test_such_a_paragraph_joins_the_others_in_reading_order() -> None:
    """And is no second item where a list holds it already."""
    text = "# T\n\n**Action item:** a\n\n## Action items\n\n- b\n\n**Action item:** c\n\n- **Action item:** d\n"
    assert [(item.id, item.line) for item in read(text).action_items] == [("1", 3), ("2", 7), ("3", 9), ("4", 11)]


@pytest.mark.parametrize(
    ("cell", "scope"),
    [
        ("specific", Scope.SPECIFIC),
        ("**Systemic**", Scope.SYSTEMIC),
        ("this bug", Scope.SPECIFIC),
        ("class of bug", Scope.SYSTEMIC),
        ("prevent", Scope.UNKNOWN),
        ("", Scope.UNKNOWN),
    ],
)
def test_the_scope_of_an_item(cell: str, scope: Scope) -> None:
    """In its column, or in front matter; unknown for other words."""
    assert only(f"| Action | Scope |\n|---|---|\n| a | {cell} |\n").scope is scope
    if "*" not in cell:
        listed = f"---\naction_items:\n- {{action: a, scope: {cell}}}\n- {{action: b}}\n---\n"
        assert [item.scope for item in items("", listed)] == [scope, Scope.UNKNOWN]


LISTED = """---
action_items:
- id: AI-1
  action: Bound
    the queue
  scope: systemic
  owner: payments
  due: 2026-03-01
  status: done
  test: required
  ticket: "#12"
- {text: Alert on it, owners: [ann, bo], due-date: next, tickets: [OPS-1, OPS-2], Status: "won't do"}
- "AI-3: Page earlier (in progress) #13 [test required]. Owner: cy"
- title: "**AI-4** Write it down"
- No action items.
- id: AI-5
-
- ~
---
# Queue overflow

## Action items

- not read
"""


def test_front_matter_may_list_the_action_items() -> None:
    """As mappings or as texts; the body is then not looked at."""
    found = read(LISTED)
    assert found.faults == ()
    first, second, third, fourth, fifth = found.action_items
    assert (first.id, first.text, first.line, first.has_own_id) == ("AI-1", "Bound the queue", 3, True)
    assert (first.scope, first.owner, first.due, first.status) == (
        Scope.SYSTEMIC, "payments", "2026-03-01", ItemStatus.DONE,
    )  # fmt: skip
    assert (first.test.need, first.tickets, str(first.due_date)) == (Need.REQUIRED, ("#12",), "2026-03-01")
    assert (second.id, second.text, second.owner, second.due) == ("2", "Alert on it", "ann, bo", "next")
    assert (second.tickets, second.status, second.line) == (("OPS-1", "OPS-2"), ItemStatus.DROPPED, 12)
    assert (third.id, third.text, third.owner) == ("AI-3", "Page earlier (in progress) #13 . Owner: cy", "cy")
    assert (third.tickets, third.test.need, third.line) == (("#13",), Need.REQUIRED, 13)
    assert (fourth.id, fourth.text) == ("AI-4", "Write it down")
    assert (fifth.id, fifth.text, fifth.line) == ("AI-5", "", 16)


@pytest.mark.parametrize(
    ("told_as", "line", "problem"),
    [
        ("text", 2, "`action_items` is not a list"),
        ("{a: b}", 2, "`action_items` is not a list"),
        ("\n- [a]", 3, "an action item that is a list"),
        ("\n- {owner: ann}", 3, "an action item without a text"),
        ("\n- {action: [a]}", 3, "an action item without a text"),
        ("\n- a [test waived]", 3, "the waiver has no end date"),
    ],
)
def test_action_items_in_another_form_are_a_fault(told_as: str, line: int, problem: str) -> None:
    """With the form to write; what the body tells is read then."""
    found = read(f"---\naction_items: {told_as}\n---\n{ITEMS}- Bound it\n")
    (fault,) = found.faults
    assert (fault.problem, fault.line) == (problem, line)
    assert fault.hint.startswith("write ")
    assert found.action_items[-1].text in ("Bound it", "a [test waived]")


@pytest.mark.parametrize("told_as", ["", "[]", "~", "none", "['']"])
def test_no_action_items_in_front_matter_leaves_them_to_the_body(told_as: str) -> None:
    """As a template has an empty list."""
    assert texts(f"---\naction_items: {told_as}\n---\n{ITEMS}- Bound it\n") == ["Bound it"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("- [ ] AI-1: a\n    - [x] AI-2: b [test required]\n", [("AI-1", ItemStatus.OPEN), ("AI-2", ItemStatus.DONE)]),
        (
            "- Before a change:\n    - AI-1: a\n    - AI-2: b\n",
            [("AI-1", ItemStatus.UNKNOWN), ("AI-2", ItemStatus.UNKNOWN)],
        ),
        (" - [x] AI-1: a\n - [ ] AI-2: b\n", [("AI-1", ItemStatus.DONE), ("AI-2", ItemStatus.OPEN)]),
        ("1. [ ] AI-1: a\n     - [x] AI-2: b\n", [("AI-1", ItemStatus.OPEN), ("AI-2", ItemStatus.DONE)]),
    ],
)
def test_a_list_may_be_indented_by_more_than_it_needs(text: str, found: list[tuple[str, ItemStatus]]) -> None:
    """Keys, checkboxes and whole items stay."""
    assert [(item.id, item.status) for item in items(text)] == found


def test_a_heading_with_a_key_and_fields_is_an_item() -> None:
    """Its list only has fields of it."""
    text = "### AI-1: Reject\n\n- **Owner**: pay\n- **Due**: 2026-12-30\n- **Test**: required\n\n### More\n\n- Count\n"
    first, second = items(text)
    assert (first.id, first.text, first.owner, first.due, first.test.need) == (
        "AI-1",
        "Reject",
        "pay",
        "2026-12-30",
        Need.REQUIRED,
    )
    assert second.text == "Count"


def test_a_dropped_item_tells_why() -> None:
    """The status as written, or that it is struck out."""
    table = (
        "| Action | Status | Test |\n|---|---|---|\n| a | Won't do: too costly | required |\n| ~~b~~ | | required |\n"
    )
    assert [(item.status, item.status_text) for item in items(table)] == [
        (ItemStatus.DROPPED, "Won't do: too costly"),
        (ItemStatus.DROPPED, "struck out"),
    ]
    struck = only("- ~~AI-1: Reject [test required]~~\n")
    assert (struck.id, struck.text, struck.status, struck.status_text) == (
        "AI-1",
        "Reject",
        ItemStatus.DROPPED,
        "struck out",
    )


def test_either_of_two_columns_may_ask() -> None:
    """The stricter of the two counts."""
    table = "| Action | Unit test | Regression test |\n|---|---|---|\n| a | no | required |\n| b | yes | no |\n"
    assert [item.test.need for item in items(table)] == [Need.REQUIRED, Need.REQUIRED]
