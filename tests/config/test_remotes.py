"""The tables of remote sources: what is taken, and what each mistake is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_postmortem.config.remotes import Remote, parse_remotes
from pytest_postmortem.config.settings import load
from pytest_postmortem.errors import ConfigError

GITHUB = {"name": "shop", "type": "github", "repository": "acme/shop", "label": "postmortem"}


def test_a_table_of_the_configuration(tmp_path: Path) -> None:
    """With its own keys, the common ones, and what they default to."""
    tmp_path.joinpath("pyproject.toml").write_text(
        "[tool.pytest-postmortem]\nsources = ['docs']\n\n"
        "[[tool.pytest-postmortem.remote]]\nname = 'shop'\ntype = 'github'\nrepository = 'acme/shop'\n"
        "label = ['postmortem', 'done']\ntoken-env = 'GITHUB_TOKEN'\nmax-age = 7\n\n"
        "[[tool.pytest-postmortem.remote]]\nname = 'ops'\ntype = 'jira'\njql = 'project = OPS'\n"
        "url = 'https://acme.atlassian.net/'\nsnapshot = 'docs/ops.json'\n",
        encoding="utf-8",
    )
    assert load(tmp_path).remote == (
        Remote(
            "shop",
            "github",
            token_env="GITHUB_TOKEN",
            snapshot=".postmortem/shop.json",
            max_age=7,
            options={"repository": "acme/shop", "label": ("postmortem", "done")},
        ),
        Remote("ops", "jira", "https://acme.atlassian.net", snapshot="docs/ops.json", options={"jql": "project = OPS"}),
    )


def test_what_is_asked_for_is_part_of_the_configurations_digest(tmp_path: Path) -> None:
    """Another label is another set of documents; how old a snapshot may be is not."""

    def digest(lines: str) -> str:
        tmp_path.joinpath("postmortem.toml").write_text(lines, encoding="utf-8")
        return load(tmp_path).digest

    table = "[[remote]]\nname = 'shop'\ntype = 'github'\nrepository = 'acme/shop'\nlabel = '{}'\n"
    one = digest(table.format("a"))
    assert one == digest(table.format("a") + "max-age = 3\n")
    assert len({digest(""), one, digest(table.format("b"))}) == 3


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"lable": "x"}, "'shop': unknown key 'lable'; did you mean 'label'?"),
        ({"x": "x"}, "'shop': unknown key 'x'; the keys of github are issue-type, label, max-age, name, query, repository, service-label, severity-label, snapshot, test-label, token-env, type, url"),
        ({"type": "githib"}, "'shop': unknown type 'githib'; did you mean 'github'?"),
        ({"type": 7}, "'shop': unknown type 7; the types are feed, firehydrant, github, gitlab, incidentio, jira, rootly"),
        ({"type": None}, "'shop': no `type`; the types are feed, firehydrant, github, gitlab, incidentio, jira, rootly"),
        ({"name": None}, "1: no `name`; write what it is called: its documents are `NAME#12` where they bring no id"),
        ({"name": "a b"}, "'a b': name: a name of letters, digits, - and _ is needed; write for example name = \"shop\""),
        ({"name": "Proofs"}, "'Proofs': name: 'Proofs' is the name of the file of proofs; give it another name"),
        ({"repository": None}, "'shop': no `repository`; write the repository, as `acme/shop`"),
        ({"repository": "https://github.com/acme/shop"}, "'shop': repository: 'https://github.com/acme/shop' is no repository; write it as \"acme/shop\""),
        ({"url": "https://jo:secret@example.org"}, "'shop': url: an address is needed; write it as \"https://HOST/PATH\", without a name or a token"),
        ({"token-env": "ghp_a secret"}, "'shop': token-env: the name of an environment variable is needed; write for example \"GITHUB_TOKEN\"; the token itself stands in no file"),
        ({"label": []}, "'shop': label: a text or a list of texts is needed; write for example [\"postmortem\"]"),
        ({"label": "a\nb"}, "'shop': label: a text on one line is needed; write for example \"postmortem\""),
        ({"label": None}, "'shop': nothing tells post-mortems from other issues; write `label`, `issue-type` or `query`"),
        ({"query": "label:x"}, "'shop': `query` stands in place of `label` and `issue-type`; write them into it: label:postmortem"),
        ({"max-age": 0}, "'shop': max-age: a number of days is needed; write for example max-age = 7"),
        ({"max-age": True}, "'shop': max-age: a number of days is needed; write for example max-age = 7"),
        ({"snapshot": "../x.json"}, "'shop': snapshot: '../x.json' is no path in the project; name a file below this one's folder"),
        ({"snapshot": "x.yaml"}, "'shop': snapshot: 'x.yaml' is no JSON file; write for example \".postmortem/shop.json\""),
    ],
)  # fmt: skip
def test_a_mistake_says_what_to_write(change: dict[str, object], told: str) -> None:
    """None takes a key away."""
    table = {key: value for key, value in {**GITHUB, **change}.items() if value is not None}
    with pytest.raises(ConfigError) as raised:
        parse_remotes([table])
    assert raised.value.problem == told


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"type": "jira", "jql": "x = y"}, 'no `url`; write for example "https://acme.atlassian.net"'),
        ({"type": "feed", "map": {"id": "id"}}, "one of `url` and `file` is needed; write where the feed is"),
        ({"type": "gitlab", "project": "a/b"}, "nothing tells post-mortems from other issues; write `label` or `issue-type`"),
        ({"type": "jira", "jql": "x", "url": "https://a.example.org", "user-env": "U"}, "`user-env` goes with a token; write `token-env`, too"),
    ],
)  # fmt: skip
def test_keys_that_do_not_go_together(table: dict[str, object], told: str) -> None:
    """Each type has some."""
    with pytest.raises(ConfigError) as raised:
        parse_remotes([{"name": "x", **table}])
    assert raised.value.problem == f"'x': {told}"


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    """With the file and a line of it."""
    tmp_path.joinpath("postmortem.toml").write_text(
        "gate = 'linked'\n[[remote]]\nname = 'a'\ntype = 'rootly'\nx = 1\n"
        "[[remote]]\nname = 'b'\ntype = 'rootly'\nurl = 7\n[[remote]]\nname = 'c'\ntype = 'rootly'\n"
        "[[remote]]\nname = 'C'\ntype = 'rootly'\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError) as raised:
        load(tmp_path)
    assert str(raised.value).splitlines() == [
        "postmortem.toml:2: remote: 'a': unknown key 'x'; the keys of rootly are max-age, name, snapshot, token-env, type, url",
        "  'b': url: an address is needed; write it as \"https://HOST/PATH\", without a name or a token",
        "  two have the name 'c'; change one of them",
    ]


@pytest.mark.parametrize("value", [{"name": "shop"}, ["shop"], "shop"])
def test_what_is_no_list_of_tables(value: object) -> None:
    """A single table in the place of a list, say."""
    with pytest.raises(ConfigError, match="a list of tables is needed"):
        parse_remotes(value)
