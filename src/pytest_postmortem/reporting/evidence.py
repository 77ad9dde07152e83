"""The evidence as a report format."""

from __future__ import annotations

from pytest_postmortem.evidence import writing as evidence
from pytest_postmortem.reporting.interface import Finished

__all__ = ["Evidence"]


class Evidence:
    """JSON, described by docs/evidence.schema.json."""

    suffix = ".json"

    def render(self, finished: Finished) -> str:
        """The evidence of a finished run."""
        return evidence.finished(
            finished.report,
            finished.decision,
            finished.meta,
            ended=finished.ended,
            exit_status=finished.exit_status,
        )
