"""The Markdown report: what it tells, that it is never too long, and that foreign text in it stays text."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pytest

from pytest_postmortem.judging.gate import decide
from pytest_postmortem.judging.report import Report
from pytest_postmortem.model.document import Skipped
from pytest_postmortem.model.incident import Incident
from pytest_postmortem.model.link import Result
from pytest_postmortem.model.postmortem import Hint
from pytest_postmortem.model.state import Outcome, Policy
from pytest_postmortem.reporting.escaping import for_terminal
from pytest_postmortem.reporting.interface import Finished
from pytest_postmortem.reporting.markdown import MOST_BYTES, Markdown
from tests.builders import META, item, postmortem, report, run, test
from tests.reporting.hostile import NUMBERS, PAYLOADS
from tests.reporting.test_escaping import obeyed, odd, plain, rendered

LINK = "https://github.com/acme/shop/blob/{commit}/{path}#L{line}"
A = test("test_a", "PM-1/AI-1")


def markdown(made: Report, policy: Policy = Policy.LINKED, *, explicit: bool = False, link: str = "") -> str:
    decision = decide(made, policy, explicit=explicit)
    return Markdown().render(Finished(made, decision, META, "2026-06-15T08:04:12+00:00", 1, link))


def test_the_whole_report() -> None:
    """Verdict, violations with what to do, every post-mortem; links to the lines."""
    made = report(
        [postmortem("PM-1", item(), severity="SEV1"), postmortem("PM-2", item(), item("AI-2", "no"), date=None)],
        run([(A, Outcome.PASSED)]),
    )
    at = f"https://github.com/acme/shop/blob/{META.commit}"
    assert markdown(made, link=LINK).splitlines() == [
        "## ❌ Incidents",
        "",
        "2 post-mortems, 1 guarded; 1 of 2 required action items have a test; gate failed&#58; 1 violation",
        "",
        "### 1 violation",
        "",
        "| where | what | what to do |",
        "|---|---|---|",
        f"| [PM-2/AI-1](<{at}/docs/PM-2.md#L10>) | PM-2/AI-1 requires a test and has none&#58; no test is linked to it"
        " | <code>mark the test that guards it with &#64;pytest.mark.incident&#40;\"PM-2\", action&#95;item=\"AI-1\"&#41;; give it a due date and "
        'set grace = "due" to allow it until then, or waive it&#58; "waived until YYYY-MM-DD&#58; reason" in the column Test, '
        '"&#91;test waived until YYYY-MM-DD&#58; reason&#93;" in a list item</code> |',
        "",
        "<details><summary>2 post-mortems</summary>",
        "",
        "| post-mortem | title | severity | date | state | action items |",
        "|---|---|---|---|---|---|",
        f"| [PM-1](<{at}/docs/PM-1.md#L1>) | Title of PM-1 | SEV1 | 2026-02-11 | guarded | AI-1&#58; guarded |",
        f"| [PM-2](<{at}/docs/PM-2.md#L1>) | Title of PM-2 |  |  | unguarded | AI-1&#58; missing |",
        "",
        "</details>",
        "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("policy", "explicit", "sign"),
    [(Policy.LINKED, False, "✅"), (Policy.PASSED, False, "❌"), (Policy.OFF, False, "⚠️")],
)
def test_the_sign_is_the_verdict(policy: Policy, explicit: bool, sign: str) -> None:
    """Of the decision, whatever the policy."""
    made = report([postmortem("PM-1", item())], run([(A, Outcome.SKIPPED)]))
    assert markdown(made, policy, explicit=explicit).startswith(f"## {sign} Incidents\n")


def test_what_could_not_be_told_hints_skipped_files_and_notes_are_listed() -> None:
    """Each once; several are counted, one is one."""
    the_run = run([(A, Outcome.PASSED)], narrowed=("only a was asked for",), notes=("gw0 was lost",))
    made = replace(
        report([postmortem("PM-1", item())], the_run),
        hints=(Hint("docs/a.md", 3, "look"), Hint("docs/a.md", 4, "look again")),
        skipped=(Skipped("docs/README.md", "template"),),
    )
    text = markdown(made)
    assert "### What could not be told\n\n- only a was asked for\n" in text
    assert (
        "<summary>2 hints</summary>\n\n- docs/a.md&#58;3&#58; look\n- docs/a.md&#58;4&#58; look again\n\n</details>"
        in text
    )
    assert "<summary>1 skipped file</summary>\n\n- docs/README.md&#58; template\n\n</details>" in text
    assert "<summary>1 note</summary>\n\n- gw0 was lost\n\n</details>" in text


def test_what_is_to_be_followed_up_has_its_tables() -> None:
    """Late action items by owner, and incidents without a post-mortem; links to their lines."""
    one = postmortem(
        *("PM-1", item("AI-1", "no", due_date=date(2026, 6, 1), owner="Pay & go", text="Bound it", line=12)),
        *(item("AI-2", "no", due_date=date(2026, 6, 14)),),
    )
    register = [
        Incident("INC-1", "Down", date(2026, 5, 2), "SEV1", "docs/incidents.yaml", 3),
        Incident("INC-2", origin="docs/incidents.yaml"),
    ]
    lines = markdown(report([one], register=register), link=LINK).splitlines()
    at = f"https://github.com/acme/shop/blob/{META.commit}/docs"
    start = lines.index(
        "<details><summary>Past their due date: 2 action items of 1 owner, 1 without an owner</summary>"
    )
    assert lines[start + 1 : start + 16] == [
        "",
        "| owner | item | due | days late | post-mortem |",
        "|---|---|---|---|---|",
        f"| Pay &#38; go | AI-1&#58; Bound it | 2026-06-01 | 14 | [PM-1](<{at}/PM-1.md#L12>) |",
        f"|  | AI-2&#58; Do AI-2 | 2026-06-14 | 1 | [PM-1](<{at}/PM-1.md#L10>) |",
        "",
        "</details>",
        "",
        "<details><summary>Without a post-mortem: 2 of 2 incidents</summary>",
        "",
        "| incident | title | severity | date |",
        "|---|---|---|---|",
        f"| [INC-1](<{at}/incidents.yaml#L3>) | Down | SEV1 | 2026-05-02 |",
        f"| [INC-2](<{at}/incidents.yaml#L1>) |  |  |  |",
        "",
    ]


def test_a_report_of_nothing_is_two_lines() -> None:
    """No empty table, no empty list."""
    assert markdown(report([])).splitlines()[0] == "## ⚠️ Incidents"
    assert "|" not in markdown(report([]))
    assert "<details>" not in markdown(report([]))


# --- foreign text ----------------------------------------------------------------------------------------------------

FIELDS = ("id", "title", "severity", "item", "text", "reason", "outcome", "node", "origin", "narrowed", "note", "hint",
          "skipped", "skipped reason", "owner", "incident", "incident title", "incident severity", "register")  # fmt: skip


def with_foreign_text(text: str, place: str) -> Report:
    """A report with `text` in one field, or in all."""

    def told(name: str, otherwise: str) -> str:
        return text if place in (name, "all") else otherwise

    late = {"owner": told("owner", "payments"), "due_date": date(2026, 6, 1)}
    one = item(told("item", "AI-1"), text=told("text", "Bound it"), **late)
    waived = item("AI-9", "2026-07-01", text=told("text", "Bound it"))
    waiver = replace(waived.test.waiver, reason=told("reason", "vendor"))  # type: ignore[type-var]
    waived = replace(waived, test=replace(waived.test, waiver=waiver))
    name = told("id", "PM-1")
    fields: dict[str, Any] = {"title": told("title", "Title"), "severity": told("severity", "SEV1")}
    made = postmortem(name, one, waived, origin=told("origin", "docs/a.md"), **fields)
    linked = replace(
        test(told("node", "test_a")), links=tuple(replace(A.links[0], postmortem=name, item=one.id) for _ in "1")
    )
    failed = Result(Outcome.FAILED, told("outcome", "assert 0"))
    severity, origin = told("incident severity", "SEV1"), told("register", "docs/incidents.yaml")
    unwritten = Incident(told("incident", "INC-1"), told("incident title", "Down"), None, severity, origin, 3)
    ran = run([(linked, failed)], narrowed=(told("narrowed", "-k"),), notes=(told("note", "lost gw0"),))
    whole = report([made], ran, register=(unwritten,))
    return replace(
        whole,
        hints=(Hint(told("hint", "docs/a.md"), 3, told("hint", "look")),),
        skipped=(Skipped(told("skipped", "docs/b.md"), told("skipped reason", "template")),),
    )  # fmt: skip


def test_every_field_reaches_the_report() -> None:
    """Otherwise the next test would check nothing."""
    for field in FIELDS:
        if field not in ("text", "reason", "node"):
            assert "QQQ" in markdown(with_foreign_text("QQQ", field), link=LINK), field


@cache
def meekly_rendered(field: str) -> list[Any]:
    """What a harmless word in this field becomes."""
    return rendered(markdown(with_foreign_text("x", field)))


@pytest.mark.parametrize("payload", PAYLOADS, ids=NUMBERS)
def test_foreign_text_brings_no_node(payload: str) -> None:
    """No link, picture, element, heading, cell, emphasis or code that a harmless word would not bring, in any field."""
    for field in (*FIELDS, "all"):
        text = markdown(with_foreign_text(payload, field))
        tokens, meek = rendered(text), meekly_rendered(field)
        kinds = [(one.type, one.tag, one.attrs) for one in tokens]
        assert kinds == [(one.type, one.tag, one.attrs) for one in meek], field
        for one, other in zip(tokens, meek, strict=True):
            if one.type in ("html_block", "html_inline"):
                assert one.content == other.content
        assert not odd(text.replace("\n", ""))
        assert not obeyed(text)
        if field == "title":
            assert plain(for_terminal(payload)) in plain("\n".join(one.content for one in tokens if one.type == "text"))


@pytest.mark.parametrize("payload", PAYLOADS, ids=NUMBERS)
def test_links_lead_into_the_repository_whatever_a_document_is_called(payload: str) -> None:
    """Or are none: a file name cannot end the address, nor the cell."""
    tokens = rendered(markdown(with_foreign_text(payload, "origin"), link=LINK))
    assert [one.type for one in tokens if one.type == "html_block"] == [
        one.type for one in rendered(markdown(with_foreign_text("x", "origin"), link=LINK)) if one.type == "html_block"
    ]
    for one in tokens:
        if one.type == "link_open":
            assert str(one.attrs["href"]).startswith(f"https://github.com/acme/shop/blob/{META.commit}/")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "ftp://a/b", "https://u:p@a/", "//a/b", "x)"]
)
def test_an_address_that_is_not_of_the_web_is_no_link(url: str) -> None:
    """The id stands there alone."""
    assert "](" not in markdown(report([postmortem("PM-1", url=url)]))


def test_a_post_mortem_leads_to_its_own_address() -> None:
    """Where it brings one, with what would end the link escaped."""
    text = markdown(report([postmortem("PM-1", url="https://wiki.example/a(b)[c]")]), link=LINK)
    assert "[PM-1](<https://wiki.example/a(b)[c]>)" in text
    (link,) = [one for one in rendered(text) if one.type == "link_open"]
    assert link.attrs["href"] == "https://wiki.example/a(b)%5Bc%5D"


# --- length ----------------------------------------------------------------------------------------------------------


def large(number: int, title: str = "日本語の題 " * 10) -> Report:
    ones = [postmortem(f"PM-{place}", item(), title=title, date=date(2026, 2, 11)) for place in range(number)]
    return report(ones, run([(A, Outcome.PASSED)]))


def test_a_long_report_is_cut_at_the_end_of_a_line() -> None:
    """5,000 post-mortems, each a violation: at most 900 KiB, and it says that it is cut."""
    text = markdown(large(5000), link=LINK)
    size = len(text.encode())
    assert MOST_BYTES - 2000 < size <= MOST_BYTES == 900 * 1024
    head, notice, rest = text.partition("\n\n*Cut here: ")
    assert (bool(notice), rest.count("\n")) == (True, 1)
    assert head.splitlines()[-1].endswith(" |")
    whole = set(markdown(large(5000), link=LINK).splitlines())
    assert set(head.splitlines()) <= whole
    assert head.startswith("## ❌ Incidents\n\n5000 post-mortems, 1 guarded; ")


@pytest.mark.parametrize("number", [2200, 2600, 3500])
def test_the_notice_can_be_seen_wherever_it_is_cut(number: int) -> None:
    """What is folded up is closed before it."""
    guarded = replace(large(number, "日" * 90), hints=tuple(Hint("docs/a.md", 1, "look " * 60) for _ in range(1000)))
    text = markdown(guarded)
    assert len(text.encode()) <= MOST_BYTES
    head, notice, _ = text.partition("*Cut here: ")
    assert notice
    assert head.count("<details>") == head.count("</details>")


def test_a_report_that_fits_is_not_cut() -> None:
    """And has no notice."""
    text = markdown(large(500))
    assert "*Cut here" not in text
    assert text.count("| PM-499/AI-1 |") == 1
    assert text.endswith("</details>\n\n")


def test_one_huge_text_does_not_make_it_longer() -> None:
    """A line that has no room is left out whole."""
    text = markdown(large(3, "x" * 2_000_000))
    assert len(text.encode()) <= MOST_BYTES
    assert "xxx" not in text
    assert "*Cut here: " in text
