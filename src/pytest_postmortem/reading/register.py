"""A register of incidents: every incident there was, from which those without a post-mortem are told."""

from __future__ import annotations

from datetime import date

from pytest_postmortem.errors import DocumentError
from pytest_postmortem.model.document import Document
from pytest_postmortem.model.incident import Incident
from pytest_postmortem.model.text import fold_name
from pytest_postmortem.reading.header.fields import by_key, short_severity, text_of
from pytest_postmortem.reading.syntax.characters import cleaned
from pytest_postmortem.reading.syntax.data_file import read_node
from pytest_postmortem.reading.syntax.nodes import Node, Problem
from pytest_postmortem.reading.vocabulary.dates import find_first_date

__all__ = ["read_register"]

_KEY = "incidents"
_KEYS = {"id", "title", "date", "severity"}
_FORM = "write a list of `- id: INC-77`, or `incidents:` with such a list below it"


def read_register(document: Document) -> tuple[tuple[Incident, ...], tuple[DocumentError, ...]]:
    """The incidents in `document`, in its order, and everything wrong with it.

    It holds a list, or a mapping whose `incidents` is one, of ids or of mappings with `id`, `title`, `date` and
    `severity`, of which only `id` has to be there; other keys are passed over.
    """
    try:
        text = cleaned(document.load())
    except DocumentError as error:
        return (), (DocumentError(error.problem, origin=document.origin, line=error.line, hint=_to_mend(error)),)
    root, problems = read_node(text, document.format)
    found: dict[str, Incident] = {}
    for node in () if problems else _entries(root, problems):
        incident = _incident(node, document.origin, problems)
        if incident is None:
            continue
        other = found.setdefault(fold_name(incident.id), incident)
        if other is not incident:
            same = "" if other.id == incident.id else f", which is {other.id!r} to a reader,"
            problem = f"the id {incident.id!r}{same} is also that of line {other.line}"
            problems.append(Problem(node.line, problem, "keep one of the two"))
    faults = (DocumentError(one.problem, origin=document.origin, line=one.line, hint=one.hint) for one in problems)
    return tuple(found.values()), tuple(faults)


def _to_mend(error: DocumentError) -> str:
    return error.hint if "exclude" not in error.hint else f"mend it, or mend `{_KEY}` in the configuration"


def _entries(root: Node | None, problems: list[Problem]) -> list[Node]:
    """The list of the register, wherever it stands; without one there is a problem."""
    if root is None:
        problems.append(Problem(1, "no list of incidents: it is empty", _FORM))
        return []
    node = root
    if isinstance(root.value, dict):
        found = by_key(root.value, problems).get(_KEY)
        if found is None:
            problems.append(Problem(root.line, f"no list of incidents: there is no key `{_KEY}`", _FORM))
            return []
        node = found
    if not isinstance(node.value, list):
        problems.append(Problem(node.line, "no list of incidents", _FORM))
        return []
    return node.value


def _incident(node: Node, origin: str, problems: list[Problem]) -> Incident | None:
    """One entry, or None where it has no id."""
    if isinstance(node.value, list):
        problems.append(Problem(node.line, "a list where an incident is expected", "write `- id: INC-77`"))
        return None
    told = {"id": node} if isinstance(node.value, str) else by_key(node.value, problems)
    name = text_of(told.get("id"))
    if name is None:
        problems.append(Problem(node.line, "an incident without an id", _with_id(told, node)))
        return None
    severity = text_of(told.get("severity"))
    return Incident(
        id=name,
        title=text_of(told.get("title")),
        date=_date(name, told.get("date"), problems),
        severity=short_severity(severity) if severity else None,
        origin=origin,
        line=node.line,
    )


def _with_id(told: dict[str, Node], node: Node) -> str:
    """What to write for an entry without an id: of `INC-9: Card down` both halves."""
    if isinstance(node.value, dict) and len(node.value) == 1 and not told.keys() & _KEYS:
        (key, title), *_ = node.value.items()
        if said := text_of(title):
            return f"write `- {{id: {key}, title: {said}}}`"
    return "write `- id: INC-77`"


def _date(name: str, node: Node | None, problems: list[Problem]) -> date | None:
    """The date of the incident `name`, None where it says nothing; what is no date is a problem."""
    if node is None:
        return None
    text = text_of(node) if isinstance(node.value, str) else "no text"
    day = find_first_date(text) if text else None
    if text and day is None:
        problem = f"the date of {name} is {text:.60}, which is no date"
        problems.append(Problem(node.line, problem, "write it as YYYY-MM-DD, for example 2026-02-11"))
    return day
