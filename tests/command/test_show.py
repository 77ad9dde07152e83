"""`postmortem show`: one incident's whole story."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import jsonschema
import pytest

from pytest_postmortem.reporting.columns import width_of
from tests.command.incidents import QUEUE, Incidents, made
from tests.command.test_list import SCHEMA, UNREADABLE, quoted
from tests.reporting.hostile import PAYLOADS

NOTES = (
    "note: links are read from the sources; outcomes need --evidence FILE\n"
    "note: 1 marker is computed, and only a run knows what it names\n"
)
TEXT = """\
PM-9: Checkout queue overflow
  state     guarded
  date      2026-02-11
  severity  SEV1
  services  checkout, payments
  team      shop
  status    final
  aliases   INC-77
  document  docs/postmortems/PM-9-queue.md:12
  fix       4f2c1ab
  evidence  e.json, TIME, commit unknown

root cause
  The queue had no upper bound.
  1. Why? Memory.
  2. Why? No bound.

action items
  AI-1 Reject orders when the queue is deep: guarded
    owner @payments, due 2026-03-01, done, specific, test required
    tests/test_shop.py::test_rejects (line 5) passed
  AI-2 Bound every retry policy: guarded
    owner platform, ann, due 2026-05-16 (late by 30 days), open, systemic, test required
    tests/test_shop.py::test_computed (line 12) passed
  AI-3 Alert on queue depth: not required
    owner platform, due 2026-06-15, open, specific, no test required

tests that cover no action item
  tests/test_shop.py::test_depth[1] (line 8) passed
  tests/test_shop.py::test_depth[2] (line 8) passed

hints
  tests/test_shop.py:8: tests/test_shop.py::test_depth[1] guards PM-9 and names no action item; add action_item= with one of AI-1, AI-2
  tests/test_shop.py:8: tests/test_shop.py::test_depth[2] guards PM-9 and names no action item; add action_item= with one of AI-1, AI-2
"""


@pytest.fixture
def project(tmp_path: Path) -> Incidents:
    return made(tmp_path)


def test_the_whole_story(project: Incidents) -> None:
    """With evidence: what ran, when, of which commit, and what came of each test."""
    project.evidence()
    told = project.run("show", "PM-9", "--evidence", "e.json")
    assert re.sub(r"e\.json, [^,]+,", "e.json, TIME,", told.out) == TEXT
    assert (told.code, told.err) == (0, "")


def test_out_of_the_sources(project: Incidents) -> None:
    """Nothing ran: a test is linked, and has no outcome; what is missing says why."""
    told = project.run("show", "PM-9")
    assert (told.code, told.err) == (0, NOTES)
    lines = told.out.splitlines()
    assert "  AI-1 Reject orders when the queue is deep: linked" in lines
    assert "    tests/test_shop.py::test_rejects (line 5)" in lines
    (missing,) = (line for line in lines if "AI-2 Bound" in line)
    assert missing.startswith(
        "  AI-2 Bound every retry policy: missing (tests/test_shop.py::test_depth guards PM-9 and"
    )
    assert "evidence" not in told.out


def test_what_a_run_left_out(project: Incidents) -> None:
    """It is known then, and said."""
    project.evidence("-k", "test_depth")
    lines = project.run("show", "PM-9", "--evidence", "e.json").out.splitlines()
    assert "  AI-1 Reject orders when the queue is deep: not run (deselected)" in lines
    assert "    tests/test_shop.py::test_rejects (line 5) not run" in lines


@pytest.mark.parametrize("name", ["PM-9", "INC-77", "PM-9-queue"])
def test_every_name_of_a_marker_is_one(project: Incidents, name: str) -> None:
    """Id, alias, file name."""
    assert project.run("show", name).out.startswith("PM-9: Checkout queue overflow\n")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("PM-90", 'no post-mortem is named "PM-90"; did you mean PM-9 or '),
        ("pm-9", 'no post-mortem is named "pm-9"; did you mean PM-9'),
        ("zzz", 'no post-mortem is named "zzz"; they are read from docs/postmortems'),
        ("", 'no post-mortem is named ""; they are read from docs/postmortems'),
        ("\x1b[31m", 'no post-mortem is named "\\x1b[31m"; they are read from docs/postmortems'),
    ],
)
def test_an_unknown_name_ends_in_13(project: Incidents, name: str, told: str) -> None:
    """With the nearest ids."""
    done = project.process("show", name)
    assert (done.code, done.out) == (13, "")
    assert done.err.startswith(told)


def test_what_is_not_said_is_not_shown(project: Incidents) -> None:
    """Neither empty labels nor empty sections; a title that is the id stands once."""
    project.write("docs/postmortems/PM-4.md", "---\nid: PM-4\ntitle: PM-4\n---\n")
    assert project.run("show", "PM-4").out == "PM-4\n  state     unguarded\n  document  docs/postmortems/PM-4.md:1\n"
    told = project.run("show", "PM-10").out
    assert "AI-1 Survive a restart: waived (until 2026-12-01 (169 days left): vendor code)\n" in told
    assert "no owner, due 2026-06-14 (late by 1 day), open, no test required\n" in told
    assert "root cause" not in told
    told = project.run("show", "PM-2").out
    assert (
        "1 Rotate logs: missing (there is no file tests/test_disk.py)\n    no owner, open, test tests/test_disk.py::"
        in told
    )
    assert "\nhints\n  docs/postmortems/PM-2-disk.md:10: action item 1 requires a test and has only its place" in told


def test_grace_severity_tickets_and_a_test_without_items(project: Incidents) -> None:
    """What the configuration adds."""
    project.write(
        "postmortem.toml", 'grace = "due"\nguard = ["critical"]\nlink = "https://e.org/{commit}/{path}#{line}"\n'
    )
    project.write("tests/test_shop.py", 'import pytest\n@pytest.mark.incident("PM-3")\ndef test_it(): pass\n')
    text = QUEUE.replace("2026-05-16 | open", "2026-06-16 | open").replace("Bound every", "Bound (#12) every")
    project.write("docs/postmortems/PM-9-queue.md", text)
    told = project.run("show", "PM-9").out
    assert (
        "AI-2 Bound (#12) every retry policy: missing (no test is linked to it) [due 2026-06-16, 1 day left]\n" in told
    )
    assert ", systemic, test required, #12\n" in told
    told = project.run("show", "PM-3").out
    assert "  guard     linked\n" in told
    assert "\ntests\n  tests/test_shop.py::test_it (line 2)\n" in told


def test_the_link(project: Incidents, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the pattern of the configuration; of the checkout's commit; the address of a document itself goes first."""
    project.write("postmortem.toml", 'link = "https://e.org/{path}#{line}"\n')
    assert "  link      https://e.org/docs/postmortems/PM-9-queue.md#12\n" in project.run("show", "PM-9").out
    project.write("postmortem.toml", 'link = "https://e.org/{commit}/{path}#{line}"\n')
    monkeypatch.setattr("pytest_postmortem.project.Project.commit", "4f2c")
    assert "  link      https://e.org/4f2c/docs/postmortems/PM-9-queue.md#12\n" in project.run("show", "PM-9").out
    project.path.joinpath("postmortem.toml").unlink()
    assert "  link " not in project.run("show", "PM-9").out


def test_the_json(project: Incidents) -> None:
    """The keys of evidence, and those that docs/command.md adds."""
    project.evidence()
    told = json.loads(project.run("show", "INC-77", "--evidence=e.json", "--format=json").out)
    evidence = json.loads(project.path.joinpath("e.json").read_text(encoding="utf-8"))
    same = next(one for one in evidence["postmortems"] if one["id"] == "PM-9")
    assert [item.pop("days_late") for item in told["items"]] == [None, 30, None]
    assert {key: sorted(value) if key == "tests" else value for key, value in told.items() if key in same} == {
        key: sorted(value) if key == "tests" else value for key, value in same.items()
    }
    added = {key: told[key] for key in told if key not in same}
    assert sorted(added.pop("linked_tests"), key=lambda one: one["node_id"]) == evidence["tests"]
    (ran,) = added.pop("evidence")
    assert ran == {"origin": "e.json", "finished": evidence["finished"], "commit": None}
    assert [hint["line"] for hint in added.pop("hints")] == [8, 8]
    assert added == {"link": None, "whys": ["Why? Memory.", "Why? No bound."], "fixes": ["4f2c1ab"]}
    schema = {"$defs": SCHEMA["$defs"], "type": "array", "items": {"$ref": "#/$defs/test"}}
    jsonschema.validate(told["linked_tests"], schema)
    told = json.loads(project.run("show", "PM-3", "--format=json").out)
    assert (told["whys"], told["evidence"], told["root_cause"]) == ([], [], None)


def test_only_what_is_needed_is_read(project: Incidents) -> None:
    """A fault in another document is not looked for; one in this is told, and ends in 12."""
    project.write("docs/postmortems/PM-1.md", "---\nid: [\n---\n")
    assert project.process("show", "PM-9").code == 0
    done = project.process("show", "PM-1")
    assert (done.code, done.out) == (12, "")
    assert done.err.startswith("the document of PM-1 cannot be used:\ndocs/postmortems/PM-1.md:")


def test_exit_codes(project: Incidents) -> None:
    """11 for evidence, 13 for the command line."""
    done = project.process("show", "PM-9", "--evidence", "none.json")
    assert (done.code, done.out, done.err.startswith("none.json: there is no such file")) == (11, "", True)
    for arguments in ((), ("PM-9", "PM-2"), ("PM-9", "--format=xml")):
        assert project.process("show", *arguments).code == 13


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_terminal_has_colours_and_a_width(project: Incidents) -> None:
    """Lines are broken between words, or anywhere in text without spaces; a pipe has whole lines."""
    long = QUEUE.replace("Retries made it worse.", "").replace(
        "no upper bound.", "no upper bound " + "障害" * 40 + " word" * 30
    )
    project.write("docs/postmortems/PM-9-queue.md", long)
    shown = project.on_terminal(50, "show", "PM-9")
    plain = re.sub(r"\x1b\[[\d;]*m", "", shown)
    assert max(map(width_of, plain.splitlines())) in (49, 50)
    assert "\n    word word" in plain
    assert "\x1b[33m" in shown
    piped = project.process("show", "PM-9").out
    assert " ".join(plain.split()).replace(" ", "") == " ".join(piped.split()).replace(" ", "")
    assert "\x1b" not in piped
    assert "\x1b" not in project.on_terminal(50, "show", "PM-9", NO_COLOR="1")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_foreign_text_commands_no_terminal(project: Incidents) -> None:
    """In every field, wherever a line is broken."""
    texts = [payload for payload in PAYLOADS if not set(payload) & UNREADABLE and len(payload) < 500]
    fields = ", ".join(map(quoted, texts))
    broken = quoted(" ".join(f"{'x' * 30} ::error::{number} ##[x] {'y' * number}" for number in range(40)))
    front = f"---\nid: PM-5\ntitle: {broken}\nservices: [{fields}]\nteam: {broken}\nstatus: {quoted(texts[0])}\n---\n"
    cells = [re.sub(r"[|\s]", " ", text) for text in texts]
    rows = "".join(f"| x{number} | {cell} | required |\n" for number, cell in enumerate(cells))
    body = f"## Root cause\n\n::error::x ##[y]\n\n## Action items\n\n| ID | Action | Test |\n|----|----|----|\n{rows}"
    project.write("docs/postmortems/PM-5.md", front + body)
    for out in (project.process("show", "PM-5").out, project.on_terminal(60, "show", "PM-5", NO_COLOR="1")):
        assert len(out.splitlines()) > 200
        assert not set(out) & set("\x1b\u202e\r\u2028\x85\x9d")
        assert not [line for line in out.splitlines() if line.lstrip().startswith("::") or "##[" in line]
