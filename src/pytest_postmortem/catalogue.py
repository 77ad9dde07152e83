"""Every post-mortem of a run, by its ids, aliases and stems."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from pytest_postmortem.errors import DocumentError, PostmortemError, SourceError
from pytest_postmortem.model.document import Document, Skipped
from pytest_postmortem.model.names import opener
from pytest_postmortem.model.postmortem import IdSource, Postmortem
from pytest_postmortem.model.text import fold_name
from pytest_postmortem.sources.interface import Listing, Source

__all__ = ["Catalogue", "list_sources", "read_all", "read_named"]

Read = Callable[[Document], Postmortem | None]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The post-mortems of a run with their final ids, sorted by origin.

    `skipped` are files left out with the reason, `faults` everything that makes the documents unusable for a judged
    run, `places` and `absent` where was looked. `contested` are keys that several documents of a folder carry, with the
    ids that these go by: the key is the id of none.
    """

    postmortems: tuple[Postmortem, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    faults: tuple[PostmortemError, ...] = ()
    places: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    contested: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def get(self, postmortem_id: str) -> Postmortem | None:
        """Return the post-mortem of this exact id, or None."""
        return next((one for one in self.postmortems if one.id == postmortem_id), None)

    def index_names(self) -> dict[str, tuple[Postmortem, ...]]:
        """Return the post-mortems of each name: ids and aliases, then the stems that are neither."""
        names: dict[str, list[Postmortem]] = {}
        for postmortem in self.postmortems:
            for name in dict.fromkeys((postmortem.id, *postmortem.aliases)):
                names.setdefault(name, []).append(postmortem)
        stems: dict[str, list[Postmortem]] = {}
        for postmortem in self.postmortems:
            if postmortem.stem not in names:
                stems.setdefault(postmortem.stem, []).append(postmortem)
        return {name: tuple(postmortems) for name, postmortems in {**names, **stems}.items()}


def list_sources(sources: Iterable[Source], beginning: Collection[str] | None = None) -> Listing:
    """Return the listings of all `sources` as one. Raises SourceError if two of them share a name.

    With `beginning`, only documents whose stems begin with one of these names have to be in it.
    """
    by_name: dict[str, Source] = {}
    listings = []
    for source in sources:
        other = by_name.setdefault(source.name, source)
        if other is not source:
            kinds = f"{_describe_type(other)} and {_describe_type(source)}"
            raise SourceError(f"two sources are named {source.name!r}: {kinds}", hint="rename one of them")
        listings.append(_list_source(source, beginning))
    join = chain.from_iterable
    return Listing(
        documents=tuple(join(listing.documents for listing in listings)),
        skipped=tuple(join(listing.skipped for listing in listings)),
        faults=tuple(join(listing.faults for listing in listings)),
        places=tuple(join(listing.places for listing in listings)),
        absent=tuple(join(listing.absent for listing in listings)),
    )


def _list_source(source: Source, beginning: Collection[str] | None) -> Listing:
    list_beginning = getattr(source, "beginning", None) if beginning is not None else None
    try:
        listing: Listing = source.listing() if list_beginning is None else list_beginning(beginning)
    except PostmortemError:
        raise
    except Exception as error:
        problem = f"its listing failed: {type(error).__name__}: {error}"
        origin = f"source {source.name!r} ({_describe_type(source)})"
        raise SourceError(problem, origin=origin, hint="fix or uninstall that package") from None
    return listing


def _describe_type(source: Source) -> str:
    return f"{type(source).__module__}.{type(source).__qualname__}"


def read_all(listing: Listing, read: Read, *, pattern_set: bool = False) -> Catalogue:
    """Read every document. `pattern_set` leaves out those that carry no id of the configured pattern."""
    postmortems = [postmortem for document in listing.documents if (postmortem := _read(document, read))]
    return _assemble(listing, postmortems, pattern_set, lambda: listing)


def read_named(
    listing_of: Callable[[Collection[str] | None], Listing],
    read: Read,
    names: Iterable[str],
    *,
    pattern_set: bool = False,
    by_file_name: bool = False,
) -> Catalogue:
    """Read only the documents that can carry one of `names`: by file name first, then those whose text holds the name.

    `listing_of` gives the listing of the documents whose stems begin with one of some names, and of all for None. A
    name that is found this way is found in the full catalogue too, with the same id. `by_file_name` leaves it at that.
    """
    wanted = set(names)
    opened: dict[str, Postmortem | None] = {}

    def assemble(listing: Listing) -> Catalogue:
        return _assemble(listing, list(filter(None, opened.values())), pattern_set, lambda: listing_of(None))

    opens = opener(wanted)
    listing = listing_of(wanted)
    for document in listing.documents:
        if opens(document.stem):
            opened[document.origin] = _read(document, read)
    catalogue = assemble(listing)
    # A document's own id or alias comes before another's stem, so a name that is only a stem is looked for on.
    missing = wanted.difference(name for one in catalogue.postmortems for name in (one.id, *one.aliases))
    if not missing or by_file_name:
        return catalogue
    listing = listing_of(None)
    for document in listing.documents:
        if document.origin not in opened and _may_have(document, missing):
            opened[document.origin] = _read(document, read)
    return assemble(listing)


def _may_have(document: Document, names: set[str]) -> bool:
    if any(name in document.origin for name in names):
        return True
    try:
        return document.may_hold(names)
    except DocumentError:
        return False


def _read(document: Document, read: Read) -> Postmortem | None:
    try:
        return read(document)
    except DocumentError as error:
        fault = error.fill_origin(document.origin)
        return Postmortem(
            id=document.stem,
            id_source=IdSource.STEM,
            title=document.stem,
            origin=document.origin,
            folder=document.folder,
            stem=document.stem,
            faults=(fault,),
        )


def _assemble(
    listing: Listing, read: Sequence[Postmortem], pattern_set: bool, everything: Callable[[], Listing]
) -> Catalogue:
    skipped = list(listing.skipped)
    contested: Mapping[str, tuple[str, ...]] = {}
    if pattern_set:
        kept = [one for one in read if not _is_without_id(one)]
        skipped += [Skipped(one.origin, "does not match id-pattern") for one in read if _is_without_id(one)]
    else:
        kept, contested = _settle_keys(read)
        if any(one.id_source is IdSource.STEM for one in kept):
            kept = _settle_stems(kept, everything())
    postmortems = tuple(sorted(kept, key=lambda one: one.origin))
    errors = [error for postmortem in postmortems for error in postmortem.faults]
    return Catalogue(
        postmortems=postmortems,
        skipped=tuple(sorted(skipped, key=lambda one: one.origin)),
        faults=(*listing.faults, *errors, *_find_doubled(postmortems)),
        places=listing.places,
        absent=listing.absent,
        contested=contested,
    )


def _is_without_id(postmortem: Postmortem) -> bool:
    return postmortem.id_source is IdSource.STEM and not postmortem.faults


def _settle_keys(read: Sequence[Postmortem]) -> tuple[list[Postmortem], Mapping[str, tuple[str, ...]]]:
    """Replace each key from a file name or heading that is not unique in its folder with the stem.

    Return the documents, and the keys that are not unique with the new ids of their documents.
    """
    if not any(one.id_source in (IdSource.FILE_NAME, IdSource.HEADING) for one in read):
        return list(read), {}
    by_name = Counter((one.folder, one.id) for one in read if one.id_source is IdSource.FILE_NAME)
    by_any = Counter((one.folder, one.id) for one in read)

    def settle(one: Postmortem) -> Postmortem:
        place = (one.folder, one.id)
        shared = (one.id_source is IdSource.FILE_NAME and by_name[place] > 1) or (
            one.id_source is IdSource.HEADING and by_any[place] > 1
        )
        return replace(one, id=one.stem, id_source=IdSource.STEM) if shared else one

    kept = [settle(one) for one in read]
    contested: dict[str, tuple[str, ...]] = {}
    for before, after in zip(read, kept, strict=True):
        if after is not before:
            contested[before.id] = (*contested.get(before.id, ()), after.id)
    return kept, contested


def _settle_stems(read: Sequence[Postmortem], listing: Listing) -> list[Postmortem]:
    """Add the folders above it to each stem that several documents have, or that names none (`report`).

    `2026-02-11-search/report.md` is `2026-02-11-search`, and `2021/06/25.md` beside `2022/06/25.md` is `2021/06/25`.
    That depends on the names of all files of `listing` alone, and not on which of them were read.
    """
    stems = Counter(fold_name(document.stem) for document in listing.documents)
    paths = {document.origin: _path_of(document) for document in listing.documents}
    tails = Counter(path[-length:] for path in paths.values() for length in range(1, len(path) + 1))

    def qualify(one: Postmortem) -> Postmortem:
        if one.id_source is not IdSource.STEM or one.origin not in paths:
            return one
        generic = _GENERIC.fullmatch(one.stem) is not None and one.folder not in listing.places
        if not generic and stems[fold_name(one.stem)] <= 1:
            return one
        path = paths[one.origin]
        length = next((length for length in range(1, len(path)) if tails[path[-length:]] == 1), len(path))
        return replace(one, id="/".join(path[-length:]))

    return [qualify(one) for one in read]


def _path_of(document: Document) -> tuple[str, ...]:
    """Return the folders and the stem of a document, without a stem that is generic."""
    path = (*filter(None, document.folder.split("/")), document.stem)
    return path[:-1] if len(path) > 1 and _GENERIC.fullmatch(document.stem) else path


# Names of a file that say what it is and not which: its folder is the incident's.
_GENERIC = re.compile(
    r"(?:incident[-_ ]?)?(?:report|post[-_ ]?mortem|rca|review|write[-_ ]?up|analysis|document|doc|index|readme)"
    r"|incident|summary|main",
    re.IGNORECASE,
)


def _find_doubled(postmortems: Sequence[Postmortem]) -> list[DocumentError]:
    """Return an error at each second place of an id or alias; ids that differ only in case or width count as one."""
    first: dict[str, tuple[str, Postmortem, str]] = {}
    faults = []
    for kind, pairs in (
        ("id", [(one.id, one) for one in postmortems]),
        ("alias", [(alias, one) for one in postmortems for alias in one.aliases]),
    ):
        for name, one in pairs:
            known_name, other, known_kind = first.setdefault(fold_name(name), (name, one, kind))
            if other is one:
                continue
            place = f"{other.origin}:{other.id_line}"
            if kind == known_kind == "id":
                same = (
                    f"the id {name!r}"
                    if name == known_name
                    else f"the id {name!r}, which is {known_name!r} to a reader,"
                )
                problem, hint = f"{same} is also that of {place}", "give one of them another id in its front matter"
            else:
                problem, hint = (
                    f"the alias {name!r} is also the {known_kind} of {place}",
                    "remove it from one of the two",
                )
            faults.append(DocumentError(problem, origin=one.origin, line=one.id_line, hint=hint))
    return faults
