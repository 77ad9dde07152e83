"""The checks for people who write a source."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from pytest_postmortem.config.settings import Settings
from pytest_postmortem.errors import DocumentError, SourceError
from pytest_postmortem.model.document import Document
from pytest_postmortem.sources.folder import FolderSource
from pytest_postmortem.sources.interface import Listing
from pytest_postmortem.testing import check_source


def document(origin: str = "wiki/1", load: Callable[[], Any] = lambda: "# PM-1: x", stem: str = "1") -> Document:
    return Document(origin, "wiki", stem, True, load=load)


class Wiki:
    name: Any = "wiki"

    def __init__(self, *documents: Any, listing: Callable[[], Any] | None = None) -> None:
        self.listing: Callable[[], Any] = listing or (lambda: Listing(documents))


def raised(error: Exception) -> Callable[[], Any]:
    def raising() -> Any:
        raise error

    return raising


def test_a_good_source_gives_its_listing() -> None:
    """A document that cannot be opened is a fault of it, and a fault is no failure."""
    listing = Listing((document(), document("wiki/2", raised(DocumentError("gone")))), faults=(SourceError("x"),))
    assert check_source(Wiki(listing=lambda: listing)) is listing


def test_our_own_source(tmp_path: Path) -> None:
    """`beginning` too."""
    folder = tmp_path / "docs" / "postmortems"
    folder.mkdir(parents=True)
    folder.joinpath("PM-1-x.md").write_text("# PM-1: x\n", encoding="utf-8")
    assert len(check_source(FolderSource(Settings(tmp_path))).documents) == 1


numbers = count()


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (Wiki(listing=raised(SourceError("x"))), "`listing` raises: what cannot be read is a fault in the listing"),
        (Wiki(listing=raised(ValueError("x"))), "`listing` raises ValueError: x"),
        (Wiki(listing=lambda: [document()]), "`listing` returns a list and no Listing"),
        (Wiki("page"), "`documents` holds a str"),
        (Wiki(document(), document()), "two documents have the origin 'wiki/1'"),
        (Wiki(document(stem="")), "'wiki/1': `stem` is empty"),
        (Wiki(document(load=lambda: b"x")), "'wiki/1': `load` returns a bytes and no text"),
        (Wiki(document(load=raised(OSError()))), "'wiki/1': `load` raises OSError: raise DocumentError"),
        (Wiki(listing=lambda: Listing((document(f"wiki/{next(numbers)}"),))), "a second listing is not the same: it needs a stable order"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(source: Wiki, told: str) -> None:
    """Each by itself."""
    with pytest.raises(AssertionError) as caught:
        check_source(source)
    assert str(caught.value) == told


def test_everything_that_is_wrong_is_told_at_once() -> None:
    """A line each."""
    source = Wiki(document(stem=""), "page")
    source.name = ""
    with pytest.raises(AssertionError) as caught:
        check_source(source)
    assert str(caught.value).splitlines() == [
        "`name` is no text",
        "`documents` holds a str",
        "'wiki/1': `stem` is empty",
    ]


def test_a_beginning_that_leaves_something_out() -> None:
    """Markers would be wrong where they are right."""
    source: Any = Wiki(document())
    source.beginning = lambda names: Listing()
    with pytest.raises(AssertionError, match="`beginning` of '1' leaves out 'wiki/1'"):
        check_source(source)
