"""What the end-to-end tests share: a small project, and running pytest in it plain or with workers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import pytest_postmortem.plugin.judge
import pytest_postmortem.reading.postmortem  # noqa: F401 - nested runs in this process share these modules
from tests.workers import TWO_WORKERS

DOCUMENT = """\
---
id: PM-123
title: Checkout queue overflow
date: 2026-02-11
severity: SEV1
incidents: [INC-77]
---
# Checkout queue overflow

## Root cause

The queue had no upper bound. Retries made it worse.

## Action items

| ID | Action | Scope | Owner | Due | Status | Test |
|----|--------|-------|-------|-----|--------|------|
| AI-1 | Reject orders when the queue is deep | specific | payments | 2026-03-01 | done | required |
| AI-2 | Bound every retry policy | systemic | platform | 2026-03-20 | open | required |
| AI-3 | Alert on queue depth | specific | platform | 2026-03-08 | done | no |
"""

TESTS = """\
import pytest

@pytest.mark.incident("PM-123", action_item="AI-1")
def test_rejects(): pass

@pytest.mark.incident("PM-123", action_item="AI-2")
def test_bound(): pass

def test_other(): pass
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project with one post-mortem of two required items, both guarded."""
    folder = pytester.mkdir("docs") / "postmortems"
    folder.mkdir()
    folder.joinpath("PM-123-overflow.md").write_text(DOCUMENT, encoding="utf-8")
    pytester.makefile(".ini", pytest="[pytest]\n")
    pytester.makepyfile(test_shop=TESTS)
    return pytester


Run = Callable[..., pytest.RunResult]


@pytest.fixture(params=["plain", "xdist"])
def run(request: pytest.FixtureRequest, pytester: pytest.Pytester) -> Run:
    """Run pytest in this process, plain or with two workers: what a test says holds for both."""
    workers = TWO_WORKERS if request.param == "xdist" else ("-p", "no:xdist", "-p", "no:hypothesispytest")

    def runner(*args: str) -> pytest.RunResult:
        return pytester.runpytest_inprocess(*workers, *args)

    return runner


@pytest.fixture
def evidence(pytester: pytest.Pytester) -> Callable[[], dict[str, Any]]:
    """Read `e.json`."""

    def read() -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((pytester.path / "e.json").read_text(encoding="utf-8"))
        return loaded

    return read
