"""Per-document rule suppressions (`<!-- postmortem: ignore CODE -->`)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from pytest_postmortem.errors import DocumentError, PostmortemError
from pytest_postmortem.linting.prose import strip_code
from pytest_postmortem.model.nearest import suggest

__all__ = ["find_suppressions"]

_SAYS = re.compile(
    r"\s{0,20}(?P<who>(?:pytest[-_ ]?)?post[-_ ]?mortems?(?:[-_ ]lint)?)\s{0,20}(?P<colon>[:\uff1a=]?)\s{0,20}"
    r"(?P<verb>[a-z][a-z-]{0,20})\b(?P<rest>.{0,400})",
    re.IGNORECASE | re.DOTALL,
)
_LINE = re.compile(r"^#([^\n#][^\n]{0,500})$", re.MULTILINE)
_WORDS = re.compile(r"[\s,]+")


def find_suppressions(text: str, origin: str, codes: Collection[str]) -> tuple[frozenset[str], list[PostmortemError]]:
    """Return the codes that a document switches off for itself, and what is wrong with it.

    Written `<!-- postmortem: ignore PM402 -->`, in a data file as a line `# postmortem: ignore PM402`; several codes
    with commas, and a reason behind a colon. Case and line breaks do not matter, and an example in code is none. What
    names a rule and is nearly so written is a fault.
    """
    off: set[str] = set()
    faults: list[PostmortemError] = []
    for candidate in _find_candidates(text):
        found = _SAYS.match(candidate.text)
        if found is None:
            continue
        named = [word.upper() for word in _WORDS.split(found["rest"].lstrip(" :").partition(":")[0]) if word]
        known = [name for name in named if name in codes]
        is_exact = (found["who"].lower(), found["colon"], found["verb"].lower()) == ("postmortem", ":", "ignore")
        if _is_remark(candidate, is_exact=is_exact, names_rule=bool(known)):
            continue
        if is_exact:
            off.update(named)
            problems = _list_unknown(named, codes)
        else:
            written = " ".join(candidate.text[: found.start("rest")].split())
            problems = [(f"{written!r} switches off no rule", _suggest_form(known))]
        faults += (DocumentError(problem, origin=origin, line=candidate.line, hint=hint) for problem, hint in problems)
    return frozenset(off), faults


class _Candidate(NamedTuple):
    """An HTML comment, or a line that begins with one #: its 1-based line, its text, whether it is the latter."""

    line: int
    text: str
    is_line: bool


def _is_remark(candidate: _Candidate, *, is_exact: bool, names_rule: bool) -> bool:
    """Return whether this is a remark, or a title."""
    if names_rule:
        return False
    return not is_exact or (candidate.is_line and "postmortem: ignore" not in candidate.text)


def _list_unknown(named: Sequence[str], codes: Collection[str]) -> list[tuple[str, str]]:
    """Return a problem with a hint for each name that is no code, and for no name at all."""
    if not named:
        return [("an opt-out names no rule", _suggest_form(()))]
    return [
        (f"no rule is called {name!r}", suggest(name, codes, "postmortem lint --rules lists them"))
        for name in named
        if name not in codes
    ]


def _suggest_form(known: Sequence[str]) -> str:
    return f"write <!-- postmortem: ignore {', '.join(known) or 'PM402'} -->"


def _find_candidates(text: str) -> Iterator[_Candidate]:
    """Yield each HTML comment and each line that begins with one #: its 1-based line, its text, whether it is the
    latter."""
    if "mortem" not in text.lower():
        return
    text = strip_code(text)
    end = line = counted = 0
    while (start := text.find("<!--", end)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        line += text.count("\n", counted, start)
        counted = start
        yield _Candidate(line + 1, text[start + 4 : min(end, start + 500)], False)
    line = counted = 0
    for found in _LINE.finditer(text):
        line += text.count("\n", counted, found.start())
        counted = found.start()
        yield _Candidate(line + 1, found.group(1), True)
