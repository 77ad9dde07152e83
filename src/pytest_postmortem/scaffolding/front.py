"""The front matter of a new document: the keys that are set in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pytest_postmortem.scaffolding.values import format_toml, format_yaml

__all__ = ["Front", "Value"]

Value = str | tuple[str, ...]

_SAME = {
    "id": ("id", "postmortem_id"),
    "title": ("title",),
    "date": ("date", "incident_date", "date_of_incident", "occurred", "occurred_at", "started_at", "start_date"),
    "severity": ("severity", "sev", "level"),
    "services": ("services", "service", "affected_services", "systems", "components", "affected_systems"),
}
"""The keys that say the same, the one that is written where there is none first."""
_KEY = re.compile(
    r"\A(?P<key>[A-Za-z][\w -]*+)[ \t]*+(?P<mark>[:=])(?P<value>[^#]*+(?>(?:(?<![ \t])#[^#]*+)*))(?P<comment>#.*)?"
)
_SAYS_NOTHING = re.compile(
    r"\A(?:|~|null|none|tbd|todo|n/a|-|unknown|\[\s*\]|.*(?:yyyy|xxx|nnn|\.\.\.|…).*|<.*>|\{.*\}|\[[^,]*\]|pm-?0+)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Front:
    """A document parted by lines: `mark` is `---` or `+++`, or empty where there is no front matter."""

    mark: str
    lines: tuple[str, ...]
    body: str
    end: str

    @classmethod
    def parse(cls, text: str) -> Front:
        """Return the front matter of `text`, which may have none. Lines lose their ends, which are `end`."""
        end = "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"
        lines = text.split(end)
        mark = lines[0].rstrip()
        if mark in ("---", "+++"):
            for place, line in enumerate(lines[1:], 1):
                if line.rstrip() == mark:
                    return cls(mark, tuple(lines[1:place]), end.join(lines[place + 1 :]), end)
        return cls("", (), text, end)

    @property
    def text(self) -> str:
        """The whole document."""
        if not self.mark:
            return self.body
        return self.end.join((self.mark, *self.lines, self.mark, self.body))

    def set_keys(self, values: Mapping[str, Value]) -> tuple[Front, list[str]]:
        """Return this with `values` set, and the names of those that have another value here already, which stays.

        A key that says the same is filled in where it is empty or holds a placeholder; others come first.
        """
        lines, mark = list(self.lines), self.mark or "---"
        kept: list[str] = []
        added: list[str] = []
        for name, value in values.items():
            written = _format_value(value, mark, day=name == "date")
            place = self._find_key(lines, name, mark)
            if place is None:
                added.append(f"{name}{': ' if mark == '---' else ' = '}{written}")
            elif (filled := self._fill_line(lines, place, written)) is not None:
                lines[place] = filled
            else:
                kept.append(name)
        body = self.body if self.mark else self.end + self.body
        return Front(mark, (*added, *lines), body, self.end), kept

    def _find_key(self, lines: Sequence[str], name: str, mark: str) -> int | None:
        keys: dict[str, int] = {}
        for place, line in enumerate(lines):
            if mark == "+++" and line.startswith("["):
                break  # what follows is a table of its own
            if (found := _KEY.match(line)) is not None:
                keys.setdefault(found.group("key").rstrip().lower().replace("-", "_").replace(" ", "_"), place)
        return next((keys[key] for key in _SAME[name] if key in keys), None)

    def _fill_line(self, lines: Sequence[str], place: int, written: str) -> str | None:
        """Return the line with its value, or None if it has one."""
        found = _KEY.match(lines[place])
        following = lines[place + 1] if place + 1 < len(lines) else ""
        if found is None or following.startswith((" ", "\t", "-")):
            return None
        if not _SAYS_NOTHING.fullmatch(found.group("value").strip().strip("\"'").strip()):
            return None
        head = lines[place][: found.start("value")]
        value, comment = found.group("value", "comment")
        return f"{head} {written}{value[len(value.rstrip()) :]}{comment}" if comment else f"{head} {written}"


def _format_value(value: Value, mark: str, *, day: bool) -> str:
    if day and isinstance(value, str):
        return value
    if isinstance(value, str):
        return format_yaml(value) if mark == "---" else format_toml(value)
    listed = (format_yaml(one, in_list=True) if mark == "---" else format_toml(one) for one in value)
    return f"[{', '.join(listed)}]"
