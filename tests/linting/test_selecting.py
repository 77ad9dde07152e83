"""Which rules are used."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_postmortem.errors import ConfigError, DocumentError, SourceError
from pytest_postmortem.linting.builtin import RULES
from pytest_postmortem.linting.interface import Finding, Subject
from pytest_postmortem.linting.runner import lint
from pytest_postmortem.linting.selecting import select_rules, sort_unique
from pytest_postmortem.linting.suppressions import find_suppressions
from tests.linting.texts import HEAD, TODAY, document

CODES = [rule.code for rule in RULES]
DEFAULT = [rule.code for rule in RULES if rule.default]


@pytest.mark.parametrize(
    ("select", "extend", "ignore", "expected"),
    [
        ([], [], [], DEFAULT),
        (["PM2"], [], [], ["PM201", "PM202", "PM203"]),
        (["ALL"], [], [], CODES),
        (["ALL"], [], ["PM4", "PM1", "PM2"], ["PM301", "PM302", "PM303"]),
        ([], ["PM302"], ["PM4", "PM1", "PM2"], ["PM302"]),
        (["PM2"], ["PM301"], ["PM202"], ["PM201", "PM203", "PM301"]),
        (["PM202"], [], ["PM2"], ["PM202"]),
        (["PM2"], [], ["PM2"], []),
        ([], [], ["ALL"], []),
        ([], [], ["PM"], []),
    ],
)
def test_the_more_exact_selector_wins(
    select: list[str], extend: list[str], ignore: list[str], expected: list[str]
) -> None:
    """Codes, their beginnings and ALL."""
    assert [rule.code for rule in select_rules(RULES, select, extend, ignore)] == expected


@pytest.mark.parametrize("selector", ["PM999", "pm402", "X", ""])
def test_an_unknown_selector_is_an_error(selector: str) -> None:
    """It would select nothing, and look as if all were well."""
    with pytest.raises(ConfigError, match="no rule is called"):
        select_rules(RULES, ignore=[selector])


def test_two_rules_of_one_code_and_a_code_that_is_none() -> None:
    """Faults of an extension."""
    with pytest.raises(SourceError, match="two lint rules have the code PM101"):
        sort_unique([RULES[0], replace(RULES[0])])
    with pytest.raises(SourceError, match="has the code 'pm1'"):
        sort_unique([replace(RULES[0], code="pm1")])
    assert sort_unique([RULES[1], RULES[0], RULES[1]]) == [RULES[0], RULES[1]]


@pytest.mark.parametrize(
    ("text", "off", "told"),
    [
        ("nothing", [], []),
        ("<!-- postmortem: ignore PM402 -->", ["PM402"], []),
        ("a\n<!--postmortem:ignore PM402, PM101: no code was changed-->", ["PM402", "PM101"], []),
        ("# postmortem: ignore PM402", ["PM402"], []),
        ("<!-- postmortem: ignore PM402 --> <!-- postmortem: ignore PM101 -->", ["PM402", "PM101"], []),
        ("\n<!-- postmortem: ignore PM4O2 -->", ["PM4O2"], ["x.md:2: no rule is called 'PM4O2'; did you mean PM402?"]),
        ("<!-- Postmortem: Ignore pm402 -->", ["PM402"], []),
        ("<!--\n  postmortem: ignore\n  PM402,\n  PM101: no code\n  was changed\n-->", ["PM402", "PM101"], []),
        (
            "a\n<!-- postmortem: disable PM402 -->",
            [],
            ["x.md:2: 'postmortem: disable' switches off no rule; write <!-- "],
        ),
        ("<!-- pytest-postmortem: ignore PM402 -->", [], ["x.md:1: 'pytest-postmortem: ignore' switches off no rule"]),
        ("<!-- postmortem ignore PM402 -->", [], ["x.md:1: 'postmortem ignore' switches off no rule"]),
        ("<!-- Post-mortem: skip this where nobody was hurt -->", [], []),
        ("# Postmortem: Ignore rules were lost\n", [], []),
        ("```\n<!-- postmortem: ignore PM402 -->\n```\n", [], []),
        ("Write `<!-- postmortem: ignore PM402 -->`.\n", [], []),
        ("<!--\n```\n-->\n<!-- postmortem: ignore PM402 -->\n", ["PM402"], []),
        ("```\nx\n```\n\n<!-- postmortem: ignore PM4O2 -->", ["PM4O2"], ["x.md:5: no rule is called 'PM4O2'"]),
        ("<!-- postmortem: ignore -->", [], ["x.md:1: an opt-out names no rule"]),
        ("<!-- postmortem: ignore PM4 -->", ["PM4"], ["x.md:1: no rule is called 'PM4'"]),
    ],
)
def test_a_document_opts_out(text: str, off: list[str], told: list[str]) -> None:
    """In a comment, with a reason or without; what names no rule is a fault."""
    codes, faults = find_suppressions(text, "x.md", CODES)
    assert codes == set(off)
    assert len(faults) == len(told)
    for fault, said in zip(faults, told, strict=True):
        assert str(fault).startswith(said)


@pytest.mark.parametrize(
    "piece", ["<!--", "<!-- postmortem: ", "# postmortem: ignore ", "`", "```\n", "# postmortem\n"]
)
def test_hostile_comments_take_no_time(piece: str) -> None:
    """Of a hundred thousand characters."""
    find_suppressions("postmortem" + piece * (100_000 // len(piece)), "x.md", CODES)


def test_an_opt_out_holds_for_its_document_alone() -> None:
    """And for its rule alone."""
    one, other = document(HEAD + "<!-- postmortem: ignore PM401 -->\n", "a.md"), document(HEAD, "b.md")
    linted = lint([one, other], RULES, RULES, TODAY)
    assert linted.documents == 2
    assert [(found.code, found.origin) for found in linted.found if found.code == "PM401"] == [
        ("PM401", "docs/postmortems/b.md")
    ]
    assert len([found for found in linted.found if found.code == "PM201"]) == 2


def test_a_rule_that_fails_is_told_as_an_extension() -> None:
    """With the file and line where it failed, and what it was looking at."""

    def fails(subject: Subject) -> list[Finding]:
        raise RuntimeError(f"no idea about {subject.postmortem.id}")

    def returns(subject: Subject) -> list[Finding]:
        return ["a text"]  # type: ignore[list-item]

    for check, told in ((fails, "RuntimeError: no idea about PM-1"), (returns, "a str where a Finding is expected")):
        rule = replace(RULES[0], code="ACME101", check=check)
        with pytest.raises(SourceError, match=told) as caught:
            lint([document(HEAD)], [rule], [rule], TODAY)
        assert "lint rule ACME101 on docs/postmortems/checkout.md" in str(caught.value)


def test_a_document_that_cannot_be_opened_any_more_is_a_fault() -> None:
    """It was read a moment ago; nothing is passed over."""

    def load() -> str:
        raise DocumentError("cannot be read: gone", origin="docs/a.md", hint="mend it")

    one, postmortem = document(HEAD)
    linted = lint([(replace(one, load=load), postmortem)], RULES, RULES, TODAY)
    assert (linted.found, [str(fault) for fault in linted.faults]) == ((), ["docs/a.md: cannot be read: gone; mend it"])
