"""Whether the markers of collected tests are right, and what they link."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from pytest_postmortem.errors import PostmortemError
from pytest_postmortem.model.link import Link
from pytest_postmortem.model.marker import requested, resolved
from pytest_postmortem.model.names import Names

__all__ = ["check_markers"]


def check_markers(
    items: Iterable[pytest.Item], marker: str, names: Callable[[Iterable[str]], Names]
) -> tuple[dict[pytest.Item, tuple[Link, ...]], dict[str, str]]:
    """The links of each item, and one text of errors for each file that has some.

    `names` gives the known names; it is called once, with all that the markers use.
    """
    requests = {
        item: [requested(mark.args, mark.kwargs, marker) for mark in item.iter_markers(marker)] for item in items
    }
    used = {name for asked in requests.values() for request in asked for name in request.names}
    trouble: str | None = None
    known = Names()
    if used:
        try:
            known = names(used)
        except PostmortemError as error:
            trouble = str(error)
    links: dict[pytest.Item, tuple[Link, ...]] = {}
    errors: dict[str, dict[tuple[int, str], None]] = {}
    for item, asked in requests.items():
        found: dict[Link, None] = {}
        for request in asked:
            problems = [request.error] if request.error else []
            if trouble is not None and not request.error:
                problems = [trouble]
            elif not request.error:
                good, problems = resolved(request, known)
                found.update(dict.fromkeys(good))
            for problem in problems:
                file, line, text = _placed(item, problem)
                errors.setdefault(file, {})[line, text] = None
        links[item] = tuple(found)
    if not errors:
        return links, {}
    from pytest_postmortem.reporting.escaping import in_lines

    told = {file: in_lines("\n".join(text for _, text in sorted(found))) for file, found in sorted(errors.items())}
    return links, told


def _placed(item: pytest.Item, problem: str) -> tuple[str, int, str]:
    file = item.nodeid.partition("::")[0]
    _, line, test = item.location
    name = test.partition("[")[0]
    number = 0 if line is None else line + 1
    return file, number, f"{file}:{number}: {name}: {problem}"
