"""What holds for every fetcher, whatever its service says."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from pytest_postmortem.errors import SourceError
from pytest_postmortem.sources.http import Limits
from pytest_postmortem.sources.snapshot import Record, Snapshot, normalise_records
from tests.sources.http.faults import CASES, SLOW
from tests.sources.http.loopback import CANARY, USER, Asked, Server, answer, forms, leaks, no_thread_is_left
from tests.sources.remote.example import Example, body_of, examples, fetched, serving

EXAMPLES = [pytest.param(example, id=example.type) for example in examples()]
FAULTS = [case for case in CASES if case.ask is CASES[0].ask]
BROKEN: tuple[Callable[[Asked], bytes], ...] = (
    lambda asked: answer({"message": asked.headers}, "404 Not Found"),
    lambda asked: answer(b"[{", content_length="90"),
    lambda asked: answer("<html>"),
)
KINDS: tuple[Any, ...] = (7, "text", True, [], {}, None, [[1]], {"x": {"y": 1}})


@pytest.mark.parametrize("example", EXAMPLES)
def test_what_comes(example: Example) -> None:
    """Every record, with what the service says of it."""
    with serving(example.answer) as server:
        found = fetched(example, server)
        assert found.snapshot.records == normalise_records(example.records)
        assert len(server.asked) > 1
    assert {asked.headers.get(example.header, "") != "" for asked in server.asked} == {True}


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_second_fetch_of_what_has_not_changed(example: Example) -> None:
    """One request, where the service can tell; the same records, with the new time."""
    with serving(example.answer) as server:
        first = fetched(example, server).snapshot
    if example.quiet is None:
        pytest.skip("this service cannot tell by one request that nothing has changed")
    with serving(example.quiet) as server:
        found = fetched(example, server, first)
        assert len(server.asked) == 1
    assert not found.asked
    assert found.snapshot.records == first.records
    with serving(example.answer) as server:
        assert fetched(example, server, first).asked, "what has changed was not asked for"
    with serving(example.answer) as server:
        assert fetched(example, server, first, whole=True).asked


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_request_that_fails(example: Example) -> None:
    """Whichever of the requests it is, nothing comes of all of them."""
    with serving(example.answer) as server:
        fetched(example, server)
        number = len(server.asked)
    for place in range(number):
        for broken in BROKEN:
            with _failing(example, place, broken) as server, pytest.raises(SourceError) as raised:
                fetched(example, server)
            assert leaks(raised.value) == []
            assert "\n" not in str(raised.value)


def _failing(example: Example, place: int, broken: Callable[[Asked], bytes]) -> Server:
    """The service, whose requests from `place` on get another answer."""

    def script(asked: Asked) -> None:
        asked.sock.sendall((broken if len(server.asked) > place else example.answer)(asked))

    server = Server(script)
    return server


@pytest.mark.parametrize("example", EXAMPLES)
def test_values_of_another_kind_than_documented(example: Example) -> None:
    """Each field of each list in turn of two other kinds: records, or one line that says which it is."""
    outcomes = {"taken": 0, "refused": 0}
    for place, target, good, path in _fields(_answers(example)):
        for value in (KINDS[place % len(KINDS)], KINDS[(place + 3) % len(KINDS)]):
            error = _refused(example, target, _changed(good, path, value))
            outcomes["taken" if error is None else "refused"] += 1
            assert error is None or (leaks(error), "\n" in str(error)) == ([], False)
    assert min(outcomes.values()) > 0, outcomes


def _fields(answers: dict[str, Any]) -> Iterator[tuple[int, str, Any, tuple[Any, ...]]]:
    """Number, target, answer and path in it of each field, one of a kind: of all things in a list the first one."""
    seen: set[tuple[Any, ...]] = set()
    for target, good in answers.items():
        for place, path in enumerate(_paths(good)):
            kind = (target.partition("?")[0], *("each" if isinstance(key, int) else key for key in path))
            if kind not in seen:
                seen.add(kind)
                yield place, target, good, path


def _refused(example: Example, target: str, value: Any) -> SourceError | None:
    try:
        _with(example, target, value)
    except SourceError as error:
        return error
    return None


@pytest.mark.parametrize("example", EXAMPLES)
def test_new_fields_pass(example: Example) -> None:
    """In every object of every answer, unknown fields of any kind: the same records."""
    for target, good in _answers(example).items():
        assert _with(example, target, _extended(good)) == normalise_records(example.records)


@pytest.mark.parametrize("example", EXAMPLES)
def test_nothing_where_there_was_something(example: Example) -> None:
    """An empty answer is an error, with a snapshot and without, unless the user says that it is true."""
    with serving(example.answer) as server:
        first = fetched(example, server).snapshot
    emptied = _emptied(example)
    for previous, told in ((None, "no post-mortem came;"), (first, f"and there were {len(first.records)};")):
        with serving(emptied) as server, pytest.raises(SourceError, match=told):
            fetched(example, server, previous, whole=True)
        with serving(emptied) as server:
            assert fetched(example, server, previous, whole=True, allow_empty=True).snapshot.records == ()


def _emptied(example: Example) -> Callable[[Asked], bytes]:
    """The service without a single thing in any list at the top of its answers, and without further pages."""

    def emptied(asked: Asked) -> bytes:
        good = body_of(example.answer(asked))
        if asked.target == example.aside:
            return example.answer(asked)
        if isinstance(good, list):
            return answer([])
        return answer(_without_anything(good))

    return emptied


def _without_anything(value: Any) -> Any:
    """Empty lists, and numbers that are 0."""
    if isinstance(value, dict):
        return {key: _without_anything(inner) for key, inner in value.items()}
    return [] if isinstance(value, list) else 0 if type(value) is int else value


def _answers(example: Example) -> dict[str, Any]:
    """The JSON of each request that a fetch makes, by its target."""
    found: dict[str, Any] = {}

    def kept(asked: Asked) -> bytes:
        reply = example.answer(asked)
        found[_place(asked)] = body_of(reply)
        return reply

    with serving(kept) as server:
        fetched(example, server)
    return found


def _place(asked: Asked) -> str:
    return f"{asked.method} {asked.target} {asked.body.decode()}"


def _with(example: Example, target: str, value: Any) -> tuple[Record, ...]:
    """The records where one answer is another JSON value; its headers stay."""

    def script(asked: Asked) -> bytes:
        reply = example.answer(asked)
        if _place(asked) != target:
            return reply
        head = reply.partition(b"\r\n\r\n")[0].decode()
        link = next((line[6:] for line in head.split("\r\n") if line.lower().startswith("link: ")), None)
        return answer(json.dumps(value), link=link)

    with serving(script) as server:
        limits = Limits(deadline_seconds=5, pages=20)
        return fetched(example, server, limits=limits, allow_empty=True).snapshot.records


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from _paths(one, (*path, key))


def _changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    made = copy.deepcopy(value)
    around = made
    for key in path[:-1]:
        around = around[key]
    around[path[-1]] = new
    return made


def _extended(value: Any) -> Any:
    if isinstance(value, dict):
        more = {"x_new": {"deep": [1, None]}, "x_other": "brand new"}
        return {key: _extended(inner) for key, inner in value.items()} | more
    return [_extended(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_token_stays_where_it_belongs(example: Example) -> None:
    """A service that echoes what it gets, in every field of every answer: no form of the token comes back."""

    def echo(asked: Asked) -> bytes:
        reply = example.answer(asked)
        if asked.target == example.aside:
            return reply
        head, _, body = reply.partition(b"\r\n\r\n")
        link = next((line[6:] for line in head.decode().split("\r\n") if line.lower().startswith("link: ")), None)
        return answer(json.dumps(_echoed(json.loads(body))), link=link)

    with serving(echo) as server:
        found = fetched(example, server)
    told = repr(found)
    assert "***" in told
    assert [form for form in forms() if form in told] == []
    assert no_thread_is_left()


def _echoed(value: Any) -> Any:
    """Texts that are shown to people get the token behind them."""
    if isinstance(value, dict):
        return {
            key: f"{inner} {CANARY} {USER}"
            if key in ("title", "summary", "name", "markdown") and inner
            else _echoed(inner)
            for key, inner in value.items()
        }
    return [_echoed(inner) for inner in value] if isinstance(value, list) else value


def test_a_snapshot_of_another_query_is_not_gone_by() -> None:
    """Where the configuration has changed, everything is asked for."""
    example = examples()[0]
    with serving(example.answer) as server:
        first = fetched(example, server).snapshot
        other = Snapshot({**first.query, "label": ["other"]}, first.fetched, first.records)
        assert fetched(example, server, other).asked


@pytest.mark.clock
@pytest.mark.parametrize("example", EXAMPLES)
def test_every_fault_of_a_service(example: Example) -> None:
    """Slow, cut off, too large, refused, redirected, no JSON: one line each, in time, without the token."""
    for case in FAULTS:
        scripts = case.scripts if isinstance(case.scripts, tuple) else (case.scripts,)
        short = replace(case.limits, deadline_seconds=0.2) if case.told == SLOW else case.limits
        with Server(*scripts) as server, pytest.raises(SourceError) as raised:
            fetched(example, server, limits=short)
        assert str(raised.value).startswith(server.origin), case.name
        assert ("\n" in str(raised.value), leaks(raised.value)) == (False, []), case.name
    assert len(FAULTS) >= 60
    assert no_thread_is_left()
