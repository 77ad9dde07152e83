"""The exit codes of the command; docs/command.md lists them."""

from __future__ import annotations

__all__ = ["EVIDENCE_UNUSABLE", "NOT_MET", "SOURCE_FAILED", "USAGE"]

NOT_MET = 10
"""A requirement is not met: the gate failed."""
EVIDENCE_UNUSABLE = 11
"""Evidence is absent, unreadable, unfinished, stale, incomplete, or of another commit or configuration."""
SOURCE_FAILED = 12
"""Documents or the place they come from cannot be read."""
USAGE = 13
"""The command line or the configuration is wrong."""
