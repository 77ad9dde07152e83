"""What is special to the feed: its paths, its map, YAML, files, and what a page says of itself."""

from __future__ import annotations

import json
import os
import re
import sys
import tomllib
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from pytest_postmortem.config.feed import FieldPath, FieldTemplate
from pytest_postmortem.config.remotes import TYPES, Remote, parse_remotes
from pytest_postmortem.errors import ConfigError, SourceError
from pytest_postmortem.reading.syntax.data_file import read_values
from pytest_postmortem.sources.http import Limits
from pytest_postmortem.sources.remote.feed import MOST_YAML
from pytest_postmortem.sources.remote.fetching import Fetched, FetchOptions, fetch
from pytest_postmortem.sources.snapshot import Record, Snapshot, dump_snapshot, read_snapshot
from tests.sources.http.loopback import CANARY, USER, Asked, Slept, answer
from tests.sources.remote.example import serving

MAP = {"key": "id", "title": "title"}
YAML = "- id: 1\n  title: Slow\n  who:\n  tasks:\n  - {what: Index, test: true}\n  - {what: Alert, test: no}\n"


def source(**table: Any) -> Remote:
    (remote,) = parse_remotes([{"name": "shop", "type": "feed", "map": MAP, **table}])
    return remote


def asked(
    remote: Remote, base: Path = Path(), previous: Snapshot | None = None, *, environ: dict[str, str] | None = None
) -> Fetched:
    asking = FetchOptions(
        clock=Slept().clock,
        variables={"TRACKER_TOKEN": CANARY, "TRACKER_USER": USER, **(environ or {})},
        read_data=read_values,
        allowed_hosts=(remote.url.partition("://")[2].partition("/")[0],),
        limits=Limits(deadline_seconds=5),
    )
    return fetch(remote, previous, asking, lambda number: None, base)


def of(data: Any, **table: Any) -> list[Record]:
    """The records of one page."""
    with serving(lambda _: answer(data)) as server:
        return list(asked(source(url=server.origin, **table)).snapshot.records)


def refused(data: Any, **table: Any) -> str:
    """What is told of one page, behind its address."""
    with pytest.raises(SourceError) as raised:
        of(data, **table)
    assert "\n" not in str(raised.value)
    return re.sub(r"^http://127\.0\.0\.1:\d+/?: ", "", str(raised.value))


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("a", ("a",)),
        ("a.b.c", ("a", "b", "c")),
        ("a.0.b", ("a", "0", "b")),
        ("keyword[].name", ("keyword", None, "name")),
        ("a[][].b", ("a", None, None, "b")),
        ("data.@links.next.0.uri", ("data", "@links", "next", "0", "uri")),
        ('"a.b".c', ("a.b", "c")),
        (r'"a\"b"', ('a"b',)),
        ('"[]".a', ("[]", "a")),
        ("Root cause.原因", ("Root cause", "原因")),
    ],
)
def test_a_path(text: str, steps: tuple[str | None, ...]) -> None:
    """Keys, places, each of a list; written back as it was."""
    path = FieldPath.parse(text)
    assert path.steps == steps
    assert path.format_beginning(len(steps)) == text
    assert FieldPath.parse(f"{text}?") == FieldPath(text, steps, optional=True)


@pytest.mark.parametrize(
    "text", ["", ".a", "a.", "a..b", "[]", "a[0]", "a[", "a]b", '"a', 'a"b', '"a"b', "a. b", '"\\x"']
)
def test_what_is_no_path(text: str) -> None:
    """It is told, whatever it is."""
    with pytest.raises(ConfigError, match="is no path"):
        FieldPath.parse(text)


def test_a_template() -> None:
    """Texts and paths in turn; braces that have no partner, and lists in them, are told."""
    assert FieldTemplate.parse("x{a.b}y{c?}").pieces == ("x", FieldPath.parse("a.b"), "y", FieldPath.parse("c?"))
    for text in ("{a", "a}", "{a{b}}"):
        with pytest.raises(ConfigError, match="no partner"):
            FieldTemplate.parse(text)
    with pytest.raises(ConfigError, match="gives several"):
        FieldTemplate.parse("x{a[].b}")


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"map": {"titel": "x"}}, "map: unknown field 'titel'; did you mean 'title'?"),
        ({"map": {"title": "x"}}, "map: `key` or `id` is needed"),
        ({"map": {"key": "a..b"}}, "map: key: `a..b` is no path"),
        ({"map": {"key": "a[].b"}}, "map: key: `a[].b` leads to several values"),
        ({"map": {**MAP, "url": "{id"}}, "map: url: `{id`: a brace has no partner"),
        ({"items": "data[].x"}, "items: `data[].x` leads to several values"),
        ({"next": "data."}, "next: `data.` is no path"),
        ({"action-items": "x"}, "write `action-item-map`, too"),
        ({"action-item-map": {"action": "x"}}, "write `action-items`, too"),
        ({"action-items": "x", "action-item-map": {"id": "x"}}, "action-item-map: `action` is needed"),
        ({"action-items": "x", "action-item-map": {"action": "x"}, "test-label": "t"}, "write `labels` into"),
        ({"token-header": "X-Key"}, "`token-header` goes with a token"),
        ({"token-header": "X Key"}, "token-header: the name of a header is needed"),
        ({"token-env": "T", "token-header": "X-Key", "user-env": "U"}, "two ways to send the token"),
        ({"offset": "offset"}, "write `total`, too"),
        ({"offset": "offset", "total": "n", "next": "x"}, "two ways to the next page"),
        ({"file": "a.json"}, "one of `url` and `file` is needed"),
    ],
)
def test_what_the_configuration_is_told(table: dict[str, Any], told: str) -> None:
    """Typos and keys that do not fit each other, before anything is asked."""
    with pytest.raises(ConfigError) as raised:
        source(**{"url": "https://tracker.example.org", **table})
    assert told in str(raised.value)


@pytest.mark.parametrize("key", ["token-env", "user-env", "token-header", "next", "offset"])
def test_a_file_needs_no_key_of_an_address(key: str) -> None:
    """Each of them is told, a token above all."""
    with pytest.raises(ConfigError, match=f"`{key}` goes with `url`"):
        source(file="feed.json", **{key: "X"})


def test_values_become_texts() -> None:
    """Numbers and truth values are written out, dates are cut to their day, lists stay lists."""
    item = {
        "id": 7,
        "title": True,
        "at": "2026-02-11T23:59:59+02:00",
        "who": ["a", "b"],
        "fix": "4f2c1ab",
        "x": "in May",
    }
    fields = {**MAP, "date": "at", "created": "x", "services": "who", "fix": "fix", "incidents": "who.1"}
    (record,) = of([item], map=fields)
    assert record == Record(
        "7",
        fields={
            "title": "true",
            "date": "2026-02-11",
            "created": "in May",
            "services": ["a", "b"],
            "fix": ["4f2c1ab"],
            "incidents": ["b"],
        },
    )


def test_a_url_is_made_whole_or_not() -> None:
    """Without one of its values there is none; a blank is encoded."""
    table = {"map": {**MAP, "url": "https://t.example.org/{area?}/{id}"}}
    assert [one.url for one in of([{"id": "a b", "title": "", "area": "x"}, {"id": 1, "title": ""}], **table)] == [
        None,
        "https://t.example.org/x/a%20b",
    ]


def test_a_path_that_is_found_in_some_items_only() -> None:
    """It is optional, and so is what stands in nothing; in no item at all it is a typo, unless it ends in `?`."""
    items = [
        {"id": 1, "title": "x", "who": {"name": "jo"}},
        {"id": 2, "title": "x", "who": None},
        {"id": 3, "title": "x"},
    ]
    assert [one.fields.get("team") for one in of(items, map={**MAP, "team": "who.name"})] == [["jo"], None, None]
    told = refused(items, map={**MAP, "team": "who.nmae", "fix": "fx"})
    assert told == (
        "map.team: `who.nmae` is in no item, such as item 1; there are: name; so are map.fix (`fx`); "
        "did you mean `who.name`?"
    )
    assert len(of(items, map={**MAP, "team": "who.nmae?", "fix": "fx?"})) == 3
    assert len(of(items[1:2], map={**MAP, "team": "who.nmae"})) == 1, "nothing is known of what is nothing"


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ({"nr": 1, "title": "x"}, "map.key: `id` is not in item 2; there are: nr, title; mend the path"),
        ({"id": None, "title": "x"}, "map.key: `id` is empty in item 2; every item needs one"),
        ({"id": 2, "title": ["x"]}, "map.title: `title` is a list and not a text in item 2; write `title.0`"),
        (
            {"id": 2, "title": {"a": 1}},
            "map.title: `title` is an object and not a text in item 2; go on with one of its keys: a",
        ),
        ("x", "map.key: item 2 is a text and not an object; mend the path `id`"),
        ({"id": 1, "title": "x"}, "two records have the key '1'; nothing was kept: report it to the service"),
    ],
)
def test_an_item_that_cannot_be_read(item: Any, told: str) -> None:
    """Nothing is skipped."""
    assert refused([{"id": 1, "title": "x"}, item]) == told


def test_a_list_on_the_way() -> None:
    """What to write for it."""
    told = refused([{"id": 1, "title": "x", "who": [{"name": "jo"}]}], map={**MAP, "team": "who.name"})
    assert told.endswith(
        "`who` is a list and not an object in item 1; write who[] for each of it, or who.0 for the first"
    )


def test_the_list_itself() -> None:
    """Where `items` does not lead to one."""
    assert refused({"data": [], "n": 1}) == "items: the answer is no list; name the list: data"
    told = refused({"data": []}, items="dta")
    assert told == "items: `dta` is not in the answer; there are: data; did you mean `data`?"
    assert refused([{"id": 1, "title": "x"}], total="n").startswith("total: the answer is a list and not an object")


def test_rows_that_contradict_each_other() -> None:
    """Items of one key make up one post-mortem, and have to say the same of it."""
    table = {"action-items": ".", "action-item-map": {"action": "what"}}
    rows = [{"id": 1, "title": "x", "what": "a"}, {"id": 1, "title": "x", "what": "b"}]
    (record,) = of(rows, **table)
    assert [one["action"] for one in record.fields["action_items"]] == ["a", "b"]
    told = refused([*rows, {"id": 1, "title": "y", "what": "c"}], **table)
    assert told == "map: item 3 says something else of 1 than an item before it; mend `key`, or the feed"


def test_pages_by_offset() -> None:
    """Until the total is reached; the parameters of the address stay."""

    def reply(got: Asked) -> bytes:
        offset = int(got.target.partition("offset=")[2] or 0)
        return answer({"all": [{"id": n, "title": "x"} for n in range(5)][offset : offset + 2], "n": 5})

    with serving(reply) as server:
        remote = source(url=f"{server.origin}/a?limit=2", items="all", total="n", offset="offset")
        assert len(asked(remote).snapshot.records) == 5
        assert [got.target for got in server.asked] == ["/a?limit=2", "/a?limit=2&offset=2", "/a?limit=2&offset=4"]


def test_pages_by_the_link_header() -> None:
    """Where the configuration names no way; a total that is not reached is told."""

    def reply(got: Asked) -> bytes:
        link = '</b>; rel="next"' if got.target == "/" else None
        return answer([{"id": got.target, "title": "x"}], link=link)

    with serving(reply) as server:
        assert [one.key for one in asked(source(url=server.origin)).snapshot.records] == ["/", "/b"]
    assert refused({"all": [], "n": 1}, items="all", total="n").startswith("0 came of 1")


@pytest.mark.parametrize(
    ("keys", "header", "value"),
    [
        ({}, "authorization", f"Bearer {CANARY}"),
        ({"user-env": "TRACKER_USER"}, "authorization", "Basic " + b64encode(f"{USER}:{CANARY}".encode()).decode()),
        ({"token-header": "X-Redmine-API-Key"}, "x-redmine-api-key", CANARY),
    ],
)
def test_how_the_token_goes_out(keys: dict[str, str], header: str, value: str) -> None:
    """In one header, and in no other."""
    with serving(lambda _: answer([{"id": 1, "title": "x"}])) as server:
        asked(source(url=server.origin, **{"token-env": "TRACKER_TOKEN"}, **keys))
        assert server.asked[0].headers[header] == value
        assert ("authorization" in server.asked[0].headers) == (header == "authorization")


def test_a_user_who_is_not_set() -> None:
    """The variable is named."""
    remote = source(url="https://tracker.example.org", **{"token-env": "TRACKER_TOKEN", "user-env": "TRACKER_USER"})
    with pytest.raises(SourceError, match=r"^TRACKER_USER: the variable is not set"):
        asked(remote, environ={"TRACKER_USER": ""})


@pytest.mark.parametrize("name", ["feed.yaml", "feed.json"])
def test_a_file(tmp_path: Path, name: str) -> None:
    """Nothing is asked, no variable is read; YAML and JSON come to the same."""
    items = [
        {
            "id": 1,
            "title": "Slow",
            "who": None,
            "tasks": [{"what": "Index", "test": True}, {"what": "Alert", "test": False}],
        }
    ]
    (tmp_path / name).write_text(YAML if name.endswith("yaml") else json.dumps(items))
    fields = {**MAP, "team": "who.name"}
    remote = source(
        file=name, map=fields, **{"action-items": "tasks", "action-item-map": {"action": "what", "test": "test"}}
    )
    found = asked(remote, tmp_path)
    done = [{"action": "Index", "test": "required"}, {"action": "Alert", "test": "no"}]
    assert found.snapshot.records == (Record("1", fields={"title": "Slow", "action_items": done}),)
    assert asked(remote, tmp_path, found.snapshot).is_current


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[{", "feed.json:1: broken JSON"),
        ("[]", "feed.json: no post-mortem came"),
        ("{}", "feed.json: items: the answer is no list"),
        ("", "feed.json:1: broken JSON"),
        (b"\xff", "feed.json: not UTF-8 (byte 1)"),
        ('[{"id": 1, "id": 2}]', "feed.json:1: the key 'id' stands twice"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, text: str | bytes, told: str) -> None:
    """One line that begins with its name."""
    (tmp_path / "feed.json").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SourceError) as raised:
        asked(source(file="feed.json"), tmp_path)
    assert str(raised.value).startswith(told)


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes are others there")
def test_a_file_that_is_none(tmp_path: Path) -> None:
    """Missing, a folder, a pipe, a link in a circle, a link out of the project: each is told and none blocks."""
    base = tmp_path / "project"
    (base / "folder").mkdir(parents=True)
    (tmp_path / "secret.json").write_text('[{"id": 1, "title": "x"}]')
    (base / "away.json").symlink_to(tmp_path / "secret.json")
    (base / "out").symlink_to(tmp_path)
    (base / "round.json").symlink_to(base / "round.json")
    os.mkfifo(base / "pipe.json")
    told = {
        "none.json": "there is no such file",
        "folder": "cannot be read",
        "pipe.json": "cannot be read: it is not a regular file",
        "round.json": "cannot be read: Too many levels",
        "away.json": "leads out of the project",
        "out/secret.json": "leads out of the project",
    }
    for name, problem in told.items():
        with pytest.raises(SourceError, match=f"^{name}: .*{problem}"):
            asked(source(file=name), base)
    (base / "near.json").symlink_to(base / "there.json")
    (base / "there.json").write_text('[{"id": 1, "title": "x"}]')
    assert asked(source(file="near.json"), base).snapshot.records[0].key == "1"


def test_limits(tmp_path: Path) -> None:
    """YAML takes longer to read than JSON, so that less of it is read."""
    (tmp_path / "feed.yaml").write_text("# " + "x" * MOST_YAML)
    with pytest.raises(SourceError, match=r"feed\.yaml: larger than 1024 KiB; give it as JSON"):
        asked(source(file="feed.yaml"), tmp_path)
    (tmp_path / "feed.json").write_bytes(b"[" + b" " * Limits().answer_bytes + b"]")
    with pytest.raises(SourceError, match=r"feed\.json: larger than 20 MiB"):
        asked(source(file="feed.json"), tmp_path)


def test_yaml_at_an_address() -> None:
    """By its name or by `format`; what is wrong with it is told with its line."""
    with serving(
        lambda got: answer(YAML if "bad" not in got.target else "a: &x 1", content_type="application/yaml")
    ) as server:
        for url, more in (("/feed.yml", {}), ("/feed", {"format": "yaml"})):
            assert asked(source(url=server.origin + url, **more)).snapshot.records[0].fields == {"title": "Slow"}
        with pytest.raises(SourceError, match=r"/bad\.yaml:1: an anchor"):
            asked(source(url=server.origin + "/bad.yaml"))


def test_what_has_not_changed(tmp_path: Path) -> None:
    """One page with a validator is asked for by it, and kept where it holds; a snapshot keeps the validator."""

    def reply(got: Asked) -> bytes:
        if got.headers.get("if-none-match") == '"1"':
            return answer(b"", "304 Not Modified", etag='"1"')
        return answer([{"id": 1, "title": "x"}], etag='"1"')

    with serving(reply) as server:
        remote = source(url=server.origin)
        first = asked(remote).snapshot
        (tmp_path / "shop.json").write_text("".join(dump_snapshot("shop", first)))
        kept = read_snapshot(tmp_path / "shop.json", "shop.json", "shop")
        assert kept == first
        assert first.validators == {"etag": '"1"'}
        assert not asked(remote, previous=kept).asked
        assert len(server.asked) == 2
    with serving(lambda _: answer([{"id": 2, "title": "x"}], etag='"2"')) as server:
        again = Snapshot({**first.query, "url": server.origin}, first.fetched, first.records, first.validators)
        found = asked(source(url=server.origin), previous=again)
        assert (found.snapshot.records[0].key, found.snapshot.validators) == ("2", {"etag": '"2"'})
        assert len(server.asked) == 1, "the answer to the question is what is read"


def test_what_cannot_be_asked_for_once() -> None:
    """Several pages have no validator, nor has an answer whose validator a header cannot carry or that holds a token."""

    def reply(got: Asked) -> bytes:
        link = '</b>; rel="next"' if got.target == "/" else None
        return answer([{"id": got.target, "title": "x"}], link=link, etag='"1"')

    with serving(reply) as server:
        assert asked(source(url=server.origin)).snapshot.validators == {}
    for told in ("x" * 300, CANARY):
        with serving(lambda _, told=told: answer([{"id": 1, "title": "x"}], etag=told)) as server:  # type: ignore[misc]
            assert asked(source(url=server.origin, **{"token-env": "TRACKER_TOKEN"})).snapshot.validators == {}


def test_the_page_says_what_the_code_does() -> None:
    """Each configuration on it is taken, and each key has its row."""
    page = (Path(__file__).parents[3] / "docs" / "sources" / "feed.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```toml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 5
    for block in blocks:
        assert parse_remotes(tomllib.loads(block)["tool"]["pytest-postmortem"]["remote"])
    for key, one in TYPES["feed"].items():
        assert f"| `{key}` | {one.text} |" in page
