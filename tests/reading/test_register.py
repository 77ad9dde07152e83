"""A register of incidents: what it may look like, and what is wrong with one, at its line."""

from __future__ import annotations

from datetime import date
from time import process_time

import pytest

from pytest_postmortem.errors import DocumentError
from pytest_postmortem.model.document import Document, Format
from pytest_postmortem.model.incident import Incident
from pytest_postmortem.reading.register import read_register
from tests.reading.texts import document

YAML = """\
# kept by the incident bot
incidents:
  - INC-77
  - id: INC-91
    title: Card   service down
    date: 2026-10-02
    severity: SEV1 (nobody could pay)
    channel: {name: "#inc-91", open: no}
  - {id: 0012, date: tbd}
"""
JSON = """\
{"exported": true,
 "incidents": [
  "INC-77",
  {"id": "INC-91",
   "title": "Card service down", "date": "2026-10-02", "severity": "SEV1",
   "channel": {"name": "#inc-91"}},
  {"id": 12, "date": null}
 ]
}
"""


def register(text: str, format: Format = Format.YAML) -> tuple[tuple[Incident, ...], list[str]]:
    """The incidents in `text`, and what is wrong, as a user reads it."""
    incidents, faults = read_register(document(text, "incidents", format=format))
    return incidents, [str(fault) for fault in faults]


def found(text: str, format: Format = Format.YAML) -> tuple[Incident, ...]:
    incidents, faults = register(text, format)
    assert faults == []
    return incidents


def test_a_register_lists_incidents() -> None:
    """An id as text, or a mapping in which the other keys may be left out and unknown ones stand; every id is text."""
    assert found(YAML) == (
        Incident("INC-77", origin="pm/incidents.yaml", line=3),
        Incident("INC-91", "Card service down", date(2026, 10, 2), "SEV1", "pm/incidents.yaml", 4),
        Incident("0012", origin="pm/incidents.yaml", line=9),
    )


def test_json_says_the_same() -> None:
    """With its lines."""
    told = [(one.id, one.title, one.date, one.severity, one.line) for one in found(JSON, Format.JSON)]
    assert told == [
        ("INC-77", None, None, None, 3),
        ("INC-91", "Card service down", date(2026, 10, 2), "SEV1", 4),
        ("12", None, None, None, 7),
    ]


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ("- INC-1\n- id: INC-2\n", Format.YAML),
        ("\ufeffIncidents:\r\n- INC-1\r\n- ID: INC-2\r\n", Format.YAML),
        ('\ufeff["INC-1", {"id": "INC-2"}]', Format.JSON),
    ],
)
def test_the_list_may_stand_alone(text: str, format: Format) -> None:
    """Keys are compared without case, a byte order mark and other line ends do no harm."""
    assert [one.id for one in found(text, format)] == ["INC-1", "INC-2"]


@pytest.mark.parametrize(("text", "format"), [("[]", Format.YAML), ('{"incidents": []}', Format.JSON)])
def test_no_incident_is_a_register_too(text: str, format: Format) -> None:
    """Where the list is there."""
    assert found(text, format) == ()


LIST = "write a list of `- id: INC-77`, or `incidents:` with such a list below it"


@pytest.mark.parametrize(
    ("text", "line", "problem", "hint"),
    [
        ("", 1, "no list of incidents: it is empty", LIST),
        ("# none yet\n", 1, "no list of incidents: it is empty", LIST),
        ("\nINC-1\n", 2, "no list of incidents", LIST),
        ("a: 1\nb: [INC-1]\n", 1, "no list of incidents: there is no key `incidents`", LIST),
        ("a: 1\nincidents:\n", 2, "no list of incidents", LIST),
        ("incidents: INC-1, INC-2\n", 1, "no list of incidents", LIST),
        ("incidents:\n  INC-1: x\n", 1, "no list of incidents", LIST),
        ("- INC-1\n- title: x\n", 2, "an incident without an id", "write `- id: INC-77`"),
        ("- INC-9: Card down\n", 1, "an incident without an id", "write `- {id: INC-9, title: Card down}`"),
        ("- INC-9:\n", 1, "an incident without an id", "write `- id: INC-77`"),
        ("- INC-1\n-\n", 2, "an incident without an id", "write `- id: INC-77`"),
        ("- id: [INC-1]\n", 1, "an incident without an id", "write `- id: INC-77`"),
        ("- - INC-1\n", 1, "a list where an incident is expected", "write `- id: INC-77`"),
        ("- id: A\n  date: soon\n", 2, "the date of A is soon, which is no date", "write it as YYYY-MM-DD"),
        ("- id: A\n  date: 2026-02-30\n", 2, "the date of A is 2026-02-30, which is no date", "write it as"),
        ("- id: A\n  date: 03/04/2026\n", 2, "the date of A is 03/04/2026, which is no date", "write it as"),
        ("- id: A\n  date: [2026]\n", 2, "the date of A is no text, which is no date", "write it as YYYY-MM-DD"),
        ("- A\n- B\n- id: A\n", 3, "the id 'A' is also that of line 1", "keep one of the two"),
        ("- A\n- \uff21\n", 2, "the id '\uff21', which is 'A' to a reader, is also that of line 1", "keep one"),
        ("- id: A\n  id: B\n", 2, "the key 'id' stands here twice", "keep one of the two"),
        ("- id: A\n  ID: B\n", 2, "the key 'ID' stands here in two ways", "keep one of the two"),
        ("- &a A\n- *a\n", 1, "an anchor (&a)", "remove it"),
        ("- !!str A\n", 1, "a tag (", "remove it"),
        ("a: [\n", 2, "broken YAML: ", ""),
        ("- " * 40 + "A\n", 1, "nested deeper than 32 levels", "write it flatter"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(text: str, line: int, problem: str, hint: str) -> None:
    """At its line, with what to write instead."""
    _, (first, *_) = register(text)
    assert first.startswith(f"pm/incidents.yaml:{line}: {problem}")
    assert hint in first


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ('{"a": 1}', 1, "no list of incidents: there is no key `incidents`"),
        ('{\n "incidents": {}}', 2, "no list of incidents"),
        ("null", 1, "no list of incidents"),
        ('["A",\n {"title": "x"}]', 2, "an incident without an id"),
        ("[", 1, "broken JSON: "),
        ('[{"id": "A", "id": "B"}]', 1, "the key 'id' stands twice in one mapping"),
    ],
)
def test_what_is_wrong_in_json_is_told(text: str, line: int, problem: str) -> None:
    """The same faults."""
    _, (first, *_) = register(text, Format.JSON)
    assert first.startswith(f"pm/incidents.json:{line}: {problem}")


def test_all_faults_are_told_at_once() -> None:
    """Each once."""
    _, faults = register("- title: x\n- id: A\n  date: soon\n- A\n")
    assert [fault.split(": ")[0] for fault in faults] == [f"pm/incidents.yaml:{line}" for line in (1, 3, 4)]
    assert [len(register(text)[1]) for text in ("a: [", "- &a A\n", "%YAML 1.2\n---\n- A\n", "")] == [1, 1, 1, 1]


def test_a_file_that_cannot_be_read_is_a_fault() -> None:
    """Its hint leads to the key, not to `exclude`; other hints stay."""

    def opened(hint: str) -> str:
        def load() -> str:
            raise DocumentError("cannot be read: gone", origin="docs/i.yaml", hint=hint)

        incidents, (fault,) = read_register(Document("docs/i.yaml", "docs", "i", True, load, Format.YAML))
        assert incidents == ()
        return str(fault)

    assert opened("mend it, or leave it out with `exclude`") == (
        "docs/i.yaml: cannot be read: gone; mend it, or mend `incidents` in the configuration"
    )
    assert opened("save it as UTF-8") == "docs/i.yaml: cannot be read: gone; save it as UTF-8"


def test_a_large_register_is_read_in_little_time() -> None:
    """10,000 incidents."""
    text = "incidents:\n" + "".join(
        f"- id: INC-{n}\n  title: What happened {n}\n  date: 2026-02-11\n" for n in range(10_000)
    )
    start = process_time()
    assert len(found(text)) == 10_000
    assert process_time() - start < 10
