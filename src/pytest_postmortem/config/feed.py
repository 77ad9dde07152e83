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
    "FieldTemplate",
    "find_conflicts",
    "parse_field_map",
    "parse_header",
    "parse_item_list",
    "parse_item_map",
    "parse_path",
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
    def parse(cls, text: str) -> FieldPath:
        """Parse a path. Raises ConfigError."""
        written = text.removesuffix("?")
        steps: list[str | None] = []
        place = 0
        while True:
            found = _STEP.match(written, place)
            if found is None:
                raise ConfigError(f"`{text}` is no path", hint=_PATH_FORM)
            steps.append(_parse_key(found, text))
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

    def format_beginning(self, place: int) -> str:
        """Return the first `place` steps as they are written."""
        written = ""
        for step in self.steps[:place]:
            if step is None:
                written += _EACH
            else:
                bare = _STEP.fullmatch(step)
                key = step if bare is not None and bare["bare"] else json.dumps(step, ensure_ascii=False)
                written += f".{key}" if written else key
        return written


def _parse_key(found: re.Match[str], text: str) -> str:
    if found["bare"] is not None:
        return str(found["bare"])
    try:
        return str(json.loads(found["quoted"]))
    except ValueError:
        raise ConfigError(f"`{text}` is no path: the quotes cannot be read", hint=_PATH_FORM) from None


@dataclass(frozen=True, slots=True)
class FieldTemplate:
    """How the value of a field is made: of one path, or of texts and paths in turn (`https://tracker.example.org/issue{id}`)."""

    text: str
    pieces: tuple[str | FieldPath, ...]

    @classmethod
    def parse(cls, text: str) -> FieldTemplate:
        """Parse a path, or texts with paths in braces. Raises ConfigError."""
        if not {"{", "}"} & set(text):
            return cls(text, (FieldPath.parse(text),))
        parts = _HOLE.split(text)
        if len(parts) == 1 or {"{", "}"} & set("".join(parts)):
            raise ConfigError(f"`{text}`: a brace has no partner", hint="write {path} where a value goes")
        pieces = (FieldPath.parse(part) if place % 2 else part for place, part in enumerate(parts))
        template = cls(text, tuple(piece for piece in pieces if piece))
        if any(path.is_many for path in template.paths):
            raise ConfigError(f"`{text}`: one value goes into braces, and [] gives several", hint="write name.0")
        return template

    @property
    def path(self) -> FieldPath | None:
        """The path, where it is one alone."""
        (first, *more) = self.pieces
        return first if isinstance(first, FieldPath) and not more else None

    @property
    def paths(self) -> tuple[FieldPath, ...]:
        """Every path in it."""
        return tuple(piece for piece in self.pieces if isinstance(piece, FieldPath))


def parse_path(value: Any) -> str:
    """Parse a path to one value. Raises ConfigError."""
    text = _parse_line(value)
    if FieldPath.parse(text).is_many:
        raise ConfigError(f"`{text}` leads to several values, and one is needed", hint="leave [] out")
    return text


def parse_item_list(value: Any) -> str:
    """Parse a path to the action items of an item, or `.`. Raises ConfigError."""
    return ITSELF if value == ITSELF else parse_path(value)


def parse_field_map(value: Any) -> dict[str, str]:
    """Parse the map of a post-mortem. Raises ConfigError."""
    fields = _parse_map(value, _FIELDS)
    if not {"key", "id"} & fields.keys():
        raise ConfigError(
            "`key` or `id` is needed, so that a post-mortem has a name", hint='write for example key = "id"'
        )
    return fields


def parse_item_map(value: Any) -> dict[str, str]:
    """Parse the map of an action item. Raises ConfigError."""
    fields = _parse_map(value, _ITEM_FIELDS)
    if "action" not in fields:
        raise ConfigError("`action` is needed: what is to be done", hint='write for example action = "title"')
    return fields


def parse_header(value: Any) -> str:
    """Parse the name of a header. Raises ConfigError."""
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,63}", value):
        raise ConfigError("the name of a header is needed", hint='write for example "X-Redmine-API-Key"')
    return value


def find_conflicts(values: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the combination of keys of a feed."""
    conflicts = _find_transport_conflicts(values)
    conflicts += [problem for keys, problem in _EXCLUSIVE if keys <= values.keys()]
    conflicts += [problem for key, needed, problem in _DEPENDENT if key in values and needed not in values]
    if "test-label" in values and "labels" not in values.get("action-item-map", {"labels": ""}):
        conflicts.append("`test-label` needs the path of the labels; write `labels` into `action-item-map`")
    return conflicts


_ONLINE = ("token-env", "user-env", "token-header", "next", "offset")
_EXCLUSIVE = (
    ({"token-header", "user-env"}, "`token-header` and `user-env` are two ways to send the token; leave one out"),
    ({"next", "offset"}, "`next` and `offset` are two ways to the next page; leave one out"),
)
_DEPENDENT = (
    ("offset", "total", "`offset` needs to know where the list ends; write `total`, too"),
    (
        "action-items",
        "action-item-map",
        "`action-items` needs the paths of their fields; write `action-item-map`, too",
    ),
)


def _find_transport_conflicts(values: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with `url`, `file` and the keys that only one of them needs."""
    conflicts = []
    if ("url" in values) == ("file" in values):
        conflicts.append("one of `url` and `file` is needed; write where the feed is")
    if "file" in values:
        conflicts += [
            f"`{key}` goes with `url`, and a file needs none; leave it out" for key in _ONLINE if key in values
        ]
    elif "token-header" in values and "token-env" not in values:
        conflicts.append("`token-header` goes with a token; write `token-env`, too")
    return conflicts


def _parse_map(value: Any, known: Collection[str]) -> dict[str, str]:
    if not isinstance(value, dict) or not value:
        raise ConfigError("a table is needed", hint='write for example { key = "id", title = "summary" }')
    return {(field := _resolve_field(name, known)): _parse_value(field, one) for name, one in value.items()}


def _resolve_field(name: str, known: Collection[str]) -> str:
    field = name.replace("-", "_")
    if field in known:
        return field
    hint = suggest(field, known, f"the fields are {', '.join(sorted(known))}", show=repr)
    raise ConfigError(f"unknown field {name!r}", hint=hint)


def _parse_value(field: str, value: Any) -> str:
    try:
        text = _parse_line(value)
        path = FieldTemplate.parse(text).path
    except ConfigError as error:
        problem, hint = error.problem, error.hint
    else:
        if path is None or not path.is_many or field in LISTS:
            return text
        problem, hint = f"`{text}` leads to several values, and one is needed", "write for example name.0"
    raise ConfigError(f"{field}: {problem}", hint=hint)


def _parse_line(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ConfigError("a path is needed, as a text on one line", hint=_PATH_FORM)
    if len(value) > _LONGEST:
        raise ConfigError(f"a path of {len(value)} characters", hint=f"{_LONGEST} are the most")
    return value.strip()
