"""What became of an action item, out of a cell, a heading or the text itself."""

from __future__ import annotations

import pytest

from pytest_postmortem.model.postmortem import ItemStatus
from pytest_postmortem.reading.vocabulary.default import DEFAULT
from pytest_postmortem.reading.vocabulary.statuses import StatusWords
from tests.reading.texts import items, only

WORDS = StatusWords(DEFAULT)
OPEN, DONE, DROPPED, UNKNOWN = ItemStatus.OPEN, ItemStatus.DONE, ItemStatus.DROPPED, ItemStatus.UNKNOWN


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        *(
            (cell, DONE)
            for cell in ("done", "DONE", "**Done**", "Done (merged 2026-04-28)", "landed 2026-05-29 (4f2c1ab)")
        ),
        *(
            (cell, DONE)
            for cell in ("✅ Complete (PR #1098)", "✅", "☑", "✔️", "🟢", "[x]", "[X]", "x", "`[x]`", "完了")
        ),
        *(
            (cell, DONE)
            for cell in ("Merged", "Applied", "Shipped in v2", "yes", "Completed: 4f2c1ab", "対応済み", "已完成")
        ),
        *(
            (cell, DONE)
            for cell in ("PR merged", "Alert deployed", "erledigt", "완료됨", "[Done](http://x/1)", "Fixed!")
        ),
        *(
            (cell, OPEN)
            for cell in ("TODO", "Open", "Pending", "In progress", "in-progress", "WIP", "Not started", "no")
        ),
        *(
            (cell, OPEN)
            for cell in ("Filed; awaiting triage", "Blocked on #257", "Open discussion", "Not done", "未着手")
        ),
        *(
            (cell, OPEN)
            for cell in ("[ ]", "[]", "`[ ]`", "🚧", "⏳", "🔜 soon it is", "進行中", "预定 进行中", "Reopened")
        ),
        *((cell, OPEN) for cell in ("not yet done", "Open (was done before)", "partially done", "en cours", "대기")),
        *(
            (cell, DROPPED)
            for cell in ("Not pursued", "won't do", "Won’t fix", "wontfix", "not planned", "Rejected: cost")
        ),
        *((cell, DROPPED) for cell in ("Closed — `not_planned`", "Closed as duplicate", "No longer needed", "見送り")),
        *((cell, DROPPED) for cell in ("Cancelled", "not applicable", "❌ Dropped 2026-02-01", "取消")),
        *((cell, UNKNOWN) for cell in ("", "-", "—", "Deferred", "high", "payments", "?", "2026-03-01")),
        *((cell, UNKNOWN) for cell in ("to be merged", "will be done", "Until it is fixed")),
        *(
            (cell, DROPPED)
            for cell in ("~~open~~ won't do", "<del>open</del> dropped", "Open → won't do", "Closed (won't fix)")
        ),
        *(
            (cell, DROPPED)
            for cell in ("Won't do: replaced by AI-7", "dropped - too costly", "Won't do (the vendor left)")
        ),
        *((cell, UNKNOWN) for cell in ("Not planned for Q1, planned for Q2", "not cancelled", "Will be abandoned")),
        *((cell, UNKNOWN) for cell in ("dropped from sprint 12", "not needed until Q3", "Won't do (until Q3)")),
        *(
            (cell, OPEN)
            for cell in ("~~Won't do~~ open", "Won't do → open", "<s>dropped</s> open", "Rejected -> reopened")
        ),
    ],
)
def test_the_status_of_a_cell(cell: str, status: ItemStatus) -> None:
    """By its words and signs; unknown where it says nothing known, and where what it says is not so yet."""
    assert WORDS.read_cell(cell) is status
    assert WORDS.read_cell(cell) is status  # a cell seen before is remembered
    if "|" not in cell:
        assert only(f"| Action | Status |\n|---|---|\n| Bound the queue | {cell} |\n").status is status


@pytest.mark.parametrize(
    ("title", "status"),
    [
        ("Completed ✅", DONE),
        ("Immediate (Completed)", DONE),
        ("Done", DONE),
        ("Completed actions", DONE),
        ("Immediate — done", DONE),
        ("Completed during the incident", DONE),
        ("Applied", DONE),
        ("✔ Short-term", DONE),
        ("Short-term (To Do)", OPEN),
        ("In progress", OPEN),
        ("Open action items", OPEN),
        ("Outstanding", OPEN),
        ("Remaining work", OPEN),
        ("Rejected", DROPPED),
        ("Won't do", DROPPED),
        ("Short-term", UNKNOWN),
        ("Action items", UNKNOWN),
        ("What was done well", UNKNOWN),
        ("Future", UNKNOWN),
    ],
)
def test_a_heading_tells_the_status_of_what_is_under_it(title: str, status: ItemStatus) -> None:
    """One of its parts is a word for it, alone or with "actions"."""
    assert WORDS.read_heading(title) is status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        *((text, DONE) for text in ("✅ Bound the queue", "**✅** Bound the queue", "Bound the queue ✅", "🎉 Bound it")),
        *((text, DONE) for text in ("Bound the queue (DONE)", "Bound the queue (Done!)", "Bound the queue (done in #12)")),
        *((text, DONE) for text in ("Bound the queue **(Done during this incident)**", "Bound the queue _done in grafana_")),
        *((text, DONE) for text in ("Bound the queue (completed: 72f0f55)", "Bound the queue (merged 2026-03-01).")),
        *((text, DONE) for text in ("Bound the queue - done", "Bound the queue. Done.", "Bound the queue: **done**")),
        *((text, DONE) for text in ("DONE: bound the queue", "[DONE] bound the queue", "**Done** - bound the queue")),
        *((text, DONE) for text in ("Already added the bound", "キューに上限を付ける（完了）", "キューに上限を付ける（完了しました）", "キューに上限を付ける（実施済み、#12）")),
        *((text, DONE) for text in ("Bound the queue (fixed 4f2c1ab9)", "Bound the queue [merged]", "Done (by Ed): bound it")),
        *((text, OPEN) for text in ("🚧 Bound the queue", "⬜ Bound the queue", "Bound the queue (in progress)")),
        *((text, OPEN) for text in ("TODO: bound the queue", "Bound the queue - pending", "Bound the queue (not started)")),
        *((text, OPEN) for text in ("Work on the bound is in progress here", "Bound the queue; work in progress now, and more")),
        *((text, OPEN) for text in ("キューに上限を付ける（未着手）",)),
        *((text, DROPPED) for text in ("Bound the queue (won't do)", "Rejected: bound the queue", "Bound the queue - not planned")),
        *((text, DROPPED) for text in ("Bound the queue (dropped, the queue is gone)",)),
        *((text, UNKNOWN) for text in ("Bound the queue", "Open a ticket for the queue", "Live with the queue as it is")),
        *((text, UNKNOWN) for text in ("Bound the queue (see the notes)", "Already known to the vendor, tell them")),
        *((text, UNKNOWN) for text in ("Bound the queue (done badly before)", "Merged queues: bound them", "")),
        *((text, UNKNOWN) for text in ("Show progress of the queue", "Make sure that nothing is done twice.", "Use https://done.example")),
    ],
)  # fmt: skip
def test_the_status_that_a_text_tells(text: str, status: ItemStatus) -> None:
    """A sign in front, a word in brackets or emphasis or behind a dash at its end, "DONE:" at its start."""
    assert WORDS.read_text(text) is status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("- [ ] Bound the queue", OPEN),
        ("- [x] Bound the queue", DONE),
        ("- [X] Bound the queue", DONE),
        ("- [] Bound the queue", OPEN),
        ("- [~] Bound the queue", OPEN),
        ("- [/] Bound the queue", OPEN),
        ("- [-] Bound the queue", DROPPED),
        ("- [n/a] Bound the queue", DROPPED),
        ("- [✓] Bound the queue", DONE),
        ("- `[ ]` Bound the queue", OPEN),
        ("- ☐ Bound the queue", OPEN),
        ("- ☑ Bound the queue", DONE),
        ("- ☒ Bound the queue", DONE),
        ("- ⬜ Bound the queue", OPEN),
        ("- ✅ Bound the queue", DONE),
        ("1. [x] Bound the queue", DONE),
        ("- [ ] Bound the queue (in progress)", OPEN),
        ("- [ ] Bound the queue (done)", OPEN),
        ("- [x] Bound the queue (won't do)", DROPPED),
        ("- [ ] Bound the queue — not planned", DROPPED),
        ("- Bound the queue (done)", DONE),
        ("- Bound the queue", UNKNOWN),
    ],
)
def test_a_checkbox_tells_the_status(text: str, status: ItemStatus) -> None:
    """Before the words of the text, unless they say that the item was dropped."""
    assert only(text + "\n").status is status


def test_the_status_of_the_heading_holds_for_items_that_tell_none() -> None:
    """Down to the sub-headings; a heading with its own status takes over; a box or a word in the item comes first."""
    text = """## Immediate (Completed)

- a
- [ ] b
- c (won't do)

### Process

- d

### Later (to do)

- e

## Short-term

- f
"""
    found = items(text, "# Queue overflow\n\n# Action items\n\n")
    assert [item.status for item in found] == [DONE, OPEN, DROPPED, DONE, OPEN, UNKNOWN]


def test_the_status_of_the_document_says_nothing_of_its_items() -> None:
    """Never guessed from it."""
    assert only("- Bound the queue\n", "---\nstatus: Resolved\n---\n# Done\n\n## Action items\n\n").status is UNKNOWN


@pytest.mark.parametrize(
    ("dues", "statuses", "told"),
    [
        (["landed 2026-05-29", "v2.7"], [DONE, OPEN], [None, "v2.7"]),
        (["next", "2026-03-01"], [OPEN, UNKNOWN], ["next", "2026-03-01"]),
        (["2026-03-01", "2026-03-02"], [UNKNOWN, UNKNOWN], ["2026-03-01", "2026-03-02"]),
        (["in progress", "-"], [OPEN, UNKNOWN], ["in progress", None]),
    ],
)
def test_a_due_column_may_tell_the_status(dues: list[str], statuses: list[ItemStatus], told: list[str | None]) -> None:
    """Where there is no status column: "landed ..." is done, and its neighbours then are not."""
    rows = "".join(f"| Bound the queue | {due} |\n" for due in dues)
    found = items("| Action | Due |\n|---|---|\n" + rows)
    assert [item.status for item in found] == statuses
    assert [item.due for item in found] == told
    beside = items("| Action | Due | Status |\n|---|---|---|\n" + rows.replace(" |\n", " | |\n"))
    assert [item.due for item in beside] == dues[:1] + ([None] if dues[1] == "-" else dues[1:])


def test_a_box_in_the_action_cell_tells_the_status() -> None:
    """And is no part of the text; the status column comes first."""
    found = items(
        "| Action | Status |\n|---|---|\n| [x] Bound it | |\n| [ ] Bound it | |\n| [x] Bound it | open |\n| Bound it (done) | |\n"
    )
    assert [(item.status, item.text) for item in found] == [
        (DONE, "Bound it"), (OPEN, "Bound it"), (OPEN, "Bound it"), (DONE, "Bound it (done)"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ("—", ItemStatus.DROPPED),
        ("**—**", ItemStatus.DROPPED),
        ("— see #12", ItemStatus.UNKNOWN),
        ("in prod", ItemStatus.DONE),
        ("In-Prod (2026-03-01)", ItemStatus.DONE),
        ("in prods", ItemStatus.UNKNOWN),
        ("since March in prod", ItemStatus.DONE),
        ("not in prod", ItemStatus.UNKNOWN),
    ],
)
def test_words_of_a_team_stand_for_themselves(cell: str, status: ItemStatus) -> None:
    """Of a phrase all words are needed, whole; a sign counts where it is all there is."""
    words = StatusWords(DEFAULT.extend({"status-dropped": ["—"], "status-done": ["in prod"]}))
    assert words.read_cell(cell) is status


@pytest.mark.parametrize(
    ("text", "owner", "status"),
    [
        ("Bound it — @anna — done", "@anna", DONE),
        ("Bound it - @anna - in progress", "@anna", OPEN),
        ("Bound it — done", None, DONE),
        ("Bound it — @anna", "@anna", UNKNOWN),
        ("Bound it — @anna — soon", None, UNKNOWN),
    ],
)
def test_a_state_behind_the_owner(text: str, owner: str | None, status: ItemStatus) -> None:
    """Each behind a dash of its own."""
    found = only(f"- {text}\n")
    assert (found.owner, found.status) == (owner, status)


def test_a_due_date_that_is_struck_out_is_past_history() -> None:
    """The next one counts, or none."""
    table = "| Action | Due |\n|---|---|\n| Bound it | {} |\n"
    assert only(table.format("~~2026-03-01~~ 2027-03-01")).due == "2027-03-01"
    assert only(table.format("~~2026-03-01~~")).due is None


@pytest.mark.parametrize(
    "cell",
    [
        *("nicht erledigt", "noch nicht fertig", "teilweise erledigt", "muss erledigt werden", "wird abgeschlossen"),
        *("pas terminé", "pas encore fait", "no completado", "aún no hecho", "não feito", "ainda não concluído"),
        *(
            "non completato",
            "niet afgerond",
            "inte klart",
            "nie zrobione",
            "не выполнено",
            "belum selesai",
            "chưa hoàn thành",
        ),
    ],
)
def test_what_is_not_done_is_not_done(cell: str) -> None:
    """A negation, in any language of the vocabulary."""
    assert StatusWords(DEFAULT).read_cell(cell) is not ItemStatus.DONE
