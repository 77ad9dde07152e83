"""Dates as people write them."""

from __future__ import annotations

from datetime import date

import pytest

from pytest_postmortem.reading.vocabulary.dates import find_first_date, parse_full_date


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-02-11", date(2026, 2, 11)),
        ("on 2026-2-1, at night", date(2026, 2, 1)),
        ("2026/02/11", date(2026, 2, 11)),
        ("2026.02.11", date(2026, 2, 11)),
        ("2026-02-11T10:30:00Z", date(2026, 2, 11)),
        ("2026-02-11-queue-overflow", date(2026, 2, 11)),
        ("2026-02-11-1030-queue", date(2026, 2, 11)),
        ("20260211_queue", date(2026, 2, 11)),
        ("2026年2月11日（水）", date(2026, 2, 11)),
        ("2026년 2월 11일", date(2026, 2, 11)),
        ("February 11, 2026", date(2026, 2, 11)),
        ("feb 11 2026", date(2026, 2, 11)),
        ("Sept. 5th, 2026", date(2026, 9, 5)),
        ("May 5, 2026", date(2026, 5, 5)),
        ("11 February 2026", date(2026, 2, 11)),
        ("the 1st of March 2026", date(2026, 3, 1)),
        ("11. Februar 2026", date(2026, 2, 11)),
        ("3 de marzo de 2026", date(2026, 3, 3)),
        ("14 juillet 2026", date(2026, 7, 14)),
        ("11.02.2026", date(2026, 2, 11)),
        ("16/03/2026", date(2026, 3, 16)),
        ("01/16/2026", date(2026, 1, 16)),
        ("05/05/2026", date(2026, 5, 5)),
        ("January 14-19, 2026", date(2026, 1, 14)),
        ("January 30 – February 2, 2026", date(2026, 1, 30)),
        ("14-19 January 2026", date(2026, 1, 14)),
        ("2026-04-27 → 2026-04-28", date(2026, 4, 27)),
        ("2026-02-11 (extended into 2026-02-12)", date(2026, 2, 11)),
        ("2026-13-45, then 2026-02-11", date(2026, 2, 11)),
        ("03/04/2026, that is 2026-04-03", date(2026, 4, 3)),
        ("03/04/2026", None),
        ("12/03/2026", None),
        ("03/12/2026", None),
        ("February 2026", None),
        ("2026-02", None),
        ("2026", None),
        ("22025-03-18", None),
        ("2026-02-111", None),
        ("2026-02-30", None),
        ("31/31/2026", None),
        ("February 30, 2026", None),
        ("1824-02-11", None),
        ("2999-02-11", None),
        ("120260211", None),
        ("20261311", None),
        ("10:30 UTC", None),
        ("v1.2.3", None),
        ("", None),
    ],
)
def test_the_first_full_date_of_a_text(text: str, found: date | None) -> None:
    """Of a range the start; none where day and month may be swapped, where a part is missing or no such day exists."""
    assert find_first_date(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("septiembre.   14th – september 15th,   2026", date(2026, 9, 14)),
        ("14th – 15th   of septiembre.,   de 2026", date(2026, 9, 14)),
        ("2026 年 12 月 11 日", date(2026, 12, 11)),
        ("2026-12-11", date(2026, 12, 11)),
        ("20261211", date(2026, 12, 11)),
        ("11.12.2026", date(2026, 12, 11)),
    ],
)
@pytest.mark.parametrize("gap", [1, 50, 60, 70, 80, 110, 120, 125, 130, 140, 500])
def test_a_date_is_found_however_far_from_other_numbers(text: str, found: date, gap: int) -> None:
    """Only what stands around four digits is looked at, which no length between them may change."""
    between = " " + "x" * gap + " "
    assert find_first_date(f"port 8080{between}{text}{between}1999 bytes, 2025-01-01") == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-03-01", date(2026, 3, 1)),
        (" 2026-03-01 ", date(2026, 3, 1)),
        ("2026-03-01 (moved)", date(2026, 3, 1)),
        ("2026-03-01, at the latest", date(2026, 3, 1)),
        ("2026-03-01T10:00:00Z", date(2026, 3, 1)),
        ("March 1, 2026", date(2026, 3, 1)),
        ("1 March 2026", date(2026, 3, 1)),
        ("2026年3月1日", date(2026, 3, 1)),
        ("31/12/2026", date(2026, 12, 31)),
        ("1/3/2026", None),
        *(
            (text, date(2026, 3, 1))
            for text in ("by 2026-03-01", "ETA: 2026-03-01", "(2026-03-01)", "due by March 1, 2026")
        ),
        ("Sunday, March 1, 2026", date(2026, 3, 1)),
        *(
            (text, date(2026, 3, 1))
            for text in (
                "2026-03-01.",
                "Sun 1 Mar 2026",
                "on 2026-03-01",
                "📅 2026-03-01",
                "`2026-03-01`",
                "EOD 2026-03-01",
            )
        ),
        *(
            (text, date(2026, 3, 1))
            for text in (
                "2026-02-01 → 2026-03-01",
                "2026-02-01–2026-03-01",
                "~~2026-02-01~~ 2026-03-01",
                "1 Feb 2026 to 1 Mar 2026",
            )
        ),
        ("after 2026-03-01", None),
        ("before 2026-03-01", date(2026, 3, 1)),
        ("2026-03-01 -> tbd", None),
        ("2026-02-01 (moved to 2026-03-01)", date(2026, 3, 1)),
        ("&nbsp;2026\u201103\u201101[^1]", date(2026, 3, 1)),
        ("2026-03-01/05", None),
        ("2026-02-30", None),
        ("2026-0²-30", None),
        ("2026-xx-30", None),
        ("2026-ab-cd", None),
        ("v2.7", None),
        ("next", None),
        ("soon", None),
        ("Q3 2026", None),
        ("March 2026", None),
        ("", None),
    ],
)
def test_a_text_that_is_a_date(text: str, found: date | None) -> None:
    """Apart from a time or a note behind it; a version, a word or a part of a date is none."""
    assert parse_full_date(text) == found
