"""The page: its numbers are the report's, foreign text stays text, and nothing but what it brought runs or is loaded."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pytest_postmortem.judging.gate import Violation, decide
from pytest_postmortem.judging.report import Report
from pytest_postmortem.model.document import Skipped
from pytest_postmortem.model.history import Guarding, History, Removal
from pytest_postmortem.model.incident import Incident
from pytest_postmortem.model.link import Link, LinkedTest, Result
from pytest_postmortem.model.postmortem import Hint, Postmortem, RootCauseAnalysis
from pytest_postmortem.model.state import Outcome, Policy, PostmortemState
from pytest_postmortem.reporting.chart import make_chart
from pytest_postmortem.reporting.headlines import verdict_line
from pytest_postmortem.reporting.html import Html, make_visible
from pytest_postmortem.reporting.interface import Finished
from pytest_postmortem.reporting.links import clean_web_address
from tests.builders import META, item, postmortem, report, run, test
from tests.reporting.hostile import NUMBERS, PAYLOADS

LINK = "https://github.com/acme/shop/blob/{commit}/{path}#L{line}"
VOID = {"meta", "input", "br", "rect", "path"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    parent: Element | None = None
    children: list[Element] = field(default_factory=list)
    parts: list[str | Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        apart = dict.fromkeys(("dd", "div", "dt", "h3", "li", "p", "summary", "td", "th", "ul"), " {} ")
        whole = "".join(
            part if isinstance(part, str) else apart.get(part.tag, "{}").replace("{}", part.text) for part in self.parts
        )
        return re.sub(r"[ \n]+", " ", whole).strip()

    def all(self, tag: str = "", **wanted: str) -> list[Element]:
        """Every element below of this tag, class (`kind`) and id (`name`), in order."""
        found = []
        for child in self.children:
            kinds = child.attributes.get("class", "").split()
            if (
                tag in ("", child.tag)
                and wanted.get("kind") in (None, *kinds)
                and wanted.get("name") in (None, child.attributes.get("id"))
            ):
                found.append(child)
            found.extend(child.all(tag, **wanted))
        return found

    def one(self, tag: str = "", **wanted: str) -> Element:
        (found,) = self.all(tag, **wanted)
        return found


class Tree(HTMLParser):
    """The page as elements; fails where a tag is not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.at = Element("", {})
        self.feed(text)
        self.close()
        assert self.at is self.root, f"<{self.at.tag}> is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "li" and self.at.tag == "li":
            self.at = self.at.parent  # the end tag of an item may be left out
        assert len(attrs) == len(dict(attrs)), f"an attribute twice in <{tag}>"
        element = Element(tag, {name: value or "" for name, value in attrs}, self.at)
        self.at.children.append(element)
        self.at.parts.append(element)
        if tag not in VOID:
            self.at = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "ol") and self.at.tag == "li":
            self.at = self.at.parent
        assert self.at.tag == tag, f"</{tag}> closes <{self.at.tag}>"
        self.at = self.at.parent

    def handle_data(self, data: str) -> None:
        self.at.parts.append(data)

    def handle_comment(self, data: str) -> None:
        pytest.fail(f"a comment: {data!r}")


def finished(made: Report, policy: Policy = Policy.LINKED, *, link: str = "", **fields: Any) -> Finished:
    explicit = fields.pop("explicit", False)
    decision = fields.pop("decision", None) or decide(made, policy, explicit=explicit)
    return Finished(made, decision, fields.pop("meta", META), "2026-06-15T08:04:12+00:00", 1, link, **fields)


def page(made: Report, policy: Policy = Policy.LINKED, **fields: Any) -> Element:
    return Tree(Html().render(finished(made, policy, **fields))).root


def figures(tree: Element) -> list[str]:
    return [one.text for one in tree.all("p", kind="figure")]


GOOD = postmortem("PM-1", item(), severity="SEV1", services=("checkout", "cart"), team="Payments")
OPEN = postmortem(
    "PM-2", item(), item("AI-2", "2026-07-01"), item("AI-3", "no", owner="mira", due="soon"), date=date(2026, 3, 1)
)
A = test("test_a", "PM-1/AI-1")
PASSED = run([(A, Outcome.PASSED)])
BOTH = report([GOOD, OPEN], PASSED)


def test_the_numbers_are_those_of_the_report() -> None:
    """The four figures, the states and the title say what the verdict line of the terminal says."""
    made = report([GOOD, OPEN, postmortem("PM-3")], PASSED)
    tree = page(made)
    counts = made.counts
    assert figures(tree) == [
        "failed",
        f"{counts.by_state[PostmortemState.GUARDED]} of {counts.postmortems} guarded",
        f"{counts.with_test} of {counts.required} have a test",
    ]
    assert figures(tree) == ["failed", "1 of 3 guarded", "1 of 2 have a test"]
    assert "1 violation" in tree.one("div", kind="gate").text
    assert tree.one("head").one("title").text == "gate failed, 1 of 3 post-mortems guarded"
    (described,) = [one for one in tree.all("meta") if one.attributes.get("name") == "description"]
    assert described.attributes["content"] == verdict_line(made, decide(made, Policy.LINKED)).text
    key = [one.text for one in tree.all("ul", kind="key")[0].all("li")]
    assert key == ["1 guarded", "2 unguarded"]


@pytest.mark.parametrize("policy", list(Policy))
@pytest.mark.parametrize("explicit", [True, False])
def test_the_verdict_is_the_decision(policy: Policy, explicit: bool) -> None:
    """Under every policy, and one row for each violation."""
    made = report([GOOD, OPEN], run([(A, Outcome.SKIPPED)]))
    decision = decide(made, policy, explicit=explicit)
    tree = page(made, decision=decision)
    assert figures(tree)[0] == decision.verdict.value
    rows = [one for one in tree.all("li", kind="todo") if "bad" in one.attributes["class"].split()]
    assert len(rows) == len(decision.violations)
    for row, violation in zip(rows, decision.violations, strict=True):
        for told in (violation.state, violation.text, violation.hint, f"{violation.origin}:{violation.line}"):
            assert told in row.text


def test_what_needs_attention_comes_first(tmp_path: Path) -> None:
    """Violations with the commitment, then items that cannot be told, then what ends within 30 days; reasons above."""
    later = postmortem("PM-4", item("AI-1", "2026-07-16"), item("AI-2", "2026-07-15"))
    unknown = postmortem("PM-3", item(test="tests/test_lost.py::test_it", text="Never `again`"))
    the_run = run(
        [(A, Outcome.PASSED)], withheld={"tests/test_lost.py": "could not be imported"}, narrowed=("-k was given",)
    )
    tmp_path.joinpath("tests").mkdir()
    tmp_path.joinpath("tests", "test_lost.py").write_text("import nothing", encoding="utf-8")
    tree = page(report([GOOD, OPEN, unknown, later], the_run, tmp_path))
    section = tree.one("section", name="attention")
    assert [one.text for one in section.all("h3")] == [
        "This run was partial",
        "Why the gate cannot judge everything",
        "1 violation",
        "1 unknown action item",
        "2 waivers and due dates ending within 30 days",
        "3 required items not judged",
    ]
    rows = section.all("li", kind="todo")
    assert [row.one(kind="id").text for row in rows] == [
        *("PM-2/AI-1", "PM-3/AI-1", "PM-2/AI-2", "PM-4/AI-2"),
        *("PM-2/AI-2", "PM-4/AI-1", "PM-4/AI-2"),
    ]
    assert "waived until 2026-07-16 (31 days left): vendor code" in rows[5].text
    assert "Do AI-1" in rows[0].text
    assert rows[1].one("code").text == "again"
    assert "tests/test_lost.py could not be imported" in rows[1].text
    assert "until 2026-07-01 (16 days left): vendor code" in rows[2].text
    for row in rows:
        assert tree.one("details", name=row.one("a", kind="id").attributes["href"].removeprefix("#"))


def test_a_grace_that_ends_soon_needs_attention() -> None:
    """As a waiver does; one that ends later does not."""
    soon, late = (item(name, due_date=day) for name, day in (("A", date(2026, 7, 15)), ("B", date(2026, 7, 16))))
    tree = page(report([postmortem("PM-1", soon, late)], grace=True))
    row, *unjudged = tree.all("li", kind="todo")
    assert "PM-1/A" in row.text
    assert "due 2026-07-15, 30 days left" in row.text
    assert ["in grace: due 2026-07-1" in one.text for one in unjudged] == [True, True]
    assert tree.one("ol", name="list").text.count("In its grace") == 2


def test_nothing_to_see_to_is_said() -> None:
    """Where the gate passed and nothing ends soon."""
    assert "Nothing:" in page(report([GOOD], PASSED)).one("section", name="attention").text


def test_many_violations_are_folded() -> None:
    """A few are shown, all are there."""
    made = report([postmortem(f"PM-{number}", item()) for number in range(40)])
    section = page(made).one("section", name="attention")
    assert len(section.all("li", kind="todo")) == 40
    assert section.one("details").one("summary").text == "34 more violations"


def test_a_violation_of_a_post_mortem_that_is_gone_is_shown() -> None:
    """A comparison with earlier evidence may name one; it leads nowhere on the page."""
    made = report([GOOD], PASSED)
    gone = Violation("PM-9", "AI-1", "lost its guard", "docs/PM-9.md", 3, "PM-9/AI-1 was guarded", "bring it back")
    tree = page(made, decision=replace(decide(made, Policy.LINKED), violations=(gone,)))
    (row,) = tree.all("li", kind="todo")
    assert "lost its guard PM-9/AI-1 docs/PM-9.md:3 PM-9/AI-1 was guarded" in row.text
    assert not row.all("a")


def test_every_post_mortem_is_told_in_full() -> None:
    """State, title, severity, date, services, team, root cause, items with state and facts, tests with outcome."""
    cause = RootCauseAnalysis("Root cause", "The queue had no bound. More.", 5)
    told = replace(
        GOOD,
        root_cause=cause,
        status="final",
        aliases=("INC-77",),
        action_items=(item(owner="payments", due="2026-03-01", tickets=("SHOP-1", "https://x.example/2")),),
    )
    failed = Result(Outcome.FAILED, "assert 3 == 2")
    tests = [(A, failed), (test("test_b[x]", "PM-1/AI-1"), Outcome.PASSED), (test("test_c", "PM-1"), Outcome.FLAKY)]
    tree = page(report([told], run(tests)))
    (entry,) = tree.one("ol", name="list").all("details")
    assert entry.one("summary").text == ("failing PM-1 Title of PM-1 SEV1 2026-02-11 checkout, cart Payments 3 tests")
    for words in (
        "Root cause: The queue had no bound.",
        "docs/PM-1.md:1",
        "Status final",
        "Also known as INC-77",
        "1 action item",
        "failing AI-1 Do AI-1 failed: assert 3 == 2 owner payments due 2026-03-01 open SHOP-1 https://x.example/2 line 10",
        "tests/test_x.py failed test_a assert 3 == 2 passed test_b[x] flaky test_c",
    ):
        assert words in entry.text
    assert [one.attributes["href"] for one in entry.all("a")] == ["https://x.example/2"]


def test_a_test_of_no_item_stands_below_the_items() -> None:
    """With its whole node id, as it is alone in its file."""
    two = postmortem("PM-1", item("AI-1", "no"), item("AI-2", "no"))
    entry = page(report([two], run([(test("test_c", "PM-1"), Outcome.PASSED)]))).one("ol", name="list")
    assert "1 test that names no action item passed tests/test_x.py::test_c" in entry.text


def test_the_newest_comes_first_and_the_undated_last() -> None:
    """Without a script too; ids of one day in natural order."""
    days = {"PM-10": date(2026, 1, 1), "PM-9": date(2026, 1, 1), "PM-3": None, "PM-2": date(2026, 5, 1)}
    tree = page(report([postmortem(name, date=day) for name, day in days.items()]))
    shown = [one.one("h3").one(kind="id").text for one in tree.one("ol", name="list").all("details")]
    assert shown == ["PM-2", "PM-9", "PM-10", "PM-3"]


def test_what_can_be_chosen_is_what_there_is() -> None:
    """Severities by gravity, services and teams in natural order, each with what is not given."""
    made = report(
        postmortem(f"PM-{place}", severity=severity, services=("b10", "b9"))
        for place, severity in enumerate(["low", "SEV10", "SEV2", "Critical", None])
    )
    controls = page(made).one("div", name="controls")
    choices = {
        one.attributes.get("data-filter"): [option.text for option in one.all("option")]
        for one in controls.all("select")
    }
    assert choices["severity"] == ["all", "Critical", "SEV2", "SEV10", "low", "none given"]
    assert choices["services"] == ["all", "b9", "b10", "none given"]
    assert choices["state"] == ["all", "unguarded (5)"]
    assert "team" not in choices


# what is to be followed up


def test_late_items_and_unwritten_incidents_have_their_tables() -> None:
    """With captions and headings for who cannot see them, the post-mortem a link to its entry; and a way to them."""
    one = postmortem(
        "PM-1",
        item("AI-1", "no", due_date=date(2026, 6, 1), owner="payments", text="Set **all** of it", line=12),
        item("AI-2", "no", due_date=date(2026, 6, 14)),
        date=date(2020, 1, 1),
    )
    register = [
        Incident("INC-1", "Down", date(2026, 5, 2), "SEV1", "docs/incidents.yaml", 3),
        Incident("INC-2", origin="docs/incidents.yaml", line=9),
    ]
    tree = page(report([one], since=date(2026, 1, 1), register=register), link=LINK)
    section = tree.one("section", name="follow-up")
    late, unwritten = section.all("table")
    assert [one.text for one in section.all("h3")] == [
        "Past their due date: 2 action items of 1 owner, 1 without an owner",
        "Without a post-mortem: 2 of 2 incidents",
    ]
    assert rows(late) == [
        ["payments", "AI-1 Set all of it", "2026-06-01", "14", "PM-1 docs/PM-1.md:12"],
        ["no owner", "AI-2 Do AI-2", "2026-06-14", "1", "PM-1 docs/PM-1.md:10"],
    ]
    assert rows(unwritten) == [
        ["INC-1 docs/incidents.yaml:3", "Down", "SEV1", "2026-05-02"],
        ["INC-2 docs/incidents.yaml:9", "", "", ""],
    ]
    for table in (late, unwritten):
        assert table.one("caption").text
        heads = [head for head in table.one("thead").all("th") if head.attributes["scope"] == "col"]
        assert len(heads) == len(rows(table)[0])
    assert [link.attributes["href"] for link in late.all("a")][:2] == [
        "#pm-PM-1",
        LINK.format(commit=META.commit, path="docs/PM-1.md", line=12),
    ]
    assert [link.text for link in tree.one("nav").all("a")][1] == "To follow up"


def test_of_many_the_first_ten_are_open() -> None:
    """The rest can be unfolded; each stands there once."""
    ones = [item(f"AI-{number}", "no", due_date=date(2026, 6, 1), line=number) for number in range(1, 13)]
    section = page(report([postmortem("PM-1", *ones)])).one("section", name="follow-up")
    first, rest = section.all("table")
    assert (len(rows(first)), len(rows(rest))) == (10, 2)
    assert section.one("details").one("summary").text == "2 more action items"
    assert section.one("details").one("table") is rest


def test_where_nothing_is_to_be_followed_up_there_is_no_section() -> None:
    """Nor a way to it."""
    tree = page(BOTH)
    assert not tree.all("section", name="follow-up")
    assert "To follow up" not in tree.one("nav").text


# hostile text


def hostile(payload: str) -> Finished:
    """A report in which `payload` stands in every field of foreign text."""
    one = postmortem(
        f"PM-{payload}",
        item(
            f"AI-{payload}",
            text=payload,
            owner=payload,
            due=payload,
            due_date=date(2026, 6, 1),
            tickets=(payload, f"javascript:{payload}"),
            mentions_test=True,
        ),
        item("AI-2", "2026-06-20", text=payload),
        title=payload,
        severity=payload,
        services=(payload, f"{payload}2", f"{payload}3", f"{payload}4"),
        team=payload,
        status=payload,
        aliases=(payload,),
        origin=f"docs/{payload}.md",
        url=payload,
        root_cause=RootCauseAnalysis(payload, payload, 3),
    )
    path, link = f"tests/{payload}.py", Link(one.id, f"AI-{payload}")
    tests = [
        (LinkedTest(f"{path}::{payload}", path, 3, (link,)), Result(Outcome.FAILED, payload)),
        (LinkedTest(f"{path}::other", path, 3, (link,)), Result(Outcome.SKIPPED, payload)),
    ]
    register = (Incident(f"INC-{payload}", payload, None, payload, payload, 3),)
    made = report([one], run(tests, notes=(payload,), narrowed=(payload,)), register=register)
    made = replace(
        made,
        skipped=(Skipped(payload, payload),),
        hints=(Hint(payload, 1, payload),),
        places=(payload,),
        absent=(payload,),
    )
    history = History(
        (
            Guarding(
                one.id,
                one.date,
                date(2026, 3, 1),
                payload,
                payload,
                0,
                (Removal(date(2026, 4, 1), payload, (payload,), 0),),
            ),
        ),
        shallow=True,
        notes=(payload,),
    )
    meta = replace(META, commit=payload, tool=payload, pytest=payload)
    return finished(made, link=LINK, history=history, meta=meta)


def shape(tree: Element) -> set[tuple[str, ...]]:
    """Every tag with every name of an attribute."""
    return {(one.tag, *sorted(one.attributes)) for one in tree.all()}


MEEK = shape(Tree(Html().render(hostile("harmless `code` and **strong** words"))).root)
MEEK |= shape(Tree(Html().render(hostile("https://fine.example/page"))).root)
UNSAFE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


@pytest.mark.parametrize("payload", PAYLOADS, ids=NUMBERS)
def test_foreign_text_stays_text(payload: str) -> None:
    """No element or attribute that a harmless text would not bring, no scheme but http and https, no odd character."""
    text = Html().render(hostile(payload))
    assert not UNSAFE.search(text)
    tree = Tree(text).root
    assert shape(tree) <= MEEK
    assert len(tree.all("script")) == len(tree.all("style")) == 1
    for one in tree.all():
        assert not [name for name in one.attributes if name.startswith("on") or name in ("style", "src", "srcdoc")]
        target = one.attributes.get("href")
        if target is not None:
            assert one.tag == "a"
            ours = re.fullmatch(r"#[\w.-]+|https://github\.com/acme/shop/blob/[^\s<>\"'{}]*", target)
            assert ours or (target == payload and payload.startswith("https://")), target
    shown = " ".join(make_visible(payload).split())
    assert shown.replace("`", "").replace("**", "") in tree.one("ol", name="list").text.replace("`", "").replace(
        "**", ""
    )


def test_control_and_bidirectional_characters_are_seen() -> None:
    """Written as in the terminal; other values and letters of other directions stay as they are."""
    assert make_visible("a\x1b\u202e\n") == "a\\x1b\\u202e\\x0a"
    assert make_visible("\u05e9\u05dc\u05d5\u05dd") == "\u05e9\u05dc\u05d5\u05dd"
    assert make_visible(3) == 3


def test_words_between_marks_become_code_and_strong() -> None:
    """In titles and commitments; an unfinished mark stays."""
    made = report([postmortem("PM-1", item(text="Set **all** of `a<b>` and `this"), title="`x` broke")])
    listed = page(made).one("ol", name="list")
    assert listed.one("h3").one("code").text == "x"
    assert [one.text for one in listed.one("ul", kind="items").one("bdi").children] == ["all", "a<b>"]
    assert listed.one("ul", kind="items").one("bdi").text == "Set all of a<b> and `this"


# what the page loads and runs


def test_the_policy_allows_exactly_the_style_and_the_script_of_the_page() -> None:
    """By the hashes of the inlined text; nothing else may be loaded, run or sent."""
    tree = page(BOTH)
    (policy,) = [one.attributes["content"] for one in tree.all("meta") if "http-equiv" in one.attributes]
    hashes = {
        kind: base64.b64encode(hashlib.sha256("".join(tree.one(kind).parts).encode()).digest()).decode()
        for kind in ("style", "script")
    }
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes['style']}'; script-src 'sha256-{hashes['script']}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def test_the_page_asks_nobody_for_anything() -> None:
    """No address in it but those of links that a reader follows, and no way to write HTML in the script."""
    text = Html().render(finished(BOTH, link=LINK))
    tree = Tree(text).root
    targets = [one.attributes["href"] for one in tree.all("a") if not one.attributes["href"].startswith("#")]
    assert len(targets) > 3
    assert len(re.findall("https?:", text)) == len(targets)
    assert all(target.startswith("https://github.com/acme/shop/blob/4f2c1ab") for target in targets)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function\(", text)
    assert "url(" not in text
    assert "@import" not in text


def test_a_page_without_a_link_pattern_has_no_address_at_all() -> None:
    """Places are then plain `path:line`."""
    text = Html().render(finished(BOTH))
    assert "http:" not in text
    assert "https:" not in text
    assert "docs/PM-2.md:10" in text


def hrefs(
    origin: str = "docs/a.md", line: int = 7, *, link: str = LINK, commit: str | None = "abc", **told: Any
) -> list[str]:
    made = report([postmortem("PM-1", origin=origin, line=line, **told)])
    tree = page(made, link=link, meta=replace(META, commit=commit))
    return [one.attributes["href"] for one in tree.one("ol", name="list").all("a")]


def test_links_are_built_by_the_pattern() -> None:
    """Commit, path and line are quoted; the document's own address goes before; without a line no fragment."""
    assert hrefs() == ["https://github.com/acme/shop/blob/abc/docs/a.md#L7"]
    assert hrefs("docs/a b#c?{line}\u00e9.md") == [
        "https://github.com/acme/shop/blob/abc/docs/a%20b%23c%3F%7Bline%7D%C3%A9.md#L7"
    ]
    assert hrefs(commit="a/../b") == ["https://github.com/acme/shop/blob/a%2F..%2Fb/docs/a.md#L7"]
    assert hrefs(line=0) == ["https://github.com/acme/shop/blob/abc/docs/a.md"]
    assert hrefs(url="https://wiki.example/PM-1?x=1#y") == ["https://wiki.example/PM-1?x=1#y"]
    assert hrefs(url="javascript:alert(1)") == ["https://github.com/acme/shop/blob/abc/docs/a.md#L7"]


@pytest.mark.parametrize(
    "fields",
    [
        {"commit": None},
        {"origin": "../docs/a.md"},
        {"origin": "/docs/a.md"},
        {"origin": "https://wiki.example/a"},
        {"link": "javascript:alert('{path}')"},
        {"link": "ftp://files.example/{path}"},
        {"link": "https://user:token@github.com/{path}"},
        {"link": "https://[broken/{path}"},
        {"link": "{path}"},
        {"link": "https:///{path}"},
    ],
    ids=str,
)
def test_what_cannot_be_linked_is_plain(fields: dict[str, Any]) -> None:
    """An unknown commit, a path outside the repository, a pattern that is no http address or holds a user's name."""
    assert hrefs(**fields) == []


def test_only_addresses_of_the_web_are_links() -> None:
    """With a host, without a user, without anything that would end an attribute."""
    assert clean_web_address("https://x.example/\u00e9?a=b&c") == "https://x.example/%C3%A9?a=b&c"
    assert clean_web_address("HTTP://x.example") == "HTTP://x.example"
    for text in (None, "", "x", "javascript:1", "https://", "https:///x", "https://u@x", "https://x y", 'https://x"'):
        assert clean_web_address(text) == ""


def test_the_project_is_named_by_the_link_pattern() -> None:
    """As GitHub and GitLab build their addresses; else it has no name."""
    patterns = {LINK: "acme/shop", "https://gitlab.example/a/b/c/-/blob/{commit}/{path}": "a/b/c", "": "", "x": ""}
    for pattern, name in patterns.items():
        shown = page(BOTH, link=pattern).one("p", kind="overline").text
        assert shown == ("pytest-postmortem" + (f" \u00b7 {name}" if name else ""))


def test_ids_lead_to_their_own_post_mortem() -> None:
    """Also where they differ in punctuation alone."""
    tree = page(report([postmortem("A B"), postmortem("A_B"), postmortem("A/B")]))
    anchors = [one.attributes["id"] for one in tree.one("ol", name="list").all("details")]
    assert sorted(anchors) == ["pm-A_B", "pm-A_B_2", "pm-A_B_3"]
    every = [one.attributes["id"] for one in tree.all() if "id" in one.attributes]
    assert len(every) == len(set(every))


# over time


def dated(*days: date | None) -> list[Postmortem]:
    return [postmortem(f"PM-{place}", item(), date=day) for place, day in enumerate(days, 1)]


def rows(tree: Element) -> list[list[str]]:
    return [[cell.text for cell in row.children] for row in tree.one("tbody").all("tr")]


THREE = dated(date(2026, 1, 3), date(2026, 1, 30), date(2026, 4, 1), None)


def test_the_chart_counts_by_the_month_of_the_incident() -> None:
    """Without history those are guarded that are so now; it says so, and that one has no date."""
    made = report(THREE, run([(test("test_a", "PM-2"), Outcome.PASSED), (test("test_b", "PM-4"), Outcome.PASSED)]))
    tree = page(made)
    assert rows(tree) == [["2026-01", "2", "1"], ["2026-04", "3", "1"]]
    said = tree.one("figcaption").text
    assert "guarded in this run" in said
    assert "1 post-mortem has no date and is not in it" in said


def test_with_history_the_chart_follows_the_first_guards() -> None:
    """A guard from before its incident counts from the incident on; a later removal takes nothing off."""
    guards = (
        Guarding("PM-1", date(2026, 1, 3), date(2026, 2, 1), "c" * 40, "tests/test_a.py", 1),
        Guarding("PM-2", date(2026, 1, 30), markers=1, removals=(Removal(date(2026, 5, 1), "b" * 40, ("a.py",), 1),)),
        Guarding(
            "PM-3",
            date(2026, 4, 1),
            date(2026, 1, 1),
            "d" * 40,
            "tests/test_b.py",
            0,
            (Removal(date(2026, 5, 1), "e" * 40, ("tests/test_b.py",), 0),),
        ),
        Guarding("PM-4", None, date(2026, 1, 1), "f" * 40, "tests/test_c.py", 1),
    )
    tree = page(report(THREE), history=History(guards, shallow=True, notes=("a note",)))
    assert rows(tree) == [["2026-01", "2", "0"], ["2026-02", "2", "1"], ["2026-04", "3", "2"]]
    assert "first marker" in tree.one("figcaption").text
    assert figures(tree)[3] == "14.5 days in the median"
    assert "2 incidents: quickest 0, slowest 29" in tree.text
    assert "first guard after 29 days" in tree.one("details", name="pm-PM-1").one("summary").text
    assert "2026-02-01, 29 days after the incident, in tests/test_a.py (cccccccccc)" in tree.text
    attention = tree.one("section", name="attention").text
    assert "1 incident without the guard it once had" in attention
    assert "2026-05-01 with commit eeeeeeeeee (tests/test_b.py)" in attention
    assert "The clone is shallow" in tree.one("section", name="time").text
    assert "a note" in tree.one("section", name="time").text


def test_a_history_that_knows_no_days_says_so() -> None:
    """No median is made up."""
    assert figures(page(report(THREE), history=History()))[3] == "unknown"


def test_the_chart_has_words_for_those_who_do_not_see_it() -> None:
    """An image role, a title, a description with the numbers, and the table."""
    tree = page(report(THREE))
    charts = tree.all("svg", kind="chart")
    assert len(charts) == 2
    for chart in charts:
        assert chart.attributes["role"] == "img"
        assert chart.attributes["aria-labelledby"] == chart.one("title").attributes["id"]
        assert chart.attributes["aria-describedby"] == chart.one("desc").attributes["id"]
        assert "From 2026-01 to 2026-06: 3 incidents in all, 0 of them guarded" in chart.one("desc").text


def test_without_a_date_there_is_no_chart() -> None:
    """Nor a link to it."""
    tree = page(report(dated(None)))
    assert not tree.all("section", name="time")
    assert "#time" not in {one.attributes["href"] for one in tree.all("a")}


@pytest.mark.parametrize(
    "days",
    [
        [date(1, 1, 1), date(9999, 12, 31)],
        [date(2026, 6, 15)],
        [date(2031, 1, 1)],
        [date(2020, 1, 1) + timedelta(days=place) for place in range(2_400)],
    ],
    ids=["all of time", "today", "tomorrow", "every day"],
)
def test_the_pictures_stay_in_their_boxes(days: list[date]) -> None:
    """Few ticks, within the box, whatever the dates; the last numbers can be told apart."""
    chart = make_chart(report(dated(*days)), None)
    assert chart is not None
    assert len(chart.months) <= len(days)
    for picture in chart.pictures:
        assert len(picture.across) <= 9
        assert 2 <= len(picture.up) <= 6
        assert all(picture.left <= tick.place <= picture.right for tick in picture.across)
        assert all(0 < tick.place <= picture.base for tick in picture.up)
        assert picture.ends[1] - picture.ends[0] >= 16
        assert max(picture.ends) <= picture.base
        numbers = [float(number) for number in re.findall(r"[\d.]+", picture.incidents_area)]
        assert min(numbers) >= 0
        assert max(numbers) <= picture.width


# the rest


def test_a_report_of_nothing_says_where_it_looked() -> None:
    """And has no controls."""
    tree = page(report([]))
    assert "No post-mortem was found. Looked at docs." in tree.text
    assert not tree.all("div", name="controls")
    assert figures(tree) == ["not judged", "0 of 0 guarded", "0 of 0 have a test"]


def test_the_run_is_told_at_the_end() -> None:
    """Hints, skipped files, notes, what is missing, versions."""
    speaks = postmortem("PM-1", item("AI-1", "silent", text="Add a test", mentions_test=True))
    made = report([speaks], run([(A, Outcome.PASSED)], notes=("a note",), narrowed=("-k was given",)))
    made = replace(made, skipped=(Skipped("docs/README.md", "a README"),), hints=(Hint("docs/a.md", 3, "look here"),))
    said = page(made).one("footer").text
    for words in (
        "2 hints",
        "1 item speaks of tests but does not say [test required]",
        "docs/a.md:3: look here",
        "1 skipped file docs/README.md: a README",
        "1 note a note",
        "Complete no: -k was given",
        "pytest-postmortem 1.2.3, pytest 9.0.0, Python 3.13.0",
        "1 collected, 0 deselected, 1 finished",
        META.run_id,
        META.configuration,
        str(META.commit),
    ):
        assert words in said


def test_headings_come_in_order_and_every_control_has_a_name() -> None:
    """No level is left out; each input lies in its label, each button has words."""
    tree = page(BOTH, history=History())
    levels = [int(one.tag[1]) for one in tree.all() if re.fullmatch("h[1-6]", one.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for control in (*tree.all("input"), *tree.all("select")):
        assert control.parent is not None
        assert control.parent.tag == "label"
    assert all(button.text for button in tree.all("button"))
    assert tree.one("a", kind="skip").attributes["href"] == "#postmortems"
    assert tree.one("p", name="count").attributes["aria-live"] == "polite"


def test_two_thousand_post_mortems_and_twenty_thousand_tests_fit() -> None:
    """In 6 MB, with every test by name, and every test file linked."""
    many = [
        postmortem(
            f"PM-2026-{number:04}",
            item("AI-1", text="Reject orders when the queue is deeper than 10,000", owner="payments", due="2026-03-01"),
            item("AI-2", "no", text="Alert on queue depth above 10,000", owner="platform", due="2026-03-08"),
            title="Checkout queue overflow",
            severity="SEV2",
            services=("checkout",),
            team="Payments",
            origin=f"docs/postmortems/PM-2026-{number:04}-checkout-queue-overflow.md",
        )
        for number in range(2_000)
    ]
    tests = [
        (
            test(
                f"test_the_queue_rejects_{part}",
                f"PM-2026-{number:04}/AI-1",
                path=f"tests/checkout/test_queue_{number}.py",
            ),
            Outcome.PASSED,
        )
        for number in range(2_000)
        for part in range(10)
    ]
    text = Html().render(finished(report(many, run(tests)), link=LINK))
    assert len(text.encode()) < 6_000_000
    assert text.count("test_the_queue_rejects_") == 20_000
    assert text.count("/tests/checkout/test_queue_7.py") == 1
