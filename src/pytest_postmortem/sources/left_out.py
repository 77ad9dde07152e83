"""Decide by their names which files of a source are not documents, and which of them are all the same."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pytest_postmortem.errors import DocumentError
from pytest_postmortem.model.document import Format
from pytest_postmortem.sources.files import read_text

__all__ = [
    "DATA",
    "MARKDOWN",
    "explain_skip",
    "find_main",
    "find_suffix",
    "has_requirement",
    "is_folder_of_others",
    "is_main",
    "is_note",
]

MARKDOWN = (".html.md.erb", ".md", ".markdown", ".qmd")
DATA = {".yaml": Format.YAML, ".yml": Format.YAML, ".json": Format.JSON}

_OTHER_TEXT = re.compile(
    r"\.(?:mdx|mdown|mdwn|mkdn?|mdtext|rmd|txt|text|rst|adoc|asciidoc|org|textile|wiki|html?)", re.IGNORECASE
)
_EXTENSION = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,9}$")
_NO_POSTMORTEM = re.compile(r"\A(?:(?:readme|index|summary|tags)$|.*template)", re.IGNORECASE)
_EXAMPLE = re.compile(r"(?:example|sample)(?:[-_. ]|s?\Z)", re.IGNORECASE)
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


def find_suffix(name: str) -> str:
    """Return the extension of a file name in lower case, or ""."""
    lowered = name.lower()
    for known in MARKDOWN:
        if lowered.endswith(known):
            return known
    found = _EXTENSION.search(lowered)
    return found.group() if found else ""


def explain_skip(name: str, data: str = "") -> str | None:
    """Return why a file of this name is not a document, or None. `data` is the data suffix in the source's own name."""
    if name.startswith(("_", ".")):
        return "name starts with _ or ."
    suffix = find_suffix(name)
    if suffix in DATA:
        if data != suffix:
            return "data file that no source names"
    elif suffix and suffix not in MARKDOWN:
        return "not Markdown"
    stem = name[: len(name) - len(suffix)]
    if _EXAMPLE.match(stem):
        return "example"
    if _NO_POSTMORTEM.match(stem) and not _DATED.match(stem):
        return "template" if "template" in stem.lower() else "README, index, summary or tags"
    return None


def find_main(folder: str, files: Iterable[str], folders: Iterable[str]) -> str | None:
    """Return the file that is the post-mortem of a folder per incident although it is named README, index or summary.

    The folder's name begins with a day or a key, all other documents in it are notes, and all its sub-folders hold what
    belongs to them. None for any other folder.
    """
    name = folder.rpartition("/")[2]
    if not _DATED.match(name) and not _DAY.match(name):
        return None
    if not all(_BESIDE.match(one) for one in folders):
        return None
    mains: list[str] = []
    for file in files:
        stem = file[: len(file) - len(find_suffix(file))]
        if find_suffix(file) in MARKDOWN and stem.lower() in _MAINS:
            mains.append(file)
        elif explain_skip(file) is None and not is_note(file):
            return None
    return min(mains, key=lambda one: _MAINS.index(one[: len(one) - len(find_suffix(one))].lower()), default=None)


def is_note(file: str) -> bool:
    """Return whether a file beside a post-mortem is named like notes, a log or a transcript."""
    words = re.split(r"[-_. ]", file[: len(file) - len(find_suffix(file))].lower())
    return _NOTES.match(words[0]) is not None or _NOTES.match(words[-1]) is not None


def is_folder_of_others(folder: str) -> bool:
    """Return whether a path below a source leads to documents of another kind: runbooks, policies, templates."""
    return any(_OTHERS.fullmatch(part) for part in folder.split("/"))


def is_main(stem: str) -> bool:
    """Return whether a stem is generic, so that the folder names the document."""
    return stem.lower() in _MAINS


_OTHERS = re.compile(r"(?:run-?books?|play-?books?|polic(?:y|ies)|templates?|examples?)", re.IGNORECASE)
_MAINS = ("readme", "index", "summary")
_DAY = re.compile(r"\d{8}(?!\d)|\d{4}_\d{2}")
_BESIDE = re.compile(
    r"(?:images?|imgs?|assets?|attachments?|logs?|data|evidence|media|files|figures?|screenshots?|notes?|resources|graphs?)\Z",
    re.I,
)
_NOTES = re.compile(
    r"(?:notes?|logs?|timeline|ledger|transcript|chat|slack|raw|appendix|comms|communications?|scratch|worklog|journal|questions|"
    r"interviews?|minutes|changelog|todo)\Z"
)


def has_requirement(path: str, origin: str) -> bool:
    """Return whether a file that is left out by its name asks for a test, and so is a document all the same.

    `origin` is its path below the configuration's folder.

    A template that is still to be filled in asks for none, and neither does what cannot be read as text.
    """
    suffix = find_suffix(origin)
    if suffix and suffix not in MARKDOWN and suffix not in DATA and not _OTHER_TEXT.fullmatch(suffix):
        return False
    try:
        text = read_text(path, origin)
    except DocumentError:
        return False
    from pytest_postmortem.reading.census.places import find_places

    if suffix in DATA:
        return "action" in text.lower() and bool(find_places(text, data=True))
    return not ("template" in origin.lower() and _UNFILLED.search(text)) and bool(find_places(text))
