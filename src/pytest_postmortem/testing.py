"""For people who write a source: what pytest-postmortem relies on, checked."""

from __future__ import annotations

from pytest_postmortem.errors import DocumentError, PostmortemError
from pytest_postmortem.model.document import Document, Skipped
from pytest_postmortem.sources.interface import Listing, Source

__all__ = ["check_source"]


def check_source(source: Source) -> Listing:
    """List `source` twice, open every document, and return the listing.

    Raises AssertionError with everything that is wrong, a line each: no name, a listing that changes or raises, two
    documents of one origin, a stem that is empty, a `load` that returns no text or raises anything but DocumentError.
    Faults that the source tells of are no failure.
    """
    problems: list[str] = []
    if not isinstance(getattr(source, "name", None), str) or not source.name:
        problems.append("`name` is no text")
    listing = _listed(source, problems)
    if listing is not None:
        problems += _of_listing(listing)
        again = _listed(source, [])
        if again is None or (again.documents, again.skipped) != (listing.documents, listing.skipped):
            problems.append("a second listing is not the same: it needs a stable order")
        beginning = getattr(source, "beginning", None)
        if beginning is not None:
            problems += _of_beginning(beginning, listing)
    assert not problems, "\n".join(problems)
    return listing or Listing()


def _listed(source: Source, problems: list[str]) -> Listing | None:
    try:
        listing = source.listing()
    except PostmortemError:
        problems.append("`listing` raises: what cannot be read is a fault in the listing")
        return None
    except Exception as error:
        problems.append(f"`listing` raises {type(error).__name__}: {error}")
        return None
    if not isinstance(listing, Listing):
        problems.append(f"`listing` returns a {type(listing).__name__} and no Listing")
        return None
    return listing


def _of_listing(listing: Listing) -> list[str]:
    problems: list[str] = []
    for field, kind in (("documents", Document), ("skipped", Skipped), ("faults", PostmortemError)):
        problems += [
            f"`{field}` holds a {type(one).__name__}" for one in getattr(listing, field) if not isinstance(one, kind)
        ]
    seen: set[str] = set()
    for document in listing.documents:
        if isinstance(document, Document):
            if document.origin in seen:
                problems.append(f"two documents have the origin {document.origin!r}")
            seen.add(document.origin)
            problems += _of_document(document)
    return problems


def _of_document(document: Document) -> list[str]:
    problems = [f"{document.origin!r}: `{name}` is empty" for name in ("origin", "stem") if not getattr(document, name)]
    try:
        text = document.load()
    except DocumentError:
        return problems
    except Exception as error:
        return [*problems, f"{document.origin!r}: `load` raises {type(error).__name__}: raise DocumentError"]
    if not isinstance(text, str):
        problems.append(f"{document.origin!r}: `load` returns a {type(text).__name__} and no text")
    return problems


def _of_beginning(beginning: object, listing: Listing) -> list[str]:
    """A listing of some names holds at least the documents whose stems begin with them."""
    assert callable(beginning)
    for document in listing.documents:
        if document not in beginning({document.stem}).documents:
            return [f"`beginning` of {document.stem!r} leaves out {document.origin!r}"]
    return []
