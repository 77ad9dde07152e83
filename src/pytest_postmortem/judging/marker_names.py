"""Collect the names that markers may use from a catalogue."""

from __future__ import annotations

from datetime import date

from pytest_postmortem.catalogue import Catalogue
from pytest_postmortem.judging.linking import find_sole_item
from pytest_postmortem.model.names import Names

__all__ = ["collect_names"]


def collect_names(catalogue: Catalogue, today: date) -> Names:
    """Return the names of `catalogue` as they are handed to the checks of markers, in this process or another."""
    names = Names(places=list(catalogue.places))
    doubled = _add_ids(names, catalogue)
    for postmortem in catalogue.postmortems:
        names.items[postmortem.id] = [item.id for item in postmortem.action_items]
        sole = find_sole_item(postmortem, today)
        if sole is not None:
            names.sole[postmortem.id] = sole.id
        node_ids = {item.id: list(item.test.node_ids) for item in postmortem.action_items if item.test.node_ids}
        if node_ids:
            names.node_ids[postmortem.id] = node_ids
    _add_faulty(names, catalogue, doubled)
    return names


def _add_ids(names: Names, catalogue: Catalogue) -> set[str]:
    """Add what each name stands for; return the origins of documents that have an id or alias in common."""
    doubled: set[str] = set()
    for name, postmortems in catalogue.index_names().items():
        if len(postmortems) == 1:
            names.ids[name] = postmortems[0].id
        elif name in (postmortems[0].id, *postmortems[0].aliases):
            names.ids[name] = postmortems[0].id  # an error in these documents
            doubled.update(postmortem.origin for postmortem in postmortems)
        else:
            names.shared[name] = [postmortem.id for postmortem in postmortems]
    names.shared.update((key, list(ids)) for key, ids in catalogue.contested.items() if key not in names.ids)
    return doubled


def _add_faulty(names: Names, catalogue: Catalogue, doubled: set[str]) -> None:
    """Add the errors of each document; one whose id is `doubled` has those of all such documents."""
    errors: dict[str, list[str]] = {}
    for error in catalogue.faults:
        errors.setdefault(error.origin, []).append(str(error))
    of_doubled = [text for origin in sorted(doubled) for text in errors.get(origin, [])]
    for postmortem in catalogue.postmortems:
        texts = of_doubled if postmortem.origin in doubled else errors.get(postmortem.origin, [])
        if texts:
            names.faulty[postmortem.id] = "\n".join(texts)
