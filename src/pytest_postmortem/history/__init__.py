"""The memory over time, out of git."""
