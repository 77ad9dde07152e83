"""`[[tool.pytest-postmortem.remote]]`: the places elsewhere that post-mortems are fetched from."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from pytest_postmortem.config import feed as config_feed
from pytest_postmortem.errors import ConfigError
from pytest_postmortem.model.nearest import suggest

__all__ = ["COMMON_KEYS", "TYPES", "Remote", "RemoteKey", "parse_remotes"]

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LEDGER = "proofs"  # .postmortem/proofs.json holds the proofs


@dataclass(frozen=True, slots=True)
class Remote:
    """One remote source as it is configured.

    `options` are the keys that its type has beside the common ones. `snapshot` is the file that `postmortem fetch`
    writes, relative to the configuration's folder. `max_age` is how many days it may be old, None for no limit.
    """

    name: str
    type: str
    url: str = ""
    token_env: str = ""
    snapshot: str = ""
    max_age: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def query(self) -> dict[str, Any]:
        """What is asked for and how it is read: a snapshot of another query is of no use."""
        url = {"url": self.url} if self.url else {}
        return {"type": self.type, **url, **self.options}


class RemoteKey(NamedTuple):
    """A key of a remote source: how its value is checked, what the documentation says of it."""

    read: Callable[[Any], Any]
    text: str
    needed: bool = False


def _parse_text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ConfigError("a text on one line is needed", hint='write for example "postmortem"')
    return value.strip()


def _parse_texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (_parse_text(value),)
    if not isinstance(value, list) or not value:
        raise ConfigError("a text or a list of texts is needed", hint='write for example ["postmortem"]')
    return tuple(map(_parse_text, value))


def _parse_variable(value: Any) -> str:
    if not isinstance(value, str) or not _VARIABLE.fullmatch(value):
        raise ConfigError(
            "the name of an environment variable is needed",
            hint='write for example "GITHUB_TOKEN"; the token itself stands in no file',
        )
    return value


def _parse_name(value: Any) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise ConfigError("a name of letters, digits, - and _ is needed", hint='write for example name = "shop"')
    if value.lower() == _LEDGER:
        raise ConfigError(f"{value!r} is the name of the file of proofs", hint="give it another name")
    return value


def _parse_address(value: Any) -> str:
    if not isinstance(value, str) or not re.match(r"\Ahttps?://[^\s/@]+(/\S*)?$", value):
        raise ConfigError("an address is needed", hint='write it as "https://HOST/PATH", without a name or a token')
    return value


def _parse_file(value: Any) -> str:
    if not isinstance(value, str) or not value or value.startswith(("/", "~")) or ".." in PurePosixPath(value).parts:
        raise ConfigError(f"{value!r} is no path in the project", hint="name a file below this one's folder")
    return PurePosixPath(value).as_posix()


def _parse_snapshot(value: Any) -> str:
    path = _parse_file(value)
    if not path.endswith(".json"):
        raise ConfigError(f"{value!r} is no JSON file", hint='write for example ".postmortem/shop.json"')
    return path


def _parse_days(value: Any) -> int:
    if type(value) is not int or value < 1:
        raise ConfigError("a number of days is needed", hint="write for example max-age = 7")
    return value


def _parse_repository(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"\A[A-Za-z0-9._-]+/[A-Za-z0-9._-]+", value):
        raise ConfigError(f"{value!r} is no repository", hint='write it as "acme/shop"')
    return value


def _parse_format(value: Any) -> str:
    if value not in ("json", "yaml"):
        raise ConfigError(f"unknown format {value!r}", hint='write "json" or "yaml"')
    return str(value)


COMMON_KEYS: dict[str, RemoteKey] = {
    "name": RemoteKey(
        _parse_name, "what it is called: its documents are `NAME#12` where they bring no id", needed=True
    ),
    "type": RemoteKey(_parse_text, "where it is kept: one of the types below", needed=True),
    "url": RemoteKey(_parse_address, "the address of the API, where it is not the service's own"),
    "token-env": RemoteKey(_parse_variable, "the environment variable that holds the token"),
    "snapshot": RemoteKey(_parse_snapshot, "the file that `postmortem fetch` writes: `.postmortem/NAME.json`"),
    "max-age": RemoteKey(_parse_days, "how many days old the snapshot may be"),
}
"""The keys that every type has, beside its own."""

_TEST_LABEL = RemoteKey(_parse_texts, "labels that say that an action item requires a test: `test-required`")
_LABELLED = {
    "label": RemoteKey(_parse_texts, "only issues with this label, or all of these"),
    "test-label": _TEST_LABEL,
    "severity-label": RemoteKey(_parse_text, "what labels of the severity begin with: `severity:` and the like"),
    "service-label": RemoteKey(_parse_text, "what labels of a service begin with: `service:` and the like"),
}

TYPES: dict[str, dict[str, RemoteKey]] = {
    "github": {
        "repository": RemoteKey(_parse_repository, "the repository, as `acme/shop`", needed=True),
        **_LABELLED,
        "issue-type": RemoteKey(_parse_text, "only issues of this type"),
        "query": RemoteKey(_parse_text, "a search in place of `label` and `issue-type`"),
    },
    "gitlab": {
        "project": RemoteKey(_parse_text, "the project, as `acme/shop`, or its number", needed=True),
        **_LABELLED,
        "issue-type": RemoteKey(_parse_text, "only issues of this type: `issue`, `incident`, `test_case` or `task`"),
        "item-label": RemoteKey(_parse_text, "what labels of action items begin with: `postmortem::`"),
    },
    "jira": {
        "jql": RemoteKey(_parse_text, "the query that finds the post-mortems", needed=True),
        "user-env": RemoteKey(
            _parse_variable, "the environment variable that holds the user's e-mail address: Jira Cloud"
        ),
        "test-label": _TEST_LABEL,
        "link-type": RemoteKey(_parse_texts, "only issues linked by these types are action items: every type"),
        "date-field": RemoteKey(
            _parse_text, "the field with the date of the incident, by name or as `customfield_10042`"
        ),
        "severity-field": RemoteKey(_parse_text, "the field with the severity: `priority`"),
        "services-field": RemoteKey(_parse_text, "the field with the services: `components`"),
        "root-cause-field": RemoteKey(_parse_text, "the field with the root cause"),
        "test-field": RemoteKey(_parse_text, "the field of an action item that says whether a test is required"),
    },
    "incidentio": {
        "test-label": _TEST_LABEL,
        "services-field": RemoteKey(_parse_text, "the custom field with the services, by name"),
    },
    "firehydrant": {"test-label": _TEST_LABEL},
    "rootly": {},
    "feed": {
        "file": RemoteKey(_parse_file, "the file to read in place of `url`"),
        "format": RemoteKey(_parse_format, "`json` or `yaml`: by the end of the name, JSON where it tells nothing"),
        "items": RemoteKey(config_feed.parse_path, "the path of the list: the whole answer"),
        "next": RemoteKey(config_feed.parse_path, "the path of the next page's address: the `Link` header"),
        "offset": RemoteKey(
            _parse_text, "the parameter that takes the number of items so far, where no page names the next"
        ),
        "total": RemoteKey(config_feed.parse_path, "the path of the number of all items"),
        "map": RemoteKey(config_feed.parse_field_map, "the path of each field of a post-mortem", needed=True),
        "action-items": RemoteKey(
            config_feed.parse_item_list,
            "the path of an item's own list of action items; `.` where each item is one itself",
        ),
        "action-item-map": RemoteKey(config_feed.parse_item_map, "the path of each field of an action item"),
        "test-label": _TEST_LABEL,
        "user-env": RemoteKey(
            _parse_variable, "the environment variable that holds the user's name: basic authentication"
        ),
        "token-header": RemoteKey(config_feed.parse_header, "the header that takes the token: `Authorization`"),
    },
}
"""The keys of each type of source."""


def parse_remotes(value: Any) -> tuple[Remote, ...]:
    """Parse the remote sources of the configuration. Raises ConfigError with all that is wrong with them."""
    if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
        raise ConfigError("a list of tables is needed", hint="write [[tool.pytest-postmortem.remote]]")
    problems: list[str] = []
    remotes: list[Remote] = []
    for place, table in enumerate(value, 1):
        label = f"{table['name']!r}" if isinstance(table.get("name"), str) else f"{place}"
        remote = _parse_remote(table, label, problems)
        if remote is not None:
            remotes.append(remote)
    problems += _find_doubled("name", [remote.name.lower() for remote in remotes])
    problems += _find_doubled("snapshot", [remote.snapshot for remote in remotes])
    if problems:
        raise ConfigError("\n  ".join(problems))
    return tuple(remotes)


def _find_doubled(key: str, values: list[str]) -> list[str]:
    doubled = sorted({value for value in values if values.count(value) > 1})
    return [f"two have the {key} {value!r}; change one of them" for value in doubled]


def _parse_remote(table: dict[str, Any], label: str, problems: list[str]) -> Remote | None:
    """Return one source, or None if something is wrong, which is added to `problems`."""
    kind = table.get("type")
    if not isinstance(kind, str) or kind not in TYPES:
        hint = _suggest(str(kind), TYPES, "types")
        problems.append(f"{label}: {f'unknown type {kind!r}' if kind else 'no `type`'}; {hint}")
        return None
    before = len(problems)
    values = _parse_keys(table, kind, label, problems)
    problems += [f"{label}: {problem}" for problem in _find_conflicts(kind, table)]
    if len(problems) > before:
        return None
    options = {key: values[key] for key in TYPES[kind] if key in values}
    url = values.get("url", "")
    return Remote(
        name=values["name"],
        type=kind,
        url=url if kind == "feed" else url.rstrip("/"),
        token_env=values.get("token-env", ""),
        snapshot=values.get("snapshot", f".postmortem/{values['name']}.json"),
        max_age=values.get("max-age"),
        options=options,
    )


def _parse_keys(table: dict[str, Any], kind: str, label: str, problems: list[str]) -> dict[str, Any]:
    """Return the values of a table by key; what is wrong or missing is added to `problems`."""
    keys = {**COMMON_KEYS, **TYPES[kind]}
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in keys:
            hint = _suggest(key.replace("_", "-"), keys, f"keys of {kind}")
            problems.append(f"{label}: unknown key {key!r}; {hint}")
            continue
        try:
            values[key] = keys[key].read(value)
        except ConfigError as error:
            problems.append(f"{label}: {key}: {error.problem}; {error.hint}")
    missing = {key: description for key, description in keys.items() if description.needed and key not in table}
    problems += [f"{label}: no `{key}`; write {description.text}" for key, description in missing.items()]
    return values


def _find_conflicts(kind: str, values: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the combination of keys of a source."""
    conflicts = []
    if kind == "jira" and "url" not in values:
        conflicts.append('no `url`; write for example "https://acme.atlassian.net"')
    if kind == "feed":
        conflicts += config_feed.find_conflicts(values)
    if kind in _SELECTING:
        conflicts += _find_selection_conflicts(kind, values)
    if "user-env" in values and "token-env" not in values and "file" not in values:
        conflicts.append("`user-env` goes with a token; write `token-env`, too")
    if "action-item-map" in values and "action-items" not in values:
        conflicts.append("`action-item-map` needs the list of action items; write `action-items`, too")
    return conflicts


_SELECTING = {
    "github": (("query", "label", "issue-type"), "`label`, `issue-type` or `query`"),
    "gitlab": (("label", "issue-type"), "`label` or `issue-type`"),
}
"""The keys that select the post-mortems among the issues, by type; and in words."""


def _find_selection_conflicts(kind: str, values: Mapping[str, Any]) -> list[str]:
    keys, words = _SELECTING[kind]
    selecting = [key for key in keys if key in values]
    if not selecting:
        return [f"nothing tells post-mortems from other issues; write {words}"]
    if "query" in selecting and len(selecting) > 1:
        return ["`query` stands in place of `label` and `issue-type`; write them into it: label:postmortem"]
    return []


def _suggest(name: str, known: Collection[str], what: str) -> str:
    return suggest(name, known, f"the {what} are {', '.join(sorted(known))}", show=repr)
