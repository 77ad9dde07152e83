"""PM3xx: a person as the cause. Opt-in, as the words for it occur in good documents too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pytest_postmortem.linting.interface import Finding, Rule, Subject

__all__ = ["RULES"]

_ASK = "ask instead what made the action look reasonable, and what let it through"
_DENIED = re.compile(
    r"\b(?:no|not|never|n['\u2019]t|without|instead of|rather than|avoid|blameless|avoiding|isn|nobody)\b",
    re.IGNORECASE,
)
_HUMAN_ERROR = re.compile(
    r"\b(?:(?:human|operator|pilot|manual|engineer(?:'s)?|developer(?:'s)?|personal) (?:error|mistake|failure)s?"
    r"|(?:lack|absence) of (?:care|attention|diligence|discipline)"
    r"|careless(?:ness|ly)?|negligen(?:ce|t|tly)|incompeten(?:ce|t)|inattenti(?:on|ve)|sloppy|sloppiness)\b",
    re.IGNORECASE,
)
_OF_ERRORS = (
    "error",
    "mistake",
    "failure",
    "lack",
    "absence",
    "careless",
    "negligen",
    "incompeten",
    "inattenti",
    "slopp",
)
_AFTER_CAUSE = re.compile(r"\s{0,9}[-\u2010-\u2015]?(?:prone|proof|rates?|handling|budget)\b", re.IGNORECASE)
_PERSON = (
    r"(?:@[\w.-]+|(?:\b(?:an?|the|our|one|another|some|this|that|on-?call)\s+(?:[\w-]+\s+){0,2})"
    r"(?:engineer|developer|operator|admin|administrator|sre|dba|programmer|contractor|intern|employee|colleague|"
    r"maintainer|contributor|author|reviewer|team member|person|on-?caller)|\b(?:he|she|somebody|someone))"
)
_DID_WRONG = (
    r"(?:\s+(?:had|has|have|also|then|simply|just|clearly))?\s+(?:forgot(?:ten)?|neglected|failed|omitted|mistakenly|"
    r"accidentally|carelessly|unintentionally|inadvertently|erroneously|wrongly|incorrectly|should have (?:known|"
    r"checked|noticed|tested|been more)|made (?:a|the) (?:mistake|error)|messed up|screwed up|"
    r"overlooked|misread|mistyped|"
    r"(?:did not|didn['\u2019]t|didnt) (?:pay attention|bother|care|follow|read|check|test))\b"
)
# "Bob forgot to run it": hardly ever is it a machine that forgets; a word that is all capitals may be one.
_NAMED = re.compile(
    r"(?<![\w@.-])(?P<name>[A-Z][^\W\d_A-Z][\w'\u2019-]{0,30})\s(?:(?:had|has|also|simply|just)\s)?forgot(?:ten)?\b"
)
_NO_NAME = frozenset(
    [
        "we",
        "they",
        "it",
        "you",
        "i",
        "nobody",
        "everyone",
        "everybody",
        "anyone",
        "who",
        "which",
        "that",
        "this",
        "these",
        "those",
        "one",
        "none",
        "all",
        "both",
        "and",
        "but",
        "so",
        "as",
        "then",
        "also",
        "had",
        "has",
        "have",
        "simply",
        "just",
        "never",
        "not",
        "if",
        "when",
        "because",
        "what",
        "people",
    ]
)
_OF_DEEDS = (
    *("forgot", "neglected", "failed", "omitted", "mistakenly", "accidentally", "carelessly", "unintentionally"),
    *("inadvertently", "erroneously", "wrongly", "incorrectly", "should", "made", "messed", "screwed", "overlooked"),
    *("misread", "mistyped", "did"),
)
_BY_A_PERSON = re.compile(_PERSON + _DID_WRONG, re.IGNORECASE)
_FAULT_OF = re.compile(
    r"\b(?:(?:was|is|were|are) (?:to blame|at fault)|(?:my|our|his|her|their|whose) (?:own )?(?:fault|mistake|error)"
    r"|(?:fault|mistake|error) (?:of|by|made by) (?:an?|the|our) (?:[\w-]+ ){0,2}(?:engineer|developer|operator|admin|"
    r"administrator|dba|sre|programmer|employee|maintainer|author|on-?caller|team|person|colleague|intern|contractor|"
    r"reviewer))\b",
    re.IGNORECASE,
)

# Said behind it: "Someone might say human error; that is not the cause."
_NOT = r"(?:(?:is|was) (?:not|never|no)|isn['\u2019]t|wasn['\u2019]t)"
_DENIED_BEHIND = re.compile(
    r"(?:[^.!?;\n]{0,60}(?:[.;,!?]|\s[-\u2013\u2014])\s{0,3}(?:(?:and|but|yet)\s)?(?:that|this|it|which))?\s(?:"
    rf"{_NOT} (?:the |a |an |our )?(?:whole |root |real |only |full )?(?:cause|answer|explanation|reason)\b"
    r"|(?:does|do|did)(?: not|n['\u2019]t) explain\b)",
    re.IGNORECASE,
)

_OF_BLAME = ("blame", "fault", "mistake", "error")


def _find_undenied(
    subject: Subject, pattern: re.Pattern[str], words: Iterable[str]
) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield the first match of each line that is not denied in the words around it; it cannot do without one of
    `words`."""
    for line, text in subject.speaks_of(words):
        for found in pattern.finditer(text):
            denied = _DENIED.search(text, max(0, found.start() - 40), found.start())
            if not denied and not _DENIED_BEHIND.match(text, found.end(), found.end() + 160):
                yield line, found
                break


def _check_human_error(subject: Subject) -> Iterable[Finding]:
    for line, found in _find_undenied(subject, _HUMAN_ERROR, _OF_ERRORS):
        if not _AFTER_CAUSE.match(found.string, found.end()):
            yield Finding(line, f'"{found.group()}" as a cause ends the search where it begins; {_ASK}')


def _check_person(subject: Subject) -> Iterable[Finding]:
    told = dict(_find_undenied(subject, _BY_A_PERSON, _OF_DEEDS))
    for line, found in _find_undenied(subject, _NAMED, ("forgot",)):
        if found["name"].lower() not in _NO_NAME:
            told.setdefault(line, found)
    for line, found in sorted(told.items()):
        yield Finding(line, f'"{" ".join(found.group().split())}" gives a person as the cause; {_ASK}')


def _check_blame(subject: Subject) -> Iterable[Finding]:
    for line, found in _find_undenied(subject, _FAULT_OF, _OF_BLAME):
        yield Finding(line, f'"{found.group()}" gives blame; {_ASK}')


_HEAD = "---\nid: PM-2026-001\ndate: 2026-02-11\n---\n# Checkout queue overflow\n\n## Root cause\n\n"
_GOOD = (
    "The deploy command takes any environment, and its prompt shows none: both shells looked alike, so that the "
    "command meant for staging ran in production.\n"
)
_WHY = (
    "People who are blamed hide what they know, and a cause that is a person leads to the action item that they be "
    "more careful. What made the action look reasonable is still there for the next person."
)

RULES = [
    Rule(
        code="PM301",
        name="human error as cause",
        what="Human error, carelessness or a lack of attention is not given as a cause. Opt-in; English only.",
        why=_WHY,
        bad=_HEAD + "The outage was caused by human error.\n",
        good=_HEAD + _GOOD,
        check=_check_human_error,
        default=False,
    ),
    Rule(
        code="PM302",
        name="person as cause",
        what="No person or role is the one that forgot, failed, or should have known. Opt-in; English only.",
        why=_WHY,
        bad=_HEAD + "The on-call engineer forgot to switch the environment.\n",
        good=_HEAD + _GOOD,
        check=_check_person,
        default=False,
    ),
    Rule(
        code="PM303",
        name="blame",
        what="Nobody is to blame or at fault, and no mistake is somebody's. Opt-in; English only.",
        why=_WHY,
        bad=_HEAD + "The outage was the fault of the operator.\n",
        good=_HEAD + _GOOD,
        check=_check_blame,
        default=False,
    ),
]
