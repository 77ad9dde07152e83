"""The values that configuration keys may have: each is checked here, and told what to write instead."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_postmortem.errors import ConfigError
from pytest_postmortem.model.nearest import suggest
from pytest_postmortem.model.state import Policy
from pytest_postmortem.model.text import fold_word

if TYPE_CHECKING:
    from pytest_postmortem.config.remotes import Remote

__all__ = [
    "GUARD_ALL",
    "LINT_KEYS",
    "command",
    "day",
    "gate_policy",
    "grace",
    "guard",
    "link",
    "lint",
    "marker",
    "pattern",
    "register",
    "remote",
    "sources",
    "strings",
    "template",
    "words",
]


def strings(value: Any, example: str = "docs/postmortems") -> tuple[str, ...]:
    """A list of texts that are not empty, such as `example`. Raises ConfigError."""
    if isinstance(value, str):
        raise ConfigError("a list is needed, not one string", hint=f"write [{json.dumps(value, ensure_ascii=False)}]")
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise ConfigError("a list of strings is needed", hint=f"write for example {json.dumps([example])}")
    return tuple(value)


def sources(value: Any) -> tuple[str, ...]:
    """Folders, files or globs below the configuration. Raises ConfigError."""
    named = strings(value)
    if not named:
        raise ConfigError("the list is empty", hint="name a folder, or leave the key out for the default folders")
    for source in named:
        _stay_inside(source, "a folder")
    return named


def register(value: Any) -> str:
    """One YAML or JSON file below the configuration. Raises ConfigError."""
    if not isinstance(value, str) or not value.lower().endswith((".yaml", ".yml", ".json")):
        raise ConfigError("one YAML or JSON file is needed", hint='write for example "docs/incidents.yaml"')
    _stay_inside(value, "a file")
    return Path(value).as_posix()


def remote(value: Any) -> tuple[Remote, ...]:
    """The remote sources. Raises ConfigError."""
    from pytest_postmortem.config.remotes import remotes

    return remotes(value)


def template(value: Any) -> str:
    """A file below the configuration. Raises ConfigError."""
    if not isinstance(value, str) or not value:
        raise ConfigError("a path is needed", hint='write for example "docs/postmortems/template.md"')
    _stay_inside(value, "a file")
    return value


def _stay_inside(path: str, kind: str) -> None:
    if path.startswith(("/", "~")) or ".." in Path(path).parts:
        raise ConfigError(f"{path!r} leads out of the project", hint=f"name {kind} below this file's own")


def gate_policy(value: Any) -> Policy:
    """The gate policy of this name. Raises ConfigError for an unknown one."""
    known = [policy.value for policy in Policy]
    if value not in known:
        listed = ", ".join(repr(name) for name in known[:-1]) + f" or {known[-1]!r}"
        hint = suggest(str(value), known, f"write {listed}", show=repr)
        raise ConfigError(f"unknown policy {value!r}", hint=hint)
    return Policy(value)


def grace(value: Any) -> bool:
    """Whether there is grace until the due date. Raises ConfigError."""
    if value == "due":
        return True
    raise ConfigError(f"unknown value {value!r}", hint='write "due", or leave the key out for no grace')


GUARD_ALL = "all"
"""In the place of severities: every incident."""


def guard(value: Any) -> tuple[str, ...]:
    """Return the severities whose incidents need a test; GUARD_ALL alone stands for every one. Raises ConfigError."""
    if value == GUARD_ALL:
        return (GUARD_ALL,)
    if value == [] or (isinstance(value, list) and any(isinstance(one, str) and not fold_word(one) for one in value)):
        raise ConfigError("a severity is needed", hint='write for example ["SEV1"], or "all"')
    listed = strings(value, "SEV1")
    return (GUARD_ALL,) if GUARD_ALL in map(str.casefold, listed) else listed


def day(value: Any) -> date:
    """A date. Raises ConfigError."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ConfigError(f"{value!r} is no date", hint="write a date such as 2026-01-01") from None


def pattern(value: Any) -> re.Pattern[str]:
    """A regular expression that matches no empty text. Raises ConfigError."""
    if not isinstance(value, str) or not value:
        raise ConfigError("a regular expression is needed", hint='write for example "PM-\\\\d+"')
    try:
        made = re.compile(value)
    except (re.error, RecursionError, OverflowError) as error:
        raise ConfigError(f"no valid regular expression: {error}", hint='write for example "PM-\\\\d+"') from None
    if made.match(""):
        raise ConfigError(f"{value!r} matches the empty text", hint="write a pattern that asks for some character")
    return made


_MARKERS_OF_PYTEST = ("filterwarnings", "parametrize", "skip", "skipif", "usefixtures", "xfail")


def marker(value: Any) -> str:
    """The name of the marker. Raises ConfigError, also for one of pytest's own: those that stand there link nothing."""
    if value in _MARKERS_OF_PYTEST:
        raise ConfigError(f"{value!r} is a marker of pytest", hint='write one of your own such as "postmortem"')
    if isinstance(value, str) and value.isidentifier():
        return value
    raise ConfigError(f"{value!r} is no marker name", hint='write a Python identifier such as "postmortem"')


def command(value: Any) -> str:
    """A command for a shell. Raises ConfigError."""
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise ConfigError("a command is needed", hint='write for example "python setup.py build_ext --inplace"')
    return value


def link(value: Any) -> str:
    """A URL pattern with {path} in it. Raises ConfigError."""
    if not isinstance(value, str) or not value.startswith(("https://", "http://")) or "{path}" not in value:
        shown = "https://github.com/acme/shop/blob/{commit}/{path}#L{line}"
        raise ConfigError("a URL with {path} in it is needed", hint=f'write for example "{shown}"')
    return value


LINT_KEYS = ("select", "extend-select", "ignore")
"""The keys of the table `lint`."""


def lint(value: Any) -> dict[str, tuple[str, ...]]:
    """Codes of lint rules by LINT_KEYS; whether there are such rules is asked when they are used.

    Raises ConfigError.
    """
    if not isinstance(value, dict):
        raise ConfigError("a table is needed", hint='write for example lint = { ignore = ["PM404"] }')
    for key in value:
        if key not in LINT_KEYS:
            hint = suggest(key.replace("_", "-"), LINT_KEYS, f"the keys are {', '.join(LINT_KEYS)}", show=repr)
            raise ConfigError(f"unknown key {key!r}", hint=hint)
    return {key: strings(codes, "PM404") for key, codes in value.items()}


def words(value: Any) -> dict[str, tuple[str, ...]]:
    """Further words by the keys of the vocabulary. Raises ConfigError."""
    if not isinstance(value, dict):
        raise ConfigError("a table is needed", hint='write for example words = { column-owner = ["Assignee"] }')
    from pytest_postmortem.reading.vocabulary.default import DEFAULT

    more = {name: strings(listed, "Squad") for name, listed in value.items()}
    DEFAULT.extended(more)
    return more
