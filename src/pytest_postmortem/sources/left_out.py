"""Files of a source that are no documents by their names, and which of them are documents all the same."""

from __future__ import annotations

import re

from pytest_postmortem.errors import DocumentError
from pytest_postmortem.model.document import Format
from pytest_postmortem.sources.files import read_text

__all__ = ["DATA", "MARKDOWN", "has_requirement", "reason_to_skip", "suffix_of"]

MARKDOWN = (".html.md.erb", ".md", ".markdown", ".qmd")
DATA = {".yaml": Format.YAML, ".yml": Format.YAML, ".json": Format.JSON}

_OTHER_TEXT = re.compile(
    r"\.(?:mdx|mdown|mdwn|mkdn?|mdtext|rmd|txt|text|rst|adoc|asciidoc|org|textile|wiki|html?)", re.IGNORECASE
)
_EXTENSION = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,9}$")
_NO_POSTMORTEM = re.compile(r"\A(?:(?:readme|index|summary|tags)$|.*template)", re.IGNORECASE)
# What begins with a key or a day is a post-mortem about a template: `PM-1-template-outage`.
_DATED = re.compile(
    r"(?!template|sev|p[-_ ]?\d|s[-_ ]?\d)[A-Za-z]{1,16}(?:[-_ ]\d*[1-9]\d*|\d{3,})(?![A-Za-z])|\d{4}-\d{2}",
    re.IGNORECASE,
)
_UNFILLED = re.compile(
    r"\{\{|\{%|<(?!/?(?:a|b|i|s|p|br|hr|h\d|td|th|tr|table|thead|tbody|ul|ol|li|del|ins|em|strong|code|pre|details|summary|img|"
    r"div|span|sup|sub|u|kbd|https?:)\b)[A-Za-z][^<>\n]{0,60}>|y{4}|Y{4}|X{3}|N{3}|\bTBD\b|\bTODO\b|…|\.\.\.|"
    r"\[(?:title|name|date|owner|link|id|team|service|description|action)\b[^\]\n]{0,40}\](?!\()"
)


def suffix_of(name: str) -> str:
    """The extension of a file name in lower case, "" without one."""
    lowered = name.lower()
    for known in MARKDOWN:
        if lowered.endswith(known):
            return known
    found = _EXTENSION.search(lowered)
    return found.group() if found else ""


def reason_to_skip(name: str, data: str = "") -> str | None:
    """Why a file of this name is not a document, or None. `data` is the data suffix that the source names, if any."""
    if name.startswith(("_", ".")):
        return "name starts with _ or ."
    suffix = suffix_of(name)
    if suffix in DATA:
        if data != suffix:
            return "data file that no source names"
    elif suffix and suffix not in MARKDOWN:
        return "not Markdown"
    stem = name[: len(name) - len(suffix)]
    if _NO_POSTMORTEM.match(stem) and not _DATED.match(stem):
        return "template" if "template" in stem.lower() else "README, index, summary or tags"
    return None


def has_requirement(path: str, name: str) -> bool:
    """Whether a file that is left out by its name asks for a test, and so is a document all the same.

    A template that is still to be filled in asks for none, and neither does what cannot be read as text.
    """
    suffix = suffix_of(name)
    if suffix and suffix not in MARKDOWN and suffix not in DATA and not _OTHER_TEXT.fullmatch(suffix):
        return False
    try:
        text = read_text(path, name)
    except DocumentError:
        return False
    from pytest_postmortem.reading.census.places import find_places

    if suffix in DATA:
        return "action" in text.lower() and bool(find_places(text, data=True))
    return not ("template" in name.lower() and _UNFILLED.search(text)) and bool(find_places(text))
