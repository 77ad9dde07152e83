"""Action items out of the rows of a table."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_postmortem.model.postmortem import ItemStatus, Need, TestRequirement
from pytest_postmortem.reading.items.drafts import Draft, Drafter, Unclear
from pytest_postmortem.reading.items.item_keys import split_leading_key
from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.structure.tables import Columns, Row, Table
from pytest_postmortem.reading.syntax.markdown import Outline
from pytest_postmortem.reading.syntax.markup import strip_struck
from pytest_postmortem.reading.vocabulary.requirement.combining import Unreadable, choose_stricter
from pytest_postmortem.reading.vocabulary.tickets import find_tickets, may_hold_ticket
from pytest_postmortem.reading.vocabulary.titles import strip_markdown

__all__ = ["read_rows"]

_BREAK = lazily(r"(?i)<br\s{0,3}/?>")
_STRUCK_ITEM = lazily(r"~~(?!~)([^~]+)~~")
_REFERENCE = lazily(r"\[[^\[\]]{0,200}\]\([^()\s]{0,400}\)|https?://\S+|[\w./-]{0,80}[#!]\d+|\b[A-Z][A-Z0-9]{1,9}-\d+")
_BOX = lazily(r"\[([ xX])\]\s{1,4}")


def read_rows(
    drafter: Drafter, outline: Outline, table: Table, columns: Columns, heading: ItemStatus, unclear: list[Unclear]
) -> Iterator[Draft]:
    """Yield the draft of each row that says something.

    `heading` is what the section's title says of its items' status.
    """
    return _Rows(drafter, outline, table, columns).read(heading, unclear)


class _Rows:
    """One table, with what only all of its rows together tell."""

    def __init__(self, drafter: Drafter, outline: Outline, table: Table, columns: Columns) -> None:
        self._drafter = drafter
        self._outline = outline
        self._table = table
        self._columns = columns
        is_done = drafter.statuses.is_done
        due = columns.due
        # "landed 2026-05-29" in a column of due dates: its neighbours then are not done.
        self._due_tells = columns.status < 0 <= due and any(
            is_done(row.cells[due][0]) for row in table.rows if due < len(row.cells)
        )
        numbers = max(columns.number, columns.id)
        # "as #1" means a row of this table.
        self._own_numbers = {
            "#" + row.cells[numbers][0].lstrip("#").rstrip(".") for row in table.rows if 0 <= numbers < len(row.cells)
        }

    def read(self, heading: ItemStatus, unclear: list[Unclear]) -> Iterator[Draft]:
        own: list[Unclear] = []
        answers = False
        for row in self._table.rows:
            draft = self._read_row(row, heading, own)
            if draft is not None:
                answers = answers or draft.test.stated
                yield draft
        # A column that answers in our words anywhere is ours, and then what it says elsewhere is meant for us too.
        unclear.extend(one._replace(why=one.why.mark_as_ours()) if answers else one for one in own)

    def _read_row(self, row: Row, heading: ItemStatus, unclear: list[Unclear]) -> Draft | None:
        """Return the draft of a row, or None if it says nothing."""
        drafter, columns = self._drafter, self._columns
        cells = [cell[0] for cell in row.cells]
        # So that a column that is not there reads as an empty cell: its place is -1.
        cells.extend([""] * (len(self._table.head) + 1 - len(cells)))
        text = cells[columns.action]
        text = " ".join((_BREAK.sub(" ", text) if "<" in text else text).split())
        line = self._outline.find_line(row.start)
        status = drafter.statuses.read_cell(cells[columns.status])
        if text[:1] == "[":
            text, box = _split_box(text)
            status = status if status is not ItemStatus.UNKNOWN else box
        key, counted, text = self._read_key(cells, text)
        test, text = self._read_test(row, cells, text, line, unclear)
        if drafter.is_blank(text) and test.need is Need.NOT_REQUIRED:
            return None
        due = drafter.read_value(strip_struck(cells[columns.due]).strip())
        status_text = strip_markdown(cells[columns.status]) if status is ItemStatus.DROPPED else None
        if (struck := _STRUCK_ITEM.fullmatch(text)) is not None:
            status, status_text, text = ItemStatus.DROPPED, status_text or "struck out", struck.group(1).strip()
        if due is not None and columns.status < 0:
            status, due = self._read_due_status(due, status)
        if status is ItemStatus.UNKNOWN:
            status = self._guess_status(text, test, cells[columns.ticket], heading)
        return Draft(
            key,
            counted,
            text,
            line,
            status,
            drafter.read_scope(cells[columns.scope]),
            self._find_owner(cells, text),
            due,
            self._find_tickets(row),
            test,
            drafter.mentions_test(text),
            line,
            status_text,
        )

    def _read_key(self, cells: list[str], text: str) -> tuple[str, bool, str]:
        """Return the author's id, whether it is from a column of numbers, and the text without it."""
        columns = self._columns
        key = self._drafter.read_value(cells[columns.id])
        if key:
            return key, False, text
        number = (self._drafter.read_value(cells[columns.number]) or "").lstrip("#").rstrip(".")
        if number:
            return number, True, text
        key, text = split_leading_key(text)
        return key, False, text

    def _read_test(
        self, row: Row, cells: list[str], text: str, line: int, unclear: list[Unclear]
    ) -> tuple[TestRequirement, str]:
        """Return the strictest requirement of a row, and the text without its flag."""
        tests, width = self._columns.tests, len(self._table.head)
        test, text = self._drafter.read_requirement(None, text, line, unclear)
        for place in tests:
            cell_test, _ = self._drafter.read_requirement(cells[place], "", line, unclear)
            test = choose_stricter(test, cell_test)
        if tests and row.cell_count > width:
            problem = f"the row has {row.cell_count} cells and its head has {width}"
            hint = "escape a | within a cell as \\|, or add the cell to the head"
            unclear.append(Unclear(line, Unreadable(problem, hint)))
        return test, text

    def _guess_status(self, text: str, test: TestRequirement, ticket: str, heading: ItemStatus) -> ItemStatus:
        """Return the status of an item whose own column says nothing: from its text, its ticket or its heading."""
        drafter = self._drafter
        status = drafter.discard_dropped(drafter.statuses.read_text(text), test)
        if status is ItemStatus.UNKNOWN and self._columns.status < 0 and ticket:
            status = drafter.discard_dropped(self._read_ticket_status(ticket), test)
        return drafter.discard_dropped(heading, test) if status is ItemStatus.UNKNOWN else status

    def _find_owner(self, cells: list[str], text: str) -> str | None:
        if self._columns.owner >= 0:
            return self._drafter.read_value(cells[self._columns.owner])
        from pytest_postmortem.reading.vocabulary.people import find_owner

        return find_owner(text)

    def _read_ticket_status(self, cell: str) -> ItemStatus:
        """Return the status that only the column of tickets contains: "#12 (merged)", "[#12](...) - complete in the hotfix"."""
        statuses = self._drafter.statuses
        status = statuses.read_text(cell)
        rest = strip_markdown(_REFERENCE.sub(" ", cell)).strip(" :;,.()-—–|")
        return statuses.read_cell(rest) if status is ItemStatus.UNKNOWN and rest else status

    def _read_due_status(self, due: str, status: ItemStatus) -> tuple[ItemStatus, str | None]:
        """Return the status that only the column of due dates contains, and the due date that remains."""
        statuses = self._drafter.statuses
        if statuses.is_done(due):
            return ItemStatus.DONE, None
        if status is ItemStatus.UNKNOWN and (self._due_tells or statuses.is_pending(due)):
            return ItemStatus.OPEN, due
        return status, due

    def _find_tickets(self, row: Row) -> tuple[str, ...]:
        outline, columns, cells = self._outline, self._columns, row.cells
        tickets: list[str] = []
        if 0 <= columns.ticket < len(cells) and (cell := cells[columns.ticket])[0]:
            inside = outline.data[cell[1] : cell[2]]
            tickets = find_tickets(inside, outline.find_links(cell[1], cell[2]), cell[1], column=True)
        start, end = row.start, cells[-1][2]
        source = outline.data[start:end]
        if may_hold_ticket(source):
            found = find_tickets(source, outline.find_links(start, end), start)
            tickets += [ticket for ticket in found if ticket not in self._own_numbers]
        return tuple(dict.fromkeys(tickets))


def _split_box(text: str) -> tuple[str, ItemStatus]:
    """Return a text without the checkbox that it begins with, and the status of that one."""
    box = _BOX.match(text)
    if box is None:
        return text, ItemStatus.UNKNOWN
    return text[box.end() :], ItemStatus.OPEN if box.group(1) == " " else ItemStatus.DONE
