"""Read a Document into a Postmortem."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from pytest_postmortem.errors import DocumentError
from pytest_postmortem.model.document import Document, Format
from pytest_postmortem.model.postmortem import Hint, IdSource, Postmortem, RootCauseAnalysis
from pytest_postmortem.reading.census.accounting import find_unaccounted
from pytest_postmortem.reading.census.places import Place, find_places
from pytest_postmortem.reading.header.fields import Fields, get_names, get_text, read_fields, shorten_severity
from pytest_postmortem.reading.header.metadata import BodyFields, Field, MetadataReader, guess_date
from pytest_postmortem.reading.header.root_cause import find_root_cause
from pytest_postmortem.reading.items.action_items import ItemFinder
from pytest_postmortem.reading.items.drafts import Draft, Drafter, Unclear
from pytest_postmortem.reading.items.listed_items import ListedItems, merge_with_body
from pytest_postmortem.reading.items.numbering import assign_ids
from pytest_postmortem.reading.records import build_nodes, merge_fields, merge_items
from pytest_postmortem.reading.structure.sections import Meaning, Section, TitleReader, find_sections
from pytest_postmortem.reading.structure.tables import ColumnReader
from pytest_postmortem.reading.syntax.characters import clean_text
from pytest_postmortem.reading.syntax.front_matter import split_front_matter
from pytest_postmortem.reading.syntax.markdown import MAX_EVENTS, Outline, TooComplex, build_outline
from pytest_postmortem.reading.syntax.nodes import Node, Problem
from pytest_postmortem.reading.vocabulary.dates import find_days, find_first_date, find_title_days
from pytest_postmortem.reading.vocabulary.default import DEFAULT, Vocabulary
from pytest_postmortem.reading.vocabulary.ids import find_key_in_heading, find_key_in_name, is_key
from pytest_postmortem.reading.vocabulary.placeholders import Placeholders
from pytest_postmortem.reading.vocabulary.requirement.test_words import TestWords
from pytest_postmortem.reading.vocabulary.statuses import StatusWords
from pytest_postmortem.reading.vocabulary.titles import strip_kind_id_and_day, strip_markdown

__all__ = ["Reader"]

_NO_FIELDS = BodyFields({}, None)


class Reader:
    """Reads documents by the words of a vocabulary; `id_pattern` is what an id looks like here."""

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
        """Return the post-mortem that `document` holds.

        Never raises for what a document contains: everything wrong with it is in `faults`, with the line and what to write
        instead. A document that cannot be opened is known by the key in its file name, or by its stem.
        """
        try:
            text = document.load()
        except DocumentError as error:
            return self._build_unread(document, error)
        text = clean_text(text)
        if document.format is Format.MARKDOWN:
            return self._read_markdown(document, text)
        from pytest_postmortem.reading.syntax.data_file import read_data

        nodes, problems = read_data(text, document.format)
        body_line = text.count("\n") + 2
        return self._assemble(document, nodes, problems, None, find_places(text, data=True), body_line)

    def _read_markdown(self, document: Document, text: str) -> Postmortem:
        front = split_front_matter(text)
        problems = [Problem(one.line, f"front matter: {one.problem}", one.hint) for one in front.problems]
        try:
            body = build_outline(front.body, front.body_line)
        except TooComplex:
            problem = f"more than {MAX_EVENTS:,} pieces of Markdown"
            problems.append(Problem(None, problem, "shorten it, or leave it out with `exclude`"))
            body = None
        return self._assemble(
            document, front.fields, problems, body, find_places(text, front.body_line), front.body_line
        )

    def _build_unread(self, document: Document, error: DocumentError) -> Postmortem:
        fault = error.fill_origin(document.origin)
        key = find_key_in_name(document.stem, self._id_pattern)
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

    def _assemble(
        self,
        document: Document,
        nodes: dict[str, Node],
        problems: list[Problem],
        outline: Outline | None,
        places: Sequence[Place],
        body_line: int,
    ) -> Postmortem:
        fields = read_fields(nodes)
        service = read_fields(build_nodes(document.told)) if document.told is not None else None
        if service is not None:
            fields = merge_fields(fields, service)
        problems.extend(fields.problems)
        body = self._read_body(outline) if outline is not None else _Body()
        items = self._read_items(fields, body, places, body_line, problems)
        drafts, title = items.drafts, body.title
        if service is not None:
            title = service.title or title
            drafts = self._merge_records(drafts, service, problems)
        action_items = assign_ids(drafts, problems)
        post_id, id_source, id_line = self._find_id(document, fields, title, body)
        unclear_faults, unclear_hints = _split_unclear(items.unclear, document)
        explained = {one.line or 0 for one in problems} | {one.line or 0 for one in unclear_faults}
        problems.extend(find_unaccounted(places, items.read, explained, body_line=body_line, hidden=items.listed))
        days = self._find_days(document, fields, title, body)
        return Postmortem(
            id=post_id,
            id_source=id_source,
            title=_choose_title(document, fields, title, post_id, body),
            origin=document.origin,
            folder=document.folder,
            stem=document.stem,
            line=body.heading_line,
            id_line=id_line,
            date=days[0] if days is not None else _choose_date(document, title, body, items.read),
            date_told=days is not None,
            last_day=days[1] if days is not None else None,
            aliases=tuple(alias for alias in fields.aliases if alias != post_id),
            fixes=fields.fixes,
            url=document.url,
            root_cause=_choose_root_cause(fields, body, self._placeholders),
            action_items=action_items,
            guard_waiver=fields.guard,
            faults=_list_faults(document, problems, unclear_faults),
            hints=(*_list_hints(document, fields, body, items.silent), *unclear_hints),
            **_choose_labels(fields, body.fields),
        )

    def _merge_records(self, drafts: list[Draft], service: Fields, problems: list[Problem]) -> list[Draft]:
        """Return the items of the text with those that a service supplies."""
        if service.action_items is None:
            return drafts
        return merge_items(drafts, self._listed.read(service.action_items, problems))

    def _read_body(self, outline: Outline) -> _Body:
        sections = find_sections(outline, self._titles)
        return _Body(outline, sections, self._metadata.read(outline, sections), _find_title_section(sections))

    def _read_items(
        self, fields: Fields, body: _Body, places: Sequence[Place], body_line: int, problems: list[Problem]
    ) -> _Items:
        """Return the items of front matter, else those of the body: these only confirm what the front matter lists."""
        drafts = self._listed.read(fields.action_items, problems) if fields.action_items is not None else []
        if body.outline is None or (drafts and not any(place.line >= body_line for place in places)):
            return _Items(drafts, drafts, bool(drafts), [], None)
        items = self._finder.find(body.outline, body.sections)
        merged, read = merge_with_body(drafts, items.drafts)
        return _Items(merged, read, bool(drafts), items.unclear, items.silent)

    def _find_id(self, document: Document, fields: Fields, title: str, body: _Body) -> tuple[str, IdSource, int]:
        if fields.id is not None:
            return fields.id, IdSource.FRONT_MATTER, fields.id_line
        key = find_key_in_name(document.stem, self._id_pattern) if document.told is None else None
        if key is not None:
            return key, IdSource.FILE_NAME, 1
        written = body.fields.values.get(Field.ID)
        if written is not None and is_key(written[0], self._id_pattern):
            return written[0], IdSource.HEADING, written[1]
        for named in dict.fromkeys((title, body.title)):
            key = find_key_in_heading(named, self._id_pattern) if named else None
            if key is not None:
                return key, IdSource.HEADING, body.heading_line
        return document.stem, IdSource.STEM, 1

    def _find_days(self, document: Document, fields: Fields, title: str, body: _Body) -> tuple[date, date] | None:
        """Return the first and last day of the incident, from where a date can only be that: never from running text."""
        if fields.date is not None:
            return fields.date, fields.last_day or fields.date
        days = body.fields.days or find_title_days(title)
        if document.told is not None:
            days = days or find_days(str(document.told.get("created", "")))
        return days or find_title_days(document.stem.replace("_", "-"), behind=False)


class _Body(NamedTuple):
    """The Markdown of a document and what its structure says; empty for a data file."""

    outline: Outline | None = None
    sections: Sequence[Section] = ()
    fields: BodyFields = _NO_FIELDS
    heading: Section | None = None

    @property
    def title(self) -> str:
        return self.heading.title.text if self.heading is not None else ""

    @property
    def heading_line(self) -> int:
        """The line of the heading that is the title, else the first one."""
        return (
            self.outline.find_line(self.heading.heading.start)
            if self.outline is not None and self.heading is not None
            else 1
        )


class _Items(NamedTuple):
    """The items that count and all that was read as part of them; `listed` is true if front matter lists them."""

    drafts: list[Draft]
    read: Sequence[Draft]
    listed: bool
    unclear: Sequence[Unclear]
    silent: Section | None


def _find_title_section(sections: list[Section]) -> Section | None:
    """Return the heading that is the document's title: the first of level 1, else a first one above all others."""
    real = [section for section in sections if section.heading.level <= 6]
    for section in real:
        if section.heading.level == 1:
            return section
    if len(real) > 1 and real[0].title.meaning is Meaning.OTHER:
        level = real[0].heading.level
        return real[0] if all(section.heading.level > level for section in real[1:]) else None
    return None


def _split_unclear(unclear: Iterable[Unclear], document: Document) -> tuple[list[DocumentError], list[Hint]]:
    """Return errors if the words are ours or the source is configured, else hints, as foreign tables also have a `Test` column."""
    faults: list[DocumentError] = []
    hints: list[Hint] = []
    for line, why in unclear:
        if why.ours or document.configured:
            faults.append(DocumentError(why.problem, origin=document.origin, line=line, hint=why.hint))
        else:
            hints.append(Hint(document.origin, line, f"{why.problem}; {why.hint}"))
    return faults, hints


def _list_faults(
    document: Document, problems: Iterable[Problem], unclear: Iterable[DocumentError]
) -> tuple[DocumentError, ...]:
    """Return everything wrong with a document, in the order of its lines."""
    faults = (DocumentError(one.problem, origin=document.origin, line=one.line, hint=one.hint) for one in problems)
    return tuple(sorted((*faults, *unclear), key=lambda fault: fault.line or 0))


def _choose_title(document: Document, fields: Fields, title: str, known_id: str, body: _Body) -> str:
    written = body.fields.values.get(Field.TITLE)
    return fields.title or strip_kind_id_and_day(title, known_id) or (written[0] if written else "") or document.stem


def _choose_date(document: Document, title: str, body: _Body, read: Sequence[Draft]) -> date | None:
    """Return a date to sort by, which may be that of something else, but never one of an action item."""
    guess = find_first_date(title) or find_first_date(document.stem)
    if guess is not None or body.outline is None:
        return guess
    lines = {line for draft in read for line in range(draft.line, max(draft.last_line, draft.line) + 1)}
    return guess_date(body.outline, body.sections, lines)


def _choose_labels(fields: Fields, found: BodyFields) -> dict[str, Any]:
    """Return severity, status, services and team: of front matter, else of the body."""
    severity, status, services, team = (
        written[0] if (written := found.values.get(field)) else None
        for field in (Field.SEVERITY, Field.STATUS, Field.SERVICES, Field.TEAM)
    )
    return {
        "severity": fields.severity or (shorten_severity(severity) if severity else None),
        "status": fields.status or status,
        "services": fields.services or (_split_services(services) if services else ()),
        "team": fields.team or team,
    }


def _list_hints(document: Document, fields: Fields, body: _Body, silent: Section | None) -> Iterator[Hint]:
    for one in fields.hints:
        yield Hint(document.origin, one.line or 1, one.problem)
    if silent is not None and body.outline is not None:
        problem = (
            f'"{silent.title.text}" announces action items, and none could be read; write them as a table or a list'
        )
        yield Hint(document.origin, body.outline.find_line(silent.heading.start), problem)


def _split_services(services: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for one in re.split(r"[,;、，]", services) if (part := one.strip(" ."))))


def _choose_root_cause(fields: Fields, body: _Body, placeholders: Placeholders) -> RootCauseAnalysis | None:
    node = fields.root_cause
    if node is not None:
        text = get_text(node) or " ".join(get_names(node))
        if text and not placeholders.is_one(text):
            return RootCauseAnalysis("root_cause", strip_markdown(text), node.line)
    analysis = find_root_cause(body.outline, body.sections, placeholders) if body.outline is not None else None
    written = body.fields.values.get(Field.ROOT_CAUSE)
    if analysis is None and written is not None and not placeholders.is_one(written[0]):
        return RootCauseAnalysis("root cause", written[0], written[1])
    return analysis
