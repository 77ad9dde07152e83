"""How nested runs start two workers: `PYTEST_ADDOPTS` does not keep a plugin out of a worker, an argument does."""

from __future__ import annotations

TWO_WORKERS = ("-n", "2", "-p", "no:hypothesispytest")
"""Hypothesis, of which nested runs make no use, takes half of a worker's start."""
