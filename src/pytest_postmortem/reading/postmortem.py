"""A Document read into a Postmortem."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from pytest_postmortem.errors import DocumentError
from pytest_postmortem.model.document import Document, Format
from pytest_postmortem.model.postmortem import Hint, IdSource, Postmortem, RootCauseAnalysis
from pytest_postmortem.reading.accounting import find_unaccounted
from pytest_postmortem.reading.action_items import BodyItems, ItemFinder
from pytest_postmortem.reading.census import Place, find_places
from pytest_postmortem.reading.characters import cleaned
from pytest_postmortem.reading.dates import days_beside, days_of, first_date
from pytest_postmortem.reading.drafts import Draft, Drafter, Unclear
from pytest_postmortem.reading.fields import Fields, fields_of, names_of, short_severity, text_of
from pytest_postmortem.reading.front_matter import split
from pytest_postmortem.reading.ids import key_of_heading, key_of_name
from pytest_postmortem.reading.listed_items import ListedItems, merge_items
from pytest_postmortem.reading.markdown import MAX_EVENTS, Outline, TooComplex, outline
from pytest_postmortem.reading.metadata import BodyFields, Field, MetadataReader, date_of_body
from pytest_postmortem.reading.nodes import Node, Problem
from pytest_postmortem.reading.numbering import numbered
from pytest_postmortem.reading.placeholders import Placeholders
from pytest_postmortem.reading.root_cause import root_cause_of
from pytest_postmortem.reading.sections import Meaning, Section, TitleReader, sections_of
from pytest_postmortem.reading.statuses import StatusWords
from pytest_postmortem.reading.tables import ColumnReader
from pytest_postmortem.reading.test_requirement import TestWords
from pytest_postmortem.reading.titles import headline, unmarked
from pytest_postmortem.reading.told import nodes_of, with_told, with_told_items
from pytest_postmortem.reading.vocabulary import DEFAULT, Vocabulary

__all__ = ["Reader"]

_NO_BODY = BodyFields({}, None)


class Reader:
    """Reads documents by the words of a vocabulary; `id_pattern` says what an id looks like here."""

    def __init__(self, words: Vocabulary = DEFAULT, id_pattern: re.Pattern[str] | None = None) -> None:
        self._id_pattern = id_pattern
        statuses = StatusWords(words)
        tests = TestWords(words)
        drafter = Drafter(words, statuses, tests)
        self._placeholders = Placeholders(words)
        self._titles = TitleReader(words, statuses)
        self._metadata = MetadataReader(words)
        self._finder = ItemFinder(drafter, ColumnReader(words, tests))
        self._listed = ListedItems(drafter, statuses, tests)

    def read(self, document: Document) -> Postmortem:
        """The post-mortem that `document` holds.

        Never raises for what a document says: everything wrong with it is in `faults`, with the line and what to write
        instead. A document that cannot be opened is known by the key in its file name, or by its stem.
        """
        try:
            text = document.load()
        except DocumentError as error:
            return self._unread(document, error)
        text = cleaned(text)
        if document.format is Format.MARKDOWN:
            return self._read_markdown(document, text)
        from pytest_postmortem.reading.data_file import read_data

        told, problems = read_data(text, document.format)
        body_line = text.count("\n") + 2
        return self._assembled(document, told, problems, None, find_places(text, data=True), body_line)

    def _read_markdown(self, document: Document, text: str) -> Postmortem:
        front = split(text)
        problems = [Problem(one.line, f"front matter: {one.problem}", one.hint) for one in front.problems]
        try:
            body = outline(front.body, front.body_line)
        except TooComplex:
            problem = f"more than {MAX_EVENTS:,} pieces of Markdown"
            problems.append(Problem(None, problem, "shorten it, or leave it out with `exclude`"))
            body = None
        return self._assembled(
            document, front.fields, problems, body, find_places(text, front.body_line), front.body_line
        )

    def _unread(self, document: Document, error: DocumentError) -> Postmortem:
        fault = (
            error
            if error.origin
            else DocumentError(error.problem, origin=document.origin, line=error.line, hint=error.hint)
        )
        key = key_of_name(document.stem, self._id_pattern)
        return Postmortem(
            id=key or document.stem,
            id_source=IdSource.FILE_NAME if key else IdSource.STEM,
            title=document.stem,
            origin=document.origin,
            folder=document.folder,
            stem=document.stem,
            url=document.url,
            faults=(fault,),
        )

    def _assembled(
        self,
        document: Document,
        told: dict[str, Node],
        problems: list[Problem],
        body: Outline | None,
        places: Sequence[Place],
        body_line: int,
    ) -> Postmortem:
        fields = fields_of(told)
        if document.told is not None:
            service = fields_of(nodes_of(document.told))
            fields = with_told(fields, service)
        problems.extend(fields.problems)
        sections: list[Section] = []
        found = _NO_BODY
        items = BodyItems()
        heading: Section | None = None
        if body is not None:
            sections = sections_of(body, self._titles)
            found = self._metadata.read(body, sections)
            heading = _titling(sections)
        drafts = self._listed.read(fields.action_items, problems) if fields.action_items is not None else []
        listed = bool(drafts)
        read: Sequence[Draft] = drafts
        if body is not None and (not drafts or any(place.line >= body_line for place in places)):
            items = self._finder.find(body, sections)
            drafts, read = merge_items(drafts, items.drafts)
        title = heading.title.text if heading is not None else ""
        if document.told is not None:
            title = service.title or title
            if service.action_items is not None:
                drafts = with_told_items(drafts, self._listed.read(service.action_items, problems))
        action_items = numbered(drafts, problems)
        post_id, id_source, id_line = self._id(document, fields, title, heading, body)
        hints = [Hint(document.origin, one.line or 1, one.problem) for one in fields.hints]
        if body is not None and (silent := items.silent) is not None:
            problem = (
                f'"{silent.title.text}" announces action items, and none could be read; write them as a table or a list'
            )
            hints.append(Hint(document.origin, body.line(silent.heading.start), problem))
        unclear_faults, unclear_hints = _told_apart(items.unclear, document)
        explained = {one.line or 0 for one in problems} | {one.line or 0 for one in unclear_faults}
        problems.extend(find_unaccounted(places, read, explained, body_line=body_line, hidden=listed))
        faults = [DocumentError(one.problem, origin=document.origin, line=one.line, hint=one.hint) for one in problems]
        severity = found.told.get(Field.SEVERITY)
        status = found.told.get(Field.STATUS)
        services = found.told.get(Field.SERVICES)
        team = found.told.get(Field.TEAM)
        days = (fields.date, fields.last_day or fields.date) if fields.date else self._days(document, title, found)
        day = days[0] if days is not None else None
        return Postmortem(
            id=post_id,
            id_source=id_source,
            title=fields.title or headline(title, post_id) or _title_told(found) or document.stem,
            origin=document.origin,
            folder=document.folder,
            stem=document.stem,
            line=body.line(heading.heading.start) if body is not None and heading is not None else 1,
            id_line=id_line,
            date=day
            or first_date(title)
            or first_date(document.stem)
            or (date_of_body(body, sections) if body else None),
            date_told=day is not None,
            last_day=days[1] if days is not None else None,
            severity=fields.severity or (short_severity(severity[0]) if severity else None),
            status=fields.status or (status[0] if status else None),
            services=fields.services or (_parted(services[0]) if services else ()),
            team=fields.team or (team[0] if team else None),
            aliases=tuple(alias for alias in fields.aliases if alias != post_id),
            fixes=fields.fixes,
            url=document.url,
            root_cause=_root_cause(fields, found, body, sections, self._placeholders),
            action_items=action_items,
            guard_waiver=fields.guard,
            faults=tuple(sorted((*faults, *unclear_faults), key=lambda one: one.line or 0)),
            hints=(*hints, *unclear_hints),
        )

    def _id(
        self, document: Document, fields: Fields, title: str, heading: Section | None, body: Outline | None
    ) -> tuple[str, IdSource, int]:
        if fields.id is not None:
            return fields.id, IdSource.FRONT_MATTER, fields.id_line
        key = key_of_name(document.stem, self._id_pattern) if document.told is None else None
        if key is not None:
            return key, IdSource.FILE_NAME, 1
        for named in dict.fromkeys((title, heading.title.text if heading is not None else "")):
            key = key_of_heading(named, self._id_pattern) if named else None
            if key is not None:
                line = body.line(heading.heading.start) if heading is not None and body is not None else 1
                return key, IdSource.HEADING, line
        return document.stem, IdSource.STEM, 1

    def _days(self, document: Document, title: str, found: BodyFields) -> tuple[date, date] | None:
        """The first and last day of the incident, from where a date can only be that: never from running text."""
        days = found.days or days_beside(title)
        if document.told is not None:
            days = days or days_of(str(document.told.get("created", "")))
        return days or days_beside(document.stem.replace("_", "-"), behind=False)


def _titling(sections: list[Section]) -> Section | None:
    """The heading that is the document's title: the first of level 1, else a first one above all others."""
    real = [section for section in sections if section.heading.level <= 6]
    for section in real:
        if section.heading.level == 1:
            return section
    if len(real) > 1 and real[0].title.meaning is Meaning.OTHER:
        level = real[0].heading.level
        return real[0] if all(section.heading.level > level for section in real[1:]) else None
    return None


def _told_apart(unclear: Iterable[Unclear], document: Document) -> tuple[list[DocumentError], list[Hint]]:
    """Faults where the words are ours or the source was named by the user; else hints, as foreign tables have a `Test` column too."""
    faults: list[DocumentError] = []
    hints: list[Hint] = []
    for line, why in unclear:
        if why.ours or document.configured:
            faults.append(DocumentError(why.problem, origin=document.origin, line=line, hint=why.hint))
        else:
            hints.append(Hint(document.origin, line, f"{why.problem}; {why.hint}"))
    return faults, hints


def _title_told(found: BodyFields) -> str:
    told = found.told.get(Field.TITLE)
    return told[0] if told else ""


def _parted(services: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for one in re.split(r"[,;、，]", services) if (part := one.strip(" ."))))


def _root_cause(
    fields: Fields, found: BodyFields, body: Outline | None, sections: list[Section], placeholders: Placeholders
) -> RootCauseAnalysis | None:
    node = fields.root_cause
    if node is not None:
        text = text_of(node) or " ".join(names_of(node))
        if text and not placeholders.is_one(text):
            return RootCauseAnalysis("root_cause", unmarked(text), node.line)
    read = root_cause_of(body, sections, placeholders) if body is not None else None
    told = found.told.get(Field.ROOT_CAUSE)
    if read is None and told is not None and not placeholders.is_one(told[0]):
        return RootCauseAnalysis("root cause", told[0], told[1])
    return read
