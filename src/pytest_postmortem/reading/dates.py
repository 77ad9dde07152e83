"""Dates as people write them in documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from pytest_postmortem.reading.patterns import lazily

__all__ = ["first_date", "full_date"]

_NAMES = (
    ("january", "jan", "januar", "janvier", "enero", "janeiro"),
    ("february", "feb", "februar", "février", "febrero", "fevereiro"),
    ("march", "mar", "märz", "mars", "marzo", "março"),
    ("april", "apr", "avril", "abril"),
    ("may", "mai", "mayo", "maio"),
    ("june", "jun", "juni", "juin", "junio", "junho"),
    ("july", "jul", "juli", "juillet", "julio", "julho"),
    ("august", "aug", "août", "agosto"),
    ("september", "sep", "sept", "septembre", "septiembre", "setembro"),
    ("october", "oct", "oktober", "okt", "octobre", "octubre", "outubro"),
    ("november", "nov", "novembre", "noviembre", "novembro"),
    ("december", "dec", "dezember", "dez", "décembre", "diciembre", "dezembro"),
)
_MONTHS = {name: number for number, names in enumerate(_NAMES, 1) for name in names}
_MONTH = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_ANY = lazily(
    r"(?<![\d])(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)"
    r"|(?<!\d)(?P<jy>\d{4})\s?[年년]\s?(?P<jm>\d{1,2})\s?[月월]\s?(?P<jd>\d{1,2})\s?[日일号]"
    rf"|\b(?P<month>{_MONTH})\s{{1,3}}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:\s?[-–—]\s?(?:[a-z]{{3,9}}\s)?\d{{1,2}}(?:st|nd|rd|th)?\b)?"
    r",?\s{0,3}(?P<year>\d{4})\b"
    rf"|(?<![\d-])(?P<day2>\d{{1,2}})(?:st|nd|rd|th|\.)?(?:\s?[-–]\s?\d{{1,2}}(?:st|nd|rd|th|\.)?)?\s{{1,3}}(?:of |de )?"
    rf"(?P<month2>{_MONTH}),?\s{{1,3}}(?:de )?(?P<year2>\d{{4}})\b"
    r"|(?<![\d/.])(?P<n1>\d{1,2})(?P<sep>[/.])(?P<n2>\d{1,2})(?P=sep)(?P<ny>\d{4})(?!\d)"
    r"|(?<!\d)(?P<cy>(?:19|20)\d\d)(?P<cm>[01]\d)(?P<cd>[0-3]\d)(?!\d)",
    re.IGNORECASE,
)
_YEAR = lazily(r"\d\d\d\d")  # and not \d{4}, which takes twice the time
_MOST_AROUND_YEAR = 64  # at most 39 characters of a date are before its year, and 16 are year and behind
_BEFORE = lazily(
    r"(?:(?:due(?: by| on| date)?|by|until|till|eta|deadline|no later than|(?:mon|tues|wednes|thurs|fri|satur|sun)day),?:?\s{1,3}){1,2}",
    re.IGNORECASE,
)
_FULL_SUFFIX = lazily(r"[\sTt,(（][\s\S]{0,60}$|$")


def _made(year: str, month: int | str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _of_match(found: re.Match[str]) -> date | None:
    part = found.group
    if part("y"):
        return _made(part("y"), part("m"), part("d"))
    if part("jy"):
        return _made(part("jy"), part("jm"), part("jd"))
    if part("month"):
        return _made(part("year"), _MONTHS[part("month").rstrip(".").lower()], part("day"))
    if part("month2"):
        return _made(part("year2"), _MONTHS[part("month2").rstrip(".").lower()], part("day2"))
    if part("cy"):
        return _made(part("cy"), part("cm"), part("cd"))
    first, second = int(part("n1")), int(part("n2"))
    if first == second or second > 12:
        return _made(part("ny"), first, part("n2"))
    # Day first with dots as everywhere on the continent; with slashes only where the numbers tell.
    if first > 12 or part("sep") == ".":
        return _made(part("ny"), second, part("n1"))
    return None


def first_date(text: str) -> date | None:
    """The first full date in `text`, of a range the start; None where there is none, or where day and month may be swapped."""
    if (read := _iso_date(text)) is not None and 1970 <= read.year <= 2200:
        return read
    for first, last in _parts_with_years(text):
        for found in _ANY.finditer(text, first, last):
            read = _of_match(found)
            if read is not None and 1970 <= read.year <= 2200:
                return read
    return None


def _parts_with_years(text: str) -> Iterator[tuple[int, int]]:
    """The parts of `text` that may hold a date: four digits and what stands around them. Looking for these is cheap."""
    first: int | None = None
    last = 0
    for found in _YEAR.finditer(text):
        place = found.start()
        if first is not None and place - last > 2 * _MOST_AROUND_YEAR:
            yield first, last + _MOST_AROUND_YEAR
            first = None
        if first is None:
            first = max(place - _MOST_AROUND_YEAR, 0)
        last = place
    if first is not None:
        yield first, last + _MOST_AROUND_YEAR


def _iso_date(text: str) -> date | None:
    """The date of a text that is YYYY-MM-DD and nothing else, the form of most."""
    if len(text) == 10 and text[4] == text[7] == "-" and text.replace("-", "", 2).isdigit():
        return _made(text[:4], text[5:7], text[8:])
    return None


@lru_cache(maxsize=1024)
def full_date(text: str) -> date | None:
    """The date that `text` is, apart from a time or a note behind it; None where it is something else."""
    text = text.strip()
    if text[:1] == "(" and text[-1:] == ")":
        text = text[1:-1].strip()
    if (read := _iso_date(text)) is not None:
        return read
    begun = _BEFORE.match(text)
    found = _ANY.match(text, begun.end() if begun else 0)
    if found is None or not _FULL_SUFFIX.match(text, found.end()):
        return None
    return _of_match(found)
