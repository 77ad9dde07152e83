"""Filter and sort the verdicts of post-mortems."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pytest_postmortem.judging.due import Overdue
from pytest_postmortem.judging.report import PostmortemVerdict
from pytest_postmortem.model.nearest import suggest
from pytest_postmortem.model.order import date_sort_key, natural_sort_key, severity_sort_key, state_sort_key
from pytest_postmortem.model.postmortem import Postmortem
from pytest_postmortem.model.state import PostmortemState, State
from pytest_postmortem.model.text import fold_name, fold_word

__all__ = ["ORDERS", "Filter", "sort_verdicts"]

_TO_SEE_TO = frozenset(PostmortemState) - {PostmortemState.GUARDED, PostmortemState.LINKED}
_WAIVED = frozenset({State.WAIVED, State.WAIVER_EXPIRED})
_BETWEEN_OWNERS = re.compile(r"[,;/&+]|\band\b")


@dataclass(frozen=True, slots=True)
class Filter:
    """What to select; a post-mortem has to satisfy all of it.

    `unguarded` includes those that are partly guarded, partly linked or failing, `waived` those with a waiver that has
    expired. `owner` is that of an item or the team, of `severity` only letters and digits count. A post-mortem without
    a date is not older than `since`.
    """

    unguarded: bool = False
    overdue: bool = False
    waived: bool = False
    owner: str | None = None
    severity: str | None = None
    service: str | None = None
    since: date | None = None

    def matches(self, verdict: PostmortemVerdict, late: Sequence[Overdue] = ()) -> bool:
        """Return whether a post-mortem is selected; `late` are the overdue items that `select_owned` leaves."""
        postmortem = verdict.postmortem
        checks = (
            not self.unguarded or verdict.state in _TO_SEE_TO,
            not self.overdue or any(one.origin == postmortem.origin for one in late),
            not self.waived or any(item.state in _WAIVED for item in verdict.items),
            self.owner is None or bool(_split_people([self.owner]) & _split_people(_list_owners(postmortem))),
            self.severity is None or fold_word(postmortem.severity or "") == fold_word(self.severity),
            self.service is None or fold_name(self.service) in map(fold_name, postmortem.services),
            not postmortem.is_before(self.since),
        )
        return all(checks)

    def select_owned(self, overdue: Iterable[Overdue]) -> tuple[Overdue, ...]:
        """Return the overdue action items that are selected: only those of `owner`, if it is set."""
        if self.owner is None:
            return tuple(overdue)
        people = _split_people([self.owner])
        return tuple(one for one in overdue if people & _split_people([one.owner or ""]))

    def find_unknown(self, verdicts: Iterable[PostmortemVerdict]) -> list[str]:
        """Return a problem for each value that none of `verdicts` has, with the nearest values that they have."""
        postmortems = [verdict.postmortem for verdict in verdicts]
        severities = [postmortem.severity for postmortem in postmortems if postmortem.severity]
        services = [service for postmortem in postmortems for service in postmortem.services]
        owners = [owner for postmortem in postmortems for owner in _list_owners(postmortem)]
        problems = (
            _explain_unknown("severity", self.severity, severities, lambda name: {fold_word(name)}),
            _explain_unknown("service", self.service, services, lambda name: {fold_name(name)}),
            _explain_unknown("owner", self.owner, owners, lambda name: _split_people([name])),
        )
        return [problem for problem in problems if problem is not None]


def _explain_unknown(
    kind: str, wanted: str | None, names: Collection[str], fold: Callable[[str], set[str]]
) -> str | None:
    if wanted is None or any(fold(wanted) & fold(name) for name in names):
        return None
    if names:
        instead = f"there {'is' if len(set(names)) == 1 else 'are'} {_list_some(names)}"
    else:
        instead = f"no post-mortem names a{'n' * (kind == 'owner')} {kind}"
    return f'no {kind} is "{wanted}"; {suggest(wanted, sorted(set(names)), instead, most=3)}'


def _list_owners(postmortem: Postmortem) -> list[str]:
    return [owner for owner in (*(item.owner for item in postmortem.action_items), postmortem.team) if owner]


def _split_people(names: Iterable[str]) -> set[str]:
    """Return the names that `owner` may be: of `@ann, bob` the whole, and each of the two; without case and @."""
    parts = [part for name in names for part in (name, *_BETWEEN_OWNERS.split(name))]
    return {fold_name(part.strip().lstrip("@").strip()) for part in parts} - {""}


def _list_some(names: Iterable[str], most: int = 8) -> str:
    different = sorted(set(names))
    rest = f" and {len(different) - most} more" if len(different) > most else ""
    return ", ".join(f'"{name}"' for name in different[:most]) + rest


def _date_of(verdict: PostmortemVerdict) -> int:
    return date_sort_key(verdict.postmortem.date)


def _id_of(verdict: PostmortemVerdict) -> Any:
    return natural_sort_key(verdict.postmortem.id)


ORDERS: dict[str, Callable[[PostmortemVerdict], Any]] = {
    "date": _date_of,
    "id": _id_of,
    "severity": lambda verdict: severity_sort_key(verdict.postmortem.severity),
    "state": lambda verdict: state_sort_key(verdict.state),
}
"""Orders by name: the newest, the first id, the severest and the worst state first."""


def sort_verdicts(verdicts: Iterable[PostmortemVerdict], by: str) -> Sequence[PostmortemVerdict]:
    """Sort by one of ORDERS; what is equal in it by date and id."""
    return sorted(verdicts, key=lambda one: (ORDERS[by](one), _date_of(one), _id_of(one), one.postmortem.origin))
