"""`postmortem list`: what it shows, what it leaves out, and its manners."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from pytest_postmortem.reporting.columns import width_of
from tests.command.incidents import MAIL, QUEUE, Incidents, made
from tests.reporting.hostile import PAYLOADS

SCHEMA = json.loads(Path(__file__).parents[2].joinpath("docs", "evidence.schema.json").read_text(encoding="utf-8"))
FROM_SOURCES = "note: links are read from the sources; outcomes need --evidence FILE\n"
COMPUTED = "note: 1 marker is computed, and only a run knows what it names\n"
UNREADABLE = frozenset("\ud800\udcff\ufffe\uffff\x00\U0010ffff")
LATE = """\
# x

## Action items

| ID | Action | Due | Status |
|----|--------|-----|--------|
| AI-1 | Bound the queue | 2026-01-01 | open |
"""
TABLE = """\
post-mortem  date        severity  {0:{1}}  items  tests  title
PM-2         2026-05-01  -         {2:{1}}    0/1      0  障害 disk full
PM-10        2026-04-01  sev-2     {2:{1}}      -      0  Mails sent twice
PM-9         2026-02-11  SEV1      {3:{1}}    {4}  Checkout queue overflow
PM-3         -           critical  {2:{1}}      -      0  No day

not judged: PM-10/AI-1 Survive a restart: waived until 2026-12-01 (169 days left): vendor code

"""


def table(width: int, state: str, items: str) -> str:
    """The table of all, with the state and the numbers of PM-9."""
    return TABLE.format("state", width, "unguarded", state, items)


@pytest.fixture
def project(tmp_path: Path) -> Incidents:
    return made(tmp_path)


def ids(told: str) -> list[str]:
    return [line.split()[0] for line in told.splitlines() if line.startswith("PM-")]


def quoted(text: str) -> str:
    """A YAML scalar, whatever is in it."""
    return '"' + "".join(sign if sign.isalnum() and sign.isascii() else f"\\U{ord(sign):08x}" for sign in text) + '"'


def test_the_table_out_of_the_sources(project: Incidents) -> None:
    """The newest first; what nothing has run is linked at best, and a note says so."""
    told = project.run("list")
    assert told.out == table(13, "partly linked", "1/2      2") + "list: 4 post-mortems; 1 partly linked, 3 unguarded\n"
    assert (told.code, told.err) == (0, FROM_SOURCES + COMPUTED)
    project.write("tests/test_shop.py", 'import pytest\n@pytest.mark.incident("PM-3")\ndef test_it(): pass\n')
    told = project.run("list", "--severity", "critical")
    assert told.out.splitlines()[1].split()[:6] == ["PM-3", "-", "critical", "linked", "-", "1"]
    assert told.err == FROM_SOURCES


def test_the_table_out_of_evidence(project: Incidents) -> None:
    """Outcomes are known, computed markers too; the documents are those of today."""
    project.evidence()
    told = project.run("list", "--evidence", "e.json")
    assert told.out == table(9, "guarded", "2/2      4") + "list: 4 post-mortems; 1 guarded, 3 unguarded\n"
    assert (told.code, told.err) == (0, "")
    project.write("docs/postmortems/PM-9-queue.md", QUEUE.replace("| no |", "| required |"))
    told = project.run("list", "--evidence", "*.json", "--sort=state")
    assert "PM-9         2026-02-11  SEV1      partly guarded    2/3      4  Checkout" in told.out


def test_evidence_of_another_checkout_is_noted_and_used(project: Incidents) -> None:
    """This is no gate."""
    project.evidence()
    evidence = json.loads(project.path.joinpath("e.json").read_text(encoding="utf-8"))
    evidence |= {"commit": "9" * 40, "configuration": "d" * 64, "finished": "2199-01-01T00:00:00+00:00"}
    project.write("e.json", json.dumps(evidence))
    told = project.run("list", "--evidence", "e.json")
    assert (told.code, "1 guarded" in told.out) == (0, True)
    assert [line.partition(";")[0] for line in told.err.splitlines()] == [
        "note: e.json: is of commit 999999999999, and the checkout is at unknown",
        "note: e.json: was made with another configuration",
        "note: e.json: is of the future",
    ]


@pytest.mark.parametrize(
    ("options", "want"),
    [
        ("--unguarded", "2 10 9 3"),
        ("--waived", "10"),
        ("--owner=payments", "9"),
        ("--owner=@Payments", "9"),
        ("--owner=ANN", "9"),
        ("--owner=platform", "9"),
        ("--owner=shop", "9"),
        ("--owner=@mail", "10"),
        ("--owner=pay", ""),
        ("--severity=SEV-1", "9"),
        ("--severity=sev2", "10"),
        ("--severity=sev", ""),
        ("--service=Payments", "9"),
        ("--service=pay", ""),
        ("--since=2026-04-01", "2 10 3"),
        ("--since=2026-04-02", "2 3"),
        ("--since=2026-04-02 --severity=critical", "3"),
        ("--waived --owner=payments", ""),
        ("--sort=id", "2 3 9 10"),
        ("--sort=severity", "3 9 10 2"),
        ("--sort=date", "2 10 9 3"),
        ("--sort=state", "2 10 3 9"),
    ],
)
def test_a_choice(project: Incidents, options: str, want: str) -> None:
    """Each filter, several at once (and), each order."""
    told = project.run("list", *options.split())
    assert (told.code, " ".join(one.removeprefix("PM-") for one in ids(told.out))) == (0, want)


def test_a_severity_that_nobody_knows_comes_before_none(project: Incidents) -> None:
    """Somebody has called it something."""
    project.write("docs/postmortems/PM-1.md", "---\nid: PM-1\nseverity: odd\n---\n# One\n")
    assert ids(project.run("list", "--sort=severity").out) == ["PM-3", "PM-9", "PM-10", "PM-1", "PM-2"]


def test_a_waiver_that_has_run_out_is_one(project: Incidents) -> None:
    """It is the one to look at."""
    project.write("docs/postmortems/PM-10-mail.md", MAIL.replace("2026-12-01", "2026-06-14"))
    assert ids(project.run("list", "--waived").out) == ["PM-10"]


def test_the_states_that_need_seeing_to(project: Incidents) -> None:
    """Guarded is not among them; failing is, and comes first."""
    project.write("tests/test_disk.py", "def test_rotates(): assert 0\n")
    project.evidence()
    told = project.run("list", "--evidence=e.json", "--unguarded", "--sort=state")
    assert ids(told.out) == ["PM-2", "PM-10", "PM-3"]
    assert told.out.endswith("\nlist: 3 of 4 post-mortems; 2 unguarded, 1 failing\n")


def test_what_is_overdue_is_shown_by_owner(project: Incidents) -> None:
    """Its owner, else the team; the longest overdue first; done items and those that are due today are not."""
    told = project.run("list", "--overdue")
    assert told.out == (
        "owner          due         days late  item  post-mortem  action\n"
        "mail           2026-06-01         14  AI-1  PM-10        Survive a restart\n"
        "mail           2026-06-14          1  AI-2  PM-10        Add a regression test\n"
        "platform, ann  2026-05-16         30  AI-2  PM-9         Bound every retry policy\n"
        "\n"
        "list: 3 action items overdue in 2 post-mortems\n"
    )
    project.write("docs/postmortems/PM-9-queue.md", QUEUE.replace("platform, ann", "").replace("team: shop\n", ""))
    lines = project.run("list", "--overdue").out.splitlines()
    assert lines[3] == "-      2026-05-16         30  AI-2  PM-9         Bound every retry policy"
    lines = project.run("list", "--overdue", "--owner=mail").out.splitlines()
    assert lines[-1] == "list: 2 action items overdue in 1 post-mortem"
    text = QUEUE.replace("2026-06-15", "2026-06-01").replace("| platform | 2026", "| | 2026")
    project.write("docs/postmortems/PM-9-queue.md", text)
    for owner, number in (("ann", "1 action item"), ("shop", "1 action item"), ("payments", "")):
        told = project.run("list", "--overdue", f"--owner={owner}").out
        assert told.endswith(f"list: {number} overdue in 1 post-mortem\n") if number else not told


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("--severity=SEV11", 'note: no severity is "SEV11"; did you mean SEV1 or sev-2?\n'),
        ("--service=chekout", 'note: no service is "chekout"; did you mean checkout?\n'),
        ("--owner=platfrom", 'note: no owner is "platfrom"; did you mean platform or platform, ann?\n'),
        ("--owner=zz", 'note: no owner is "zz"; there are "@payments", "mail", "platform", "platform, ann", "shop"\n'),
        ("--waived --owner=ann", ""),
        ("--since=2027-01-01 --severity=sev1", ""),
    ],
)
def test_nothing_that_matches_is_no_error(project: Incidents, options: str, told: str) -> None:
    """And a value that nothing has is told with the nearest."""
    done = project.run("list", *options.split())
    assert (done.code, done.out) == (0, "")
    assert done.err == f"{FROM_SOURCES}{COMPUTED}no post-mortem matches\n{told}"
    assert json.loads(project.run("list", *options.split(), "--format=json").out) == []


def test_a_value_that_there_is_nowhere(tmp_path: Path) -> None:
    """None of the documents names any."""
    project = Incidents(tmp_path)
    project.write("docs/postmortems/PM-1.md", "---\nid: PM-1\n---\n# One\n")
    told = project.run("list", "--owner=a", "--severity=b", "--service=c").err.splitlines()[2:]
    assert told == [
        'note: no severity is "b"; no post-mortem names a severity',
        'note: no service is "c"; no post-mortem names a service',
        'note: no owner is "a"; no post-mortem names an owner',
    ]


def test_the_json_is_that_of_evidence(project: Incidents) -> None:
    """Key for key, valid by the published schema, in the order of the table."""
    project.evidence()
    evidence = json.loads(project.path.joinpath("e.json").read_text(encoding="utf-8"))
    wanted = sorted(evidence["postmortems"], key=lambda one: ["PM-2", "PM-10", "PM-9", "PM-3"].index(one["id"]))
    told = json.loads(project.run("list", "--evidence=e.json", "--format=json").out)
    for one in (*told, *wanted):  # evidence is of the day on which it was made
        for item in one["items"]:
            item["reason"] = re.sub(r"\(\d+ days left\)", "", item["reason"])
            del item["not_judged"]
            item["state"] = item["state"].replace("waiver expired", "waived")
        one["tests"].sort()
    assert [one["id"] for one in told] == [one["id"] for one in wanted]
    assert json.dumps(told) == json.dumps(wanted)
    schema = {"$defs": SCHEMA["$defs"], "type": "array", "items": {"$ref": "#/$defs/postmortem"}}
    jsonschema.validate(json.loads(project.run("list", "--evidence=e.json", "--format=json").out), schema)


def test_a_file_holds_what_would_be_printed(project: Incidents) -> None:
    """Nothing is printed then; the suffix chooses JSON, `--format` goes before it."""
    for arguments, same in (
        (("--output", "new/list.json"), ("--format", "json")),
        (("--output", "new/list.txt"), ()),
        (("--output", "new/table.json", "--format", "table"), ()),
        (("--output", "late.txt", "--overdue"), ("--overdue",)),
    ):
        told = project.run("list", *arguments)
        assert (told.code, told.out) == (0, "")
        assert project.path.joinpath(arguments[1]).read_text(encoding="utf-8") == project.run("list", *same).out
    assert project.run("list", "--service=x", "--output", "none.txt").code == 0
    assert project.path.joinpath("none.txt").read_text("utf-8").endswith("\nlist: 0 of 4 post-mortems\n")


def test_a_source_that_is_no_python_is_noted(project: Incidents) -> None:
    """Where the marker is written in it: what it links is not known, and nothing is called missing for it."""
    project.write("tests/test_bad.py", "import pytest\n@pytest.mark.incident('PM-2')\ndef test_x(:\n")
    told = project.run("list", "--format=json")
    assert told.err.splitlines()[-1] == "note: tests/test_bad.py:3: is no Python: invalid syntax; mend its syntax"
    states = {one["id"]: [item["state"] for item in one["items"]] for one in json.loads(told.out)}
    assert states["PM-9"] == ["not run", "missing", "not required"]
    assert states["PM-2"] == ["missing"]


def test_exit_codes_of_real_processes(project: Incidents, tmp_path: Path) -> None:
    """0 whatever is told; 13 for usage and configuration; 12 for documents; 11 for evidence and outputs."""
    assert project.process("list").code == 0
    for arguments, told in (
        (("--since", "soon"), "'soon' is no date; write it as 2026-01-31"),
        (("--sort", "title"), "Invalid value for '--sort'"),
        (("surplus",), "unexpected extra argument"),
    ):
        done = project.process("list", *arguments)
        assert (done.code, done.out, told in done.err) == (13, "", True)
    done = project.process("list", "--evidence", "none.json")
    assert (done.code, done.out, done.err.startswith("none.json: there is no such file")) == (11, "", True)
    done = project.process("list", "--output", "pytest.ini/list.json")
    assert (done.code, done.out, "cannot be written" in done.err) == (11, "", True)
    project.write("docs/postmortems/PM-1.md", "---\nid: [\n---\n")
    done = project.process("list")
    assert (done.code, done.out, done.err.startswith("1 fault in the post-mortems")) == (12, "", True)
    empty = Incidents(tmp_path / "empty")
    empty.write(".git/x", "")
    done = empty.process("list")
    assert (done.code, done.err.startswith("no post-mortem found in ")) == (13, True)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_terminal_has_colours_and_a_width(project: Incidents) -> None:
    """No line is wider; a pipe is never cut, and NO_COLOR is honoured."""
    project.write("docs/postmortems/PM-1.md", f"---\nid: PM-1\ntitle: {'障害 ' * 40}\n---\n# x\n")
    wide = project.process("list").out
    shown = project.on_terminal(72, "list")
    plain = re.sub(r"\x1b\[\d*m", "", shown)
    assert "\x1b[33munguarded    \x1b[0m" in shown
    assert 70 <= max(map(width_of, plain.splitlines())) <= 72
    assert "…" in plain
    assert "…" not in wide
    assert "\x1b" not in wide
    assert "\x1b" not in project.on_terminal(72, "list", NO_COLOR="1")
    assert "\x1b" not in project.on_terminal(72, "list", "--format=json")


def test_foreign_text_commands_no_terminal(project: Incidents) -> None:
    """Of every kind, in the title, the id, the owner and the severity."""
    for number, payload in enumerate(PAYLOADS):
        if not set(payload) & UNREADABLE:
            name, text = quoted(f"{payload}{number}"), quoted(payload)
            front = f"---\nid: {name}\ntitle: {text}\nseverity: {text}\nteam: {text}\n---\n"
            project.write(f"docs/postmortems/x{number}.md", front + LATE)
    for arguments in ((), ("--overdue",)):
        told = project.process("list", *arguments)
        assert told.code == 0
        assert len(told.out.splitlines()) > 200
        assert not set(told.out) & set("\x1b\u202e\r\u2028\x85\x9d")
        assert not [line for line in told.out.splitlines() if line.lstrip().startswith("::") or "##[" in line]
    assert project.process("list", PYTHONIOENCODING="ascii").code == 0


def test_the_library_is_not_imported_that_is_not_needed(project: Incidents) -> None:
    """Neither the templates nor pytest."""
    code = (
        "import sys\nfrom pytest_postmortem.command.main import main\nsys.argv = ['postmortem', 'list']\n"
        "try:\n    main()\nfinally:\n    assert not {'_pytest', 'jinja2', 'subprocess'} & sys.modules.keys()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=project.path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, FROM_SOURCES + COMPUTED)


def test_an_output_replaces_no_file_of_somebody_else(project: Incidents) -> None:
    """What an earlier call has written is replaced."""
    for name in ("docs/mine.md", "notes.txt", "data.json"):
        if not (project.path / name).exists():
            project.write(name, "mine\n")
        before = (project.path / name).read_bytes()
        done = project.run("list", "--output", name)
        assert done.code != 0
        assert "is there, and no earlier call has written it; name another file" in done.err
        assert (project.path / name).read_bytes() == before
    for arguments in ((), ("--format", "json"), ("--service=x",), ("--service=x", "--format", "json")):
        for _ in range(2):
            assert project.run("list", *arguments, "--output", "ours.txt").code == 0
