"""Which rules are used: by default, and by selection."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pytest_postmortem.errors import ConfigError, SourceError
from pytest_postmortem.linting.interface import Rule
from pytest_postmortem.model.nearest import suggest

__all__ = ["ALL", "select_rules", "sort_unique"]

ALL = "ALL"
"""Selects every rule."""

_CODE = re.compile(r"[A-Z]{1,12}\d{3}")


def sort_unique(rules: Iterable[Rule]) -> list[Rule]:
    """Return the rules by their codes. Raises SourceError for a code that two have or that is none."""
    by_code: dict[str, Rule] = {}
    for rule in rules:
        if not isinstance(rule.code, str) or not _CODE.fullmatch(rule.code):
            hint = "a code is capital letters and three digits, such as ACME101"
            raise SourceError(f"a lint rule has the code {rule.code!r}", hint=hint)
        if by_code.setdefault(rule.code, rule) is not rule:
            hint = "give one of them a code of its own"
            raise SourceError(f"two lint rules have the code {rule.code}", hint=hint)
    return [by_code[code] for code in sorted(by_code)]


def select_rules(
    rules: Sequence[Rule], select: Sequence[str] = (), extend: Sequence[str] = (), ignore: Sequence[str] = ()
) -> list[Rule]:
    """Return the rules to use: those of `select`, else the default ones, with those of `extend` and without those of
    `ignore`.

    Each of them is a code, the beginning of one, or ALL; the more exact one wins, among equals the one of `ignore`.
    Raises ConfigError for one that no rule has.
    """
    for selector in (*select, *extend, *ignore):
        _check(selector, [rule.code for rule in rules])

    def exactness(selectors: Iterable[str], code: str) -> int:
        fitting = (0 if one == ALL else len(one) for one in selectors if one == ALL or code.startswith(one))
        return max(fitting, default=-1)

    def is_selected(rule: Rule) -> bool:
        asked = exactness((*select, *extend), rule.code)
        if asked < 0 and (select or not rule.default):
            return False
        return exactness(ignore, rule.code) < max(asked, 0)

    return [rule for rule in rules if is_selected(rule)]


def _check(selector: str, codes: Sequence[str]) -> None:
    if selector != ALL and (not selector or not any(code.startswith(selector) for code in codes)):
        hint = suggest(selector, codes, f"the rules are {', '.join(codes)}")
        raise ConfigError(f"no rule is called {selector!r}", hint=hint)
