"""Test requirements that stand where no action item is read: a promise that must not get lost in silence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pytest_postmortem.reading.drafts import Unclear
from pytest_postmortem.reading.markdown import Outline
from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.test_requirement import Unreadable

__all__ = ["unheard"]

# What nobody writes but for us: `[test required]`, `[test waived ...]`, `[test: tests/test_x.py::test_y]`. No link.
_FLAG = lazily(
    rb"\\?[\[(] ?tests?\s{1,3}required\s{0,3}\\?[\])](?![\[(])"
    rb"|\[ ?tests?(?:\s{1,3}waived\b|\s{0,3}:\s{0,3}[^\]\s]{1,200}\.py\b)[^\]\n]{0,400}\](?![\[(])",
    re.IGNORECASE,
)
_BEGUN = (b"[test", b"(test", b"[ test", b"( test")  # in few documents, and quicker to look for than the whole form
_HINT = (
    'write it into a table or a list below a heading such as "Action items", or the heading\'s own words into `words` '
    "of the configuration; in backticks it is only quoted"
)


def unheard(outline: Outline, heard: Iterable[tuple[int, int]]) -> Iterator[Unclear]:
    """Each flag outside the byte ranges that action items were read from. What stands in code or a comment is none."""
    data = outline.data
    lowered = data.lower()
    if not any(begun in lowered for begun in _BEGUN):
        return
    silent: list[tuple[int, int]] | None = None
    for found in _FLAG.finditer(data):
        if silent is None:
            code = [(start, end) for kind, start, end in outline.blocks(0, len(outline)) if kind == "CodeBlock"]
            silent = [*heard, *code]
        place = found.start()
        if not _is_quoted(data, place) and not any(start <= place < end for start, end in silent):
            told = " ".join(found.group().decode("utf-8", "replace").replace("\\", "").split())
            yield Unclear(outline.line(place), Unreadable(f"{told} stands in no action item", _HINT))


def _is_quoted(data: bytes, place: int) -> bool:
    """Whether the position is in backticks or in a comment."""
    line_start = data.rfind(b"\n", 0, place) + 1
    if data.count(b"`", line_start, place) % 2:
        return True
    return data.rfind(b"<!--", 0, place) > data.rfind(b"-->", 0, place)
