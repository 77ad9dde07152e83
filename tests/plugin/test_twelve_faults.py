"""The ways to lose a guard, in a run that chooses no policy: never "gate passed"; and `check` of its evidence fails."""

from __future__ import annotations

import pytest

from tests.command.incidents import Incidents
from tests.plugin.test_lost_guards import LOSSES, PLAIN, TWELVE, Loss, project
from tests.workers import TWO_WORKERS


def run(pytester: pytest.Pytester, loss: Loss, options: tuple[str, ...] = PLAIN) -> tuple[int, str]:
    """Run with the default gate, and leave evidence."""
    project(pytester, loss)
    result = pytester.runpytest_inprocess(*options, "--incident-report", "--incident-output=e.json", *loss.args)
    return int(result.ret), result.stdout.str()


@pytest.mark.parametrize("loss", [one for one in LOSSES if not one.workers], ids=lambda loss: loss.name)
def test_the_default_gate_does_not_pass(pytester: pytest.Pytester, loss: Loss) -> None:
    """A run that ends in 0 says that it has not judged. Of the twelve usual ways, `check` fails in each."""
    code, shown = run(pytester, loss)
    assert "gate passed" not in shown
    assert code != 0 or "gate not judged" in shown
    if loss.name in TWELVE:
        checked = Incidents(pytester.path).process("check", "e.json")
        assert checked.code in (10, 11)
        assert "gate passed" not in checked.out


@pytest.mark.parametrize("options", [TWO_WORKERS, (*PLAIN, "--continue-on-collection-errors")], ids=["xdist", "plain"])
def test_an_invalid_marker_beside_a_guard_that_runs(pytester: pytest.Pytester, options: tuple[str, ...]) -> None:
    """The tests run in spite of the error of collection; it is in the verdict, and `check` refuses the evidence."""
    code, shown = run(pytester, next(loss for loss in LOSSES if loss.name == "second test mistyped"), options)
    assert code == 1
    assert 'gate not judged: tests/test_guard.py:5: test_two: no post-mortem is named "PM-11"' in shown
    checked = Incidents(pytester.path).process("check", "e.json")
    assert checked.code == 11
    assert 'test_two: no post-mortem is named "PM-11"' in checked.out


def test_both_pass_while_the_guard_is_there(pytester: pytest.Pytester) -> None:
    code, shown = run(pytester, Loss("none"))
    assert code == 0
    assert "gate passed" in shown
    assert Incidents(pytester.path).process("check", "e.json").code == 0


def test_the_twelve_are_there() -> None:
    assert len({loss.name for loss in LOSSES} & set(TWELVE)) == 12
