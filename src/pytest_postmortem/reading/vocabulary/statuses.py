"""The status of an action item: from a cell, a heading, or the text itself. Never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

from pytest_postmortem.model.postmortem import ItemStatus
from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.syntax.markup import FOOTNOTE, strip_struck
from pytest_postmortem.reading.vocabulary.default import Vocabulary
from pytest_postmortem.reading.vocabulary.normalize import lookup_key, split_words
from pytest_postmortem.reading.vocabulary.titles import strip_markdown

__all__ = ["StatusWords"]

_DONE_SIGNS = "✅☑✔🟢🎉"
_OPEN_SIGNS = "⬜☐🔲🚧⏳🔄🟡🔴🔜🕐📋"
_SIGNS = {**dict.fromkeys(_OPEN_SIGNS, ItemStatus.OPEN), **dict.fromkeys(_DONE_SIGNS, ItemStatus.DONE)}
_LAST_SIGNS = frozenset("✅☑✔")
_REMARK_ENDS = (")", "）", "]", "］", "_", "*", ".", "!", "。")
# Compared without accents: "nicht erledigt", "pas encore fait", "não feito", "не выполнено".
_NEGATED = lazily(
    r"\b(?:not|to be|until|when|if|once|partially|partly|will|yet|before|no|never|needs?|should|must|"
    r"nicht|noch|kein\w{0,2}|teilweise|wird|werden|muss|soll|sobald|zu|pas|partiellement|sera|sin|parcial\w{0,6}|sera|aun|nao|ainda|"
    r"non|ancora|parzialmente|niet|nog|deels|moet|inte|ej|delvis|nie|jeszcze|czesciowo|ne|zatim|castecne|degil|henuz|kismen|"
    r"chua|khong|belum|tidak|sebagian|не|ещe|частично|частково|ще)\b"
)
_PARENS_END = lazily(r"[(（\[［]([^()（）\[\]［］]{1,120})[)）\]］][\s*_.。!~]*$")
_EMPHASIS_END = lazily(r"(?<![\w*_])[*_]{1,3}([^*_]{2,80})[*_]{1,3}[\s.。!]*$")
_DASH_END = lazily(r"(?:\s[-–—]{1,2}|[.。:：;,])\s{1,3}[*_`]{0,3}([^\s\d][^.:;,()\[\]]{1,24}?)[*_`]{0,3}[.!✅\s]{0,9}$")
_DASH = lazily(r"\s[-–—]{1,2}\s{1,3}")
_BEGIN = lazily(r"\A[\W_]*([^\W\d_][^:：\]\[]{1,40}?)[\s*_]*(?:[:：\]](?!//)|\s[-–—]\s)")
_IN_PROGRESS = lazily(
    r"\b(?:work|is|are|currently|still|already)(?: a| now)?(?: work)? in progress\b|\bwork in progress\b", re.IGNORECASE
)
_ALREADY = lazily(r"\A\W*already (?!know|exist|have|has)[a-z]+", re.IGNORECASE)
_HEADING_PARTS = lazily(r"[()（）\[\]【】:：|—–]|\s-\s")
_OF_ACTIONS = lazily(r" (?:actions?|items?|tasks?|work|action items?|follow ups?|steps?|measures?|fixes|improvements)$")
_MOST_REMEMBERED = 4096
_ARROW = lazily(r"→|➜|➔|⇒|⟶|[-=]>")
_REASON = lazily(r"(?<!\s)\s*(?:[:：(（\[［]|\s[-–—]+(?=\s)|[–—]|、|。)")
_DAY = lazily(r"(?:\b(?:on|am|le|el|em)\s)?\d{4}-\d{2}-\d{2}")
# "Superseded by AI-2", "Duplicate of #12": the other item, and nothing else.
_IN_FAVOUR = lazily(
    r"(?:closed as )?(?:superseded|replaced|obsoleted|duplicated?|duplicate) (?:by|of|with) \[?#?[\w./#-]{1,60}\]?(?:\([^()\s]{1,300}\))?",
    re.IGNORECASE,
)
_FOR_NOW = lazily(
    r"\b(?:until|till|unless|yet|for now|for (?:this|the moment|q[1-4]|sprint|v?\d)|this (?:quarter|sprint|release|year|month)|"
    r"(?:next|later|again|reopen(?:ed)?|resumed|revisit(?:ed)?|postponed|deferred|not|in progress|todo|open|planned|scheduled|but|"
    r"still|on hold|after|temporar\w*|back|revert\w*|reinstat\w*|restored|undone|needed|required|provisoire|vorl\w*|noch)|"
    r"q[1-4]|bis|vorerst|pour l instant|por ahora)\b|まで|当面|暂时|까지|来期|次回|次期|来月|来年|以降|後|下次|之后|나중"
)
_NOT_YET = frozenset(split_words("next, soon, asap, later, upcoming, ongoing, in progress, future"))


class StatusWords:
    """Reads statuses by the words of a vocabulary."""

    __slots__ = ("_cells", "_done", "_dropped", "_headings", "_open", "_sure")

    def __init__(self, words: Vocabulary) -> None:
        self._done = _Words(words.status_done)
        self._open = _Words(words.status_open)
        self._dropped = _Words(words.status_dropped)
        self._sure: dict[str, ItemStatus] = {
            **{lookup_key(word): ItemStatus.DONE for word in words.status_done_in_text},
            **{lookup_key(word): ItemStatus.OPEN for word in words.status_open_in_text},
            **{lookup_key(word): ItemStatus.DROPPED for word in words.status_dropped if len(word) > 2},
        }
        self._cells: dict[str, ItemStatus] = {}
        self._headings: dict[str, ItemStatus] = {}

    def read_cell(self, cell: str) -> ItemStatus:
        """Return the status that a status cell specifies; UNKNOWN for unknown words."""
        known = self._cells.get(cell)
        if known is None:
            known = self._read_cell(cell)
            if len(self._cells) < _MOST_REMEMBERED:
                self._cells[cell] = known
        return known

    def _read_cell(self, cell: str) -> ItemStatus:
        cell = _find_last_state(cell)
        box = cell.strip().lower()
        text = lookup_key(strip_markdown(cell))
        if not text and not box.strip("`").startswith("["):
            return _read_sign(cell)
        if box in ("[x]", "[ ]", "[]", "x", "`[x]`", "`[ ]`", "`[]`"):
            return ItemStatus.DONE if "x" in box else ItemStatus.OPEN
        if self._is_dropped(strip_markdown(cell)) or self._is_dropped(cell.strip(" *_`")):
            return ItemStatus.DROPPED
        if self._open.begins(text):
            return ItemStatus.OPEN
        status = self._read_done(text)
        return status if status is not None else _read_sign(cell)

    def _read_done(self, text: str) -> ItemStatus | None:
        """Return the status of a cell that says that something is done or dropped, if not all of it; None for others."""
        is_dropped = self._dropped.holds(text)
        if self._done.begins(text) and not is_dropped:
            return ItemStatus.DONE
        if is_dropped:
            return ItemStatus.UNKNOWN  # "dropped from sprint 12, planned for 13"
        beginning = " ".join(text.split(maxsplit=5)[:5])
        return ItemStatus.DONE if self._done.holds(beginning) and not _NEGATED.search(text) else None

    def _is_dropped(self, cell: str) -> bool:
        """Return whether all of a cell says that the item was dropped.

        That is the word alone, with a date or with its reason behind a colon, dash or bracket ("Won't do: replaced by
        X"); the reason must not say that it is only for now ("Won't do (until Q3)").
        """
        if self._dropped.is_one(lookup_key(cell)) and "?" not in cell and "\uff1f" not in cell:
            return True
        if "?" in cell or "\uff1f" in cell:
            return False
        state = _REASON.split(cell, maxsplit=1)[0]
        word = _DAY.sub(" ", state)
        reason = cell[len(state) :]
        if self._dropped.is_one(lookup_key(word)):
            return _FOR_NOW.search(lookup_key(reason)) is None
        if _IN_FAVOUR.fullmatch(cell.strip(" .*_")):
            return True
        # "Closed (won't fix)", "Resolved: not planned"
        return self._done.is_one(lookup_key(word)) and self._dropped.is_one(lookup_key(reason))

    def is_done(self, cell: str) -> bool:
        """Return whether a cell that is not a status cell begins with a word for done ("landed 2026-05-29")."""
        return self._done.begins(lookup_key(strip_markdown(cell)))

    def is_pending(self, cell: str) -> bool:
        """Return whether a due cell says in words that it is still to come ("next", "soon")."""
        return lookup_key(strip_markdown(cell)) in _NOT_YET

    def read_heading(self, title: str) -> ItemStatus:
        """Return the status of all items under a heading: "Completed ✅", "Immediate (Completed)", "Short-term (To Do)"."""
        known = self._headings.get(title)
        if known is None:
            known = self._read_heading(title)
            if len(self._headings) < _MOST_REMEMBERED:
                self._headings[title] = known
        return known

    def _read_heading(self, title: str) -> ItemStatus:
        for part in _HEADING_PARTS.split(title):
            name = _OF_ACTIONS.sub("", lookup_key(part))
            if (known := self._sure.get(name)) is not None:
                return known
            if name in ("outstanding", "remaining", "still open"):
                return ItemStatus.OPEN
            if name in ("completed during incident", "completed during the incident", "applied", "already completed"):
                return ItemStatus.DONE
        return ItemStatus.DONE if any(sign in title for sign in _LAST_SIGNS) else ItemStatus.UNKNOWN

    def read_text(self, text: str) -> ItemStatus:
        """Return the status in an item's own text: a sign in front, a word in brackets or emphasis at the end, "DONE: ..."."""
        status = _SIGNS.get(text.lstrip(" *_`")[:1], ItemStatus.UNKNOWN)
        if status is ItemStatus.UNKNOWN and (text.endswith(_REMARK_ENDS) or " - " in text[-40:]):
            status = self._read_remark(text)
        if status is ItemStatus.UNKNOWN and (found := _DASH_END.search(text, max(len(text) - 60, 0))) is not None:
            status = self._sure.get(lookup_key(_DASH.split(found.group(1))[-1]), ItemStatus.UNKNOWN)
        if status is ItemStatus.UNKNOWN and (found := _BEGIN.match(text)) is not None:
            status = self._find_sure_status(lookup_key(found.group(1).partition("(")[0]))
        if status is not ItemStatus.UNKNOWN:
            return status
        if "progress" in text and _IN_PROGRESS.search(text):
            return ItemStatus.OPEN
        is_done = text.rstrip(" *_.`")[-1:] in _LAST_SIGNS or ("lready" in text[:16] and _ALREADY.match(text))
        return ItemStatus.DONE if is_done else ItemStatus.UNKNOWN

    def _read_remark(self, text: str) -> ItemStatus:
        """Return the status that a text ends in, in brackets or in emphasis."""
        for form in (_PARENS_END, _EMPHASIS_END):
            if (found := form.search(text, max(len(text) - 140, 0))) is not None:
                status = self._find_sure_status(lookup_key(found.group(1)))
                if status is not ItemStatus.UNKNOWN:
                    return status
        return ItemStatus.UNKNOWN

    def strip_dash_end(self, text: str) -> str:
        """Return `text` without a state after its last dash: "Limit it — @bob — done" gives "Limit it — @bob"."""
        parts = list(_DASH.finditer(text))
        known = parts and lookup_key(text[parts[-1].end() :].strip(" *_`.!")) in self._sure
        return text[: parts[-1].start()] if known else text

    def _find_sure_status(self, remark: str) -> ItemStatus:
        """Return the status that a remark in brackets begins with, if what follows only adds to it; else UNKNOWN."""
        if (known := self._sure.get(remark)) is not None:
            return known
        words = remark.split()
        for count in (3, 2, 1):
            if len(words) > count:
                known = self._sure.get(" ".join(words[:count]))
                if known is not None and _is_addition(words[count]):
                    return known
        if remark.isascii():
            return ItemStatus.UNKNOWN
        foreign = (word for word in self._sure if not word.isascii() and remark.startswith(word))
        return self._sure.get(next(foreign, ""), ItemStatus.UNKNOWN)


# What may follow such a word and only adds to it: "done in #12", "merged yesterday".
_ADDING = frozenset(
    split_words("""
        in, on, by, during, via, as, at, with, see, pr, prs, mr, issue, commit, this, today, yesterday, already, since,
        and, for, before, after, while, the, when, is, jan, feb, mar, apr, may, jun, jul, aug, sep, oct, nov, dec
    """)
)


def _is_addition(word: str) -> bool:
    """Return whether what begins with `word` only adds to a state: a number, "in #12", the digest of a commit."""
    return word[0].isdigit() or word in _ADDING or (len(word) >= 7 and word.isalnum() and not word.isalpha())


class _Words:
    """Words and phrases; those of languages without spaces may be anywhere in a word."""

    __slots__ = ("_foreign", "_lengths", "_phrases")

    def __init__(self, words: Iterable[str]) -> None:
        keys = {lookup_key(word) for word in words}
        self._phrases = frozenset(word for word in keys if word.isascii() or word[0] < "\u2e80")
        self._foreign = tuple(word for word in keys if word[0] >= "\u2e80")
        # How many words a phrase may have. A regular expression of all phrases would take 2 ms to compile.
        self._lengths = sorted({phrase.count(" ") + 1 for phrase in self._phrases})

    def is_one(self, text: str) -> bool:
        """Return whether `text` is one of them and nothing else."""
        return text in self._phrases or text in self._foreign

    def begins(self, text: str) -> bool:
        """Return whether `text` begins with one of them, or holds one of a language without spaces."""
        return self._is_at(text.split(), 0) or (not text.isascii() and any(word in text for word in self._foreign))

    def holds(self, text: str) -> bool:
        """Return whether one of them is in `text`."""
        words = text.split()
        return any(self._is_at(words, place) for place in range(len(words)))

    def _is_at(self, words: list[str], place: int) -> bool:
        return any(" ".join(words[place : place + length]) in self._phrases for length in self._lengths)


def _find_last_state(cell: str) -> str:
    """Return what is valid of a cell: without struck-out parts, and only what is after its last arrow."""
    if "&" in cell:
        cell = unescape(cell)
    if "[^" in cell:
        cell = FOOTNOTE.sub("", cell)
    if "~~" in cell or "<" in cell:
        cell = strip_struck(cell)
    if ">" in cell or not cell.isascii():
        cell = _ARROW.split(cell)[-1]
    return cell


def _read_sign(cell: str) -> ItemStatus:
    """Return the status of a sign in a cell."""
    if any(sign in cell for sign in _DONE_SIGNS):
        return ItemStatus.DONE
    if any(sign in cell for sign in _OPEN_SIGNS):
        return ItemStatus.OPEN
    return ItemStatus.UNKNOWN
