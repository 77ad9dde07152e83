"""The whole command, killed or interrupted in the middle: nothing is left that its next start does not remove."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import proof_kills
from benchmarks.proof_kills import ASK, Shop, processes
from pytest_postmortem.evidence import ledger
from pytest_postmortem.proving.temporary_folder import PREFIX
from tests.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A repository with a change that is not committed, a stash and a linked work tree.

    What its tests start sleeps for longer than anybody waits here for its end.
    """
    monkeypatch.setattr(proof_kills, "TEST", proof_kills.TEST.replace('"30"', '"600"'))
    return Shop(tmp_path)


def sleeps(shop: Shop) -> bool:
    """Whether a test runs: it has started a process of its own."""
    return any(one.startswith("sleep 600") for one in processes(str(shop.path)))


def sets_up(shop: Shop) -> bool:
    """Whether a setup command runs."""
    return any(one.startswith("sleep 0.1") for one in processes(str(shop.path)))


def makes_trees(shop: Shop) -> bool:
    """Whether both jobs are filling their trees: from then on an interrupt finds whose these are."""
    return len(list(shop.temporary.glob(f"{PREFIX}*/index*"))) > 1


MOMENTS = pytest.mark.parametrize("moment", [makes_trees, sets_up, sleeps])


@MOMENTS
def test_killed(shop: Shop, moment: Callable[[Shop], bool]) -> None:
    """SIGKILL ends the command alone: what it has started ends soon, and what is the user's is as it was."""
    before = shop.state()
    process = shop.start(*ASK, run=str(shop.path))
    wait_until(lambda: moment(shop), moment.__name__)
    process.kill()
    process.communicate()
    assert shop.folders() > 0
    wait_until(lambda: not processes(str(shop.path)), "all that it has started ends")
    assert shop.faults(before, str(shop.path)) == []
    assert not shop.path.joinpath(ledger.PATH).exists()


@MOMENTS
def test_interrupted(shop: Shop, moment: Callable[[Shop], bool]) -> None:
    """Ctrl-C ends the command and all that it has started, and it removes its folders itself."""
    before = shop.state()
    process = shop.start(*ASK, run=str(shop.path))
    wait_until(lambda: moment(shop), moment.__name__)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors.decode().splitlines()[-1]) == (130, "interrupted")
    assert sorted(shop.temporary.rglob("*")) == []
    wait_until(lambda: not processes(str(shop.path)), "all that it has started ends")
    assert shop.faults(before, str(shop.path)) == []


def test_killed_while_the_ledger_is_written(shop: Shop) -> None:
    """The half file beside the ledger is removed by the next start, and the ledger is what it was."""
    path = shop.path / ledger.PATH
    path.parent.mkdir()
    path.write_text(ledger.dump_ledger([]))
    half = path.with_name(".0123456789abcdef.postmortem-tmp")
    half.write_text("{")
    before = shop.state()
    assert shop.faults(before, str(shop.path)) == []
    assert not half.exists()
    assert ledger.read_ledger(path) == {}
