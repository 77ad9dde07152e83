"""Tests that cite a post-mortem in their name or docstring and carry no link to it: each is a hint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pytest

from pytest_postmortem.model.link import Link
from pytest_postmortem.model.postmortem import Hint
from pytest_postmortem.reading.citations import Citations

__all__ = ["Citing", "citing_tests", "function_of"]


@dataclass(frozen=True, slots=True)
class Citing:
    """One test function, by its first item, with each id that it cites and the name it cites it by."""

    item: pytest.Item
    cited: Mapping[str, str]

    def hints(self, guarded: Iterable[Link], marker: str) -> list[Hint]:
        """A hint for each cited post-mortem that is not among the `guarded` ones; relative to pytest's rootdir."""
        linked = {link.postmortem for link in guarded}
        _, line, test = self.item.location
        place, number = self.item.nodeid.partition("::")[0], 0 if line is None else line + 1
        return [
            Hint(place, number, f'{test.partition("[")[0]} cites {name}; add @pytest.mark.{marker}("{name}")')
            for postmortem, name in self.cited.items()
            if postmortem not in linked
        ]


def citing_tests(items: Iterable[pytest.Item], ids: Mapping[str, str]) -> dict[str, Citing]:
    """The test functions that cite one of `ids` (names with the id they stand for), by `function_of` their items.

    To be asked while tests are collected: later an item may have to make its function anew. What is no function is
    passed over.
    """
    citations = Citations(ids)
    found: dict[str, Citing] = {}
    last = ""
    for item in items if citations else ():
        test = function_of(item)
        if test == last:
            continue
        last = test
        if not isinstance(item, pytest.Function) or test in found:
            continue
        text = getattr(item.obj, "__doc__", None)
        cited = citations.found(test.split("::")[1:], text if type(text) is str else None)
        if cited:
            found[test] = Citing(item, cited)
    return found


def function_of(item: pytest.Item) -> str:
    """The node id of an item without its parameters."""
    node_id = item.nodeid
    if "[" not in node_id:
        return node_id
    path, _, inner = node_id.partition("::")
    return f"{path}::{inner.partition('[')[0]}"
