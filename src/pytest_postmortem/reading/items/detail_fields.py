"""Fields that an item's nested bullets give: `Owner: @x`, `Status: done`, by the words that are heads of columns, too."""

from __future__ import annotations

from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.vocabulary.default import Vocabulary
from pytest_postmortem.reading.vocabulary.normalize import lookup_key
from pytest_postmortem.reading.vocabulary.phrases import DETAIL_NAMES

__all__ = ["DetailFields"]

_NAME = r"[*_]{0,3}([^\W\d_][^:：*_\n]{0,40}?)[*_]{0,3}\s?[:：][*_]{0,3}"
_FIELD = lazily(_NAME)
_NESTED = lazily(rf"[-*+] {_NAME}\s?([^\s:：].{{0,400}}?)(?= [-*+] |$)")


class DetailFields:
    """Finds fields by the words of a vocabulary."""

    __slots__ = ("_columns", "_names")

    def __init__(self, words: Vocabulary) -> None:
        self._columns: dict[str, str] = {}
        for column, names in (
            ("scope", words.column_scope),
            ("ticket", words.column_ticket),
            ("due", words.column_due),
            ("owner", words.column_owner),
            ("status", words.column_status),
        ):
            self._columns.update((lookup_key(name), column) for name in names)
        self._names = frozenset((*self._columns, *map(lookup_key, (*words.column_test, *DETAIL_NAMES))))

    def is_field(self, text: str) -> bool:
        """Return whether a nested bullet is a field of its parent and not an action of its own."""
        named = _FIELD.match(text)
        return named is not None and lookup_key(named.group(1)) in self._names

    def find(self, details: str) -> dict[str, str]:
        """Return the values by column (`owner`, `due`, `status`, `ticket`, `scope`) in nested bullets, folded into one line.

        Of a field that is given twice the first counts.
        """
        fields: dict[str, str] = {}
        for nested in _NESTED.finditer(details) if ":" in details or "：" in details else ():
            column = self._columns.get(lookup_key(nested.group(1)))
            if column is not None:
                fields.setdefault(column, nested.group(2).strip())
        return fields
