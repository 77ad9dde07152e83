"""Find the line of an error in TOML, which the parser only mentions in its message, if at all."""

from __future__ import annotations

import re
import tomllib

__all__ = ["find_error_line", "strip_place"]

_PLACE = re.compile(r"\s?\(at (?:line (\d+), column \d+|end of document)\)")


def find_error_line(message: str, text: str) -> int:
    """Return the 1-based line in `text` of the error that the parser describes with `message`; 1 if it is unknown."""
    place = _PLACE.search(message)
    if place is None:
        return _find_repeated(message, text)
    return int(place.group(1)) if place.group(1) else text.rstrip("\n").count("\n") + 1


def strip_place(message: str) -> str:
    """Return the parser's message without the line and column in it."""
    return _PLACE.sub("", message)


def _find_repeated(message: str, text: str) -> int:
    """Find the value that is not a date, which the parser reports without its place."""
    for number, row in enumerate(text.split("\n"), 1):
        try:
            tomllib.loads(row)
        except ValueError as error:
            if str(error) == message:
                return number
    return 1
