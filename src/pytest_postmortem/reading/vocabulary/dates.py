"""Dates as people write them in documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from html import unescape
from unicodedata import normalize

from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.syntax.markup import FOOTNOTE

__all__ = ["find_days", "find_first_date", "find_title_days", "parse_full_date", "read_field_days"]

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
    rf"|\b(?P<month>{_MONTH})\s{{1,3}}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:\s?[-–—]\s?(?:(?P<emonth>[a-z]{{3,9}})\s)?(?P<eday>\d{{1,2}})(?:st|nd|rd|th)?\b)?"
    r",?\s{0,3}(?P<year>\d{4})\b"
    rf"|(?<![\d-])(?P<day2>\d{{1,2}})(?:st|nd|rd|th|\.)?(?:\s?[-–]\s?(?P<eday2>\d{{1,2}})(?:st|nd|rd|th|\.)?)?\s{{1,3}}(?:of |de )?"
    rf"(?P<month2>{_MONTH}),?\s{{1,3}}(?:de )?(?P<year2>\d{{4}})\b"
    r"|(?<![\d/.])(?P<n1>\d{1,2})(?P<sep>[/.])(?P<n2>\d{1,2})(?P=sep)(?P<ny>\d{4})(?!\d)"
    r"|(?<!\d)(?P<cy>(?:19|20)\d\d)(?P<cm>[01]\d)(?P<cd>[0-3]\d)(?!\d)",
    re.IGNORECASE,
)
_YEAR = lazily(r"\d\d\d\d")  # and not \d{4}, which takes twice the time
_MOST_AROUND_YEAR = 64  # at most 39 characters of a date are before its year, and 16 are year and behind
_BEFORE = lazily(
    r"(?:(?:due(?: by| on| date)?|by|on|before|until|till|eta|target(?: date)?|eod|cob|deadline|no later than|(?:the )?end of(?: day)?|bis|am|le|el|"
    r"(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?)\b[.,]?:?\s{1,3}){1,4}",
    re.IGNORECASE,
)
_DECORATION = lazily(r"[^\w]{1,12}")
_RANGE = lazily(
    r"[^\w]{0,4}?(?:\s{0,3}(?:[–—→~〜\uff5e]|->)\s{0,3}|[\s(]{1,3}(?:-|to|until|through|till|bis|moved to|now)\s{1,3})[^\w]{0,4}",
    re.IGNORECASE,
)
_BEFORE_FIELD = lazily(
    r"[\W_]{0,8}(?:(?:on|at|from|the|date|start(?:ed)?|began|approx(?:imately)?|circa|about|around|detected|am|vom|le|du|el|"
    r"(?:\d{1,2}:\d{2}(?:\s?[A-Z]{2,4})?)|(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?)\b[\W_]{0,4}){0,3}",
    re.IGNORECASE,
)
# A word behind a date that goes on with a sentence: "2019-01-01 values are rejected".
_RUNS_ON = lazily(
    r"[\s]{1,3}(?!(?:at|from|to|until|till|through|and|or|utc|gmt|approx|about|around|in|am|pm|bis|um|uhr|à|a|as|date|day|"
    r"early|late|evening|morning|night|noon|midnight|local|time|for|duration|mon|tue|wed|thu|fri|sat|sun|[A-Z]{1,5})\b)[^\W\d_]{2,}",
)
_BEFORE_DAY = lazily(
    r"[\W_]{0,8}(?:(?:post[-_ ]?mortem|incident|outage|rca|pir|inc|pm|report|review|date|of|on|the|for|障害報告|사후 분석|复盘)"
    r"[\W_]{1,4}){0,4}",
    re.IGNORECASE,
)
_DAY_BEHIND = lazily(r"(?:[,:(\[|/]|\s[-–—]\s)[\s*]{0,3}(?=[A-Za-z]{3,9}\.?\s\d|\d[\w年월./ -]{7,24}\W{0,4}$)")
_APART = lazily(r"\W{0,3}$|[T ]\d|\s?[,:;|)\]】–—-]|\s[·(\[/]|\s?(?:to|[–—])\s")
_LONGEST_TIME = 24
_LONGEST_SPAN = timedelta(days=31)
_LONGEST_DAY = 48
_FULL_SUFFIX = lazily(r"[\sTt.,;!*`_)\]~(（][\s\S]{0,60}$|$")
# A time behind a day, with am or pm and an offset or a zone, as ISO 8601 and people write it.
_TIME = lazily(
    r"[T\s,(at@]{1,6}(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::\d{2}(?:[.,]\d{1,9})?)?\s{0,2}(?P<half>[ap]\.?m\b\.?)?\s{0,2}"
    r"(?:(?:(?:\(?(?:UTC|GMT)\s?)?(?P<sign>[+\u2212-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?)(?![\d:])|\(?(?P<zone>[A-Z]{1,5})\b(?!/))?",
    re.IGNORECASE,
)
_CLOCK = lazily(r"(?<!\d)([01]?\d|2[0-3]):([0-5]\d)(?!\d)")
_END_SIGN = lazily(r"[–—~〜\uff5e→&/]|\s-\s|->|\b(?:to|until|through|till|next|and|bis|hasta|au)\b|から|まで")
_ZONES = {
    zone: hours
    for hours, zones in {
        0: "UTC GMT Z WET", 1: "CET BST WEST", 2: "CEST EET", 3: "EEST MSK", 8: "SGT", 9: "JST KST", 10: "AEST", 11: "AEDT",
        12: "NZST", 13: "NZDT", -3: "BRT", -4: "EDT", -5: "EST CDT ET", -6: "CST MDT", -7: "MST PDT", -8: "PST PT AKDT",
        -9: "AKST", -10: "HST",
    }.items()
    for zone in zones.split()
}  # fmt: skip


def _make_date(year: str, month: int | str, day: str) -> date | None:
    """Return the date of these numbers; None if it does not exist."""
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _read_match(found: re.Match[str]) -> date | None:
    """Return the date of a match of `_ANY`, of a range the start; None if day and month may be swapped, or it does not exist."""
    part = found.group
    if part("y"):
        return _make_date(part("y"), part("m"), part("d"))
    if part("jy"):
        return _make_date(part("jy"), part("jm"), part("jd"))
    if part("month"):
        return _make_date(part("year"), _MONTHS[part("month").rstrip(".").lower()], part("day"))
    if part("month2"):
        return _make_date(part("year2"), _MONTHS[part("month2").rstrip(".").lower()], part("day2"))
    if part("cy"):
        return _make_date(part("cy"), part("cm"), part("cd"))
    first, second = int(part("n1")), int(part("n2"))
    if first == second or second > 12:
        return _make_date(part("ny"), first, part("n2"))
    # Day first with dots as everywhere on the continent; with slashes only where the numbers tell.
    if first > 12 or part("sep") == ".":
        return _make_date(part("ny"), second, part("n1"))
    return None


def find_first_date(text: str) -> date | None:
    """Return the first full date in `text`, of a range the start, or None; one whose day and month may be swapped is none."""
    if (read := _parse_iso_date(text)) is not None and 1970 <= read.year <= 2200:
        return read
    for first, last in _find_parts_with_years(text):
        for found in _ANY.finditer(text, first, last):
            read = _read_match(found)
            if read is not None and 1970 <= read.year <= 2200:
                return read
    return None


def find_days(text: str) -> tuple[date, date] | None:
    """Return the first and the last day, in UTC, that the field of an incident's date names; None if it names none.

    A range ends with its last day, and a day with a time and an offset is that of UTC.
    """
    if (only := _parse_iso_date(text)) is not None and 1970 <= only.year <= 2200:
        return only, only
    first = find_first_date(text)
    if first is None:
        return None
    days = _list_days(text)
    if not days:
        return first, first
    last = max(days)
    if len(days) == 1:
        last += _measure_open_range(text[_find_first_end(text) :])
    return days[0], last


def _list_days(text: str) -> list[date]:
    """Return every day that a text names, in UTC."""
    days = []
    for first, last in _find_parts_with_years(text):
        for found in _ANY.finditer(text, first, last):
            day = _read_match(found)
            if day is None or not 1970 <= day.year <= 2200:
                continue
            days.append(_convert_to_utc(day, text, found.end()))
            if (end := _read_range_end(found)) is not None:
                days.append(end)
    return days


def _measure_open_range(rest: str) -> timedelta:
    """Return how much longer a range may be whose end, in the text after its only day, is no day or past midnight."""
    sign = _END_SIGN.search(rest)
    clocks = [int(hour) * 60 + int(minute) for hour, minute in _CLOCK.findall(rest)]
    if sign is not None and len(clocks) > 1:
        return timedelta(days=1)
    if (sign is not None and any(map(str.isdigit, rest[sign.end() :]))) or "next day" in rest.lower():
        return _LONGEST_SPAN
    return timedelta()


def _find_first_end(text: str) -> int:
    """Return the position after the first date of a text, 0 without one."""
    found = next((found for found in _ANY.finditer(text) if _read_match(found) is not None), None)
    return found.end() if found is not None else 0


def find_title_days(title: str, *, behind: bool = True) -> tuple[date, date] | None:
    """Return the days of a date that begins a title or file name, or with `behind` ends it in brackets or after a separator.

    A date within its words is not that of the incident: "Orders lost after the migration of 2019-03-01".
    """
    lead = _BEFORE_DAY.match(title)
    found = _ANY.match(title, lead.end() if lead else 0)
    if found is not None and _APART.match(title, found.end()):
        return find_days(title[found.start() : found.end() + _LONGEST_TIME])
    if behind and (apart := _DAY_BEHIND.search(title, max(len(title) - _LONGEST_DAY, 0))) is not None:
        found = _ANY.match(title, apart.end())
        if found is not None and not any(map(str.isalnum, title[found.end() :])):
            return find_days(title[found.start() :])
    return None


def read_field_days(text: str) -> tuple[date, date] | None:
    """Return the days of a field that is a date or a range of dates; None if its date is only mentioned in its text."""
    lead = _BEFORE_FIELD.match(text)
    found = _ANY.match(text, lead.end() if lead else 0)
    if found is None or _read_match(found) is None:
        return None
    if _RUNS_ON.match(text, found.end()) is not None:
        return None
    return find_days(text)


def _read_range_end(found: re.Match[str]) -> date | None:
    """Return the last day of a range that is one match ("January 14-19, 2026"), or None."""
    part = found.group
    if part("eday"):
        month = _MONTHS.get((part("emonth") or part("month")).rstrip(".").lower())
        return None if month is None else _make_date(part("year"), month, part("eday"))
    if part("eday2"):
        return _make_date(part("year2"), _MONTHS[part("month2").rstrip(".").lower()], part("eday2"))
    return None


def _convert_to_utc(day: date, text: str, position: int) -> date:
    """Return the day in UTC of `day` with the time at `position`, the day after it if the time's zone is not known."""
    time = _TIME.match(text, position)
    if time is None:
        return day
    offset = _read_offset(time)
    if offset is None:
        return day + timedelta(days=1)  # in the zone that is farthest behind it is over a day later
    hour = int(time.group("hour"))
    if half := time.group("half"):
        hour = hour % 12 + (12 if half.lower().startswith("p") else 0)
    return day + timedelta(days=(hour * 60 + int(time.group("minute")) - round(offset * 60)) // (24 * 60))


def _read_offset(time: re.Match[str]) -> float | None:
    """Return the hours by which the zone of a time is ahead of UTC, 0 without a zone; None if the zone is not known."""
    part = time.group
    if part("sign"):
        return (int(part("hours")) + int(part("minutes") or 0) / 60) * (1 if part("sign") == "+" else -1)
    zone = (part("zone") or "").upper()
    after = time.string[time.end() : time.end() + 24].lstrip(" (")
    if zone in _ZONES and not after.startswith(("+", "-", "\u2212")):
        return _ZONES[zone]
    return None if zone or after[:1].isalpha() else 0


def _find_parts_with_years(text: str) -> Iterator[tuple[int, int]]:
    """Yield the parts of `text` that may hold a date: four digits and what is around them. Looking for these is cheap."""
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


def _parse_iso_date(text: str) -> date | None:
    """Return the date of a text that is YYYY-MM-DD and nothing else, the form of most; else None."""
    if len(text) == 10 and text[4] == text[7] == "-" and text.replace("-", "", 2).isdigit():
        return _make_date(text[:4], text[5:7], text[8:])
    return None


@lru_cache(maxsize=1024)
def parse_full_date(text: str) -> date | None:
    """Return the date that `text` is, apart from words before it and a time or a note after it; None for anything else.

    Of a range it is the last day.
    """
    text = _clean_date(text)
    if (day := _parse_iso_date(text)) is not None:
        return day
    found = _ANY.match(text, _skip_lead(text))
    if found is None:
        return None
    day = _read_range_end(found) or _read_match(found)
    if (between := _RANGE.match(text, found.end())) is not None:
        later = _ANY.match(text, between.end())
        if later is not None and _FULL_SUFFIX.match(text, later.end()):
            return _read_match(later) or day
        if "→" in between.group() or "->" in between.group():
            return None  # "2026-12-30 -> tbd"
    return day if _FULL_SUFFIX.match(text, found.end()) else None


def _clean_date(text: str) -> str:
    """Return a date as written without footnotes, entities, escapes, width and brackets around it."""
    text = FOOTNOTE.sub("", unescape(text)).replace("\u2010", "-").replace("\u2011", "-")
    text = (text if text.isascii() else normalize("NFKC", text)).replace("\\", "").strip()
    return text[1:-1].strip() if text[:1] == "(" and text[-1:] == ")" else text


def _skip_lead(text: str) -> int:
    """Return the position after words and decoration before a date: "due by", "Friday,"."""
    position = 0
    for _ in range(3):
        for lead in (_DECORATION, _BEFORE):
            if (found := lead.match(text, position)) is not None:
                position = found.end()
    return position
