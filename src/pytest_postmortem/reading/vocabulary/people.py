"""Find the owner and the due date of an action item in its text."""

from __future__ import annotations

import re

from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.vocabulary.normalize import split_words
from pytest_postmortem.reading.vocabulary.titles import strip_markdown

__all__ = ["find_due_date", "find_owner"]

_DAY = r"\d{4}-\d{1,2}-\d{1,2}|[A-Z][a-z]{2,8}\.? \d{1,2},? \d{4}|\d{1,2}\.? [A-Z][a-zä]{2,8}\.? \d{4}|\d{1,2}[/.]\d{1,2}[/.]\d{4}|\d{4}年\d{1,2}月\d{1,2}日"
_PERIOD = r"(?:the )?(?:end of (?:the )?(?:Q[1-4]|week|month|quarter|year|[A-Z][a-z]{2,8})|Q[1-4])(?: \d{4})?(?=[\s*_]*(?:$|[.,;)）]))"
_OWNER = lazily(
    r"(?:^|[\s(\[（*_—–。、-])(?:owner|assignee|assigned to|responsible|dri|担当者?|担当|負責人|负责人|담당자?|verantwortlich|responsable)s?"
    r"\s?[*_]{0,3}\s?[:：=]\s?[*_]{0,3}\s{0,3}([^\s,;|()\[\]（）*_。、.][^;|()\[\]（）*。、\n]{0,60}?)"
    r"(?=[*_]{0,3}(?:$|[;|)\]）。、(\[]|,\s|\.\s|\.$|\s[*_]{0,3}(?:due|deadline|eta|status|ticket|by|target|期限)\b|\s[—–-]\s))",
    re.IGNORECASE,
)
_DUE = lazily(
    r"(?:^|[\s(\[（*_—–,;、，-])(?:due(?: date| by| on)?|by(?=\s?[:：])|deadline|eta|target(?: date)?|期限|期日|기한|截止|fällig(?: am)?|échéance|plazo|prazo)"
    r"\s?[*_]{0,3}\s?[:：=]?\s?[*_]{0,3}\s{0,3}"
    rf"({_DAY}|Q[1-4] \d{{4}})",
    re.IGNORECASE,
)
_BY_DATE = lazily(rf"\b(?:by|bis|bis zum) ({_DAY})(?!\d)|\bby ({_PERIOD})|({_DAY})\s?まで")
_DATE_END = lazily(rf"\s[—–-]{{1,2}}\s({_DAY})[.\s]*$")
_NAME = r"[A-Z][^\W\d_A-Z][\w'’.-]{0,20}(?: [A-Z][^\W\d_][\w'’-]{0,20})?|@[\w-]{1,39}|[A-Z]{2,3}"
_NAMES = rf"(?:{_NAME})(?:(?:, | and | & |, and |/| \+ )(?:{_NAME})){{0,4}}"
_DOES = (
    r"(?:create|come|write|review|investigate|add|update|check|raise|talk|look|find|speak|ask|contact|follow|fix|document|discuss|"
    r"set|make|schedule|organi[sz]e|share|send|test|improve|call|run|open|file|report|work|reach|implement|ensure|confirm|"
    r"arrange|provide|publish|remove|move|propose|draft|explore|research|see|get|put|try|consider|monitor|merge|deploy|"
    r"prepare|push|chase|verify|take|decide|define|evaluate|finish|plan|continue|start|hold|do|bring|coordinate|communicate|"
    r"determine|amend|change|clarify|complete|book|email|inform|notify|train|build|enable|disable|upgrade|revert|tidy|"
    r"include|read|spend|help|lead|own|meet|tell|audit|identify|agree|escalate|present|split|replace|clean|turn|use|drive|"
    r"stop|log|automate|refactor|reduce|increase|develop|design|assess|apply|produce|feed|engage|liaise|respond|summari[sz]e)"
)
_DOER = lazily(rf"({_NAMES})(?: team)? (?:to|will|should|shall) (?:also |then |further )?{_DOES}\b")
_ASIDE = lazily(rf"[(（]({_NAMES})(?: to| will|:)? (?:to )?(?:{_DOES})\b[^()（）]{{0,60}}[)）][.\s]*$")
_TAGGED_END = lazily(
    rf"(?:\s|^)[\[(（【]\s?(@[\w-]{{1,39}}(?:(?:,? (?:and |& )?|/)@[\w-]{{1,39}}){{0,3}}|(?<=\[){_NAME}(?=\s?\]))\s?[\])）】][.\s]*$"
)
_TAGGED_BEGIN = lazily(
    rf"\[({_NAMES})\](?![(\[])[:\s-]|(@[\w-]{{1,39}}(?:(?:,? (?:and |& )?|/)@[\w-]{{1,39}}){{0,3}})(?:\s?[:：—–-]\s| (?:to|will) )"
)
_NAME_IN_KANJI = r"[\u3041-\u30ff\u3400-\u9fff]{1,10}"
# "(Bob, 2026-05-14)", "— @bob, due 14 May 2026", "— @bob — 2026-05-14", "（佐藤、2026年5月14日まで）"
_WHO_AND_WHEN = lazily(
    rf"(?:(?:[(（]|\s[—–-]{{1,2}}\s)(?P<who>{_NAMES})|[(（](?P<who2>{_NAME_IN_KANJI}))(?:, |[、，]\s?|\s[—–-]{{1,2}}\s)"
    rf"(?:due:? |by |bis )?(?P<when>{_DAY})(?:\s?まで)?[)）]?[.\s]*$"
)
_HANDLES = r"@[\w-]{1,39}(?:(?:,? (?:and |& )?)@[\w-]{1,39}){0,3}"
_HANDLE_END = lazily(rf"\s(?:[—–-]{{1,2}}\s?)({_HANDLES})[.\s]*$")
# Without a dash, where the word before it leaves no doubt that it is not spoken of: "ask @bob", "the unused @cache".
_BARE_HANDLE_END = lazily(rf"\s(?P<before>\S{{1,40}}[^\s,:])\s({_HANDLES})[.\s]*$")
_SPOKEN_OF = frozenset(
    split_words("""
        to, with, from, by, for, of, at, on, in, via, per, as, and, or, like, about, the, an, our, see, ask, ping, tell,
        cc, contact, email, notify, inform, thank, thanks, into, using, use, unused, deprecated, decorator, annotation,
        package, packages, handle, user, account, channel, mention, mentioning, behind, under, than, is, are, was, not
    """)
)
_DUE_TAIL = lazily(rf"(?:\s[—–-]{{1,2}}|[,;])?\s(?:(?:due:? |due by |by |bis )?(?:{_DAY})|by {_PERIOD})[.\s]*$")
# What may begin a sentence before "to" and is no person.
_NOBODY = frozenset(
    split_words("""
        need, needs, want, wants, going, try, trying, remember, how, able, ability, steps, step, ways, way, plan, plans,
        planning, continue, decide, agree, aim, have, has, start, started, attempt, work, working, due, up, prior,
        close, closer, respond, response, responses, add, move, moved, migrate, switch, switched, update, updates,
        upgrade, link, links, change, changes, access, back, similar, related, according, thanks, fallback, time,
        effort, process, processes, it, this, that, these, those, we, they, you, everyone, someone, nobody, there, what,
        which, who, tooling, code, script, scripts, documentation, docs, monitoring, alerting, tests, test, options,
        option, ideas, idea, action, actions, todo, in, as, if, so, ready, possible, possibly, hope, intend, propose,
        proposal, question, questions, look, looking, expect, expected, permission, permissions, support, api, ci, cd,
        ui, ux, db, sdk, cli, url, aws, gcp, dns
    """)
)


def find_owner(text: str) -> str | None:
    """Return the owner that an item's text names, as written, or None.

    `Owner: @x`; `@x: ...`; `[Rick]`; `Ed and Caroline to write ...`; `(Willi to call for a meeting)`.
    """
    if (":" in text or "：" in text or "=" in text) and (field := _OWNER.search(text)) is not None:
        return strip_markdown(field.group(1)).strip(" .") or None
    if (at_end := _match_name_and_day(text)) is not None:
        return at_end.group("who") or at_end.group("who2")
    if "@" in text or "[" in text:
        text = _strip_due_tail(text)
        if (tagged := _find_tagged(text)) is not None:
            return tagged
    return _find_doer(text)


def _find_tagged(text: str) -> str | None:
    """Return the owner that is a handle or a name in brackets, at the beginning or the end of a text, or None."""
    for form in (_TAGGED_BEGIN, _TAGGED_END, _HANDLE_END):
        found = form.match(text) if form is _TAGGED_BEGIN else form.search(text, max(len(text) - 200, 0))
        if found:
            named = next(group for group in found.groups() if group)
            if named.split()[0].lower() not in _NOBODY and not named.isupper():
                return named
    found = _BARE_HANDLE_END.search(text, max(len(text) - 200, 0))
    return found.group(2) if found and found.group("before").lower() not in _SPOKEN_OF else None


def _find_doer(text: str) -> str | None:
    """Return who is to do something by the text: at its beginning, or in brackets at its end; or None."""
    start = text.lstrip("*_ ")
    if start[:1].isupper() or start[:1] == "@":
        found = _DOER.match(start)
        if found and found.group(1).split()[0].lower() not in _NOBODY:
            return found.group(1)
    if text.rstrip(" .").endswith((")", "）")):
        found = _ASIDE.search(text, max(len(text) - 160, 0))
        if found and found.group(1).split()[0].lower() not in _NOBODY and found.group(1).lower() not in _VERBS:
            return found.group(1)
    return None


_VERBS = frozenset(_DOES[3:-1].replace("[sz]", "s").split("|"))


def find_due_date(text: str) -> str | None:
    """Return the due date that an item's text names ("Due: 2026-03-01", "by 2026-03-01"), as written, or None."""
    found = _DUE.search(text)
    if found is None and ("by " in text or "bis " in text or "まで" in text):  # one is in all that it finds
        found = _BY_DATE.search(text)
    if found is None and (at_end := _match_name_and_day(text)) is not None:
        return at_end.group("when")
    if found is None:
        found = _DATE_END.search(text, max(len(text) - 60, 0))
    return next(filter(None, found.groups()), None) if found else None


def _strip_due_tail(text: str) -> str:
    """Return `text` without a due date at its end."""
    found = _DUE_TAIL.search(text, max(len(text) - 60, 0))
    return text[: found.start()] if found else text


def _match_name_and_day(text: str) -> re.Match[str] | None:
    """Match the name and the day that a text ends in."""
    end = text[-12:].rstrip(" .)）まで")[-1:]
    if not end.isdigit() and end != "日":
        return None
    return _WHO_AND_WHEN.search(text, max(len(text) - 120, 0))
