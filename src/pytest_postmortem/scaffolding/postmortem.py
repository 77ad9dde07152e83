"""A new post-mortem: named, rendered, read back, written, and looked at once more."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path

from pytest_postmortem.config.settings import DEFAULT_FOLDERS
from pytest_postmortem.errors import ConfigError, DocumentError
from pytest_postmortem.model.document import Document
from pytest_postmortem.model.nearest import is_similar
from pytest_postmortem.model.postmortem import Postmortem
from pytest_postmortem.model.text import fold_name
from pytest_postmortem.project import Project
from pytest_postmortem.scaffolding.document import Asked, Rendered, rendered
from pytest_postmortem.scaffolding.files import create, move, turn
from pytest_postmortem.scaffolding.folders import first_folder
from pytest_postmortem.scaffolding.naming import Name, Style, first_style, learned, next_name
from pytest_postmortem.scaffolding.templates import Template, named, of_team, ours
from pytest_postmortem.scaffolding.words import folded_lines

__all__ = ["Order", "Written", "write"]

_NEARLY = 0.85
"""How alike two titles of one day are that may tell of one incident."""
_MOST_TRIES = 100
_FIRST_GOES_LAST = 0.5
"""Seconds that the first of two documents of one id, by their names, leaves to the other one to take another id."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for.

    `folder` is relative to the configuration's folder, `template` is a path and how messages show it. Notes name files
    as they are called from the folder `seen_from`; without one from that of the configuration.
    """

    title: str
    day: date
    severity: str = ""
    services: tuple[str, ...] = ()
    folder: str | None = None
    template: tuple[Path, str] | None = None
    seen_from: Path | None = None

    def shown(self, base: Path, origin: str) -> str:
        """The file or folder of this origin below `base`, as notes name it."""
        if self.seen_from is None or not Path(base, origin).exists():
            return origin
        return os.path.relpath(Path(base, origin), self.seen_from).replace(os.sep, "/")


@dataclass(slots=True)
class Written:
    """The new document's name and file, and what there is to note."""

    name: Name
    path: Path
    notes: list[str] = field(default_factory=list)


def write(project: Project, order: Order) -> Written:
    """Write the next post-mortem. Another one that is written meanwhile is never overwritten, and keeps its id.

    Raises ConfigError for an order that cannot be carried out, DocumentError where the text would not be read back as
    ordered, EvidenceError where it cannot be written.
    """
    order = _cleaned(order)
    with turn(project.settings.base):
        return _written(project, order)


def _written(project: Project, order: Order) -> Written:
    found = False
    there: list[str] = []
    for _ in range(_MOST_TRIES):
        style = _style(project, order)
        name = next_name(style, order.title, order.day, [*_taken(project), *there], project.settings.id_pattern)
        template = _template(project, order, style)
        text = _rendered(project, order, name, template)
        path = Path(project.settings.base, name.origin)
        found = path.parent.is_dir()
        try:
            create(path, text.text.encode(), project.settings.base)
            break
        except FileExistsError:
            there.append(name.stem)
            project = project.reopen()
    else:
        raise ConfigError("there is a file of every name that was tried", origin=name.origin, hint="use another title")
    made = Written(name, path, list(_notes(project, order, style.folder, found, template, text)))
    _settle(project, order, style, template, text.text.encode(), made)
    return made


def _cleaned(order: Order) -> Order:
    title = folded_lines(order.title)
    if not title:
        raise ConfigError("the title is empty", hint='write one, such as `postmortem new "Checkout queue overflow"`')
    services = tuple(dict.fromkeys(name for one in order.services if (name := folded_lines(one))))
    return replace(order, title=title, severity=folded_lines(order.severity), services=services)


def _style(project: Project, order: Order) -> Style:
    base = project.settings.base
    no_folders = () if project.settings.sources else DEFAULT_FOLDERS
    known = [
        one
        for one in project.catalogue.postmortems
        if Path(base, one.origin).is_file() and one.origin not in no_folders
    ]
    if known:  # in files, and not in a wiki, say
        return learned(known, order.folder, order.day)
    folder = first_folder(project.settings) if order.folder is None else order.folder
    return first_style(folder, project.settings.id_pattern, order.day)


def _taken(project: Project, apart_from: str = "") -> Iterator[str]:
    """Every name of every document but one, those that are left out included."""
    for one in project.catalogue.postmortems:
        if one.origin != apart_from:
            yield from (one.id, one.stem, *one.aliases)
    for left_out in project.catalogue.skipped:
        name = left_out.origin.rpartition("/")[2]
        yield name.rpartition(".")[0] or name


def _template(project: Project, order: Order, style: Style) -> Template:
    settings = project.settings
    if order.template is not None:
        return named(*order.template)
    if settings.template:
        return named(Path(settings.base, settings.template), order.shown(settings.base, settings.template))
    shown = partial(order.shown, settings.base)
    return of_team(settings.base, project.catalogue.skipped, style.folder, style.form, shown) or ours()


def _rendered(project: Project, order: Order, name: Name, template: Template) -> Rendered:
    def read(text: str) -> Postmortem:
        folder, _, _ = name.origin.rpartition("/")
        configured = bool(project.settings.sources)
        told = project.read(Document(name.origin, folder, name.stem, configured, load=lambda: text))
        if told is None:
            raise DocumentError(
                "the document would be read by nobody", origin=template.origin, hint="mend the template"
            )
        return told

    asked = Asked(name.id, order.title, order.day, order.severity, order.services)
    return rendered(template.text, template.origin, asked, read)


def _notes(
    project: Project, order: Order, folder: str, found: bool, template: Template, text: Rendered
) -> Iterator[str]:
    shown = partial(order.shown, project.settings.base)
    if not found:
        yield f"the folder {shown(folder)} was made"
    if template.note:
        yield template.note
    if text.added and not template.is_ours:
        places = _listed(text.added, "{{{{ {} }}}}")
        are, them = ("it is", "it") if len(text.added) == 1 else ("they are", "them")
        told = f"{template.origin} has no place for {_listed(text.added)}"
        yield f"{told}: {are} in the front matter now; {places} would place {them}"
    if text.kept:
        places = _listed(text.kept, "{{{{ {} }}}}")
        yield f"{template.origin} says {_listed(text.kept)} itself; {places} in it would place yours"
    for one in project.catalogue.postmortems:
        if one.date == order.day and _alike(one.title, order.title):
            yield f"{shown(one.origin)} tells of the same day, and of nearly the same: {one.title}"


def _listed(names: Sequence[str], form: str = "{}") -> str:
    told = [form.format(name) for name in names]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def _alike(one: str, other: str) -> bool:
    first, second = fold_name(one), fold_name(other)
    return first == second or is_similar(second[:300], first[:300], _NEARLY)


def _settle(project: Project, order: Order, style: Style, template: Template, text: bytes, made: Written) -> None:
    """See whether the document is read; give it another id while somebody has written another one of its id meanwhile.

    Of two that are written at once the later one at least sees the other. Raises DocumentError where no id is free.
    """
    waited, there = False, list[str]()
    for _ in range(_MOST_TRIES):
        project, old = project.reopen(), made.name
        if old.origin not in {document.origin for document in project.listing.documents}:
            folder = old.origin.rpartition("/")[0] or "."
            told = f"{order.shown(project.settings.base, old.origin)} is in no source"
            made.notes.append(f"{told}: add {folder!r} to `sources` in the configuration")
            return
        same = (one.origin for one in project.catalogue.postmortems if fold_name(one.id) == fold_name(old.id))
        others = sorted(origin for origin in same if origin != old.origin)
        if not others:
            return
        if old.origin < others[0] and not waited:
            waited = True
            time.sleep(_FIRST_GOES_LAST)
            continue
        taken = [*_taken(project, old.origin), *there]
        name = next_name(style, order.title, order.day, taken, project.settings.id_pattern)
        path, new = Path(project.settings.base, name.origin), _rendered(project, order, name, template).text.encode()
        try:
            move(made.path, text, path, new, project.settings.base)
        except FileExistsError:
            there.append(name.stem)
            continue
        made.name, made.path, text = name, path, new
        theirs = ", ".join(order.shown(project.settings.base, origin) for origin in others)
        made.notes.append(f"{theirs} took the id {old.id} at the same time: this one is {name.id}")
    raise DocumentError(f"the id {made.name.id!r} is taken, too", origin=made.name.origin, hint="write another one")
