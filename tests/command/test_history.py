"""`postmortem history`: its outputs, exit codes and manners, through real processes and through click."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from pytest_postmortem.command import history as command
from pytest_postmortem.project import Project
from tests.command.incidents import read_to_the_end
from tests.history.checkout import TODAY, Checkout, document, marked

TEST = "tests/test_queue.py"
PAGE = Path(__file__).parents[2] / "docs" / "history.md"


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """Four post-mortems: guarded, lost after two removals, never guarded, and guarded without a day of the incident."""
    one = Checkout.made(tmp_path, "PM-1", "PM-2", "PM-3")
    one.commit("2026-02-02", "docs/postmortems/PM-4.md", "---\nid: PM-4\n---\n# No day\n")
    one.commit("2026-02-20", TEST, marked("PM-1", "PM-2", "PM-2", "PM-4"))
    one.commit("2026-03-02", "tests/test_more.py", marked("PM-1"))
    one.commit("2026-03-05", TEST, marked("PM-1", "PM-2", "PM-4"))
    one.commit("2026-03-06", TEST, marked("PM-1", "PM-4"))
    return one


def run(checkout: Checkout, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, its output not on a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "pytest_postmortem", "history", *arguments],
        cwd=checkout.path,
        env=checkout.environ | {"PYTHONIOENCODING": "utf-8"} | environ,
        capture_output=True,
        encoding="utf-8",
    )


def in_process(checkout: Checkout, *arguments: str) -> str:
    done = CliRunner().invoke(command.history, arguments, obj=Project(checkout.path, TODAY), catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def on_terminal(checkout: Checkout, *arguments: str, **environ: str) -> str:
    """What a terminal shows, standard output and standard error in one."""
    import pty

    controller, terminal = pty.openpty()
    environment = {**checkout.environ, "TERM": "xterm", **environ}
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest_postmortem", "history", *arguments],
        cwd=checkout.path,
        env=environment,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    shown = read_to_the_end(controller)
    assert process.wait() == 0
    return shown.decode()


def test_the_table(checkout: Checkout) -> None:
    """A line each, removals below, the sum at the end."""
    short = [line.split()[0] for line in checkout.git("log", "--format=%h", "--abbrev=12", "-2").splitlines()]
    assert in_process(checkout).splitlines() == [
        "post-mortem  incident    first guard  days  guards",
        "PM-1         2026-02-11  2026-02-20      9       2",
        "PM-2         2026-02-11  2026-02-20      9       0  lost its last guard on 2026-03-06",
        f"  2026-03-05 {short[1]} removed from tests/test_queue.py; 1 left",
        f"  2026-03-06 {short[0]} removed from tests/test_queue.py; 0 left",
        "PM-3         2026-02-11  -               -       0  never guarded in 124 days",
        "PM-4         -           2026-02-20      -       1",
        "",
        "history: 4 post-mortems, 2 guarded; median 9 days from incident to first guard (of 2); 1 never guarded; 1 lost",
    ]


def test_the_json(checkout: Checkout) -> None:
    """Every field of docs/history.md, and no other."""
    told = json.loads(in_process(checkout, "--format", "json"))
    commits = checkout.git("log", "--format=%H").split()
    assert list(told) == ["version", "tool", "commit", "shallow", "notes", "postmortems", "summary"]
    assert (told["version"], told["commit"], told["shallow"], told["notes"]) == (1, commits[0], False, [])
    assert told["summary"] == {
        "postmortems": 4,
        "guarded": 2,
        "never_guarded": 1,
        "lost": 1,
        "median_days": 9,
        "counted": 2,
    }
    assert told["postmortems"][1] == {
        "id": "PM-2",
        "title": "Title of PM-2",
        "origin": "docs/postmortems/PM-2.md",
        "severity": None,
        "team": None,
        "incident": "2026-02-11",
        "state": "lost",
        "first_guard": {"day": "2026-02-20", "commit": commits[3], "path": TEST, "at_or_before": False},
        "days": 9,
        "guards": 0,
        "removals": [
            {"day": "2026-03-05", "commit": commits[1], "paths": [TEST], "left": 1},
            {"day": "2026-03-06", "commit": commits[0], "paths": [TEST], "left": 0},
        ],
    }
    states = {one["id"]: (one["state"], one["first_guard"] is None) for one in told["postmortems"]}
    assert states == {
        "PM-1": ("guarded", False),
        "PM-2": ("lost", False),
        "PM-3": ("never guarded", True),
        "PM-4": ("guarded", False),
    }


def test_the_page_tells_every_field(checkout: Checkout) -> None:
    """And every option."""
    page = PAGE.read_text(encoding="utf-8")
    told = json.loads(in_process(checkout, "--format", "json"))
    fields = [*told, *told["postmortems"][1], *told["postmortems"][1]["first_guard"], *told["summary"]]
    fields += told["postmortems"][1]["removals"][0]
    assert [field for field in fields if f"`{field}`" not in page] == []
    for option in ("--format", "--output", "--rev"):
        assert option in page


def test_the_pages_example_is_what_the_command_prints(tmp_path: Path) -> None:
    """Apart from the commit's hash."""
    checkout = Checkout.made(tmp_path)
    for number, day in ((1, "2026-02-11"), (2, "2026-03-03"), (3, "2026-05-01")):
        checkout.write(f"docs/postmortems/{number}.md", document(f"PM-2026-00{number}", day))
    checkout.commit("2026-02-20", TEST, marked("PM-2026-001"))
    checkout.commit("2026-03-24", TEST, marked("PM-2026-001", "PM-2026-002"))
    checkout.commit("2026-05-06", TEST, marked("PM-2026-001", "PM-2026-001"))
    (shown,) = re.findall(r"^```text\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert re.sub(r"\b[0-9a-f]{12}\b", "4f2c1ab90d1e", in_process(checkout)) == shown


@pytest.mark.parametrize(
    ("days", "told"),
    [([9], "median 9 days"), ([1], "median 1 day "), ([1, 2], "median 1.5 days"), ([9, 1, 3], "median 3 days")],
)
def test_the_median(tmp_path: Path, days: list[int], told: str) -> None:
    """Of an odd and an even number; one day is one day."""
    checkout = Checkout.made(tmp_path, *(f"PM-{number}" for number in range(len(days))))
    for number, waited in enumerate(days):
        checkout.commit(f"2026-02-{11 + waited:02d}", f"tests/test_{number}.py", marked(f"PM-{number}"))
    assert told in in_process(checkout)
    told_json = json.loads(in_process(checkout, "--format=json"))["summary"]["median_days"]
    assert f"median {told_json} day" in told


def test_nothing_guarded_has_no_median(tmp_path: Path) -> None:
    """One post-mortem is one; null in JSON."""
    checkout = Checkout.made(tmp_path, "PM-1")
    assert in_process(checkout).splitlines()[-1] == "history: 1 post-mortem, 0 guarded; 1 never guarded; 0 lost"
    assert json.loads(in_process(checkout, "--format=json"))["summary"]["median_days"] is None


def test_a_file_holds_what_would_be_printed(checkout: Checkout) -> None:
    """Nothing is printed then; the suffix chooses JSON, `--format` goes before it; folders are made."""
    for arguments, same in (
        (("--output", "new/history.json"), ("--format", "json")),
        (("--output", "new/history.txt"), ()),
        (("--output", "new/table.json", "--format", "table"), ()),
        (("--output", "new/history", "--format", "json"), ("--format", "json")),
    ):
        done = run(checkout, *arguments)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert checkout.path.joinpath(arguments[1]).read_text(encoding="utf-8") == run(checkout, *same).stdout


def test_exit_codes_of_real_processes(checkout: Checkout, tmp_path: Path) -> None:
    """0 whatever is told; 13 for usage and configuration, no repository, no commit; 12 for documents; 11 for output."""
    assert run(checkout).returncode == 0
    assert run(checkout, "--rev", "HEAD~2", "--format", "json").returncode == 0
    for arguments, told in (
        (("--format", "xml"), "Invalid value for '--format'"),
        (("--rev", "nothing"), "git knows no commit 'nothing'; name a branch, a tag or a commit"),
        (("--rev=-x",), "'-x' is no revision; name a branch, a tag or a commit"),
        (("surplus",), "unexpected extra argument"),
    ):
        done = run(checkout, *arguments)
        assert (done.returncode, done.stdout) == (13, "")
        assert told in done.stderr
        assert "Traceback" not in done.stderr

    done = run(checkout, "--output", f"{TEST}/history.json")
    assert (done.returncode, done.stdout) == (11, "")
    assert "cannot be written" in done.stderr

    empty = Checkout(tmp_path / "empty", checkout.home)
    empty.environ["GIT_CEILING_DIRECTORIES"] = str(tmp_path)
    empty.write("docs/postmortems/PM-1.md", document())
    done = run(empty)
    assert done.returncode == 13
    assert re.fullmatch(
        r"there is no git repository at .*; run it in a checkout, or `git init` and commit\n", done.stderr
    )
    empty.git("init", "-q")
    done = run(empty)
    assert done.returncode == 13
    assert done.stderr.endswith("has no commit yet; commit something first\n")
    empty.remove("docs/postmortems/PM-1.md")
    empty.commit("2026-02-01")
    done = run(empty)
    assert done.returncode == 13
    assert done.stderr.startswith("no post-mortem found in ")

    checkout.write("docs/postmortems/PM-1.md", "---\nid: [\n---\n")
    done = run(checkout)
    assert done.returncode == 12
    assert done.stderr.startswith("1 fault in the post-mortems")


def test_git_that_is_missing_ends_in_13(checkout: Checkout, tmp_path: Path) -> None:
    """With what to do."""
    done = run(checkout, PATH=str(tmp_path))
    assert (done.returncode, done.stderr) == (13, "git was not found; install git\n")


def test_a_shallow_clone_says_so(checkout: Checkout, tmp_path: Path) -> None:
    """On standard error, in the table and in JSON; what is not known is not in the median."""
    checkout.git("clone", "-q", "--depth", "3", f"file://{checkout.path}", str(tmp_path / "clone"))
    clone = Checkout(tmp_path / "clone", checkout.home)
    done = run(clone)
    assert done.returncode == 0
    assert done.stderr.startswith("note: this clone is shallow")
    assert "fetch-depth: 0" in done.stderr
    lines = done.stdout.splitlines()
    assert lines[:2] == [
        "post-mortem  incident    first guard    days  guards",
        "PM-1         2026-02-11  <= 2026-03-02     -       2",
    ]
    assert lines[-1] == "history: 4 post-mortems, 2 guarded; 1 never guarded; 1 lost"
    told = json.loads(run(clone, "--format", "json").stdout)
    assert told["shallow"] is True
    assert "fetch-depth: 0" in told["notes"][0]
    assert told["postmortems"][0]["first_guard"]["at_or_before"] is True
    assert told["postmortems"][0]["days"] is None


def test_a_partial_clone_is_noted(checkout: Checkout, tmp_path: Path) -> None:
    """It works, and says why it is slow."""
    checkout.git("config", "uploadpack.allowFilter", "true")
    checkout.git("clone", "-q", "--filter=blob:none", f"file://{checkout.path}", str(tmp_path / "clone"))
    done = run(Checkout(tmp_path / "clone", checkout.home))
    assert (done.returncode, done.stdout) == (0, run(checkout).stdout)
    assert done.stderr.startswith("note: this clone leaves contents out")


def test_foreign_text_commands_no_terminal(tmp_path: Path) -> None:
    """Ids and paths with escapes, line breaks and workflow commands; wide characters stay aligned."""
    checkout = Checkout.made(tmp_path)
    checkout.write("docs/postmortems/a.md", document('"::error::\\e[31m\\u202e"'.replace("\\e", "\\x1b")))
    checkout.write("docs/postmortems/b.md", document("障害-3"))
    path = "tests/\x1b[31mtest_\n::error::x.py"
    checkout.commit("2026-02-20", path, marked("障害-3"))
    checkout.remove(path)
    checkout.commit("2026-02-21")
    for done in (run(checkout), run(checkout, PYTHONIOENCODING="ascii"), run(checkout, LC_ALL="C", PYTHONUTF8="0")):
        assert done.returncode == 0
        assert not set(done.stdout) & set("\x1b\u202e\r")
        assert not [line for line in done.stdout.splitlines() if line.lstrip().startswith("::")]
        assert "##[" not in done.stdout
    lines = run(checkout).stdout.splitlines()
    head = next(line for line in lines if line.startswith("post-mortem"))
    wide = next(line for line in lines if line.startswith("障害-3"))
    assert head.index("incident") - wide.index("2026-02-11") == 2
    assert "removed from tests/\\x1b[31mtest_\\x0a::error::x.py; 0 left" in lines[-3]
    told = json.loads(run(checkout, "--format", "json").stdout)
    assert told["postmortems"][1]["removals"][0]["paths"] == [path]


def test_json_in_a_log_is_no_workflow_command(tmp_path: Path) -> None:
    """It is the same to whoever reads it."""
    checkout = Checkout.made(tmp_path)
    checkout.commit("2026-02-20", "docs/postmortems/a.md", document("'##[error]x'"))
    text = in_process(checkout, "--format=json")
    assert "##[" not in text
    assert json.loads(text)["postmortems"][0]["id"] == "##[error]x"


def test_many_paths_of_a_removal_are_cut(tmp_path: Path) -> None:
    """Three are named, the others counted; JSON has them all."""
    checkout = Checkout.made(tmp_path, "PM-1")
    for number in range(5):
        checkout.write(f"tests/test_{number}.py", marked("PM-1"))
    checkout.commit("2026-02-20")
    for number in range(5):
        checkout.remove(f"tests/test_{number}.py")
    checkout.commit("2026-02-21")
    assert "removed from tests/test_0.py, tests/test_1.py, tests/test_2.py, 2 more; 0 left" in in_process(checkout)
    told = json.loads(in_process(checkout, "--format=json"))
    assert len(told["postmortems"][0]["removals"][0]["paths"]) == 5


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_colour_is_for_terminals_alone(checkout: Checkout) -> None:
    """And never with NO_COLOR, on a dumb terminal, in a file or in JSON."""
    plain = run(checkout).stdout
    shown = on_terminal(checkout)
    assert "\x1b[31mlost its last guard on 2026-03-06\x1b[0m" in shown
    assert re.sub(r"\x1b\[\d*m", "", shown).replace("\r\n", "\n") == plain
    assert on_terminal(checkout, NO_COLOR="", FORCE_COLOR="").count("\x1b") == shown.count("\x1b")
    assert "\x1b" not in plain
    assert "\x1b" not in on_terminal(checkout, NO_COLOR="1")
    assert "\x1b" not in on_terminal(checkout, TERM="dumb")
    assert "\x1b" not in on_terminal(checkout, "--format", "json")
    assert on_terminal(checkout, "--output", "history.txt") == ""
    assert checkout.path.joinpath("history.txt").read_text(encoding="utf-8") == plain


def test_progress_is_for_terminals_and_for_long_waits(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing below a second, and a clean line at the end."""
    with command._show_progress() as progress:
        progress(64)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with command._show_progress() as progress:
        progress(64)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(command, "_PATIENCE", 0)
    with command._show_progress() as progress:
        progress(63)
        progress(12800)
        progress(12864)
    assert capsys.readouterr().err == "\r12,800 commits read\r\x1b[K"


def test_help_has_an_example(checkout: Checkout) -> None:
    """And tells every option."""
    done = run(checkout, "--help")
    assert done.returncode == 0
    assert "For example" in done.stdout
    for option in ("--format [table|json]", "--output FILE", "--rev REV"):
        assert option in done.stdout


def test_a_reader_that_leaves_is_no_fault(checkout: Checkout) -> None:
    """`postmortem history | head -1` shows no traceback."""
    done = subprocess.run(
        f'"{sys.executable}" -m pytest_postmortem history | head -c 1',
        shell=True,
        cwd=checkout.path,
        env=checkout.environ,
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == ("p", "")
