"""A test and what it guards."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_postmortem.model.state import Outcome

__all__ = ["Link", "LinkedTest", "Result", "Stray", "names_covering"]


@dataclass(frozen=True, slots=True)
class Link:
    """One post-mortem, or one of its action items (`item` set), that a test guards. Ids are canonical."""

    postmortem: str
    item: str | None = None

    def __str__(self) -> str:
        return self.postmortem if self.item is None else f"{self.postmortem}/{self.item}"


@dataclass(frozen=True, slots=True)
class LinkedTest:
    """A collected test that guards something, or that a document names.

    `node_id` and `path` are relative to the configuration's folder; `line` is 1-based, 0 where unknown.
    `links` come from its markers. `switched_off` is the reason of a `mark.skip` or `unittest.skip` on it.
    `deselected` is true where the run had it and took it out before running.
    """

    node_id: str
    path: str
    line: int = 0
    links: tuple[Link, ...] = ()
    switched_off: str | None = None
    deselected: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one test, with pytest's reason for a skip, an xfail or the first line of a failure."""

    outcome: Outcome = Outcome.NOT_RUN
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Stray:
    """A marker at `path:line` that links no test: the names and action items that it gives, and why it does not."""

    path: str
    line: int
    names: tuple[str, ...]
    items: tuple[str, ...] = ()
    why: str = ""


def names_covering(collected: str) -> tuple[str, ...]:
    """Return every node id in a document that covers a test: its own, without its parameters, its class, its file.

    `file::test` covers all its parameters, `file::Class` and `file` all their tests; an id that ends at `]` is exact.
    """
    path, colons, inner = collected.partition("::")
    plain, bracket, _ = inner.partition("[")
    parts = plain.split("::") if colons else []
    names = [path, *("::".join((path, *parts[:count])) for count in range(1, len(parts) + 1))]
    return (*names, collected) if bracket else tuple(names)
