"""What a run can know."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_postmortem.judging.completeness import Unseen, judge_completeness
from pytest_postmortem.model.run import Run
from pytest_postmortem.model.state import State
from tests.builders import item, postmortem, report, run


def test_a_run_without_gaps_is_complete() -> None:
    """Links and outcomes are known."""
    found = judge_completeness(run())
    assert (found.complete, found.links, found.outcomes, found.reasons) == (True, True, True, ())


@pytest.mark.parametrize(
    ("gap", "links", "reason"),
    [
        ({"narrowed": ("only a was asked for",)}, False, "only a was asked for"),
        ({"lost": "no worker spoke"}, False, "no worker spoke"),
        ({"withheld": {"t.py": "failed at collection"}}, False, "t.py failed at collection"),
        ({"stopped": ("2 of 3 tests have no result",)}, True, "2 of 3 tests have no result"),
        ({"collect_only": True}, True, "--collect-only runs no test"),
        ({"deselected": 1}, True, "1 test was deselected"),
        ({"deselected": 2}, True, "2 tests were deselected"),
        ({"collected": 0}, True, "no test was collected"),
    ],
)
def test_each_gap_has_its_reason(gap: dict[str, object], links: bool, reason: str) -> None:
    """Gaps at collection leave links unknown, the others outcomes alone."""
    found = judge_completeness(run(**gap))
    assert (found.complete, found.links, found.outcomes, found.reasons) == (False, links, False, (reason,))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project whose id stands in several places."""
    for name, text in {
        "tests/test_a.py": "PM-1",
        "tests/test_b.py": '@pytest.mark.incident("PM-1")',
        "tests/test_c.py": "PM-12 XPM-1",
        "src/shop.py": "# INC-7: see there",
        "notes.txt": "PM-3",
        ".hidden/x.py": "PM-3",
        "build/x.py": "PM-4",
        "env/pyvenv.cfg": "",
        "env/x.py": "PM-3",
        "node_modules/x.py": "PM-3",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def why(the_run: Run, base: Path, *names: str) -> str | None:
    return Unseen.search(the_run, base, names).why(names)


def test_a_complete_run_has_seen_everything(tree: Path) -> None:
    """Nothing is read."""
    assert why(run(), tree, "PM-1") is None


def test_a_narrowed_run_looks_into_the_other_files(tree: Path) -> None:
    """Into every `.py` file outside what was collected, for whole ids; environments and hidden folders are left out."""
    narrowed = run(narrowed=("x",), files=frozenset({"tests/test_a.py"}))
    assert why(narrowed, tree, "PM-1") == "tests/test_b.py was not collected in full"
    assert why(narrowed, tree, "PM-2", "INC-7") == "src/shop.py was not collected in full"
    assert why(narrowed, tree, "PM-3") is None
    assert why(narrowed, tree, "PM-4") == "build/x.py was not collected in full"
    seen = run(narrowed=("x",), files=frozenset({"tests/test_a.py", "tests/test_b.py"}))
    assert why(seen, tree, "PM-1") is None


def test_what_failed_at_collection_is_looked_into(tree: Path) -> None:
    """A file, or every file of a folder; what does not hold the name leaves it known."""
    assert (
        why(run(withheld={"tests/test_b.py": "failed at collection"}), tree, "PM-1")
        == "tests/test_b.py failed at collection"
    )
    assert why(run(withheld={"tests/test_c.py": "failed at collection"}), tree, "PM-1") is None
    assert why(run(withheld={"tests": "failed at collection"}), tree, "PM-1") == "tests/test_a.py failed at collection"
    both = run(withheld={"tests": "failed"}, narrowed=("x",))
    assert why(both, tree, "INC-7") == "src/shop.py was not collected in full"


def test_what_cannot_be_read_concerns_everything(tree: Path) -> None:
    """Unreadable is never skipped."""
    gone = run(withheld={"tests/gone.py": "failed at collection"})
    assert why(gone, tree, "PM-99") == "tests/gone.py could not be read (No such file or directory)"


def test_a_lost_inventory_concerns_everything(tree: Path) -> None:
    """No name is known to be absent."""
    assert why(run(lost="no worker spoke"), tree, "PM-1") == "no worker spoke"


def test_an_unknown_item_is_never_missing(tree: Path) -> None:
    """The report says unknown with the file; an alias and the file name of the document count as names."""
    narrowed = run(narrowed=("x",), files=frozenset())
    one = postmortem("PM-99", item(), aliases=("INC-7",))
    verdict = report([one], narrowed, tree).postmortems[0].items[0]
    assert (verdict.state, verdict.reason) == (State.UNKNOWN, "src/shop.py was not collected in full")
    assert report([postmortem("PM-98", item())], narrowed, tree).postmortems[0].items[0].state is State.MISSING
