"""The evidence as a report format."""

from __future__ import annotations

from pytest_postmortem.evidence import writing as evidence
from pytest_postmortem.reporting.interface import Finished
from pytest_postmortem.reporting.outputs import is_ours

__all__ = ["Evidence"]


class Evidence:
    """JSON, described by docs/evidence.schema.json."""

    suffix = ".json"
    help = "evidence"

    def owns(self, head: bytes) -> bool:
        """Return whether a file was written by this format."""
        return is_ours(self.suffix, head)

    def render(self, finished: Finished) -> str:
        """Return the evidence of a finished run."""
        return evidence.render_finished(
            finished.report,
            finished.decision,
            finished.meta,
            ended=finished.ended,
            exit_status=finished.exit_status,
        )
