"""`postmortem check`: real evidence of real runs, judged in a second process by the documents as they are then."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pytest_postmortem.command import main as command
from pytest_postmortem.command import subcommands
from tests.evidence.test_writing import validate
from tests.workers import TWO_WORKERS

DOCUMENT = """\
---
id: PM-123
title: Checkout queue overflow
date: 2026-02-11
severity: SEV1
---
# Checkout queue overflow

## Action items

| ID | Action | Due | Status | Test |
|----|--------|-----|--------|------|
| AI-1 | Reject orders when the queue is deep | 2026-03-01 | done | required |
| AI-2 | Bound every retry policy | 2026-03-20 | done | required |
| AI-3 | Alert on queue depth | 2026-03-08 | done | no |
"""
OTHER = "---\nid: PM-200\ntitle: Card service down\ndate: 2026-03-01\n---\n# Card service down\n"
SHOP = """\
import pytest

@pytest.mark.incident("PM-123", action_item="AI-1")
def test_rejects(): pass

def test_other(): pass
"""
PAY = """\
import pytest

@pytest.mark.incident("PM-123", action_item="AI-2")
def test_bound(): pass

@pytest.mark.incident("PM-200")
def test_card(): pass
"""
PASSED = "incidents: 2 post-mortems, 2 guarded; 2 of 2 required action items have a test; gate passed"
DOC = "docs/postmortems/PM-123-overflow.md"


@dataclass
class Done:
    """What the command printed, and its exit code."""

    code: int
    out: str
    err: str


@dataclass
class Shop:
    """A small project, its tests run by real processes; the command in this process, or in one of its own."""

    path: Path
    check: Callable[..., Done]

    def write(self, name: str, text: str) -> None:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        text = self.path.joinpath(name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def run(self, *options: str, **environ: str) -> int:
        """The exit code of a real run of pytest."""
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
        done = subprocess.run(command, cwd=self.path, env=os.environ | environ, capture_output=True, check=False)
        return done.returncode

    def process(self, *arguments: str, **environ: str) -> Done:
        """`postmortem check` in a process of its own."""
        command = [sys.executable, "-m", "pytest_postmortem", "check", *arguments]
        env = os.environ | environ
        done = subprocess.run(command, cwd=self.path, env=env, capture_output=True, encoding="utf-8", check=False)
        return Done(done.returncode, done.stdout, done.stderr)

    def read(self, name: str) -> str:
        return self.path.joinpath(name).read_text(encoding="utf-8")

    def inventory(self) -> dict[str, Any]:
        """That of the evidence good.json."""
        found: dict[str, Any] = json.loads(self.read("good.json"))["inventory"]
        return found

    def edited(self, name: str, **values: Any) -> None:
        """The evidence good.json under another name, with other values at its top."""
        self.write(name, json.dumps({**json.loads(self.read("good.json")), **values}))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with evidence of a plain run, of one with workers, and of two shards by path."""
    shop = Shop(tmp_path_factory.mktemp("made") / "shop", lambda: Done(0, "", ""))
    for name, text in {
        DOC: DOCUMENT,
        "docs/postmortems/PM-200-card.md": OTHER,
        "tests/test_shop.py": SHOP,
        "tests/test_pay.py": PAY,
        "pytest.ini": "[pytest]\naddopts = -p no:randomly\n",
    }.items():
        shop.write(name, text)
    assert shop.run("-p", "no:xdist", "--incident-output=good.json") == 0
    assert shop.run(*TWO_WORKERS, "--incident-output=workers.json") == 0
    for part, path in {"1/2": "tests/test_shop.py", "2/2": "tests/test_pay.py"}.items():
        output = f"--incident-output=shards/{part[0]}.json"
        assert shop.run("-p", "no:xdist", output, path, POSTMORTEM_SHARD=part) == 0
    return shop.path


@pytest.fixture
def shop(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shop:
    """A copy of that project, to change."""
    path = tmp_path / "shop"
    shutil.copytree(made, path)
    monkeypatch.chdir(path)
    subcommands.add_to(command.cli)

    def check(*arguments: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["postmortem", "check", *arguments])
        capsys.readouterr()
        code = command._run_and_flush()
        told = capsys.readouterr()
        return Done(code, told.out, told.err)

    return Shop(path, check)


# --- 0 -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("good.json",),
        ("workers.json",),
        ("./good.json", "good.json"),
        ("good.json", "workers.json", "shards"),
        ("shards",),
        ("shards/",),
        ("shards/*.json",),
        ("**/[12].json",),
        ("shards/1.json", "shards/2.json"),
        ("shards/?.json", "shards"),
        ("--max-age", "1h", "good.json"),
        ("--expect-shards", "2", "shards"),
        ("--baseline", "good.json", "good.json"),
        ("--gate", "linked", "good.json"),
    ],
    ids=" ".join,
)
def test_a_promise_that_is_kept_ends_in_0(shop: Shop, arguments: tuple[str, ...]) -> None:
    """Files, folders and globs; what is guarded is not listed."""
    assert shop.check(*arguments) == Done(0, PASSED + "\n", "")


def test_a_process_of_its_own_says_the_same(shop: Shop) -> None:
    """A glob in quotes is matched by the command; a pipe gets no colour."""
    assert shop.process("shards/*.json", "--expect-shards=2") == Done(0, PASSED + "\n", "")


def test_more_and_less_is_shown(shop: Shop) -> None:
    """-v what is guarded, with its tests; -q the verdict alone, also where something is wrong."""
    assert shop.check("-v", "good.json").out.splitlines() == [
        "PM-123 Checkout queue overflow (SEV1, 2026-02-11, 2 tests): guarded",
        "  AI-1 Reject orders when the queue is deep: guarded",
        "    tests/test_shop.py::test_rejects passed",
        "  AI-2 Bound every retry policy: guarded",
        "    tests/test_pay.py::test_bound passed",
        "PM-200 Card service down (2026-03-01, 1 test): guarded",
        "  tests/test_pay.py::test_card passed",
        PASSED,
    ]
    shop.replace(DOC, "| no |", "| required |")
    told = shop.check("-q", "good.json")
    assert (told.code, told.out.splitlines()) == (
        10,
        ["incidents: 2 post-mortems, 1 guarded; 2 of 3 required action items have a test; gate failed: 1 violation"],
    )


REGISTER = """\
- PM-200
- {id: INC-90, date: 2025-12-31, severity: SEV2}
- {id: INC-91, title: Pay day, date: 2026-10-02, severity: SEV1}
"""


def test_what_is_to_be_followed_up_is_found_out_anew(shop: Shop) -> None:
    """By the documents and the register of now, also where the run knew nothing of them; it changes no code."""
    shop.replace(DOC, "| 2026-03-08 | done | no |", "| 2026-03-08 | open | no |")
    shop.write("docs/incidents.yaml", REGISTER)
    shop.write("postmortem.toml", 'incidents = "docs/incidents.yaml"\n')
    good = json.loads(shop.read("good.json"))
    assert (good["overdue"], good["unwritten"]) == ([], [])
    older = {key: value for key, value in good.items() if key not in ("overdue", "unwritten")}
    shop.write("older.json", json.dumps(older))
    for name in ("good.json", "older.json"):
        told = shop.check(name, "--output", "new.json", "--output", "new.html")
        late, *rest = told.out.splitlines()
        assert late == "past their due date: 1 action item without an owner (`postmortem list --overdue`)"
        assert (told.code, rest) == (
            0,
            [
                "without a post-mortem: 2 of 3 incidents",
                "  INC-91 Pay day (SEV1, 2026-10-02) docs/incidents.yaml:3",
                "  INC-90 (SEV2, 2025-12-31) docs/incidents.yaml:2",
                PASSED,
            ],
        )
        said = validate(shop.read("new.json"))
        assert [one["item"] for one in said["overdue"]] == ["AI-3"]
        assert [one["id"] for one in said["unwritten"]] == ["INC-91", "INC-90"]
        assert "Past their due date: 1 action item without an owner" in shop.read("new.html")


# --- 10 ------------------------------------------------------------------------------------------------------------


def test_the_documents_are_those_of_now(shop: Shop) -> None:
    """An item that asks for a test since the run is missing one, and the message says what to do, at its line."""
    shop.replace(DOC, "| no |", "| required |")
    told = shop.process("good.json")
    assert told.code == 10
    assert f"missing  PM-123/AI-3  Alert on queue depth  {DOC}:15" in told.out.splitlines()
    assert 'missing: mark the test that guards it with @pytest.mark.incident("PM-123", action_item="AI-3")' in told.out
    assert told.err == ""


def squeezed(text: str) -> str:
    """A text with its columns two spaces apart."""
    return re.sub(r" {2,}", "  ", text)


CHANGES: dict[str, tuple[str, str, str, str]] = {
    "failing": (
        "def test_rejects(): pass",
        "def test_rejects(): assert 0",
        "failing",
        "failed: ",
    ),
    "an error": (
        "def test_rejects(): pass",
        "def test_rejects(nothing): pass",
        "failing",
        "error: ",
    ),
    "switched off": (
        "@pytest.mark.incident",
        "@pytest.mark.skip(reason='later')\n@pytest.mark.incident",
        "disabled",
        "skipped: later",
    ),
    "skipped by a condition": (
        "def test_rejects(): pass",
        "def test_rejects(): pytest.skip('no queue')",
        "disabled",
        "skipped in every shard: skipped: no queue",
    ),
    "xfailed": (
        "def test_rejects(): pass",
        "def test_rejects(): pytest.xfail('known')",
        "disabled",
        "xfailed: known",
    ),
    "xpassed": (
        "@pytest.mark.incident",
        "@pytest.mark.xfail(reason='known')\n@pytest.mark.incident",
        "disabled",
        "xpassed",
    ),
    "deleted": ("def test_rejects", "def rejects", "missing", f"{DOC}:13"),
    "unlinked": ('@pytest.mark.incident("PM-123", action_item="AI-1")', "", "missing", f"{DOC}:13"),
}


@pytest.mark.parametrize(
    ("name", "workers"),
    [*((name, ("-p", "no:xdist")) for name in CHANGES), ("failing", TWO_WORKERS), ("deleted", TWO_WORKERS)],
    ids=lambda one: one if isinstance(one, str) else one[0],
)
def test_a_guard_that_is_gone_since_ends_in_10(shop: Shop, name: str, workers: tuple[str, ...]) -> None:
    """Whatever the run said; with a baseline and without."""
    old, new, state, reason = CHANGES[name]
    shop.replace("tests/test_shop.py", old, new)
    shop.run(*workers, "--incident-output=now.json")
    for options in ((), ("--baseline", "good.json")):
        told = shop.check(*options, "now.json")
        assert told.code == 10
        assert f"{state}  PM-123/AI-1  Reject orders when the queue is deep  {reason}" in squeezed(told.out)
        assert told.out.splitlines()[-1].endswith("gate failed: 1 violation")


def test_a_worst_result_of_any_shard_counts(shop: Shop) -> None:
    """A failure in one more shard is not outweighed."""
    bad = "def test_rejects(): assert not __import__('os').environ.get('BAD')"
    shop.replace("tests/test_shop.py", "def test_rejects(): pass", bad)
    assert shop.run("--incident-output=shards/1.json", "tests/test_shop.py", POSTMORTEM_SHARD="1/2") == 0
    assert shop.run("--incident-output=shards/3.json", BAD="1") == 1
    told = shop.check("shards")
    assert (told.code, "(tests/test_shop.py::test_rejects)" in told.out) == (10, True)


@pytest.mark.parametrize(
    ("now", "code"),
    [("waived until 2099-12-31: vendor code", 0), ("waived until 2020-01-01: vendor code", 10), ("required", 10)],
)
def test_a_waiver_is_judged_by_the_day(shop: Shop, now: str, code: int) -> None:
    """Of the check, not of the run."""
    shop.replace(DOC, "| 2026-03-08 | done | no |", f"| 2026-03-08 | open | {now} |")
    assert shop.check("good.json").code == code


def test_what_was_not_run_is_against_passed_and_not_against_linked(shop: Shop) -> None:
    """The promise asks for a test that passed, unless --gate says otherwise."""
    assert shop.run("-k", "other", "--incident-output=now.json") == 0
    told = shop.check("now.json")
    assert told.code == 10
    assert (
        "not run  PM-123/AI-1  Reject orders when the queue is deep  deselected (tests/test_shop.py::test_rejects)"
        in squeezed(told.out)
    )
    assert shop.check("--gate=linked", "now.json").code == 0
    off = shop.check("--gate=off", "now.json")
    assert (off.code, off.out.splitlines()[-1].endswith("gate not judged: the gate is off")) == (0, True)


def test_shards_by_deselection_are_one_whole(shop: Shop) -> None:
    """Each alone is not enough, and both are."""
    for name, expression in (("a", "rejects"), ("b", "not rejects")):
        assert shop.run("-k", expression, f"--incident-output={name}.json") == 0
        assert shop.check(f"{name}.json").code == 10
    assert shop.check("a.json", "b.json").code == 0
    assert shop.run("--deselect", "tests/test_shop.py::test_rejects", "--incident-output=c.json") == 0
    assert [shop.check("c.json").code, shop.check("c.json", "a.json").code] == [10, 0]


def test_a_part_alone_is_not_judged(shop: Shop) -> None:
    """A file that it did not collect names the incident."""
    assert shop.run("tests/test_shop.py", "--incident-output=now.json") == 0
    told = shop.check("now.json")
    assert told.code == 11
    assert "unknown  PM-123/AI-2  Bound every retry policy  tests/test_pay.py was not collected in full" in squeezed(
        told.out
    )


# --- baseline ------------------------------------------------------------------------------------------------------


def test_a_document_that_was_deleted_to_silence_the_gate_is_named(shop: Shop) -> None:
    """With --baseline; without it nobody can know."""
    shop.path.joinpath(DOC).unlink()
    shop.replace("tests/test_shop.py", '@pytest.mark.incident("PM-123", action_item="AI-1")', "")
    shop.replace("tests/test_pay.py", '@pytest.mark.incident("PM-123", action_item="AI-2")', "")
    assert shop.run("--incident-output=now.json") == 0
    assert shop.check("now.json").code == 0
    told = shop.check("--baseline", "good.json", "--output", "now.md", "now.json")
    assert told.code == 10
    assert told.out.splitlines()[-1].endswith("gate failed: 1 violation")
    assert "PM-123 was guarded, and its document is gone" in told.out + shop.read("now.md")


def test_what_the_baseline_misses_is_shown_on_the_terminal(shop: Shop) -> None:
    """With its place and what to do: a violation that is counted and not named helps nobody."""
    shop.path.joinpath(DOC).unlink()
    shop.write("tests/test_shop.py", "def test_other(): pass\n")
    shop.write("tests/test_pay.py", "def test_other(): pass\n")
    assert shop.run("--incident-output=now.json") == 0
    told = shop.check("--baseline", "good.json", "now.json")
    assert told.code == 10
    assert "PM-123 was guarded, and its document is gone" in told.out
    assert (
        "lost its guard: bring the document back, or where its id has changed, write the old one into its `incidents:`"
        in told.out
    )
    assert "PM-200 was guarded, and no test guards it now" in told.out


def test_an_incident_that_requires_no_test_can_lose_its_guard(shop: Shop) -> None:
    """The gate alone passes, also by `off`."""
    shop.replace("tests/test_pay.py", '@pytest.mark.incident("PM-200")', "")
    assert shop.run("--incident-output=now.json") == 0
    assert shop.check("now.json").code == 0
    for options in ((), ("--gate=off",), ("--gate=linked",)):
        told = shop.check(*options, "--baseline", "good.json", "--output=now.json.md", "now.json")
        assert told.code == 10
        assert "PM-200" in shop.read("now.json.md")


def test_a_baseline_of_shards_is_united(shop: Shop) -> None:
    """A folder; what any of them guarded counts."""
    shop.replace("tests/test_pay.py", '@pytest.mark.incident("PM-200")', "")
    assert shop.run("--incident-output=now.json") == 0
    assert shop.check("--baseline", "shards/1.json", "now.json").code == 0
    assert shop.check("--baseline", "shards", "now.json").code == 10
    assert shop.check("--baseline", "shards/1.json", "--baseline", "shards/2.json", "now.json").code == 10


def test_the_items_that_shards_of_a_baseline_guarded_are_united(shop: Shop) -> None:
    """Each shard guarded one of them, and both are lost now."""
    shop.write("tests/test_shop.py", "def test_other(): pass\n")
    shop.write("tests/test_pay.py", "def test_other(): pass\n")
    assert shop.run("--incident-output=now.json") == 1
    assert shop.check("--gate=off", "--baseline=shards", "--output=m.json", "now.json").code == 10
    violations = json.loads(shop.read("m.json"))["decision"]["violations"]
    assert sorted((one["postmortem"], one["item"], one["state"]) for one in violations) == [
        ("PM-123", "AI-1", "lost its guard"),
        ("PM-123", "AI-2", "lost its guard"),
        ("PM-200", "", "lost its guard"),
    ]


@pytest.mark.parametrize("text", ["", "{}", '{"version": 1, "state": "running"}'])
def test_a_baseline_that_cannot_be_read_ends_in_11(shop: Shop, text: str) -> None:
    """It is evidence like any other."""
    shop.write("main.json", text)
    told = shop.check("--baseline", "main.json", "good.json")
    assert (told.code, told.out) == (11, "")
    assert told.err.startswith("main.json: ")


def test_a_baseline_may_be_of_another_commit(shop: Shop) -> None:
    """It is of the main branch, and older."""
    shop.edited("main.json", commit="9" * 40, configuration="d" * 64, finished="2020-01-01T00:00:00+00:00")
    assert shop.check("--baseline", "main.json", "--max-age=1h", "good.json").code == 0


# --- 11 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("none.json",), "none.json: there is no such file; run the tests with --incident-output, and upload the file also when they fail\n"),
        (("none/*.json",), "none/*.json: matches no file; give files that `pytest --incident-output=NAME.json` has written\n"),
        (("tests",), "tests: holds no .json file; give files that `pytest --incident-output=NAME.json` has written\n"),
        (("pytest.ini",), "pytest.ini: is no whole JSON; run the tests again, or upload the file after the run has ended\n"),
        (("good.json/x.json",), "good.json/x.json: cannot be read: Not a directory; mend its permissions\n"),
        (("x" * 300 + ".json",), "x" * 300 + ".json: cannot be read: File name too long; mend its permissions\n"),
        (
            ("z.json", "a.json", "good.json"),
            "a.json: there is no such file; run the tests with --incident-output, and upload the file also when they fail\n"
            "z.json: there is no such file; run the tests with --incident-output, and upload the file also when they fail\n",
        ),
        (("--expect-shards=3", "shards"), "3 shards are expected, and there is evidence of 2; wait for all jobs, and give the evidence of each\n"),
        (("--expect-shards=1", "shards"), "1 shard is expected, and there is evidence of 2; wait for all jobs, and give the evidence of each\n"),
        (("shards/2.json",), "there is no evidence of shard 1/2; wait for all jobs, and give the evidence of each\n"),
    ],
    ids=lambda one: " ".join(one)[:40] if isinstance(one, tuple) else "",
)  # fmt: skip
def test_evidence_that_is_not_there_ends_in_11(shop: Shop, arguments: tuple[str, ...], told: str) -> None:
    """Every fault is told, and no verdict is given."""
    assert shop.check(*arguments) == Done(11, "", told)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"version": 2}, "now.json: has version 2, and this pytest-postmortem knows up to 1; update pytest-postmortem here too\n"),
        ({"state": "running"}, "now.json: says that its run is under way: the run was killed, or is not over; run the tests again, to their end\n"),
        ({"commit": "9" * 40}, "now.json: is of commit 999999999999, and the checkout is at unknown; run the tests on this commit, or check out the other one\n"),
        ({"configuration": "d" * 64}, "now.json: was made with another configuration; run the tests with the configuration of this checkout, from the same folder\n"),
        ({"finished": "2026-01-01T00:00:00"}, "now.json: is no evidence of version 1: 2026-01-01T00:00:00 has no time zone; give a file that `pytest --incident-output=NAME.json` has written\n"),
        ({"run_id": "\x1b[31m\n::error::x", "tests": {"x": 1}}, "now.json: is no evidence of version 1: {'x': 1} where a list is expected; give a file that `pytest --incident-output=NAME.json` has written\n"),
    ],
    ids=str,
)  # fmt: skip
def test_evidence_that_does_not_fit_ends_in_11(shop: Shop, values: dict[str, Any], told: str) -> None:
    """Alone, and beside what is fine."""
    shop.edited("now.json", **{"run_id": "f" * 32, **values})
    assert shop.check("now.json") == Done(11, "", told)
    assert shop.check("good.json", "now.json") == Done(11, "", told)


def test_stale_evidence_ends_in_11(shop: Shop) -> None:
    """With its age; how old it may be is asked for."""
    shop.edited("now.json", finished=(datetime.now(UTC) - timedelta(days=3)).isoformat())
    assert shop.check("now.json").code == 0
    assert shop.check("--max-age=7d", "now.json").code == 0
    assert shop.check("--max-age", "24h", "now.json") == Done(
        11, "", "now.json: is 3 days old, and --max-age allows 24.0 hours; run the tests again\n"
    )


def test_merging_makes_no_evidence_younger(shop: Shop) -> None:
    """Merged evidence is as old as the oldest run in it."""
    shop.edited("old.json", finished=(datetime.now(UTC) - timedelta(days=3)).isoformat())
    assert shop.check("old.json", "--output", "merged.json").code == 0
    assert shop.check("--max-age=1h", "old.json").code == 11
    assert shop.check("--max-age=1h", "merged.json").code == 11


def test_evidence_of_another_commit_ends_in_11(shop: Shop) -> None:
    """Than the one that is checked out."""
    git = ["git", "-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgSign=false"]
    for arguments in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "one"]):
        subprocess.run([*git, *arguments], cwd=shop.path, check=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=shop.path, check=True, capture_output=True, text=True)
    told = shop.check("good.json")
    assert told.code == 11
    assert told.err.startswith(f"good.json: is of commit unknown, and the checkout is at {head.stdout[:12]}; ")
    assert shop.run("--incident-output=now.json") == 0
    assert shop.check("now.json").code == 0
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "two"], cwd=shop.path, check=True)
    assert shop.check("now.json").code == 11


def test_evidence_of_another_configuration_ends_in_11(shop: Shop) -> None:
    """What is read by other settings is another promise."""
    shop.write("postmortem.toml", 'gate = "linked"\n')
    told = shop.check("good.json")
    assert (told.code, told.out) == (11, "")
    assert "good.json: was made with another configuration" in told.err
    assert shop.run("--incident-output=now.json") == 0
    assert shop.check("now.json").code == 0


@pytest.mark.parametrize("part", range(0, 64, 7))
def test_truncated_evidence_ends_in_11(shop: Shop, part: int) -> None:
    """Beside whole evidence, too."""
    text = shop.read("good.json")
    shop.write("now.json", text[: len(text) * part // 64])
    assert shop.check("good.json", "now.json") == Done(
        11, "", "now.json: is no whole JSON; run the tests again, or upload the file after the run has ended\n"
    )


def test_two_files_of_one_run_that_differ_end_in_11(shop: Shop) -> None:
    """A copy is none."""
    shop.write("copy.json", shop.read("good.json"))
    assert shop.check("good.json", "copy.json").code == 0
    shop.edited("copy.json", exit_status=3)
    assert shop.check("good.json", "copy.json") == Done(
        11, "", "copy.json: is of the same run as good.json, and differs from it; give only what the run wrote last\n"
    )


def test_a_file_that_is_no_text_ends_in_11(shop: Shop) -> None:
    """UTF-16, as some shells write."""
    shop.path.joinpath("now.json").write_bytes(shop.read("good.json").encode("utf-16"))
    assert shop.check("now.json") == Done(11, "", "now.json: is not UTF-8; give the file as pytest has written it\n")


def test_a_pipe_ends_in_11_and_nothing_waits(shop: Shop) -> None:
    """A FIFO is not opened."""
    os.mkfifo(shop.path / "now.json")
    assert shop.process("now.json") == Done(11, "", "now.json: is no regular file; name the files in it\n")


def test_links_that_lead_nowhere_end_in_11(shop: Shop) -> None:
    """To nothing, and in a circle."""
    shop.path.joinpath("now.json").symlink_to("gone.json")
    shop.path.joinpath("round.json").symlink_to("round.json")
    told = shop.check("now.json", "round.json")
    assert told.code == 11
    assert told.err.startswith("now.json: there is no such file; ")
    assert "round.json: " in told.err


def test_a_file_counts_once_however_it_is_named(shop: Shop) -> None:
    """Through links to it and to its folder."""
    shop.path.joinpath("link.json").symlink_to("good.json")
    shop.path.joinpath("folder").symlink_to("shards")
    assert shop.check("--expect-shards=1", "good.json", "link.json").code == 0
    assert shop.check("--expect-shards=2", "shards", "folder", "folder/1.json").code == 0


def test_a_folder_is_searched_through(shop: Shop) -> None:
    """Other files are left alone, a folder that is named like evidence is a folder; foreign JSON is refused."""
    shop.write("all/linux.json/deep/e.json", shop.read("shards/1.json"))
    shop.write("all/mac/e.json", shop.read("shards/2.json"))
    shop.write("all/report.html", "")
    assert shop.check("--expect-shards=2", "all").code == 0
    assert shop.check("--expect-shards=2", "all/linux.json", "all/mac").code == 0
    shop.write("all/package.json", "{}")
    told = shop.check("all")
    assert (told.code, told.err.startswith("all/package.json: is no evidence; ")) == (11, True)


def test_what_cannot_be_read_in_a_folder_is_never_passed_over(shop: Shop) -> None:
    """A link to nothing and a pipe that are named like evidence are faults, as they are when named one by one."""
    shop.write("all/a.json", shop.read("good.json"))
    for make in (lambda path: path.symlink_to("gone.json"), os.mkfifo):
        make(shop.path / "all" / "b.json")
        assert shop.check("all/a.json", "all/b.json").code == 11
        assert shop.check("all/*.json").code == 11
        assert shop.check("all").code == 11
        shop.path.joinpath("all/b.json").unlink()


def test_a_name_with_the_signs_of_a_glob_is_a_name_where_there_is_such_a_file(shop: Shop) -> None:
    """Brackets stand in the names of matrix jobs."""
    shop.write("e[linux].json", shop.read("good.json"))
    assert shop.check("e[linux].json").code == 0


def test_a_file_that_may_not_be_read_ends_in_11(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the reason of the system."""
    real = Path.read_bytes

    def denied(path: Path) -> bytes:
        if path.name == "good.json":
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", denied)
    assert shop.check("good.json") == Done(
        11, "", "good.json: cannot be read: Permission denied; mend its permissions\n"
    )


KILLERS = {
    "leaves the process": "import os\ndef test_a(): os._exit(0)\n",
    "is killed": "import os, signal\ndef test_a(): os.kill(os.getpid(), signal.SIGKILL)\n",
}


@pytest.mark.parametrize("name", KILLERS)
def test_a_run_that_was_killed_ends_in_11(shop: Shop, name: str) -> None:
    """It leaves `running`, in the place of the evidence of an earlier, green run."""
    shop.write("tests/test_a.py", KILLERS[name])
    code = shop.run("-p", "no:xdist", "--incident-output=good.json")
    assert code == (0 if name == "leaves the process" else -signal.SIGKILL)
    assert shop.process("good.json") == Done(
        11,
        "",
        "good.json: says that its run is under way: the run was killed, or is not over; "
        "run the tests again, to their end\n",
    )


def test_a_run_that_stopped_early_ends_in_11_where_a_guard_was_not_reached(shop: Shop) -> None:
    """With -x; where all guards were reached before it is as good as whole."""
    shop.write("tests/test_a.py", "def test_a(): assert 0\n")
    assert shop.run("-p", "no:xdist", "-x", "--incident-output=now.json") == 1
    told = shop.check("now.json")
    assert told.code == 11
    assert (
        "not run  PM-123/AI-1  Reject orders when the queue is deep  not reached in this run (tests/test_shop.py::test_rejects)"
        in squeezed(told.out)
    )
    shop.path.joinpath("tests/test_a.py").rename(shop.path / "tests" / "test_z.py")
    assert shop.run("-p", "no:xdist", "-x", "--incident-output=now.json") == 1
    assert shop.check("now.json").code == 0


def test_a_run_that_collected_only_ends_in_11(shop: Shop) -> None:
    """It is no run; beside a real one it does no harm."""
    assert shop.run("--collect-only", "--incident-output=now.json") == 0
    assert shop.check("--gate=linked", "now.json").code == 11
    assert shop.check("now.json").code == 11
    assert shop.check("now.json", "good.json").code == 0


def test_a_run_without_a_test_ends_in_10_or_11(shop: Shop) -> None:
    """Nothing is guarded by nothing."""
    shutil.rmtree(shop.path / "tests")
    assert shop.run("--incident-output=now.json") == 5
    told = shop.check("now.json")
    assert told.code == 11
    assert "partial: no test was collected" in told.out


def test_a_module_that_failed_at_collection_ends_in_11(shop: Shop) -> None:
    """Its items are unknown, with the file; another shard that has it guards them."""
    text = shop.read("tests/test_pay.py")
    shop.write("tests/test_pay.py", "import nothing\n" + text)
    assert shop.run("--continue-on-collection-errors", "--incident-output=now.json") == 1
    told = shop.check("now.json")
    assert told.code == 11
    assert "unknown  PM-123/AI-2  Bound every retry policy  tests/test_pay.py failed at collection" in squeezed(
        told.out
    )
    shop.write("tests/test_pay.py", text)
    assert shop.check("now.json", "good.json").code == 0


@pytest.mark.parametrize(("name", "code"), [("1/1", 0), ("", 10)])
def test_a_retried_shard_replaces_its_first_try(shop: Shop, name: str, code: int) -> None:
    """Where the shard has a name; the attempt is that of the CI job."""
    shop.write(
        "tests/test_a.py",
        "import os\nimport pytest\n@pytest.mark.incident('PM-200')\n@pytest.mark.incident('PM-123', action_item='AI-1')\ndef test_a(): assert os.environ['GITHUB_RUN_ATTEMPT'] == '2'\n",
    )
    for attempt in ("1", "2"):
        environ = {"POSTMORTEM_SHARD": name, "GITHUB_RUN_ATTEMPT": attempt}
        assert shop.run(f"--incident-output=try{attempt}.json", **environ) == (1 if attempt == "1" else 0)
    assert shop.check("try1.json").code == 10
    assert shop.check("try2.json", "try1.json").code == code


# --- 12 and 13 -----------------------------------------------------------------------------------------------------


def test_a_document_that_cannot_be_used_ends_in_12(shop: Shop) -> None:
    """With its faults and the way out; the evidence is not even read."""
    shop.replace(DOC, "date: 2026-02-11", "date: 2026-02-31")
    shop.path.joinpath("docs/postmortems/PM-300-x.md").write_bytes(b"\xff\xfe\x00")
    told = shop.process("none.json")
    assert (told.code, told.out) == (12, "")
    assert told.err.startswith(
        "2 faults in the post-mortems (leave a file or folder out with `exclude` in [tool.pytest-postmortem]):\n"
    )
    assert f"\n{DOC}:4: " in told.err
    assert "\ndocs/postmortems/PM-300-x.md" in told.err
    assert "Traceback" not in told.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "Missing argument 'EVIDENCE...'"),
        (("--no-such", "good.json"), "No such option"),
        (("--max-age", "soon", "good.json"), "'soon' is no age; write 90m, 24h, 7d or 2w"),
        (("--max-age", "-1h", "good.json"), "'-1h' is no age; write 90m, 24h, 7d or 2w"),
        (("--max-age", "24", "good.json"), "'24' is no age; write 90m, 24h, 7d or 2w"),
        (("--expect-shards", "0", "good.json"), "0 is not in the range x>=1"),
        (("--expect-shards", "two", "good.json"), "'two' is not a valid integer"),
        (("--gate", "pased", "good.json"), "--gate: unknown policy 'pased'; did you mean 'passed'?"),
        (("--gate", "", "good.json"), "--gate: unknown policy ''; write 'linked', 'passed', 'proven' or 'off'"),
        (("--output", "now.txt", "good.json"), "--output: no format has the suffix of 'now.txt'; the suffix chooses the format: .html, .json, .md"),
        (("--output", "docs", "good.json"), "--output: no format has the suffix of 'docs'"),
        (("--output", "a.md", "--output", "a.md", "good.json"), "--output: a.md is named twice; name it once"),
        (("--baseline",), "Option '--baseline' requires an argument"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else "",
)  # fmt: skip
def test_a_wrong_command_line_ends_in_13(shop: Shop, arguments: tuple[str, ...], told: str) -> None:
    """With what is wrong and what to write."""
    done = shop.check(*arguments)
    assert (done.code, done.out) == (13, "")
    assert told in done.err


@pytest.mark.parametrize("age", ["90m", "24h", "7D", "2w", " 1 h "])
def test_an_age_may_be_written_so(shop: Shop, age: str) -> None:
    """Minutes, hours, days and weeks."""
    assert shop.check("--max-age", age, "good.json").code == 0


def test_a_folder_is_no_output(shop: Shop) -> None:
    """It is not replaced."""
    shop.path.joinpath("x.json").mkdir()
    os.mkfifo(shop.path / "y.html")
    assert "--output: x.json is a folder; name a file in it" in shop.check("--output=x.json", "good.json").err
    assert "--output: y.html is no regular file; name another file" in shop.check("--output=y.html", "good.json").err


def test_no_postmortem_ends_in_13(shop: Shop) -> None:
    """A gate over nothing is a wrong configuration, unless the evidence shows that there were documents."""
    shutil.rmtree(shop.path / "docs")
    told = shop.check("good.json")
    assert (told.code, told.out) == (11, "")
    assert "PM-123/AI-1" in told.err
    shop.edited("empty.json", tests=[], postmortems=[], inventory=shop.inventory() | {"digests": {}})
    told = shop.check("empty.json")
    assert (told.code, told.out) == (13, "")
    assert told.err.startswith(f"no post-mortem found in {shop.path} (looked at docs/postmortems, ")


# --- outputs -------------------------------------------------------------------------------------------------------


def test_every_format_is_written_from_the_merged_evidence(shop: Shop) -> None:
    """In folders that are made; the evidence is as the schema says, of all runs, and can be checked again."""
    outputs = ("--output=out/a/m.json", "--output", "out/page.html", "--output=out/page.MD")
    assert shop.check("shards", *outputs).code == 0
    said = validate(shop.read("out/a/m.json"))
    runs = [json.loads(shop.read(f"shards/{number}.json"))["run_id"] for number in (1, 2)]
    assert said["merged"] == sorted(runs)
    assert said["run_id"] not in runs
    assert (said["exit_status"], said["decision"]["verdict"], said["decision"]["policy"]) == (0, "passed", "passed")
    assert (said["completeness"]["complete"], said["inventory"]["union"]) == (True, True)
    assert [one["state"] for one in said["postmortems"]] == ["guarded", "guarded"]
    assert (said["inventory"]["collected"], said["inventory"]["finished"]) == (4, 4)
    assert said["inventory"]["files"] == ["tests/test_pay.py", "tests/test_shop.py"]
    assert "Checkout queue overflow" in shop.read("out/page.html")
    assert "gate passed" in shop.read("out/page.MD")
    assert shop.check("--expect-shards=2", "out/a/m.json", "shards").code == 0
    assert not [path for path in shop.path.rglob("*") if path.name.endswith("tmp")]


def test_outputs_are_written_also_when_the_gate_fails(shop: Shop) -> None:
    """With the code that the command ends in."""
    shop.replace(DOC, "| no |", "| required |")
    assert shop.check("good.json", "--output=m.json").code == 10
    said = validate(shop.read("m.json"))
    assert (said["exit_status"], said["decision"]["verdict"]) == (10, "failed")
    assert shop.run("tests/test_shop.py", "--incident-output=now.json") == 0
    shop.replace(DOC, "done | required |\n| AI-3", "done | required |\n| AI-4")
    assert shop.check("now.json", "--output=m.json").code == 11
    said = validate(shop.read("m.json"))
    assert (said["exit_status"], said["decision"]["verdict"]) == (11, "not judged")


def test_merged_evidence_of_one_run_is_that_run(shop: Shop) -> None:
    """Its id stays, so that it counts once beside the evidence of others; it may replace its own source."""
    assert shop.check("good.json", "--output=good.json").code == 0
    said = validate(shop.read("good.json"))
    assert said["merged"] == [said["run_id"]]
    assert shop.check("--expect-shards=1", "good.json").code == 0


def test_an_output_that_cannot_be_written_ends_in_11(shop: Shop) -> None:
    """With a message, and without half a file; a folder cannot be made where a file is."""
    done = shop.process("good.json", "--output=pytest.ini/m.html")
    assert done.code == 11
    assert re.fullmatch(
        r".*/pytest\.ini/m\.html: cannot be written: .*; name a file in a folder that can be written\n", done.err
    )
    assert "Traceback" not in done.err


def test_a_full_disk_ends_in_11(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was there before stays whole."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    shop.write("m.md", "## ✅ Incidents\n")
    monkeypatch.setattr(os, "fsync", full)
    done = shop.check("good.json", "--output=m.md")
    assert (done.code, shop.read("m.md")) == (11, "## ✅ Incidents\n")
    assert "m.md: cannot be written: No space left on device" in done.err
    assert not [path for path in shop.path.iterdir() if path.name.endswith("tmp")]


def coloured(shop: Shop, *arguments: str, **environ: str) -> str:
    """What a terminal shows."""
    import pty

    controller, terminal = pty.openpty()
    command = [sys.executable, "-m", "pytest_postmortem", "check", *arguments]
    with subprocess.Popen(
        command, cwd=shop.path, env=os.environ | {"TERM": "xterm"} | environ, stdout=terminal, stderr=terminal
    ):
        os.close(terminal)
        shown = b""
        while True:
            try:
                shown += os.read(controller, 10_000)
            except OSError:
                break
    os.close(controller)
    return shown.decode()


def test_a_terminal_gets_colour_unless_it_does_not_want_any(shop: Shop) -> None:
    """NO_COLOR is honoured."""
    assert "\x1b[32m\x1b[1m" + PASSED in coloured(shop, "good.json")
    assert coloured(shop, "good.json", NO_COLOR="1") == PASSED + "\r\n"


def test_what_a_console_cannot_show_is_escaped(shop: Shop) -> None:
    """On stdout and on stderr, with the same code."""
    shop.replace(DOC, "Reject orders when the queue is deep", "キュー")
    environ = os.environ | {"PYTHONIOENCODING": "cp1252"}
    command = [sys.executable, "-m", "pytest_postmortem", "check", "-v", "good.json"]
    done = subprocess.run(command, cwd=shop.path, env=environ, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"AI-1 \\u30ad\\u30e5\\u30fc" in done.stdout
    done = subprocess.run([*command, "キュー.json"], cwd=shop.path, env=environ, capture_output=True, check=False)
    assert (done.returncode, done.stderr[:24]) == (11, b"\\u30ad\\u30e5\\u30fc.json:")


# --- GitHub Actions ------------------------------------------------------------------------------------------------


@pytest.fixture
def actions(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The environment of a step; gives the file of its summary, to which another step has written."""
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.example.org")
    monkeypatch.setenv("GITHUB_REPOSITORY", "acme/shop")
    return summary


def test_github_actions_gets_a_summary_and_annotations(shop: Shop, actions: Path) -> None:
    """At the document's line, with a path from the root of the repository; what was in the summary stays."""
    subprocess.run(["git", "init", "-q"], cwd=shop.path.parent, check=True)
    shop.replace(DOC, "| no |", "| required |")
    told = shop.check("good.json")
    assert told.code == 10
    (command,) = (line for line in told.out.splitlines() if line.startswith("::"))
    assert command.startswith(
        f"::error file=shop/{DOC},line=15,title=PM-123/AI-3::PM-123/AI-3 requires a test and has none"
    )
    summary = actions.read_text(encoding="utf-8")
    assert summary.startswith("before\n")
    assert "Checkout queue overflow" in summary


def test_a_promise_that_is_kept_has_no_annotation(shop: Shop, actions: Path) -> None:
    """And a summary all the same."""
    assert shop.check("good.json") == Done(0, PASSED + "\n", "")
    assert "gate passed" in actions.read_text(encoding="utf-8")


def test_github_actions_is_left_alone_when_asked(shop: Shop, actions: Path) -> None:
    """--no-ci."""
    shop.replace(DOC, "| no |", "| required |")
    told = shop.check("--no-ci", "good.json")
    assert (told.code, "::error" in told.out) == (10, False)
    assert actions.read_text(encoding="utf-8") == "before\n"


def test_other_services_get_none(shop: Shop, actions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables of GitHub alone say nothing without GITHUB_ACTIONS."""
    monkeypatch.delenv("GITHUB_ACTIONS")
    shop.replace(DOC, "| no |", "| required |")
    assert "::error" not in shop.check("good.json").out
    assert actions.read_text(encoding="utf-8") == "before\n"


def test_a_summary_that_cannot_be_written_names_an_option_of_this_command(
    shop: Shop, actions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """11, and what to do is something that `postmortem check` knows."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(actions / "x"))
    told = shop.check("good.json")
    assert told.code == 11
    assert "the step summary cannot be written: Not a directory" in told.err
    assert re.search(r"--no-ci\b", told.err)


def test_a_hostile_title_is_no_command(shop: Shop, actions: Path) -> None:
    """Neither on the terminal, nor in an annotation, nor in an error."""
    shop.replace(DOC, "title: Checkout queue overflow", 'title: "x\\n::stop-commands::t\\n##[error]y"')
    shop.replace(DOC, "| no |", "| required |")
    told = shop.check("good.json")
    live = [line for line in told.out.splitlines() if line.lstrip().startswith("::") or "##[" in line]
    assert len(live) == 1
    assert live[0].startswith("::error file=")
    shop.write("now\n::error::x.json", "")
    assert all(not line.startswith("::") for line in shop.check("now\n::error::x.json").err.splitlines()[1:2])


def test_a_register_that_cannot_be_used_ends_in_12(shop: Shop) -> None:
    """Absent, or with a fault: at its line, and there is no verdict."""
    shop.write("postmortem.toml", 'incidents = "docs/incidents.yaml"\n')
    told = shop.check("good.json")
    assert (told.code, told.out) == (12, "")
    assert told.err.splitlines() == [
        "1 fault in the register of incidents:",
        "docs/incidents.yaml: cannot be read: No such file or directory; "
        "mend it, or mend `incidents` in the configuration",
    ]
    shop.write("docs/incidents.yaml", "- INC-1\n- INC-2\n- INC-1\n")
    told = shop.check("good.json")
    assert told.code == 12
    assert "docs/incidents.yaml:3: the id 'INC-1' is also that of line 1; keep one of the two" in told.err
