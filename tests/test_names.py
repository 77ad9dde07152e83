"""Names of functions: one that does something begins with a verb, a predicate with `is_` or the like."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest_postmortem

SOURCE = Path(pytest_postmortem.__file__).parent
MOST = 0.08
"""The share of functions whose names may begin with a participle, a preposition or another word that is no verb and no noun."""
PARTICLES = frozenset(
    [
        "a",
        "about",
        "above",
        "across",
        "after",
        "again",
        "alike",
        "all",
        "alone",
        "also",
        "and",
        "any",
        "around",
        "as",
        "aside",
        "at",
        "away",
        "before",
        "begun",
        "behind",
        "below",
        "beside",
        "besides",
        "between",
        "both",
        "but",
        "by",
        "during",
        "each",
        "else",
        "elsewhere",
        "every",
        "few",
        "first",
        "for",
        "from",
        "full",
        "further",
        "gone",
        "half",
        "here",
        "how",
        "if",
        "in",
        "inside",
        "into",
        "last",
        "late",
        "lost",
        "many",
        "more",
        "most",
        "near",
        "never",
        "new",
        "next",
        "no",
        "none",
        "nor",
        "not",
        "now",
        "of",
        "off",
        "on",
        "once",
        "one",
        "only",
        "or",
        "other",
        "others",
        "out",
        "outside",
        "over",
        "own",
        "own",
        "per",
        "previous",
        "rest",
        "same",
        "short",
        "so",
        "some",
        "soon",
        "still",
        "such",
        "than",
        "that",
        "the",
        "their",
        "then",
        "there",
        "this",
        "through",
        "to",
        "together",
        "too",
        "top",
        "under",
        "until",
        "up",
        "upon",
        "us",
        "what",
        "when",
        "where",
        "whether",
        "which",
        "while",
        "who",
        "whole",
        "whose",
        "why",
        "with",
        "within",
        "without",
        "yet",
        "bare",
        "plain",
        "big",
        "small",
        "free",
        "idle",
        "usable",
        "unusable",
        "visible",
        "sure",
        "real",
        "single",
        "sole",
        "wide",
        "newest",
        "latest",
        "oldest",
        "severest",
        "stricter",
        "worst",
        "longest",
        "shallow",
        "empty",
        "complete",
        "broken",
        "safe",
        "unique",
        "distinct",
        "exact",
    ]
)
IRREGULAR = frozenset(
    [
        "begun",
        "bent",
        "bound",
        "built",
        "chosen",
        "cut_off",
        "dealt",
        "done",
        "drawn",
        "driven",
        "felt",
        "found",
        "given",
        "gone",
        "grown",
        "had",
        "held",
        "heard",
        "hidden",
        "kept",
        "known",
        "laid",
        "led",
        "left",
        "lost",
        "made",
        "meant",
        "met",
        "paid",
        "put_out",
        "said",
        "seen",
        "sent",
        "shown",
        "spent",
        "spoken",
        "stood",
        "taken",
        "taught",
        "told",
        "thought",
        "thrown",
        "understood",
        "used",
        "won",
        "worn",
        "written",
    ]
)
VERBS_THAT_LOOK_ALIKE = frozenset(
    {"need", "embed", "feed", "seed", "shed", "speed", "exceed", "proceed", "succeed", "open", "read"}
)


def functions(source: Path) -> Iterator[tuple[str, str]]:
    """Every function that somebody named freely: no property, no hook, no special method."""
    for file in sorted(source.rglob("*.py")):
        path = file.relative_to(source).as_posix()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            decorators = " ".join(ast.unparse(one) for one in node.decorator_list)
            if not node.name.startswith(("__", "pytest_")) and "property" not in decorators:
                yield f"{path}:{node.lineno}", node.name


def has_no_verb(name: str) -> bool:
    """Whether a name begins with a word that is neither a verb nor a noun: `told_as`, `of_text`, `without_code`."""
    word = name.strip("_").split("_")[0].lower()
    if word in VERBS_THAT_LOOK_ALIKE:
        return False
    return word in PARTICLES or word in IRREGULAR or re.fullmatch(r"\w{2,}(?:ed|wn)", word) is not None


def test_most_functions_begin_with_a_verb() -> None:
    """Searching for "parse", "load" or "write" finds what parses, loads and writes."""
    names = list(functions(SOURCE))
    without = [f"{place} {name}" for place, name in names if has_no_verb(name)]
    assert len(without) <= MOST * len(names), f"{len(without)} of {len(names)}:\n" + "\n".join(without)
    assert len(names) > 1000


def test_names_that_are_told_apart() -> None:
    """So that the test above can fail."""
    assert [
        name
        for name in ("told", "_of_text", "as_json", "written_at", "is_open", "read_all", "open_file", "need")
        if has_no_verb(name)
    ] == [
        "told",
        "_of_text",
        "as_json",
        "written_at",
    ]
