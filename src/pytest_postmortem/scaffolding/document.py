"""The text of a new post-mortem: a template with its places filled in, read back before it is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

from pytest_postmortem.errors import DocumentError
from pytest_postmortem.model.postmortem import Postmortem
from pytest_postmortem.scaffolding.front import Front, Value
from pytest_postmortem.scaffolding.values import escape_double_quotes, escape_for_markdown, format_toml, format_yaml

__all__ = ["NewPostmortem", "Rendered", "render_document"]

_PLACE = re.compile(r"\{\{[ \t]*(id|title|date|severity|services)[ \t]*\}\}")
_VALUE = re.compile(r"\A(?P<head>[ \t]*+(?:- ++)?(?:[\w -]++[ \t]*+[:=][ \t]*+)?)(?P<value>.*)")
_ALWAYS = ("id", "title", "date")


@dataclass(frozen=True, slots=True)
class NewPostmortem:
    """What a new document says; `severity` and `services` may be empty."""

    id: str
    title: str
    date: date
    severity: str = ""
    services: tuple[str, ...] = ()

    @property
    def values(self) -> dict[str, Value]:
        """The fields in their order, by their names."""
        return {
            "id": self.id,
            "title": self.title,
            "date": self.date.isoformat(),
            "severity": self.severity,
            "services": self.services,
        }


@dataclass(frozen=True, slots=True)
class Rendered:
    """A document's text, the fields that its template had no place for, and those that it says otherwise."""

    text: str
    added: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def render_document(template: str, origin: str, asked: NewPostmortem, read: Callable[[str], Postmortem]) -> Rendered:
    """Return the `template` of this `origin` filled in. Fields without a place are written into its front matter.

    Raises DocumentError unless `read` takes the text for a post-mortem of exactly this id, title and date, without a
    fault.
    """
    values = asked.values
    front = Front.parse(template)
    lines = tuple(made for line in front.lines for made in _fill_front_line(line, values, front.mark))
    unfilled = filled = Front(front.mark, lines, _fill_body(front.body, values), front.end)
    there = set(_PLACE.findall(template))
    told = read(filled.text)
    if not front.mark:
        _refuse_faulty(told, asked, origin, lambda line: line)
    wanted = [name for name in _ALWAYS if name not in there or getattr(told, name) != getattr(asked, name)]
    wanted += [name for name in ("severity", "services") if values[name] and name not in there]
    kept: list[str] = []
    if wanted:
        filled, kept = filled.set_keys({name: values[name] for name in wanted})
    text = filled.text if filled.text.endswith("\n") else filled.text + front.end
    shift = filled.text.count("\n") - template.count("\n")
    added = len(filled.lines) - len(unfilled.lines)
    grown = len(lines) != len(front.lines)

    def place(line: int) -> int | None:
        in_front = line <= len(filled.lines) + 1 and bool(filled.mark)
        unknown = in_front and (grown or line <= added + 1)
        return None if unknown or line <= shift else line - shift

    final = read(text)
    _refuse_faulty(final, asked, origin, place)
    _refuse_other(final, asked, origin, set(_PLACE.findall("\n".join(front.lines))))
    return Rendered(text, tuple(name for name in wanted if name not in kept), tuple(kept))


def _refuse_other(told: Postmortem, asked: NewPostmortem, origin: str, in_front: Collection[str]) -> None:
    for name in _ALWAYS:
        if (read := getattr(told, name)) != getattr(asked, name):
            problem = f"the document would not be read as {asked.id}: its {name} would be {str(read)!r}"
            place = f"{{{{ {name} }}}}"
            hint = f"write {place} where its {name} stands, or `{name}:` with nothing behind it"
            if name in in_front:
                hint = f"write `{name}: {place}` in its front matter, with nothing else beside it"
            raise DocumentError(problem, origin=origin, hint=hint)


def _refuse_faulty(told: Postmortem, asked: NewPostmortem, origin: str, place: Callable[[int], int | None]) -> None:
    """`place` tells the template's own line for a line of the document, where there is one."""
    for fault in told.faults[:1]:
        problem = f"the document would not be read as {asked.id} without a fault: {fault.problem}; {fault.hint}"
        line = place(fault.line) if fault.line else None
        hint = "mend the template, or name another with --template"
        raise DocumentError(problem, origin=origin, line=line, hint=hint)


def _fill_body(body: str, values: Mapping[str, Value]) -> str:
    def told(found: re.Match[str]) -> str:
        value = values[found.group(1)]
        text = value if isinstance(value, str) else ", ".join(value)
        before = body[body.rfind("\n", 0, found.start()) + 1 : found.start()]
        return escape_for_markdown(text, before)

    return _PLACE.sub(told, body)


def _fill_front_line(line: str, values: Mapping[str, Value], mark: str) -> list[str]:
    """Return a line of front matter with its places filled in, quoted as they have to be; one for each item of a
    list."""
    found = _VALUE.match(line)
    if found is None or not _PLACE.search(line):
        return [line]
    head, value = found.group("head", "value")
    toml = mark == "+++"
    if value.startswith("#"):
        return [head + _PLACE.sub(lambda one: _join_value(values[one.group(1)]), value)]
    if value[:1] in ('"', "'"):
        escape = escape_double_quotes if value[0] == '"' else _escape_single_quotes
        return [head + _PLACE.sub(lambda one: escape(_join_value(values[one.group(1)])), value)]
    if value[:1] == "[":
        return [head + _PLACE.sub(lambda one: _format_list(values[one.group(1)], _is_quoted(value, one), toml), value)]
    only = _PLACE.match(value)
    if only is None or value[only.end() :].split("#")[0].strip():
        whole = _PLACE.sub(lambda one: _join_value(values[one.group(1)]), value)
        return [head + (format_toml(whole) if toml else format_yaml(whole))]
    name = only.group(1)
    told = values[name]
    if isinstance(told, tuple) and head.strip() == "-":
        return [head + format_yaml(one) for one in told]
    if isinstance(told, tuple):
        written = f"[{_format_list(told, False, toml)}]"
    elif name == "date" or not (told or toml):
        written = told
    else:
        written = format_toml(told) if toml else format_yaml(told)
    return [(head + written + value[only.end() :]).rstrip()]


def _is_quoted(value: str, place: re.Match[str]) -> bool:
    return value[place.start() - 1] in "\"'"


def _join_value(value: Value) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def _escape_single_quotes(text: str) -> str:
    return text.replace("'", "''")


def _format_list(value: Value, quoted: bool, toml: bool) -> str:
    if quoted:
        return escape_double_quotes(_join_value(value))
    listed = (value,) if isinstance(value, str) else value
    return ", ".join(format_toml(one) if toml else format_yaml(one, in_list=True) for one in listed if one)
