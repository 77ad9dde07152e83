"""What the tests of the history share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.history.checkout import Checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A repository with the document of PM-1, committed on 2026-02-01."""
    return Checkout.made(tmp_path, "PM-1")
