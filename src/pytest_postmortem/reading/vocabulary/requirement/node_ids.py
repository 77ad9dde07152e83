"""Pytest node ids that a document names."""

from __future__ import annotations

import re

from pytest_postmortem.model.text import shorten
from pytest_postmortem.reading.patterns import lazily

__all__ = ["InvalidNodeId", "find_node_ids"]

# The path and the `::` parts of a node id; what is in brackets behind is cut out by hand, as it may hold anything.
_NODE_HEAD = lazily(
    r"(?<![^\s,;|`<>()\[\]:])"
    r"(?:[^\s,;|`<>()\[\]:]+\.py(?:::[^\s,;|`<>()\[\]:]+)*|[^\s,;|`<>()\[\]:]+\.[A-Za-z]\w{0,9}(?:::[^\s,;|`<>()\[\]:]+)+)"
)
_BETWEEN_IDS = lazily(r"(?:[\s,;`]|<br\s{0,2}/?>|\band\b|&)*", re.IGNORECASE)
_NEXT_ID = lazily(
    r"\][`]?(?:\s{0,8}[,;]|\s{0,8}<br\s{0,2}/?>|\s{1,8}(?:and|&)(?=\s)|\s)[\s`]{0,8}[^\s,;|`<>()\[\]:]+\.py\b",
    re.IGNORECASE,
)


class InvalidNodeId(Exception):
    """A text that is not a list of node ids; `begun` is true if it begins with one, and so was meant as one."""

    def __init__(self, problem: str, hint: str, *, begun: bool = True) -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint
        self.begun = begun


def find_node_ids(value: str) -> tuple[str, ...]:
    """Return the node ids of a value that is one or more of them, with commas or `<br>` between. Raises InvalidNodeId.

    A node id ends at its last `]`: parameters may hold spaces, commas and brackets. A file that is not Python needs a
    `::` part, as plugins collect tests from other files too.
    """
    value = value.replace("\\_", "_").replace("\\[", "[").replace("\\]", "]")
    ids: list[str] = []
    position = 0
    while (position := _match_end(_BETWEEN_IDS, value, position)) < len(value):
        head = _NODE_HEAD.match(value, position)
        if head is None:
            form = "write it as `tests/test_queue.py::test_rejects`"
            raise InvalidNodeId(f"{_shorten(value)} is not a pytest node id", form, begun=bool(ids))
        end = head.end()
        if value[end : end + 1] == "[":
            following = _find_next_id(value, end)
            closed = value.rfind("]", end, following)
            if closed < 0:
                problem = f"the node id {_shorten(value[position:])} has no closing bracket"
                raise InvalidNodeId(problem, "close it with ]")
            end = closed + 1
        ids.append(_normalize(value[position:end]))
        position = end
    return tuple(dict.fromkeys(ids))


def _normalize(node_id: str) -> str:
    """Return the node id with its path as pytest writes it. Raises InvalidNodeId for one that leads elsewhere."""
    path, colons, rest = node_id.partition("::")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if path.startswith("/") or ".." in parts:
        form = "write it from the configuration's folder on, as `tests/test_queue.py::test_rejects`"
        raise InvalidNodeId(f"{_shorten(node_id)} leads elsewhere", form)
    return "/".join(parts) + colons + rest


def _find_next_id(value: str, position: int) -> int:
    found = _NEXT_ID.search(value, position)
    return found.start() + 1 if found else len(value)


def _match_end(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    return found.end() if found else position


def _shorten(value: str) -> str:
    return repr(shorten(" ".join(value.split()), 60, "…"))
