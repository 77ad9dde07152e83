"""Parse the arguments of the marker, and resolve the names in it; for pytest's marks and for those in a source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum

from pytest_postmortem.model.link import Link
from pytest_postmortem.model.names import Names
from pytest_postmortem.model.nearest import suggest
from pytest_postmortem.model.text import shorten

__all__ = ["MarkerRequest", "parse_request", "resolve_request"]

_KEYWORD = "action_item"


class MarkerRequest:
    """The names of post-mortems and action items in one mark, or the error in it."""

    __slots__ = ("error", "items", "names")

    def __init__(self, names: Sequence[str] = (), items: Sequence[str] = (), error: str | None = None) -> None:
        self.names = tuple(names)
        self.items = tuple(items)
        self.error = error


def parse_request(args: Sequence[object], kwargs: Mapping[str, object], marker: str) -> MarkerRequest:
    """Parse the arguments of a mark, by the grammar of docs/markers.md."""
    usage = f'write @pytest.mark.{marker}("PM-123") or @pytest.mark.{marker}("PM-123", {_KEYWORD}="AI-1")'
    for keyword in kwargs:
        if keyword != _KEYWORD:
            return MarkerRequest(error=f"unknown keyword {keyword!r} in the {marker} marker; {usage}")
    names, wrong = _parse_texts(args)
    if wrong is not None:
        return MarkerRequest(error=f"the {marker} marker takes strings, not {wrong}; {usage}")
    if not names:
        return MarkerRequest(error=f"the {marker} marker names no post-mortem; {usage}")
    value = kwargs.get(_KEYWORD)
    if value is None:
        return MarkerRequest(names)
    items, wrong = _parse_texts(value if isinstance(value, (list, tuple)) else (value,))
    if wrong is not None:
        return MarkerRequest(error=f"{_KEYWORD} takes a string or a list of strings, not {wrong}; {usage}")
    if not items:
        return MarkerRequest(error=f"{_KEYWORD} is an empty list; {usage}")
    if len(names) > 1:
        ids = ", ".join(names)
        return MarkerRequest(
            error=f"{_KEYWORD} needs exactly one post-mortem, and {ids} are {len(names)}; use one marker for each"
        )
    return MarkerRequest(names, items)


def _parse_texts(values: Iterable[object]) -> tuple[list[str], str | None]:
    """Return the values as exact strings, or a word on the first that is not one (a member of a string enum is)."""
    texts = []
    for value in values:
        plain = value.value if isinstance(value, Enum) else value
        if not isinstance(plain, str):
            return [], _describe_value(value)
        texts.append(str.__str__(plain).encode("utf-8", "backslashreplace").decode())
    return texts, None


_SIMPLE = (bool, int, float, complex, bytes, type(None), str)


def _describe_value(value: object) -> str:
    """Return the value in words that are the same in every process, unlike the order of a set or an address."""
    if isinstance(value, Enum):
        return shorten(f"{type(value).__name__}.{value.name}", 60)
    parts = value if isinstance(value, (list, tuple)) else (value,)
    if type(value) in (*_SIMPLE, list, tuple) and all(type(part) in _SIMPLE for part in parts):
        try:
            return shorten(repr(value), 60)
        except ValueError:  # too many digits
            pass
    return shorten(f"a value of type {type(value).__name__}", 60)


def resolve_request(request: MarkerRequest, known: Names) -> tuple[list[Link], list[str]]:
    """Return the links of a well-formed request, and the problems with the names in it."""
    links: list[Link] = []
    problems: list[str] = []
    for name in request.names:
        postmortem = known.ids.get(name)
        if postmortem is None:
            problems.append(_explain_unknown_name(name, known, request.names))
        elif postmortem in known.faulty:
            problems.append(f"the document of {postmortem} cannot be used:\n{known.faulty[postmortem]}")
        else:
            items = known.items.get(postmortem, [])
            links.extend(Link(postmortem, item) for item in request.items if item in items)
            problems.extend(
                _explain_unknown_item(postmortem, item, items) for item in request.items if item not in items
            )
            if not request.items:
                links.append(Link(postmortem))
    return links, problems


def _explain_unknown_name(name: str, known: Names, others: Sequence[str]) -> str:
    if name in known.shared:
        ids = known.shared[name]
        ask = f"use one of {', '.join(ids)}, or give one of them an `id` in its front matter"
        return f'"{shorten(name, 60)}" stands for {len(ids)} post-mortems; {ask}'
    whole, _, item = name.rpartition("/")
    for postmortem, key in ((whole, item), *((other, name) for other in others)):
        if key in known.items.get(known.ids.get(postmortem, ""), ()):
            return f'"{shorten(name, 60)}" names an action item; write "{postmortem}", {_KEYWORD}="{key}"'
    return f'no post-mortem is named "{shorten(name, 60)}"; {known.hint(name)}'


def _explain_unknown_item(postmortem: str, item: str, items: Sequence[str]) -> str:
    problem = f'{postmortem} has no action item "{shorten(item, 60)}"'
    if not items:
        return f"{problem}, and no other; leave {_KEYWORD} out, or add the action item to the document"
    there = f"it has {', '.join(items)}"
    return f"{problem}; {suggest(item, items, there, most=3)}"
