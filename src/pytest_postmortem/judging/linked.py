"""Which tests of a run are linked to which post-mortem, and to which of its action items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pytest_postmortem.catalogue import Catalogue
from pytest_postmortem.judging.linking import covered_items, demanding_items
from pytest_postmortem.model.link import LinkedTest, names_covering
from pytest_postmortem.model.run import Run

__all__ = ["NO_LINKS", "Linked", "linked_tests"]


@dataclass(frozen=True, slots=True)
class Linked:
    """The tests of one post-mortem: all, by the item they cover, and those that name no item where they have to."""

    tests: tuple[LinkedTest, ...] = ()
    by_item: Mapping[str, tuple[LinkedTest, ...]] = field(default_factory=dict)
    unnamed: tuple[LinkedTest, ...] = ()

    def of(self, item: str) -> tuple[LinkedTest, ...]:
        """The tests that cover an action item."""
        return self.by_item.get(item, ())


NO_LINKS = Linked()
"""Of a post-mortem that no test guards."""


def linked_tests(catalogue: Catalogue, run: Run, today: date) -> dict[str, Linked]:
    """The tests that `run` links to each post-mortem of `catalogue`, by its id; those without a test are left out."""
    by_postmortem: dict[str, list[LinkedTest]] = {}
    for test in run.tests:
        for name in dict.fromkeys(link.postmortem for link in test.links):
            by_postmortem.setdefault(name, []).append(test)
    by_name = _by_name(catalogue, run)
    found = {}
    for postmortem in catalogue.postmortems:
        marked = by_postmortem.get(postmortem.id, [])
        naming = [item for item in postmortem.action_items if item.test.node_ids]
        if not marked and not naming:
            continue
        tests = {test.node_id: test for test in marked}
        by_item: dict[str, dict[str, LinkedTest]] = {}
        unnamed = []
        for test in marked:
            for link in test.links:
                if link.postmortem != postmortem.id:
                    continue
                covered = covered_items(postmortem, link, today)
                for item_id in covered:
                    by_item.setdefault(item_id, {})[test.node_id] = test
                if not covered and len(demanding_items(postmortem)) > 1:
                    unnamed.append(test)
        for item in naming:
            for test in (test for node_id in item.test.node_ids for test in by_name.get(node_id, ())):
                tests[test.node_id] = test
                by_item.setdefault(item.id, {})[test.node_id] = test
        found[postmortem.id] = Linked(
            tuple(tests.values()), {item: tuple(ones.values()) for item, ones in by_item.items()}, tuple(unnamed)
        )
    return found


def _by_name(catalogue: Catalogue, run: Run) -> dict[str, list[LinkedTest]]:
    """The tests that each node id in a document covers."""
    by_name: dict[str, list[LinkedTest]] = {
        node_id: []
        for postmortem in catalogue.postmortems
        for item in postmortem.action_items
        for node_id in item.test.node_ids
    }
    for test in run.tests if by_name else ():
        for name in names_covering(test.node_id):
            if name in by_name:
                by_name[name].append(test)
    return by_name
