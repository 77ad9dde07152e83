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
    return Unseen.search(the_run, base, names).explain(names)


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


MARKED = "import pytest\n@pytest.mark.incident({}, action_item='AI-1')\ndef test_a(): pass\n"
SKIPPED = {"tests/unit/test_skipped.py": "was skipped at collection"}
HELPERS = {
    "tests/unit/test_skipped.py: import a constant": ("import ids\n" + MARKED.format("ids.PM1"), {}),
    "an f-string": (MARKED.format("f'PM-{n}'"), {}),
    "a base class": (
        "import pytest\npytest.importorskip('x')\nfrom tests.base import (\n    Base,\n)\nclass TestA(Base): pass\n",
        {"tests/base.py": "import pytest\n@pytest.mark.incident('PM-1')\nclass Base:\n    def test_a(self): pass\n"},
    ),
    "a base class of a base class": (
        "from .base import Base\n",
        {
            "tests/unit/base.py": "import tests.deep\n",
            "tests/deep/__init__.py": "pytestmark = pytest.mark.incident('PM-1')",
        },
    ),
    "a function of another module": (
        "import marks\n@marks.guards(1)\ndef test_a(): pass\n",
        {"tests/marks.py": "import pytest\ndef guards(n): return pytest.mark.incident(f'PM-{n}')\n"},
    ),
    "the marker under another name": (
        "from marks import guards\nfrom ids import PM1\n@guards(PM1)\ndef test_a(): pass\n",
        {"marks.py": "import pytest\nguards = pytest.mark.incident\n", "ids.py": "PM1 = 'PM-1'\n"},
    ),
    "what importorskip imports": (
        "import pytest\nm = pytest.importorskip('lib.marks')\n",
        {"lib/marks.py": "import pytest\nguards = pytest.mark.incident\n"},
    ),
    "a hook of a conftest above": (
        "def test_a(): pass\n",
        {
            "tests/conftest.py": "import pytest\ndef pytest_itemcollected(item): item.add_marker(pytest.mark.incident('PM-1'))\n"
        },
    ),
    "a hook of the conftest beside it": (
        "def test_a(): pass\n",
        {
            "tests/unit/conftest.py": "import pytest\ndef pytest_itemcollected(item): item.add_marker(pytest.mark.incident('PM-1'))\n"
        },
    ),
    "a plugin of a conftest above": (
        "def test_a(): pass\n",
        {
            "conftest.py": "pytest_plugins = ['tests.plug']\n",
            "tests/plug.py": "import pytest\ndef pytest_itemcollected(item): item.add_marker(pytest.mark.incident(IDS[item.name]))\n",
        },
    ),
}


def project(base: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = base / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return base


@pytest.mark.parametrize("kind", HELPERS)
def test_a_link_of_a_skipped_module_may_come_from_elsewhere(tmp_path: Path, kind: str) -> None:
    """From a constant, a part, a base class, a function, a hook: the reason names the module."""
    text, others = HELPERS[kind]
    found = Unseen.search(run(withheld=SKIPPED), project(tmp_path, {next(iter(SKIPPED)): text, **others}), ["PM-1"])
    told = found.explain(["PM-1"], "AI-1")
    assert told is not None
    assert told.startswith("tests/unit/test_skipped.py was skipped at collection")
    assert all(name in told for name, text in others.items() if "pytest.mark.incident" in text)


def test_a_skipped_module_that_has_nothing_to_do_with_it_leaves_it_missing(tmp_path: Path) -> None:
    """Whatever else the project holds: other markers of other ids, and modules that it does not import."""
    project(
        tmp_path,
        {
            "tests/unit/test_skipped.py": "import pytest\nimport json, shop\n@pytest.mark.incident('PM-2')\ndef test_a(): pass\n",
            "tests/test_seen.py": MARKED.format("PM"),
            "tests/conftest.py": "def pytest_itemcollected(item): item.get_closest_marker('incident')  # PM-1\n",
            "tests/api/conftest.py": "import pytest\nguards = pytest.mark.incident\n",
            "shop.py": "import stock  # PM-1 was here\n",
            "stock.py": "import shop\ndef incident(number): return number\n",
            "tests/marks.py": "import pytest\nguards = pytest.mark.incident\n",
        },
    )
    found = Unseen.search(run(withheld=SKIPPED), tmp_path, ["PM-1", "PM-2"])
    assert found.explain(["PM-1"], "AI-1") is None
    assert found.explain(["PM-2"], "AI-1") == "tests/unit/test_skipped.py was skipped at collection"


COLLECTOR = "def pytest_collect_file(file_path):\n    if file_path.suffix == '.case': ...\n"
HOOK = "import pytest\ndef pytest_itemcollected(item): item.add_marker(pytest.mark.incident(item.name))\n"


@pytest.mark.parametrize(
    ("files", "want"),
    [
        ({"tests/api/test_a.py": MARKED.format("PM1")}, "tests/api/test_a.py was not collected in full"),
        ({"tests/api/checks.py": MARKED.format("f'PM-{1}'")}, "tests/api/checks.py was not collected in full"),
        ({"tests/api/test_x.yaml": "incident: PM-1"}, "tests/api/test_x.yaml was not collected in full"),
        ({"tests/api/x.case": "PM-1", "conftest.py": COLLECTOR}, "tests/api/x.case was not collected in full"),
        (
            {"tests/api/x.case": "", "conftest.py": COLLECTOR + HOOK},
            "tests/api/x.case was not collected in full, and may take markers from conftest.py",
        ),
        (
            {"tests/api/test_a.py": "", "conftest.py": HOOK},
            "tests/api/test_a.py was not collected in full, and may take markers from conftest.py",
        ),
        ({"tests/seen/test_seen.py": MARKED.format("PM1"), "conftest.py": HOOK}, None),
        ({"tests/api/test_a.py": MARKED.format("f'INC-{n}'")}, None),
        ({"tests/api/x.case": "PM-1"}, None),
        ({"tests/api/x.yaml": "PM-1"}, None),
        ({"docs/test-overflow.yaml": "PM-1"}, None),
        ({"test-evidence.json": '{"$schema": "https://x/evidence.schema.json", "id": "PM-1"}'}, None),
        ({"tests/test.cases": "PM-1"}, None),
        ({"shop/marks.py": "import pytest\ndef guards(n): return pytest.mark.incident(n)\n"}, None),
    ],
)
def test_a_narrowed_run_cannot_know_what_the_others_compute(
    tmp_path: Path, files: dict[str, str], want: str | None
) -> None:
    """Where there is a test that was not collected; the documents and earlier evidence are none."""
    narrowed = run(narrowed=("x",), files=frozenset({"tests/seen/test_seen.py"}))
    found = Unseen.search(narrowed, project(tmp_path, files), ["PM-1"], documents=["docs/test-overflow.yaml"])
    assert found.explain(["PM-1"], "AI-1") == want
