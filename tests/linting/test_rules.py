"""Each rule by its own examples, and where its border runs."""

from __future__ import annotations

import pytest

from pytest_postmortem.linting.builtin import RULES
from pytest_postmortem.linting.interface import Rule, Subject
from tests.linting.texts import HEAD, TODAY, document, found

BY_CODE = {rule.code: rule for rule in RULES}
TABLE = "## Action items\n\n| ID | Action | Scope | Owner | Due | Status | Test |\n|--|--|--|--|--|--|--|\n"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_examples(rule: Rule) -> None:
    """The bad one is found, once and at a line it has; the good one is not. Both are read without a fault."""
    (finding,) = found(rule, rule.bad, rule.file)
    assert 1 <= finding.line <= len(rule.bad.splitlines())
    assert "; " in finding.text
    assert found(rule, rule.good, rule.file) == []
    for text in (rule.bad, rule.good):
        assert document(text, rule.file)[1].faults == ()


def test_codes_say_their_family() -> None:
    """The first digit is the family, each code occurs once, and only the blameless rules are opt-in."""
    assert len(BY_CODE) == len(RULES) >= 18
    assert {code for code, rule in BY_CODE.items() if not rule.default} == {code for code in BY_CODE if code[2] == "3"}
    assert [rule.code for rule in RULES] == sorted(BY_CODE)


@pytest.mark.parametrize(
    ("code", "body", "lines"),
    [
        ("PM105", "The id is {{ id }}.\n", [7]),
        ("PM105", "```\n{{ id }} YYYY-MM-DD\n```\n", []),
        ("PM105", "Named `YYYY-MM-DD-slug`, see [Title](x.md).\n", []),
        ("PM105", "<!-- [Describe the impact] -->\n", []),
        ("PM105", "Since <your name> left:\n", [7]),
        ("PM201", "## How did it happen?\n\nA deploy.\n", []),
        ("PM201", "**Why the queue was full**\n\nA deploy.\n", []),
        ("PM201", "## Root cause\n", [5]),
        ("PM201", "## Root causes we found & fixed\n\n### One\n\nA deploy.\n", []),
        ("PM201", "## Root causes we found & fixed\n\n## Impact\n\nA deploy.\n", [5]),
        ("PM201", "## Root cause\n\n_To be filled in_\n", [5]),
        ("PM201", "## Root cause\n\nUnder investigation\n", [5]),
        ("PM201", "## Root causes we found & fixed\n\n- TBD\n", [5]),
        ("PM201", "- **Why:** unknown\n", [5]),
        ("PM201", "## Cause of it all\n\n1.\n2.\n", [5]),
        ("PM201", "- **Why:** a deploy\n", []),
        ("PM201", "## Ursache\n\nEin Deploy.\n", []),
        ("PM202", "## Five whys\n\n1. Why? A.\n2. Why? B.\n", [7]),
        ("PM202", "## Root cause\n\nA deploy.\n\n### Five whys\n\n1. Why? A.\n", [11]),
        ("PM202", "## Root cause\n\nA deploy.\n", []),
        ("PM203", "## Root cause\n\nOur checkout service crashed.\n", [7]),
        ("PM203", "## Root cause\n\nDatabase outage\n", [7]),
        ("PM203", "## Root cause\n\nRedis was out of memory.\n", [7]),
        ("PM203", "## Root cause\n\nRedis was out of memory because keys never expire.\n", []),
        ("PM203", "## Root cause\n\nThe database went down. Its disk was full of logs that nothing rotates.\n", []),
        ("PM301", "## Root cause\n\nThis was no human error.\n", []),
        ("PM301", "## Root cause\n\nThe form is error-prone; a manual error-handling step is missing.\n", []),
        ("PM301", "> Human error\n", []),
        ("PM301", "Someone might say human error; that is not the cause.\n", []),
        ("PM301", "Human error is not the root cause here.\n", []),
        ("PM301", "Human error would be the easy answer, but it does not explain the alert.\n", []),
        ("PM301", "It was human error. The alert was not sent.\n", [7]),
        ("PM301", "Human error caused it, and the alert was not the first.\n", [7]),
        ("PM302", "The scheduler failed to start, and the engineer was paged.\n", []),
        ("PM302", "Someone accidentally deleted the table.\n", [7]),
        ("PM302", "@kim overlooked the alert.\n", [7]),
        ("PM302", "Bob forgot to run the migration.\n", [7]),
        ("PM302", "As O'Neil had forgotten the flag, it was off.\n", [7]),
        ("PM302", "We forgot the flag. They forgot it, too. Nobody forgot. DNS forgot the entry.\n", []),
        ("PM302", "Never say that Bob forgot it.\n", []),
        ("PM303", "It was the fault of the DBA.\n", [7]),
        ("PM303", "It was their own fault.\n", [7]),
        ("PM303", "A page fault in the kernel, and the mistake of the parser.\n", []),
        ("PM401", "## Action items\n\n- [ ] Reject orders\n", []),
        ("PM402", TABLE + "| A | Reject | | | | dropped | required |\n| B | Alert | | | | open | no |\n", [12]),
        ("PM402", TABLE + "| A | Reject | | | | open | waived until 2026-12-01: rewrite |\n", []),
        ("PM403", TABLE + "| A | Reject | | | | done | no |\n| B | Alert | | | | open | no |\n", [12]),
        ("PM403", "**Team:** payments\n\n## Action items\n\n- [ ] Reject orders\n", []),
        ("PM404", TABLE + "| A | Reject | | | next release | open | no |\n", []),
        ("PM404", TABLE + "| A | Reject | | | | dropped | no |\n", []),
        ("PM405", TABLE + "| A | Reject | | | 2026-06-15 | open | no |\n| B | Alert | | | 2026-06-14 | | no |\n", [12]),
        ("PM405", TABLE + "| A | Reject | | | 2026-01-01 | dropped | no |\n", []),
        (
            "PM406",
            "## Action items\n\n- Be more careful with deploys\n- Improve p99 to 300 ms\n- Review it (#12)\n",
            [9],
        ),
        ("PM407", TABLE + "| A | Reject | specific | | | open | no |\n| B | Alert | | | | open | no |\n", []),
        ("PM407", TABLE + "| A | Reject | specific | | | open | no |\n| B | X | systemic | | | dropped | no |\n", [11]),
    ],
)
def test_borders(code: str, body: str, lines: list[int]) -> None:
    """What is found, and what looks like it and is not."""
    assert [finding.line for finding in found(BY_CODE[code], HEAD + body)] == lines


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\ufeff---\n",
        "---\n" * 3000,
        "<!--" * 3000,
        "```\n" * 3001,
        "a" * 100_000,
        "# " + "cause " * 20_000,
        "## Root cause\n" * 3000,
        "## Root cause\n\n" + "the " * 20_000 + "went down",
        "an engineer " * 10_000,
        "Bob forgot human error is " * 4_000,
        "`" * 50_000,
        "{{ " * 20_000,
        "[your " * 20_000,
        "## Action items\n\n- improve " + "x " * 20_000,
    ],
    ids=lambda text: text[:12],
)
def test_hostile_documents_take_no_time(text: str) -> None:
    """No rule needs more than a moment for a text that is made to hold it up; a slow one runs into the suite's limit."""
    subject = Subject(document(text)[1], text, TODAY)
    for rule in RULES:
        list(rule.check(subject))
