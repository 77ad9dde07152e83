"""What a report format is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pytest_postmortem.evidence.writing import Meta
from pytest_postmortem.judging.gate import Decision
from pytest_postmortem.judging.report import Report

if TYPE_CHECKING:
    from pytest_postmortem.model.history import History

__all__ = ["Finished", "Reporter"]


@dataclass(frozen=True, slots=True)
class Finished:
    """Everything a format may render.

    `ended` is ISO 8601 in UTC, `exit_status` pytest's code after the gate. `link` is where files can be read, with
    `{commit}`, `{path}` and `{line}` in it, or "". `history` is what git tells, where it was asked.
    """

    report: Report
    decision: Decision
    meta: Meta
    ended: str
    exit_status: int
    link: str = ""
    history: History | None = None


class Reporter(Protocol):
    """One format of `--incident-output`.

    It may also have `replaces`, which is its suffix once more: it is then used in place of another format of it.
    """

    @property
    def suffix(self) -> str:
        """The file suffix that chooses this format, with its dot."""

    @property
    def help(self) -> str:
        """What the format is, in a few words: `a page`."""

    def render(self, finished: Finished) -> str:
        """Return the whole file as text. Decides nothing, opens nothing."""

    def owns(self, head: bytes) -> bool:
        """Return whether a file that begins so (with up to 4,000 bytes) was written by this format.

        An existing file is replaced only then.
        """
