"""Which part of a file name or heading is an id."""

from __future__ import annotations

import re

import pytest

from pytest_postmortem.model.postmortem import IdSource
from pytest_postmortem.reading.vocabulary.ids import find_key_in_heading, find_key_in_name
from tests.reading.texts import read


@pytest.mark.parametrize(
    ("stem", "key"),
    [
        ("PM-2026-001-queue-overflow", "PM-2026-001"),
        ("PM2019-009 - Queue overflow", "PM2019-009"),
        ("INC-0001-queue", "INC-0001"),
        ("INCIDENT-2026-05-29-queue", "INCIDENT-2026-05-29"),
        ("PM-123", "PM-123"),
        ("PM_7_queue", "PM_7"),
        ("PM-12a-queue", "PM-12a"),
        ("PM-123abc", None),
        ("PM-1234567890123", None),
        ("PM-", None),
        ("pm-123-queue", None),
        ("2026-02-13-queue", None),
        ("20260213_queue", None),
        ("0001-queue", None),
        ("queue-overflow-PM-1", None),
        ("SEV-1-queue", None),
        ("P-1", None),
        ("CVE-2026-1234", None),
        ("Q-3", None),
        ("Queue", None),
        ("", None),
    ],
)
def test_the_key_that_a_file_name_begins_with(stem: str, key: str | None) -> None:
    """Capitals, then groups of digits; a date, a number, a severity or a standard is no key."""
    assert find_key_in_name(stem) == key


@pytest.mark.parametrize(
    ("pattern", "stem", "key"),
    [
        (r"PM-\d+", "PM-123-queue", "PM-123"),
        (r"PM-\d+", "PM-123", "PM-123"),
        (r"PM-\d", "PM-123", None),
        (r"PM-\d+", "PM-123x", None),
        (r"PM-\d+", "x-PM-123", None),
        (r"\d{4}", "0001-queue", "0001"),
        (r"\d{4}-\d\d-\d\d", "2026-02-13-queue", "2026-02-13"),
        (r"SEV-\d+", "SEV-1", "SEV-1"),
        (r"(?:PM-\d+)?", "queue", None),
    ],
)
def test_a_pattern_says_what_a_key_is(pattern: str, stem: str, key: str | None) -> None:
    """At the start of the name, up to what is no letter or digit; what is no key without it may be one then."""
    assert find_key_in_name(stem, re.compile(pattern)) == key


@pytest.mark.parametrize(
    ("heading", "pattern", "key"),
    [
        ("PM-0001: Queue overflow", None, "PM-0001"),
        ("[PM-0001] Queue overflow", None, "PM-0001"),
        ("【PM-0001】キュー", None, "PM-0001"),
        ("PM-0001 - Queue overflow", None, "PM-0001"),
        ("PM-0001 – Queue overflow", None, "PM-0001"),
        ("PM-0001", None, "PM-0001"),
        ("PM-0001 Queue overflow", None, None),
        ("Queue overflow (PM-0001)", None, None),
        ("SEV-1: Queue overflow", None, None),
        ("Incident 001: Queue", None, None),
        ("", None, None),
        ("Queue overflow (PM-0001)", r"PM-\d+", "PM-0001"),
        ("PM-0001 and again PM-0001", r"PM-\d+", "PM-0001"),
        ("PM-0001 and PM-0002", r"PM-\d+", None),
        ("xPM-0001", r"PM-\d+", None),
        ("PM-0001x", r"PM-\d+", None),
        ("PM-", r"(?:PM-\d+)?", None),
    ],
)
def test_the_key_in_a_heading(heading: str, pattern: str | None, key: str | None) -> None:
    """At its start and set apart; with a pattern anywhere, where all matches agree."""
    assert find_key_in_heading(heading, re.compile(pattern) if pattern else None) == key


@pytest.mark.parametrize(
    ("text", "stem", "pattern", "found"),
    [
        ("---\nid: X-9\n---\n# PM-2: A\n", "PM-1-a", None, ("X-9", IdSource.FRONT_MATTER, 2)),
        ("---\npostmortem_id: X-9\n---\n", "PM-1-a", None, ("X-9", IdSource.FRONT_MATTER, 2)),
        ("---\n\nid: tbd\npostmortem_id: X-9\n---\n", "PM-1-a", None, ("X-9", IdSource.FRONT_MATTER, 4)),
        ("# PM-2: A\n", "PM-1-a", None, ("PM-1", IdSource.FILE_NAME, 1)),
        ("---\nid:\n---\n# PM-2: A\n", "PM-1-a", None, ("PM-1", IdSource.FILE_NAME, 1)),
        ("---\ntitle: a\n---\n\n# PM-2: A\n", "2026-02-11-a", None, ("PM-2", IdSource.HEADING, 5)),
        ("# A\n", "2026-02-11-a", None, ("2026-02-11-a", IdSource.STEM, 1)),
        ("text\n", "a b.c", None, ("a b.c", IdSource.STEM, 1)),
        ("# A (PM-2)\n", "2026-02-11-a", r"PM-\d+", ("PM-2", IdSource.HEADING, 1)),
        ("# A\n", "0001-a", r"\d{4}", ("0001", IdSource.FILE_NAME, 1)),
        ("# A\n", "PM-1-a", r"INC-\d+", ("PM-1-a", IdSource.STEM, 1)),
        ("## PM-2: A\n", "a", None, ("a", IdSource.STEM, 1)),
    ],
)
def test_front_matter_then_file_name_then_heading_then_stem(
    text: str, stem: str, pattern: str | None, found: tuple[str, IdSource, int]
) -> None:
    """The first of these that tells an id, and where it stands."""
    postmortem = read(text, stem, id_pattern=pattern)
    assert (postmortem.id, postmortem.id_source, postmortem.id_line) == found
    assert postmortem.stem == stem
