"""Phrases of natural languages that the reading looks for, as patterns: lists of words are in `vocabulary`."""

from __future__ import annotations

import re

from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.vocabulary.normalize import split_words

__all__ = [
    "ACTION_COLUMNS",
    "ACTION_COLUMN_BEGINS",
    "ACTION_COLUMN_PART",
    "CAUSE_OF",
    "COMPLETION",
    "DETAIL_NAMES",
    "ESCAPED_FLAG",
    "LISTS_DETAILS",
    "NEAR_CAUSES",
    "NOT_THIS_INCIDENT",
    "NO_ITEM",
    "OTHER_CAUSE",
    "PARAGRAPH_ITEM",
    "SEVERITY_LABEL",
    "TICKET_KEY",
    "TIMELINE",
    "TIME_COLUMNS",
    "TO_FILL_IN",
    "WHY",
]

# A paragraph that is an item: "**TODO:** ..."
PARAGRAPH_ITEM = lazily(
    rb"(?:\*\*|__)(?:action items?|follow[- ]?up(?: item| action)?|todo)\s?(?::\s?(?:\*\*|__)|(?:\*\*|__)\s?:)\s*(?=\S)",
    re.IGNORECASE,
)
# A text that says that there is nothing to do.
NO_ITEM = lazily(
    r"n/?a\.?|なし。?|特になし。?|없음|无|[\W_]*|"
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
DETAIL_NAMES = split_words(
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
ACTION_COLUMNS = frozenset(split_words("行动, 行动项, 액션, maßnahme, massnahme, accion, acao"))
# Heads of the columns of a timeline.
TIME_COLUMNS = ("time", "date", "when", "timestamp", "日時", "時刻", "時間", "시간", "时间", "uhrzeit", "heure", "hora")
# Names of sections about what a root cause explains.
NEAR_CAUSES = frozenset({"fault", "proximate cause", "technical cause", "cause", "trigger"})
# Names of sections that say what the root cause is one of: "root cause of the outage", "causa raiz do incidente"; compared
# without case, accents and punctuation.
CAUSE_OF = lazily(
    r"(?:what (?:was|is) )?(?:the )?(?:(?:root|underlying|primary|main|technical|immediate|likely|probable|suspected|actual) ){0,2}"
    r"causes?(?: analysis)? (?:of|in|for|behind|and|or|with|on|at)\b|root causes? \w|(?:cause|origine) (?:racine|profonde|principale)s? (?:de|du|des|d)\b|"
    r"causas? (?:raiz|principal|radice|origen) (?:de|del|della|dell|do|da|y|e)\b|(?:grund|haupt)?ursachen? (?:des|der|fur|von|und)\b|"
    r"(?:grond|hoofd|kern)?oorza(?:ak|ken) (?:van|en)\b|(?:grund|rot)orsak(?:en)? (?:till|och)\b|(?:корневая причина|первопричина|причин[аы]) \w|"
    r"(?:корінна причина|першопричина) \w|(?:hlavni |korenova )?pricina \w|przyczyn[ay] \w|nguyen nhan \w|(?:akar masalah|akar penyebab|penyebab) \w|"
    r"根本原因|根因|\S{1,12}(?:の|的)(?:根本)?原因$|근본 원인"
)
# Beside such a name: the section is about another cause, or about the search for it.
OTHER_CAUSE = lazily(
    r"\b(?:previous|prior|past|earlier|last|other|future|common|template|timeline|unrelated|similar)\b|\?$"
)
# Checkboxes about the document or the incident as a whole, and no work: "All sections above are filled in".
COMPLETION = lazily(
    r"\b(?:(?:all|every|each) (?:of the )?(?:sections?|fields?|questions?|action items?|items|follow[- ]?ups|stakeholders|links|placeholders)\b"
    r".{0,40}\b(?:filled|completed?|answered|created|assigned|filed|tracked|informed|notified|owners?|removed|done|closed)|"
    r"(?:the )?incident (?:is|has been|was) (?:over|closed|resolved|mitigated|declared)|"
    r"(?:this |the )?(?:post-?\s?mortem|retro(?:spective)?|report|document|write-?up|review(?: meeting)?|timeline|root cause(?: analysis)?|impact|summary) "
    r"(?:meeting )?(?:is|has been|was) (?:complete|completed|filled|written|published|shared|reviewed|approved|held|scheduled|identified|documented|"
    r"finished|done|updated|circulated|signed off|agreed|verified)|"
    r"(?:post-?\s?mortem|retro(?:spective)?|review) (?:meeting )?(?:scheduled|held|completed|published|shared|reviewed|approved)|"
    r"(?:complete|fill (?:in|out)|publish|share|review|finali[sz]e|schedule) (?:this|the) (?:post-?\s?mortem|report|document|template|review|retro(?:spective)?)\b)",
    re.IGNORECASE,
)
# The beginning of what a form asks for.
TO_FILL_IN = lazily(
    r"\s{0,9}(?:describe|description|enter|insert|add (?:a|the|your)|your|list|what|who|when|which|name|title|explain|short|brief|summar|"
    r"fill|todo|e\.g|example|write|a (?:short|brief)|one (?:line|sentence)|link|provide|specify|action item|owner|date)\b",
    re.IGNORECASE,
)
