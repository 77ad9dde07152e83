"""The fields of Jira's issues: found by their names, and read whatever kind their values are."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pytest_postmortem.errors import SourceError
from pytest_postmortem.model.nearest import suggest
from pytest_postmortem.sources.http import Client
from pytest_postmortem.sources.remote.adf import convert_adf
from pytest_postmortem.sources.remote.json_value import JsonValue

__all__ = ["find_field_ids", "parse_status", "parse_text", "parse_texts"]

_CUSTOM = re.compile(r"customfield_\d+")
_BUILT_IN = frozenset(
    (
        *("assignee", "components", "created", "creator", "description", "duedate", "environment", "fixVersions"),
        *("issuetype", "labels", "priority", "project", "reporter", "resolution", "resolutiondate", "status"),
        *("summary", "updated", "versions"),
    )
)
_IN_OBJECTS = ("value", "name", "displayName")
_STATES = {"new": "open", "indeterminate": "open", "done": "done"}
_DROPPED = frozenset(
    (
        *("abandoned", "canceled", "cancelled", "cannot reproduce", "can't reproduce", "declined", "duplicate"),
        *("incomplete", "invalid", "not a bug", "obsolete", "rejected", "won't do", "won't fix", "wontfix"),
    )
)


def find_field_ids(client: Client, api: str, names: Iterable[str]) -> dict[str, str]:
    """Return the id of each field by its name; Jira is asked only where one of them is no id. Raises SourceError."""
    names = list(names)
    ids = {name: name for name in names if name in _BUILT_IN or _CUSTOM.fullmatch(name)}
    if len(ids) == len(set(names)):
        return ids
    answer = client.get(f"{api}/field")
    shape = JsonValue(answer.data, answer.url)
    there = [(one["id"].require_text(), one["name"].text()) for one in shape.require_list()]
    return ids | {name: _find_id(name, there, shape.origin) for name in names if name not in ids}


def _find_id(wanted: str, there: list[tuple[str, str]], origin: str) -> str:
    found = [key for key, name in there if key == wanted or name.casefold() == wanted.casefold()]
    if len(found) == 1:
        return found[0]
    if found:
        raise SourceError(
            f"{len(found)} fields are called {wanted!r}", origin=origin, hint=f"write one of {', '.join(found[:5])}"
        )
    known = sorted({name for _, name in there})
    hint = suggest(wanted, known, "write its name as an issue shows it", most=3, show=repr)
    raise SourceError(f"there is no field {wanted!r}", origin=origin, hint=hint)


def parse_texts(value: JsonValue) -> list[str]:
    """What a field holds: of options, users and the like their names, of a document its Markdown."""
    match value.raw:
        case None:
            return []
        case bool() as said:
            return ["yes" if said else "no"]
        case list():
            return [text for one in value.iterate() for text in parse_texts(one)]
        case {"type": "doc"}:
            found = convert_adf(value)
        case dict():
            found = (
                next((text for name in _IN_OBJECTS if (text := value[name].text())), "") or value["name"].require_text()
            )
        case _:
            found = value.text()
    return [found] if found else []


def parse_text(value: JsonValue) -> str:
    """Return the same in one text."""
    return ", ".join(parse_texts(value))


def parse_status(fields: JsonValue) -> str:
    """`open`, `done` or `dropped`; the status by its own name where its category is none that is documented."""
    status = fields["status"]
    name = status["name"].text()
    told = _STATES.get(status["statusCategory"]["key"].text(), name)
    said = {
        text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").casefold()
        for text in (name, fields["resolution"]["name"].text())
    }
    return "dropped" if told == "done" and said & _DROPPED else told
