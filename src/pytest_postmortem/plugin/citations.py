"""Hints on tests that cite a post-mortem in their name or docstring and carry no link to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pytest

from pytest_postmortem.model.link import Link
from pytest_postmortem.model.postmortem import Hint
from pytest_postmortem.reading.citations import Citations

__all__ = ["Citing", "find_citing_tests", "get_function_id"]


@dataclass(frozen=True, slots=True)
class Citing:
    """One test function, by its first item, with each id that it cites and the name it cites it by."""

    item: pytest.Item
    cited: Mapping[str, str]

    def list_hints(self, guarded: Iterable[Link], marker: str) -> list[Hint]:
        """Return a hint for each cited post-mortem not among the `guarded` ones; relative to pytest's rootdir."""
        linked = {link.postmortem for link in guarded}
        _, line, test = self.item.location
        place, number = self.item.nodeid.partition("::")[0], 0 if line is None else line + 1
        return [
            Hint(place, number, f'{test.partition("[")[0]} cites {name}; add @pytest.mark.{marker}("{name}")')
            for postmortem, name in self.cited.items()
            if postmortem not in linked
        ]


def find_citing_tests(items: Iterable[pytest.Item], ids: Mapping[str, str]) -> dict[str, Citing]:
    """Return the test functions that cite one of `ids` (names with their id), by `get_function_id` of their items.

    To be called while tests are collected: later an item may have to make its function again. Other kinds of items are
    passed over.
    """
    citations = Citations(ids)
    citing: dict[str, Citing] = {}
    last = ""
    for item in items if citations else ():
        test = get_function_id(item)
        if test == last:
            continue
        last = test
        if not isinstance(item, pytest.Function) or test in citing:
            continue
        text = getattr(item.obj, "__doc__", None)
        cited = citations.find(test.split("::")[1:], text if type(text) is str else None)
        if cited:
            citing[test] = Citing(item, cited)
    return citing


def get_function_id(item: pytest.Item) -> str:
    """Return the node id of an item without its parameters."""
    node_id = item.nodeid
    if "[" not in node_id:
        return node_id
    path, _, inner = node_id.partition("::")
    return f"{path}::{inner.partition('[')[0]}"
