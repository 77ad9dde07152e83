"""Retries end."""

import pytest
from shop.retry import POLICIES, RetryPolicy


@pytest.mark.incident("PM-2026-001", action_item="AI-2")
@pytest.mark.parametrize("name", POLICIES)
def test_every_policy_has_an_upper_bound(name: str) -> None:
    assert sum(POLICIES[name].pauses()) < 3600


@pytest.mark.incident("PM-2026-001", action_item="AI-2")
@pytest.mark.parametrize("policy", [{"attempts": 0}, {"attempts": 1000}, {"attempts": 3, "longest": 0}])
def test_a_policy_without_a_bound_cannot_be_made(policy: dict) -> None:
    with pytest.raises(ValueError, match=r"attempts|longest"):
        RetryPolicy(**policy)
