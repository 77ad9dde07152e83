"""The fields of front matter and of data files, which share their keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import chain

from pytest_postmortem.model.nearest import is_similar
from pytest_postmortem.model.postmortem import Waiver
from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.syntax.nodes import Node, Problem
from pytest_postmortem.reading.vocabulary.dates import find_days, read_field_days
from pytest_postmortem.reading.vocabulary.phrases import SEVERITY_LABEL

__all__ = ["Fields", "get_names", "get_text", "normalize_keys", "read_fields", "shorten_severity"]

_NOTHING = frozenset({"", "~", "null", "none", "tbd", "n/a", "-", "—", "unknown", "[]"})
_LONGEST_NOTHING = max(map(len, _NOTHING))
_DATE_LIKE = lazily(r"\d{1,5}[-/.]\d{1,2}[-/.]\d{1,4}")
_SEVERITY_ENDS = lazily(r"[(（\[【,，;:：、。|]|\s[-–—/]+\s|[–—]|\.\s")
_CAMEL = lazily(r"(?<=[a-z0-9])(?=[A-Z])")  # actionItems
_DECORATION = lazily(r"^[^\w]+")
_LONGEST_SEVERITY = 60
_ID_KEYS = ("id", "postmortem_id")
_ALIAS_KEYS = ("incidents", "incident", "incident_id", "incident_ids", "aliases")
_DATE_KEYS = (
    "date",
    "incident_date",
    "date_of_incident",
    "occurred",
    "occurred_at",
    "started_at",
    "start_date",
    "detected",
    "detected_at",
    "discovered",
)
_END_KEYS = (
    "end_date",
    "mitigated",
    "mitigated_at",
    "fixed_at",
    "resolved_on",
    "ended_at",
    "ended",
    "end",
    "resolved_at",
    "resolved",
    "incident_end",
)
_SERVICE_KEYS = ("services", "service", "affected_services", "systems", "components", "affected_systems")


_Day = date  # Fields has a field of that name


@dataclass(slots=True)
class Fields:
    """What the fields say; None or empty where they say nothing. Lines are 1-based in the file."""

    id: str | None = None
    id_line: int = 1
    title: str | None = None
    date: date | None = None
    last_day: _Day | None = None
    severity: str | None = None
    status: str | None = None
    services: tuple[str, ...] = ()
    team: str | None = None
    aliases: tuple[str, ...] = ()
    fixes: tuple[str, ...] = ()
    root_cause: Node | None = None
    action_items: Node | None = None
    guard: Waiver | None = None
    problems: list[Problem] = field(default_factory=list)
    hints: list[Problem] = field(default_factory=list)


def read_fields(nodes: dict[str, Node]) -> Fields:
    """Return the known ones of these fields; keys are compared without case, `-` and space count as `_`."""
    read = Fields()
    if not nodes:
        return read
    nodes = normalize_keys(nodes, read.problems)
    _read_id(read, nodes)
    read.title = get_text(nodes.get("title"))
    _read_days(read, nodes)
    _read_labels(read, nodes)
    aliases = [_read_aliases(nodes[key], key, read.problems) for key in _ALIAS_KEYS if key in nodes]
    read.aliases = tuple(dict.fromkeys(chain.from_iterable(aliases)))
    read.fixes = get_names(nodes.get("fix") or nodes.get("fixes"), split=True)
    read.root_cause = nodes.get("root_cause")
    read.action_items = nodes.get("action_items")
    _report_guard_typos(nodes, read.problems)
    if "guard" in nodes:
        read.guard = _read_guard(nodes["guard"], read.problems)
    return read


def _read_labels(read: Fields, nodes: dict[str, Node]) -> None:
    """Read severity, status, services and team into `read`."""
    severity = get_text(nodes.get("severity") or nodes.get("sev") or nodes.get("level"))
    read.severity = shorten_severity(severity) if severity else None
    read.status = get_text(nodes.get("status"))
    services = (get_names(nodes[key], split=True) for key in _SERVICE_KEYS if key in nodes)
    read.services = next(filter(None, services), ())
    read.team = ", ".join(get_names(nodes.get("team") or nodes.get("teams"))) or None


def _read_id(read: Fields, nodes: dict[str, Node]) -> None:
    for key in _ID_KEYS:
        node = nodes.get(key)
        if node is None:
            continue
        if not isinstance(node.value, str):
            read.problems.append(Problem(node.line, f"`{key}` is no text", f"write it as `{key}: PM-123`"))
        elif (text := get_text(node)) is not None:
            read.id, read.id_line = text, node.line
            return


def _read_days(read: Fields, nodes: dict[str, Node]) -> None:
    """Read the first and the last day of the incident into `read`."""
    for key in _DATE_KEYS:
        if (node := nodes.get(key)) is not None and _read_date(read, key, node):
            break
    for key in _END_KEYS if read.date is not None else ():
        ended = get_text(nodes.get(key))
        if ended is not None and (days := find_days(ended)) is not None:
            read.last_day = max(days[1], read.last_day or days[1])


def _report_guard_typos(nodes: dict[str, Node], problems: list[Problem]) -> None:
    """Report mappings whose keys can only be a typo of `guard`."""
    for key, node in nodes.items():
        looks_like_guard = key[:2] in ("gu", "ga") and isinstance(node.value, dict) and key != "guard"
        if looks_like_guard and any(is_similar(key, known, 0.8) for known in ("guard", "guard_waiver")):
            problems.append(Problem(node.line, f"unknown key {key!r}; did you mean `guard`?", _GUARD_FORM))


_GUARD_FORM = "write `guard: {waived_until: 2026-12-01, reason: ...}`, or leave it out"


def _read_guard(node: Node, problems: list[Problem]) -> Waiver | None:
    """Return the waiver of what the configuration's `guard` asks for; None for anything else, which is an error."""
    from pytest_postmortem.reading.vocabulary.requirement.combining import Unreadable, parse_waiver

    values = normalize_keys(node.value, problems) if isinstance(node.value, dict) else {}
    if set(values) != {"waived_until", "reason"}:
        problems.append(Problem(node.line, "`guard` is not a waiver with `waived_until` and `reason`", _GUARD_FORM))
        return None
    try:
        return parse_waiver(get_text(values["waived_until"]) or "", get_text(values["reason"]) or "").waiver
    except Unreadable as error:
        problems.append(Problem(node.line, f"`guard`: {error.problem}", _GUARD_FORM))
        return None


def normalize_keys(fields: dict[str, Node], problems: list[Problem]) -> dict[str, Node]:
    """Return the nodes by their keys without case, `-` and space as `_`; of a duplicate key the first counts."""
    nodes: dict[str, Node] = {}
    for key, node in fields.items():
        if nodes.setdefault(_normalize_key(key), node) is not node:
            problems.append(Problem(node.line, f"the key {key!r} stands here in two ways", "keep one of the two"))
    return nodes


@lru_cache(maxsize=1024)
def _normalize_key(key: str) -> str:
    return _CAMEL.sub("_", key.strip()).lower().replace("-", "_").replace(" ", "_")


def _read_date(read: Fields, key: str, node: Node) -> bool:
    """Read a date into `read`; true where there is one. One that does not exist is a fault, as `since` judges by it."""
    text = get_text(node)
    if text is None:
        return False
    days = read_field_days(text)
    if days is not None:
        read.date, read.last_day = days
    if read.date is None and (found := _DATE_LIKE.search(text)):
        if "/" in found.group() and all(int(part) <= 12 for part in found.group().split("/")[:2]):
            read.hints.append(
                Problem(node.line, f"the date {found.group()} can be read in two ways: write it as YYYY-MM-DD", "")
            )
        else:
            problem = f"`{key}` is {found.group()}, which is no date"
            read.problems.append(Problem(node.line, problem, "write it as YYYY-MM-DD, for example 2026-02-11"))
    return read.date is not None


def get_text(node: Node | None) -> str | None:
    """Return the text of a scalar, white space folded; None for nothing, a placeholder, a list or a mapping."""
    if node is None or not isinstance(node.value, str):
        return None
    text = " ".join(node.value.split())
    return text if len(text) > _LONGEST_NOTHING or text.lower() not in _NOTHING else None


def _read_aliases(node: Node, key: str, problems: list[Problem]) -> tuple[str, ...]:
    """Return the aliases of a field: texts, texts in brackets of their own (`[[INC-77]]`), or mappings with an `id`."""
    if isinstance(node.value, str):
        return get_names(node, split=key != "aliases")
    found: list[str] = []
    nodes = [node]
    while nodes:
        one = nodes.pop(0)
        if isinstance(one.value, list):
            nodes[:0] = one.value
            continue
        inner = (
            next((one.value[name] for name in _ID_KEYS if name in one.value), None)
            if isinstance(one.value, dict)
            else one
        )
        if inner is None or not isinstance(inner.value, str):
            problems.append(
                Problem(one.line, f"`{key}` has an entry that is not an id", f"write it as `{key}: [INC-77]`")
            )
        elif (text := get_text(inner)) is not None:
            found.append(text)
    return tuple(dict.fromkeys(found))


def get_names(node: Node | None, *, split: bool = False) -> tuple[str, ...]:
    """Return the texts of a list, or of one scalar, which `split` splits at its commas; each once."""
    if node is None:
        return ()
    if isinstance(node.value, list):
        return tuple(dict.fromkeys(text for one in node.value if (text := get_text(one)) is not None))
    text = get_text(node)
    if text is None:
        return ()
    return tuple(dict.fromkeys(part for one in text.split(",") if (part := one.strip()))) if split else (text,)


@lru_cache(maxsize=1024)
def shorten_severity(text: str) -> str | None:
    """Return the severity without what follows it: "SEV-3 (main feature down)" gives "SEV-3"."""
    label = SEVERITY_LABEL.sub(r"\1 ", _DECORATION.sub("", text))
    short = _SEVERITY_ENDS.split(label, maxsplit=1)[0].rstrip().strip(" *_`")
    return short[:_LONGEST_SEVERITY].rstrip() or None
