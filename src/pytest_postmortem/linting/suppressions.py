"""Per-document rule suppressions (`<!-- postmortem: ignore CODE -->`)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

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
    for line, told, is_line in _find_candidates(text):
        found = _SAYS.match(told)
        if found is None:
            continue
        named = [word.upper() for word in _WORDS.split(found["rest"].lstrip(" :").partition(":")[0]) if word]
        known = [name for name in named if name in codes]
        ours = (found["who"].lower(), found["colon"], found["verb"].lower()) == ("postmortem", ":", "ignore")
        if (not ours and not known) or (is_line and not known and "postmortem: ignore" not in told):
            continue  # a remark, or a title
        hint = f"write <!-- postmortem: ignore {', '.join(known) or 'PM402'} -->"
        if not ours:
            said = " ".join(told[: found.start("rest")].split())
            faults.append(DocumentError(f"{said!r} switches off no rule", origin=origin, line=line, hint=hint))
            continue
        for name in named:
            if name not in codes:
                hint = suggest(name, codes, "postmortem lint --rules lists them")
                faults.append(DocumentError(f"no rule is called {name!r}", origin=origin, line=line, hint=hint))
        if not named:
            faults.append(DocumentError("an opt-out names no rule", origin=origin, line=line, hint=hint))
        off.update(named)
    return frozenset(off), faults


def _find_candidates(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield each HTML comment and each line that begins with one #: its 1-based line, its text, whether it is the
    latter."""
    if "mortem" not in text.lower():
        return
    text = strip_code(text)
    end = line = counted = 0
    while (start := text.find("<!--", end)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        line += text.count("\n", counted, start)
        counted = start
        yield line + 1, text[start + 4 : min(end, start + 500)], False
    line = counted = 0
    for found in _LINE.finditer(text):
        line += text.count("\n", counted, found.start())
        counted = found.start()
        yield line + 1, found.group(1), True
