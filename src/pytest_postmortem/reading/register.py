"""A register of incidents: every incident there was, to find those without a post-mortem."""

from __future__ import annotations

from datetime import date

from pytest_postmortem.errors import DocumentError
from pytest_postmortem.model.document import Document
from pytest_postmortem.model.incident import Incident
from pytest_postmortem.model.text import fold_name
from pytest_postmortem.reading.header.fields import (
    get_text,
    normalize_keys,
    shorten_severity,
)
from pytest_postmortem.reading.syntax.characters import clean_text
from pytest_postmortem.reading.syntax.data_file import read_node
from pytest_postmortem.reading.syntax.nodes import Node, Problem
from pytest_postmortem.reading.vocabulary.dates import find_first_date

__all__ = ["read_register"]

_KEY = "incidents"
_KEYS = {"id", "title", "date", "severity"}
_FORM = "write a list of `- id: INC-77`, or `incidents:` with such a list below it"


def read_register(document: Document) -> tuple[tuple[Incident, ...], tuple[DocumentError, ...]]:
    """Return the incidents in `document`, in its order, and everything wrong with it.

    It holds a list, or a mapping whose `incidents` is one, of ids or of mappings with `id`, `title`, `date` and
    `severity`, of which only `id` has to be there; other keys are passed over.
    """
    try:
        text = clean_text(document.load())
    except DocumentError as error:
        return (), (DocumentError(error.problem, origin=document.origin, line=error.line, hint=_choose_hint(error)),)
    root, problems = read_node(text, document.format)
    incidents: dict[str, Incident] = {}
    for node in () if problems else _find_entries(root, problems):
        incident = _read_incident(node, document.origin, problems)
        if incident is None:
            continue
        other = incidents.setdefault(fold_name(incident.id), incident)
        if other is not incident:
            same = "" if other.id == incident.id else f", which is {other.id!r} to a reader,"
            problem = f"the id {incident.id!r}{same} is also that of line {other.line}"
            problems.append(Problem(node.line, problem, "keep one of the two"))
    faults = (DocumentError(one.problem, origin=document.origin, line=one.line, hint=one.hint) for one in problems)
    return tuple(incidents.values()), tuple(faults)


def _choose_hint(error: DocumentError) -> str:
    return error.hint if "exclude" not in error.hint else f"mend it, or mend `{_KEY}` in the configuration"


def _find_entries(root: Node | None, problems: list[Problem]) -> list[Node]:
    """Return the list of the register; without one there is a problem."""
    if root is None:
        problems.append(Problem(1, "no list of incidents: it is empty", _FORM))
        return []
    node = root
    if isinstance(root.value, dict):
        found = normalize_keys(root.value, problems).get(_KEY)
        if found is None:
            problems.append(Problem(root.line, f"no list of incidents: there is no key `{_KEY}`", _FORM))
            return []
        node = found
    if not isinstance(node.value, list):
        problems.append(Problem(node.line, "no list of incidents", _FORM))
        return []
    return node.value


def _read_incident(node: Node, origin: str, problems: list[Problem]) -> Incident | None:
    """Return one entry, or None if it has no id."""
    if isinstance(node.value, list):
        problems.append(Problem(node.line, "a list where an incident is expected", "write `- id: INC-77`"))
        return None
    fields = {"id": node} if isinstance(node.value, str) else normalize_keys(node.value, problems)
    name = get_text(fields.get("id"))
    if name is None:
        problems.append(Problem(node.line, "an incident without an id", _suggest_entry(fields, node)))
        return None
    severity = get_text(fields.get("severity"))
    return Incident(
        id=name,
        title=get_text(fields.get("title")),
        date=_read_date(name, fields.get("date"), problems),
        severity=shorten_severity(severity) if severity else None,
        origin=origin,
        line=node.line,
    )


def _suggest_entry(fields: dict[str, Node], node: Node) -> str:
    """Return what to write for an entry without an id: of `INC-9: Card down` both halves."""
    if isinstance(node.value, dict) and len(node.value) == 1 and not fields.keys() & _KEYS:
        (key, title), *_ = node.value.items()
        if text := get_text(title):
            return f"write `- {{id: {key}, title: {text}}}`"
    return "write `- id: INC-77`"


def _read_date(name: str, node: Node | None, problems: list[Problem]) -> date | None:
    """Return the date of the incident `name`, None if it has none; an invalid date is a problem."""
    if node is None:
        return None
    text = get_text(node) if isinstance(node.value, str) else "no text"
    day = find_first_date(text) if text else None
    if text and day is None:
        problem = f"the date of {name} is {text:.60}, which is no date"
        problems.append(Problem(node.line, problem, "write it as YYYY-MM-DD, for example 2026-02-11"))
    return day
