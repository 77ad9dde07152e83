"""Which of the judged post-mortems are asked for, and in which order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
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

__all__ = ["ORDERS", "Choice", "ordered"]

_TO_SEE_TO = frozenset(PostmortemState) - {PostmortemState.GUARDED, PostmortemState.LINKED}
_WAIVED = frozenset({State.WAIVED, State.WAIVER_EXPIRED})
_BETWEEN_OWNERS = re.compile(r"[,;/&+]|\band\b")


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked for; a post-mortem has to satisfy all of it.

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

    def takes(self, verdict: PostmortemVerdict, late: Sequence[Overdue] = ()) -> bool:
        """Whether a post-mortem is asked for; `late` are the overdue items that `of_owner` leaves."""
        postmortem = verdict.postmortem
        checks = (
            not self.unguarded or verdict.state in _TO_SEE_TO,
            not self.overdue or any(one.origin == postmortem.origin for one in late),
            not self.waived or any(item.state in _WAIVED for item in verdict.items),
            self.owner is None or bool(_people([self.owner]) & _people(_owners(postmortem))),
            self.severity is None or fold_word(postmortem.severity or "") == fold_word(self.severity),
            self.service is None or fold_name(self.service) in map(fold_name, postmortem.services),
            not postmortem.is_before(self.since),
        )
        return all(checks)

    def of_owner(self, overdue: Iterable[Overdue]) -> tuple[Overdue, ...]:
        """The overdue action items that are asked for: those of `owner` alone where it is given."""
        return tuple(one for one in overdue if self.owner is None or _people([self.owner]) & _people([one.owner or ""]))

    def unknown(self, verdicts: Iterable[PostmortemVerdict]) -> list[str]:
        """What was asked for by a value that none of `verdicts` has, with the nearest that there are."""
        postmortems = [verdict.postmortem for verdict in verdicts]
        severities = [one.severity for one in postmortems if one.severity]
        services = [service for one in postmortems for service in one.services]
        owners = [owner for one in postmortems for owner in _owners(one)]
        known: list[tuple[str, str | None, list[str], Callable[[str], set[str]]]] = [
            ("severity", self.severity, severities, lambda name: {fold_word(name)}),
            ("service", self.service, services, lambda name: {fold_name(name)}),
            ("owner", self.owner, owners, lambda name: _people([name])),
        ]
        told = []
        for kind, asked, there, keys in known:
            if asked is None or any(keys(asked) & keys(name) for name in there):
                continue
            if there:
                instead = f"there {'is' if len(set(there)) == 1 else 'are'} {_some(there)}"
            else:
                instead = f"no post-mortem names a{'n' * (kind == 'owner')} {kind}"
            told.append(f'no {kind} is "{asked}"; {suggest(asked, sorted(set(there)), instead, most=3)}')
        return told


def _owners(postmortem: Postmortem) -> list[str]:
    return [owner for owner in (*(item.owner for item in postmortem.action_items), postmortem.team) if owner]


def _people(names: Iterable[str]) -> set[str]:
    """The names that may be asked for: of `@ann, bob` the whole, and each of the two; without case and @."""
    parts = [part for name in names for part in (name, *_BETWEEN_OWNERS.split(name))]
    return {fold_name(part.strip().lstrip("@").strip()) for part in parts} - {""}


def _some(names: Iterable[str], most: int = 8) -> str:
    different = sorted(set(names))
    rest = f" and {len(different) - most} more" if len(different) > most else ""
    return ", ".join(f'"{name}"' for name in different[:most]) + rest


def _date(verdict: PostmortemVerdict) -> int:
    return date_sort_key(verdict.postmortem.date)


def _id(verdict: PostmortemVerdict) -> Any:
    return natural_sort_key(verdict.postmortem.id)


ORDERS: dict[str, Callable[[PostmortemVerdict], Any]] = {
    "date": _date,
    "id": _id,
    "severity": lambda verdict: severity_sort_key(verdict.postmortem.severity),
    "state": lambda verdict: state_sort_key(verdict.state),
}
"""Orders by name: the newest, the first id, the severest and the worst state first."""


def ordered(verdicts: Iterable[PostmortemVerdict], by: str) -> Sequence[PostmortemVerdict]:
    """In one of ORDERS; what is equal in it by date and id."""
    return sorted(verdicts, key=lambda one: (ORDERS[by](one), _date(one), _id(one), one.postmortem.origin))
