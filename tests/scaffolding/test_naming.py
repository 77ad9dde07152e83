"""The next id and file name continue the form that a repository has."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from pytest_postmortem.catalogue import Catalogue
from pytest_postmortem.errors import ConfigError
from pytest_postmortem.model.postmortem import IdSource, Postmortem
from pytest_postmortem.project import Project
from pytest_postmortem.scaffolding.folders import choose_first_folder
from pytest_postmortem.scaffolding.forms import parse_name
from tests.scaffolding.repository import TODAY, named, repository, written

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
SLUG = "checkout-queue-overflow"


@pytest.mark.parametrize(
    ("stems", "next_id", "next_stem"),
    [
        (["PM-2026-001-first", "PM-2026-002-second"], "PM-2026-003", f"PM-2026-003-{SLUG}"),
        (["PM-2025-001-first", "PM-2025-012-second"], "PM-2026-001", f"PM-2026-001-{SLUG}"),
        (["PM2026-009 - First one", "PM2025-010 - Second"], "PM2026-010", "PM2026-010 - Checkout queue overflow"),
        (["INC-0001-first", "INC-0009-second"], "INC-0010", f"INC-0010-{SLUG}"),
        (["INC-9-first", "INC-10-second"], "INC-11", f"INC-11-{SLUG}"),
        (["PM-2026-9-a", "PM-2026-10-b"], "PM-2026-11", f"PM-2026-11-{SLUG}"),
        (["PM_2026_001_first_one"], "PM_2026_002", "PM_2026_002_checkout_queue_overflow"),
        (["PM-2026-001"], "PM-2026-002", "PM-2026-002"),
        (["INCIDENT-2026-05-29-first"], f"INCIDENT-2026-06-15-{SLUG}", f"INCIDENT-2026-06-15-{SLUG}"),
        (["2026-02-13-first", "2026-03-01-second"], f"2026-06-15-{SLUG}", f"2026-06-15-{SLUG}"),
        (["20260213-first"], f"20260615-{SLUG}", f"20260615-{SLUG}"),
        (["2026_02_13_first_one"], "2026_06_15_checkout_queue_overflow", "2026_06_15_checkout_queue_overflow"),
        (["2025-09-first", "2025-11-second"], f"2026-06-{SLUG}", f"2026-06-{SLUG}"),
        (["2026-02-13-decide is down"], "2026-06-15-checkout queue overflow", "2026-06-15-checkout queue overflow"),
        (["0001-first", "0002-second"], f"0003-{SLUG}", f"0003-{SLUG}"),
        (["2019-01-23", "2019-02-05"], "2026-06-15", "2026-06-15"),
        (["disk-full", "queue-stuck"], SLUG, SLUG),
        (["disk_is_full", "queue_is_stuck"], "checkout_queue_overflow", "checkout_queue_overflow"),
        (["Disk-Full", "Queue-Stuck"], "Checkout-queue-overflow", "Checkout-queue-overflow"),
        (["postmortem-disk-full", "postmortem-stuck"], f"postmortem-{SLUG}", f"postmortem-{SLUG}"),
        (["shop-12-disk-full", "shop-13-stuck"], f"shop-14-{SLUG}", f"shop-14-{SLUG}"),
        (["INC-20260213-01-first"], "INC-20260615-01", f"INC-20260615-01-{SLUG}"),
        (["INC-2026-06-007-first"], "INC-2026-06-008", f"INC-2026-06-008-{SLUG}"),
        (["406-error-resolution", "disk-full", "queue-stuck", "api-down"], SLUG, SLUG),
    ],
)
def test_the_form_is_continued(tmp_path: Path, stems: list[str], next_id: str, next_stem: str) -> None:
    """Prefix, number, width, separators, capitals and slug."""
    made = written(repository(tmp_path, named(*stems)))
    assert (made.name.id, made.name.stem) == (next_id, next_stem)
    assert made.path == tmp_path / "docs/postmortems" / f"{next_stem}.md"
    assert made.notes == []


@pytest.mark.parametrize(
    ("files", "origin"),
    [
        (named("PM-2026-001-a", folder="post-mortems/2026"), f"post-mortems/2026/PM-2026-002-{SLUG}.md"),
        (named("PM-2025-001-a", folder="post-mortems/2025"), f"post-mortems/2026/PM-2026-001-{SLUG}.md"),
        (named("PM-2025-001-a", folder="post-mortems/2025-11"), f"post-mortems/2026-06/PM-2026-001-{SLUG}.md"),
        (named("2025-11-03-a", folder="incidents/2025/11"), f"incidents/2026/06/2026-06-15-{SLUG}.md"),
        (named("PM-2026-001-a", extension=".markdown"), f"docs/postmortems/PM-2026-002-{SLUG}.markdown"),
        (named("PM-2026-001-a", extension=".html.md.erb"), f"docs/postmortems/PM-2026-002-{SLUG}.html.md.erb"),
        (named("PM-2026-001-a", extension=""), f"docs/postmortems/PM-2026-002-{SLUG}"),
        (
            named("PM-2025-001-a") | named("PM-2026-001-b", folder="docs/incidents"),
            f"docs/incidents/PM-2026-002-{SLUG}.md",
        ),
        (named("2025-01-01-a", folder="incidents") | named("INC-0007-b"), f"incidents/2026-06-15-{SLUG}.md"),
    ],
)
def test_the_folder_and_the_extension_are_continued(tmp_path: Path, files: Mapping[str, str], origin: str) -> None:
    """The folder of the newest document, one of its own for each year or month where that is so."""
    assert written(repository(tmp_path, files)).name.origin == origin


def test_newer_documents_count_more(tmp_path: Path) -> None:
    """Two that agree outweigh all the older ones; one does not."""
    old = {f"docs/postmortems/200{year}-01-01-a.md": "# A\n" for year in range(9)}
    one = {"docs/postmortems/PM-0001-b.md": "---\ndate: 2026-01-01\n---\n# B\n"}
    two = one | {"docs/postmortems/PM-0002-c.md": "---\ndate: 2026-02-01\n---\n# C\n"}
    assert written(repository(tmp_path / "one", old | one)).name.id == f"2026-06-15-{SLUG}"
    assert written(repository(tmp_path / "two", old | two)).name.id == "PM-0003"


def test_ids_in_the_text_have_a_form_of_their_own(tmp_path: Path) -> None:
    """The file name goes on as it is, and keeps step where both have the same number."""
    files = {f"incidents/2026-0{n}-01-a.md": f"---\nid: PM-{n:03}\n---\n# A\n" for n in (1, 2)}
    made = written(repository(tmp_path / "apart", files))
    assert (made.name.id, made.name.stem) == ("PM-003", f"2026-06-15-{SLUG}")
    files = {f"incidents/{n:04}-a.md": f"---\nid: PM-{n}\n---\n# A\n" for n in (1, 2)} | {
        "incidents/0007-b.md": "# B\n"
    }
    made = written(repository(tmp_path / "in step", files))
    assert (made.name.id, made.name.stem) == ("PM-8", f"0008-{SLUG}")
    files = {f"incidents/{name}.md": f"---\nid: OPS-{name}\n---\n# A\n" for name in ("disk", "queue")}
    assert written(repository(tmp_path / "slugs", files)).name.stem == SLUG


def test_a_number_is_new_among_all_names(tmp_path: Path) -> None:
    """Aliases, documents of other folders and files that are left out have theirs too; case does not matter."""
    files = named("PM-2026-001-a") | named("PM-2026-002-template-broke", "pm-2026-004-c", folder="postmortems")
    files["postmortems/z.md"] = "---\nid: Z-1\nincidents: [PM-2026-006]\n---\n# Z\n"
    project = repository(tmp_path, files)
    made = written(project, folder="docs/postmortems")
    assert made.name.id == "PM-2026-007"


def test_a_name_of_the_same_day_gets_a_word_or_a_number(tmp_path: Path) -> None:
    """And never takes the place of another."""
    project = repository(tmp_path, named("2026-06-14"))
    names = [written(project.reopen()).name.stem for _ in range(3)]
    assert names == ["2026-06-15", f"2026-06-15-{SLUG}", f"2026-06-15-{SLUG}-2"]
    project = repository(tmp_path / "slugs", named("2026-06-14-a", "2026-06-14-b"))
    assert [written(project.reopen()).name.stem for _ in range(2)] == [f"2026-06-15-{SLUG}", f"2026-06-15-{SLUG}-2"]
    project = repository(tmp_path / "titles", named("A day", "B day"))
    assert [written(project.reopen(), "Mail Storm").name.stem for _ in range(2)] == ["Mail Storm", "Mail Storm 2"]


def test_another_day_is_that_of_the_name(tmp_path: Path) -> None:
    """Its number is that of its year."""
    project = repository(tmp_path, named("PM-2024-004-a", "PM-2026-001-b"))
    assert written(project, day=date(2024, 12, 31)).name.id == "PM-2024-005"


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        (r"PM-\\d{4}-\\d+", f"PM-2026-001-{SLUG}"),
        (r"INC-\\d{4}", f"INC-0001-{SLUG}"),
        (r"INC\\d+", f"INC001-{SLUG}"),
        (r"OPS-\\d\\d?", f"OPS-1-{SLUG}"),
        (r"R_\\d{4}-\\d\\d-\\d\\d", f"R_2026-06-15-{SLUG}"),
    ],
)
def test_the_first_document_goes_by_the_pattern(tmp_path: Path, pattern: str, name: str) -> None:
    """That is configured for ids."""
    project = repository(tmp_path, {"postmortem.toml": f'id-pattern = "{pattern}"\n'})
    made = written(project)
    assert made.name.stem == name
    assert [one.id for one in project.reopen().catalogue.postmortems] == [made.name.id]


def test_an_id_that_the_pattern_does_not_match_is_refused(tmp_path: Path) -> None:
    """And so is a pattern for which no first id is known."""
    files = {"postmortem.toml": 'id-pattern = "PM-2026-00\\\\d"\n'} | named("PM-2026-009-a")
    with pytest.raises(ConfigError, match=r"the next id would be 'PM-2026-010', which `id-pattern` .* does not match"):
        written(repository(tmp_path / "a", files))
    files = {"postmortem.toml": 'id-pattern = "[A-F]{8}"\n'}
    with pytest.raises(ConfigError, match="write the first document by hand"):
        written(repository(tmp_path / "b", files))


@pytest.mark.parametrize(
    ("configured", "there", "folder"),
    [
        (None, (), "docs/postmortems"),
        (None, ("incidents",), "incidents"),
        (["stories"], (), "stories"),
        (["stories/*.md"], (), "stories"),
        (["services/*/postmortems", "stories/**", "other"], (), "stories"),
        (["one.md", "other"], (), "other"),
    ],
)
def test_the_first_folder(tmp_path: Path, configured: list[str] | None, there: tuple[str, ...], folder: str) -> None:
    """A default folder that is there, or the first one, which is made; the first source that can be a folder."""
    project = repository(tmp_path, {} if configured is None else {"postmortem.toml": f"sources = {configured}\n"})
    for name in there:
        tmp_path.joinpath(name).mkdir()
    made = written(project)
    assert made.name.origin == f"{folder}/PM-2026-001-{SLUG}.md"
    assert made.notes == ([] if there else [f"the folder {folder} was made"])


def test_below_the_folder_of_the_post_mortems(tmp_path: Path) -> None:
    """Where none is read, none is written: they would be apart from the others. A folder can be named."""
    repository(tmp_path, named("PM-2026-001-a"))
    tmp_path.joinpath("shop/api").mkdir(parents=True)
    with pytest.raises(
        ConfigError, match=r"no post-mortem is read from here, and .*docs.postmortems is there; run the"
    ):
        written(Project(tmp_path / "shop/api", TODAY))
    assert written(Project(tmp_path / "shop/api", TODAY), folder="incidents").name.id == "PM-2026-001"
    tmp_path.joinpath("shop/.git").mkdir()
    assert written(Project(tmp_path / "shop", TODAY)).name.origin == f"docs/postmortems/PM-2026-001-{SLUG}.md"


def test_post_mortems_that_are_no_files(tmp_path: Path) -> None:
    """Take ids, and say nothing on where a file goes."""
    project = repository(tmp_path, {})
    remote = Postmortem("PM-2026-004", IdSource.FRONT_MATTER, "T", "https://wiki/4", "wiki", "4", date=TODAY)
    project.catalogue = Catalogue((remote,))  # type: ignore[misc]
    assert written(project).name.origin == f"docs/postmortems/PM-2026-005-{SLUG}.md"


@pytest.mark.parametrize("source", ["services/*/postmortems", "services/*/postmortems/*.md", "serv*/**/postmortems"])
def test_a_source_that_is_a_glob(tmp_path: Path, source: str) -> None:
    """Is the one folder that it matches; of several one has to be named."""
    files = {"postmortem.toml": f'sources = ["{source}"]\n', "services/b/postmortems/x.txt": "", "services/c/x": ""}
    project = repository(tmp_path, files)
    assert choose_first_folder(project.settings) == "services/b/postmortems"
    repository(tmp_path, {"services/a/postmortems/x.txt": ""})
    told = r"are several folders \(services/a/postmortems, services/b/postmortems\); name one of them with --folder"
    with pytest.raises(ConfigError, match=told):
        written(project)


def test_no_source_can_be_a_folder(tmp_path: Path) -> None:
    """Then one has to be named."""
    project = repository(tmp_path, {"postmortem.toml": 'sources = ["services/*/postmortems"]\n'})
    with pytest.raises(ConfigError, match=r"none of the sources .* is a folder; name one with --folder"):
        written(project)
    made = written(project, folder="services/shop/postmortems")
    assert made.name.origin == f"services/shop/postmortems/PM-2026-001-{SLUG}.md"


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("a/b\\c: \"d\" 'e' #f [g] {h} * ? <i> | j", "a-b-c-d-e-f-g-h-i-j"),
        ("Don't panic", "dont-panic"),
        ("🔥 Prod is down 🔥", "prod-is-down"),
        ("1️⃣ disk", "1-disk"),
        ("-rf [x]", "rf-x"),
        ("!!! ...", "incident"),
        ("word " * 60, "word-word-word-word-word-word-word-word-word-word-word-word"),
        ("x" * 300, "x" * 60),
        ("\u30b5\u30fc\u30d3\u30b9 \u505c\u6b62", "\u30b5\u30fc\u30d3\u30b9-\u505c\u6b62"),
        ("\uff21\uff22\uff23 \ufb01le", "abc-file"),
        ("\u0938\u0930\u094d\u0935\u0930 \u092c\u0902\u0926", "\u0938\u0930\u094d\u0935\u0930-\u092c\u0902\u0926"),
        (
            "\u0421\u0435\u0440\u0432\u0435\u0440 \u0443\u043f\u0430\u043b",
            "\u0441\u0435\u0440\u0432\u0435\u0440-\u0443\u043f\u0430\u043b",
        ),
        pytest.param("\U00020000" * 100, "\U00020000" * 45, id="four bytes each"),
        ("bell\x07 and\x1b[31mred\nnext\u2028line", "bell-and-31mred-next-line"),
        ("\ud800 lone", "lone"),
        ("\u202eevil", "evil"),
        ("Template rendering broke", "rendering-broke"),
        ("template", "incident"),
        ("README", "readme-incident"),
        ("CON", "con-incident"),
    ],
)
def test_a_title_becomes_a_slug(tmp_path: Path, title: str, stem: str) -> None:
    """Of its words alone; the document is read, and has the title whole."""
    project = repository(tmp_path, named("disk-full", "queue-stuck"))
    made = written(project, title)
    assert made.name.stem == stem
    (one,) = [one for one in project.reopen().catalogue.postmortems if one.id == made.name.id]
    assert one.title == " ".join(re.sub("[\x00-\x1f]", " ", title.replace("\ud800", "?")).split())
    assert (one.date, one.faults, one.action_items, one.hints) == (TODAY, (), (), ())


def test_a_title_in_a_file_name(tmp_path: Path) -> None:
    """Is one that every system can have."""
    project = repository(tmp_path, named("PM2026-009 - First one"))
    made = written(project, 'a/b\\c: "d" * ? <i> | j\t🔥. ')
    assert made.name.stem == "PM2026-010 - a b c d i j"
    assert written(project.reopen(), "word " * 60).name.stem == "PM2026-011 - " + " ".join(["word"] * 20)
    assert written(project.reopen(), "...").name.stem == "PM2026-012 - incident"


@pytest.mark.parametrize(
    "name", ["checkout", "checkout-2026", "2026-13-45-x", "12xy-z", "PM", "a.b.c", "-", "", "9999999999999-x"]
)
def test_what_has_no_number_is_words(name: str) -> None:
    """Nothing of it is a date or a number."""
    assert parse_name(name).form.kinds == ("YN" if name.startswith("2026-13") else "")


@pytest.mark.parametrize(
    ("repo", "source", "next_id", "next_name"),
    [
        ("dfds__postmortems", ".", "PM2026-001", "PM2026-001 - Checkout queue overflow.md"),
        ("PostHog__post-mortems", ".", f"2026-06-15-{SLUG}", f"2026-06-15-{SLUG}.md"),
        ("Kaikei-e__Alt", "", "PM-2026-056", f"docs/postmortems/PM-2026-056-{SLUG}.md"),
        ("chipi__podcast_scraper", "", f"INCIDENT-2026-06-15-{SLUG}", f"docs/incidents/INCIDENT-2026-06-15-{SLUG}.md"),
        ("kubernetes__test-infra", "", "2026-06-15", "docs/post-mortems/2026-06-15.md"),
        (
            "jupyterhub__mybinder.org-deploy",
            "docs/source/incident-reports",
            f"2026-06-15-{SLUG}",
            f"docs/source/incident-reports/2026-06-15-{SLUG}.md",
        ),
    ],
)
def test_real_repositories_are_continued(tmp_path: Path, repo: str, source: str, next_id: str, next_name: str) -> None:
    """With their own templates, in which nobody thought of this."""
    if not CORPUS.is_dir():
        if os.environ.get("POSTMORTEM_REQUIRE_CORPUS"):
            pytest.fail(f"there is no {CORPUS}")
        pytest.skip("the corpus of real post-mortems is not beside this checkout (../shared/corpus)")
    shutil.copytree(CORPUS / repo, tmp_path / "x")
    if source:
        tmp_path.joinpath("x/postmortem.toml").write_text(f'sources = ["{source}"]\n', encoding="utf-8")
    project = Project(tmp_path / "x", TODAY)
    before = {one.id for one in project.catalogue.postmortems}
    made = written(project, severity="SEV1", services=("shop",))
    assert (made.name.id, made.name.origin) == (next_id, next_name)
    (one,) = [one for one in project.reopen().catalogue.postmortems if one.id not in before]
    assert (one.id, one.title, one.date) == (next_id, "Checkout queue overflow", TODAY)
    assert (one.severity, one.services, one.faults) == ("SEV1", ("shop",), ())
