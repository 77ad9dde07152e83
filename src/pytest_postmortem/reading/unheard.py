"""Test requirements that stand where no action item is read: a promise that must not get lost in silence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pytest_postmortem.reading.drafts import Drafter, Unclear
from pytest_postmortem.reading.markdown import Block, Outline
from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.test_requirement import Unreadable

__all__ = ["unheard"]

# Square brackets may hold any flag, round ones in a sentence only this one. What a bracket follows is a link.
_FLAG = lazily(rb"\\?\[ ?tests?\b[^\[\]]{1,400}(?:\[[^\[\]\n]*\])?\](?![\[(])|\( ?tests? required ?\)", re.IGNORECASE)
_OURS = lazily(r"required|waived|\.py\b", re.IGNORECASE)
_BEGUN = (b"[test", b"(test", b"[ test", b"( test")  # in few documents, and quicker to look for than the whole form
_HINT = (
    'write it into a table or a list below a heading such as "Action items", or the heading\'s own words into `words` '
    "of the configuration; in backticks it is only quoted"
)


def unheard(outline: Outline, heard: Iterable[tuple[int, int]], drafter: Drafter) -> Iterator[Unclear]:
    """Each flag outside the byte ranges that action items were read from. What stands in code or a comment is none."""
    data = outline.data
    lowered = data.lower()
    if not any(begun in lowered for begun in _BEGUN):
        return
    blocks = outline.blocks(0, len(outline))
    silent = [*heard, *((start, end) for kind, start, end in blocks if kind == "CodeBlock")]
    for found in _FLAG.finditer(data):
        place = found.start()
        told = " ".join(found.group().decode("utf-8", "replace").replace("\\", "").split())
        ours = _OURS.search(told) is not None
        if any(start <= place < end for start, end in silent) or _is_quoted(data, blocks, place, found.end()):
            continue
        try:
            asks = drafter.asked_in(told) is not None
        except Unreadable:
            asks = ours
        if asks:
            yield Unclear(outline.line(place), Unreadable(f"{told} stands in no action item", _HINT, ours=ours))


def _is_quoted(data: bytes, blocks: list[Block], start: int, end: int) -> bool:
    """Whether a flag is in backticks, which close on its line, or in a comment of its own paragraph."""
    line_start, line_end = data.rfind(b"\n", 0, start) + 1, data.find(b"\n", end)
    behind = data[end:] if line_end < 0 else data[end:line_end]
    if data.count(b"`", line_start, start) % 2 and b"`" in behind:
        return True
    around = max((first for _, first, last in blocks if first <= start < last), default=line_start)
    return data.rfind(b"<!--", around, start) > data.rfind(b"-->", around, start)
