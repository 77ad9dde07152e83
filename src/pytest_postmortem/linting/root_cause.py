"""PM2xx: whether the analysis gets to a cause that something can be done about."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pytest_postmortem.linting.interface import Finding, Rule, Subject
from pytest_postmortem.model.text import format_count

__all__ = ["RULES"]

_FEWEST_WHYS = 3


_CAUSE = r"(?:causes?|caused|causas?|ursachen?|why|how did|原因|根因|원인)"
_SPEAKS_OF_CAUSE = re.compile(
    rf"\A(?:#{{1,6}}\s|[-*+\d.\s]{{0,6}}(?:\*\*|__))[^\n]{{0,80}}?(?<![^\W_]){_CAUSE}", re.IGNORECASE
)
_HEADING = re.compile(r"\s{0,3}(#{1,6})\s")
_OF_LABEL = 7
_WORD = re.compile(r"[^\W\d_]{2}")


def _speaks_of_a_cause(subject: Subject) -> bool:
    """Return whether something stands below a heading or a label that speaks of a cause in words of its own."""
    opened = 0
    for _, line in subject.prose:
        heading = _HEADING.match(line)
        level = len(heading.group(1)) if heading else _OF_LABEL
        if _SPEAKS_OF_CAUSE.match(line):
            opened = opened or level
            line = "" if heading else line.partition(":")[2]
        elif heading:
            opened = opened if opened and level > opened else 0
            continue
        if opened and _WORD.search(line) and not subject.placeholders.is_one(line):
            return True
    return False


def _check_presence(subject: Subject) -> Iterable[Finding]:
    postmortem = subject.postmortem
    if postmortem.root_cause is None and not _speaks_of_a_cause(subject):
        yield Finding(
            postmortem.line,
            "no root cause: no section says why it could happen; write one under ## Root cause (five whys help)",
        )


def _check_whys(subject: Subject) -> Iterable[Finding]:
    analysis = subject.postmortem.root_cause
    if analysis is not None and 0 < len(analysis.whys) < _FEWEST_WHYS:
        number = len(analysis.whys)
        yield Finding(
            analysis.whys_line or analysis.line,
            f"only {format_count(number, 'why')}: the first answers are symptoms; ask on until "
            "the answer is something the team can change",
        )


_ARTICLE = r"(?:(?:the|our|a|an|one of the|some of the)\s+)?"
_THING = r"(?:[\w./-]+\s+){0,4}[\w./-]+?"
_STATE = (
    r"(?:(?:was|were|is|are|went|became|got|had been|has been)\s+(?:completely |temporarily |suddenly |all )?"
    r"(?:down|offline|unavailable|unreachable|unresponsive|overloaded|slow|broken|full|stuck|dead|misconfigured|"
    r"exhausted|out of (?:memory|disk(?: space)?|space)|not (?:working|responding|available|reachable))"
    r"|(?:crashed|failed|died|broke|stopped(?: working| responding)?|hung|timed out|restarted|froze|"
    r"ran out of (?:memory|disk(?: space)?|space|connections)|did not respond|didn['\u2019]t respond))"
)
_ONLY_STATE = re.compile(rf"\A\W{{0,6}}{_ARTICLE}{_THING}\s+{_STATE}\W{{0,6}}", re.IGNORECASE)
_OUTAGE = re.compile(
    rf"\A\W{{0,6}}{_ARTICLE}(?:[\w./-]+\s+){{1,3}}(?:outage|failure|crash|downtime|overload|down)\W{{0,6}}",
    re.IGNORECASE,
)
_LONGEST = 80


def _check_state(subject: Subject) -> Iterable[Finding]:
    analysis = subject.postmortem.root_cause
    if analysis is None or analysis.whys or len(analysis.text) > _LONGEST:
        return
    if _ONLY_STATE.fullmatch(analysis.text) or _OUTAGE.fullmatch(analysis.text):
        yield Finding(
            analysis.line,
            f'"{analysis.text.strip()}" names a component and its state, which is what was seen; say why it came to '
            "that, and why nothing stopped it",
        )


_HEAD = "---\nid: PM-2026-001\ndate: 2026-02-11\n---\n# Checkout queue overflow\n\n"

RULES = [
    Rule(
        code="PM201",
        name="no root cause",
        what=(
            "A section says why the incident could happen: root cause, five whys, contributing factors, or one of "
            "their other names and languages. An empty section is none, nor is one that says TBD."
        ),
        why="A document that ends with how the service came back protects from nothing: the cause is still there.",
        bad=_HEAD + "## Summary\n\nCheckout stood still until the workers were restarted.\n",
        good=_HEAD + "## Root cause\n\nThe order queue had no upper bound, so that slow payments filled the memory.\n",
        check=_check_presence,
    ),
    Rule(
        code="PM202",
        name="too few whys",
        what="Where the five whys are used, there are three of them at least.",
        why=(
            "One or two whys end at what broke. What let it break, and what let it go unseen, comes after that, and "
            "these are the causes that others share."
        ),
        bad=_HEAD + "## Five whys\n\n1. Why did checkout stop? The workers had no memory left.\n",
        good=(
            _HEAD + "## Five whys\n\n1. Why did checkout stop? The workers had no memory left.\n"
            "2. Why? The queue held 412,000 orders.\n3. Why so many? Nothing in the queue says when it is full.\n"
        ),
        check=_check_whys,
    ),
    Rule(
        code="PM203",
        name="cause is a state",
        what="The root cause is more than a component and its state (the database went down, service outage).",
        why=(
            "That a component was down is what everybody saw. As a cause it leaves one action, to start it again, and "
            "the next incident begins at the same place. (English only.)"
        ),
        bad=_HEAD + "## Root cause\n\nThe database went down.\n",
        good=(
            _HEAD
            + "## Root cause\n\nThe database went down because its disk filled with logs that nothing rotates, and "
            "the alert on disk space went to an address that nobody reads.\n"
        ),
        check=_check_state,
    ),
]
