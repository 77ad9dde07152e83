"""What a body says about the incident: in a table, in lines, or a heading a field."""

from __future__ import annotations

from datetime import date

import pytest

from pytest_postmortem.model.postmortem import Postmortem
from tests.reading.texts import read

DAY = date(2026, 2, 11)
TABLE = """# Queue overflow

| | |
|---|---|
| **Date** | 2026-02-11 |
| Severity | SEV-2 (orders delayed) |
| Status | Final |
| Services | checkout, queue; payments |
| Team | platform |

Text.
"""
TABLE_WITH_HEAD = """# Queue overflow

| Date | February 11, 2026 |
|---|---|
| **Severity** | SEV-2 |
| *Status* | Final |
| `Affected services` | checkout, queue, payments |
| Owning team | platform |
"""
BOLD_LINES = """# Queue overflow

**Date:** 2026-02-11
**Severity**: SEV-2 — orders were delayed
**Status:** Final
**Services:** checkout, queue, payments.
**Team:** platform

## Summary

**Date:** 2027-01-01
"""
BULLETS = """# Queue overflow

- **Date:** 2026-02-11 08:33
* **Severity** : SEV-2
- __Status__: Final
- **Affected systems:** checkout, queue, payments
- **Team**: [platform](http://example.org/platform)
"""
PLAIN_LINES = """Queue overflow
==============

Date: 11 February 2026
Severity: SEV-2
Status: Final<br>Services: checkout, queue, payments<br/> Team: platform

## Summary

Team: none of these
"""
ONE_LINE = """# Queue overflow

**Date:** 2026-02-11<br>**Severity:** SEV-2<br>**Status:** Final<br>**Services:** checkout,queue,payments<br>**Team:** platform
"""
HEADINGS = """# Queue overflow

Text.

## Summary

Text.

## Incident date(s)

2026-02-11

## Severity

- SEV-2

## Status

**Final**

## Services

checkout, queue, payments

## Team

platform
"""
UNDER_A_HEADING = """# Queue overflow

Text.

## Summary

Text.

## Impact

Many orders.

## Metadata

- Date: 2026-02-11
- Severity: SEV-2

| Status | Final |
|---|---|
| Services | checkout, queue, payments |
| Team | platform |
"""
JAPANESE = """# キューのあふれ

| 項目 | 内容 |
|---|---|
| 発生日時 | 2026年2月11日 10:30 |
| 重大度 | SEV-2（注文が遅れた） |
| ステータス | Final |
| 影響サービス | checkout、queue、payments |
| チーム | platform |
"""
FULL_WIDTH = """# キューのあふれ

**日付**：2026-02-11
**重大度**：SEV-2
**ステータス**：Final
**影響サービス**：checkout，queue，payments
**チーム**：platform
"""
QUOTED = """# Queue overflow

> **Date:** 2026-02-11
> **Severity:** SEV-2
> **Status:** Final
> **Services:** checkout, queue, payments
> **Team:** platform
"""
WITHOUT_TITLE = """**Date:** 2026-02-11
**Severity:** SEV-2
**Status:** Final
**Services:** checkout, queue, payments
**Team:** platform
"""


def fields(postmortem: Postmortem) -> tuple[object, ...]:
    return postmortem.date, postmortem.severity, postmortem.status, postmortem.services, postmortem.team


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(text, id=name)
        for name, text in (
            ("table", TABLE),
            ("table with head", TABLE_WITH_HEAD),
            ("bold lines", BOLD_LINES),
            ("bullets", BULLETS),
            ("plain lines", PLAIN_LINES),
            ("one line", ONE_LINE),
            ("headings", HEADINGS),
            ("under a heading", UNDER_A_HEADING),
            ("Japanese", JAPANESE),
            ("full width", FULL_WIDTH),
            ("quoted", QUOTED),
            ("without title", WITHOUT_TITLE),
            ("CRLF", BOLD_LINES.replace("\n", "\r\n")),
        )
    ],
)
def test_every_form_of_metadata_tells_the_same(text: str) -> None:
    """Date, severity without what is told behind it, status, services one by one, team."""
    postmortem = read(text)
    assert fields(postmortem) == (DAY, "SEV-2", "Final", ("checkout", "queue", "payments"), "platform")
    assert postmortem.faults == ()


def test_front_matter_comes_before_the_body() -> None:
    """Field by field: what it does not tell, the body may."""
    head = "---\ndate: 2026-03-01\nseverity: SEV1\nteam: orders\n---\n"
    assert fields(read(head + TABLE)) == (
        date(2026, 3, 1), "SEV1", "Final", ("checkout", "queue", "payments"), "orders",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("| Detected | 2026-02-12 |\n|---|---|\n| Date | 2026-02-11 |\n", DAY),
        ("| Detected | 2026-02-12 |\n|---|---|\n| Started at | 2026-02-11 |\n", DAY),
        ("**Date:** to be told\n**Detected:** 2026-02-11\n", DAY),
        ("**Impact period:** 2026-02-11 10:00 – 2026-02-12\n", DAY),
        ("**Date:** tonight\n", None),
        ("**Date:**\n", None),
        ("**Reported:** 2026-02-11 is another thing, and 03/04/2026\n", DAY),
        ("**Severity:** high\n", None),
    ],
)
def test_the_date_of_the_incident_is_the_best_that_is_told(text: str, found: date | None) -> None:
    """The date before the start, the start before the detection; the first date of the body as the last resort."""
    assert read("# Queue overflow\n\n" + text).date == found


@pytest.mark.parametrize(
    ("text", "stem", "found"),
    [
        ("# Overflow (2026-02-11)\n\nText of 2026-02-12.\n", "2026-02-13-queue", DAY),
        ("# Overflow of 2026-02-10\n\nText of 2026-02-12.\n", "2026-02-11-queue", DAY),
        ("# Overflow\n\nText of 2026-02-12.\n", "2026-02-11-queue", DAY),
        ("# Overflow\n\nText of 2026-02-12.\n\n## Timeline\n\n- 2026-02-11 10:30 alarm\n", "queue", DAY),
        ("# Overflow\n\nText of 2026-02-12.\n\n## タイムライン\n\n- 2026年2月11日\n", "queue", DAY),
        ("# Overflow\n\nText of 2026-02-11.\n\n## Timeline\n\n- 10:30 alarm\n", "queue", DAY),
        ("# Overflow\n\n" + "x" * 20_000 + "\n\n2026-02-11\n", "queue", None),
        ("# Overflow\n\nText.\n", "queue", None),
    ],
)
def test_without_a_field_the_date_stands_in_title_name_timeline_or_text(
    text: str, stem: str, found: date | None
) -> None:
    """In this order; in a body no further than its first 20,000 characters."""
    assert read(text, stem).date == found


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("SEV-3 (main feature down)", "SEV-3"),
        ("SEV1", "SEV1"),
        ("🔴 Critical", "Critical"),
        ("High — orders lost", "High"),
        ("Medium - some orders lost", "Medium"),
        ("Low, nobody saw it", "Low"),
        ("Minor. Nobody saw it.", "Minor"),
        ("**Major**", "Major"),
        ("2 / 5", "2"),
        ("Partial degradation — of search", "Partial degradation"),
        ("重大：注文", "重大"),
        ("x" * 70, "x" * 60),
        ("()", None),
        ("—", None),
        ("", None),
    ],
)
def test_a_severity_is_told_without_its_explanation(text: str, severity: str | None) -> None:
    """Of at most 60 characters, as it is compared with the configuration."""
    assert read(f"# Queue overflow\n\n| Severity | {text} |\n|---|---|\n| Team | x |\n").severity == severity
    if "*" not in text:
        assert read(f"---\nseverity: '{text}'\n---\n# Queue overflow\n").severity == severity


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("# Queue overflow\n\nSummary: Severity: high\n", None),
        ("# Queue overflow\n\n## One\n\nSeverity: high\n\n## Two\n", None),
        ("# Queue overflow\n\n## One\n\n**Severity:** high\n\n## Two\n", "high"),
        ("# Queue overflow\n\n## One\n\n## Two\n\n**Severity:** high\n", None),
        ("Text before.\n\n# Queue overflow\n\nSeverity: high\n", None),
        ("# Queue overflow\n\n| Severity | high | x |\n|---|---|---|\n| Severity | low | y |\n", None),
        ("# Queue overflow\n\n| a | b |\n|---|---|\n| Severity |\n", None),
        ("# Queue overflow\n\n" + "x " * 3000 + "\n\n**Severity:** high\n", None),
        ("# Queue overflow\n\n## One\n\nText.\n\n## Severity\n\n" + "x" * 300 + "\n", None),
        ("# Queue overflow\n\n## One\n\nText.\n\n## Severity\n\n## Two\n", None),
        ("# Queue overflow\n\n## One\n\nText.\n\n## Severity\n\n- \n- high\n", "high"),
        ("# Severity\n\nhigh\n", None),
        ("# Queue overflow\n\n**https://example.org/severity**: high\n", None),
        ("# Queue overflow\n\n**Severity:**  \n**Severity:** high\\\n", "high"),
    ],
)
def test_metadata_is_looked_for_at_the_top(text: str, severity: str | None) -> None:
    """Plain lines up to the first heading behind the title, bold ones and tables up to the second, in 6,000 bytes."""
    assert read(text).severity == severity


def test_a_title_may_be_a_field() -> None:
    """Where there is no heading; front matter and the first heading come before it."""
    line = "**Title:** Queue *overflow*\n"
    assert read(line).title == "Queue overflow"
    assert read("# Overflow\n\n" + line).title == "Overflow"
    assert read("---\ntitle: Full queue\n---\n# Overflow\n\n" + line).title == "Full queue"
    assert read("No title here.\n", "2026-02-11-queue").title == "2026-02-11-queue"


def test_a_team_s_own_words_for_a_field_are_read() -> None:
    """By the key of the vocabulary."""
    from pytest_postmortem.reading.vocabulary.default import DEFAULT

    words = DEFAULT.extend({"metadata-severity": ["Dringlichkeit"]})
    text = "# Queue overflow\n\n**Dringlichkeit:** high\n"
    assert read(text).severity is None
    assert read(text, words=words).severity == "high"
