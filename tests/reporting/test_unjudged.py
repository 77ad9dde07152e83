"""Whatever asks for a test and is not judged is in every output, with its reason."""

from __future__ import annotations

import html
import json
from datetime import date

import pytest

from pytest_postmortem.judging.gate import decide
from pytest_postmortem.judging.report import Report
from pytest_postmortem.model.postmortem import ItemStatus, Waiver
from pytest_postmortem.model.state import Policy
from pytest_postmortem.reporting.detail import Account, render_lines
from pytest_postmortem.reporting.evidence import Evidence
from pytest_postmortem.reporting.html import Html
from pytest_postmortem.reporting.interface import Finished
from pytest_postmortem.reporting.listing import render_table
from pytest_postmortem.reporting.markdown import Markdown
from pytest_postmortem.reporting.terminal import lines
from tests.builders import META, item, postmortem, report
from tests.evidence.test_writing import validate

WHY = {
    "PM-1/AI-1": "Won't do: replaced by AI-2",
    "PM-1/AI-2": "until 2030-06-30 (1476 days left, more than two years): vendor code",
    "PM-1/AI-3": "due 2026-07-01, 16 days left",
    "PM-2/AI-4": "2025-01-01 is before `since`",
    "PM-3": "until 2026-12-01 (169 days left): no way to test it",
}


def made() -> Report:
    """A dropped, a waived and a late item, one of an older incident, and an incident that is waived itself."""
    one = postmortem(
        "PM-1",
        item("AI-1", status=ItemStatus.DROPPED, status_text="Won't do: replaced by AI-2"),
        item("AI-2", "2030-06-30"),
        item("AI-3", due_date=date(2026, 7, 1)),
        item("AI-5", "no", status=ItemStatus.DROPPED, status_text="nobody asked"),
    )
    waived = postmortem("PM-3", severity="SEV1", guard_waiver=Waiver(date(2026, 12, 1), "no way to test it"))
    ones = [one, postmortem("PM-2", item("AI-4"), date=date(2025, 1, 1)), waived]
    return report(ones, grace=True, since=date(2026, 1, 1), guard=("SEV1", "SEV2"))


def finished() -> Finished:
    return Finished(made(), decide(made(), Policy.PASSED), META, "2026-06-15T08:01:00+00:00", 0)


def plain(text: str) -> str:
    """The text without the escapes of a format."""
    return html.unescape(text).replace("\\", "")


@pytest.mark.parametrize("name", WHY)
@pytest.mark.parametrize(
    "form",
    [
        lambda: "\n".join(line.text for line in lines(made(), decide(made(), Policy.PASSED))),
        lambda: Markdown().render(finished()),
        lambda: Html().render(finished()),
        lambda: Evidence().render(finished()),
        lambda: render_table(made().postmortems, 3),
        lambda: "\n".join(line.text for one in made().postmortems for line in render_lines(Account(one))),
    ],
    ids=["terminal", "markdown", "html", "json", "list", "show"],
)
def test_every_output_has_it_with_its_reason(form: object, name: str, request: pytest.FixtureRequest) -> None:
    """As the document writes it, or with the days that are left."""
    text = plain(form())  # type: ignore[operator]
    item_id = name.partition("/")[2]
    assert item_id in text
    told = WHY[name]
    if name == "PM-2/AI-4" and "show" in request.node.name:
        told = "not judged: older than `since`"
    assert told in text
    assert "PM-1/AI-5" not in text


def test_the_verdict_line_counts_them() -> None:
    """Nothing is fine by being left out."""
    (*_, last) = lines(made(), decide(made(), Policy.PASSED), verbosity=-2)
    assert "(not judged: 1 dropped, 2 waived, 1 older); gate " in last.text


def test_evidence_has_the_reason_beside_each() -> None:
    """By the schema; null for what is judged or asks for no test."""
    one, older, waived = validate(Evidence().render(finished()))["postmortems"]
    assert [each["not_judged"] and each["not_judged"].split(" ")[0] for each in one["items"]] == [
        "dropped:",
        "waived",
        "in",
        None,
    ]
    assert older["items"][0]["not_judged"] == "outside the gate: 2025-01-01 is before `since`"
    assert (waived["guard"]["state"], one["guard"]) == ("waived", None)
    assert json.dumps(waived["guard"]["not_judged"]) == f'"waived {WHY["PM-3"]}"'
