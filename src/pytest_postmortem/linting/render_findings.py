"""Render the findings of `postmortem lint` as text, JSON and GitHub annotations; and explain rules."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence

from pytest_postmortem.linting.interface import Rule
from pytest_postmortem.linting.runner import Linted
from pytest_postmortem.model.text import format_count
from pytest_postmortem.reporting.escaping import for_terminal
from pytest_postmortem.reporting.github_actions import render_annotation
from pytest_postmortem.reporting.headlines import Line

__all__ = [
    "describe_unchecked",
    "explain_rule",
    "render_annotations",
    "render_findings",
    "render_json",
    "render_rules",
    "render_statistics",
]


def render_findings(linted: Linted) -> Iterator[Line]:
    """Yield a line a finding, and the sum."""
    for one in linted.found:
        yield Line(for_terminal(f"{one.origin}:{one.line}: {one.code} {one.text}"))
    yield _summarize(linted)


def render_statistics(linted: Linted) -> Iterator[Line]:
    """Yield the number of findings of each rule, most first."""
    numbers = Counter((one.code, one.name) for one in linted.found)
    width = len(str(max(numbers.values(), default=0)))
    for (code, name), number in sorted(numbers.items(), key=lambda one: (-one[1], one[0])):
        yield Line(for_terminal(f"{number:>{width}} {code} {name}"))
    yield _summarize(linted)


def _summarize(linted: Linted) -> Line:
    documents = format_count(linted.documents, "post-mortem")
    if not linted.found:
        return Line(f"lint: {documents}, nothing found", "green", bold=True)
    where = len({one.origin for one in linted.found})
    found = format_count(len(linted.found), "finding")
    return Line(f"lint: {found} in {where} of {documents} (postmortem lint --explain CODE says more)", "red", bold=True)


def render_json(linted: Linted) -> str:
    """Return a list of objects with `code`, `name`, `origin`, `line` and `text`."""
    return json.dumps([{slot: getattr(one, slot) for slot in one.__slots__} for one in linted.found], indent=1) + "\n"


def render_annotations(linted: Linted, prefix: str) -> Iterator[str]:
    """Yield an annotation for each finding; `prefix` leads from the repository to the folder that origins are
    relative to."""
    for one in linted.found:
        yield render_annotation(prefix + one.origin, one.line, f"{one.code} {one.name}", one.text)


def describe_unchecked(older: int, paths: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield what was not checked, and why."""
    if older:
        yield f"note: {format_count(older, 'post-mortem')} older than `since` not checked; name a PATH to check them"
    for path, reason in paths:
        yield f"note: {for_terminal(path)} is no post-mortem here ({for_terminal(reason)})"


def render_rules(rules: Sequence[Rule]) -> Iterator[Line]:
    """Yield a line a rule."""
    for rule in rules:
        yield Line(for_terminal(f"{rule.code} {rule.name}{'' if rule.default else ' (opt-in)'}"))


def explain_rule(rule: Rule) -> str:
    """Return a rule in Markdown: what it asks for, why it matters, a bad and a good example. The pages of
    docs/rules."""
    how = "On by default." if rule.default else f"Opt-in: `postmortem lint --extend-select {rule.code}`."
    fence = "````"
    return (
        f"# {rule.code}: {rule.name}\n\n{rule.what}\n\n{how}\n\n## Why it matters\n\n{rule.why}\n\n"
        f"## Finds something (`{rule.file}`)\n\n{fence}markdown\n{rule.bad}{fence}\n\n"
        f"## Finds nothing\n\n{fence}markdown\n{rule.good}{fence}\n\n"
        f"Switch it off in one document with `<!-- postmortem: ignore {rule.code} -->`.\n"
    )
