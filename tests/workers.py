"""How nested runs start two workers: `PYTEST_ADDOPTS` does not keep a plugin out of a worker, an argument does."""

from __future__ import annotations

TWO_WORKERS_AND_RERUNS = ("-n", "2", "-p", "no:hypothesispytest")
"""Hypothesis, of which nested runs make no use, takes half of a worker's start."""

TWO_WORKERS = (*TWO_WORKERS_AND_RERUNS, "-p", "no:rerunfailures")
"""pytest-rerunfailures before 16.7 leaves a busy thread in this process for each worker that it has served."""
