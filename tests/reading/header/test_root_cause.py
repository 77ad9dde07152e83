"""The root cause: the section that tells it, its text in plain words, and the five whys."""

from __future__ import annotations

import pytest

from pytest_postmortem.model.postmortem import RootCauseAnalysis
from pytest_postmortem.reading.vocabulary.default import DEFAULT
from tests.reading.texts import read

NOTHING = [
    *(
        "TBD",
        "TODO",
        "N/A",
        "Unknown",
        "???",
        ".",
        "Under investigation",
        "Not yet known.",
        "_To be filled in_",
        "**tbd**",
    ),
    *(
        "The root cause is still unknown at this time.",
        "Investigation ongoing",
        "調査中。",
        "Noch unklar",
        "- TBD",
        "(none)",
    ),
]


def cause(text: str) -> RootCauseAnalysis:
    found = read("# Queue overflow\n\n" + text).root_cause
    assert found is not None
    return found


@pytest.mark.parametrize(
    "heading",
    [
        *(
            "Root cause",
            "Root Cause Analysis",
            "RCA",
            "Root cause(s)",
            "2. Root cause",
            "Blameless root cause",
            "Fault",
        ),
        *("Contributing factors", "Analysis", "What happened", "根本原因", "근본 원인 분석", "Ursache", "Causa raíz"),
        *(
            "Five whys",
            "Five why's",
            "5 Whys",
            "5 Why's",
            "5 Pourquoi",
            "5つのなぜ",
            "🔍 Root cause:",
            "Root cause and trigger",
        ),
    ],
)
def test_many_headings_tell_the_root_cause(heading: str) -> None:
    """The heading, the text and its line are kept."""
    found = cause(f"## Summary\n\nIt was bad.\n\n## {heading}\n\nThe **retry** had no `bound`.\n\n## Impact\n\nBad.\n")
    assert (found.text, found.line) == ("The retry had no bound.", 7)
    assert found.heading in heading


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("## Root cause\n\nFirst line\ngoes on.\n\nSecond one.\n", "First line goes on. Second one."),
        ("## Root cause\n\n- one\n- two\n  goes on\n", "one two goes on"),
        ("## Root cause\n\n1. one\n\n   More of it.\n2. two\n", "one More of it. two"),
        ("## Root cause\n\n- one\n  - inner\n- two\n", "one inner two"),
        ("## Root cause\n\n```\ncode\n```\n\nText.\n\n> quote\n\n| a |\n|---|\n", "Text."),
        ("## Root cause\n\n[The queue](http://x) <br> overflowed.\n", "The queue overflowed."),
        ("## Root cause\n\n### Trigger\n\nA deploy.\n\n### Root cause\n\nNo bound.\n", "No bound."),
        ("## Root cause\n\n### Trigger\n\nA deploy.\n\n### More\n\nNo bound.\n", "A deploy."),
        ("## Root cause\n\nText.\n\n### Trigger\n\nA deploy.\n", "Text."),
        ("## Root cause\n\n`` ` ``\n\n-\n- <br>\n- one\n", "one"),
        ("**Root cause**\n\nNo bound.\n\n**Impact**\n\nBad.\n", "No bound."),
        ("## Root cause\n\n" + "One. " * 2000 + "\n\nTwo.\n", "One. " * 799 + "One."),
    ],
)
def test_the_text_of_a_root_cause_is_plain(text: str, found: str) -> None:
    """Its paragraphs and bullets, no code and no quotation; out of sub-sections where it has none of its own."""
    assert cause(text).text == found


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("## Analysis\n\na\n\n## Root cause\n\nb\n", "Root cause"),
        ("## Root cause\n\nb\n\n## Analysis\n\na\n", "Root cause"),
        ("## Analysis\n\na\n\n## Five whys\n\n1. b\n", "Five whys"),
        ("## Five whys\n\n1. b\n\n## Analysis\n\na\n", "Five whys"),
        ("## Root cause\n\nb\n\n## Root cause\n\na\n", "Root cause"),
    ],
)
def test_a_section_named_after_the_root_cause_tells_best(text: str, heading: str) -> None:
    """Then the five whys, then contributing factors; of two the first."""
    assert cause(text).heading == heading
    assert cause(text).text == "b"


@pytest.mark.parametrize(
    ("text", "whys"),
    [
        ("## Five whys\n\n1. Why? Full.\n2. Why full? Slow.\n", ("Why? Full.", "Why full? Slow.")),
        ("## Five whys\n\n- **Why?** Full.\n  - as it was slow\n- Slow.\n", ("Why? Full. - as it was slow", "Slow.")),
        ("## Five whys\n\n**Why 1:** Full.\n\n**Why 2:** Slow.\n\nText.\n", ("Why 1: Full.", "Why 2: Slow.")),
        ("## Five whys\n\n### Why was it full?\n\nWhy: slow.\n", ("Why: slow.",)),
        ("## なぜなぜ分析\n\nなぜ1：満杯。\n\n1. なぜ2：遅い。\n", ("なぜ2：遅い。",)),
        ("## Five whys\n\n| Why | Answer |\n|---|---|\n| 1 | Full |\n| 2 | Slow |\n", ("1 Full", "2 Slow")),
        ("## Five whys\n\n" + "1. why\n" * 25, ("why",) * 20),
        ("## Five whys\n\nText alone.\n", ()),
        ("## Root cause\n\nText.\n\n### Five whys\n\n1. a\n2. b\n", ("a", "b")),
        ("## Five whys\n\n1. a\n\n## 5 whys\n\n1. b\n", ("a",)),
    ],
)
def test_the_five_whys_are_told_one_by_one(text: str, whys: tuple[str, ...]) -> None:
    """List items with what belongs to them, rows of a table, or the paragraphs that ask why; at most twenty."""
    assert cause(text).whys == whys


def test_whys_that_stand_in_a_table_alone_give_the_last_as_text() -> None:
    """As the root cause is what the last answer tells."""
    found = cause("## Five whys\n\n| Why | Answer |\n|---|---|\n| 1 | Full |\n| 2 | No bound |\n")
    assert found.text == "2 No bound"


@pytest.mark.parametrize(
    "text",
    [
        "Text.\n",
        "## Root cause\n\n## Impact\n\nBad.\n",
        "## Root cause\n\n```\ncode\n```\n",
        "## Root cause\n\n### Inner\n\n```\ncode\n```\n",
        "## Five whys\n\n> text\n",
        *(f"## Root cause\n\n{text}\n" for text in NOTHING),
        *(f"## Root cause\n\n### Trigger\n\n- {text}\n- {text}\n" for text in NOTHING[:3]),
        "## Five whys\n\n1. TBD\n2. TBD\n3. TBD\n",
        "---\nroot_cause: Under investigation\n---\n",
        "**Root cause:** Not yet known.\n",
    ],
)
def test_a_document_may_tell_no_root_cause(text: str) -> None:
    """No such section, or nothing in it, or a word that stands for what is to be written."""
    title = "" if text.startswith("---") else "# Queue overflow\n\n"
    assert read(title + text).root_cause is None


def test_placeholders_are_those_of_the_team_too() -> None:
    """And a section that says more than one tells its cause."""
    words = DEFAULT.extend({"placeholders": ["Ask Kim"]})
    text = "# Overflow\n\n## Root cause\n\nAsk Kim.\n"
    assert read(text).root_cause is not None
    assert read(text, words=words).root_cause is None
    assert cause("## Root cause\n\nUnknown keys were never refused.\n").text == "Unknown keys were never refused."
    assert cause("## Root cause\n\nTBD\n\nThe queue had no bound.\n").text == "TBD The queue had no bound."
    assert cause("## Root cause\n\nTBD\n\n## Analysis\n\nNo bound.\n").text == "No bound."


def test_the_five_whys_have_a_line_of_their_own() -> None:
    """Where they are not the root cause itself."""
    found = cause("## Root cause\n\nText.\n\n### Five whys\n\n1. a\n2. b\n")
    assert (found.line, found.whys_line) == (3, 7)
    assert cause("## Root cause\n\nText.\n").whys_line == 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("---\nroot_cause: No *bound*.\n---\n## Root cause\n\nOther.\n", ("root_cause", "No bound.", 2)),
        ("---\n\nroot-cause: [No bound, no alert]\n---\n", ("root_cause", "No bound no alert", 3)),
        ("---\nroot_cause: tbd\n---\n## Root cause\n\nOther.\n", ("Root cause", "Other.", 4)),
        ("---\nroot_cause: {a: b}\n---\n## Root cause\n\nOther.\n", ("Root cause", "Other.", 4)),
        ("# A\n\n**Root cause:** No bound.\n", ("root cause", "No bound.", 3)),
        ("# A\n\n**Cause:** x\n\n## Root cause\n\nOther.\n", ("Root cause", "Other.", 5)),
        ("# A\n\n| Root cause | No bound. |\n|---|---|\n| Date | x |\n", ("root cause", "No bound.", 3)),
    ],
)
def test_front_matter_tells_the_root_cause_first_and_metadata_last(text: str, found: tuple[str, str, int]) -> None:
    """With the line where it stands."""
    rca = read(text).root_cause
    assert rca is not None
    assert (rca.heading, rca.text, rca.line) == found


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("No bound. And more.", "No bound."),
        ("No bound! And more.", "No bound!"),
        ("上限がない。他にも。", "上限がない。"),
        ("Version 1.2 had no bound", "Version 1.2 had no bound"),
    ],
)
def test_a_root_cause_is_told_in_one_sentence(text: str, sentence: str) -> None:
    """The first."""
    assert cause(f"## Root cause\n\n{text}\n").sentence == sentence


def test_a_very_long_root_cause_is_cut() -> None:
    """After some sixty blocks, or four thousand bytes."""
    assert len(cause("## Root cause\n\n" + "- y\n" * 500).text.split()) == 60
    assert len(cause("## Root cause\n\n" + "- " + "é" * 3000 + "\n- " + "b" * 3000 + "\n- c\n").text) < 6000


def test_a_root_cause_tells_better_than_the_fault_that_it_explains() -> None:
    """Templates ask for both, the fault first."""
    read_one = read("# X\n\n## Fault\n\nDedupe was not called.\n\n## Root cause\n\nA flag had no test.\n").root_cause
    assert read_one is not None
    assert read_one.sentence == "A flag had no test."
