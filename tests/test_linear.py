"""Hostile text costs time in proportion to its length: every regular expression of the package, and whole documents.

Measured in CPU time, so that a busy machine does not matter. Only what takes far longer than a linear one would is
measured again, and fails when the time grows faster than the text.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.patterns import Pattern, find_calls, find_hostile, find_patterns, make_text
from tests.reading.texts import ITEMS, read

PATTERNS, LEFT = find_patterns()
FIRST_SIZES = (24, 256, 1024)
ENOUGH_TO_LOOK = 0.00025
"""Seconds for 1,024 characters; a linear expression takes about a tenth."""
ENOUGH_TO_COMPARE = 0.03
"""Seconds that tell how the time grows."""
MOST_SECONDS = 0.5
"""For 16,384 characters; a linear expression takes about a hundredth."""
STEEPEST = 8
"""How much longer four times the text may take: linear is 4, quadratic 16."""

ROWS = f"{ITEMS}| Action | Test |\n|---|---|\n"
WHY = "# Outage\n\n## Root cause\n\n"
SIZE = 32 * 1024
ENOUGH_TO_COMPARE_DOCUMENTS = 0.2
MOST_SECONDS_A_DOCUMENT = 5.0
"""For four times `SIZE`; the slowest linear one takes about a tenth."""
DOCUMENTS = {
    "flags in a table": (ROWS, "(test required) + a\n"),
    "flags in one item": (f"{ITEMS}- ", "(test required) + a\n"),
    "flags in one line": (f"{ITEMS}- ", "[test required] "),
    "waivers in one item": (f"{ITEMS}- ", "[test waived until 2026-12-01: x] "),
    "flags without an item": ("# Outage\n\n", "(test required) + a\n"),
    "flags in paragraphs": ("# Outage\n\n", "a [test required]\n\n"),
    "flags in a line that is no item": ("# Outage\n\n", "a [test required] "),
    "flags behind a backtick": ("# Outage\n\n`", "a [test required] "),
    "flags behind a comment": ("# Outage\n\na <!-- ", "a [test required]\n"),
    "flags between backticks": ("# Outage\n\n", "`[test required]` `"),
    "open flags": (f"{ITEMS}- ", "[test "),
    "open brackets": (f"{ITEMS}- ", "["),
    "tables below headings": ("# Outage\n\n", "## A\n\n|a|b|\n|-|-|\n|c|d|\n\n"),
    "tables of action items": ("# Outage\n\n", "## Action items\n\n|a|b|\n|-|-|\n|c d|d|\n\n"),
    "items": (ITEMS, "- [ ] a [test required]\n"),
    "nested items": (ITEMS, "- a\n  - b [test required]\n"),
    "rows": (ROWS, "| a | required |\n"),
    "cells": (ROWS, "| a "),
    "sections": ("# Outage\n\n", "## Action items\n- a [test required]\n"),
    "labels": ("# Outage\n\n", "**Owner:** b\n"),
    "quotes": ("# Outage\n\n", "> a (test required)\n"),
    "dashes": (WHY, "- "),
    "blanks": (WHY, " "),
    "dots": (f"{ITEMS}- a", ". "),
    "whys": (WHY, "1. why\n"),
    "front matter": ("---\n", "a: b\n"),
    "node ids": (ROWS, "| a | tests/test_a.py::test_b |\n"),
    "node ids in one cell": (f"{ROWS}| a | ", "tests/test_a.py::test_b "),
    "stars": (f"{ITEMS}- ", "**a "),
    "owners": (f"{ITEMS}- ", "owner: a, due 2026-01-01 "),
    "letters": (f"{ITEMS}- ", "a"),
    "HTML": ("# Outage\n\n", "<td>required</td>"),
}


def test_every_pattern_is_found() -> None:
    """What is left is a trie of names, and the one call that compiles what it was given."""
    assert len(PATTERNS) > 250
    assert [place.partition(":")[0] for place in LEFT] == ["judging/completeness.py", "reading/patterns.py"]


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.place)
def test_an_expression_is_linear(pattern: Pattern) -> None:
    """Its own parts repeated, in the way it is used and searched for in a text."""
    for call in find_calls(pattern):
        for hostile in find_hostile(pattern.compiled):
            problem = find_problem(call, lambda size, hostile=hostile: make_text(pattern.compiled, hostile, size))
            assert not problem, f"{pattern.place}: {hostile!r}: {problem}"


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (r"\s*x", " "),
        (r"a(?:b|\s)*\s*$", " "),
        (r'"(?:[^"\\]|\\.)*"', '\\"'),
        (r"(?:a|a)*b", "a"),
    ],
)
def test_an_expression_that_is_not_linear_is_found(expression: str, text: str) -> None:
    """Each kind, so that the test above can fail."""
    compiled = re.compile(expression)
    pattern = Pattern("here", compiled, ("search",))
    (call,) = find_calls(pattern)
    assert any(
        find_problem(call, lambda size, hostile=hostile: make_text(compiled, hostile, size))
        for hostile in find_hostile(compiled)
        if hostile[1] == text
    )


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_read_in_linear_time(name: str) -> None:
    """A whole document of one line that is repeated."""
    beginning, line = DOCUMENTS[name]
    small, large = (beginning + line * (size // len(line)) for size in (SIZE, 4 * SIZE))
    first, second = measure(read, small), measure(read, large)
    assert second < MOST_SECONDS_A_DOCUMENT
    if second > ENOUGH_TO_COMPARE_DOCUMENTS and second > STEEPEST * first:
        first, second = (min(measure(read, text) for _ in range(2)) for text in (small, large))
        assert second < STEEPEST * first


def find_problem(call: Callable[[Any], Any], text: Callable[[int], Any]) -> str:
    """Why a call does not look linear, or nothing."""
    for size in FIRST_SIZES:
        times = [measure(call, text(size))]
        if times[0] > MOST_SECONDS:
            return f"{times[0]:.2f} s for {size} characters"
        for larger in (4 * size, 16 * size):
            if times[-1] < ENOUGH_TO_LOOK:
                break
            times.append(measure(call, text(larger)))
            if times[-1] > MOST_SECONDS * max(1, larger / 16384):
                return f"{times[-1]:.2f} s for {larger} characters"
            if times[-1] < STEEPEST * times[-2]:
                break
            if times[-1] > ENOUGH_TO_COMPARE:
                before, after = (min(measure(call, text(one)) for _ in range(2)) for one in (larger // 4, larger))
                if after > STEEPEST * before:
                    return f"{after:.2f} s for {larger} characters, {before:.2f} s for a quarter"
    return ""


def measure(call: Callable[[Any], Any], text: Any) -> float:
    """CPU time of one call, in seconds."""
    begun = time.process_time()
    call(text)
    return time.process_time() - begun
