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

__all__ = ["COMMON_KEYS", "TYPES", "Remote", "RemoteKey", "remotes"]

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


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ConfigError("a text on one line is needed", hint='write for example "postmortem"')
    return value.strip()


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (_text(value),)
    if not isinstance(value, list) or not value:
        raise ConfigError("a text or a list of texts is needed", hint='write for example ["postmortem"]')
    return tuple(map(_text, value))


def _variable(value: Any) -> str:
    if not isinstance(value, str) or not _VARIABLE.fullmatch(value):
        raise ConfigError(
            "the name of an environment variable is needed",
            hint='write for example "GITHUB_TOKEN"; the token itself stands in no file',
        )
    return value


def _name(value: Any) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise ConfigError("a name of letters, digits, - and _ is needed", hint='write for example name = "shop"')
    if value.lower() == _LEDGER:
        raise ConfigError(f"{value!r} is the name of the file of proofs", hint="give it another name")
    return value


def _address(value: Any) -> str:
    if not isinstance(value, str) or not re.match(r"\Ahttps?://[^\s/@]+(/\S*)?$", value):
        raise ConfigError("an address is needed", hint='write it as "https://HOST/PATH", without a name or a token')
    return value


def _file(value: Any) -> str:
    if not isinstance(value, str) or not value or value.startswith(("/", "~")) or ".." in PurePosixPath(value).parts:
        raise ConfigError(f"{value!r} is no path in the project", hint="name a file below this one's folder")
    return PurePosixPath(value).as_posix()


def _snapshot(value: Any) -> str:
    path = _file(value)
    if not path.endswith(".json"):
        raise ConfigError(f"{value!r} is no JSON file", hint='write for example ".postmortem/shop.json"')
    return path


def _days(value: Any) -> int:
    if type(value) is not int or value < 1:
        raise ConfigError("a number of days is needed", hint="write for example max-age = 7")
    return value


def _repository(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"\A[A-Za-z0-9._-]+/[A-Za-z0-9._-]+", value):
        raise ConfigError(f"{value!r} is no repository", hint='write it as "acme/shop"')
    return value


def _form(value: Any) -> str:
    if value not in ("json", "yaml"):
        raise ConfigError(f"unknown format {value!r}", hint='write "json" or "yaml"')
    return str(value)


COMMON_KEYS: dict[str, RemoteKey] = {
    "name": RemoteKey(_name, "what it is called: its documents are `NAME#12` where they bring no id", needed=True),
    "type": RemoteKey(_text, "where it is kept: one of the types below", needed=True),
    "url": RemoteKey(_address, "the address of the API, where it is not the service's own"),
    "token-env": RemoteKey(_variable, "the environment variable that holds the token"),
    "snapshot": RemoteKey(_snapshot, "the file that `postmortem fetch` writes: `.postmortem/NAME.json`"),
    "max-age": RemoteKey(_days, "how many days old the snapshot may be"),
}
"""The keys that every type has, beside its own."""

_TEST_LABEL = RemoteKey(_texts, "labels that say that an action item requires a test: `test-required`")
_LABELLED = {
    "label": RemoteKey(_texts, "only issues with this label, or all of these"),
    "test-label": _TEST_LABEL,
    "severity-label": RemoteKey(_text, "what labels of the severity begin with: `severity:` and the like"),
    "service-label": RemoteKey(_text, "what labels of a service begin with: `service:` and the like"),
}

TYPES: dict[str, dict[str, RemoteKey]] = {
    "github": {
        "repository": RemoteKey(_repository, "the repository, as `acme/shop`", needed=True),
        **_LABELLED,
        "issue-type": RemoteKey(_text, "only issues of this type"),
        "query": RemoteKey(_text, "a search in place of `label` and `issue-type`"),
    },
    "gitlab": {
        "project": RemoteKey(_text, "the project, as `acme/shop`, or its number", needed=True),
        **_LABELLED,
        "issue-type": RemoteKey(_text, "only issues of this type: `issue`, `incident`, `test_case` or `task`"),
        "item-label": RemoteKey(_text, "what labels of action items begin with: `postmortem::`"),
    },
    "jira": {
        "jql": RemoteKey(_text, "the query that finds the post-mortems", needed=True),
        "user-env": RemoteKey(_variable, "the environment variable that holds the user's e-mail address: Jira Cloud"),
        "test-label": _TEST_LABEL,
        "link-type": RemoteKey(_texts, "only issues linked by these types are action items: every type"),
        "date-field": RemoteKey(_text, "the field with the date of the incident, by name or as `customfield_10042`"),
        "severity-field": RemoteKey(_text, "the field with the severity: `priority`"),
        "services-field": RemoteKey(_text, "the field with the services: `components`"),
        "root-cause-field": RemoteKey(_text, "the field with the root cause"),
        "test-field": RemoteKey(_text, "the field of an action item that says whether a test is required"),
    },
    "incidentio": {
        "test-label": _TEST_LABEL,
        "services-field": RemoteKey(_text, "the custom field with the services, by name"),
    },
    "firehydrant": {"test-label": _TEST_LABEL},
    "rootly": {},
    "feed": {
        "file": RemoteKey(_file, "the file to read in place of `url`"),
        "format": RemoteKey(_form, "`json` or `yaml`: by the end of the name, JSON where it tells nothing"),
        "items": RemoteKey(config_feed.one_path, "the path of the list: the whole answer"),
        "next": RemoteKey(config_feed.one_path, "the path of the next page's address: the `Link` header"),
        "offset": RemoteKey(_text, "the parameter that takes the number of items so far, where no page names the next"),
        "total": RemoteKey(config_feed.one_path, "the path of the number of all items"),
        "map": RemoteKey(config_feed.field_map, "the path of each field of a post-mortem", needed=True),
        "action-items": RemoteKey(
            config_feed.item_list, "the path of an item's own list of action items; `.` where each item is one itself"
        ),
        "action-item-map": RemoteKey(config_feed.item_map, "the path of each field of an action item"),
        "test-label": _TEST_LABEL,
        "user-env": RemoteKey(_variable, "the environment variable that holds the user's name: basic authentication"),
        "token-header": RemoteKey(config_feed.header, "the header that takes the token: `Authorization`"),
    },
}
"""The keys of each type of source."""


def remotes(value: Any) -> tuple[Remote, ...]:
    """The remote sources of the configuration. Raises ConfigError with all that is wrong with them."""
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise ConfigError("a list of tables is needed", hint="write [[tool.pytest-postmortem.remote]]")
    faults: list[str] = []
    made: list[Remote] = []
    for place, table in enumerate(value, 1):
        remote = _remote(table, f"{table['name']!r}" if isinstance(table.get("name"), str) else f"{place}", faults)
        if remote is not None:
            made.append(remote)
    for what, of in (("name", [one.name.lower() for one in made]), ("snapshot", [one.snapshot for one in made])):
        doubled = sorted({name for name in of if of.count(name) > 1})
        faults += [f"two have the {what} {name!r}; change one of them" for name in doubled]
    if faults:
        raise ConfigError("\n  ".join(faults))
    return tuple(made)


def _remote(table: dict[str, Any], shown: str, faults: list[str]) -> Remote | None:
    """One source, or None where something is wrong, which is added to `faults`."""
    kind = table.get("type")
    if not isinstance(kind, str) or kind not in TYPES:
        hint = _suggest(str(kind), TYPES, "types")
        faults.append(f"{shown}: {f'unknown type {kind!r}' if kind else 'no `type`'}; {hint}")
        return None
    keys = {**COMMON_KEYS, **TYPES[kind]}
    said: dict[str, Any] = {}
    before = len(faults)
    for key, given in table.items():
        if key not in keys:
            faults.append(f"{shown}: unknown key {key!r}; {_suggest(key.replace('_', '-'), keys, f'keys of {kind}')}")
            continue
        try:
            said[key] = keys[key].read(given)
        except ConfigError as error:
            faults.append(f"{shown}: {key}: {error.problem}; {error.hint}")
    faults += [f"{shown}: no `{key}`; write {one.text}" for key, one in keys.items() if one.needed and key not in table]
    faults += [f"{shown}: {told}" for told in _at_odds(kind, table)]
    if len(faults) > before:
        return None
    options = {key: said[key] for key in TYPES[kind] if key in said}
    return Remote(
        name=said["name"],
        type=kind,
        url=said.get("url", "").rstrip("/") if kind != "feed" else said.get("url", ""),
        token_env=said.get("token-env", ""),
        snapshot=said.get("snapshot", f".postmortem/{said['name']}.json"),
        max_age=said.get("max-age"),
        options=options,
    )


def _at_odds(kind: str, said: Mapping[str, Any]) -> list[str]:
    """What is wrong with keys that stand together, or that are missing beside others."""
    found = []
    if kind == "jira" and "url" not in said:
        found.append('no `url`; write for example "https://acme.atlassian.net"')
    if kind == "github" and "query" in said and ("label" in said or "issue-type" in said):
        found.append("`query` stands in place of `label` and `issue-type`; write them into it: label:postmortem")
    if kind == "github" and not {"query", "label", "issue-type"} & said.keys():
        found.append("nothing tells post-mortems from other issues; write `label`, `issue-type` or `query`")
    if kind == "gitlab" and not {"label", "issue-type"} & said.keys():
        found.append("nothing tells post-mortems from other issues; write `label` or `issue-type`")
    if kind == "feed":
        found += config_feed.at_odds(said)
    if "user-env" in said and "token-env" not in said and "file" not in said:
        found.append("`user-env` goes with a token; write `token-env`, too")
    if "action-item-map" in said and "action-items" not in said:
        found.append("`action-item-map` needs the list of action items; write `action-items`, too")
    return found


def _suggest(name: str, known: Collection[str], what: str) -> str:
    return suggest(name, known, f"the {what} are {', '.join(sorted(known))}", show=repr)
