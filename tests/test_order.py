"""The orders of names, dates, severities, states and outcomes."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest_postmortem
from pytest_postmortem.model.order import (
    OUTCOME_PRECEDENCE,
    WORST_FIRST,
    date_sort_key,
    natural_sort_key,
    severity_sort_key,
)
from pytest_postmortem.model.state import Outcome, PostmortemState

SOURCE = Path(pytest_postmortem.__file__).parent


def test_severities_have_one_order() -> None:
    """Numbers count up, words are known, what is neither comes after them, and no severity last."""
    given = [None, "odd", "low", "SEV10", "SEV2", "critical", "SEV1 (main)", "Blocker", "medium", ""]
    numbers_and_words = ["Blocker", "critical", "SEV1 (main)", "SEV2", "medium", "SEV10", "low", "odd"]
    assert sorted(given, key=severity_sort_key) == [*numbers_and_words, None, ""]


def test_numbers_in_names_count_by_their_value() -> None:
    """Whatever their case and width."""
    assert sorted(["PM-10", "pm-9", "PM-1", "\uff30\uff2d-\uff12"], key=natural_sort_key) == [
        "PM-1",
        "\uff30\uff2d-\uff12",
        "pm-9",
        "PM-10",
    ]


def test_a_day_that_is_not_known_comes_last() -> None:
    """After the oldest there can be."""
    days = [None, date.min, date(2026, 1, 2), date(2026, 1, 3)]
    assert sorted(days, key=date_sort_key) == [date(2026, 1, 3), date(2026, 1, 2), date.min, None]


def test_a_failure_counts_more_than_a_pass_and_a_pass_more_than_a_skip() -> None:
    """As documented in docs/gate.md."""
    counted = sorted((Outcome.FAILED, Outcome.PASSED, Outcome.SKIPPED, Outcome.NOT_RUN), key=OUTCOME_PRECEDENCE.get)
    assert counted == [Outcome.NOT_RUN, Outcome.SKIPPED, Outcome.PASSED, Outcome.FAILED]


def test_the_script_of_the_page_has_the_order_of_the_report() -> None:
    """It sorts in the browser, where it cannot ask."""
    script = SOURCE.joinpath("reporting", "templates", "page.js").read_text(encoding="utf-8")
    (listed,) = re.findall(r"const worstFirst = \[(.*)\];", script)
    assert [name.strip(' "') for name in listed.split(",")] == [state.value for state in WORST_FIRST]
    assert set(WORST_FIRST) == set(PostmortemState)
