"""The terminal report: what it shows, and what it leaves out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_postmortem.judging.gate import decide
from pytest_postmortem.judging.report import Report
from pytest_postmortem.model.document import Skipped
from pytest_postmortem.model.incident import Incident
from pytest_postmortem.model.link import Result
from pytest_postmortem.model.postmortem import Hint, ItemStatus, Postmortem, RootCauseAnalysis, Waiver
from pytest_postmortem.model.state import Outcome, Policy
from pytest_postmortem.reporting.escaping import for_terminal
from pytest_postmortem.reporting.story import story
from pytest_postmortem.reporting.terminal import lines, summary
from tests.builders import item, postmortem, report, run, test
from tests.reporting.hostile import NUMBERS, PAYLOADS
from tests.reporting.test_escaping import obeyed, odd


def shown(made: Report, verbosity: int = 0, policy: Policy = Policy.LINKED) -> list[str]:
    decision = decide(made, policy)
    problems = summary(decision) if verbosity == -1 else ()  # as pytest prints them with -q
    return [line.text for line in (*problems, *lines(made, decision, verbosity=verbosity))]


GOOD = postmortem("PM-1", item(), severity="SEV1")
OPEN = postmortem("PM-2", item(), item("AI-2", "2026-12-31"), item("AI-3", "no"), date=None)
A = test("test_a", "PM-1/AI-1")


def test_what_is_quietly_fine_is_left_out() -> None:
    """A guarded post-mortem, and one that asks for no test; -v shows them, -q the verdict alone."""
    made = report([GOOD, postmortem("PM-3")], run([(A, Outcome.PASSED)]))
    verdict = "incidents: 2 post-mortems, 1 guarded; 1 of 1 required action item has a test; gate passed"
    assert shown(made) == [verdict]
    assert shown(made, -1) == [verdict]
    assert shown(made, 1) == [
        "PM-1 Title of PM-1 (SEV1, 2026-02-11, 1 test): guarded",
        "  AI-1 Do AI-1: guarded",
        "    tests/test_x.py::test_a passed",
        "PM-3 Title of PM-3 (2026-02-11, 0 tests): unguarded",
        verdict,
    ]


def test_what_is_not_fine_is_shown_with_what_to_do() -> None:
    """A row an item, with its state and its place or reason; below them what to do for each kind of problem."""
    assert shown(report([GOOD, OPEN], run([(A, Outcome.PASSED)]))) == [
        "missing  PM-2/AI-1  Do AI-1  docs/PM-2.md:10",
        "waived   PM-2/AI-2  Do AI-2  until 2026-12-31 (199 days left): vendor code",
        'missing: mark the test that guards it with @pytest.mark.incident("PM-2", action_item="AI-1"); '
        'give it a due date and set grace = "due" to allow it until then, or waive it: "waived until YYYY-MM-DD: reason" '
        'in the column Test, "[test waived until YYYY-MM-DD: reason]" in a list item. '
        "`postmortem scaffold-test PM-2` writes a failing test to begin with",
        "incidents: 2 post-mortems, 1 guarded; 1 of 2 required action items have a test (not judged: 1 waived); "
        "gate failed: 1 violation",
    ]


def test_what_is_outside_the_gate_says_so() -> None:
    """It is counted, its items that ask for a test are named; they are no violations; what has no date is inside."""
    assert not any("older than `since`" in line for line in shown(report([OPEN], since=date(2027, 1, 1))))
    old = report([postmortem("PM-4", item(), item("AI-2", "no"))], since=date(2027, 1, 1))
    assert shown(old) == [
        "outside the gate (older than `since`): 1 post-mortem (-v shows it)",
        "  PM-4/AI-1 Do AI-1: not judged, outside the gate: 2026-02-11 is before `since`",
        "incidents: 1 post-mortem, 0 guarded; 0 of 0 required action items have a test (not judged: 1 older); nothing to judge",
    ]
    said = shown(old, 1)
    assert said[0] == "PM-4 Title of PM-4 (2026-02-11, 0 tests, outside the gate, older than `since`): unguarded"
    assert said[-1] == shown(old)[-1]


def test_a_dropped_item_that_required_a_test_is_shown_with_its_reason() -> None:
    """As a waiver is; one that never asked for a test is not."""
    dropped = {"status": ItemStatus.DROPPED, "status_text": "Won't do: replaced by AI-1"}
    made = report([postmortem("PM-1", item(), item("AI-2", **dropped))], run([(A, Outcome.PASSED)]))
    assert shown(made) == [
        "dropped  PM-1/AI-2  Do AI-2  Won't do: replaced by AI-1",
        "incidents: 1 post-mortem, 1 guarded; 1 of 1 required action item has a test (not judged: 1 dropped); gate passed",
    ]
    silent = report([postmortem("PM-1", item(), item("AI-2", "no", **dropped))], run([(A, Outcome.PASSED)]))
    assert len(shown(silent)) == 1


def test_hints_gaps_notes_and_skipped_files_are_told() -> None:
    """Counted in one line each; -v lists them."""
    speaking = postmortem("PM-5", item("AI-1", "silent", mentions_test=True), item("AI-2", "no", mentions_test=True))
    the_run = run(narrowed=("only a was asked for",), notes=("lost in this run: gw0 (pytest-xdist)",))
    made = replace(
        report([speaking], the_run),
        hints=tuple(Hint("docs/a.md", line, "look") for line in range(1, 13)),
        skipped=(
            Skipped("docs/README.md", "template"),
            Skipped("docs/b.md", "template"),
            Skipped("docs/c", "symbolic link"),
        ),
    )
    quiet = shown(made)
    assert quiet[0].startswith("found 1 post-mortem (1 in docs) with 2 action items; no test is required yet")
    assert quiet[2] == "hint: 1 item speaks of tests but does not say [test required] (-v shows them)"
    assert quiet[3] == "hint: docs/a.md:1: look"
    assert quiet[13:] == [
        "hint: and 2 more (-v shows all)",
        "skipped: 3 files (1 symbolic link, 2 template)",
        "note: lost in this run: gw0 (pytest-xdist)",
        "partial: only a was asked for",
        "incidents: 1 post-mortem, 0 guarded; 0 of 0 required action items have a test; nothing to judge",
    ]
    loud = shown(made, 1)
    assert "  docs/PM-5.md:10: Do AI-1" in loud
    assert "hint: docs/a.md:12: look" in loud
    assert "  docs/c: symbolic link" in loud


def late(number: int, **fields: Any) -> Postmortem:
    """A post-mortem of late items that ask for no test."""
    ones = [
        item(f"AI-{place}", "no", due_date=date(2026, 6, 14), line=place, **fields) for place in range(1, number + 1)
    ]
    return postmortem("PM-1", *ones, date=date(2020, 1, 1))


def test_what_is_past_its_due_date_is_told_by_owner() -> None:
    """After the post-mortems and before the hints, with its place; older post-mortems are among them."""
    one = postmortem(
        "PM-1",
        item("AI-1", "no", due_date=date(2026, 6, 1), owner="payments", line=12),
        item("AI-2", "no", due_date=date(2026, 6, 14), line=13, text="Bound " * 20),
        item("AI-3", "no", due_date=date(2026, 6, 15), owner="payments"),
        date=date(2020, 1, 1),
    )
    two = postmortem("PM-2", item(due_date=date(2026, 5, 1), owner="ann"))
    made = replace(report([one, two], since=date(2026, 1, 1)), hints=(Hint("docs/a.md", 1, "look"),))
    quiet = shown(made)
    counted = "past their due date: 3 action items of 2 owners, 1 without an owner"
    start = quiet.index(f"{counted} (`postmortem list --overdue`)")
    assert quiet[start - 1] == "outside the gate (older than `since`): 1 post-mortem (-v shows it)"
    said = shown(made, 1)
    start = said.index(counted)
    assert said[start + 1 :] == [
        "  ann: PM-2/AI-1 Do AI-1 (due 2026-05-01, 45 days late) docs/PM-2.md:10",
        "  payments: PM-1/AI-1 Do AI-1 (due 2026-06-01, 14 days late) docs/PM-1.md:12",
        "  no owner: PM-1/AI-2 Bound Bound Bound Bound Bound Bound Bound Bound Bound Bound Bound B... "
        "(due 2026-06-14, 1 day late) docs/PM-1.md:13",
        "hint: docs/a.md:1: look",
        shown(made, -2)[0],
    ]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"owner": "ann"}, "past their due date: 2 action items of 1 owner"),
        ({}, "past their due date: 2 action items without an owner"),
    ],
)
def test_owners_are_counted_in_words(fields: dict[str, Any], told: str) -> None:
    """One is one, and nobody is nobody."""
    assert f"{told} (`postmortem list --overdue`)" in shown(report([late(2, **fields)]))


def test_quiet_tells_what_violates_the_gate() -> None:
    """A line each, up to ten; twice quiet the verdict alone."""
    said = shown(report([postmortem("PM-1", *(item(f"AI-{number}") for number in range(12)))]), -1)
    assert said[0] == "INCIDENT PM-1/AI-0 no test - docs/PM-1.md:10"
    assert said[10] == "INCIDENT and 2 more"
    assert len(said) == 12
    assert len(shown(report([postmortem("PM-1", item())]), -2)) == 1


def test_many_late_items_and_incidents_are_cut() -> None:
    """-v shows all, -q none."""
    register = [Incident(f"INC-{number}") for number in range(12)]
    made = report([late(12)], register=register)
    quiet, loud = shown(made), shown(made, 1)
    assert [sum(name in line for line in quiet) for name in ("PM-1/AI-", "INC-")] == [0, 10]
    assert quiet.count("  and 2 more (-v shows all)") == 1
    assert [sum(name in line for line in loud) for name in ("PM-1/AI-", "INC-")] == [12, 12]
    assert len(shown(made, -1)) == 1


def test_incidents_without_a_post_mortem_are_told() -> None:
    """Out of those of the register; where there are none, -v says that they were looked for."""
    register = [
        Incident("PM-1", origin="docs/incidents.yaml", line=2),
        Incident("INC-91", "Card service down", date(2026, 10, 2), "SEV1", "docs/incidents.yaml", 3),
        Incident("INC-92", origin="docs/incidents.yaml", line=9),
    ]
    assert shown(report([postmortem("PM-1")], register=register))[2:-1] == [
        "without a post-mortem: 2 of 3 incidents",
        "  INC-91 Card service down (SEV1, 2026-10-02) docs/incidents.yaml:3",
        "  INC-92 (no date) docs/incidents.yaml:9",
    ]
    all_written = report([postmortem("PM-1")], register=register[:1])
    assert len(shown(all_written)) == 3
    assert "without a post-mortem: 0 of 1 incident" in shown(all_written, 1)
    assert not any("without a post-mortem" in line for line in shown(report([postmortem("PM-1")]), 1))


@pytest.mark.parametrize("payload", PAYLOADS, ids=NUMBERS)
def test_what_is_to_be_followed_up_is_shown_and_not_obeyed(payload: str) -> None:
    """Owners, items, teams, titles and paths of any kind."""
    one = item(payload, "no", text=payload, owner=payload, due_date=date(2026, 6, 1))
    register = [Incident(payload, payload, None, payload, payload, 1)]
    made = report([postmortem("PM-1", one, origin=payload)], register=register)
    said = [line for verbosity in (0, 1) for line in shown(made, verbosity)]
    assert len(said) > 8
    assert not obeyed("\n".join(said))
    assert not any(odd(line) for line in said)


def test_many_tests_of_an_item_are_cut() -> None:
    """-v shows all."""
    pairs = [(test(f"test_{number}", "PM-1/AI-1"), Outcome.XFAILED) for number in range(9)]
    made = report([GOOD], run(pairs))
    assert sum("test_x.py::test_" in line for line in shown(made)) == 1
    assert sum("test_x.py::test_" in line for line in shown(made, 1)) == 9


def test_tests_of_the_incident_itself_are_shown() -> None:
    """Where they cover no item."""
    made = report([postmortem("PM-1")], run([(test("test_a", "PM-1"), Outcome.PASSED)]))
    assert "  tests/test_x.py::test_a passed" in shown(made, 1)


def test_the_verdict_line_tells_the_first_reason() -> None:
    """And how many more there are; a gate that is off says so; no post-mortem says where was looked."""
    made = report([postmortem("PM-1", item(), item("AI-2"))], run(lost="no worker spoke"))
    assert shown(made)[-1] == (
        "incidents: 1 post-mortem, 0 guarded; 0 of 2 required action items have a test; "
        "gate not judged: PM-1/AI-1 is unknown: no worker spoke (and 1 more); to make it count: "
        "--incident-gate=linked, or --incident-output=NAME.json and `postmortem check`"
    )
    assert (
        shown(made, policy=Policy.PROVEN)[-1].rpartition("; ")[2].startswith("to make it count: --incident-gate=proven")
    )
    off = "gate not judged: the gate is off; to make it count: --incident-gate=passed, "
    assert off in shown(made, policy=Policy.OFF)[-1]
    union = report([postmortem("PM-1", item())], run(lost="no worker spoke", union=True))
    assert shown(union)[-1].endswith("gate not judged: PM-1/AI-1 is unknown: no worker spoke")
    assert shown(report([]))[0] == (
        'no post-mortem found; looked at docs; `postmortem new "Title"` writes the first one, `sources` in '
        "[tool.pytest-postmortem] names another folder"
    )


def test_an_incident_that_needs_a_guard_itself_is_told() -> None:
    """At the head of the document; with a test it is quiet, with a waiver shown."""
    said = shown(report([postmortem("PM-1", severity="SEV1")], guard=("SEV1",)))
    assert said[0] == "missing  PM-1  the incident itself  docs/PM-1.md:1"
    assert said[1].startswith('missing: mark the test that guards it with @pytest.mark.incident("PM-1"); or waive')
    guarded = run([(test("test_a", "PM-1"), Outcome.PASSED)])
    assert len(shown(report([postmortem("PM-1", severity="SEV1")], guarded, guard=("SEV1",)))) == 1
    waived = postmortem("PM-1", severity="SEV1", guard_waiver=Waiver(date(2026, 12, 31), "vendor code"))
    assert shown(report([waived], guard=("all",))) == [
        "waived  PM-1  the incident itself  until 2026-12-31 (199 days left): vendor code",
        "incidents: 1 post-mortem, 0 guarded; 0 of 0 required action items have a test (not judged: 1 waived); "
        "nothing to judge",
    ]


def test_the_story_is_short() -> None:
    """What is not known is left out; a remote document has its address."""
    cause = RootCauseAnalysis("Root cause", "No bound. More.", 3)
    full = postmortem("PM-1", item(), severity="SEV1", root_cause=cause, url="https://example.org/1")
    assert list(story(full, ["AI-1", "AI-9"])) == [
        "PM-1: Title of PM-1 (2026-02-11, SEV1)",
        "action item AI-1: Do AI-1",
        "root cause: No bound.",
        "read https://example.org/1",
    ]
    assert list(story(postmortem("PM-1", date=None), [])) == ["PM-1: Title of PM-1", "read docs/PM-1.md"]


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("plain 問題 é", "plain 問題 é"),
        ("a\nb\r\x1b[31m\x00", "a\\x0ab\\x0d\\x1b[31m\\x00"),
        ("\u202eevil\u2066", "\\u202eevil\\u2066"),
        ("::error::x", ": :error::x"),
        (" \u3000::add-mask::x", ": :add-mask::x"),
        ("a ##[error]b ##vso[x] ##TeamCity[y]", "a # #[error]b # #vso[x] # #TeamCity[y]"),
        ("## heading", "## heading"),
        ("\ud800", "\\ud800"),
    ],
)
def test_foreign_text_is_shown_and_not_obeyed(text: str, safe: str) -> None:
    """Controls, separators, bidirectional marks, workflow commands."""
    assert for_terminal(text) == safe


@given(st.text(st.characters() | st.sampled_from("#:[\x1b\u202e\n")))
def test_the_sanitizer_is_idempotent(text: str) -> None:
    """And its result is one line of printable text."""
    safe = for_terminal(text)
    assert for_terminal(safe) == safe
    assert len(safe.splitlines()) <= 1
    assert not safe.lstrip().startswith("::")


@given(st.text(), st.text(max_size=20), st.lists(st.sampled_from(Outcome), max_size=3))
def test_no_document_can_break_the_report(title: str, reason: str, outcomes: list[Outcome]) -> None:
    """Each line stays one line, whatever titles and reasons hold."""
    pairs = [(test(f"test_{place}", "PM-1/AI-1"), Result(outcome, reason)) for place, outcome in enumerate(outcomes)]
    made = report([postmortem("PM-1", item(text=title), title=title)], run(pairs))
    assert all(len(line.splitlines()) == 1 for line in shown(made, 1))


def test_a_reason_that_does_not_fit_follows_its_row() -> None:
    """Nothing of it is cut; what foreign text has in the middle begins no line that a CI log would obey."""
    long = "broken " * 12 + "::error::x " + "and the rest"
    made = report([GOOD], run([(A, Result(Outcome.FAILED, long))]))
    said = [line.text for line in lines(made, decide(made, Policy.LINKED), width=80)]
    assert said[0].startswith("failing  PM-1/AI-1  Do AI-1  docs/PM-1.md:10")
    assert "and the rest" in " ".join(said)
    assert all(len(line) <= 80 for line in said[:-1])
    assert not any(line.lstrip().startswith("::") for line in said)


def test_sixty_problems_take_fifty_rows_at_most() -> None:
    """Twenty of them, in the natural order of their ids, and how many more there are."""
    made = report([postmortem(f"PM-{number}", item()) for number in range(60, 0, -1)])
    said = [line.text for line in lines(made, decide(made, Policy.LINKED), width=80)]
    assert len(said) + 10 < 50  # with the summary
    assert [line.split()[1] for line in said[:3]] == ["PM-1/AI-1", "PM-2/AI-1", "PM-3/AI-1"]
    assert "and 40 more problems (-v shows all)" in said
