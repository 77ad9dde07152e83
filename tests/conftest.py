"""What every test relies on: nothing of the CI job, the user or the checkout that runs them reaches a test."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

FOREIGN = re.compile(
    r"GITHUB_|CI($|_)|GITLAB_|CIRCLE|BUILDKITE|POSTMORTEM_(?!REQUIRE_)|PYTEST_ADDOPTS|NO_COLOR|FORCE_COLOR|GIT_|PY_COLORS"
)
HERE = Path(__file__).parent
UNMEASURED = {
    *("cases/test_situations.py", "command/test_blinded.py", "docs/test_recipes.py", "docs/test_walkthroughs.py"),
    *(
        "plugin/test_github_actions.py",
        "plugin/test_lost_guards.py",
        "plugin/test_scenarios.py",
        "plugin/test_story.py",
    ),
    *("proving/test_histories.py", "test_extending.py", "test_mutation.py"),
}
"""Modules that start many processes, in which nothing runs that other modules do not run, too.

Measuring takes a quarter of the time of such a process. What they run in this process is measured.
"""


@pytest.fixture(scope="session", autouse=True)
def _an_environment_of_our_own() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if FOREIGN.match(name)]:
            patch.delenv(name)
        # Nested runs have no use for hypothesis, which takes half of a worker's start.
        patch.setenv("PYTEST_ADDOPTS", "-p no:hypothesispytest")
        yield


@pytest.fixture(scope="module", autouse=True)
def _unmeasured_processes(request: pytest.FixtureRequest) -> Iterator[None]:
    """Measure no coverage in the processes that a module of UNMEASURED starts."""
    with pytest.MonkeyPatch.context() as patch:
        if request.path.relative_to(HERE).as_posix() in UNMEASURED:
            patch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def _an_interrupt_arrives() -> None:
    """A shell starts what runs in its background with SIGINT ignored, and everything that is started by it inherits that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
