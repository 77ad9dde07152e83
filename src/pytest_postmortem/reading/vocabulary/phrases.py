"""Phrases of natural languages that the reading looks for, as patterns: lists of words are in `vocabulary`."""

from __future__ import annotations

import re

from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.vocabulary.normalize import listed

__all__ = [
    "ACTION_COLUMNS",
    "ACTION_COLUMN_BEGINS",
    "ACTION_COLUMN_PART",
    "DETAIL_NAMES",
    "ESCAPED_FLAG",
    "LISTS_DETAILS",
    "NEAR_CAUSES",
    "NOT_THIS_INCIDENT",
    "NO_ITEM",
    "PARAGRAPH_ITEM",
    "SEVERITY_LABEL",
    "TICKET_KEY",
    "TIMELINE",
    "TIME_COLUMNS",
    "WHY",
]

# A paragraph that is an item: "**TODO:** ..."
PARAGRAPH_ITEM = lazily(
    rb"(?:\*\*|__)(?:action items?|follow[- ]?up(?: item| action)?|todo)\s?(?::\s?(?:\*\*|__)|(?:\*\*|__)\s?:)\s*(?=\S)",
    re.IGNORECASE,
)
# A text that says that there is nothing to do.
NO_ITEM = lazily(
    r"\{\{[^{}]*\}\}|n/?a\.?|なし。?|特になし。?|없음|无|[\W_]*|"
    r"(?:none|nothing|no (?:further |new |additional )?(?:action items?|actions?|follow[- ]?ups?))"
    r"(?: (?:are|were|was|is|to do|to be done|identified|needed|required|necessary|planned|taken|recorded|known|else|further|"
    r"yet|so far|for now|from this|at this (?:time|point)|at present|to date))*[.!]?",
    re.IGNORECASE,
)
# A flag as formatters write its brackets: \[test required\]
ESCAPED_FLAG = lazily(r"\\\[(\s{0,3}tests?\b[^\[\]\\]{0,200})\\\]", re.IGNORECASE)
# "Sev: 1"
SEVERITY_LABEL = lazily(r"^(sev(?:erity)?|level|priority|prio|p|s)\s{0,3}[:：=]\s{0,3}(?=\w)", re.IGNORECASE)
# A parent that ends in one of these lists what belongs to its own action; any other one ending in ":" heads a group.
LISTS_DETAILS = lazily(
    r"\b(?:includ\w+|covering|covers?|such as|for example|e\.?g\.?|like|by|with|that|which|to|of|as follows|following|"
    r"particular|especially|namely|either|where|both|because|for|when|so that|consider|options?|ideas|questions?|details|"
    r"possibilities|approaches|reasons|considerations|see|ensure|check|verify|validate|e\.g)$",
    re.IGNORECASE,
)
# Names of fields of an item that are heads of no column.
DETAIL_NAMES = listed(
    "priority, prio, severity, effort, size, tracking, 優先度, 우선순위, 优先级, priorität, priorité, prioridad, prioridade"
)
TIMELINE = lazily(
    r"timeline|chronolog|タイムライン|経緯|key events|타임라인|时间线|chronologie|cronolog|zeitleiste|ablauf"
)
# The key of a tracker: not one that people count action items by.
TICKET_KEY = lazily(r"(?!(?:AI|ACT|ACTION|ITEM|TASK|TODO|FU|CA|PA|PM|REM)-)[A-Z][A-Z0-9]{1,15}-\d{1,7}")
# The beginning of a step of five whys.
WHY = lazily(r"\W{0,4}(?:\d{1,2}[.)]\s?)?\W{0,3}(?:why\b|なぜ|왜|为什么|warum|pourquoi|por qu)", re.IGNORECASE)
# Beside the name of a section: it is about something else than what is to be done after this incident.
NOT_THIS_INCIDENT = lazily(
    r"\b(?:what|why|how|about|original|previous|prior|past|earlier|last|no|status of|review of|did|were|was|from the|"
    r"these|immediate response|response|taken during|completed during|process|template|policy)\b"
)
# Heads of a column that can only hold actions: their beginnings, a part of them, whole ones.
ACTION_COLUMN_BEGINS = ("action", "follow up", "corrective action")
ACTION_COLUMN_PART = "アクション"
ACTION_COLUMNS = frozenset(listed("行动, 行动项, 액션, maßnahme, massnahme, accion, acao"))
# Heads of the columns of a timeline.
TIME_COLUMNS = ("time", "date", "when", "timestamp", "日時", "時刻", "時間", "시간", "时间", "uhrzeit", "heure", "hora")
# Names of sections about what a root cause explains.
NEAR_CAUSES = frozenset({"fault", "proximate cause", "technical cause", "cause", "trigger"})
