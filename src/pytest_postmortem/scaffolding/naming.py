"""The next id and file name, in the form that the documents of a repository have."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from typing import NamedTuple, TypeVar

from pytest_postmortem.errors import ConfigError
from pytest_postmortem.model.postmortem import Postmortem
from pytest_postmortem.model.text import fold_name
from pytest_postmortem.scaffolding.folders import choose_folder, strip_date
from pytest_postmortem.scaffolding.forms import Form, Named, Tail, parse_name, prefix_of
from pytest_postmortem.scaffolding.words import find_words
from pytest_postmortem.sources.left_out import explain_skip

__all__ = ["Identity", "Name", "Style", "choose_first_style", "choose_next_name", "learn_style"]

_FADING = 0.7
"""How much less each document counts than the next newer one: two that agree outweigh all older ones."""
_DATA = (".yaml", ".yml", ".json")
_NO_NAME = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$", re.IGNORECASE)
"""What Windows keeps for devices."""
_NOTHING_LEFT = "incident"
_NO_FORM = Form()

_Value = TypeVar("_Value", bound=Hashable)


class Identity(Enum):
    """What of a file name is the id."""

    STEM = "the whole stem"
    HEAD = "what stands before the slug"
    OWN = "nothing of it"


@dataclass(frozen=True, slots=True)
class Style:
    """How documents are named here. `own` is the form of ids that are no part of the file name.

    `in_step` is true where the number in such an id and that in the file name are the same.
    """

    folder: str
    form: Form
    tail: Tail
    extension: str = ".md"
    identity: Identity = Identity.HEAD
    width: int = 1
    own: Form = _NO_FORM
    own_width: int = 1
    in_step: bool = False


@dataclass(frozen=True, slots=True)
class Name:
    """A new document's id and place; `stem` is its file name without the extension."""

    id: str
    stem: str
    origin: str


def choose_first_style(folder: str, id_pattern: re.Pattern[str] | None, day: date) -> Style:
    """Return the style where there is no document yet: `PM-2026-001-slug`, or what `id_pattern` asks for.

    Raises ConfigError if the pattern matches none of the usual forms.
    """
    usual = Style(folder, Form("PM-", "YN", ("-",)), Tail("-"), width=3)
    if id_pattern is None or id_pattern.fullmatch(usual.form.head(day, 1, 3)):
        return usual
    literal = re.match(r"\^?((?:[A-Za-z0-9]|\\?[-_])*)", id_pattern.pattern)
    prefix = literal.group(1).replace("\\", "") if literal else ""
    for form in (Form(prefix, "YN", ("-",)), Form(prefix, "N"), Form(prefix, "YMD", ("-", "-"))):
        for width in (3, 4, 1, 2, 5, 6):
            if id_pattern.fullmatch(form.head(day, 1, width)):
                return replace(usual, form=form, width=width)
    hint = "write the first document by hand, and `postmortem new` continues its form"
    raise ConfigError(f"no id is known that `id-pattern` {id_pattern.pattern!r} matches", hint=hint)


def learn_style(postmortems: Sequence[Postmortem], folder: str | None, day: date) -> Style:
    """Return the style of `postmortems` (one at least), newer ones counting more than older ones.

    Those in `folder` alone where it has some; without a `folder` those beside the newest.
    """
    newest = sorted(postmortems, key=_age_sort_key, reverse=True)
    place, beside = _choose_place(newest, folder, day)
    shared = _find_shared_prefixes(newest)
    readings = [_Reading(one, named := parse_name(one.stem, shared), _find_identity(one, named)) for one in beside]
    form, identity = _elect(readings, lambda reading: (reading.named.form, reading.identity))
    alike = [reading for reading in readings if (reading.named.form, reading.identity) == (form, identity)]
    tail = _elect(alike, lambda reading: reading.named.tail)
    extension = _elect(alike, lambda reading: _find_extension(reading.postmortem))
    width = _find_width([reading.named for reading in readings], form)
    style = Style(place, form, tail, extension, identity, width)
    return style if identity is not Identity.OWN else _learn_own_ids(style, alike, shared)


class _Reading(NamedTuple):
    """A document, its file name read by its form, and what of that is its id."""

    postmortem: Postmortem
    named: Named
    identity: Identity


def _choose_place(newest: Sequence[Postmortem], folder: str | None, day: date) -> tuple[str, Sequence[Postmortem]]:
    """Return the folder of the new document, and the documents whose names are an example for it."""
    if folder is not None:
        return folder, [one for one in newest if one.folder == folder] or newest
    group = strip_date(newest[0].folder)
    return choose_folder(newest[0].folder, day), [one for one in newest if strip_date(one.folder) == group]


def _find_shared_prefixes(postmortems: Iterable[Postmortem]) -> set[str]:
    """Return the prefixes that the names of several documents begin with."""
    prefixes = Counter(prefix_of(name) for one in postmortems for name in {one.stem, one.id})
    return {prefix for prefix, number in prefixes.items() if prefix and number > 1}


def _learn_own_ids(style: Style, alike: Sequence[_Reading], shared: Collection[str]) -> Style:
    """Return `style` with the form of ids that are no part of the file name."""
    ids = [parse_name(reading.postmortem.id, shared) for reading in alike]
    own = _elect(ids, lambda named: named.form)
    in_step = _elect(alike, lambda reading: _is_in_step(reading.named, parse_name(reading.postmortem.id, shared)))
    return replace(style, own=own, own_width=_find_width(ids, own), in_step=in_step)


def choose_next_name(
    style: Style, title: str, day: date, taken: Collection[str], id_pattern: re.Pattern[str] | None = None
) -> Name:
    """Return the name after all those that are `taken`: ids, aliases and stems of every document.

    Raises ConfigError if it would not match `id_pattern`.
    """
    known = {fold_name(name) for name in taken}
    number = _find_next_number(style.form, day, taken)
    own = ""
    if style.identity is Identity.OWN:
        own_number = _find_next_number(style.own, day, taken)
        if style.in_step:
            number = own_number = max(number, own_number)
        own = _build_own_id(style, title, day, own_number, known)
    head = style.form.head(day, number, style.width)
    stem = _build_stem(style, head, title, known)
    identity = _select_id(style, own, head, stem)
    if id_pattern is not None and not id_pattern.fullmatch(identity):
        if not (id_pattern.fullmatch(head) and fold_name(head) not in known):
            problem = f"the next id would be {identity!r}, which `id-pattern` {id_pattern.pattern!r} does not match"
            raise ConfigError(problem, hint="mend the pattern, or write this document by hand")
        identity = head
    file = stem + style.extension
    return Name(identity, stem, f"{style.folder}/{file}" if style.folder else file)


def _build_own_id(style: Style, title: str, day: date, number: int, known: Collection[str]) -> str:
    """Return an id that is no part of the file name."""
    own = style.own.head(day, number, style.own_width)
    if not style.own.kinds:
        own += style.tail.format(title) or _NOTHING_LEFT
    return _find_free(own, known)


def _select_id(style: Style, own: str, head: str, stem: str) -> str:
    if style.identity is Identity.OWN:
        return own
    return head if style.identity is Identity.HEAD and "N" in style.form.kinds else stem


def _build_stem(style: Style, head: str, title: str, known: Collection[str]) -> str:
    tail = style.tail
    if tail.separator is None and "N" not in style.form.kinds and fold_name(head) in known:
        tail = Tail("-")  # a second one of this day needs a word
    if tail.separator is None:
        return _find_free(head, known, tail.joint)
    begin = head + tail.separator
    text = tail.format(title) or _NOTHING_LEFT
    if explain_skip(begin + text + style.extension) is not None:
        words = [word for word in find_words(text) if "template" not in word.lower()]
        text = tail.format(" ".join(words)) or _NOTHING_LEFT
    stem = begin + text
    if _NO_NAME.match(stem) or explain_skip(stem + style.extension) is not None:
        stem += f"{tail.joint}{_NOTHING_LEFT}"
    return _find_free(stem, known, tail.joint)


def _find_free(name: str, known: Collection[str], joint: str = "-") -> str:
    """Return `name`, with a number behind it where it is known."""
    number, free = 2, name
    while fold_name(free) in known:
        free = f"{name}{joint}{number}"
        number += 1
    return free


def _find_next_number(form: Form, day: date, taken: Iterable[str]) -> int:
    if "N" not in form.kinds:
        return 0
    shared = {form.prefix}
    numbers = [
        int(named.number)
        for named in (parse_name(name, shared) for name in taken)
        if named.number is not None and form.is_same_series(named.form) and named.is_of(day)
    ]
    return max(numbers, default=0) + 1


def _find_width(names: Iterable[Named], form: Form) -> int:
    """Return to how many digits numbers of this `form` are filled up with zeros."""
    numbers = [named.number for named in names if form.is_same_series(named.form) and named.number]
    return max((len(number) for number in numbers if number.startswith("0")), default=1)


def _find_identity(one: Postmortem, named: Named) -> Identity:
    if one.id == one.stem:
        return Identity.STEM
    return Identity.HEAD if one.id == named.head else Identity.OWN


def _is_in_step(stem: Named, own: Named) -> bool:
    return stem.number is not None and own.number is not None and int(stem.number) == int(own.number)


def _find_extension(one: Postmortem) -> str:
    name = one.origin.rpartition("/")[2]
    extension = name[len(one.stem) :] if name.startswith(one.stem) else ".md"
    return ".md" if extension.lower() in _DATA else extension


def _age_sort_key(one: Postmortem) -> tuple[date, list[tuple[int, str]]]:
    """Return what sorts a document behind all older ones: its day, or the year in its name; then its number."""
    day = one.date
    if day is None:
        named = parse_name(one.stem)
        day = date(int(named.groups[0]), 1, 1) if named.form.kinds.startswith("Y") else date.min
    parts = re.split(r"([0-9]+)", one.stem)
    return day, [(int(part), "") if part.isdigit() and part.isascii() else (0, part) for part in parts]


def _elect(newest_first: Sequence[object], ballot: Callable[..., _Value]) -> _Value:
    """Return the ballot of most weight; of equal ones that of the newest."""
    weights: dict[_Value, float] = {}
    weight = 1.0
    for voter in newest_first:
        choice = ballot(voter)
        weights[choice] = weights.get(choice, 0.0) + weight
        weight *= _FADING
    return max(weights, key=lambda choice: weights[choice])
