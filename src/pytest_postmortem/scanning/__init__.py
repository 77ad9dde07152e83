"""Markers and tests as they stand in Python sources, without running or importing them."""
