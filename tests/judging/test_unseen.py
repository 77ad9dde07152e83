"""What a run did not see: where names and markers are looked for, and which reason is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_postmortem.judging.completeness import Completeness, Unseen, judge_completeness
from pytest_postmortem.judging.files import find_files, find_python_files
from pytest_postmortem.model.state import State
from tests.builders import item, postmortem, report, run
from tests.judging.test_completeness import COLLECTOR, HOOK, MARKED, SKIPPED, project, why


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("outcomes", [True, False])
def test_complete_is_both(links: bool, outcomes: bool) -> None:
    """Links and outcomes."""
    assert Completeness(links, outcomes).complete is (links and outcomes)


def test_all_gaps_are_told_in_one_order() -> None:
    """Those of links first; what was withheld by its place. Tests that were deselected were there."""
    both = run(
        narrowed=("n",),
        lost="l",
        withheld={"b.py": "failed", "a.py": "was skipped"},
        stopped=("s",),
        collect_only=True,
        deselected=2,
        collected=0,
    )
    assert judge_completeness(both).reasons == (
        *("n", "l", "a.py was skipped", "b.py failed", "s", "--collect-only runs no test", "2 tests were deselected"),
    )


def test_an_empty_name_is_not_looked_for(tmp_path: Path) -> None:
    """A post-mortem of a service has no file, and so no stem."""
    project(tmp_path, {"tests/test_a.py": "PM-1"})
    assert why(run(narrowed=("x",)), tmp_path, "PM-1", "") == "tests/test_a.py was not collected in full"
    assert why(run(narrowed=("x",)), tmp_path, "PM-2", "") is None
    assert why(run(narrowed=("x",)), tmp_path, "") is None


def test_a_name_within_a_longer_one_is_another(tmp_path: Path) -> None:
    """Of several that begin alike the longest counts, whatever the order; a second place of a name counts, too."""
    project(
        tmp_path,
        {
            "a/test_a.py": "xPM-1 PM-10 PM-1-2 PM-11x",
            "b/test_b.py": "xPM-2 9PM-2 _PM-2. x",
            "c/test_c.py": "PM-3",
            "d/test_d.py": "PM-30PM-31 PM-4",
        },
    )
    narrowed = run(narrowed=("x",))
    names = ["PM-1", "PM-10", "PM-1-2", "PM-11", "PM-2", "PM-3", "PM-30", "PM-31", "PM-4", "PM"]
    for given in (names, names[::-1]):
        found = Unseen.search(narrowed, tmp_path, given)
        told = {name: (found.explain([name]) or "none").partition("/")[0] for name in names}
        assert told == {
            "PM-1": "none",
            "PM-10": "a",
            "PM-1-2": "a",
            "PM-11": "none",
            "PM-2": "b",
            "PM-3": "c",
            "PM-30": "none",
            "PM-31": "none",
            "PM-4": "d",
            "PM": "a",
        }


def test_a_name_may_begin_with_a_mark(tmp_path: Path) -> None:
    """Within a longer word is one thing, beside another mark another."""
    project(tmp_path, {"test_a.py": "a##1 b#2"})
    found = Unseen.search(run(narrowed=("x",)), tmp_path, ["##1", "#1", "#2"])
    assert [bool(found.explain([name])) for name in ("##1", "#1", "#2")] == [False, True, False]


def test_the_first_place_of_a_name_is_told(tmp_path: Path) -> None:
    """By path, in what was withheld and in what was not collected; what was withheld comes first."""
    project(tmp_path, {f"{name}/test_{name}.py": "PM-1" for name in "cab"})
    assert why(run(narrowed=("x",)), tmp_path, "PM-1") == "a/test_a.py was not collected in full"
    withheld = {"c/test_c.py": "failed", "b/test_b.py": "was skipped"}
    assert why(run(withheld=withheld), tmp_path, "PM-1") == "b/test_b.py was skipped"
    assert why(run(withheld=withheld, narrowed=("x",)), tmp_path, "PM-1") == "b/test_b.py was skipped"


def test_the_first_known_name_is_told_before_what_is_computed(tmp_path: Path) -> None:
    """In the order of the names."""
    project(tmp_path, {"test_a.py": MARKED.format("PM"), "test_b.py": "PM-1", "test_c.py": "INC-7"})
    found = Unseen.search(run(narrowed=("x",)), tmp_path, ["PM-1", "INC-7"])
    assert found.explain(["INC-7", "PM-1"]) == "test_c.py was not collected in full"
    assert found.explain(["PM-1", "INC-7"]) == "test_b.py was not collected in full"
    assert found.explain(["PM-9"], "AI-1") == "test_a.py was not collected in full"
    assert found.explain(["PM-9"], "AI-2") is None


FULL = "was not collected in full"


@pytest.mark.parametrize(
    ("files", "want"),
    [
        ({f"tests/api/test_x.{ending}": "PM-1"}, f"tests/api/test_x.{ending} {FULL}")
        for ending in ("yaml", "yml", "json", "toml", "feature")
    ]
    + [
        ({"tests/api/Test-x.json": "PM-1"}, f"tests/api/Test-x.json {FULL}"),
        ({"tests/x.json": "PM-1", "tests/test_y.json": "PM-1"}, f"tests/test_y.json {FULL}"),
        ({"tests/test_seen.json": "PM-1", "tests/test_y.json": "PM-1"}, f"tests/test_y.json {FULL}"),
        ({"test_e.json": "evidence.schema.json PM-1", "test_y.json": "PM-1"}, f"test_y.json {FULL}"),
        ({"a.case": "", "conftest.py": COLLECTOR, "z.case": "PM-1"}, f"z.case {FULL}"),
        ({"api/x.txt": "PM-1", "conftest.py": COLLECTOR}, None),
        ({"test_a.py": HOOK}, f"test_a.py {FULL}"),
        ({"a.py": HOOK, "b_test.py": ""}, f"b_test.py {FULL}, and may take markers from a.py"),
        ({"a.py": HOOK, "checks.py": "class MyTest: pass"}, f"checks.py {FULL}, and may take markers from a.py"),
        ({"a.py": HOOK, "checks.py": "  def test_x(): pass"}, f"checks.py {FULL}, and may take markers from a.py"),
        ({"a.py": HOOK, "checks.py": "class A(TestCase)"}, f"checks.py {FULL}, and may take markers from a.py"),
        ({"a.py": HOOK, "checks.py": "class MyText: pass"}, None),
        ({"conftest.py": "def test_hook(): pass\n" + HOOK}, None),
        ({"x.case": "", "conftest.py": COLLECTOR.replace("'.case'", "'.py'") + HOOK}, None),
        (
            {"marks.py": "import pytest\nguards = pytest.mark.incident\n", "test_a.py": ""},
            f"test_a.py {FULL}, and may take markers from marks.py",
        ),
        ({"test_a.py": "import pytest\nguards = pytest.mark.incident\n"}, None),
    ],
)
def test_where_a_narrowed_run_looks(tmp_path: Path, files: dict[str, str], want: str | None) -> None:
    """Into each kind of file that may hold tests or be one."""
    seen = frozenset({"tests/test_seen.py", "tests/test_seen.json"})
    assert Unseen.search(run(narrowed=("x",), files=seen), project(tmp_path, files), ["PM-1"]).explain(["PM-1"]) == want


def test_what_was_withheld_is_looked_into_once(tmp_path: Path) -> None:
    """It keeps its own reason, and may take markers from a conftest that a narrowed run did not collect."""
    skipped = next(iter(SKIPPED))
    project(tmp_path, {skipped: "import x\n", "lib/marks.py": HOOK})
    both = run(withheld=SKIPPED, narrowed=("x",))
    told = f"{skipped} was not collected in full, and may take markers from lib/marks.py"
    assert Unseen.search(both, tmp_path, ["PM-1"]).explain(["PM-1"]) == told
    marked = project(tmp_path, {skipped: MARKED.format("PM")})
    found = Unseen.search(both, marked, ["PM-1"])
    assert found.explain(["PM-1"], "AI-1") == f"{skipped} was skipped at collection"
    assert [reason for _, reason in found.computed].count(f"{skipped} was not collected in full") == 0


def test_of_several_carriers_the_first_is_told(tmp_path: Path) -> None:
    """What was withheld by path, before the others."""
    withheld = {f"b/test_{name}.py": "failed" for name in "hgfedcb"}
    project(tmp_path, {**dict.fromkeys(withheld, ""), "a/test_a.py": "", "marks.py": HOOK})
    both = Unseen.search(run(withheld=withheld, narrowed=("x",)), tmp_path, ["PM-1"])
    assert both.explain(["PM-1"]) == "b/test_b.py was not collected in full, and may take markers from marks.py"


def test_what_cannot_be_read_takes_nothing_away(tmp_path: Path) -> None:
    """A name that was found before keeps its reason."""
    project(tmp_path, {"a/test_a.py": "PM-1", "b/test_b.py": MARKED.format("f'INC-{n}'")})
    found = Unseen.search(run(withheld={"a": "failed", "b": "failed", "c.py": "failed"}), tmp_path, ["PM-1", "INC-1"])
    assert found.explain(["PM-1"]) == "a/test_a.py failed"
    assert found.explain(["INC-1"], "AI-1") == "b/test_b.py failed"
    assert found.explain(["PM-2"]) == "c.py could not be read (No such file or directory)"


def test_which_files_there_are(tmp_path: Path) -> None:
    """Sorted, each folder once, also through a link; no hidden folders, environments, caches or packages of others."""
    names = (
        *("b.py", "a.py", "a.txt", "sub/x.py", "sub/deep/y.py", "other/z.py", ".hidden.py", "ab.pyx", "zz/last.py"),
        *(".hid/a.py", "__pycache__/a.py", "node_modules/a.py", "env/pyvenv.cfg", "env/a.py"),
    )
    base = project(tmp_path / "base", dict.fromkeys(names, ""))
    project(tmp_path / "outside", {"o.py": ""})
    base.joinpath("linked").symlink_to(tmp_path / "outside")
    base.joinpath("sub", "round").symlink_to(base)
    base.joinpath("zlink").symlink_to(base / "other")
    base.joinpath("dir.py").mkdir()
    base.joinpath("gone.py").symlink_to(base / "nowhere")
    base.joinpath("link.py").symlink_to(base / "a.py")
    found = [".hidden.py", "a.py", "b.py", "link.py", "linked/o.py", "other/z.py", "sub/x.py", "sub/deep/y.py"]
    assert list(find_python_files(base, "")) == [*found, "zz/last.py"]
    assert list(find_python_files(base, "sub/deep")) == ["sub/deep/y.py"]
    assert list(find_files(base, "", (".txt", ".pyx"))) == ["a.txt", "ab.pyx"]
    assert list(find_files(base, "", ())) == []
    base.joinpath("env", "pyvenv.cfg").unlink()
    base.joinpath("env", "pyvenv.cfg").symlink_to(base / "nowhere")
    assert "env/a.py" not in list(find_python_files(base, ""))


@pytest.mark.parametrize("name", ["PM-1", "INC-7", "PM-1-stem"])
def test_every_name_of_a_post_mortem_is_looked_for(tmp_path: Path, name: str) -> None:
    """Its id, an alias, and the name of its file."""
    project(tmp_path, {"test_a.py": name})
    made = report([postmortem("PM-1", item(), aliases=("INC-7",))], run(narrowed=("x",)), tmp_path)
    assert made.postmortems[0].items[0].state is State.UNKNOWN
