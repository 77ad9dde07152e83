"""Headings and labels without their decoration."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_postmortem.reading.patterns import lazily

__all__ = ["clean_heading", "strip_decoration", "strip_kind_id_and_day", "strip_markdown"]

_TAG = lazily(r"<[^<>\n]{0,300}>")
_LINK = lazily(r"(?<!\\)\[([^\[\]]*)\](?:\([^()\n]*\)|\[[^\[\]\n]*\])?")
_ANCHOR = lazily(r"\{[#.:][^{}\n]*\}\s*$")
_SHORTCODE = lazily(r":[a-z][a-z0-9_+-]{1,40}:")
_CLOSING = lazily(r"(?<=\s)#+\s*$")
_UNDERLINE = lazily(r"\n[ \t>]*(?:=+|-+)[ \t]*$")
_UNDERSCORES = lazily(r"(?<!\w)_{1,3}|_{1,3}(?!\w)")
_EDGE = lazily(r"_[^\w\s]|[^\w\s]_")
_CODE = lazily(r"(?<!`)(`{1,3})(?!`)([^\n`]{1,400})(?<!`)\1(?!`)")
_ESCAPE = lazily(r"\\([!-/:-@\[-`{-~])")
_BEFORE = lazily(
    r"[\W_]*(?:(?:phase|step|part|section|chapter|teil|étape|fase|第)\s{0,2}(?=\d|[ivx]{1,4}\b))?"
    r"(?:(?:\d{1,3}|[a-z](?=[.):])|[ivx]{1,4}(?=[.):]))(?:\.\d{1,3}){0,4}[.):：、章節\s–—-]{1,4}(?=\D))?[\W_]*",
    re.IGNORECASE,
)
_AFTER = lazily(r"(?<![^\w)）\]】'’?%!])[^\w)）\]】'’?%!]+$")


def strip_markdown(text: str) -> str:
    """Return inline Markdown as plain text, white space folded: links give their text, emphasis and tags nothing."""
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "[" in text:
        text = _LINK.sub(r"\1", text.replace("![", "["))
        if "[" in text:
            text = _LINK.sub(r"\1", text)
    if "`" in text and ("_" in text or "*" in text):
        return " ".join("".join(_strip_beside_code(text)).split())
    return " ".join(_strip_emphasis(text.replace("`", "")).split())


def _strip_beside_code(text: str) -> Iterator[str]:
    """Yield the parts of a text with code: what is in backticks stays as it is."""
    position = 0
    for code in _CODE.finditer(text):
        yield _strip_emphasis(text[position : code.start()])
        yield code.group(2)
        position = code.end()
    yield _strip_emphasis(text[position:].replace("`", ""))


def _strip_emphasis(text: str) -> str:
    """Return `text` without emphasis and escapes."""
    text = text.replace("*", "").replace("~~", "")
    if "_" in text and (" _" in text or "_ " in text or text[0] == "_" or text[-1] == "_" or _EDGE.search(text)):
        text = _UNDERSCORES.sub("", text)
    if "\\" in text:
        text = _ESCAPE.sub(r"\1", text)
    return text


def clean_heading(raw: str) -> str:
    """Return the text of a heading's source, ATX or setext, without marks, anchors and emoji shortcodes."""
    text = raw.strip()
    text = _CLOSING.sub("", text.lstrip("#")) if text.startswith("#") else _UNDERLINE.sub("", text)
    if "{" in text:
        text = _ANCHOR.sub("", text)
    if ":" in text:
        text = _SHORTCODE.sub(" ", text)
    return strip_markdown(text)


_KIND = lazily(
    r"(?:post[- ]?mortem|incident|incident (?:report|review)|rca|ポストモーテム|障害報告|사후 분석|事后分析|复盘)"
    r"(?: report)?\s?[:：—–-]\s*(?=\S)",
    re.IGNORECASE,
)
_DAY_BEFORE = lazily(
    r"[\[(（]?(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|(?:19|20)\d{6}|[A-Z][a-z]{2,8}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}|"
    r"\d{1,2}(?:st|nd|rd|th|\.)? [A-Z][a-z]{2,8}\.? \d{4}|\d{4}年\d{1,2}月\d{1,2}日)"
    r"(?:[ T]\d{1,2}:?\d{2})?[\])）]?(?:\s?[,:：|/·•—–-]\s{0,9}(?=[^\W\d])|\s{1,9}(?=[^\W\d_])(?!(?:to|until|till|through|and|bis|und|au?|al|y|e|et)\b))"
)
_DAY_BEHIND = lazily(
    r"\s[—–-]\s(?:\d{4}-\d{2}-\d{2}|[A-Z][a-z]{2,8}\.? \d{1,2},? \d{4}|\d{1,2} [A-Z][a-z]{2,8}\.? \d{4})$"
)
_SEPARATOR = lazily(r"(?:[\])）】]\s?[:：|,·•—–-]?|\s?[:：|,·•—–-])\s{0,9}(?=\S)|\s{1,9}(?=[^\W\d_])")
_LONGEST = 400


def strip_kind_id_and_day(title: str, known_id: str) -> str:
    """Return `title` without the kind of document, its id and its day, which are beside it wherever it is shown."""
    while True:
        rest = title.lstrip("[(（【")
        match = _KIND.match(title) or _DAY_BEFORE.match(title)
        if match is not None:
            title = title[match.end() :]
        elif rest.startswith(known_id) and (match := _SEPARATOR.match(rest, len(known_id))) is not None:
            title = rest[match.end() :]
        else:
            return _DAY_BEHIND.sub("", title)


def strip_decoration(title: str) -> str:
    """Return `title` without numbering, emoji and other decoration at its ends, for comparing."""
    if len(title) > _LONGEST:
        return title  # no name of anything
    core = title[match.end() :] if (match := _BEFORE.match(title)) else title
    return core if core[-1:].isalnum() else _AFTER.sub("", core) or title
