"""`reading.py ours|bare|doorstop FOLDER`: seconds and peak MiB of reading all documents, in its own process."""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path


def ours(folder: Path) -> int:
    """Through the whole of it: listing, opening, reading, catalogue."""
    from datetime import date

    from pytest_postmortem.project import Project

    catalogue = Project(folder, date(2026, 6, 15)).catalogue
    assert not catalogue.faults
    assert all(len(postmortem.action_items) == 2 for postmortem in catalogue.postmortems)
    return len(catalogue.postmortems)


def bare(folder: Path) -> int:
    """The Markdown parser's events and the YAML events of the same texts, used for nothing."""
    import pyromark
    import yaml

    parser = pyromark.Markdown(options=pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_TASKLISTS)
    number = 0
    for path in sorted(folder.joinpath("docs", "postmortems").iterdir()):
        _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
        for _ in yaml.parse(front, Loader=yaml.CSafeLoader):
            pass
        for _ in parser.events_with_range(body):
            pass
        number += 1
    return number


def doorstop(folder: Path) -> int:
    """Doorstop's items with their texts."""
    import doorstop

    items = [item for document in doorstop.build(cwd=folder) for item in document.items]
    assert all(item.text for item in items)
    return len(items)


if __name__ == "__main__":
    what, where = sys.argv[1:]
    start = time.perf_counter()
    assert {"ours": ours, "bare": bare, "doorstop": doorstop}[what](Path(where))
    took = time.perf_counter() - start
    print(took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
