"""Typed access to API JSON by paths: missing values are empty, a wrong type is a SourceError."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NoReturn

from pytest_postmortem.errors import SourceError
from pytest_postmortem.sources.http.addresses import redact_url

__all__ = ["JsonValue"]

_KINDS = {dict: "an object", list: "a list", str: "a text", bool: "a truth value", type(None): "nothing"}


class JsonValue:
    """A value of an answer at `path`, in the answer from `origin`, which messages begin with.

    Fields that nobody asks for, and values of a field that nobody knows, pass.
    """

    __slots__ = ("_origin", "_path", "_value")

    def __init__(self, value: object, origin: str, path: str = "") -> None:
        self._value = value
        self._origin = origin
        self._path = path

    def __bool__(self) -> bool:
        return self._value is not None

    def __getitem__(self, name: str) -> JsonValue:
        """Return the field of an object; nothing where it is missing, or where this is nothing itself."""
        path = f"{self._path}.{name}" if self._path else name
        if self._value is None:
            return JsonValue(None, self._origin, path)
        if not isinstance(self._value, dict):
            self._refuse("an object")
        return JsonValue(self._value.get(name), self._origin, path)

    @property
    def origin(self) -> str:
        """The address that the answer came from, as messages show it."""
        return redact_url(self._origin)

    @property
    def raw(self) -> object:
        """The value itself."""
        return self._value

    def text(self) -> str:
        """Return a text; a number is written out, nothing is empty."""
        match self._value:
            case None:
                return ""
            case bool():
                self._refuse("a text")
            case str():
                return self._value.strip()
            case int() | float():
                return str(self._value)
        return self._refuse("a text")

    def require_text(self) -> str:
        """Return a text that has to be there."""
        return self.text() or self._refuse("a text")

    def day(self) -> str:
        """Return the day of a date or a moment in ISO 8601, "" for nothing and for a text that begins with none."""
        text = self.text()[:10]
        digits = text.replace("-", "")
        return text if len(text) == 10 and text[4] == text[7] == "-" and digits.isdecimal() and digits.isascii() else ""

    def number(self) -> int | None:
        """Return a whole number, None for nothing."""
        if self._value is None:
            return None
        if isinstance(self._value, bool) or not isinstance(self._value, int):
            self._refuse("a number")
        return self._value

    def flag(self) -> bool:
        """Return whether it is true; nothing is not."""
        if self._value is None:
            return False
        if not isinstance(self._value, bool):
            self._refuse("a truth value")
        return self._value

    def iterate(self) -> Iterator[JsonValue]:
        """Yield the values of a list; none where there is nothing."""
        if self._value is None:
            return
        if not isinstance(self._value, list):
            self._refuse("a list")
        for place, value in enumerate(self._value):
            yield JsonValue(value, self._origin, f"{self._path}[{place}]")

    def require_list(self) -> list[JsonValue]:
        """Return the values of a list that has to be there."""
        if self._value is None:
            self._refuse("a list")
        return list(self.iterate())

    def is_text(self) -> bool:
        """Return whether it is a text, where a service gives now a text and now an object."""
        return isinstance(self._value, str)

    def _refuse(self, wanted: str) -> NoReturn:
        found = _KINDS.get(type(self._value), "a number")
        where = f"`{self._path}`" if self._path else "the answer"
        raise SourceError(
            f"{where} is {found} and not {wanted}",
            origin=self.origin,
            hint="nothing was kept: see that `url` is the API's address, or report it",
        )
