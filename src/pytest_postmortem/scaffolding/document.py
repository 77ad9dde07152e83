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


def render_document(
    template: str, origin: str, requested: NewPostmortem, read: Callable[[str], Postmortem]
) -> Rendered:
    """Return the `template` of this `origin` filled in. Fields without a place are written into its front matter.

    Raises DocumentError unless `read` takes the text for a post-mortem of exactly this id, title and date, without a
    fault.
    """
    values = requested.values
    front = Front.parse(template)
    lines = tuple(filled for line in front.lines for filled in _fill_front_line(line, values, front.mark))
    unfilled = filled = Front(front.mark, lines, _fill_body(front.body, values), front.end)
    document = read(filled.text)
    if not front.mark:
        _refuse_faulty(document, requested, origin, lambda line: line)
    missing = _list_missing(set(_PLACE.findall(template)), document, requested)
    kept: list[str] = []
    if missing:
        filled, kept = filled.set_keys({name: values[name] for name in missing})
    text = filled.text if filled.text.endswith("\n") else filled.text + front.end
    shift = filled.text.count("\n") - template.count("\n")
    added = len(filled.lines) - len(unfilled.lines)
    grown = len(lines) != len(front.lines)

    def find_template_line(line: int) -> int | None:
        in_front = line <= len(filled.lines) + 1 and bool(filled.mark)
        unknown = in_front and (grown or line <= added + 1)
        return None if unknown or line <= shift else line - shift

    final = read(text)
    _refuse_faulty(final, requested, origin, find_template_line)
    _refuse_other(final, requested, origin, set(_PLACE.findall("\n".join(front.lines))))
    return Rendered(text, tuple(name for name in missing if name not in kept), tuple(kept))


def _list_missing(places: Collection[str], document: Postmortem, requested: NewPostmortem) -> list[str]:
    """Return the fields that have to be written into the front matter: without a place, or not read from it."""
    missing = [name for name in _ALWAYS if name not in places or getattr(document, name) != getattr(requested, name)]
    return missing + [name for name in ("severity", "services") if requested.values[name] and name not in places]


def _refuse_other(document: Postmortem, requested: NewPostmortem, origin: str, in_front: Collection[str]) -> None:
    for name in _ALWAYS:
        if (read := getattr(document, name)) != getattr(requested, name):
            problem = f"the document would not be read as {requested.id}: its {name} would be {str(read)!r}"
            place = f"{{{{ {name} }}}}"
            hint = f"write {place} where its {name} stands, or `{name}:` with nothing behind it"
            if name in in_front:
                hint = f"write `{name}: {place}` in its front matter, with nothing else beside it"
            raise DocumentError(problem, origin=origin, hint=hint)


def _refuse_faulty(
    document: Postmortem, requested: NewPostmortem, origin: str, find_template_line: Callable[[int], int | None]
) -> None:
    """Raise DocumentError for the first fault, at its line in the template or without one."""
    for fault in document.faults[:1]:
        problem = f"the document would not be read as {requested.id} without a fault: {fault.problem}; {fault.hint}"
        line = find_template_line(fault.line) if fault.line else None
        hint = "mend the template, or name another with --template"
        raise DocumentError(problem, origin=origin, line=line, hint=hint)


def _fill_body(body: str, values: Mapping[str, Value]) -> str:
    def fill(place: re.Match[str]) -> str:
        before = body[body.rfind("\n", 0, place.start()) + 1 : place.start()]
        return escape_for_markdown(_join_value(values[place.group(1)]), before)

    return _PLACE.sub(fill, body)


def _fill_front_line(line: str, values: Mapping[str, Value], mark: str) -> list[str]:
    """Return a line of front matter with its places filled in, quoted as they have to be; one for each item of a
    list."""
    found = _VALUE.match(line)
    if found is None or not _PLACE.search(line):
        return [line]
    head, value = found.group("head", "value")
    toml = mark == "+++"
    only = _PLACE.match(value)
    if only is None or value[only.end() :].split("#")[0].strip():
        return [head + _fill_text(value, values, toml)]
    name = only.group(1)
    filling = values[name]
    if isinstance(filling, tuple) and head.strip() == "-":
        return [head + format_yaml(text) for text in filling]
    if isinstance(filling, tuple):
        written = f"[{_format_list(filling, False, toml)}]"
    elif name == "date" or not (filling or toml):
        written = filling
    else:
        written = format_toml(filling) if toml else format_yaml(filling)
    return [(head + written + value[only.end() :]).rstrip()]


def _fill_text(value: str, values: Mapping[str, Value], toml: bool) -> str:
    """Return `value`, of which places are only a part: a comment, a quoted text, a list, or a plain text."""

    def fill(escape: Callable[[str], str]) -> str:
        return _PLACE.sub(lambda place: escape(_join_value(values[place.group(1)])), value)

    match value[:1]:
        case "#":
            return fill(str)
        case '"':
            return fill(escape_double_quotes)
        case "'":
            return fill(_escape_single_quotes)
        case "[":
            return _PLACE.sub(lambda place: _format_list(values[place.group(1)], _is_quoted(value, place), toml), value)
        case _:
            return format_toml(fill(str)) if toml else format_yaml(fill(str))


def _is_quoted(value: str, place: re.Match[str]) -> bool:
    return value[place.start() - 1] in "\"'"


def _join_value(value: Value) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def _escape_single_quotes(text: str) -> str:
    return text.replace("'", "''")


def _format_list(value: Value, quoted: bool, toml: bool) -> str:
    if quoted:
        return escape_double_quotes(_join_value(value))
    texts = (value,) if isinstance(value, str) else value
    return ", ".join(format_toml(text) if toml else format_yaml(text, in_list=True) for text in texts if text)
