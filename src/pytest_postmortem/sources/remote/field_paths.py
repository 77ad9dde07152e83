"""Resolve feed field paths; report typos instead of returning empty fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from pytest_postmortem.config.feed import LISTS, FieldPath, FieldTemplate
from pytest_postmortem.errors import SourceError
from pytest_postmortem.model.nearest import suggest
from pytest_postmortem.sources.http.addresses import sanitize

__all__ = ["FieldMap", "Place", "Sightings", "resolve_path"]

_KINDS = {dict: "an object", list: "a list", str: "a text", bool: "a truth value", type(None): "nothing"}
_MOST_NAMED = 12
_DAYS = {"date", "created", "due"}
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T. ]\d{2}:?\d{2}.*)?", re.ASCII | re.DOTALL)
_TESTS = {"true": "required", "false": "no"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: the answer's address or the file, the key of the configuration, which item it is."""

    origin: str
    key: str = ""
    item: str = ""

    def replace_key(self, key: str) -> Place:
        """Return the same, for another key of the configuration."""
        return Place(self.origin, key, self.item)

    def refuse(self, problem: str, hint: str) -> NoReturn:
        """Raise the SourceError that begins with it."""
        raise SourceError(f"{self.key}: {problem}", origin=self.origin, hint=hint)


@dataclass(frozen=True, slots=True)
class Astray:
    """A path that found no key of its own in an object: at which of its steps, what keys were there, and where."""

    path: FieldPath
    step: int
    there: tuple[str, ...]
    place: Place

    def _format_key(self, key: str) -> str:
        steps = (*self.path.steps[: self.step], key, *self.path.steps[self.step + 1 :])
        return f"`{FieldPath('', steps).format_beginning(len(steps))}`"

    def refuse(self, missing: str, also: str = "") -> NoReturn:
        """Raise the SourceError that tells what was there."""
        key = self.path.steps[self.step] or ""
        there = [sanitize(name, 40) for name in self.there]
        more = ", ..." if len(there) > _MOST_NAMED else ""
        named = f"there are: {', '.join(there[:_MOST_NAMED])}{more}" if there else "nothing is there"
        hint = suggest(key, self.there, "mend the path", show=self._format_key)
        self.place.refuse(f"`{self.path.text}` {missing} {self.place.item}; {named}{also}", hint)


def resolve_path(path: FieldPath, value: object, place: Place) -> tuple[list[Any], Astray | None]:
    """Return the values that `path` leads to, and where it found no key; neither if something on the way is null."""
    values: list[Any] = [value]
    astray: Astray | None = None
    for number, step in enumerate(path.steps):
        found: list[Any] = []
        for one in values:
            if one is None:
                continue
            if step is None:
                found += one if isinstance(one, list) else _refuse_mismatch(path, number, one, place)
            elif isinstance(one, list) and step.isdecimal():
                found += one[int(step) : int(step) + 1]
            elif not isinstance(one, dict):
                _refuse_mismatch(path, number, one, place)
            elif step in one:
                found.append(one[step])
            else:
                astray = astray or Astray(path, number, tuple(one), place)
        values = found
    return values, astray


def _refuse_mismatch(path: FieldPath, step: int, value: object, place: Place) -> NoReturn:
    here = f"`{path.format_beginning(step)}`" if step else place.item
    wanted = "a list" if path.steps[step] is None else "an object"
    where = f" in {place.item}" if step else ""
    hint = f"write {path.format_beginning(step)}[] for each of it, or {path.format_beginning(step)}.0 for the first"
    place.refuse(
        f"{here} is {_describe_kind(value)} and not {wanted}{where}",
        hint if isinstance(value, list) and step else f"mend the path `{path.text}`",
    )


def _describe_kind(value: object) -> str:
    return _KINDS.get(type(value), "a number")


class Sightings:
    """Which paths were found in any item, and where those were looked for that were not."""

    def __init__(self) -> None:
        self._found: set[tuple[str, FieldPath]] = set()
        self._astray: dict[tuple[str, FieldPath], Astray] = {}

    def values(self, path: FieldPath, item: object, place: Place) -> list[Any]:
        """What the path leads to in `item`; written down."""
        values, astray = resolve_path(path, item, place)
        if values:
            self._found.add((place.key, path))
        elif astray is not None and not path.optional:
            self._astray.setdefault((place.key, path), astray)
        return values

    def check(self) -> None:
        """Raise SourceError where a path was found in no item, although one was there that could have held it."""
        lost = [seen for seen in self._astray if seen not in self._found]
        if lost:
            others = [f"{key} (`{path.text}`)" for key, path in lost[1:]]
            also = f"; so are {', '.join(others)}" if others else ""
            self._astray[lost[0]].refuse("is in no item, such as", also)


class FieldMap:
    """Reads the fields of items by the paths of the configuration's key `name`."""

    def __init__(self, name: str, said: Mapping[str, str], sightings: Sightings) -> None:
        self._name = name
        self._wanted = {field: FieldTemplate.parse(text) for field, text in said.items()}
        self._sightings = sightings

    def read(self, item: object, place: Place) -> dict[str, Any]:
        """Return the fields of an item: texts, and lists of texts where a field has several."""
        return {
            field: self._field(field, wanted, item, place.replace_key(f"{self._name}.{field}"))
            for field, wanted in self._wanted.items()
        }

    def refuse_empty(self, field: str, item: object, place: Place) -> NoReturn:
        """Raise the SourceError that tells why a field is empty that every item has to have."""
        place = place.replace_key(f"{self._name}.{field}")
        for path in self._wanted[field].paths:
            astray = resolve_path(path, item, place)[1]
            if astray is not None:
                astray.refuse("is not in")
        place.refuse(f"`{self._wanted[field].text}` is empty in {place.item}", "every item needs one")

    def _field(self, field: str, wanted: FieldTemplate, item: object, place: Place) -> Any:
        texts = [
            [
                text
                for one in self._sightings.values(path, item, place)
                for text in _split_texts(path, one, field, place)
            ]
            for path in wanted.paths
        ]
        if wanted.path is None:
            return _fill(wanted, ["".join(found) for found in texts])
        found = [_normalise(field, text) for text in texts[0] if text]
        return found if field in LISTS else "".join(found)


def _split_texts(path: FieldPath, value: object, field: str, place: Place) -> Iterator[str]:
    """Yield the value as texts: one, or those of a list where the field may have several."""
    match value:
        case None:
            yield ""
        case bool():
            yield "true" if value else "false"
        case str() | int() | float():
            yield str(value).strip()
        case list() if field in LISTS and not path.is_many:
            for one in value:
                yield from _split_texts(path, one, "", place)
        case list():
            place.refuse(f"`{path.text}` is a list and not a text in {place.item}", f"write `{path.text}.0`")
        case _:
            names = (
                ", ".join(sanitize(name, 40) for name in list(value)[:_MOST_NAMED]) if isinstance(value, dict) else ""
            )
            hint = f"go on with one of its keys: {names}" if names else "mend the path"
            place.refuse(f"`{path.text}` is {_describe_kind(value)} and not a text in {place.item}", hint)


def _fill(wanted: FieldTemplate, texts: list[str]) -> str:
    """Return the template with its values; empty where one of them is."""
    values = iter(texts)
    return "".join(piece if isinstance(piece, str) else next(values) for piece in wanted.pieces) if all(texts) else ""


def _normalise(field: str, text: str) -> str:
    if field in _DAYS:
        found = _DAY.fullmatch(text)
        return found[1] if found else text
    return _TESTS.get(text.lower(), text) if field == "test" else text
