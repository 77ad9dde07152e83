"""What every test relies on: nothing of the CI job, the user or the checkout that runs them reaches a test."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator

import pytest

FOREIGN = re.compile(
    r"GITHUB_|CI($|_)|GITLAB_|CIRCLE|BUILDKITE|POSTMORTEM_(?!REQUIRE_)|PYTEST_ADDOPTS|NO_COLOR|FORCE_COLOR|GIT_|PY_COLORS"
)


@pytest.fixture(scope="session", autouse=True)
def _an_environment_of_our_own() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if FOREIGN.match(name)]:
            patch.delenv(name)
        # Nested runs have no use for hypothesis, which takes half of a worker's start.
        patch.setenv("PYTEST_ADDOPTS", "-p no:hypothesispytest")
        yield


@pytest.fixture(scope="session", autouse=True)
def _an_interrupt_arrives() -> None:
    """A shell starts what runs in its background with SIGINT ignored, and everything that is started by it inherits that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
