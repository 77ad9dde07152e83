"""Resolve the incident markers of collected tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from pytest_postmortem.errors import PostmortemError
from pytest_postmortem.model.link import Link
from pytest_postmortem.model.marker import parse_request, resolve_request
from pytest_postmortem.model.names import Names

__all__ = ["check_markers"]


def check_markers(
    items: Iterable[pytest.Item], marker: str, names: Callable[[Iterable[str]], Names]
) -> tuple[dict[pytest.Item, tuple[Link, ...]], dict[str, str]]:
    """Return the links of each item, and one text of errors for each file that has some.

    `names` gives the known names; it is called once, with all that the markers use.
    """
    requests = {
        item: [parse_request(mark.args, mark.kwargs, marker) for mark in item.iter_markers(marker)] for item in items
    }
    used = {name for of_item in requests.values() for request in of_item for name in request.names}
    unusable: str | None = None
    known = Names()
    if used:
        try:
            known = names(used)
        except PostmortemError as error:
            unusable = str(error)
    links: dict[pytest.Item, tuple[Link, ...]] = {}
    errors: dict[str, dict[tuple[int, str], None]] = {}
    for item, of_item in requests.items():
        linked: dict[Link, None] = {}
        for request in of_item:
            problems = [request.error] if request.error else []
            if unusable is not None and not request.error:
                problems = [unusable]
            elif not request.error:
                good, problems = resolve_request(request, known)
                linked.update(dict.fromkeys(good))
            for problem in problems:
                file, line, text = _add_place(item, problem)
                errors.setdefault(file, {})[line, text] = None
        links[item] = tuple(linked)
    if not errors:
        return links, {}
    from pytest_postmortem.reporting.escaping import in_lines

    texts = {file: in_lines("\n".join(text for _, text in sorted(lines))) for file, lines in sorted(errors.items())}
    return links, texts


def _add_place(item: pytest.Item, problem: str) -> tuple[str, int, str]:
    file = item.nodeid.partition("::")[0]
    _, line, test = item.location
    name = test.partition("[")[0]
    number = 0 if line is None else line + 1
    return file, number, f"{file}:{number}: {name}: {problem}"
