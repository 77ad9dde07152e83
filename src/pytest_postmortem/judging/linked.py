"""Find the tests of a run that are linked to each post-mortem, and to each of its action items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pytest_postmortem.catalogue import Catalogue
from pytest_postmortem.judging.linking import find_covered_items, find_demanding_items
from pytest_postmortem.model.link import LinkedTest, names_covering
from pytest_postmortem.model.postmortem import Postmortem
from pytest_postmortem.model.run import Run

__all__ = ["NO_LINKS", "Linked", "find_linked_tests"]


@dataclass(frozen=True, slots=True)
class Linked:
    """The tests of one post-mortem: all, by the item they cover, and those that name no item where they have to."""

    tests: tuple[LinkedTest, ...] = ()
    by_item: Mapping[str, tuple[LinkedTest, ...]] = field(default_factory=dict)
    unnamed: tuple[LinkedTest, ...] = ()

    def get(self, item: str) -> tuple[LinkedTest, ...]:
        """Return the tests that cover an action item."""
        return self.by_item.get(item, ())


NO_LINKS = Linked()
"""For a post-mortem that no test guards."""


def find_linked_tests(catalogue: Catalogue, run: Run, today: date) -> dict[str, Linked]:
    """Return the tests that `run` links to each post-mortem of `catalogue`, by its id; without those that have none."""
    by_postmortem = _index_by_postmortem(run)
    by_node_id = _index_by_node_id(catalogue, run)
    return {
        postmortem.id: _link(postmortem, by_postmortem.get(postmortem.id, []), by_node_id, today)
        for postmortem in catalogue.postmortems
        if postmortem.id in by_postmortem or any(item.test.node_ids for item in postmortem.action_items)
    }


def _link(
    postmortem: Postmortem, marked: list[LinkedTest], by_node_id: Mapping[str, list[LinkedTest]], today: date
) -> Linked:
    """Return the tests of one post-mortem: those `marked` with it, and those that its document names."""
    tests = {test.node_id: test for test in marked}
    by_item: dict[str, dict[str, LinkedTest]] = {}
    unnamed = _add_marked(by_item, postmortem, marked, today)
    for item in postmortem.action_items:
        for node_id in item.test.node_ids:
            for test in by_node_id[node_id]:
                tests[test.node_id] = test
                by_item.setdefault(item.id, {})[test.node_id] = test
    covering = {item: tuple(by_id.values()) for item, by_id in by_item.items()}
    return Linked(tuple(tests.values()), covering, tuple(unnamed))


def _add_marked(
    by_item: dict[str, dict[str, LinkedTest]], postmortem: Postmortem, marked: list[LinkedTest], today: date
) -> list[LinkedTest]:
    """Add the `marked` tests to the items they cover; return those that name no item although they have to."""
    unnamed = []
    for test in marked:
        for link in test.links:
            if link.postmortem != postmortem.id:
                continue
            covered = find_covered_items(postmortem, link, today)
            for item_id in covered:
                by_item.setdefault(item_id, {})[test.node_id] = test
            if not covered and len(find_demanding_items(postmortem)) > 1:
                unnamed.append(test)
    return unnamed


def _index_by_postmortem(run: Run) -> dict[str, list[LinkedTest]]:
    by_postmortem: dict[str, list[LinkedTest]] = {}
    for test in run.tests:
        for name in dict.fromkeys(link.postmortem for link in test.links):
            by_postmortem.setdefault(name, []).append(test)
    return by_postmortem


def _index_by_node_id(catalogue: Catalogue, run: Run) -> dict[str, list[LinkedTest]]:
    """Return the tests that each node id in a document covers."""
    by_node_id: dict[str, list[LinkedTest]] = {
        node_id: []
        for postmortem in catalogue.postmortems
        for item in postmortem.action_items
        for node_id in item.test.node_ids
    }
    for test in run.tests if by_node_id else ():
        for name in names_covering(test.node_id):
            if name in by_node_id:
                by_node_id[name].append(test)
    return by_node_id
