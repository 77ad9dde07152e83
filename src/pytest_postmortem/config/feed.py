"""The keys of a feed: paths into its answer, and the map from paths to the fields of post-mortems."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from pytest_postmortem.errors import ConfigError
from pytest_postmortem.model.nearest import suggest

__all__ = [
    "ITSELF",
    "LISTS",
    "FieldPath",
    "Wanted",
    "at_odds",
    "field_map",
    "header",
    "item_list",
    "item_map",
    "one_path",
]

_EACH = "[]"

ITSELF = "."
"""In place of the path of action items: each item is one, and those with the same key are of one post-mortem."""

LISTS = {"services", "team", "incidents", "fix", "labels"}
"""The fields that may have several values."""
_FIELDS = (
    "key",
    "id",
    "title",
    "date",
    "created",
    "severity",
    "status",
    "root_cause",
    "url",
    "body",
    *sorted(LISTS - {"labels"}),
)
_ITEM_FIELDS = ("id", "action", "status", "owner", "due", "test", "ticket", "scope", "labels")

_LONGEST = 500
_STEP = re.compile(r'(?P<quoted>"(?:[^"\\]|\\[\s\S]?)*"?)|(?P<bare>[^\s.\[\]{}"](?:[^.\[\]{}"]*[^\s.\[\]{}"])?)')
_HOLE = re.compile(r"\{([^{}]*)\}")
_PATH_FORM = 'write it as a.b.c, a.0.b for a place in a list, name[].b for each of a list, "a.b".c for a key with a dot'


@dataclass(frozen=True, slots=True)
class FieldPath:
    """The way to a value, as a list of keys and places; None is each value of a list.

    One that is `optional` (it ends in `?`) may lead nowhere in every item.
    """

    text: str
    steps: tuple[str | None, ...]
    optional: bool = False

    @classmethod
    def of(cls, text: str) -> FieldPath:
        """The path that is written so. Raises ConfigError."""
        written = text.removesuffix("?")
        steps: list[str | None] = []
        place = 0
        while True:
            found = _STEP.match(written, place)
            if found is None:
                raise ConfigError(f"`{text}` is no path", hint=_PATH_FORM)
            steps.append(_key(found, text))
            place = found.end()
            while written.startswith(_EACH, place):
                steps.append(None)
                place += len(_EACH)
            if place == len(written):
                return cls(written, tuple(steps), optional=written != text)
            if written[place] != ".":
                raise ConfigError(f"`{text}` is no path: {written[place]!r} is not expected there", hint=_PATH_FORM)
            place += 1

    @property
    def is_many(self) -> bool:
        """Whether it leads to each value of a list."""
        return None in self.steps

    def until(self, place: int) -> str:
        """How the way is written as far as its first `place` steps."""
        written = ""
        for step in self.steps[:place]:
            if step is None:
                written += _EACH
            else:
                bare = _STEP.fullmatch(step)
                key = step if bare is not None and bare["bare"] else json.dumps(step, ensure_ascii=False)
                written += f".{key}" if written else key
        return written


def _key(found: re.Match[str], text: str) -> str:
    if found["bare"] is not None:
        return str(found["bare"])
    try:
        return str(json.loads(found["quoted"]))
    except ValueError:
        raise ConfigError(f"`{text}` is no path: the quotes cannot be read", hint=_PATH_FORM) from None


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a field is made: of one path, or of texts and paths in turn (`https://tracker.example.org/issue{id}`)."""

    text: str
    pieces: tuple[str | FieldPath, ...]

    @classmethod
    def of(cls, text: str) -> Wanted:
        """What is written so. Raises ConfigError."""
        if not {"{", "}"} & set(text):
            return cls(text, (FieldPath.of(text),))
        parts = _HOLE.split(text)
        if any("{" in part or "}" in part for part in parts) or len(parts) == 1:
            raise ConfigError(f"`{text}`: a brace has no partner", hint="write {path} where a value goes")
        pieces = tuple(
            FieldPath.of(part) if place % 2 else part for place, part in enumerate(parts) if part or place % 2
        )
        if any(isinstance(piece, FieldPath) and piece.is_many for piece in pieces):
            raise ConfigError(f"`{text}`: one value goes into braces, and [] gives several", hint="write name.0")
        return cls(text, pieces)

    @property
    def path(self) -> FieldPath | None:
        """The path, where it is one alone."""
        (first, *more) = self.pieces
        return first if isinstance(first, FieldPath) and not more else None

    @property
    def paths(self) -> tuple[FieldPath, ...]:
        """Every path in it."""
        return tuple(piece for piece in self.pieces if isinstance(piece, FieldPath))


def one_path(value: Any) -> str:
    """A path to one value. Raises ConfigError."""
    text = _line(value)
    if FieldPath.of(text).is_many:
        raise ConfigError(f"`{text}` leads to several values, and one is needed", hint="leave [] out")
    return text


def item_list(value: Any) -> str:
    """A path to the action items of an item, or `.`. Raises ConfigError."""
    return ITSELF if value == ITSELF else one_path(value)


def field_map(value: Any) -> dict[str, str]:
    """The map of a post-mortem. Raises ConfigError."""
    said = _map(value, _FIELDS)
    if not {"key", "id"} & said.keys():
        raise ConfigError(
            "`key` or `id` is needed, so that a post-mortem has a name", hint='write for example key = "id"'
        )
    return said


def item_map(value: Any) -> dict[str, str]:
    """The map of an action item. Raises ConfigError."""
    said = _map(value, _ITEM_FIELDS)
    if "action" not in said:
        raise ConfigError("`action` is needed: what is to be done", hint='write for example action = "title"')
    return said


def header(value: Any) -> str:
    """The name of a header. Raises ConfigError."""
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,63}", value):
        raise ConfigError("the name of a header is needed", hint='write for example "X-Redmine-API-Key"')
    return value


def at_odds(said: Mapping[str, Any]) -> list[str]:
    """What is wrong with the keys of a feed that stand together, or that are missing beside others."""
    found = []
    if ("url" in said) == ("file" in said):
        found.append("one of `url` and `file` is needed; write where the feed is")
    if "file" in said:
        online = ("token-env", "user-env", "token-header", "next", "offset")
        found += [f"`{key}` goes with `url`, and a file needs none; leave it out" for key in online if key in said]
    elif "token-header" in said and "token-env" not in said:
        found.append("`token-header` goes with a token; write `token-env`, too")
    if "token-header" in said and "user-env" in said:
        found.append("`token-header` and `user-env` are two ways to send the token; leave one out")
    if "next" in said and "offset" in said:
        found.append("`next` and `offset` are two ways to the next page; leave one out")
    if "offset" in said and "total" not in said:
        found.append("`offset` needs to know where the list ends; write `total`, too")
    if "action-items" in said and "action-item-map" not in said:
        found.append("`action-items` needs the paths of their fields; write `action-item-map`, too")
    if "test-label" in said and "labels" not in said.get("action-item-map", {"labels": ""}):
        found.append("`test-label` needs the path of the labels; write `labels` into `action-item-map`")
    return found


def _map(value: Any, known: Collection[str]) -> dict[str, str]:
    if not isinstance(value, dict) or not value:
        raise ConfigError("a table is needed", hint='write for example { key = "id", title = "summary" }')
    return {(field := _field(name, known)): _wanted(field, one) for name, one in value.items()}


def _field(name: str, known: Collection[str]) -> str:
    field = name.replace("-", "_")
    if field in known:
        return field
    hint = suggest(field, known, f"the fields are {', '.join(sorted(known))}", show=repr)
    raise ConfigError(f"unknown field {name!r}", hint=hint)


def _wanted(field: str, value: Any) -> str:
    try:
        text = _line(value)
        path = Wanted.of(text).path
    except ConfigError as error:
        problem, hint = error.problem, error.hint
    else:
        if path is None or not path.is_many or field in LISTS:
            return text
        problem, hint = f"`{text}` leads to several values, and one is needed", "write for example name.0"
    raise ConfigError(f"{field}: {problem}", hint=hint)


def _line(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ConfigError("a path is needed, as a text on one line", hint=_PATH_FORM)
    if len(value) > _LONGEST:
        raise ConfigError(f"a path of {len(value)} characters", hint=f"{_LONGEST} are the most")
    return value.strip()
