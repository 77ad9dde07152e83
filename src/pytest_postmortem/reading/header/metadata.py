"""Incident metadata in the body: two-column tables, `**Key:** value` lines, or one heading per field."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date
from enum import Enum
from operator import itemgetter
from typing import NamedTuple

from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.structure.sections import Meaning, Section, Spans
from pytest_postmortem.reading.structure.tables import read_table
from pytest_postmortem.reading.syntax.markdown import Outline
from pytest_postmortem.reading.vocabulary.dates import find_days, find_first_date, read_field_days
from pytest_postmortem.reading.vocabulary.default import Vocabulary
from pytest_postmortem.reading.vocabulary.normalize import lookup_key
from pytest_postmortem.reading.vocabulary.phrases import TIMELINE
from pytest_postmortem.reading.vocabulary.titles import strip_markdown

__all__ = ["BodyFields", "Field", "MetadataReader", "guess_date"]


class Field(Enum):
    """A field that a body may contain."""

    ID = "id"
    TITLE = "title"
    DATE = "date"
    END = "end"
    SEVERITY = "severity"
    STATUS = "status"
    SERVICES = "services"
    TEAM = "team"
    ROOT_CAUSE = "root cause"


class BodyFields(NamedTuple):
    """The fields as written, Markdown removed, each with its 1-based line, and the first and last day of the incident."""

    values: dict[Field, tuple[str, int]]
    days: tuple[date, date] | None


class _Found:
    """What is found so far: the first value of each field, and the days of each date with the rank of its name."""

    __slots__ = ("dates", "values")

    def __init__(self) -> None:
        self.values: dict[Field, tuple[str, int]] = {}
        self.dates: list[tuple[int, tuple[date, date]]] = []

    def find_days(self) -> tuple[date, date] | None:
        """Return the days of the date with the most telling name, up to the end that a field of its own gives."""
        if not self.dates:
            return None
        days = min(self.dates, key=itemgetter(0))[1]
        end = self.values.get(Field.END)
        if end is not None and (ended := find_days(end[0])) is not None:
            days = days[0], max(days[1], ended[1])
        return days


class _Top(NamedTuple):
    """The top of a body: places `first` up to before `last`, bytes `start` to `end`; from `plain_end` on lines need emphasis."""

    first: int
    last: int
    start: int
    end: int
    plain_end: int


_LINE = lazily(
    r"[ \t>]{0,8}(?:[-*+][ \t]{1,3})?(?P<bold>\*\*|__|\*|_)?(?P<key>[^\W\d_][^:：*|\n]{0,40}?)[ \t]{0,3}"
    r"(?:[:：][ \t]{0,3}(?:\*\*|__|\*|_)?|(?:\*\*|__)[ \t]{0,2}[:：])(?P<value>[^\n]*)"
)
_BREAK = lazily(r"<br\s{0,3}/?>\s{0,3}|\\$|(?<!\s)\s{2,}$|\s[·•|]\s(?=\*\*|__)", re.IGNORECASE)
_LONGEST_KEY = 120
_TOP_BYTES = 6000
_BODY_CHARACTERS = 20_000
_DETAILS = frozenset({Field.DATE, Field.SEVERITY, Field.STATUS, Field.SERVICES, Field.TEAM})

_OF_ITEMS = (Meaning.ACTION_ITEMS, Meaning.PREVENTION)


class MetadataReader:
    """Reads fields by the words of a vocabulary."""

    __slots__ = ("_date_order", "_fields")

    def __init__(self, words: Vocabulary) -> None:
        self._fields: dict[str, Field] = {}
        for field, names in (
            (Field.ID, words.metadata_id),
            (Field.TITLE, words.metadata_title),
            (Field.DATE, words.metadata_date),
            (Field.END, words.metadata_end),
            (Field.SEVERITY, words.metadata_severity),
            (Field.STATUS, words.metadata_status),
            (Field.SERVICES, words.metadata_services),
            (Field.TEAM, words.metadata_team),
            (Field.ROOT_CAUSE, words.metadata_root_cause),
        ):
            self._fields.update((lookup_key(name), field) for name in names)
        self._date_order = {lookup_key(name): place for place, name in enumerate(words.metadata_date)}

    def read(self, outline: Outline, sections: Sequence[Section]) -> BodyFields:
        """Return the fields at the top of the body, and under headings that are a field's name."""
        found = _Found()
        real = [section for section in sections if section.heading.level <= 6]
        top = _find_top(outline, real)
        if top.start < top.end:
            self._read_tables(outline, top.first, top.last, found)
            self._read_lines(outline, top.start, top.end, top.plain_end, found)
        self._read_sections(outline, real, top.end, found)
        if Field.SEVERITY not in found.values and outline.tables:
            self._read_severity(outline, sections, found)
        return BodyFields(found.values, found.find_days())

    def _read_sections(self, outline: Outline, sections: Sequence[Section], top_end: int, found: _Found) -> None:
        """Read sections of metadata behind the top, and headings that are a field."""
        for section in sections:
            title = section.title
            if title.meaning is Meaning.METADATA and section.heading.start >= top_end:
                self._read_tables(outline, section.first, section.own_last, found)
                self._read_lines(outline, section.start, section.own_end, section.own_end, found)
            elif section.heading.level > 1:
                field = self._fields.get(title.names[0])
                if field is not None and field in _DETAILS:
                    self._read_value_below(outline, section, field, found)
                elif ":" in title.text or "：" in title.text:
                    self._read_named_heading(outline, section, found)

    def _read_named_heading(self, outline: Outline, section: Section, found: _Found) -> None:
        """Read a heading that is a field with its value: `## Date: July 1, 2026`."""
        name, _, value = section.title.text.replace("：", ":").partition(":")
        name = lookup_key(name)
        field = self._fields.get(name)
        if field is not None and field in _DETAILS:
            self._take(name, field, value.strip(), outline.find_line(section.heading.start), found)

    def _read_severity(self, outline: Outline, sections: Sequence[Section], found: _Found) -> None:
        """Read the severity from a table of two columns further down, one of metrics for example."""
        of_items = Spans((one.first, one.last) for one in sections if one.title.meaning in _OF_ITEMS)
        for place in outline.tables:
            if place in of_items:
                continue
            table = read_table(outline, outline.list_blocks(place, outline.find_place_after(place)), 0)
            for row in table.rows if len(table.head) == 2 else ():
                if (
                    len(row.cells) == 2
                    and self._fields.get(lookup_key(strip_markdown(row.cells[0][0]))) is Field.SEVERITY
                ):
                    self._take("", Field.SEVERITY, strip_markdown(row.cells[1][0]), outline.find_line(row.start), found)
                    return

    def _read_value_below(self, outline: Outline, section: Section, field: Field, found: _Found) -> None:
        """Read the first line below a heading as the value of `field`, if it is short."""
        text = outline.decode(section.start, min(section.own_end, section.start + 400)) if section.own_end else ""
        value = next((line for line in map(strip_markdown, text.splitlines()) if line.strip(" -*")), "")
        if value and len(value) < 200:
            line = outline.find_line(section.heading.start)
            self._take(section.title.names[0], field, value.lstrip("-* "), line, found)

    def _read_tables(self, outline: Outline, first: int, last: int, found: _Found) -> None:
        blocks = outline.list_blocks(first, last)
        for place, (kind, start, _) in enumerate(blocks):
            if kind == "Table":
                table = read_table(outline, blocks, place)
                if len(table.head) != 2:
                    continue
                pairs = [(table.head[0], table.head[1], start)]
                pairs += [(row.cells[0][0], row.cells[1][0], row.start) for row in table.rows if len(row.cells) == 2]
                for key, value, line_start in pairs:
                    name = lookup_key(strip_markdown(key))
                    field = self._fields.get(name)
                    if field is not None:
                        self._take(name, field, strip_markdown(value), outline.find_line(line_start), found)

    def _read_lines(
        self,
        outline: Outline,
        start: int,
        end: int,
        plain_end: int,
        found: _Found,
    ) -> None:
        """Read lines of the form `**Date:** x`; without emphasis only up to `plain_end`."""
        position = start
        for raw in outline.data[start:end].splitlines(keepends=True):
            if 0 < raw.find(b":") < _LONGEST_KEY or 0 < raw.find(b"\xef\xbc\x9a") < _LONGEST_KEY:
                for part in _BREAK.split(raw.decode("utf-8", "replace").rstrip("\r\n")):
                    matched = _LINE.match(part)
                    if matched is None or (not matched.group("bold") and position >= plain_end):
                        continue
                    name = lookup_key(strip_markdown(matched.group("key")))
                    field = self._fields.get(name)
                    if field is not None:
                        value = strip_markdown(matched.group("value").lstrip("*_ \t"))
                        self._take(name, field, value, outline.find_line(position), found)
            position += len(raw)

    def _take(
        self,
        name: str,
        field: Field,
        value: str,
        line: int,
        found: _Found,
    ) -> None:
        if not value:
            return
        if field is Field.DATE:
            days = read_field_days(value)
            if days is None:
                return
            found.dates.append((self._date_order.get(name, 99), days))
        found.values.setdefault(field, (value, line))


def _find_top(outline: Outline, sections: Sequence[Section]) -> _Top:
    """Return the top of the body: up to the second heading after the title."""
    titled = bool(sections) and sections[0].heading.level == 1 and not outline.data[: sections[0].heading.start].strip()
    start = sections[0].start if titled else 0
    first = sections[0].first if titled else 0
    rest = sections[1:] if titled else sections
    plain_end = rest[0].heading.start if rest else len(outline.data)
    if len(rest) > 1:
        end, last = rest[1].heading.start, rest[1].heading.place
    else:
        end, last = len(outline.data), len(outline)
    return _Top(first, last, start, min(end, start + _TOP_BYTES), min(plain_end, start + _TOP_BYTES))


def guess_date(outline: Outline, sections: Sequence[Section], lines: Collection[int]) -> date | None:
    """Return the first date of the timeline, else of the body without `lines`, those of action items: a guess to sort by."""
    for section in sections:
        if TIMELINE.search(section.title.names[0]):
            source = outline.data[section.heading.start : min(section.end, section.start + _BODY_CHARACTERS)]
            day = find_first_date(source.decode("utf-8", "ignore"))
            if day is not None:
                return day
    text = outline.data[:_BODY_CHARACTERS].decode("utf-8", "ignore")
    if not lines:
        return find_first_date(text)
    start = outline.find_line(0)
    return find_first_date(
        "\n".join(line for number, line in enumerate(text.split("\n"), start) if number not in lines)
    )
