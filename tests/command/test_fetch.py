"""`postmortem fetch`: what it says, what it writes, its exit codes; and that nothing is lost."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.command.incidents import Done, Incidents, read_to_the_end
from tests.sources.http.faults import CASES, SLOW
from tests.sources.http.loopback import CANARY, Asked, Server, answer, forms
from tests.sources.remote.services.github import EXAMPLE, issue, reply
from tests.waiting import PATIENCE, wait_until

SNAPSHOT = ".postmortem/shop.json"
TABLE = """\
[[remote]]
name = "shop"
type = "github"
repository = "acme/shop"
label = "postmortem"
token-env = "TRACKER_TOKEN"
url = "{}"
"""


class Shop(Incidents):
    """A project whose post-mortems are the issues of a server of this machine."""

    def __init__(self, path: Path, server: Server) -> None:
        super().__init__(path)
        self.server = server
        self.write("postmortem.toml", TABLE.format(server.origin))

    def fetch(self, *arguments: str) -> Done:
        return self.run("fetch", "--allow-host", self.server.origin.partition("//")[2], *arguments)

    def answer(self, by: Callable[[Asked], bytes]) -> None:
        self.server.script(lambda asked: asked.sock.sendall(by(asked)))

    @property
    def snapshot(self) -> bytes:
        return (self.path / SNAPSHOT).read_bytes()


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("TRACKER_TOKEN", CANARY)
    with Server(lambda asked: asked.sock.sendall(reply(asked))) as server:
        yield Shop(tmp_path, server)


def some(*numbers: int) -> Callable[[Asked], bytes]:
    return lambda asked: answer([issue(number, f"Number {number}") for number in numbers])


def test_a_first_fetch_a_second_one_and_what_changed(shop: Shop) -> None:
    """A line each; nothing else is written than the snapshot."""
    assert shop.fetch() == Done(0, f"shop: 2 post-mortems (2 new), in {SNAPSHOT}\n", "")
    assert [str(path.relative_to(shop.path)) for path in shop.path.rglob("*") if path.is_file()] == [
        "postmortem.toml", SNAPSHOT,
    ]  # fmt: skip
    number = len(shop.server.asked)
    shop.answer(EXAMPLE.quiet or reply)
    assert shop.fetch("shop") == Done(0, f"shop: 2 post-mortems (nothing has changed), in {SNAPSHOT}\n", "")
    assert len(shop.server.asked) == number + 1
    shop.answer(some(9, 10, 11))
    assert shop.fetch().out == f"shop: 3 post-mortems (2 new, 1 changed, 1 gone), in {SNAPSHOT}\n"
    assert json.loads(shop.snapshot)["count"] == 3


def test_a_look_without_a_trace(shop: Shop) -> None:
    """--dry-run tells what would come; --check ends in 10 until the snapshot holds it."""
    assert shop.fetch("--dry-run") == Done(0, "shop: 2 post-mortems (2 new)\n", "")
    assert shop.fetch("--check").code == 10
    assert not (shop.path / SNAPSHOT).exists()
    shop.fetch()
    before = shop.snapshot
    assert shop.fetch("--check", "--full") == Done(0, "shop: 2 post-mortems (nothing has changed)\n", "")
    shop.answer(some(9))
    assert shop.fetch("--check") == Done(10, "shop: 1 post-mortem (1 changed, 1 gone)\n", "")
    assert shop.snapshot == before


def test_an_empty_answer_is_not_believed(shop: Shop) -> None:
    """Neither the first time nor later; fewer than half is worth a note."""
    shop.answer(some())
    assert shop.fetch() == Done(
        12,
        "",
        f"shop: {shop.server.origin}: no post-mortem came; a wrong token or query can look like this; where it is true, use --allow-empty\n",
    )
    shop.answer(some(1, 2, 3))
    shop.fetch()
    before = shop.snapshot
    shop.answer(some(2))
    told = shop.fetch("--dry-run")
    assert told.err == "note: shop: 1 of 3 post-mortems are left: see that this is true before you commit it\n"
    shop.answer(some())
    told = shop.fetch("--full")
    assert (told.code, "no post-mortem came, and there were 3;" in told.err, shop.snapshot) == (12, True, before)
    assert shop.fetch("--full", "--allow-empty").out == f"shop: 0 post-mortems (3 gone), in {SNAPSHOT}\n"
    assert json.loads(shop.snapshot)["documents"] == []


def test_every_fault_leaves_the_snapshot_as_it_was(shop: Shop) -> None:
    """On the first page or the second: code 12, one line, and not a byte of the token."""
    shop.fetch()
    before = shop.snapshot
    faults = [case for case in CASES if case.ask is CASES[0].ask and case.told != SLOW and case.requests == 1]
    for place, case in enumerate(faults):
        script = case.scripts if not isinstance(case.scripts, tuple) else case.scripts[0]
        shop.server.asked.clear()
        page = 1 + place % 2

        def answered(asked: Asked, script: object = script, page: int = page) -> None:
            if len(shop.server.asked) < page:
                asked.sock.sendall(reply(asked))
            elif callable(script):
                script(asked)
            else:
                asked.sock.sendall(script)  # type: ignore[arg-type]

        shop.server.script(answered)
        told = shop.fetch("--full", "--timeout", "5")
        assert (told.code, told.out, told.err.count("\n")) == (12, "", 1), case.name
        assert told.err.startswith(f"shop: {shop.server.origin}"), case.name
        assert [form for form in forms() if form in told.err] == []
        assert shop.snapshot == before
    assert len(faults) > 60


def test_a_second_source_is_fetched_though_the_first_fails(shop: Shop) -> None:
    """And the code says that not all is well."""
    shop.write(
        "postmortem.toml",
        TABLE.format(shop.server.origin) + TABLE.format(shop.server.origin).replace('"shop"', '"ops"'),
    )
    shop.answer(lambda asked: answer([issue(1, "One")]) if len(shop.server.asked) > 1 else answer({}, "404 Not Found"))
    told = shop.fetch()
    assert (told.code, told.out) == (12, "ops: 1 post-mortem (1 new), in .postmortem/ops.json\n")
    assert told.err.startswith(f"shop: {shop.server.origin}/repos/acme/shop/issues: not found (404);")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["shpo"], "no remote source is named 'shpo'; did you mean 'shop'?"),
        (["x"], "no remote source is named 'x'; the names are shop"),
    ],
)
def test_a_name_that_is_none(shop: Shop, arguments: list[str], told: str) -> None:
    """With the nearest one."""
    assert shop.fetch(*arguments) == Done(-1, "", told)
    assert shop.server.asked == []


def test_without_a_source(tmp_path: Path) -> None:
    """It says how to have one."""
    told = Incidents(tmp_path).process("fetch")
    assert told == Done(13, "", "no remote source is configured; write [[tool.pytest-postmortem.remote]]\n")


def test_a_token_goes_nowhere_unasked(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed address gets none, whatever a file says; the environment may allow it, or the command line."""
    told = shop.run("fetch")
    place = shop.server.origin.partition("//")[2]
    assert told.code == 12
    assert told.err == (
        f"shop: {shop.server.origin}: the token in TRACKER_TOKEN does not go to {place} unasked; --allow-host {place}, "
        f"or POSTMORTEM_ALLOW_HOSTS={place} in the environment; no file can allow it\n"
    )
    assert shop.server.connections == 0
    monkeypatch.setenv("POSTMORTEM_ALLOW_HOSTS", f"other.example.org, {place}")
    assert shop.run("fetch").code == 0
    monkeypatch.delenv("TRACKER_TOKEN")
    told = shop.run("fetch")
    assert told == Done(12, "", "shop: TRACKER_TOKEN: the variable is not set; set it to a token for this source\n")


def test_a_snapshot_that_cannot_be_read_is_made_anew(shop: Shop) -> None:
    """A merge that went wrong, say; the note tells."""
    shop.write(SNAPSHOT, "<<<<<<< ours")
    told = shop.fetch()
    assert (told.code, told.out) == (0, f"shop: 2 post-mortems (2 new), in {SNAPSHOT}\n")
    assert told.err.startswith(f"note: {SNAPSHOT} is no snapshot: JSONDecodeError(")
    assert told.err.endswith(": everything is fetched anew\n")


def test_a_snapshot_that_cannot_be_written(shop: Shop) -> None:
    """One line, and the code of an output that cannot be written."""
    shop.write(".postmortem", "a file in the place of the folder")
    told = shop.fetch()
    assert (told.code, told.out) == (11, "")
    assert "shop.json: cannot be " in told.err


def test_what_a_service_says_is_harmless_on_a_terminal(shop: Shop) -> None:
    """An error message of its own words."""
    shop.answer(lambda asked: answer({"message": "\x1b[31m\n::error::x\u202e"}, "400 Bad Request"))
    told = shop.fetch()
    assert told.err.count("\n") == 1
    assert not {"\x1b", "\u202e"} & set(told.err)


def endless(asked: Asked) -> None:
    """Pages without end, a few each second."""
    asked.over.wait(0.05)
    page = int((asked.target.partition("page=")[2] or "1").partition("&")[0].replace("100", "1"))
    link = f'</repos/acme/shop/issues?page={page + 1}>; rel="next"'
    asked.sock.sendall(answer([issue(page, f"Number {page}")], link=link))


def command(shop: Shop) -> list[str]:
    return [sys.executable, "-m", "pytest_postmortem", "fetch", "--allow-host", shop.server.origin.partition("//")[2]]


def test_an_interrupt_keeps_what_was_there(shop: Shop) -> None:
    """Ctrl-C ends it at once, in 130, with one word."""
    shop.fetch()
    before = shop.snapshot
    shop.server.script(endless)
    process = subprocess.Popen(
        [*command(shop), "--full"], cwd=shop.path, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    wait_until(lambda: len(shop.server.asked) >= 8)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, err) == (130, "", "\ninterrupted\n")
    assert shop.snapshot == before
    assert os.listdir(shop.path / ".postmortem") == ["shop.json"]


@pytest.mark.clock
def test_progress_on_a_terminal(shop: Shop) -> None:
    """How many there are so far, after a second, and nothing of it is left."""
    pty = pytest.importorskip("pty")
    shop.server.script(endless)
    controller, terminal = pty.openpty()
    process = subprocess.Popen(command(shop), cwd=shop.path, stderr=terminal, stdout=subprocess.DEVNULL)
    os.close(terminal)
    shown = b""
    while b" so far" not in shown:
        shown += os.read(controller, 1024)
    shop.answer(lambda asked: answer({}, "404 Not Found"))
    shown += read_to_the_end(controller)
    assert process.wait(PATIENCE) == 12
    assert re.search(rb"\rshop: [1-9]\d* so far", shown)
    assert b"\r\x1b[Kshop: " in shown
