"""The root cause of a document: its section, its text as plain text, and the five whys."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_postmortem.model.postmortem import RootCauseAnalysis
from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.structure.sections import Meaning, Section
from pytest_postmortem.reading.syntax.markdown import Outline
from pytest_postmortem.reading.vocabulary.phrases import NEAR_CAUSES, WHY
from pytest_postmortem.reading.vocabulary.placeholders import Placeholders
from pytest_postmortem.reading.vocabulary.titles import strip_markdown

__all__ = ["find_root_cause"]

_MOST_BYTES = 4000
_MOST_BLOCKS = 60
_MOST_SECTIONS = 20
_ONLY_EMPHASIS = lazily(r"([*_]{1,3})(?![*_\s])[^*]{1,300}\1\s?:?")  # a label, or a template's own words
_MARKER = lazily(r"(?:[-*+]|\d{1,9}[.)])\s{1,8}")
_CONTAINERS = ("List", "Table", "TableCell")
_ORDER = (Meaning.ROOT_CAUSE, Meaning.FIVE_WHYS, Meaning.CONTRIBUTING_FACTORS)


def find_root_cause(
    outline: Outline, sections: Sequence[Section], placeholders: Placeholders
) -> RootCauseAnalysis | None:
    """Return the root cause analysis, or None if no section is one; a section of placeholders is none.

    A section that is named after the root cause is better than the five whys, and those than contributing factors.
    """
    causes = [section for section in sections if section.title.meaning in _ORDER]
    whys, whys_line = _find_whys(outline, causes, placeholders)
    causes.sort(key=lambda section: (_ORDER.index(section.title.meaning), section.title.names[0] in NEAR_CAUSES))
    for section in causes[:_MOST_SECTIONS]:
        if section.title.meaning is Meaning.FIVE_WHYS and whys:
            text = whys[-1]  # the others ask on
        else:
            text = _read_section(outline, section, placeholders)
            text = text or _read_subsections(outline, section, sections, placeholders)
        if text:
            return RootCauseAnalysis(
                section.title.text, text, outline.find_line(section.heading.start), whys, whys_line
            )
    return None


def _find_whys(outline: Outline, causes: Sequence[Section], placeholders: Placeholders) -> tuple[tuple[str, ...], int]:
    """Return the answers of the first section of five whys that has some, and its line."""
    for section in causes:
        if section.title.meaning is Meaning.FIVE_WHYS:
            whys = tuple(why for why in _read_whys(outline, section) if not placeholders.is_one(why))
            if whys:
                return whys, outline.find_line(section.heading.start)
    return (), 0


def _read_subsections(
    outline: Outline, section: Section, sections: Sequence[Section], placeholders: Placeholders
) -> str:
    """Return the text of a section that has all of it in sub-sections: of a root cause there, else of the first."""
    inner = [one for one in sections if section.first <= one.heading.place < section.last]
    inner.sort(key=lambda one: one.title.meaning is not Meaning.ROOT_CAUSE)
    return next((text for one in inner if (text := _read_section(outline, one, placeholders))), "")


def _read_section(outline: Outline, section: Section, placeholders: Placeholders) -> str:
    """Return the text of a section without its sub-sections, "" if it is only placeholders."""
    parts = _read_parts(outline, section.first, section.own_last, section.own_end)
    return "" if all(map(placeholders.is_one, parts)) else " ".join(parts)


def _read_parts(outline: Outline, first: int, last: int, end: int) -> list[str]:
    """Return the paragraphs and bullets between two places as plain text; the rows of a table if there is nothing else."""
    parts: list[str] = []
    rows: list[str] = []
    size = skip_to = 0
    for kind, start, stop in outline.list_blocks(first, last)[: _MOST_BLOCKS + 1]:
        if size > _MOST_BYTES:
            break
        if start < skip_to or kind in _CONTAINERS:
            continue
        if kind == "TableRow":
            rows.append(_read_row(outline, start, stop))
            size += stop - start
            continue
        if kind == "Item":
            stop = _find_paragraph_end(outline, start, min(stop, end))
        text = _read_part(outline, kind, start, stop)
        if text:
            parts.append(text)
            size += stop - start
        if text != "":
            skip_to = stop
    return parts or rows


def _read_part(outline: Outline, kind: str, start: int, stop: int) -> str | None:
    """Return a paragraph or the first paragraph of an item as plain text; None for a block that is neither."""
    if kind == "Paragraph":
        written = _decode(outline, start, stop)
        return "" if _ONLY_EMPHASIS.fullmatch(written.strip()) else strip_markdown(written)
    if kind == "Item":
        return strip_markdown(_MARKER.sub("", _decode(outline, start, stop), count=1))
    return None


def _read_row(outline: Outline, start: int, stop: int) -> str:
    cells = _decode(outline, start, stop).strip().strip("|").split("|")
    return ": ".join(text for cell in cells if (text := strip_markdown(cell)))


def _decode(outline: Outline, start: int, stop: int) -> str:
    return outline.data[start : min(stop, start + _MOST_BYTES)].decode("utf-8", "ignore")


def _find_paragraph_end(outline: Outline, start: int, stop: int) -> int:
    """Return where the first paragraph of an item ends: at an empty line, or where a nested list begins."""
    data = outline.data
    blank = data.find(b"\n\n", start, stop)
    stop = blank if blank >= 0 else stop
    found = _NESTED.search(data, start, stop)
    return found.start() if found else stop


_NESTED = lazily(rb"\n[ \t]{0,40}(?:[-*+]|\d{1,9}[.)])[ \t]")


def _read_whys(outline: Outline, section: Section) -> tuple[str, ...]:
    """Return the answers under a heading of five whys: its list items, or its paragraphs that ask why."""
    whys: list[str] = []
    paragraphs: list[str] = []
    skip_to = 0
    for kind, start, end in outline.list_blocks(section.first, section.last):
        if start < skip_to or len(whys) >= 20:
            continue
        if kind == "Item":
            whys.append(strip_markdown(_MARKER.sub("", _decode(outline, start, end), count=1)))
            skip_to = end
        elif kind == "Paragraph":
            text = strip_markdown(_decode(outline, start, end))
            if WHY.match(text):
                paragraphs.append(text)
        elif kind == "TableRow":
            whys.append(strip_markdown(_decode(outline, start, end).strip(" |\n").replace("|", " ")))
    return tuple(filter(None, whys or paragraphs))
