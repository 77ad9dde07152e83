"""The token: to its own origin, in its own header, and in nothing that is told or kept."""

from __future__ import annotations

import logging
import urllib.parse
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_postmortem.errors import SourceError
from pytest_postmortem.sources.http import Client
from tests.sources.http.loopback import CANARY, USER, Asked, Server, answer, client, forms, leaks, token

KINDS = {
    "bearer": ("authorization", f"Bearer {CANARY}"),
    "basic": ("authorization", "Basic " + b64encode(f"{USER}:{CANARY}".encode()).decode()),
    "custom": ("private-token", CANARY),
}
NETRC = "machine 127.0.0.1\nlogin intruder\npassword from-netrc\n"


def everything(asking: Client, elsewhere: str) -> list[SourceError]:
    """Each way in which an address could come from outside: what it is refused with."""
    refused = []
    ways: list[Callable[[], object]] = [
        lambda: asking.get("/redirect"),
        lambda: asking.post("/redirect", {}),
        lambda: asking.get_text("/redirect"),
        lambda: asking.get(elsewhere),
        lambda: asking.get(f"//{elsewhere.partition('//')[2]}"),
        lambda: asking.find_next_page(asking.get("/link")),
        lambda: asking.follow(asking.get("/plain"), elsewhere),
    ]
    for way in ways:
        with pytest.raises(SourceError) as raised:
            way()
        refused.append(raised.value)
    return refused


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("code", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_another_port_gets_no_request(kind: str, code: str, caplog: pytest.LogCaptureFixture) -> None:
    """Not by a redirect, a link, or a changed address, whatever header the token is in."""
    caplog.set_level(logging.DEBUG)
    with Server(answer({})) as other, Server() as server:

        def script(asked: Asked) -> None:
            target = f"{other.origin}/steal"
            answers = {
                "/redirect": answer(b"", code, location=target),
                "/link": answer([1], link=f'<{target}>; rel="next"'),
                "/plain": answer([1]),
            }
            asked.sock.sendall(answers[asked.target])

        server.script(script)
        with client(server.origin, credentials=token(kind)) as asking:
            refused = everything(asking, f"{other.origin}/steal")
        name, value = KINDS[kind]
        assert [asked.headers[name] for asked in server.asked] == [value] * 5
        assert other.connections == 0
        for error in refused:
            assert leaks(error, caplog.text) == []


def test_the_server_that_may_not_be_asked_would_be_seen() -> None:
    """So that the test above can fail."""
    with Server(answer({})) as other, client(other.origin) as asking:
        asking.get("/steal")
        assert (other.connections, other.asked[0].headers["authorization"]) == (1, f"Bearer {CANARY}")


@pytest.mark.parametrize("where", ["home", "variable", "nowhere"])
@pytest.mark.parametrize("kind", [*KINDS, "none"])
def test_a_netrc_changes_nothing(kind: str, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not replace the token, and it adds nothing where there is none."""
    for name in (".netrc", "_netrc"):
        (tmp_path / name).write_text(NETRC, encoding="utf-8")
        (tmp_path / name).chmod(0o600)
    monkeypatch.delenv("NETRC", raising=False)
    if where == "home":
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("USERPROFILE", str(tmp_path))
    elif where == "variable":
        monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    redirected = [answer(b"", "302 Found", location="/y"), answer({})]
    with Server(*redirected) as server:
        credentials = None if kind == "none" else token(kind)
        with client(server.origin, credentials=credentials, anonymous=kind == "none") as asking:
            asking.get("/x")
        for asked in server.asked:
            sent = {name: asked.headers.get(name) for name in ("authorization", "private-token")}
            wanted = dict([KINDS[kind]]) if kind != "none" else {}
            assert {name: value for name, value in sent.items() if value} == wanted
        assert len(server.asked) == 2


def test_a_session_of_requests_would_take_the_netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the test above can fail."""
    import requests

    (tmp_path / "netrc").write_text(NETRC, encoding="utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("NO_PROXY", "*")
    with Server(answer({})) as server, requests.Session() as session:
        session.get(server.origin, headers={"Authorization": f"Bearer {CANARY}"}, timeout=5).close()
        assert server.asked[0].headers["authorization"].startswith("Basic ")


ECHOES: dict[str, Callable[[str], str]] = {
    "as it came": lambda sent: sent,
    "in base64": lambda sent: b64encode(CANARY.encode()).decode(),
    "percent-encoded": lambda sent: urllib.parse.quote(sent, safe=""),
    "behind much else": lambda sent: "x" * 150 + " " + sent,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("echo", ECHOES)
@pytest.mark.parametrize("code", [400, 401, 403, 404, 410, 429, 500, 302, 200])
def test_a_token_that_is_echoed_is_not_told(kind: str, echo: str, code: int, caplog: pytest.LogCaptureFixture) -> None:
    """Servers say what they refuse, and where else to go."""
    caplog.set_level(logging.DEBUG)
    name = KINDS[kind][0]

    def script(asked: Asked) -> None:
        said = ECHOES[echo](asked.headers[name])
        if code == 302:
            path = urllib.parse.quote(said, safe="=%")
            asked.sock.sendall(answer(b"", "302 Found", location=f"https://elsewhere.test/{path}?{path}"))
        elif code == 200:
            asked.sock.sendall(answer(f'{{"{said}": 1, "{said}": 2}}'))
        else:
            asked.sock.sendall(answer({"message": f"no access with {said}!"}, f"{code} No"))

    with Server(script) as server, client(server.origin, credentials=token(kind)) as asking:
        with pytest.raises(SourceError) as raised:
            asking.get("/x")
        assert leaks(raised.value, caplog.text) == []
        if code not in (200, 302):
            assert "no access with" in str(raised.value)


def test_a_token_that_is_echoed_in_escapes_is_not_told_and_not_cut_in_two() -> None:
    """It is looked for in what the JSON says, before that is cut short."""
    escaped = "".join(f"\\u{ord(character):04x}" for character in CANARY)
    for before in (0, 145, 150, 155):
        echo = answer(f'{{"message": "{"x" * before} {escaped}"}}', "401 No")
        with Server(echo) as server, client(server.origin) as asking, pytest.raises(SourceError) as raised:
            asking.get("/x")
        assert CANARY[:3] not in str(raised.value)
    twice = answer(f'{{"{escaped}": 1, "{escaped}": 2}}')
    told = r"the answer holds the key '\*\*\*' twice"
    with Server(twice) as server, client(server.origin) as asking, pytest.raises(SourceError, match=told):
        asking.get("/x")


@pytest.mark.parametrize(
    "escaped", [r"canary-7f3a\/9+Zq=bcd~x", r"canary-7f3a/9\u002BZq=bcd~x", r"canary-7f3a/9\u002bZq=bcd~x"]
)
def test_a_token_that_is_echoed_as_json_is_written_elsewhere_is_not_kept(escaped: str) -> None:
    """PHP escapes the slash, .NET the plus."""
    with Server(answer(f'{{"echo": "{escaped}"}}')) as server, client(server.origin) as asking:
        assert asking.get("/x").data == {"echo": "***"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_token_in_an_answer_is_not_kept(kind: str) -> None:
    """Neither in its data nor in its headers: a snapshot would hold it."""
    value = KINDS[kind][1]
    echo = answer({"echo": value, CANARY: [CANARY]}, etag=value)
    with Server(echo) as server, client(server.origin, credentials=token(kind)) as asking:
        found = asking.get("/x")
        assert not [form for form in forms() if form in repr(found)]
        assert "***" in str(found.data)
        assert "***" in found.etag
        assert CANARY not in asking.get_text("/x").data


@pytest.mark.parametrize("before", [1, 160, 175, 190])
def test_a_token_in_an_address_is_not_told(before: int) -> None:
    """Whoever put it there: it is looked for before the address is cut short."""
    with Server(answer(b"", "404 No")) as server, client(server.origin) as asking, pytest.raises(SourceError) as raised:
        asking.get(f"/{'x' * before}/{CANARY}", {"key": CANARY})
    assert CANARY[:3] not in str(raised.value)


def test_nothing_that_holds_the_token_shows_it() -> None:
    """Not the client, nor what it is made of."""
    with Server(answer({})) as server, client(server.origin, credentials=token("basic")) as asking:
        asking.get("/x")
        shown = repr(vars(asking)) + repr(asking) + repr(vars(asking._wire)) + repr(asking._credentials)
        assert not [form for form in forms() if form in shown]
        assert "***" in shown
