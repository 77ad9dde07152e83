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
from pytest_postmortem.scaffolding.document import NewPostmortem, Rendered, render_document
from pytest_postmortem.scaffolding.files import create, move, take_turn
from pytest_postmortem.scaffolding.folders import choose_first_folder
from pytest_postmortem.scaffolding.naming import Name, Style, choose_first_style, choose_next_name, learn_style
from pytest_postmortem.scaffolding.templates import Template, find_team_template, load_our_template, load_template
from pytest_postmortem.scaffolding.words import fold_lines

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

    def display(self, base: Path, origin: str) -> str:
        """Return the file or folder of this origin below `base`, as notes name it."""
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
    order = _clean(order)
    with take_turn(project.settings.base):
        return _write_next(project, order)


def _write_next(project: Project, order: Order) -> Written:
    found = False
    there: list[str] = []
    for _ in range(_MOST_TRIES):
        style = _choose_style(project, order)
        name = choose_next_name(
            style, order.title, order.day, [*_list_taken_names(project), *there], project.settings.id_pattern
        )
        template = _choose_template(project, order, style)
        text = _render(project, order, name, template)
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
    made = Written(name, path, list(_describe(project, order, style.folder, found, template, text)))
    _settle(project, order, style, template, text.text.encode(), made)
    return made


def _clean(order: Order) -> Order:
    title = fold_lines(order.title)
    if not title:
        raise ConfigError("the title is empty", hint='write one, such as `postmortem new "Checkout queue overflow"`')
    services = tuple(dict.fromkeys(name for one in order.services if (name := fold_lines(one))))
    return replace(order, title=title, severity=fold_lines(order.severity), services=services)


def _choose_style(project: Project, order: Order) -> Style:
    base = project.settings.base
    no_folders = () if project.settings.sources else DEFAULT_FOLDERS
    known = [
        one
        for one in project.catalogue.postmortems
        if Path(base, one.origin).is_file() and one.origin not in no_folders
    ]
    if known:  # in files, and not in a wiki, say
        return learn_style(known, order.folder, order.day)
    folder = choose_first_folder(project.settings) if order.folder is None else order.folder
    return choose_first_style(folder, project.settings.id_pattern, order.day)


def _list_taken_names(project: Project, apart_from: str = "") -> Iterator[str]:
    """Yield every name of every document but one, those that are left out included."""
    for one in project.catalogue.postmortems:
        if one.origin != apart_from:
            yield from (one.id, one.stem, *one.aliases)
    for left_out in project.catalogue.skipped:
        name = left_out.origin.rpartition("/")[2]
        yield name.rpartition(".")[0] or name


def _choose_template(project: Project, order: Order, style: Style) -> Template:
    settings = project.settings
    if order.template is not None:
        return load_template(*order.template)
    if settings.template:
        return load_template(Path(settings.base, settings.template), order.display(settings.base, settings.template))
    shown = partial(order.display, settings.base)
    return (
        find_team_template(settings.base, project.catalogue.skipped, style.folder, style.form, shown)
        or load_our_template()
    )


def _render(project: Project, order: Order, name: Name, template: Template) -> Rendered:
    def read(text: str) -> Postmortem:
        folder, _, _ = name.origin.rpartition("/")
        configured = bool(project.settings.sources)
        told = project.read(Document(name.origin, folder, name.stem, configured, load=lambda: text))
        if told is None:
            raise DocumentError(
                "the document would be read by nobody", origin=template.origin, hint="mend the template"
            )
        return told

    asked = NewPostmortem(name.id, order.title, order.day, order.severity, order.services)
    return render_document(template.text, template.origin, asked, read)


def _describe(
    project: Project, order: Order, folder: str, found: bool, template: Template, text: Rendered
) -> Iterator[str]:
    shown = partial(order.display, project.settings.base)
    if not found:
        yield f"the folder {shown(folder)} was made"
    if template.note:
        yield template.note
    if text.added and not template.is_ours:
        places = _join_names(text.added, "{{{{ {} }}}}")
        are, them = ("it is", "it") if len(text.added) == 1 else ("they are", "them")
        told = f"{template.origin} has no place for {_join_names(text.added)}"
        yield f"{told}: {are} in the front matter now; {places} would place {them}"
    if text.kept:
        places = _join_names(text.kept, "{{{{ {} }}}}")
        yield f"{template.origin} says {_join_names(text.kept)} itself; {places} in it would place yours"
    for one in project.catalogue.postmortems:
        if one.date == order.day and _is_alike(one.title, order.title):
            yield f"{shown(one.origin)} tells of the same day, and of nearly the same: {one.title}"


def _join_names(names: Sequence[str], form: str = "{}") -> str:
    told = [form.format(name) for name in names]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def _is_alike(one: str, other: str) -> bool:
    first, second = fold_name(one), fold_name(other)
    return first == second or is_similar(second[:300], first[:300], _NEARLY)


def _settle(project: Project, order: Order, style: Style, template: Template, text: bytes, made: Written) -> None:
    """See whether the document is read; give it another id while somebody has written another one of its id meanwhile.

    Of two that are written at once the later one at least sees the other. Raises DocumentError where no id is free.
    """
    base = project.settings.base
    waited, taken_stems = False, list[str]()
    for _ in range(_MOST_TRIES):
        project, old = project.reopen(), made.name
        if old.origin not in {document.origin for document in project.listing.documents}:
            folder = old.origin.rpartition("/")[0] or "."
            problem = f"{order.display(base, old.origin)} is in no source"
            made.notes.append(f"{problem}: add {folder!r} to `sources` in the configuration")
            return
        others = _find_others(project, old)
        if not others:
            return
        if old.origin < others[0] and not waited:
            waited = True
            time.sleep(_FIRST_GOES_LAST)
            continue
        taken = [*_list_taken_names(project, old.origin), *taken_stems]
        name = choose_next_name(style, order.title, order.day, taken, project.settings.id_pattern)
        path, new = Path(base, name.origin), _render(project, order, name, template).text.encode()
        try:
            move(made.path, text, path, new, base)
        except FileExistsError:
            taken_stems.append(name.stem)
            continue
        made.name, made.path, text = name, path, new
        theirs = ", ".join(order.display(base, origin) for origin in others)
        made.notes.append(f"{theirs} took the id {old.id} at the same time: this one is {name.id}")
    raise DocumentError(f"the id {made.name.id!r} is taken, too", origin=made.name.origin, hint="write another one")


def _find_others(project: Project, name: Name) -> list[str]:
    """Return the origins of other documents that have the id of `name`, sorted."""
    postmortems = project.catalogue.postmortems
    return sorted(
        one.origin for one in postmortems if fold_name(one.id) == fold_name(name.id) and one.origin != name.origin
    )
