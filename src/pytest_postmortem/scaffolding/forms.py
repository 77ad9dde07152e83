"""The form of a name: what stands before, a date or number, and a slug or title behind it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from pytest_postmortem.scaffolding.words import clean_title, cut, find_words

__all__ = ["Form", "Named", "Tail", "parse_name", "prefix_of"]

_MOST_OF_SLUG = 60
_MOST_OF_TITLE = 100
_PREFIX = re.compile(r"\A(?:[^\W\d_]++[-_ .#]{0,3}){1,3}(?=[0-9])")
_KEY = re.compile(r"[A-Z][A-Z0-9]*[-_ .#]{0,3}")
_KIND = re.compile(
    r"(?:post-?mortems?|incidents?|incident-report|outages?|rca|pm|inc|ir|issue|report)[-_ .#]{0,3}", re.IGNORECASE
)
_YEAR = r"(?P<year>(?:19|20)[0-9]{2})"
_MONTH = r"(?P<month>0[1-9]|1[0-2])"
_NUMBER = r"(?P<number>[0-9]{1,9})[a-z]?"
_DAY = r"(?P<day>0[1-9]|[12][0-9]|3[01])"
_HEADS = tuple(
    (kinds, needs_prefix, re.compile(pattern + r"(?![0-9A-Za-z])"))
    for kinds, needs_prefix, pattern in (
        ("YMDN", True, rf"{_YEAR}(?P<one>[-_. ]?){_MONTH}(?P=one){_DAY}(?P<three>[-_. ]){_NUMBER}"),
        ("YMD", None, rf"{_YEAR}(?P<one>[-_. ]?){_MONTH}(?P=one){_DAY}"),
        ("YMN", None, rf"{_YEAR}(?P<one>[-_. ]?){_MONTH}(?P<two>[-_. ])(?=[0-9]{{3}}){_NUMBER}"),
        ("YM", False, rf"{_YEAR}(?P<one>[-_.]){_MONTH}"),
        ("YN", None, rf"{_YEAR}(?P<one>[-_. /]){_NUMBER}"),
        ("N", None, _NUMBER),
    )
)
_SLOTS = {"Y": "year", "M": "month", "D": "day", "N": "number"}
_TAIL = re.compile(r"(?P<separator>[-_ .:\u2013\u2014]*)(?P<text>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Tail:
    """What stands behind a date or number: nothing (`separator` None), the words of a title, or the title itself.

    `joint` joins the words; it is a space where the title stands there. `capitals` is true where they are kept.
    """

    separator: str | None = None
    joint: str = "-"
    capitals: bool = False

    def format(self, title: str) -> str:
        """Return the words of `title` in this form, without the separator; empty if it has none."""
        if self.joint == " ":
            text = clean_title(title, _MOST_OF_TITLE)
            return text if self.capitals else text.lower()
        words = [word if self.capitals else word.lower() for word in find_words(title)]
        return cut(words, self.joint, _MOST_OF_SLUG)


@dataclass(frozen=True, slots=True)
class Form:
    """`prefix`, then a group for each letter of `kinds`: Year, Month, Day, Number; `separators` stand between them."""

    prefix: str = ""
    kinds: str = ""
    separators: tuple[str, ...] = ()

    def head(self, day: date, number: int = 0, width: int = 1) -> str:
        """Return the name's beginning for this day and number."""
        groups = {"Y": f"{day.year:04}", "M": f"{day.month:02}", "D": f"{day.day:02}", "N": f"{number:0{width}}"}
        head = self.prefix
        for kind, separator in zip(self.kinds, ("", *self.separators), strict=False):
            head += separator + groups[kind]
        return head

    def is_same_series(self, other: Form) -> bool:
        """Return whether numbers of the two forms are counted together."""
        return self.kinds == other.kinds and self.prefix.casefold() == other.prefix.casefold()


@dataclass(frozen=True, slots=True)
class Named:
    """A name read by its form: the groups as written (of kinds that it has), and the tail."""

    form: Form
    head: str
    groups: tuple[str, ...]
    tail: Tail

    @property
    def number(self) -> str | None:
        """The number as written, or None."""
        return self.groups[self.form.kinds.index("N")] if "N" in self.form.kinds else None

    def is_of(self, day: date) -> bool:
        """Return whether its date groups are those of `day`: numbers begin anew with each of them."""
        wanted = {"Y": day.year, "M": day.month, "D": day.day}
        pairs = zip(self.form.kinds, self.groups, strict=True)
        return all(int(group) == wanted[kind] for kind, group in pairs if kind != "N")


def prefix_of(name: str) -> str:
    """Return the words that stand before the first digit, or nothing."""
    found = _PREFIX.match(name)
    return found.group() if found else ""


def parse_name(name: str, shared: Collection[str] = ()) -> Named:
    """Return `name` by its form. Words before a number belong to the form where they are capitals, mean a kind of
    document, or are `shared` with other names."""
    prefix = prefix_of(name)
    if prefix and not (_KEY.fullmatch(prefix) or _KIND.fullmatch(prefix) or prefix in shared):
        return _parse_slug(name)
    for kinds, needs_prefix, pattern in _HEADS:
        found = pattern.match(name, len(prefix)) if needs_prefix in (None, bool(prefix)) else None
        if found is not None:
            groups = tuple(found[_SLOTS[kind]] for kind in kinds)
            form = Form(prefix, kinds, _find_separators(found, len(kinds)))
            return Named(form, name[: found.end()], groups, _parse_tail(name[found.end() :]))
    return _parse_slug(name)


def _find_separators(found: re.Match[str], number: int) -> tuple[str, ...]:
    """Return what stands between the `number` groups of a name; what it does not name is like the first one."""
    separators = found.groupdict()
    first = separators.get("one") or ""
    return (first, separators.get("two") or first, separators.get("three") or first)[: number - 1]


def _parse_slug(name: str) -> Named:
    found = _KIND.match(name)
    prefix = found.group() if found and found.end() < len(name) and not found.group()[-1].isalnum() else ""
    return Named(Form(prefix), prefix, (), _parse_tail(name[len(prefix) :]))


def _parse_tail(rest: str) -> Tail:
    found = _TAIL.match(rest)
    separator, text = (found.group("separator"), found.group("text")) if found else ("", rest)
    if not text:
        return Tail()
    joint = " " if " " in text else "_" if text.count("_") > text.count("-") else "-"
    return Tail(separator, joint, capitals=text != text.lower())
