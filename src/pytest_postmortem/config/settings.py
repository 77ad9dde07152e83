"""`[tool.pytest-postmortem]` in pyproject.toml, or postmortem.toml, as frozen Settings."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_postmortem.config import values
from pytest_postmortem.config.values import GUARD_ALL, parse_gate_policy
from pytest_postmortem.errors import ConfigError, PostmortemError, join_errors
from pytest_postmortem.model.nearest import is_similar, suggest
from pytest_postmortem.model.state import Policy

if TYPE_CHECKING:
    from pytest_postmortem.config.remotes import Remote

__all__ = [
    "DEFAULT_FOLDERS",
    "GUARD_ALL",
    "KEYS",
    "Key",
    "Settings",
    "load",
    "load_file",
    "parse_gate_policy",
]

DEFAULT_FOLDERS = (
    "docs/postmortems",
    "docs/post-mortems",
    "docs/incidents",
    "docs/postmortem",
    "postmortems",
    "post-mortems",
    "incidents",
)
"""Where post-mortems are looked for when no `sources` are configured: those of these folders that exist."""

_TABLE = "pytest-postmortem"
_LIKE_OURS = re.compile(r"py\w{0,4}[-_. ]?post[-_ ]?m|\[tool\.post[-_]?mortem\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration of one project; paths are relative to `base`, the folder that holds it.

    `origin` is the file it was read from (None: defaults). `sources` empty means DEFAULT_FOLDERS. `incidents` is the
    register of incidents ("" for none): it changes no verdict, and so is no part of the digest. `gate_by_default` is
    true if the configuration sets no gate.
    """

    base: Path
    origin: str | None = None
    sources: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    incidents: str = ""
    gate: Policy = Policy.PASSED
    gate_by_default: bool = True
    grace: bool = False
    since: date | None = None
    guard: tuple[str, ...] = ()
    id_pattern: re.Pattern[str] | None = None
    marker: str = "incident"
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    link: str = ""
    lint: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    setup_command: str = ""
    pass_env: tuple[str, ...] = ()
    template: str = ""
    remote: tuple[Remote, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of everything that may change a verdict; evidence of different digests is not merged."""
        import hashlib

        values: dict[str, Any] = {
            "sources": self.sources,
            "exclude": self.exclude,
            "gate": self.gate.value,
            "grace": self.grace,
            "since": self.since.isoformat() if self.since else None,
            "guard": self.guard,
            "id-pattern": self.id_pattern.pattern if self.id_pattern else None,
            "marker": self.marker,
            "words": {key: list(words) for key, words in self.words.items()},
        }
        if self.remote:
            values["remote"] = [[one.name, one.query] for one in self.remote]
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


class Key(NamedTuple):
    """One configuration key: the field it sets, how its value is checked, and what the documentation says of it."""

    field: str
    read: Callable[[Any], Any]
    default: str
    text: str


def load(rootdir: Path) -> Settings:
    """Load the settings that hold for `rootdir`: the nearest upward, up to the folder that contains `.git`.

    Raises ConfigError with every error of the file at once.
    """
    for folder in (rootdir, *rootdir.parents):
        settings = _load_folder(folder)
        if settings is not None:
            return settings
        if (folder / ".git").exists():
            break
    return Settings(base=rootdir)


def load_file(path: Path) -> Settings:
    """Load the settings of the file at `path`: a pyproject.toml with our table, or any other TOML file with the keys at
    top level.

    Raises ConfigError, also if there is no such file.
    """
    text = _read_text(path)
    if text is None:
        raise ConfigError("there is no such file", origin=str(path), hint="name a pyproject.toml or a postmortem.toml")
    values: Any = _parse_toml(path, text)
    if path.name != "pyproject.toml":
        return _build_settings(path.parent, path.name, text, "", values)
    tool = values.get("tool", {})
    table = tool.get(_TABLE) if isinstance(tool, dict) else None
    if table is None:
        raise ConfigError(f"there is no [tool.{_TABLE}]", origin=str(path), hint=f"write [tool.{_TABLE}]")
    return _build_settings(path.parent, path.name, text, f"tool.{_TABLE}", table)


def _load_folder(folder: Path) -> Settings | None:
    own, shared = folder / "postmortem.toml", folder / "pyproject.toml"
    own_text = _read_text(own)
    shared_text = _read_text(shared)
    shared_table = _find_table(shared, shared_text)
    if own_text is not None and shared_table is not None:
        raise ConfigError(
            f"configured twice in {folder}: in postmortem.toml and in [tool.{_TABLE}] of pyproject.toml",
            origin="postmortem.toml",
            hint="keep one of the two",
        )
    if own_text is not None:
        return _build_settings(folder, own.name, own_text, "", _parse_toml(own, own_text))
    if shared_text is not None and shared_table is not None:
        return _build_settings(folder, shared.name, shared_text, f"tool.{_TABLE}", shared_table)
    return None


def _find_table(path: Path, text: str | None) -> Any:
    """Return our table of a pyproject.toml, or None. Raises ConfigError for a table whose name is nearly ours."""
    if text is None or not _LIKE_OURS.search(text):
        return None
    tool = _parse_toml(path, text).get("tool", {})
    if not isinstance(tool, dict):
        return None
    table = tool.get(_TABLE)
    if table is None:
        _refuse_typos(path, text, tool)
    return table


def _refuse_typos(path: Path, text: str, tool: dict[str, Any]) -> None:
    """Raise ConfigError for a table whose name is nearly ours: nothing would read it."""
    short = [name for name in tool if name in ("postmortem", "post-mortem", "post_mortem")]
    for name in (*(name for name in tool if is_similar(_TABLE, name, 0.85)), *short):
        line = next((n for n, row in enumerate(text.splitlines(), 1) if row.lstrip().startswith(f"[tool.{name}")), None)
        hint = f"did you mean [tool.{_TABLE}]?"
        raise ConfigError(f"unknown table [tool.{name}]", origin=path.name, line=line, hint=hint)


def _read_text(path: Path) -> str | None:
    if not path.is_file():
        if path.name == "postmortem.toml" and os.path.lexists(path):
            raise ConfigError("is no file that can be read", origin=path.name, hint="remove it, or mend the link")
        return None
    try:
        return path.read_bytes().decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except UnicodeDecodeError as error:
        if path.name == "pyproject.toml" and _TABLE.encode() not in path.read_bytes():
            return None
        raise ConfigError(f"not UTF-8 (byte {error.start})", origin=path.name, hint="save it as UTF-8") from None
    except OSError as error:
        if path.name == "pyproject.toml":
            return None
        raise ConfigError(f"cannot be read: {error.strerror}", origin=path.name, hint="mend its permissions") from None


def _parse_toml(path: Path, text: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        from pytest_postmortem.model.toml_errors import find_error_line

        line = find_error_line(str(error), text)
        raise ConfigError(f"no valid TOML: {error}", origin=path.name, line=line, hint="mend the syntax") from None


def _build_settings(folder: Path, origin: str, text: str, table: str, values: Any) -> Settings:
    if not isinstance(values, dict):
        raise ConfigError(f"{table or 'the file'} is not a table", origin=origin, hint=f"write [{table}]")
    errors: list[PostmortemError] = []
    fields: dict[str, Any] = {}
    for name, value in values.items():
        line = _find_line(text, table, name)
        key = KEYS.get(name)
        if key is None:
            errors.append(ConfigError(f"unknown key {name!r}", origin=origin, line=line, hint=_suggest_key(name)))
            continue
        try:
            fields[key.field] = key.read(value)
        except ConfigError as error:
            errors.append(ConfigError(f"{name}: {error.problem}", origin=origin, line=line, hint=error.hint))
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise ConfigError(join_errors(errors))
    return Settings(base=folder, origin=origin, gate_by_default="gate" not in fields, **fields)


def _suggest_key(name: str) -> str:
    known = ", ".join(sorted(KEYS))
    hint = suggest(name.replace("_", "-"), KEYS, show=repr)
    return f"{hint} (keys: {known})" if hint else f"the keys are {known}"


def _find_line(text: str, table: str, key: str) -> int | None:
    """Return the line of `key`: the TOML parser gives none, so the table's own lines are searched."""
    inside = not table
    wanted = re.compile(rf"""\A\s*["']?{re.escape(key)}["']?\s*[=.]""")
    heading = (
        re.compile(rf"\A\s*\[+\s*{re.escape(table)}\s*\.\s*[\"']?{re.escape(key)}\b")
        if table
        else re.compile(rf"\A\s*\[+\s*{re.escape(key)}\b")
    )
    for number, line in enumerate(text.splitlines(), 1):
        if heading.match(line):
            return number
        if line.lstrip().startswith("["):
            inside = bool(table) and line.strip().strip("[]").replace('"', "").strip() == table
        elif inside and wanted.match(line):
            return number
    return None


KEYS: dict[str, Key] = {
    "sources": Key(
        "sources", values.parse_sources, "the default folders", "folders, files or globs that hold post-mortems"
    ),
    "exclude": Key("exclude", values.parse_strings, "nothing", "folders, files or globs that are not post-mortems"),
    "incidents": Key(
        "incidents",
        values.parse_register,
        "no register",
        "a YAML or JSON list of all incidents, to see which have no post-mortem",
    ),
    "gate": Key(
        "gate",
        parse_gate_policy,
        '"passed"',
        'what an action item that requires a test needs: "passed", "linked", "proven" or "off"',
    ),
    "grace": Key("grace", values.parse_grace, "no grace", '"due": an item without a test passes until its due date'),
    "since": Key(
        "since", values.parse_day, "no limit", "post-mortems of incidents before this date are outside the gate"
    ),
    "guard": Key(
        "guard",
        values.parse_guard,
        "nothing",
        'severities whose incidents need a linked test, whatever their items say, or "all"',
    ),
    "id-pattern": Key(
        "id_pattern", values.parse_pattern, "no pattern", "what an id looks like here; other files are not post-mortems"
    ),
    "marker": Key("marker", values.parse_marker, '"incident"', "the name of the marker"),
    "link": Key(
        "link",
        values.parse_link,
        "detected in CI",
        "where files can be read: a URL with {commit}, {path} and {line} in it",
    ),
    "lint": Key(
        "lint",
        values.parse_lint,
        "the default rules",
        "which rules `postmortem lint` uses: select, extend-select, ignore",
    ),
    "setup-command": Key(
        "setup_command", values.parse_command, "none", "what makes a fresh tree ready for its tests, before each proof"
    ),
    "pass-env": Key(
        "pass_env",
        partial(values.parse_strings, example="DEPLOY_KEY"),
        "none",
        "variables that proofs hand to the tests although they look like secrets",
    ),
    "template": Key(
        "template",
        values.parse_template,
        "a template beside the documents, else ours",
        "what `postmortem new` fills in: a file",
    ),
    "remote": Key(
        "remote", values.parse_remote, "none", "where post-mortems are kept elsewhere: a table for each place"
    ),
    "words": Key("words", values.parse_words, "no further words", "further words for headings, columns and statuses"),
}
"""Every configuration key: the one table that the reading, the messages and the documentation go by."""
