"""Short ways to make the values that the tests of judging and reporting speak of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from pytest_postmortem.catalogue import Catalogue
from pytest_postmortem.config.settings import Settings
from pytest_postmortem.evidence.writing import Meta
from pytest_postmortem.judging.proofs import Proofs
from pytest_postmortem.judging.report import Report, make_report
from pytest_postmortem.model.incident import Incident
from pytest_postmortem.model.link import Link, LinkedTest, Result
from pytest_postmortem.model.postmortem import (
    ActionItem,
    IdSource,
    ItemStatus,
    Need,
    Postmortem,
    TestRequirement,
    Waiver,
)
from pytest_postmortem.model.run import Run
from pytest_postmortem.model.state import Outcome

TODAY = date(2026, 6, 15)
META = Meta(
    run_id="0" * 32,
    started="2026-06-15T08:00:00+00:00",
    tool="1.2.3",
    pytest="9.0.0",
    python="3.13.0",
    commit="4f2c1ab" + "0" * 33,
    configuration="c" * 64,
)


def item(item_id: str = "AI-1", test: str = "required", **fields: Any) -> ActionItem:
    """An action item; `test` is `required`, `no`, a date until which it is waived, or a node id."""
    if test == "required":
        requirement = TestRequirement(Need.REQUIRED, stated=True)
    elif test == "no":
        requirement = TestRequirement(Need.NOT_REQUIRED, stated=True)
    elif test == "silent":
        requirement = TestRequirement()
    elif "::" in test or test.endswith(".py"):
        requirement = TestRequirement(Need.REQUIRED, node_ids=(test,), stated=True)
    else:
        requirement = TestRequirement(Need.WAIVED, Waiver(date.fromisoformat(test), "vendor code"), stated=True)
    told: dict[str, Any] = {
        "text": f"Do {item_id}",
        "line": 10,
        "has_own_id": True,
        "status": ItemStatus.OPEN,
        **fields,
    }
    return ActionItem(id=item_id, test=requirement, **told)


def postmortem(postmortem_id: str = "PM-1", *items: ActionItem, **fields: Any) -> Postmortem:
    """A post-mortem of these items."""
    told: dict[str, Any] = {
        "id_source": IdSource.FRONT_MATTER,
        "title": f"Title of {postmortem_id}",
        "origin": f"docs/{postmortem_id}.md",
        "folder": "docs",
        "stem": f"{postmortem_id}-stem",
        "date": date(2026, 2, 11),
        **fields,
    }
    return Postmortem(id=postmortem_id, action_items=items, **told)


def test(name: str, *links: str, **fields: Any) -> LinkedTest:
    """A linked test `tests/test_x.py::name`; links are `PM-1` or `PM-1/AI-1`."""
    path = fields.pop("path", "tests/test_x.py")
    made = tuple(Link(*link.split("/")) for link in links)
    return LinkedTest(node_id=f"{path}::{name}", path=path, line=3, links=made, **fields)


test.__test__ = False  # type: ignore[attr-defined]


def run(outcomes: Iterable[tuple[LinkedTest, Outcome | Result]] = (), **fields: Any) -> Run:
    """A complete run of these tests; one test at least was collected."""
    pairs = list(outcomes)
    results = {one.node_id: out if isinstance(out, Result) else Result(out) for one, out in pairs}
    files = frozenset({one.path for one, _ in pairs} | {"tests/test_x.py"})
    told: dict[str, Any] = {"collected": max(1, len(pairs)), "finished": max(1, len(pairs)), "files": files, **fields}
    return Run(tests=tuple(one for one, _ in pairs), results=results, **told)


def report(
    postmortems: Iterable[Postmortem],
    the_run: Run | None = None,
    base: Path = Path("/nowhere"),
    register: Sequence[Incident] = (),
    proofs: Proofs | None = None,
    **settings: Any,
) -> Report:
    """The report on these post-mortems, and on the incidents of a register, judged on TODAY."""
    catalogue = Catalogue(postmortems=tuple(postmortems), places=("docs",))
    told = replace(Settings(base=base), **settings)
    return make_report(catalogue, the_run or run(), told, today=TODAY, incidents=register, proofs=proofs)
