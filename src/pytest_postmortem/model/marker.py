"""The grammar of the marker, and whether what it names exists; for pytest's marks and those in a source alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum

from pytest_postmortem.model.link import Link
from pytest_postmortem.model.names import Names
from pytest_postmortem.model.nearest import suggest
from pytest_postmortem.model.text import shorten

__all__ = ["Request", "requested", "resolved"]

_KEYWORD = "action_item"


class Request:
    """What one mark asks for: post-mortems by name, action items of it, or what is wrong with the mark."""

    __slots__ = ("error", "items", "names")

    def __init__(self, names: Sequence[str] = (), items: Sequence[str] = (), error: str | None = None) -> None:
        self.names = tuple(names)
        self.items = tuple(items)
        self.error = error


def requested(args: Sequence[object], kwargs: Mapping[str, object], marker: str) -> Request:
    """What a mark of these arguments says, by the grammar of docs/markers.md."""
    usage = f'write @pytest.mark.{marker}("PM-123") or @pytest.mark.{marker}("PM-123", {_KEYWORD}="AI-1")'
    for keyword in kwargs:
        if keyword != _KEYWORD:
            return Request(error=f"unknown keyword {keyword!r} in the {marker} marker; {usage}")
    names, wrong = _texts(args)
    if wrong is not None:
        return Request(error=f"the {marker} marker takes strings, not {wrong}; {usage}")
    if not names:
        return Request(error=f"the {marker} marker names no post-mortem; {usage}")
    said = kwargs.get(_KEYWORD)
    if said is None:
        return Request(names)
    items, wrong = _texts(said if isinstance(said, (list, tuple)) else (said,))
    if wrong is not None:
        return Request(error=f"{_KEYWORD} takes a string or a list of strings, not {wrong}; {usage}")
    if not items:
        return Request(error=f"{_KEYWORD} is an empty list; {usage}")
    if len(names) > 1:
        ids = ", ".join(names)
        return Request(
            error=f"{_KEYWORD} needs exactly one post-mortem, and {ids} are {len(names)}; use one marker for each"
        )
    return Request(names, items)


def _texts(values: Iterable[object]) -> tuple[list[str], str | None]:
    """The values as exact strings, or a word on the first that is none (a member of a string enum is one)."""
    texts = []
    for value in values:
        plain = value.value if isinstance(value, Enum) else value
        if not isinstance(plain, str):
            return [], _shown(value)
        texts.append(str.__str__(plain).encode("utf-8", "backslashreplace").decode())
    return texts, None


_SIMPLE = (bool, int, float, complex, bytes, type(None), str)


def _shown(value: object) -> str:
    """The value in words that are the same in every process: a set has another order, an object another address."""
    if isinstance(value, Enum):
        return shorten(f"{type(value).__name__}.{value.name}", 60)
    parts = value if isinstance(value, (list, tuple)) else (value,)
    if type(value) in (*_SIMPLE, list, tuple) and all(type(part) in _SIMPLE for part in parts):
        try:
            return shorten(repr(value), 60)
        except ValueError:  # too many digits
            pass
    return shorten(f"a value of type {type(value).__name__}", 60)


def resolved(request: Request, known: Names) -> tuple[list[Link], list[str]]:
    """The links of a well-formed request, and what is wrong with the names in it."""
    links: list[Link] = []
    problems: list[str] = []
    for name in request.names:
        postmortem = known.ids.get(name)
        if postmortem is None:
            problems.append(_unknown(name, known, request.names))
        elif postmortem in known.faulty:
            problems.append(f"the document of {postmortem} cannot be used:\n{known.faulty[postmortem]}")
        else:
            items = known.items.get(postmortem, [])
            links.extend(Link(postmortem, item) for item in request.items if item in items)
            problems.extend(_no_item(postmortem, item, items) for item in request.items if item not in items)
            if not request.items:
                links.append(Link(postmortem))
    return links, problems


def _unknown(name: str, known: Names, others: Sequence[str]) -> str:
    if name in known.shared:
        ids = known.shared[name]
        ask = f"use one of {', '.join(ids)}, or give one of them an `id` in its front matter"
        return f'"{shorten(name, 60)}" stands for {len(ids)} post-mortems; {ask}'
    whole, _, item = name.rpartition("/")
    for postmortem, key in ((whole, item), *((other, name) for other in others)):
        if key in known.items.get(known.ids.get(postmortem, ""), ()):
            return f'"{shorten(name, 60)}" names an action item; write "{postmortem}", {_KEYWORD}="{key}"'
    return f'no post-mortem is named "{shorten(name, 60)}"; {known.hint(name)}'


def _no_item(postmortem: str, item: str, items: Sequence[str]) -> str:
    problem = f'{postmortem} has no action item "{shorten(item, 60)}"'
    if not items:
        return f"{problem}, and no other; leave {_KEYWORD} out, or add the action item to the document"
    there = f"it has {', '.join(items)}"
    return f"{problem}; {suggest(item, items, there, most=3)}"
