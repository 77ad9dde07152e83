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
    "parse_command",
    "parse_day",
    "parse_gate_policy",
    "parse_grace",
    "parse_guard",
    "parse_link",
    "parse_lint",
    "parse_marker",
    "parse_pattern",
    "parse_register",
    "parse_remote",
    "parse_sources",
    "parse_strings",
    "parse_template",
    "parse_words",
]


def parse_strings(value: Any, example: str = "docs/postmortems") -> tuple[str, ...]:
    """Parse a list of texts that are not empty, such as `example`. Raises ConfigError."""
    if isinstance(value, str):
        raise ConfigError("a list is needed, not one string", hint=f"write [{json.dumps(value, ensure_ascii=False)}]")
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise ConfigError("a list of strings is needed", hint=f"write for example {json.dumps([example])}")
    return tuple(value)


def parse_sources(value: Any) -> tuple[str, ...]:
    """Parse folders, files or globs below the configuration. Raises ConfigError."""
    named = parse_strings(value)
    if not named:
        raise ConfigError("the list is empty", hint="name a folder, or leave the key out for the default folders")
    for source in named:
        _stay_inside(source, "a folder")
    return named


def parse_register(value: Any) -> str:
    """Parse the path of a YAML or JSON file below the configuration. Raises ConfigError."""
    if not isinstance(value, str) or not value.lower().endswith((".yaml", ".yml", ".json")):
        raise ConfigError("one YAML or JSON file is needed", hint='write for example "docs/incidents.yaml"')
    _stay_inside(value, "a file")
    return Path(value).as_posix()


def parse_remote(value: Any) -> tuple[Remote, ...]:
    """Parse the remote sources. Raises ConfigError."""
    from pytest_postmortem.config.remotes import parse_remotes

    return parse_remotes(value)


def parse_template(value: Any) -> str:
    """Parse the path of a file below the configuration. Raises ConfigError."""
    if not isinstance(value, str) or not value:
        raise ConfigError("a path is needed", hint='write for example "docs/postmortems/template.md"')
    _stay_inside(value, "a file")
    return value


def _stay_inside(path: str, kind: str) -> None:
    if path.startswith(("/", "~")) or ".." in Path(path).parts:
        raise ConfigError(f"{path!r} leads out of the project", hint=f"name {kind} below this file's own")


def parse_gate_policy(value: Any) -> Policy:
    """Parse the name of a gate policy. Raises ConfigError for an unknown one."""
    known = [policy.value for policy in Policy]
    if value not in known:
        listed = ", ".join(repr(name) for name in known[:-1]) + f" or {known[-1]!r}"
        hint = suggest(str(value), known, f"write {listed}", show=repr)
        raise ConfigError(f"unknown policy {value!r}", hint=hint)
    return Policy(value)


def parse_grace(value: Any) -> bool:
    """Return whether there is grace until the due date. Raises ConfigError."""
    if value == "due":
        return True
    raise ConfigError(f"unknown value {value!r}", hint='write "due", or leave the key out for no grace')


GUARD_ALL = "all"
"""In the place of severities: every incident."""


def parse_guard(value: Any) -> tuple[str, ...]:
    """Return the severities whose incidents need a test; GUARD_ALL alone stands for every one. Raises ConfigError."""
    if value == GUARD_ALL:
        return (GUARD_ALL,)
    if value == [] or (isinstance(value, list) and any(isinstance(one, str) and not fold_word(one) for one in value)):
        raise ConfigError("a severity is needed", hint='write for example ["SEV1"], or "all"')
    listed = parse_strings(value, "SEV1")
    return (GUARD_ALL,) if GUARD_ALL in map(str.casefold, listed) else listed


def parse_day(value: Any) -> date:
    """Parse a date. Raises ConfigError."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ConfigError(f"{value!r} is no date", hint="write a date such as 2026-01-01") from None


def parse_pattern(value: Any) -> re.Pattern[str]:
    """Parse a regular expression that matches no empty text. Raises ConfigError."""
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


def parse_marker(value: Any) -> str:
    """Parse the name of the marker. Raises ConfigError, also for one of pytest's own."""
    if value in _MARKERS_OF_PYTEST:
        raise ConfigError(f"{value!r} is a marker of pytest", hint='write one of your own such as "postmortem"')
    if isinstance(value, str) and value.isidentifier():
        return value
    raise ConfigError(f"{value!r} is no marker name", hint='write a Python identifier such as "postmortem"')


def parse_command(value: Any) -> str:
    """Parse a command for a shell. Raises ConfigError."""
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise ConfigError("a command is needed", hint='write for example "python setup.py build_ext --inplace"')
    return value


def parse_link(value: Any) -> str:
    """Parse a URL pattern with {path} in it. Raises ConfigError."""
    if not isinstance(value, str) or not value.startswith(("https://", "http://")) or "{path}" not in value:
        shown = "https://github.com/acme/shop/blob/{commit}/{path}#L{line}"
        raise ConfigError("a URL with {path} in it is needed", hint=f'write for example "{shown}"')
    return value


LINT_KEYS = ("select", "extend-select", "ignore")
"""The keys of the table `lint`."""


def parse_lint(value: Any) -> dict[str, tuple[str, ...]]:
    """Parse codes of lint rules by LINT_KEYS; whether there are such rules is checked when they are used.

    Raises ConfigError.
    """
    if not isinstance(value, dict):
        raise ConfigError("a table is needed", hint='write for example lint = { ignore = ["PM404"] }')
    for key in value:
        if key not in LINT_KEYS:
            hint = suggest(key.replace("_", "-"), LINT_KEYS, f"the keys are {', '.join(LINT_KEYS)}", show=repr)
            raise ConfigError(f"unknown key {key!r}", hint=hint)
    return {key: parse_strings(codes, "PM404") for key, codes in value.items()}


def parse_words(value: Any) -> dict[str, tuple[str, ...]]:
    """Parse further words by the keys of the vocabulary. Raises ConfigError."""
    if not isinstance(value, dict):
        raise ConfigError("a table is needed", hint='write for example words = { column-owner = ["Assignee"] }')
    from pytest_postmortem.reading.vocabulary.default import DEFAULT

    more = {name: parse_strings(listed, "Squad") for name, listed in value.items()}
    DEFAULT.extend(more)
    return more
