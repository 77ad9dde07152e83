"""The explicit test requirement: what a `Test` column, a bracketed flag or `test:` says."""

from __future__ import annotations

from datetime import date

import pytest

from pytest_postmortem.model.postmortem import Need, TestRequirement
from pytest_postmortem.reading.vocabulary.default import DEFAULT
from pytest_postmortem.reading.vocabulary.requirement.combining import Unreadable
from pytest_postmortem.reading.vocabulary.requirement.test_words import TestWords
from tests.reading.texts import ITEMS, items, only, read, told

WORDS = TestWords(DEFAULT)
REQUIRED, NOT_REQUIRED, WAIVED = Need.REQUIRED, Need.NOT_REQUIRED, Need.WAIVED
DAY = date(2026, 12, 1)
FORMS = "write `required`, `no`, `waived until 2026-12-01: reason` or a pytest node id"
TABLE = "| Action | Test |\n|---|---|\n| Bound the queue | {} |\n"


def of_cell(cell: str) -> TestRequirement:
    return only(TABLE.format(cell)).test


@pytest.mark.parametrize("column", ["Test", "Test required", "test?", "**Test required**", "Regression test", "テスト"])
def test_a_column_holds_the_requirement(column: str) -> None:
    """Under each of its names."""
    assert only(f"| Action | {column} |\n|---|---|\n| Bound the queue | yes |\n").test.need is REQUIRED


@pytest.mark.parametrize(
    "cell",
    [
        *("required", "Required", "**required**", "`required`", "required.", "yes", "Y", "✓", "✔", "✔️", "✅", "☑"),
        *(
            "✅ required",
            "yes ✓",
            "true",
            "must",
            "mandatory",
            "needed",
            "必須",
            "はい",
            "필수",
            "ja",
            "oui",
            "sí",
            "sim",
        ),
        *("ＹＥＳ", "~~~required~~~"),
    ],
)
def test_a_cell_requires_a_test(cell: str) -> None:
    """In words, signs and languages."""
    assert of_cell(cell) == TestRequirement(REQUIRED, stated=True)


@pytest.mark.parametrize(
    "cell",
    [
        *("no", "No.", "-", "—", "–", "n", "false", "none", "n/a", "✗", "❌", "not required", "No test", "optional"),
        *("❌ no", "不要", "いいえ", "아니오", "nein", "non", "não", "**no**"),
    ],
)
def test_a_cell_requires_none(cell: str) -> None:
    """In words, signs and languages; the document states it."""
    assert of_cell(cell) == TestRequirement(NOT_REQUIRED, stated=True)


@pytest.mark.parametrize("cell", ["", " ", "**", "``"])
def test_an_empty_cell_says_nothing(cell: str) -> None:
    """No test is required, and the document does not state so."""
    assert of_cell(cell) == TestRequirement(NOT_REQUIRED, stated=False)


def test_of_a_cell_and_a_flag_in_the_text_the_stricter_counts() -> None:
    table = "| Action | Test |\n|---|---|\n| Bound it [test required] | {} |\n"
    assert only(table.format("")).test.need is REQUIRED
    assert only(table.format("no")).test.need is REQUIRED
    assert only("| Action | Test |\n|---|---|\n| Bound it [no test] | required |\n").test.need is REQUIRED
    assert only("| Action | Test |\n|---|---|\n| Bound it [no test] | - |\n").test.need is NOT_REQUIRED


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("waived until 2026-12-01: vendor code", "vendor code"),
        ("Waived until 2026-12-01 - vendor code", "vendor code"),
        ("waived till 2026-12-01, vendor code", "vendor code"),
        ("waived until 2026-12-01 – vendor code", "vendor code"),
        ("waived until 2026-12-01 vendor code", "vendor code"),
        ("waived until 2026-12-01 (vendor code)", "vendor code"),
        ("waived until 2026-12-01: vendor (see #12)", "vendor (see #12)"),
        ("waived 2026-12-01：vendor code", "vendor code"),
        ("waived through 2026-12-01; vendor: code", "vendor: code"),
        ("**waived until 2026-12-01: vendor code**", "vendor code"),
        ("waived until `2026-12-01`: vendor code", "vendor code"),
        ("waived  until 2026-12-01: vendor   code", "vendor code"),
        ("waived until  2026-12-01: vendor code", "vendor code"),
    ],
)
def test_a_waiver_has_an_end_date_and_a_reason(value: str, reason: str) -> None:
    """In a cell, in a flag, and as `test:` in front matter."""
    for test in (
        of_cell(value),
        only(f"- Bound the queue [test {value.strip('*')}]\n").test,
        items("", f"---\naction_items:\n- action: Bound the queue\n  test: '{value}'\n---\n")[0].test,
    ):
        assert test.need is WAIVED
        assert test.waiver is not None
        assert (test.waiver.until, test.waiver.reason, test.stated) == (DAY, reason, True)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("waived", "the waiver has no end date"),
        ("waived until", "the waiver has no end date"),
        ("waived until further notice", "the waiver has no end date"),
        ("waived until 1 December 2026: vendor", "the waiver has no end date"),
        ("waived until 2026-12: vendor", "the waiver has no end date"),
        ("waived until 2026-12-1: vendor", "the waiver has no end date"),
        ("waived until 2026-02-30: vendor", "the waiver's end date 2026-02-30 does not exist"),
        ("waived until 2026-13-45: vendor", "the waiver's end date 2026-13-45 does not exist"),
        ("waived until 0000-00-00: vendor", "the waiver's end date 0000-00-00 does not exist"),
        ("waived until 2026-12-01", "the waiver has no reason"),
        ("waived until 2026-12-01:  ", "the waiver has no reason"),
        ("waived until 2026-12-01 ()", "the waiver has no reason"),
    ],
)
def test_a_waiver_that_lacks_something_is_a_fault_everywhere(value: str, problem: str) -> None:
    """In a default folder too, as nobody else means anything by it; the item then has no waiver."""
    for text in (TABLE.format(value), f"- Bound the queue\n- Bound it [test {value}]\n\n"):
        for configured in (True, False):
            found = read(ITEMS + text, configured=configured)
            line = 7 if "|" in text else 6
            assert told(found) == [f"pm/queue-overflow.md:{line}: {problem}; write `waived until 2026-12-01: reason`"]
            assert found.action_items[-1].test.need is NOT_REQUIRED
            assert found.hints == ()


@pytest.mark.parametrize(
    ("told_as", "problem"),
    [
        ("{waived_until: soon, reason: x}", "the waiver's end date 'soon' is no date"),
        ("{waived_until: 2026-02-30, reason: x}", "the waiver's end date 2026-02-30 does not exist"),
        ("{waived_until: [2026-12-01], reason: x}", "the waiver's end date '' is no date"),
        ("{waived_until: 2026-12-01}", "the waiver has no reason"),
        ("{waived_until: 2026-12-01, reason: tbd}", "the waiver has no reason"),
        ("{waived_until: 2026-12-01, reason: x, who: y}", "the keys reason, waived_until, who say nothing known"),
        ("{reason: x}", "the keys reason say nothing known about a test"),
        ("{required: yes}", "the keys required say nothing known about a test"),
        ("perhaps", "'perhaps' says nothing known about a test"),
        ("[required, perhaps]", "'required, perhaps' says nothing known about a test"),
        ("tests/x", "'tests/x' says nothing known about a test"),
        ("waived", "the waiver has no end date"),
    ],
)
def test_an_unknown_test_in_front_matter_is_a_fault_everywhere(told_as: str, problem: str) -> None:
    """In a default folder too, as this form is our own."""
    found = read(f"---\naction_items:\n- action: a\n- action: b\n  test: {told_as}\n---\n# Queue overflow\n")
    (fault,) = found.faults
    assert fault.problem.startswith(problem)
    assert fault.line == 5
    assert fault.hint.startswith("write `test: required`, `test: no`, `test: {waived_until: 2026-12-01, reason: ...}`")
    assert [item.test for item in found.action_items] == [TestRequirement()] * 2


@pytest.mark.parametrize(
    ("told_as", "test"),
    [
        ("required", TestRequirement(REQUIRED, stated=True)),
        ("true", TestRequirement(REQUIRED, stated=True)),
        ("no", TestRequirement(NOT_REQUIRED, stated=True)),
        ("tests/x.py::test_a", TestRequirement(REQUIRED, node_ids=("tests/x.py::test_a",), stated=True)),
        ("[a.py::b, 'c.py::d[e, f]']", TestRequirement(REQUIRED, node_ids=("a.py::b", "c.py::d[e, f]"), stated=True)),
        ("[required]", TestRequirement(REQUIRED, stated=True)),
        ("", TestRequirement()),
        ("[]", TestRequirement()),
        ("''", TestRequirement()),
    ],
)
def test_front_matter_says_it_as_test(told_as: str, test: TestRequirement) -> None:
    """In the words of a cell, as a list too."""
    assert items("", f"---\naction_items:\n- action: a\n  test: {told_as}\n---\n")[0].test == test
    waived = items(
        "", "---\naction_items:\n- {action: a, test: {Waived-Until: 2026-12-01, reason: vendor  code}}\n---\n"
    )
    assert waived[0].test.waiver is not None
    assert waived[0].test.waiver.reason == "vendor code"


@pytest.mark.parametrize(
    ("text", "need", "rest"),
    [
        ("Bound it [test required]", REQUIRED, "Bound it"),
        ("Bound it [Test Required].", REQUIRED, "Bound it ."),
        ("[TEST REQUIRED] Bound it", REQUIRED, "Bound it"),
        ("Bound **[test required]** it", REQUIRED, "Bound it"),
        ("Bound it `[test required]`", REQUIRED, "Bound it"),
        ("Bound it [test required](http://x)", REQUIRED, "Bound it"),
        ("Bound it [test required][ref]", REQUIRED, "Bound it"),
        ("Bound it [test required][^1]", REQUIRED, "Bound it"),
        ("Bound it ［test required］", REQUIRED, "Bound it"),
        ("Bound it 【ｔｅｓｔ required】", REQUIRED, "Bound it"),
        ("Bound it [test_required]", REQUIRED, "Bound it"),
        ("Bound it [Test-Required]", REQUIRED, "Bound it"),
        ("Bound it [regression test required]", REQUIRED, "Bound it"),
        ("Bound it [needs a test]", REQUIRED, "Bound it"),
        ("Bound it [test = required]", REQUIRED, "Bound it"),
        ("Bound it ~~[no test]~~ [test required]", REQUIRED, "Bound it"),
        ("Bound __[test required]__ it", REQUIRED, "Bound it"),
        ("**Bound it** [test required]", REQUIRED, "**Bound it**"),
        ("Bound it (test required)", REQUIRED, "Bound it"),
        ("Bound it **(test required)**", REQUIRED, "Bound it"),
        ("Bound it [tests required]", REQUIRED, "Bound it"),
        ("Bound it [test-required]", REQUIRED, "Bound it"),
        ("Bound it [test: required]", REQUIRED, "Bound it"),
        ("Bound it [test: yes]", REQUIRED, "Bound it"),
        ("Bound it (test: yes)", REQUIRED, "Bound it"),
        ("Bound it [ test  required ]", REQUIRED, "Bound it"),
        ("Bound it [test ✓]", REQUIRED, "Bound it"),
        ("Bound it [no test]", NOT_REQUIRED, "Bound it"),
        ("Bound it [no test required]", NOT_REQUIRED, "Bound it"),
        ("Bound it (no test needed)", NOT_REQUIRED, "Bound it"),
        ("Bound it [test not required]", NOT_REQUIRED, "Bound it"),
        ("Bound it [test: no]", NOT_REQUIRED, "Bound it"),
        ("Bound it [tests](http://x) (test required)", REQUIRED, "Bound it [tests](http://x)"),
        ("Bound it (tests that fail) [test required]", REQUIRED, "Bound it (tests that fail)"),
    ],
)
def test_a_flag_in_a_list_item(text: str, need: Need, rest: str) -> None:
    """In square or round brackets, in bold or code too; the text is told without it."""
    item = only(f"- {text}\n")
    assert item.test == TestRequirement(need, stated=True)
    assert item.text == rest


@pytest.mark.parametrize(
    "text",
    [
        "Add a regression test",
        "Test required before the release",
        "Bound it [test]",
        "Bound it (test)",
        "Bound it (test the queue)",
        "Bound it [tests/queue]",
        "Bound it [test plan]",
        "Bound it (tests: they are slow)",
        "Bound it (test: )",
        "Bound it [no tests exist for it]",
        "Bound it [latest required]",
        "Bound it [contest required]",
        "Bound `[test required]` it",
        "Bound it ~~[test required]~~",
        "Bound it <del>[test required]</del> soon",
        "Bound it (test required for all queues)",
        "Bound it (test waived)",
        "Bound it (test: perhaps)",
        "The test is required",
    ],
)
def test_a_text_that_only_talks_of_tests_says_nothing(text: str) -> None:
    """Nothing is judged by it, and it stays as it is; that it speaks of a test is kept for a hint."""
    item = only(f"- {text}\n")
    assert item.test == TestRequirement()
    assert item.text == text
    assert item.mentions_test == (text != "Bound it [latest required]" and text != "Bound it [contest required]")


@pytest.mark.parametrize(
    ("flag", "problem"),
    [
        ("[test required soon]", "[test required soon] says nothing known about a test"),
        ("[test required: soon]", "[test required: soon] says nothing known about a test"),
        ("[test requires a queue]", "[test requires a queue] says nothing known about a test"),
        ("[test: requird]", "'requird' says nothing known about a test"),
        ("[test:]", "'?' says nothing known about a test"),
        ("[test: tests/x.py::test_a, soon]", "'tests/x.py::test_a, soon' is not a pytest node id"),
        ("[test: tests/x.py::test_a[b]", "has no closing bracket"),
        ("[test: tests/x.py::test_a", "has no closing bracket"),
        ("[test waived: vendor code]", "[test waived: vendor code] says nothing known about a test"),
    ],
)
@pytest.mark.parametrize("configured", [True, False])
def test_a_flag_that_cannot_be_understood_is_a_fault(flag: str, problem: str, configured: bool) -> None:
    """In every folder: only a `Test` column may be meant for somebody else."""
    found = read(f"{ITEMS}- Bound the queue\n- Bound it {flag}\n", configured=configured)
    (fault,) = found.faults
    assert (fault.origin, fault.line) == ("pm/queue-overflow.md", 6)
    assert problem in fault.problem
    assert fault.hint


def test_an_unknown_value_of_a_test_column_is_a_fault_only_where_the_user_named_the_source() -> None:
    """In a default folder it is a hint, as foreign tables have such columns too."""
    text = ITEMS + TABLE.format("unit")
    assert told(read(text, configured=True)) == [
        f"pm/queue-overflow.md:7: 'unit' says nothing known about a test; {FORMS}"
    ]
    found = read(text)
    assert found.faults == ()
    assert [(one.origin, one.line, one.text) for one in found.hints] == [
        ("pm/queue-overflow.md", 7, f"'unit' says nothing known about a test; {FORMS}")
    ]
    long = read(ITEMS + TABLE.format("x" * 100)).hints[0].text
    assert long.startswith("'" + "x" * 59 + "…' says")


@pytest.mark.parametrize(
    ("value", "node_ids"),
    [
        ("tests/test_queue.py::test_rejects", ["tests/test_queue.py::test_rejects"]),
        ("`tests/test_queue.py::test_rejects`", ["tests/test_queue.py::test_rejects"]),
        ("**tests/test_queue.py::test_rejects**", ["tests/test_queue.py::test_rejects"]),
        (r"tests/test\_queue.py::test\_rejects", ["tests/test_queue.py::test_rejects"]),
        ("tests/test_queue.py", ["tests/test_queue.py"]),
        ("test_queue.py::TestQueue", ["test_queue.py::TestQueue"]),
        ("test_queue.py::TestQueue::test_rejects", ["test_queue.py::TestQueue::test_rejects"]),
        ("a.py::t[1-2]", ["a.py::t[1-2]"]),
        ("a.py::t[a b, c]", ["a.py::t[a b, c]"]),
        ("a.py::t[a[0]]", ["a.py::t[a[0]]"]),
        ("a.py::t[[]]", ["a.py::t[[]]"]),
        ("a.py::t[x::y.py]", ["a.py::t[x::y.py]"]),
        (r"a.py::t\[1\]", ["a.py::t[1]"]),
        ("a.py::t, b.py::u", ["a.py::t", "b.py::u"]),
        (
            "a.py::t; b.py::u c.py::v and d.py::w & e.py::x",
            [f"{a}.py::{b}" for a, b in zip("abcde", "tuvwx", strict=True)],
        ),
        ("`a.py::t`, `b.py::u`", ["a.py::t", "b.py::u"]),
        ("a.py::t[1], b.py::u[2]", ["a.py::t[1]", "b.py::u[2]"]),
        ("`a.py::t[1]` `b.py::u[2]`", ["a.py::t[1]", "b.py::u[2]"]),
        ("a.py::t[1] b.py::u", ["a.py::t[1]", "b.py::u"]),
        ("a.py::t[1] and b.py::u[2]", ["a.py::t[1]", "b.py::u[2]"]),
        ("a.py::t, a.py::t", ["a.py::t"]),
        ("試験/a.py::試験", ["試験/a.py::試験"]),
    ],
)
def test_node_ids_require_their_tests(value: str, node_ids: list[str]) -> None:
    """One or more in a cell, in a flag, and as `test:`; an id ends at its last bracket."""
    expected = TestRequirement(REQUIRED, node_ids=tuple(node_ids), stated=True)
    assert of_cell(value) == expected
    assert only(f"- Bound it [test: {value}]\n").test == expected
    assert items("", f"---\naction_items:\n- action: a\n  test: '{value}'\n---\n")[0].test == expected


def test_node_ids_in_a_cell_may_stand_under_each_other() -> None:
    """Parted by `<br>`; a pipe in a parameter is escaped as Markdown demands."""
    assert of_cell("a.py::t<br>b.py::u[1]<br/>c.py::v").node_ids == ("a.py::t", "b.py::u[1]", "c.py::v")
    assert of_cell(r"`a.py::t[x\|y]`").node_ids == ("a.py::t[x|y]",)


def test_a_parameter_may_hold_a_bracket_that_is_not_closed() -> None:
    """The id ends at the last bracket before the one that ends the flag."""
    assert only("- Bound it [test: a.py::t[x[y]]\n").test.node_ids == ("a.py::t[x[y]",)
    assert of_cell("a.py::t[x[y]").node_ids == ("a.py::t[x[y]",)


@pytest.mark.parametrize(
    ("cell", "problem", "hint"),
    [
        ("a.py::t[1", "the node id 'a.py::t[1' has no closing bracket", "close it with ]"),
        (
            "a.py::t and more",
            "'a.py::t and more' is not a pytest node id",
            "write it as `tests/test_queue.py::test_rejects`",
        ),
        (
            "a.py::t, a.pyc",
            "'a.py::t, a.pyc' is not a pytest node id",
            "write it as `tests/test_queue.py::test_rejects`",
        ),
        ("a.py::t[1]x", "'a.py::t[1]x' is not a pytest node id", "write it as `tests/test_queue.py::test_rejects`"),
    ],
)
def test_a_broken_node_id_is_a_fault_everywhere(cell: str, problem: str, hint: str) -> None:
    """In a default folder too, once something is a node id beyond doubt."""
    for configured in (True, False):
        found = read(ITEMS + TABLE.format(cell), configured=configured)
        assert told(found) == [f"pm/queue-overflow.md:7: {problem}; {hint}"]


def test_a_value_that_names_a_file_of_tests_is_meant_for_us() -> None:
    """An error everywhere."""
    for configured in (True, False):
        (fault,) = read(ITEMS + TABLE.format("see a.py"), configured=configured).faults
        assert "'see a.py' is not a pytest node id" in str(fault)


@pytest.mark.parametrize(
    ("cell", "node_ids"),
    [
        ("tests/api/test_x.yaml::one", ("tests/api/test_x.yaml::one",)),
        ("[test_rejects](tests/test_q.py)", ("tests/test_q.py::test_rejects",)),
        ("[tests/test_q.py::test_a](../tests/test_q.py#L3)", ("tests/test_q.py::test_a",)),
        ("[the test](tests/test_q.py)", ("tests/test_q.py",)),
        ("<b>required</b>", ()),
        ("yes (unit)", ()),
        ("Required, see #12", ()),
        (":white_check_mark:", ()),
        ("[x]", ()),
        ("required[^2]", ()),
        ("~~no~~ required", ()),
    ],
)
def test_values_as_people_decorate_them(cell: str, node_ids: tuple[str, ...]) -> None:
    """Links, tags, remarks, shortcodes, footnotes."""
    assert of_cell(cell) == TestRequirement(REQUIRED, node_ids=node_ids, stated=True)


@pytest.mark.parametrize(
    "cell", ["TestQueue::test_rejects", "test_rejects", "required?? yes or no", "no, but required later"]
)
def test_a_value_that_answers_and_is_not_understood_is_an_error_everywhere(cell: str) -> None:
    """It is never only hinted at."""
    for configured in (True, False):
        assert len(read(ITEMS + TABLE.format(cell), configured=configured).faults) == 1


@pytest.mark.parametrize("cell", ["~~required~~", "~~yes~~ no", "<s>required</s>", "no (covered by AI-1)"])
def test_a_struck_out_value_asks_for_nothing(cell: str) -> None:
    """And a remark behind a "no" does not either."""
    assert of_cell(cell).need is NOT_REQUIRED


@pytest.mark.parametrize(
    "text",
    [
        "- Bound the queue [test required]\n  - [ ] write it\n  - [ ] deploy it\n",
        "- **Bound the queue** [test required]:\n  - [ ] write it\n",
        "- Bound the queue:\n  - details [test required]\n",
        "- [ ] Bound the queue\n\n  A paragraph. [test required]\n",
        "- Bound the queue\n\n  | A |\n  |---|\n  | b |\n\n  [test required]\n",
        "| Action | Owner |\n|---|---|\n| a | b |\n\n- Bound the queue [test required]\n",
        "- a\n\n## Prevention\n\n- Bound the queue [test required]\n",
        "- None of our retries is bounded [test required]\n",
        "- Nothing tells of it [test required]\n",
        "| Action | Test |\n|---|---|\n| None of our retries is bounded | required |\n",
        "| Action | Test |\n|---|---|\n| No actions are retried | required |\n",
        "- n/a [test required]\n",
        "- Bound it [no test plan] [test required]\n",
        "- a [1](u) (test 1) " + "(tests) " * 20 + "[test required]\n",
    ],
)
def test_an_explicit_requirement_is_never_lost(text: str) -> None:
    """Wherever in the item it stands, and whatever stands beside it."""
    found = read(ITEMS + text)
    assert [item.test.need for item in found.action_items].count(REQUIRED) == 1


def test_every_flag_of_an_item_counts() -> None:
    """Two flags with a node id each ask for both tests."""
    assert only("- Bound it [test: a.py::t] [test: b.py::u]\n").test.node_ids == ("a.py::t", "b.py::u")


def test_a_key_in_two_ways_of_writing_is_written_twice() -> None:
    """`test` and `Test` are one key, as is `id` and `ID`: the last may not win in silence."""
    text = "---\naction_items:\n- id: A-1\n  action: x\n  test: required\n  Test: no\n---\n# Queue overflow\n"
    found = read(text)
    assert [fault.line for fault in found.faults] == [6]
    assert [fault.line for fault in read("---\nid: PM-1\nID: PM-2\n---\n").faults] == [3]


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("Add a regression test", True),
        ("Test it", True),
        ("testing", True),
        ("Add E2E checks", True),
        ("回帰テストを追加", True),
        ("最新テスト", True),
        ("Use the latest queue", False),
        ("Protest against it", False),
        ("Bound the queue", False),
    ],
)
def test_a_text_that_speaks_of_a_test_is_known(text: str, mentions: bool) -> None:
    """Whatever the requirement says; "latest" is no test."""
    assert only(f"- {text}\n").mentions_test is mentions
    assert only(f"- Bound the queue\n  - {text}\n").mentions_test is mentions
    assert items("", f"---\naction_items:\n- {{action: {text}}}\n---\n")[0].mentions_test is mentions


def test_values_and_texts_can_be_read_alone() -> None:
    """`read_value` raises for what is unknown and `find_flag` finds no flag in plain text."""
    assert WORDS.read_value("required").need is REQUIRED
    with pytest.raises(Unreadable, match="'unit' says nothing known about a test"):
        WORDS.read_value("unit")
    assert WORDS.find_flag("Bound the queue") is None
    flag = WORDS.find_flag("Bound the queue [test required]")
    assert flag is not None
    assert flag.text == "Bound the queue"
