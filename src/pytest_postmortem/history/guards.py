"""The log's facts as History: when each post-mortem got its first guard, and when guards went away."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from pytest_postmortem.catalogue import Catalogue
from pytest_postmortem.config.settings import Settings
from pytest_postmortem.history.log import MAX_BYTES, Repository
from pytest_postmortem.history.watch import Watch
from pytest_postmortem.model.history import Guarding, History
from pytest_postmortem.model.text import format_count

__all__ = ["Traced", "trace"]


@dataclass(frozen=True, slots=True)
class Traced:
    """The history of `commit`. `boundary` is the oldest commit of a shallow clone: what stands in it may be older."""

    history: History
    commit: str
    boundary: str | None = None

    def is_at_or_before(self, guarding: Guarding) -> bool:
        """Return whether the first guard was there already in the oldest commit of a shallow clone."""
        return guarding.commit is not None and guarding.commit == self.boundary

    def days(self, guarding: Guarding) -> int | None:
        """Return days from the incident to its first guard, where they are known: a shallow clone may hide an
        earlier one."""
        return None if guarding.days and self.is_at_or_before(guarding) else guarding.days


def trace(
    repository: Repository,
    catalogue: Catalogue,
    settings: Settings,
    revision: str = "HEAD",
    progress: Callable[[int], None] = lambda commits: None,
) -> Traced:
    """Return what the main line up to `revision` tells of every post-mortem of `catalogue`, in one pass over the log.

    `progress` is told the number of commits that are done. Raises ConfigError for an unknown revision, SourceError
    where git fails.
    """
    commit = repository.resolve(revision)
    boundary = repository.boundary(commit)
    watch = Watch(repository, catalogue, settings)
    for number, done in enumerate(watch.follow(commit), 1):
        watch.settle(done)
        progress(number)
    history = History(
        guards=tuple(watch.guarding(postmortem) for postmortem in catalogue.postmortems),
        shallow=boundary is not None,
        notes=tuple(_notes(boundary is not None, watch.too_large)),
    )
    return Traced(history, commit, boundary)


def _notes(shallow: bool, too_large: Collection[str]) -> Iterator[str]:
    if shallow:
        yield (
            "this clone is shallow: what stands in its oldest commit was merged then or before; fetch the whole "
            "history (`git fetch --unshallow`; in GitHub Actions `fetch-depth: 0`)"
        )
    if too_large:
        files = format_count(len(too_large), "file is", "files are")
        yield f"{files} larger than {MAX_BYTES // 1024 // 1024} MiB and not looked into: {', '.join(sorted(too_large))}"
