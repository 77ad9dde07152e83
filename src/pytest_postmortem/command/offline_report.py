"""Build a report without running tests: from evidence, or from the markers in the sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_postmortem.judging.report import Report, make_report
from pytest_postmortem.model.text import format_count

if TYPE_CHECKING:
    from pytest_postmortem.catalogue import Catalogue
    from pytest_postmortem.evidence.reading import Shard
    from pytest_postmortem.model.names import Names
    from pytest_postmortem.model.run import Run
    from pytest_postmortem.project import Project

__all__ = ["OfflineReport", "build_offline_report", "scan_sources"]


@dataclass(frozen=True, slots=True)
class OfflineReport:
    """A report that no gate decides on, the evidence it comes from (none: the sources), and what to know about it."""

    report: Report
    shards: tuple[Shard, ...] = ()
    notes: tuple[str, ...] = ()


def build_offline_report(
    project: Project, catalogue: Catalogue, names: Names, evidence: Sequence[str]
) -> OfflineReport:
    """Judge `catalogue`, whose names are `names`, by the documents of today.

    Raises EvidenceError with all that cannot be used; evidence of another commit or configuration is only noted.
    """
    if evidence:
        from pytest_postmortem.command.evidence_files import read_evidence
        from pytest_postmortem.evidence.merging import merge_shards, select_current

        shards = select_current(read_evidence(evidence))
        notes = tuple(_list_doubts(project, shards))
        run = merge_shards(shards)
    else:
        shards = ()
        run, unseen = scan_sources(project, names)
        notes = ("links are read from the sources; outcomes need --evidence FILE", *unseen)
    return OfflineReport(
        make_report(catalogue, run, project.settings, today=project.today, proofs=project.proofs()), shards, notes
    )


def scan_sources(project: Project, names: Names) -> tuple[Run, tuple[str, ...]]:
    """Return what the sources link, as a run in which nothing ran, and which links cannot be seen in them."""
    from pytest_postmortem.scanning.project import scan_project

    node_ids = [node_id for by_item in names.node_ids.values() for ids in by_item.values() for node_id in ids]
    scan = scan_project(project.settings.base, project.settings.marker, node_ids)
    notes: list[str] = []
    computed = sum(mark.dynamic for mark in scan.marks)
    if computed:
        told = format_count(computed, "marker is computed, and", "markers are computed, and")
        notes.append(f"{told} only a run knows what {'it names' if computed == 1 else 'they name'}")
    return scan.run(names), (*notes, *map(str, scan.unread))


def _list_doubts(project: Project, shards: Sequence[Shard]) -> Iterator[str]:
    """Yield what `postmortem check` would refuse."""
    from datetime import UTC, datetime

    from pytest_postmortem.evidence.merging import Expected, find_refusals
    from pytest_postmortem.judging.source import FileDigests

    files = FileDigests(project.settings.base)
    expected = Expected(project.commit, project.settings.digest, datetime.now(UTC), files=files)
    yield from map(str, find_refusals(shards, expected))
