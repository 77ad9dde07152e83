"""The one place that decides: states, completeness, gate."""
