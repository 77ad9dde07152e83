"""Load JSON as its standard has it: no key twice, no NaN or Infinity."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NoReturn

__all__ = ["NotStrict", "load_strictly"]

_LONGEST_KEY = 50


class NotStrict(ValueError):
    """What the text contains that Python's parser would take."""


def load_strictly(
    text: str, *, parse_int: Callable[[str], Any] | None = None, parse_float: Callable[[str], Any] | None = None
) -> Any:
    """Return the value of `text`. Raises NotStrict, json.JSONDecodeError or RecursionError."""
    return json.loads(
        text, object_pairs_hook=_build_mapping, parse_constant=_refuse, parse_int=parse_int, parse_float=parse_float
    )


def _build_mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise NotStrict(f"{f'the key {twice!r}' if len(twice) <= _LONGEST_KEY else 'a key'} twice")
    return mapping


def _refuse(word: str) -> NoReturn:
    raise NotStrict(f"{word}, which is no JSON")
