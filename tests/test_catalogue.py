"""The catalogue: ids settled, doubles told, and no more opened than needed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from pytest_postmortem.catalogue import Catalogue, list_sources, read_all, read_named
from pytest_postmortem.errors import DocumentError, SourceError
from pytest_postmortem.judging.marker_names import collect_names
from pytest_postmortem.model.document import Document
from pytest_postmortem.model.names import Names
from pytest_postmortem.model.nearest import NameIndex
from pytest_postmortem.model.postmortem import IdSource, Postmortem
from pytest_postmortem.sources.interface import Listing
from tests.builders import TODAY, item, postmortem


class Folder:
    """Documents by file name; counts what is opened and read."""

    def __init__(self, documents: dict[str, Postmortem], name: str = "folders") -> None:
        self.name = name
        self._read = documents
        self.opened: list[str] = []
        self.read: list[str] = []

    def listing(self) -> Listing:
        return Listing(
            documents=tuple(
                Document(
                    origin=f"pm/{name}.md",
                    folder="pm",
                    stem=name,
                    configured=True,
                    load=lambda name=name: self.load(name),
                )
                for name in self._read
            ),
            places=("pm",),
        )

    def load(self, name: str) -> str:
        self.opened.append(name)
        made = self._read[name]
        return " ".join((made.id, *made.aliases))

    def reader(self, document: Document) -> Postmortem:
        self.read.append(document.stem)
        return self._read[document.stem]


def folder(*made: Postmortem) -> Folder:
    return Folder({one.stem: one for one in made})


def told(name: str, id_source: IdSource, stem: str, *aliases: str, where: str = "pm") -> Postmortem:
    return postmortem(name, id_source=id_source, stem=stem, folder=where, origin=f"{where}/{stem}.md", aliases=aliases)


def ids(catalogue: Catalogue) -> dict[str, str]:
    return {one.stem: one.id for one in catalogue.postmortems}


def everything(*made: Postmortem, pattern_set: bool = False) -> Catalogue:
    source = folder(*made)
    return read_all(source.listing(), source.reader, pattern_set=pattern_set)


def test_a_key_that_two_files_of_a_folder_share_is_no_id() -> None:
    """Both are known by their stems then; the same key in another folder is a double."""
    found = everything(
        told("PM-1", IdSource.FILE_NAME, "PM-1-a"),
        told("PM-1", IdSource.FILE_NAME, "PM-1-b"),
        told("PM-2", IdSource.FILE_NAME, "PM-2-c"),
        told("PM-2", IdSource.HEADING, "d"),
    )
    assert ids(found) == {"PM-1-a": "PM-1-a", "PM-1-b": "PM-1-b", "PM-2-c": "PM-2", "d": "d"}
    assert not found.faults
    twice = everything(
        told("PM-1", IdSource.FILE_NAME, "PM-1-a"), told("PM-1", IdSource.FILE_NAME, "PM-1-b", where="other")
    )
    assert [str(fault) for fault in twice.faults] == [
        "pm/PM-1-a.md:1: the id 'PM-1' is also that of other/PM-1-b.md:1; "
        "give one of them another id in its front matter"
    ]


def test_a_pattern_leaves_out_what_has_no_id_of_it() -> None:
    """Counted, with the reason; a document with a fault stays, as nobody can tell; a key twice is a double."""
    broken = postmortem(
        "x",
        id_source=IdSource.STEM,
        stem="x",
        folder="pm",
        origin="pm/x.md",
        faults=(DocumentError("bad", origin="pm/x.md"),),
    )
    found = everything(
        told("PM-1", IdSource.FILE_NAME, "PM-1-a"),
        told("PM-1", IdSource.FILE_NAME, "PM-1-b"),
        told("guide", IdSource.STEM, "guide"),
        broken,
        pattern_set=True,
    )
    assert ids(found) == {"PM-1-a": "PM-1", "PM-1-b": "PM-1", "x": "x"}
    assert [(one.origin, one.reason) for one in found.skipped] == [("pm/guide.md", "does not match id-pattern")]
    assert len(found.faults) == 2


@pytest.mark.parametrize(
    ("first", "second", "fault"),
    [
        (("PM-1",), ("PM-1",), "the id 'PM-1' is also that of pm/a.md:1"),
        (("PM-1",), ("pm-1",), "the id 'pm-1', which is 'PM-1' to a reader, is also that of pm/a.md:1"),
        (("PM-é",), ("PM-e\u0301",), "to a reader, is also that of pm/a.md:1"),
        (("PM-1",), ("PM-2", "PM-1"), "the alias 'PM-1' is also the id of pm/a.md:1; remove it from one of the two"),
        (("PM-1", "INC-7"), ("PM-2", "INC-7"), "the alias 'INC-7' is also the alias of pm/a.md:1"),
        (("PM-1", "INC-7"), ("INC-7",), "the alias 'INC-7' is also the id of pm/b.md:1"),
    ],
)
def test_one_name_for_two_post_mortems_is_a_fault(first: tuple[str, ...], second: tuple[str, ...], fault: str) -> None:
    """Both places are named; case, width and composition make no difference."""
    found = everything(
        told(first[0], IdSource.FRONT_MATTER, "a", *first[1:]), told(second[0], IdSource.FRONT_MATTER, "b", *second[1:])
    )
    (only,) = found.faults
    assert fault in str(only)


def test_a_post_mortem_may_repeat_its_own_name() -> None:
    """An alias that equals its id or stem is no double."""
    assert not everything(told("PM-1", IdSource.FRONT_MATTER, "a", "PM-1", "a")).faults


def test_every_document_can_be_named_by_its_stem() -> None:
    """Unless two have it, or it is somebody's id."""
    names = collect_names(
        everything(
            told("PM-1", IdSource.FRONT_MATTER, "2026-01-01-a", "INC-1"), told("PM-2", IdSource.FRONT_MATTER, "PM-1")
        ),
        TODAY,
    )
    assert names.ids == {"PM-1": "PM-1", "PM-2": "PM-2", "INC-1": "PM-1", "2026-01-01-a": "PM-1"}
    shared = Catalogue(
        postmortems=(
            told("PM-1", IdSource.FRONT_MATTER, "same"),
            told("PM-2", IdSource.FRONT_MATTER, "same", where="other"),
        )
    )
    assert collect_names(shared, TODAY).shared == {"same": ["PM-1", "PM-2"]}
    assert collect_names(shared, TODAY).find_near("same") == ("PM-1", "PM-2")


def test_two_sources_of_one_name_are_an_error() -> None:
    """Both kinds are named."""
    with pytest.raises(
        SourceError, match=r"two sources are named 'folders': .*Folder and .*Folder; rename one of them"
    ):
        list_sources([folder(), folder()])
    assert list_sources([folder(), Folder({}, "other")]).places == ("pm", "pm")


def test_an_error_that_a_reader_raises_is_a_fault_of_the_document() -> None:
    """With the document's origin where the error has none."""
    source = folder(told("PM-1", IdSource.FRONT_MATTER, "a"), told("PM-2", IdSource.FRONT_MATTER, "b"))

    def read(document: Document) -> Postmortem:
        if document.stem == "a":
            raise DocumentError("is odd", line=3)
        raise DocumentError("is bad", origin="elsewhere")

    found = read_all(source.listing(), read)
    assert [str(fault) for fault in found.faults] == ["pm/a.md:3: is odd", "elsewhere: is bad"]


MANY = [
    told("PM-1", IdSource.FILE_NAME, "PM-1-overflow"),
    told("PM-10", IdSource.FILE_NAME, "PM-10-other"),
    told("PM-2", IdSource.FRONT_MATTER, "2026-01-02-retries", "INC-7"),
    told("PM-3", IdSource.FRONT_MATTER, "2026-01-03-dns"),
]


@pytest.mark.parametrize(
    ("names", "found", "read", "opened"),
    [
        (["PM-1"], {"PM-1"}, {"PM-1-overflow"}, 0),
        (["PM-1-overflow", "PM-10"], {"PM-1-overflow", "PM-10"}, {"PM-1-overflow", "PM-10-other"}, 2),
        (["2026-01-03-dns"], {"2026-01-03-dns"}, {"2026-01-03-dns"}, 3),
        (["PM-2"], {"PM-2"}, {"2026-01-02-retries"}, 4),
        (["INC-7", "PM-1"], {"INC-7", "PM-1"}, {"PM-1-overflow", "2026-01-02-retries"}, 3),
        (["PM-99"], set(), set(), 4),
    ],
)
def test_only_what_can_carry_a_name_is_read(names: list[str], found: set[str], read: set[str], opened: int) -> None:
    """File names first; then the documents whose text holds the name, which for a stem only may be another's alias."""
    source = folder(*MANY)
    catalogue = read_named(lambda _: source.listing(), source.reader, names)
    assert set(names) & catalogue.index_names().keys() == found
    assert set(source.read) == read
    assert len(source.opened) == opened


@pytest.mark.parametrize("name", ["PM-1", "PM-10", "PM-2", "INC-7", "PM-3", "2026-01-03-dns", "PM-1-overflow", "PM-99"])
def test_the_short_way_finds_what_the_long_way_finds(name: str) -> None:
    """The same id for every name."""
    source = folder(*MANY)
    short = read_named(lambda _: source.listing(), source.reader, [name]).index_names().get(name, ())
    long = everything(*MANY).index_names().get(name, ())
    assert [one.id for one in short] == [one.id for one in long]


def test_what_cannot_be_opened_carries_no_name() -> None:
    """In a run that only looks for a name; a judged run reads it and finds the fault."""
    source = folder(*MANY)

    def load(name: str) -> str:
        raise DocumentError("cannot be read", origin=name)

    source.load = load  # type: ignore[method-assign]
    assert read_named(lambda _: source.listing(), source.reader, ["PM-2"]).postmortems == ()


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("PM-132", ["PM-123", "PM-900"], ("PM-123",)),
        ("pm-123", ["PM-1234", "PM-123"], ("PM-123", "PM-1234")),
        ("2026-02-13", ["2026-02-13-overflow", "2026-02-14-x"], ("2026-02-13-overflow", "2026-02-14-x")),
        ("PM-2026-010", ["PM-2026-004", "PM-2026-003", "PM-2026-001"], ("PM-2026-001", "PM-2026-004", "PM-2026-003")),
        ("zzz", ["PM-1"], ()),
        ("PM-9", [], ()),
    ],
)
def test_the_nearest_names(name: str, known: Iterable[str], expected: tuple[str, ...]) -> None:
    """Case and width first, then what begins so, then what looks alike."""
    assert NameIndex(known).find(name, 3) == expected


def test_the_nearest_name_is_suggested_by_its_id() -> None:
    """A stem leads to the id."""
    assert Names(ids={"PM-7": "PM-7", "2026-02-13-overflow": "PM-7"}).find_near("2026-02-13") == ("PM-7",)


def test_names_cross_to_another_process_unharmed(tmp_path: Path) -> None:
    """As one JSON string."""
    one = postmortem("PM-1", item(), item("AI-2", "t.py::test_a"), aliases=("INC-1",))
    names = collect_names(Catalogue(postmortems=(one,)), TODAY)
    assert names.node_ids == {"PM-1": {"AI-2": ["t.py::test_a"]}}
    assert Names.load(names.dump()) == names


def test_a_key_that_two_documents_share_names_neither_and_says_so() -> None:
    """Its marker is told both; a copy in another folder takes nothing away."""
    copies = [told("PM-9", IdSource.HEADING, name) for name in ("first", "copy")]
    catalogue = everything(*copies)
    assert catalogue.contested == {"PM-9": ("first", "copy")}
    names = collect_names(catalogue, TODAY)
    assert names.shared == {"PM-9": ["first", "copy"]}
    assert names.find_near("PM-9") == ("first", "copy")
    assert everything(copies[0], told("PM-9", IdSource.FILE_NAME, "PM-9-b")).contested == {"PM-9": ("first",)}
    assert collect_names(everything(copies[0], told("PM-9", IdSource.FILE_NAME, "PM-9-b")), TODAY).shared == {}
    assert everything(copies[0]).contested == {}
