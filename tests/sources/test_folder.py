"""Folders as a source: what is listed, what is skipped and why, and how a file is opened."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_postmortem.config.settings import Settings
from pytest_postmortem.errors import DocumentError
from pytest_postmortem.model.document import Format, Skipped
from pytest_postmortem.sources.files import MAX_BYTES, read_text
from pytest_postmortem.sources.folder import FolderSource
from pytest_postmortem.sources.interface import Listing


def fill(base: Path, *names: str) -> None:
    for name in names:
        path = base / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("# Title\n", encoding="utf-8")


def listing(base: Path, *sources: str, exclude: tuple[str, ...] = ()) -> Listing:
    return FolderSource(Settings(base=base, sources=sources, exclude=exclude)).listing()


def origins(found: Listing) -> list[str]:
    return [document.origin for document in found.documents]


def test_the_default_folders_that_exist_are_read(tmp_path: Path) -> None:
    """With sub-folders, sorted, every extension of a document and files without one."""
    fill(
        tmp_path,
        "docs/postmortems/2026/b.md",
        "docs/postmortems/a.markdown",
        "docs/postmortems/PM2019-009 - Title",
        "incidents/c.qmd",
        "incidents/d.html.md.erb",
        "docs/other/e.md",
    )
    found = listing(tmp_path)
    assert origins(found) == [
        "docs/postmortems/2026/b.md",
        "docs/postmortems/PM2019-009 - Title",
        "docs/postmortems/a.markdown",
        "incidents/c.qmd",
        "incidents/d.html.md.erb",
    ]
    assert [document.stem for document in found.documents] == ["b", "PM2019-009 - Title", "a", "c", "d"]
    assert not any(document.configured for document in found.documents)
    assert found.places == ("docs/postmortems", "incidents")
    assert "docs/incidents" in found.absent
    assert not found.faults


@pytest.mark.parametrize("source", ["docs", "docs/*.yaml", "docs/incidents.yaml"])
def test_the_register_of_incidents_is_no_post_mortem(tmp_path: Path, source: str) -> None:
    """Its list would be read as aliases, and every incident would have one."""
    fill(tmp_path, "docs/incidents.yaml", "docs/PM-1.yaml", "docs/PM-2.md")
    settings = Settings(base=tmp_path, sources=(source,), incidents="docs/incidents.yaml")
    found = FolderSource(settings).listing()
    assert "docs/incidents.yaml" not in origins(found)
    assert Skipped("docs/incidents.yaml", "register of incidents") in found.skipped
    assert len(found.documents) == (0 if source.endswith("incidents.yaml") else 1)


def test_what_is_no_post_mortem_is_skipped_with_its_reason(tmp_path: Path) -> None:
    """Read-me files, templates, hidden names, other kinds of files; each is counted."""
    names = {
        "README.md": "README, index, summary or tags",
        "index.md": "README, index, summary or tags",
        "INDEX.markdown": "README, index, summary or tags",
        "SUMMARY.md": "README, index, summary or tags",
        "tags.md": "README, index, summary or tags",
        "TEMPLATE.md": "template",
        "000-template.md": "template",
        "PMyyyy-nnn - postmortem template": "template",
        "_draft.md": "name starts with _ or .",
        ".authors.yml": "name starts with _ or .",
        "chart.png": "not Markdown",
        "numbers.json": "data file that no source names",
        "old.yaml": "data file that no source names",
    }
    fill(tmp_path, *(f"incidents/{name}" for name in names), "incidents/_hidden/a.md", "incidents/indexing-outage.md")
    found = listing(tmp_path)
    assert origins(found) == ["incidents/indexing-outage.md"]
    assert {skipped.origin: skipped.reason for skipped in found.skipped} == {
        **{f"incidents/{name}": reason for name, reason in names.items()},
        "incidents/_hidden/": "name starts with _ or .",
    }


ASKS = "# X\n\n## Action items\n\n- AI-1: Bound it [test required]\n"


@pytest.mark.parametrize(
    "name",
    [
        *(
            "README.md",
            "queue/index.md",
            "queue/SUMMARY.md",
            "runbooks/queue.md",
            "runbooks/README.md",
            "templates/queue.md",
            "EXAMPLE-queue.md",
            "tags.md",
            "_draft.md",
            ".hidden.md",
        ),
        *("queue-template-outage.md", "a.mdx", "a.txt", "a.rst", "_posts/2026-02-11-queue.md", "_posts/x/a.md"),
        *("template.md", "000-template"),
    ],
)
def test_what_asks_for_a_test_is_never_skipped_for_its_name(tmp_path: Path, name: str) -> None:
    """It is a document all the same; without the requirement it stays skipped."""
    path = tmp_path / "incidents" / name
    path.parent.mkdir(parents=True)
    path.write_text(ASKS)
    assert origins(listing(tmp_path)) == [f"incidents/{name}"]
    path.write_text(ASKS.replace("[test required]", "`[test required]`"))
    assert origins(listing(tmp_path)) == []


@pytest.mark.parametrize("main", ["README.md", "index.md", "SUMMARY.md", "readme.markdown"])
@pytest.mark.parametrize("folder", ["2026-01-02-search", "INC-12-search", "20260102_search", "2026-01/PM-7"])
def test_the_document_of_a_folder_per_incident(tmp_path: Path, main: str, folder: str) -> None:
    """Its notes, logs and images are not documents; it is known by the name of its folder."""
    place = tmp_path / "incidents" / folder
    place.joinpath("images").mkdir(parents=True)
    for name in (main, "notes.md", "raw-log.md", "2026-01-02-timeline.md", "images/a.md.png"):
        place.joinpath(name).write_text("# Search outage\n")
    found = listing(tmp_path)
    assert origins(found) == [f"incidents/{folder}/{main}"]
    assert found.documents[0].stem == folder.rpartition("/")[2]
    assert {one.reason for one in found.skipped} >= {"notes beside a post-mortem"}
    place.joinpath("notes.md").write_text(ASKS)
    assert len(origins(listing(tmp_path))) == 2


@pytest.mark.parametrize("other", ["2026-01-02-search/report.md", "2026-01-02-search/follow/a.md"])
def test_the_readme_of_a_folder_with_further_documents_is_none(tmp_path: Path, other: str) -> None:
    """It only leads to them."""
    place = tmp_path / "incidents" / other
    place.parent.mkdir(parents=True)
    place.write_text("# Search outage\n")
    tmp_path.joinpath("incidents", "2026-01-02-search", "README.md").write_text("# Search outage\n")
    assert origins(listing(tmp_path)) == [f"incidents/{other}"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("EXAMPLE.md", "example"),
        ("example-queue.md", "example"),
        ("runbooks/queue.md", "runbook, policy or template"),
        ("policies/a/b.md", "runbook, policy or template"),
    ],
)
def test_what_is_no_post_mortem_is_counted(tmp_path: Path, name: str, reason: str) -> None:
    """With its reason, also below the project itself; a source that is named itself is read."""
    place = tmp_path / "incidents" / name
    place.parent.mkdir(parents=True)
    place.write_text("# Queue\n")
    found = listing(tmp_path)
    assert origins(found) == []
    assert origins(listing(place.parents[len(name.split("/")) - 1], ".")) == []
    assert [(one.origin, one.reason) for one in found.skipped] == [(f"incidents/{name}", reason)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("template.md", ASKS.replace("Bound it", "<what is to be done>")),
        ("templates/queue.md", ASKS.replace("Bound it", "<what is to be done>")),
        ("000-template.md", "# {{ title }}\n" + ASKS),
        ("TEMPLATE", ASKS.replace("# X", "# YYYY-MM-DD")),
        ("notes.yaml", "test: required\n"),
        ("a.png", ASKS),
        (".git/a.md", ASKS),
    ],
)
def test_a_template_to_be_filled_in_is_skipped(tmp_path: Path, name: str, text: str) -> None:
    """And so is what is no text, or no list of action items."""
    path = tmp_path / "incidents" / name
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert origins(listing(tmp_path)) == []


def test_a_data_file_that_asks_for_a_test_is_never_skipped(tmp_path: Path) -> None:
    """Even if no source names it."""
    path = tmp_path / "incidents" / "a.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("id: PM-1\naction_items:\n- {id: AI-1, action: Bound it, test: required}\n")
    assert origins(listing(tmp_path)) == ["incidents/a.yaml"]


def test_a_post_mortem_about_a_template_is_none(tmp_path: Path) -> None:
    """It begins with a key or a day."""
    fill(
        tmp_path, "incidents/PM-1-template-outage.md", "incidents/2026-02-11-template.md", "incidents/sev1-template.md"
    )
    assert origins(listing(tmp_path)) == ["incidents/2026-02-11-template.md", "incidents/PM-1-template-outage.md"]


def test_globs_and_files_are_sources(tmp_path: Path) -> None:
    """A glob matches folders and files; a file is taken as it is named; each document once."""
    fill(
        tmp_path,
        "services/a/pm/1.md",
        "services/b/pm/2.md",
        "services/b/other/3.md",
        "notes/README.md",
        "deep/x/y/4.md",
    )
    found = listing(tmp_path, "services/*/pm", "services/a/pm/1.md", "notes/README.md", "deep/**/*.md")
    assert origins(found) == ["deep/x/y/4.md", "notes/README.md", "services/a/pm/1.md", "services/b/pm/2.md"]
    assert all(document.configured for document in found.documents)


def test_data_files_are_read_where_a_source_names_them(tmp_path: Path) -> None:
    """By their suffix, in a glob or whole; a folder does not bring them."""
    fill(tmp_path, "pm/a.yaml", "pm/b.json", "pm/c.md", "pm/d.yml")
    found = listing(tmp_path, "pm/*.yaml", "pm/b.json")
    assert [(document.origin, document.format) for document in found.documents] == [
        ("pm/a.yaml", Format.YAML),
        ("pm/b.json", Format.JSON),
    ]
    assert origins(listing(tmp_path, "pm")) == ["pm/c.md"]


def test_the_whole_project_can_be_the_source(tmp_path: Path) -> None:
    """`.` means the folder of the configuration."""
    fill(tmp_path, "a.md", "b/c.md")
    assert origins(listing(tmp_path, ".")) == ["a.md", "b/c.md"]


def test_a_source_that_matches_nothing_is_a_fault(tmp_path: Path) -> None:
    """A typo must not empty the gate."""
    fill(tmp_path, "pm/a.md")
    (fault,) = listing(tmp_path, "pm", "pmm", "x/**/y").faults[:1]
    assert str(fault) == (
        "the source 'pmm' matches no folder and no file; mend `sources` in the configuration, or make the folder"
    )
    assert len(listing(tmp_path, "pmm", "x/*").faults) == 2


def test_exclude_takes_files_folders_and_globs(tmp_path: Path) -> None:
    """What is left out is counted."""
    fill(tmp_path, "pm/a.md", "pm/b.md", "pm/old/c.md", "pm/old/d.md", "pm/guide-1.md")
    found = listing(tmp_path, "pm", "pm/b.md", exclude=("pm/b.md", "pm/old/", "pm/guide-*"))
    assert origins(found) == ["pm/a.md"]
    assert {skipped.origin for skipped in found.skipped} == {"pm/b.md", "pm/old", "pm/guide-1.md"}
    assert origins(listing(tmp_path, "pm", exclude=("pm",))) == []


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs symbolic links")
def test_symbolic_links_are_skipped(tmp_path: Path) -> None:
    """A loop, a link to a file, a link out of the tree: none is followed, by globs neither; each is counted."""
    fill(tmp_path, "pm/a.md", "outside/b.md")
    tmp_path.joinpath("pm/loop").symlink_to(tmp_path / "pm")
    tmp_path.joinpath("pm/c.md").symlink_to(tmp_path / "pm/a.md")
    tmp_path.joinpath("pm/out").symlink_to(tmp_path / "outside")
    found = listing(tmp_path, "pm")
    assert origins(found) == ["pm/a.md"]
    assert {(skipped.origin, skipped.reason) for skipped in found.skipped} == {
        ("pm/loop", "symbolic link"),
        ("pm/c.md", "symbolic link"),
        ("pm/out", "symbolic link"),
    }
    assert origins(listing(tmp_path, "pm/**/a.md")) == ["pm/a.md"]


def test_an_unreadable_folder_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never skipped."""
    fill(tmp_path, "pm/a.md", "pm/secret/b.md")
    real = os.scandir

    def scandir(path: str) -> object:
        if path.endswith("secret"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    (fault,) = listing(tmp_path, "pm").faults
    assert str(fault) == "pm/secret: the folder cannot be read: Permission denied; mend its permissions"


def opened(path: Path) -> str:
    return read_text(str(path), "pm/a.md")


def refused(path: Path) -> str:
    with pytest.raises(DocumentError) as caught:
        opened(path)
    return str(caught.value)


def test_a_document_is_utf_8_with_or_without_bom(tmp_path: Path) -> None:
    """The BOM is no part of the text; line ends stay."""
    path = tmp_path / "a.md"
    path.write_bytes(b"\xef\xbb\xbf# \xc3\xa4\r\n")
    assert opened(path) == "# ä\r\n"
    path.write_bytes(b"")
    assert opened(path) == ""


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"# a\n# \xe4\n", "pm/a.md:2: not UTF-8; save it as UTF-8"),
        ("# a".encode("utf-16"), "pm/a.md:1: not UTF-8 (it looks like UTF-16); save it as UTF-8"),
        ("# a".encode("utf-16-le"), "pm/a.md:1: has NUL characters (it looks like UTF-16); save it as UTF-8"),
        (b"# a\n\0\n", "pm/a.md:2: has NUL characters; save it as UTF-8"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
            "pm/a.md:1: is a Git LFS pointer and not the document; run `git lfs pull`, or leave it out with `exclude`",
        ),
    ],
)
def test_other_encodings_are_faults(tmp_path: Path, raw: bytes, told: str) -> None:
    """With the line of the first byte that does not fit."""
    path = tmp_path / "a.md"
    path.write_bytes(raw)
    assert refused(path) == told


def test_a_document_has_a_limit(tmp_path: Path) -> None:
    """1 MiB is read, one byte more is not."""
    path = tmp_path / "a.md"
    path.write_bytes(b"x" * MAX_BYTES)
    assert len(opened(path)) == MAX_BYTES
    path.write_bytes(b"x" * (MAX_BYTES + 1))
    assert refused(path) == "pm/a.md: larger than 1024 KiB; shorten it, or leave it out with `exclude`"


@pytest.mark.parametrize(("size", "read"), [(200_000, 200_000), (MAX_BYTES + 9, None)], ids=["whole", "too large"])
def test_a_document_that_has_grown_is_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, read: int | None
) -> None:
    """The size that the system tells is where the reading begins, not where it ends."""
    path = tmp_path / "a.md"
    path.write_bytes(b"x" * size)
    status = os.stat(path)
    monkeypatch.setattr(os, "fstat", lambda _: os.stat_result((*status[:6], 10, *status[7:])))
    if read is None:
        assert "larger than 1024 KiB" in refused(path)
    else:
        assert len(opened(path)) == read


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_document_of_the_size_it_is_said_to_have_is_asked_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks for one more and gets just that size has all of it."""
    path = tmp_path / "a.md"
    path.write_bytes(b"# One\n")
    asked = []
    read = os.read
    monkeypatch.setattr(os, "read", lambda descriptor, size: asked.append(size) or read(descriptor, size))
    assert read_text(str(path), "a.md") == "# One\n"
    assert asked == [7]


def test_what_is_no_file_is_a_fault_and_does_not_hang(tmp_path: Path) -> None:
    """A pipe, a folder, a link, a file that is gone, a device."""
    os.mkfifo(tmp_path / "pipe.md")
    tmp_path.joinpath("folder.md").mkdir()
    tmp_path.joinpath("link.md").symlink_to(tmp_path / "pipe.md")
    hint = "leave it out with `exclude`"
    assert refused(tmp_path / "pipe.md") == f"pm/a.md: not a regular file; {hint}"
    assert "pm/a.md: " in refused(tmp_path / "folder.md")
    assert refused(tmp_path / "link.md") == "pm/a.md: is a symbolic link; name the file itself"
    assert refused(tmp_path / "gone.md") == f"pm/a.md: cannot be read: No such file or directory; mend it, or {hint}"
    assert refused(Path("/dev/zero")) == f"pm/a.md: not a regular file; {hint}"


def test_a_pipe_in_a_source_is_a_fault_of_its_document(tmp_path: Path) -> None:
    """It is listed as a document, and cannot be loaded."""
    fill(tmp_path, "pm/a.md")
    os.mkfifo(tmp_path / "pm" / "b.md")
    documents = listing(tmp_path, "pm").documents
    with pytest.raises(DocumentError, match=r"pm/b.md: not a regular file"):
        documents[1].load()
    assert documents[0].load() == "# Title\n"


def test_a_name_that_is_no_utf_8_is_shown_escaped(tmp_path: Path) -> None:
    """And the file is still read."""
    folder = tmp_path / "pm"
    folder.mkdir()
    try:
        Path(os.fsdecode(os.fsencode(folder) + b"/a\xff.md")).write_text("# T\n", encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes UTF-8 names alone")
    (document,) = listing(tmp_path, "pm").documents
    assert document.origin == "pm/a\\udcff.md"
    assert document.load() == "# T\n"
