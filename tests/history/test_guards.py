"""When a post-mortem got its first guard, and when guards went away, in real repositories."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pytest_postmortem.history import log
from pytest_postmortem.model.history import Guarding, Removal
from tests.history.checkout import Checkout, document, marked

TEST = "tests/test_queue.py"


def test_a_guard_counts_from_the_day_it_came_to_the_main_line(checkout: Checkout) -> None:
    """Day (UTC, committer), commit, path, days since the incident, number."""
    checkout.commit("2026-02-20", TEST, "def test_0(): pass\n")
    commit = checkout.commit("2026-03-01T23:30:00-05:00", TEST, marked("PM-1"))
    guarding = checkout.guarding()
    assert guarding == Guarding("PM-1", date(2026, 2, 11), date(2026, 3, 2), commit, TEST, 1)
    assert guarding.days == 19


def test_without_a_marker_there_is_no_guard(checkout: Checkout) -> None:
    """The incident is told all the same."""
    checkout.commit("2026-02-20", TEST, "incident = 'PM-1'\n")
    assert checkout.guarding() == Guarding("PM-1", date(2026, 2, 11))


def test_the_root_commit_counts(tmp_path: Path) -> None:
    """A repository of one commit has its guards from that day."""
    checkout = Checkout.made(tmp_path)
    checkout.write("docs/postmortems/PM-1.md", document())
    commit = checkout.commit("2026-03-01", TEST, marked("PM-1"))
    checkout.git("update-ref", "refs/heads/alone", checkout.git("commit-tree", "-m", "x", f"{commit}^{{tree}}"))
    told = checkout.trace("alone")
    assert [one.first_guard for one in told.history.guards] == [date(2026, 1, 1)]


def test_a_branch_counts_on_the_day_of_its_merge(checkout: Checkout) -> None:
    """Written in March, merged in April: April. The merge is the commit that is named."""
    checkout.git("switch", "-q", "-c", "topic")
    checkout.commit("2026-03-01", TEST, marked("PM-1"))
    checkout.git("switch", "-q", "main")
    checkout.commit("2026-03-15", "README", "x")
    checkout.git("merge", "-q", "--no-ff", "-m", "merge", "topic", day="2026-04-02")
    guarding = checkout.guarding()
    assert (guarding.first_guard, guarding.commit) == (date(2026, 4, 2), checkout.git("rev-parse", "HEAD"))
    assert checkout.guarding(revision="topic").first_guard == date(2026, 3, 1)


def test_what_a_branch_does_between_does_not_count(checkout: Checkout) -> None:
    """Only the net effect of a merge on the main line does: three steps on the branch are one, undone ones none."""
    checkout.git("switch", "-q", "-c", "topic")
    checkout.commit("2026-03-01", TEST, marked("PM-1", "PM-1"))
    checkout.commit("2026-03-02", TEST, "")
    checkout.commit("2026-03-03", TEST, marked("PM-1"))
    checkout.git("switch", "-q", "main")
    checkout.git("merge", "-q", "--no-ff", "-m", "merge", "topic", day="2026-04-02")
    guarding = checkout.guarding()
    assert (guarding.first_guard, guarding.markers, guarding.removals) == (date(2026, 4, 2), 1, ())


def test_a_merge_from_the_main_line_into_a_branch_takes_nothing_away(checkout: Checkout) -> None:
    """The main line's own guard stays, whatever side branches looked like."""
    checkout.git("branch", "topic")
    checkout.commit("2026-02-20", TEST, marked("PM-1"))
    checkout.git("switch", "-q", "topic")
    checkout.commit("2026-03-01", "other.py", "x = 1\n")
    checkout.git("merge", "-q", "-m", "catch up", "main", day="2026-03-02")
    checkout.git("switch", "-q", "main")
    checkout.git("merge", "-q", "--no-ff", "-m", "merge", "topic", day="2026-03-03")
    guarding = checkout.guarding()
    assert (guarding.first_guard, guarding.markers, guarding.removals) == (date(2026, 2, 20), 1, ())


def test_an_octopus_merge_and_a_merge_with_an_edit_count(checkout: Checkout) -> None:
    """Everything a merge changes against the main line is its work."""
    for name in ("a", "b"):
        checkout.git("switch", "-q", "-c", name, "main")
        checkout.commit("2026-03-01", f"tests/test_{name}.py", marked("PM-1"))
    checkout.git("switch", "-q", "main")
    checkout.git("merge", "-q", "--no-ff", "-m", "merge", "a", "b", day="2026-04-02")
    checkout.git("switch", "-q", "-c", "c")
    checkout.commit("2026-04-03", "x", "x")
    checkout.git("switch", "-q", "main")
    checkout.git("merge", "-q", "--no-ff", "--no-commit", "c", day="2026-04-04")
    checkout.commit("2026-04-04", "tests/test_a.py", "")
    guarding = checkout.guarding()
    assert (guarding.first_guard, guarding.markers) == (date(2026, 4, 2), 1)
    assert [(one.day, one.paths, one.left) for one in guarding.removals] == [
        (date(2026, 4, 4), ("tests/test_a.py",), 1)
    ]


def test_a_removed_guard_is_told(checkout: Checkout) -> None:
    """Day, commit, path and how many are left; the first guard stays the first one."""
    first = checkout.commit("2026-03-01", TEST, marked("PM-1", "PM-1"))
    one = checkout.commit("2026-03-05", TEST, marked("PM-1"))
    two = checkout.commit("2026-03-09", TEST, "import pytest\n")
    checkout.commit("2026-03-11", TEST, marked("PM-1"))
    removals = (Removal(date(2026, 3, 5), one, (TEST,), 1), Removal(date(2026, 3, 9), two, (TEST,), 0))
    assert checkout.guarding() == Guarding(
        "PM-1", date(2026, 2, 11), date(2026, 3, 1), first, TEST, markers=1, removals=removals
    )


def test_a_deleted_file_takes_its_guards_along(checkout: Checkout) -> None:
    """A deleted test is a removal, a commented one too."""
    checkout.commit("2026-03-01", TEST, marked("PM-1"))
    checkout.remove(TEST)
    checkout.commit("2026-03-05")
    checkout.commit("2026-03-06", TEST, marked("PM-1"))
    checkout.commit("2026-03-07", TEST, "# " + marked("PM-1").replace("\n", "\n# "))
    guarding = checkout.guarding()
    assert guarding.markers == 0
    assert [(one.day, one.left) for one in guarding.removals] == [(date(2026, 3, 5), 0), (date(2026, 3, 7), 0)]


def test_a_moved_test_is_no_removal(checkout: Checkout) -> None:
    """A renamed file, a test moved between two files, a marker moved from a test to its module: within one commit."""
    checkout.commit("2026-03-01", TEST, marked("PM-1"))
    checkout.git("mv", TEST, "tests/test_other.py")
    checkout.commit("2026-03-02")
    checkout.write("tests/test_other.py", "")
    checkout.commit("2026-03-03", "tests/test_third.py", marked("PM-1"))
    checkout.commit("2026-03-04", "tests/test_third.py", 'pytestmark = pytest.mark.incident("PM-1")\n')
    guarding = checkout.guarding()
    assert (guarding.first_guard, guarding.path, guarding.markers, guarding.removals) == (
        date(2026, 3, 1),
        TEST,
        1,
        (),
    )


def test_only_the_files_that_lost_markers_are_named(checkout: Checkout) -> None:
    """Two lost, one won in a commit: one removal, of the two paths."""
    for name in ("a", "b"):
        checkout.write(f"tests/test_{name}.py", marked("PM-1"))
    checkout.commit("2026-03-01")
    for name in ("a", "b"):
        checkout.remove(f"tests/test_{name}.py")
    commit = checkout.commit("2026-03-02", "tests/test_c.py", marked("PM-1"))
    assert checkout.guarding().removals == (
        Removal(date(2026, 3, 2), commit, ("tests/test_a.py", "tests/test_b.py"), 1),
    )


def test_a_marker_over_several_lines_counts_when_its_id_changes(checkout: Checkout) -> None:
    """Only the line of the id changes, far from the line of the marker."""
    checkout.commit("2026-02-02", "docs/postmortems/PM-2.md", document("PM-2"))
    lines = "\n".join(f"    # line {number}" for number in range(40))
    text = f'@pytest.mark.incident(\n{lines}\n    "PM-1",\n)\ndef test_it(): pass\n'
    checkout.commit("2026-03-01", TEST, text)
    checkout.commit("2026-03-05", TEST, text.replace("PM-1", "PM-2"))
    assert [(one.day, one.left) for one in checkout.guarding("PM-1").removals] == [(date(2026, 3, 5), 0)]
    assert checkout.guarding("PM-2").first_guard == date(2026, 3, 5)


def test_several_post_mortems_on_one_marker(checkout: Checkout) -> None:
    """Each is guarded by it."""
    checkout.commit("2026-02-02", "docs/postmortems/PM-2.md", document("PM-2"))
    checkout.commit("2026-03-01", TEST, '@pytest.mark.incident("PM-1", "PM-2")\ndef test_it(): pass\n')
    guards = checkout.trace().history.guards
    assert [(one.postmortem, one.first_guard, one.markers) for one in guards] == [
        ("PM-1", date(2026, 3, 1), 1),
        ("PM-2", date(2026, 3, 1), 1),
    ]


def test_aliases_and_stems_name_a_post_mortem_too(checkout: Checkout) -> None:
    """A change from one name to another is no removal."""
    checkout.commit("2026-02-02", "docs/postmortems/PM-2-overflow.md", document("PM-2", extra="incidents: [INC-7]\n"))
    checkout.commit("2026-03-01", TEST, marked("INC-7"))
    checkout.commit("2026-03-02", TEST, marked("PM-2-overflow"))
    checkout.commit("2026-03-03", TEST, marked("PM-2"))
    guarding = checkout.guarding("PM-2")
    assert (guarding.first_guard, guarding.markers, guarding.removals) == (date(2026, 3, 1), 1, ())


def test_a_stem_that_two_documents_share_names_neither(checkout: Checkout) -> None:
    """As in the check of markers."""
    for folder, postmortem in (("a", "PM-5"), ("b", "PM-6")):
        checkout.write(f"docs/postmortems/{folder}/overflow.md", document(postmortem))
    checkout.commit("2026-03-01", TEST, marked("overflow"))
    assert checkout.guarding("PM-5").first_guard is None
    assert checkout.guarding("PM-6").first_guard is None


def test_a_renamed_id_keeps_its_history_as_an_alias(checkout: Checkout) -> None:
    """Without the alias the guard counts from the commit in which the markers got the new name."""
    checkout.commit("2026-03-01", TEST, marked("PM-1"))
    checkout.git("mv", "docs/postmortems/PM-1.md", "docs/postmortems/PM-9.md")
    checkout.write("docs/postmortems/PM-9.md", document("PM-9", extra="incidents: [PM-1]\n"))
    checkout.commit("2026-04-01", TEST, marked("PM-9"))
    assert checkout.guarding("PM-9").first_guard == date(2026, 3, 1)
    checkout.write("docs/postmortems/PM-9.md", document("PM-9"))
    assert checkout.guarding("PM-9").first_guard == date(2026, 4, 1)


def test_a_guard_older_than_the_incident_takes_no_days(checkout: Checkout) -> None:
    """It was there: 0, not less."""
    checkout.commit("2026-02-02", TEST, marked("PM-1"))
    assert checkout.guarding().days == 0


def test_a_document_without_a_date_has_no_days(checkout: Checkout) -> None:
    """The day of its guard is told."""
    checkout.write("docs/postmortems/PM-1.md", "# PM-1: Overflow\n")
    checkout.commit("2026-03-01", TEST, marked("PM-1"))
    guarding = checkout.guarding()
    assert (guarding.first_guard, guarding.incident, guarding.days) == (date(2026, 3, 1), None, None)


def test_documents_are_those_of_the_working_tree(checkout: Checkout) -> None:
    """Also one that is not committed yet; markers that are not committed do not count."""
    checkout.commit("2026-03-01", TEST, marked("PM-5"))
    checkout.write("docs/postmortems/PM-5.md", document("PM-5"))
    checkout.write(TEST, "")
    guarding = checkout.guarding("PM-5")
    assert (guarding.first_guard, guarding.markers) == (date(2026, 3, 1), 1)


def test_another_name_of_the_marker(checkout: Checkout) -> None:
    """The configured one counts and no other."""
    checkout.write("postmortem.toml", 'marker = "guards"\n')
    checkout.commit("2026-03-01", TEST, marked("PM-1"))
    checkout.commit("2026-03-05", TEST, marked("PM-1", marker="guards"))
    guarding = checkout.guarding()
    assert (guarding.first_guard, guarding.markers, guarding.removals) == (date(2026, 3, 5), 1, ())


@pytest.mark.parametrize("quote", ['marker = "guards"', "'marker'='guards' # once incident"])
def test_a_marker_renamed_in_the_configuration_keeps_its_history(checkout: Checkout, quote: str) -> None:
    """At each commit the name counts that was configured then, in files that the commit did not touch too."""
    table = "[tool.other]\nmarker = 'no'\n[tool.pytest-postmortem]\n"
    checkout.commit("2026-02-20", "pyproject.toml", f'{table}grace = "due"\n')
    checkout.write("tests/test_left.py", marked("PM-1", "PM-1"))
    checkout.write("tests/test_early.py", marked("PM-1", marker="guards"))
    checkout.commit("2026-03-01", TEST, marked("PM-1"))
    checkout.write("pyproject.toml", f'{table}grace = "due"\n{quote}\n[tool.last]\nmarker = "never"\n')
    commit = checkout.commit("2026-04-01", TEST, marked("PM-1", marker="guards"))
    checkout.commit("2026-05-01", "tests/test_new.py", marked("PM-1", marker="incident"))
    guarding = checkout.guarding()
    assert (guarding.first_guard, guarding.markers) == (date(2026, 3, 1), 2)
    # what kept the old name is a guard no more
    assert guarding.removals == (Removal(date(2026, 4, 1), commit, ("tests/test_left.py",), 2),)


def test_a_configuration_that_is_not_committed_holds_for_all_of_it(checkout: Checkout) -> None:
    """The name of today always counts."""
    checkout.commit("2026-03-01", TEST, marked("PM-1", marker="guards"))
    checkout.write("postmortem.toml", 'marker = "guards"\n')
    assert checkout.guarding().first_guard == date(2026, 3, 1)


def test_a_package_in_a_monorepo_keeps_to_itself(checkout: Checkout) -> None:
    """Only files below the configuration's folder count, with paths relative to it."""
    checkout.write("pkg [a]/postmortem.toml", 'sources = ["pm"]\n')
    checkout.write("pkg [a]/pm/PM-7.md", document("PM-7"))
    checkout.write("tests/test_outside.py", marked("PM-7"))
    checkout.commit("2026-03-01", "pkg a/test_outside.py", marked("PM-7"))
    checkout.commit("2026-03-05", "pkg [a]/tests/test_in.py", marked("PM-7"))
    checkout.commit("2026-03-06", "README", "x")
    guarding = checkout.guarding("PM-7", below="pkg [a]")
    assert (guarding.first_guard, guarding.path, guarding.markers) == (date(2026, 3, 5), "tests/test_in.py", 1)
    checkout.git("mv", "pkg [a]", "moved")
    checkout.commit("2026-03-08")
    assert checkout.guarding("PM-7", below="moved").first_guard == date(2026, 3, 8)


def test_an_older_revision_ends_there(checkout: Checkout) -> None:
    """A tag, a hash, a relative name."""
    commit = checkout.commit("2026-03-01", TEST, marked("PM-1"))
    checkout.git("tag", "-a", "-m", "v1", "v1")
    checkout.commit("2026-03-02", TEST, "")
    for revision in ("v1", commit, "HEAD~1", "main^"):
        assert checkout.guarding(revision=revision).removals == ()
        assert checkout.trace(revision).commit == commit
    assert checkout.guarding().markers == 0


def test_a_shallow_clone_tells_what_it_can(checkout: Checkout, tmp_path: Path) -> None:
    """What stands in its oldest commit was merged then or before; what came later is exact."""
    checkout.commit("2026-02-02", "docs/postmortems/PM-2.md", document("PM-2"))
    checkout.commit("2026-03-01", TEST, marked("PM-1"))
    oldest = checkout.commit("2026-03-05", "README", "x")
    checkout.commit("2026-03-09", "tests/test_new.py", marked("PM-2"))
    checkout.git("clone", "-q", "--depth", "2", f"file://{checkout.path}", str(tmp_path / "clone"))
    told = Checkout(tmp_path / "clone", checkout.home).trace()
    one, two = told.history.guards
    assert told.history.shallow
    assert "fetch-depth: 0" in told.history.notes[0]
    assert (one.first_guard, one.commit, told.is_at_or_before(one), told.days(one)) == (
        date(2026, 3, 5),
        oldest,
        True,
        None,
    )
    assert (two.first_guard, told.is_at_or_before(two), told.days(two)) == (date(2026, 3, 9), False, 26)


def test_a_shallow_clone_knows_of_guards_older_than_the_incident(checkout: Checkout, tmp_path: Path) -> None:
    """Older than its oldest commit, older than the incident: 0 days are certain."""
    checkout.commit("2026-02-05", TEST, marked("PM-1"))
    checkout.git("clone", "-q", "--depth", "1", f"file://{checkout.path}", str(tmp_path / "clone"))
    told = Checkout(tmp_path / "clone", checkout.home).trace()
    assert (told.is_at_or_before(told.history.guards[0]), told.days(told.history.guards[0])) == (True, 0)


def test_a_clone_with_the_whole_main_line_is_not_shallow(checkout: Checkout, tmp_path: Path) -> None:
    """Also one that was shallow before, and one that was cut in a branch only."""
    checkout.commit("2026-03-01", TEST, marked("PM-1"))
    clone = Checkout(tmp_path / "clone", checkout.home)
    checkout.git("clone", "-q", "--depth", "1", f"file://{checkout.path}", str(clone.path))
    clone.git("fetch", "-q", "--unshallow")
    assert not clone.trace().history.shallow
    root, tip = clone.git("rev-list", "--max-parents=0", "HEAD"), clone.git("rev-parse", "HEAD")
    clone.path.joinpath(".git", "shallow").write_text("0" * 40 + "\n", encoding="utf-8")
    assert clone.guarding().commit == tip
    assert not clone.trace().history.shallow
    clone.path.joinpath(".git", "shallow").write_text(root + "\n", encoding="utf-8")
    assert clone.trace().boundary == root


def test_a_file_too_large_to_look_into_is_told(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no guards, and the notes name it."""
    monkeypatch.setattr(log, "MAX_BYTES", 1024 * 1024)
    checkout.write("tests/test_generated.py", marked("PM-1") + "# filler\n" * 150_000)
    checkout.commit("2026-03-01", TEST, marked("PM-1"))
    told = checkout.trace()
    assert told.history.guards[0].markers == 1
    (note,) = told.history.notes
    assert note.startswith("1 file is larger than")
    assert note.endswith("not looked into: tests/test_generated.py")
