"""Merge fields and action items that a tracker supplies with what the text says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pytest_postmortem.model.postmortem import ItemStatus
from pytest_postmortem.reading.header.fields import Fields
from pytest_postmortem.reading.items.drafts import Draft
from pytest_postmortem.reading.items.item_keys import split_leading_key
from pytest_postmortem.reading.syntax.nodes import Node
from pytest_postmortem.reading.vocabulary.requirement.combining import choose_stricter

__all__ = ["build_nodes", "merge_fields", "merge_items"]

_LINE = 1
"""What a service supplies beside the text is on no line of it."""
_PREFERRED = ("id", "date", "severity", "status", "services", "team", "fixes", "guard", "root_cause")
"""Fields of which the author's own value counts, else the service's."""


def build_nodes(record: Mapping[str, Any]) -> dict[str, Node]:
    """Return the fields as front matter would give them. An action item that begins with a key of its own has that id."""
    nodes = {key: _build_node(value) for key, value in record.items()}
    items = nodes.get("action_items")
    for item in items.value if items is not None and isinstance(items.value, list) else ():
        action = item.value.get("action") if isinstance(item.value, dict) else None
        if isinstance(item.value, dict) and action is not None and isinstance(action.value, str):
            key, text = split_leading_key(action.value)
            if key:  # the text may name the record by its own number still
                number = item.value.get("id", Node("", _LINE))
                item.value.update(id=Node(key, _LINE), action=Node(text, _LINE), tickets=Node([number], _LINE))
    return nodes


def _build_node(value: Any) -> Node:
    match value:
        case Mapping():
            return Node({str(key): _build_node(inner) for key, inner in value.items()}, _LINE)
        case list() | tuple():
            return Node([_build_node(inner) for inner in value], _LINE)
        case bool():
            return Node("true" if value else "false", _LINE)
        case None:
            return Node("", _LINE)
    return Node(str(value), _LINE)


def merge_fields(own: Fields, service: Fields) -> Fields:
    """Return the author's own fields, with the service's where the author gives none; problems of both."""
    preferred: dict[str, Any] = {name: getattr(own, name) or getattr(service, name) for name in _PREFERRED}
    return Fields(
        id_line=own.id_line if own.id else service.id_line,
        title=own.title,
        last_day=own.last_day if own.date else service.last_day,
        aliases=tuple(dict.fromkeys((*own.aliases, *service.aliases))),
        action_items=own.action_items,
        problems=[*own.problems, *service.problems],
        hints=[*own.hints, *service.hints],
        **preferred,
    )


def merge_items(own: Sequence[Draft], records: Sequence[Draft]) -> list[Draft]:
    """Return the items of the text, then those of the service; two are one if the text names the record as its ticket."""
    drafts = list(own)
    for record in records:
        names = {*record.tickets, record.key}
        place = next((place for place, draft in enumerate(drafts) if names.intersection(draft.tickets)), None)
        if place is None:
            drafts.append(record)
        else:
            drafts[place] = _merge_item(drafts[place], record)
    return drafts


def _merge_item(text: Draft, record: Draft) -> Draft:
    """Return an item of the text that is also a record: the record's state, the text's words, the stricter need."""
    names = {*record.tickets, record.key}
    return text._replace(
        text=record.text if text.text in names else text.text,
        key=text.key or record.key,
        counted=text.counted and bool(text.key),
        status=record.status if record.status is not ItemStatus.UNKNOWN else text.status,
        owner=text.owner or record.owner,
        due=text.due or record.due,
        tickets=(*record.tickets, *(ticket for ticket in text.tickets if ticket not in names)),
        test=choose_stricter(text.test, record.test),
        mentions_test=text.mentions_test or record.mentions_test,
    )
